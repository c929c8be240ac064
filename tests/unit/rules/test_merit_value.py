"""Merit values, by hand: A 20, B 17.5, C 15, D 12.5, E 10, F 0."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from likvard.errors import CodesError
from likvard.rules import merit, read_scales

CONTRACTS = Path(__file__).parents[3] / "data/contracts"
SCALES = read_scales(CONTRACTS)
A_TO_F = SCALES["a_f"]
SIXTEEN = ("BL", "EN", "HKK", "IDH", "MA", "MU", "BI", "FY", "KE", "GE", "HI", "RE", "SH", "SL", "SV", "TK")


def pupil(marks: dict[str, str], name: str = "p") -> pd.DataFrame:
    rows = [(name, subject, mark) for subject, mark in marks.items()]
    return pd.DataFrame(rows, columns=["pupil_id", "subject", "grade_mark"]).astype("string")


def values(marks: dict[str, str]) -> tuple[object, object]:
    row = merit(pupil(marks), A_TO_F).iloc[0]
    return row["merit_value"], row["merit_value_16"]


def test_the_highest_merit_value_is_320_and_with_a_language_340() -> None:
    assert values(dict.fromkeys(SIXTEEN, "A")) == (320.0, 320.0)
    assert values(dict.fromkeys((*SIXTEEN, "M2"), "A")) == (340.0, 320.0)
    assert A_TO_F.most == (320.0, 340.0)


@pytest.mark.parametrize(("mark", "points"), [("A", 20), ("B", 17.5), ("C", 15), ("D", 12.5), ("E", 10)])
def test_each_mark_is_worth_its_points(mark: str, points: float) -> None:
    assert values({"MA": mark}) == (points, points)


def test_only_the_sixteen_best_count() -> None:
    # Seventeen grades without a language: the mother tongue replaces the lowest, an E.
    assert values({**dict.fromkeys(SIXTEEN[:15], "C"), "TK": "E", "ML": "A"}) == (15 * 15 + 20.0, 15 * 15 + 20.0)


def test_a_language_comes_on_top_even_when_it_is_the_lowest_grade() -> None:
    assert values({**dict.fromkeys(SIXTEEN, "C"), "M2": "E"}) == (240 + 10.0, 240.0)


def test_a_language_may_be_among_the_sixteen_when_no_seventeenth_is_counted() -> None:
    assert values({**dict.fromkeys(SIXTEEN, "E"), "M2": "A"}) == (160 + 20.0, 150 + 20.0)


def test_a_language_as_the_pupils_choice_is_no_seventeenth() -> None:
    assert values({**dict.fromkeys(SIXTEEN, "C"), "M1": "A"}) == (15 * 15 + 20.0, 15 * 15 + 20.0)


def test_fewer_grades_are_summed_as_they_are() -> None:
    assert values({"SV": "E", "EN": "C", "M2": "B"}) == (42.5, 42.5)


def test_a_dash_is_not_an_f() -> None:
    row = merit(pupil({"SV": "A", "EN": "F", "MA": "–", "SL": "-"}), A_TO_F).iloc[0]
    assert row[["merit_value", "graded_count", "passed_count"]].tolist() == [20.0, 2, 1]


def test_a_pupil_without_any_passed_grade_has_no_merit_value() -> None:
    rows = merit(
        pd.concat([pupil({"SV": "F", "MA": "F"}, "a"), pupil({"SV": "–"}, "b"), pupil({"SV": "E"}, "c")]), A_TO_F
    )
    assert rows["merit_value"].isna().tolist() == [True, True, False]
    assert rows["graded_count"].tolist() == [2, 0, 1]


def test_an_unknown_mark_stops_and_shows_no_pupil() -> None:
    with pytest.raises(CodesError, match=r"1 grades have a mark .* 'VG'"):
        merit(pupil({"SV": "VG", "MA": "A"}, "0123456789abcdef"), A_TO_F)


def test_the_same_rows_in_another_order_give_the_same_values() -> None:
    rows = pd.concat([pupil({**dict.fromkeys(SIXTEEN, "B"), "M2": "C"}, name) for name in "ab"])
    pd.testing.assert_frame_equal(merit(rows, A_TO_F), merit(rows.iloc[::-1], A_TO_F))
