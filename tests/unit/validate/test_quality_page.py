"""The quality report: classes instead of numbers about schools, both languages, waivers, and the picture's size."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest
from staged_tables import clean_tables, workspace_with

from likvard.contracts import read_delivered, read_tables
from likvard.contracts.rules import read_rules
from likvard.errors import QualityGateClosedError
from likvard.language import Language
from likvard.report.heat_strip import heat_strip
from likvard.report.quality import coverage, render_quality
from likvard.validate import run
from likvard.validate.coded import coded
from likvard.validate.coverage import Covered, open_until
from likvard.validate.findings import IN_ENGLISH
from likvard.validate.rule import DELIVERY
from likvard.validate.telling import Telling
from repository import REPOSITORY

CONTRACTS = REPOSITORY / "data/contracts"
FEWEST = 5


def absence(*rows: tuple[str, str, int, int, int]) -> pd.DataFrame:
    """Absence of ``pupils`` of a school in a month who were each offered and reported so many minutes."""
    lines = [
        (f"{school}{seat}", school, month, offered, reported)
        for school, month, pupils, offered, reported in rows
        for seat in range(pupils)
    ]
    columns = ["pupil_id", "school_id", DELIVERY, "offered_minutes", "reported_minutes"]
    return coded(pd.DataFrame(lines, columns=columns))


def reported(frame: pd.DataFrame, until: dict[str, date] | None = None) -> dict[str, list[str]]:
    rules = read_rules(CONTRACTS, read_tables(CONTRACTS))
    rule = next(one for one in rules.coverage if one.table == "absence")
    table = read_delivered(CONTRACTS, "exempelkommun")["absence"]
    covered = Covered(table=table, columns=rule.columns, rule=rule, sound=frozenset(frame.columns))
    found = covered.reported(frame, until or {}, FEWEST)
    return {str(school): list(row) for school, row in zip(found.index, found.to_numpy().tolist(), strict=True)}


def test_a_school_has_reported_fully_partly_or_nothing() -> None:
    frame = absence(("1", "2025-01", 10, 100, 80), ("2", "2025-01", 10, 100, 79), ("3", "2025-01", 10, 100, 0))
    assert reported(frame) == {"1": ["full"], "2": ["partly"], "3": ["nothing"]}


def test_months_are_taken_together_by_quarter() -> None:
    frame = absence(("1", "2025-01", 10, 100, 100), ("1", "2025-03", 10, 100, 0), ("1", "2025-04", 10, 100, 100))
    assert reported(frame) == {"1": ["partly", "full"]}


def test_of_a_school_with_too_few_pupils_nothing_is_said() -> None:
    frame = absence(("1", "2025-01", FEWEST, 100, 0), ("2", "2025-01", FEWEST - 1, 100, 0))
    assert reported(frame) == {"1": ["nothing"], "2": ["few"]}


def test_a_school_owes_nothing_before_it_began_and_after_it_closed() -> None:
    others = [("1", month, 10, 100, 100) for month in ("2025-01", "2025-04", "2025-07")]
    frame = absence(*others, ("2", "2025-04", 10, 100, 100))
    assert reported(frame)["2"] == ["not_due", "full", "nothing"]
    assert reported(frame, {"2": date(2025, 6, 30)})["2"] == ["not_due", "full", "not_due"]


def test_a_school_whose_pupils_were_offered_nothing_owes_nothing() -> None:
    frame = absence(("1", "2025-01", 10, 100, 100), ("1", "2025-07", 10, 0, 0), ("2", "2025-07", 10, 100, 100))
    assert reported(frame)["1"] == ["full", "not_due"]


def test_a_school_is_open_until_its_day_or_the_last_period_that_the_register_names_it() -> None:
    schools = pd.DataFrame(
        {
            "school_id": ["1", "1", "2", "3", "3"],
            DELIVERY: ["2025T1", "2025T2", "2025T1", "2025T1", "2025T2"],
            "valid_to": pd.to_datetime([None, None, None, None, "2025-10-31"]),
        }
    )
    assert open_until(schools) == {"2": date(2025, 6, 30), "3": date(2025, 10, 31)}


def test_few_rows_are_told_to_the_sender_and_not_to_readers() -> None:
    reader = Telling(Language("en"), FEWEST)
    assert [IN_ENGLISH.rows(1), reader.rows(1), reader.rows(FEWEST - 1)] == ["1 row", *["fewer than 5 rows"] * 2]
    assert [reader.rows(FEWEST), reader.count(0), reader.count(3)] == ["5 rows", "", "fewer than 5"]
    assert Telling(Language("sv"), FEWEST).rows(1) == "färre än 5 rader"
    assert Telling(Language("sv")).rows(12000) == "12\N{NO-BREAK SPACE}000 rader".replace("\xa0", "\u202f")


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page_is_there_when_the_gate_is_closed_in_the_language_of_the_edition(tmp_path, language: str) -> None:
    tables = clean_tables()
    tables["pupils"].loc[("1988-89", 6), "grade"] = None
    workspace, params = workspace_with(tables, tmp_path)
    (tmp_path / "data/waivers.yaml").write_text(
        "waivers:\n  - {check: pupils.school_id+period.in_schools, scope: 1988-89, "
        "reason: the register is late, who: Ada <b>, until: 1989-12-31}\n",
        encoding="utf-8",
    )
    tables["pupils"].loc[("1988-89", 7), "school_id"] = "77"
    workspace, params = workspace_with(tables, tmp_path / "again")
    workspace.waivers.write_bytes((tmp_path / "data/waivers.yaml").read_bytes())
    with pytest.raises(QualityGateClosedError):
        run(workspace, params.model_copy(update={"language": language}))
    page = (workspace.quality / "quality.html").read_text(encoding="utf-8")
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    said = {
        "en": (
            "Fewer than 5 rows have no &#39;grade&#39; (Grade)",
            "What was let through",
            "Ask school administration",
        ),
        "sv": (
            "Färre än 5 rader har inget i &#39;grade&#39; (Årskurs)",
            "Vad som har släppts igenom",
            "Be skolförvaltningen",
        ),
    }[language]
    assert [words for words in said if words not in text] == []
    assert "the register is late" in text
    assert "Ada &lt;b&gt;" in text
    assert "1 row" not in text
    assert "<script" not in page


def test_a_check_that_found_nothing_leaves_a_page_that_says_so() -> None:
    counts = {"checks": 1, "errors": 0, "warnings": 0, "waived": 0}
    page = {
        "edition": "2025Q1",
        "status": "passed",
        "counts": counts,
        "tables": [],
        "found": [],
        "waivers": [],
        "coverage": [],
    }
    text = render_quality(page, Language("en"), "A & B", (("All reports", "index.html"),))
    assert "No check found anything." in text
    assert "A &amp; B" in text
    assert 'href="index.html"' in text


@pytest.mark.parametrize(("schools", "lowest"), [(30, 10.4), (80, 10.4)])
def test_every_school_has_a_row_high_enough_to_read(schools: int, lowest: float) -> None:
    names = [f"Skolan nummer {number}" for number in range(schools)]
    legend = [("full", "full")]
    marks = [["full", "partly", "nothing", "few", "not_due"]] * schools
    svg = heat_strip(names, ["2025Q1"] * 5, marks, legend)
    height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', svg)[1])
    assert height / schools > lowest
    assert len(svg) < 400_000
    assert svg == heat_strip(names, ["2025Q1"] * 5, marks, legend)


def test_of_a_country_only_schools_that_lack_something_are_drawn() -> None:
    schools = [{"id": f"{n}", "name": f"S{n}", "reported": ["nothing" if n == 7 else "full"]} for n in range(300)]
    one = {"rule": "r", "title": "What is reported", "share": 0.8, "periods": ["2025Q1"], "schools": schools}
    exhibit = coverage(one, Language("en"))
    assert [row[0].text for row in exhibit.table.rows] == ["S7"]
    assert "Of 300 schools only 1" in exhibit.caption
    told = coverage({**one, "schools": [school for school in schools if school["id"] != "7"]}, Language("en"))
    assert told.plain() == "What is reported: all 299 schools have reported in full."
