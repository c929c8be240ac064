"""The calendar of the data: what is fresh when, which data cut a meeting can have, and what is early in the term."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from likvard import open_report
from likvard.report.calendar_page import cut_for, cuts, early_table, fresh_until, render_calendar, sources_table, told
from likvard.report.view import Report
from small_edition import figure, small_edition


def source(table: str, newest: str, grain: str, expected_in: str = ".*", days: int | None = None) -> dict[str, Any]:
    return {
        "table": table,
        "title": {"en": table, "sv": table},
        "owner": {"en": "school administration", "sv": "skolförvaltningen"},
        "newest": newest,
        "grain": grain,
        "expected_in": expected_in,
        "days": days,
    }


SOURCES = [
    source("absence", "2026-09", "month", days=31),
    source("grades", "2026T1", "term", "[0-9]{4}Q[24]", 184),
    source("meetings", "2026Q3", "quarter"),
]


@pytest.fixture
def overview(tmp_path: Path) -> Report:
    roll = figure("all", "all", 900.0, indicator="pupils_count", period="2026T2")
    absence = figure("all", "all", 0.07, indicator="absence_share_mean", period="2026Q3")
    periods = [{"id": one, "grain": "term", "grades": []} for one in ("2025T1", "2026T1", "2026T2")]
    released = small_edition(
        tmp_path,
        roll,
        absence,
        sources=SOURCES,
        periods=[*periods, {"id": "2026Q3", "grain": "quarter", "grades": []}],
        current={"pupils_count": "2026T2", "absence_share_mean": "2026Q3", "grade_points_mean": "2026T1"},
    )
    return open_report("overview", "all", released=released)


@pytest.mark.parametrize(
    ("meeting", "edition", "cut"),
    [
        (date(2026, 9, 30), "2026Q3", "2026Q2"),
        (date(2026, 10, 1), "2026Q3", "2026Q3"),
        (date(2027, 1, 1), "2026Q3", "2026Q4"),
        (date(2026, 11, 24), "2025-26", "2025-26"),
        (date(2026, 6, 30), "2025-26", "2024-25"),
    ],
)
def test_a_meeting_can_have_the_newest_period_that_is_over(meeting: date, edition: str, cut: str) -> None:
    assert cut_for(meeting, edition) == cut


def test_the_calendar_goes_on_for_a_year() -> None:
    assert cuts("2026Q3") == ["2026Q3", "2026Q4", "2027Q1", "2027Q2"]


def test_a_source_is_fresh_for_so_many_days_after_its_newest_period() -> None:
    assert fresh_until(SOURCES[0]) == date(2026, 10, 31)
    assert fresh_until(SOURCES[1]) == date(2026, 12, 31)
    assert fresh_until(SOURCES[2]) is None


def test_a_source_that_is_too_old_for_a_later_cut_is_named(overview: Report) -> None:
    def states(cut: str) -> list[str]:
        return [row[-1].text for row in sources_table(overview, cut).rows]

    assert states("2026Q3") == ["fresh", "fresh", "as delivered"]
    assert states("2026Q4") == ["a new delivery is needed", "fresh", "as delivered"]
    assert states("2027Q1") == ["a new delivery is needed", "a new delivery is needed", "as delivered"]


def test_what_is_measured_in_a_term_that_is_not_over_or_has_just_begun_is_marked(overview: Report) -> None:
    early = {row[0].text: row[2].text.split(":")[0] for row in early_table(overview).rows}
    assert early == {
        overview.title_of("pupils_count"): "the term is under way",
        overview.title_of("absence_share_mean"): "the term has hardly begun",
    }


def test_the_command_says_which_cut_a_meeting_can_have(overview: Report) -> None:
    assert told(overview, date(2026, 11, 24)).startswith(
        "Meeting on 2026-11-24: the newest lawful data cut is 2026Q3, with data to 2026-09-30. It is the edition of this workspace."
    )
    assert "2026Q4, with data to 2026-12-31. This workspace holds 2026Q3." in told(overview, date(2027, 2, 1))


def test_the_page_holds_the_three_tables_and_no_script(overview: Report) -> None:
    page = render_calendar(overview)
    assert page.count("<caption>") == 3
    assert page.count("<h1>") == 1
    assert "<script" not in page
