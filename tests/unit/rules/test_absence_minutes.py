"""Absence from minutes: coverage first, then exposure, then the inclusive threshold."""

from __future__ import annotations

import pandas as pd
import pytest

from likvard.rules import AbsenceRule, absence
from likvard.rules.absence import unit_coverage

RULE = AbsenceRule(extensive_share=0.15, least_offered_minutes=1200, least_coverage=0.9)


def one(offered: int, reported: int, valid: int, invalid: int, rule: AbsenceRule = RULE) -> pd.Series:
    minutes = pd.DataFrame(
        [("p", "2024-10", offered, reported, valid, invalid)],
        columns=[
            "pupil_id",
            "period",
            "offered_minutes",
            "reported_minutes",
            "valid_absence_minutes",
            "invalid_absence_minutes",
        ],
    )
    return absence(minutes, ["pupil_id"], rule).iloc[0]


def test_exactly_the_threshold_is_extensive_absence() -> None:
    assert one(1200, 1200, 100, 80)["extensive_absence"]
    assert not one(1200, 1200, 100, 79)["extensive_absence"]


def test_the_share_is_of_the_reported_minutes() -> None:
    row = one(2000, 1800, 150, 30)
    assert row["absence_share"] == pytest.approx(0.1)
    assert row["invalid_absence_share"] == pytest.approx(30 / 1800)
    assert row["coverage"] == pytest.approx(0.9)


def test_too_few_reported_lessons_give_a_status_and_no_share() -> None:
    row = one(2000, 1799, 1799, 0)
    assert row["absence_status"] == "low_coverage"
    assert row[["absence_share", "invalid_absence_share", "extensive_absence"]].isna().all()


def test_a_few_days_at_a_school_say_nothing_about_a_pupil() -> None:
    assert one(1199, 1199, 600, 0)["absence_status"] == "short_exposure"
    assert one(1200, 1200, 600, 0)["absence_status"] == "shown"


def test_coverage_is_judged_before_exposure() -> None:
    assert one(600, 100, 0, 0)["absence_status"] == "low_coverage"


def test_nothing_offered_is_missing_and_nothing_reported_is_low_coverage() -> None:
    assert one(0, 0, 0, 0)["absence_status"] == "missing"
    assert one(1500, 0, 0, 0, AbsenceRule(least_coverage=0.0))["absence_status"] == "low_coverage"


def test_months_are_summed_before_anything_is_divided() -> None:
    minutes = pd.DataFrame(
        {
            "pupil_id": ["p", "p"],
            "offered_minutes": [1000, 3000],
            "reported_minutes": [1000, 3000],
            "valid_absence_minutes": [500, 0],
            "invalid_absence_minutes": [0, 100],
        }
    )
    assert absence(minutes, ["pupil_id"], RULE)["absence_share"].item() == pytest.approx(600 / 4000)


def test_a_school_is_judged_by_its_own_coverage() -> None:
    minutes = pd.DataFrame(
        {"school_id": ["a", "a", "b"], "offered_minutes": [100, 300, 200], "reported_minutes": [100, 100, 0]}
    )
    assert unit_coverage(minutes, ["school_id"])["coverage"].tolist() == [0.5, 0.0]
