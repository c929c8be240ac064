"""What the index page knows of printed figures: what the pages print, in few bytes, in the reader's language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from likvard.indicators.record import MEASURES
from likvard.language import LANGUAGES, Language
from likvard.report.look_up import decision_in_words, look_up, measure_in_words, with_places
from likvard.report.released import Released
from small_edition import figure, small_edition

CELL = '<td data-status="{status}" data-figure="{id}">{text}</td>'


@pytest.fixture
def released(tmp_path: Path) -> Released:
    return small_edition(tmp_path, figure("school", "1", 9.0, period="2025T1", status="held_back"))


def id_of(released: Released, unit_id: str, period: str) -> str:
    rows = released.figures_where(
        unit_kind=["school"], unit_id=[unit_id], indicator=["grade_points_mean"], period=[period]
    )
    (found,) = rows["figure_id"]
    return str(found)


def test_a_figure_is_told_with_its_unit_its_words_and_every_report_that_prints_it(released: Released) -> None:
    shown, hidden = id_of(released, "1", "2026T1"), id_of(released, "1", "2025T1")
    school = CELL.format(status="shown", id=shown, text="12,0") + CELL.format(
        status="held_back", id=hidden, text="visas inte"
    )
    pages = {"school/1.html": school, "area/01.html": CELL.format(status="shown", id=shown, text="12,0 (11–13)")}
    told = json.loads(look_up(released, Language("sv"), "2026Q3", pages.items()))
    ids = [told["ids"][at : at + 10] for at in range(0, len(told["ids"]), 10)]
    assert set(ids) == {shown, hidden}
    row = ids.index(shown)
    assert told["printed"][row] == "12,0 · 12,0 (11–13)"
    assert told["units"] == [["Åsens skola", 2]]
    definition, period, group, measure = told["whats"][told["what"][row]]
    assert (period, group, measure) == ("VT 2026", "alla", "värde")
    assert told["definitions"][definition][:2] == ["Betygspoäng, medel per ämne", 1]
    assert told["decisions"][ord(told["states"][row]) - ord("a")] == "Siffran visas."
    assert told["printed"][ids.index(hidden)] == "visas inte"
    assert {address: rows for address, _, rows in told["reports"]} == {
        "school/1.html": [0, 1],
        "area/01.html": [row, row],
    }


def test_nothing_of_a_figure_that_no_page_prints_is_told(released: Released) -> None:
    page = CELL.format(status="shown", id=id_of(released, "1", "2026T1"), text="12,0")
    told = look_up(released, Language("sv"), "2026Q3", [("school/1.html", page)])
    assert id_of(released, "2", "2026T1") not in told
    assert "Dalens skola" not in told


def test_a_text_cannot_end_the_element_that_it_stands_in(released: Released) -> None:
    page = CELL.format(status="shown", id=id_of(released, "1", "2026T1"), text="&lt;/script&gt;")
    told = look_up(released, Language("sv"), "2026Q3", [("school/1.html", page)])
    assert "<" not in told
    assert json.loads(told)["printed"] == ["</script>"]


def test_a_figure_can_be_linked_to_at_the_first_place_where_it_stands() -> None:
    cell = CELL.format(status="shown", id="abcdefghij", text="1")
    page = with_places(f"<p>{cell}{cell}</p>")
    assert page.count('id="figure-abcdefghij"') == 1
    assert page.index('id="figure-abcdefghij"') < page.index("</td>")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_measure_and_decision_has_words_of_its_own(code: str) -> None:
    words = [measure_in_words(measure, Language(code)) for measure in MEASURES]
    assert len(set(words)) == len(MEASURES)
    assert decision_in_words("held_back", Language(code)) != decision_in_words("shown", Language(code))
