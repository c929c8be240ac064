"""Eligibility for upper-secondary school in its four rule sets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from likvard.rules import eligibility, read_scales

SCALE = read_scales(Path(__file__).parents[3] / "data/contracts")["a_f"]
CORE = ("SV", "EN", "MA")
OTHERS = ("BL", "HKK", "IDH", "MU", "SL", "TK", "M2", "ML", "RE", "SH", "HI", "GE", "BI", "FY", "KE")


def eligible(passed: tuple[str, ...], failed: tuple[str, ...] = ()) -> set[str]:
    rows = [("p", subject, "E") for subject in passed] + [("p", subject, "F") for subject in failed]
    row = eligibility(pd.DataFrame(rows, columns=["pupil_id", "subject", "grade_mark"]), SCALE).iloc[0]
    return {name.removeprefix("eligible_") for name in row.index if name != "pupil_id" and row[name]}


def test_eight_passed_subjects_are_enough_for_vocational_programmes() -> None:
    assert eligible((*CORE, *OTHERS[:5])) == {"vocational"}
    assert eligible((*CORE, *OTHERS[:4])) == set()


def test_twelve_passed_subjects_of_any_kind_are_enough_for_the_arts() -> None:
    assert eligible((*CORE, *OTHERS[:9])) == {"vocational", "arts"}
    assert eligible((*CORE, *OTHERS[:8])) == {"vocational"}


def test_business_humanities_and_social_science_need_their_four_subjects() -> None:
    twelve = (*CORE, "GE", "HI", "SH", "RE", *OTHERS[:5])
    assert eligible(twelve) == {"vocational", "arts", "social"}
    assert "social" not in eligible((*(subject for subject in twelve if subject != "RE"), "ML"), failed=("RE",))
    assert "social" not in eligible(twelve[:-1])


def test_natural_science_and_technology_need_biology_physics_and_chemistry() -> None:
    twelve = (*CORE, "BI", "FY", "KE", *OTHERS[:6])
    assert eligible(twelve) == {"vocational", "arts", "science"}
    assert "science" not in eligible((*(subject for subject in twelve if subject != "KE"), "ML"))


def test_all_subjects_passed_open_every_programme() -> None:
    assert eligible((*CORE, *OTHERS)) == {"vocational", "arts", "social", "science"}


@pytest.mark.parametrize("missing", CORE)
def test_nothing_makes_up_for_swedish_english_or_mathematics(missing: str) -> None:
    assert eligible(tuple(subject for subject in (*CORE, *OTHERS) if subject != missing)) == set()


def test_swedish_as_a_second_language_counts_as_swedish_but_only_once() -> None:
    assert eligible(("SVA", "EN", "MA", *OTHERS[:5])) == {"vocational"}
    assert eligible(("SV", "SVA", "EN", "MA", *OTHERS[:4])) == set()


def test_an_f_and_a_dash_are_both_not_passed() -> None:
    rows = pd.DataFrame({"pupil_id": ["p"] * 8, "subject": [*CORE, *OTHERS[:5]], "grade_mark": ["E"] * 7 + ["–"]})
    assert not eligibility(rows, SCALE)["eligible_vocational"].item()
