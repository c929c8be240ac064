"""A country of two municipalities and three schools, from exports alone: laid out, taken through every stage, and read."""

from __future__ import annotations

import importlib
import io
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from likvard.demo.sverige import lay_out
from likvard.errors import DeliveryMissingError
from likvard.params import read_params
from likvard.report.contents_page import run as write_index
from likvard.report.run import run as build_reports
from likvard.tables import read_table
from likvard.workspace import Workspace
from repository import REPOSITORY

SIRIS = """\ufeffStatistik från Skolverket;;;;;;;;;;
Valt läsår: 2024/25;;;;;;;;;;
Skola;Skol-enhetskod;Skolkommun;Kommun-kod;Typ av huvudman;Huvudman;Huvudman orgnr;Antal elever;\
Andel (%) elever som uppfyllt betygskriterierna i alla ämnen;Andel (%) elever behöriga till yrkesprog.;\
Genomsnittligt meritvärde (17 ämnen)
Björkskolan;00000017;Aneby;0604;Enskild;Björken AB;5566501796;40;90,5;~100;264,4
Ekskolan;00000025;Aneby;0604;Kommunal;Aneby kommun;2120000001;30;70;81,2;214,4
Åsskolan;00000033;Ale;0440;Kommunal;Ale kommun;2120000002;..;..;.;..
"""
MEASURES = {
    "Genomsnittligt meritvärde (17 ämnen)": {"Aneby": (231.5, 228.0), "Ale": (211.5, 208.0)},
    "Andel (%) behöriga till yrkesprogram": {"Aneby": ("~100", 88), "Ale": (80.5, "..")},
    "Totalt antal elever årskurs 9": {"Aneby": (300, 290), "Ale": (100, 90)},
}
CODES = {"Aneby": "0604", "Ale": "0440"}


def over_time() -> bytes:
    """The Excel export per municipality."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Samtliga"
    sheet.append(["Typ av huvudman: Samtliga"])
    sheet.append(["Kommun", "Kommunkod", "Län", "Länskod", "Uppgift", "2024/25", "2023/24"])
    for measure, by_place in MEASURES.items():
        for place, values in by_place.items():
            sheet.append([place, CODES[place], "Län", "04", measure, *values])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def sweden(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("exports")
    (folder / "slutbetyg.csv").write_text(SIRIS, encoding="utf-8")
    (folder / "over_tid.xlsx").write_bytes(over_time())
    (folder / "README.md").write_text("not an export", encoding="utf-8")
    root = tmp_path_factory.mktemp("sweden") / "sverige"
    lay_out(root, Workspace(REPOSITORY), [folder])
    workspace = Workspace(root)
    for stage in ("ingest", "validate", "prepare", "indicators", "protect"):
        importlib.import_module(f"likvard.{stage}.run").run(workspace, read_params(workspace.params))
    build_reports(workspace, read_params(workspace.params), jobs=1)
    write_index(workspace, read_params(workspace.params))
    return workspace


def page(workspace: Workspace, place: str) -> str:
    """The words of a report, without tags."""
    text = (workspace.reports("2024-25") / f"{place}.html").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text[text.index("<main") :]))


def test_the_edition_is_named_after_the_newest_school_year(sweden: Workspace) -> None:
    params = read_params(sweden.params)
    assert (params.edition, params.source, params.language) == ("2024-25", "skolverket", "sv")
    origin = yaml.safe_load((sweden.deliveries / "2024-25.dvc").read_text(encoding="utf-8"))["meta"]["origin"]
    assert origin["publisher"] == "Skolverket"
    assert [one["locations"] for one in origin["files"]] == [["over_tid.xlsx"], ["slutbetyg.csv"]]
    assert all(re.fullmatch("[0-9a-f]{64}", one["sha256"]) for one in origin["files"])


def test_every_school_and_municipality_and_the_country_get_a_report(sweden: Workspace) -> None:
    made = sorted(
        path.relative_to(sweden.reports("2024-25")).as_posix() for path in sweden.reports("2024-25").rglob("*.pdf")
    )
    assert made == [
        "area/0440.pdf",
        "area/0604.pdf",
        "overview/all.pdf",
        "school/00000017.pdf",
        "school/00000025.pdf",
        "school/00000033.pdf",
    ]


def test_the_index_lists_each_school_under_its_municipality(sweden: Workspace) -> None:
    text = (sweden.reports("2024-25") / "index.html").read_text(encoding="utf-8")
    places = [text.index(name) for name in ("Ale", "Åsskolan", "Aneby", "Björkskolan", "Ekskolan")]
    assert places == sorted(places)


def test_no_figure_of_the_edition_is_our_own_and_none_is_hidden_again(sweden: Workspace) -> None:
    figures = read_table(sweden.released / "figures.parquet")
    assert set(figures["measure"]) == {"level"}
    assert set(figures["reference"]) == {"skolverket", "skolverket_weighed"}
    before = read_table(sweden.indicators / "figures.parquet")
    assert figures.equals(before)


def test_a_rounded_share_is_written_as_about_and_what_is_withheld_says_so(sweden: Workspace) -> None:
    assert "~100" in page(sweden, "school/00000017")
    withheld = page(sweden, "school/00000033")
    assert "för få" in withheld
    assert "uppgift saknas" in withheld
    assert "inga elever" not in withheld


def test_an_area_report_is_called_a_municipality_report_and_lists_its_schools(sweden: Workspace) -> None:
    text = (sweden.reports("2024-25") / "area/0604.html").read_text(encoding="utf-8")
    assert "Kommunrapport" in text
    assert "Områdesrapport" not in text
    words = page(sweden, "area/0604")
    assert "Kommunens skolor: Meritvärde, medel" in words
    assert words.index("Björkskolan") < words.index("Ekskolan")


def test_a_section_without_figures_is_left_out(sweden: Workspace) -> None:
    words = page(sweden, "school/00000025")
    assert "Skolenkäten" not in words.split("Hur har siffrorna tagits fram?")[0]
    assert "Vilka grupper" not in words


def test_the_country_is_marked_as_weighed_together(sweden: Workspace) -> None:
    assert "Sammanvägt här ur de publicerade uppgifterna: Sverige." in page(sweden, "area/0440")
    facts = json.loads((sweden.released / "edition.json").read_text(encoding="utf-8"))
    assert facts["area_kind"] == "municipality"


def test_a_folder_without_exports_says_what_to_name(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DeliveryMissingError, match="no export"):
        lay_out(tmp_path / "new", Workspace(REPOSITORY), [tmp_path / "empty"])
    assert not (tmp_path / "new").exists()
