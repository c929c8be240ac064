"""The data dictionary says what the contracts say."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

from likvard.contracts.dictionary import FILES, drifted, pages, write_dictionary
from likvard.indicators import record

ROOT = Path(__file__).parents[3]


def test_the_dictionary_has_not_drifted_from_the_contracts() -> None:
    assert drifted(ROOT) == [], "run `make docs` and commit docs/dictionary.*"


def test_a_change_of_a_contract_is_noticed_until_the_dictionary_is_written_anew(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data/contracts", tmp_path / "data/contracts")
    write_dictionary(tmp_path)
    assert drifted(tmp_path) == []
    table = tmp_path / "data/contracts/tables/areas.yaml"
    table.write_text(
        table.read_text(encoding="utf-8").replace("Name of the area", "What the area is called"), encoding="utf-8"
    )
    assert drifted(tmp_path) == list(FILES)


def test_every_column_and_code_is_in_both_pages_in_both_languages() -> None:
    for text in pages(ROOT / "data/contracts").values():
        for wanted in (
            "school_id*",
            "Skolenhetens sista dag",
            "The last day on which the school unit exists",
            "MSPR",
            "read as M2",
            "read as missing",
        ):
            assert wanted in text


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_loads_nothing() -> None:
    page = pages(ROOT / "data/contracts")["docs/dictionary.html"]
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("caption") == outline.tags.count("table")
    assert '<html lang="en">' in page
    assert not re.search(r"<script|<link|src=|https?:|url\(", page)


def test_names_in_the_glossary_are_names_in_the_data() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    dictionary = pages(ROOT / "data/contracts")["docs/dictionary.md"]
    rules = {"merit_value", "merit_value_16", "coverage", "extensive_absence", "edition", "data_hash"}
    measures = {value for value in vars(record).values() if isinstance(value, str)}
    rules |= {f"eligible_{name}" for name in ("vocational", "arts", "social", "science")}
    named = {
        name
        for cell in re.findall(r"^\|[^|]*\|[^|]*\|([^|]*)\|", glossary, re.M)
        for name in re.findall(r"`([a-z_0-9]+)", cell)
    }
    named = {name for name in named if "_" in name}
    assert named - rules - measures <= set(re.findall(r"[a-z_0-9]+", dictionary))
