"""What is planted in Exempelkommun comes out of the flow: the measured figures agree with the truth file."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from likvard.demo.exempelkommun.people import blocks_of
from likvard.demo.exempelkommun.plan import AREAS
from likvard.demo.exempelkommun.quarter import world_of
from likvard.demo.exempelkommun.truth import truth_of
from likvard.demo.exempelkommun.write import SEED
from likvard.tables import read_table
from likvard.workspace import Workspace

ADVANTAGED = "post_secondary"
FIRST, LAST = "2023T2", "2026T1"


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    (block,) = blocks_of(30, 12_000, SEED)
    return truth_of(world_of(block))


@pytest.fixture(scope="module")
def record(exempelkommun_workspace: Workspace) -> pd.DataFrame:
    """The figures before anything is held back: the truth can be of a group that no reader may see."""
    return read_table(exempelkommun_workspace.indicators / "figures.parquet")


@pytest.fixture(scope="module")
def pupils(exempelkommun_workspace: Workspace) -> pd.DataFrame:
    return read_table(exempelkommun_workspace.prepared / "pupil_period.parquet")


def figures(record: pd.DataFrame, indicator: str, unit_id: str = "all", **key: str) -> pd.DataFrame:
    rows = record[(record["indicator"] == indicator) & (record["unit_id"] == unit_id)]
    for column, value in ({"measure": "level", "group_by": "all"} | key).items():
        rows = rows[rows[column] == value]
    return rows


def levels(record: pd.DataFrame, school: str, period: str) -> tuple[pd.Series, float]:
    """Grade points of the advantaged as a figure, and the mean of all others (from the sums beside the figures)."""
    rows = figures(record, "grade_points_mean", school, period=period, group_by="parental_education").set_index("group")
    others = rows.drop(ADVANTAGED)
    return rows.loc[ADVANTAGED], float(others["numerator"].sum() / others["denominator"].sum())


def test_the_socio_economic_gradient_lies_within_the_intervals(record: pd.DataFrame, truth: dict[str, Any]) -> None:
    rows = figures(record, "grade_points_mean", period="2024T1", group_by="parental_education").set_index("group")
    for group, points in truth["gradient"].items():
        assert rows["low"][group] <= points <= rows["high"][group], group
    gaps = figures(record, "grade_points_mean", period="2024T1", group_by="parental_education", measure="gap")
    known = gaps.set_index("group")
    assert known["high"]["compulsory"] < known["low"]["upper_secondary"] < 0


@pytest.mark.parametrize("planted", ["gap_closes_by_action", "gap_closes_because_the_advantaged_fall"])
def test_both_levels_of_a_closing_gap_are_measured(record: pd.DataFrame, truth: dict[str, Any], planted: str) -> None:
    facts = truth[planted]
    for period in (FIRST, LAST):
        advantaged, others = levels(record, facts["school_id"], period)
        assert advantaged["low"] <= facts[period]["advantaged"] <= advantaged["high"]
        assert others == pytest.approx(facts[period]["others"], abs=0.3)


def test_a_gap_that_closes_from_below_and_one_that_closes_from_above_can_be_told_apart(
    record: pd.DataFrame, truth: dict[str, Any]
) -> None:
    changes = {}
    for planted in ("gap_closes_by_action", "gap_closes_because_the_advantaged_fall"):
        school = truth[planted]["school_id"]
        (first_up, first_others), (last_up, last_others) = (levels(record, school, period) for period in (FIRST, LAST))
        changes[planted] = (last_up["value"] - first_up["value"], last_others - first_others)
        assert (last_up["value"] - last_others) < (first_up["value"] - first_others)
    advantaged, others = changes["gap_closes_by_action"]
    assert others > 1
    assert abs(advantaged) < others / 2
    advantaged, others = changes["gap_closes_because_the_advantaged_fall"]
    assert advantaged < -1
    assert abs(others) < -advantaged / 2


def test_one_bad_cohort_and_its_return_to_the_mean_are_measured(pupils: pd.DataFrame, truth: dict[str, Any]) -> None:
    facts = truth["regression_to_the_mean"]
    there = pupils[(pupils["school_id"] == facts["school_id"]) & (pupils["grade"] == facts["grade"])]
    means = there.groupby("period")["grade_points"].mean()
    for period, points in facts["points"].items():
        assert means[period] == pytest.approx(points, abs=0.3)


def test_the_changed_intake_is_measured(pupils: pd.DataFrame, truth: dict[str, Any]) -> None:
    facts = truth["intake_change"]
    there = pupils[(pupils["school_id"] == facts["school_id"]) & (pupils["grade"] == "9")]
    for period, share in facts["post_secondary_share"].items():
        rows = there[there["period"] == period]
        assert (rows["parental_education"] == ADVANTAGED).mean() == pytest.approx(share, abs=0.03)


def test_movers_are_counted_and_those_who_had_to_leave_are_not(
    record: pd.DataFrame, pupils: pd.DataFrame, truth: dict[str, Any]
) -> None:
    shares = figures(record, "changed_school_share").set_index("period")
    for period, movers in truth["movers"].items():
        assert movers / shares["denominator"][period] <= shares["high"][period], period
        if period.endswith("T1"):  # in autumn some choose another school without moving
            assert shares["low"][period] <= movers / shares["denominator"][period], period
    schools = pupils.pivot(index="pupil_id", columns="period", values="school_id")
    before, after = schools["2024T1"], schools["2024T2"]
    all_changes = (before.notna() & after.notna() & (before != after)).sum()
    assert shares["numerator"]["2024T2"] < all_changes / 3


def test_nobody_with_protected_identity_is_anywhere_in_the_flow(pupils: pd.DataFrame, truth: dict[str, Any]) -> None:
    assert not pupils["pupil_id"].isin(truth["protected"]["pseudonyms"]).any()


def test_a_school_that_reports_too_little_has_no_absence_and_its_coverage_says_why(
    record: pd.DataFrame, truth: dict[str, Any]
) -> None:
    facts = truth["under_reported_absence"]
    coverage = figures(record, "reporting_coverage", facts["school_id"]).set_index("period")["value"]
    absence = figures(record, "absence_share_mean", facts["school_id"]).set_index("period")["status"]
    assert coverage["2025Q1"] == pytest.approx(facts["coverage"], abs=0.02)
    assert coverage["2024Q4"] > 0.9
    assert set(absence[absence.index >= "2025Q1"]) == {"missing"}
    assert set(absence[absence.index < "2025Q1"]) == {"shown"}


def test_the_restated_and_the_late_delivery_are_taken_in(
    exempelkommun_workspace: Workspace, truth: dict[str, Any]
) -> None:
    grades = read_table(exempelkommun_workspace.staged / "grades.parquet", ["period", "school_id", "source_file"])
    facts = truth["restated"]
    again = grades[(grades["period"] == facts["term"]) & (grades["school_id"] == facts["school_id"])]
    assert set(again["source_file"].str.split("/").str[0]) == {facts["sent_again_in"]}
    absence = read_table(exempelkommun_workspace.staged / "absence.parquet", ["period", "school_id", "source_file"])
    facts = truth["late"]
    late = absence[(absence["school_id"] == facts["school_id"]) & absence["period"].between("2025-01", "2025-03")]
    assert set(late["source_file"].str.split("/").str[0]) == {facts["came_in"]}


def test_the_closed_school_has_no_report_and_its_successor_has(
    exempelkommun_workspace: Workspace, truth: dict[str, Any]
) -> None:
    units = read_table(exempelkommun_workspace.released / "units.parquet").set_index("unit_id")["in_edition"]
    assert not units[truth["closed"]["school_id"]]
    assert units[truth["closed"]["successor_id"]]


def test_the_school_of_twelve_pupils_shows_nothing_that_rests_on_fewer_than_five(
    exempelkommun_workspace: Workspace, truth: dict[str, Any]
) -> None:
    released = read_table(exempelkommun_workspace.released / "figures.parquet")
    rows = released[(released["unit_id"] == truth["twelve_pupils"]) & (released["status"] == "shown")]
    assert len(rows) > 0
    assert rows["n"].min() >= 5


def test_segregation_by_background_is_measured_and_lies_beyond_chance(
    record: pd.DataFrame, truth: dict[str, Any]
) -> None:
    of_foreign = {"group_by": "background", "group": "foreign"}
    raw = figures(record, "pupils_share", measure="dissimilarity", **of_foreign).set_index("period")["value"]
    chance = figures(record, "pupils_share", measure="dissimilarity_by_chance", **of_foreign).set_index("period")[
        "value"
    ]
    for period, index in truth["segregation"].items():
        assert raw[period] == pytest.approx(
            index, abs=0.01
        )  # the truth knows pupils whose background is not registered
        assert chance[period] < raw[period] / 5


def whole(record: pd.DataFrame, indicator: str, measure: str, unit_id: str = "all") -> pd.DataFrame:
    """Figures of a whole dimension: parents' education."""
    return figures(record, indicator, unit_id, measure=measure, group_by="parental_education").set_index("period")


def test_the_slope_of_the_gradient_is_that_of_the_planted_levels(record: pd.DataFrame, truth: dict[str, Any]) -> None:
    rows = figures(record, "grade_points_mean", period="2024T1", group_by="parental_education").set_index("group")
    everyone = figures(record, "pupils_share", period="2024T1", group_by="parental_education").set_index("group")
    order = ["compulsory", "upper_secondary", "post_secondary"]
    share, weight = everyone["numerator"][order], rows["n"][order]
    place = (share.cumsum() - share / 2) / share.sum()
    points = pd.Series(truth["gradient"])[order]
    apart = place - (place * weight).sum() / weight.sum()
    planted = (weight * apart * points).sum() / (weight * apart**2).sum()
    slope = whole(record, "grade_points_mean", "gradient_slope").loc["2024T1"]
    assert slope["low"] <= planted <= slope["high"]
    assert slope["low"] > 4
    within = whole(record, "grade_points_mean", "gradient_within").loc["2024T1"]
    between = whole(record, "grade_points_mean", "gradient_compositional").loc["2024T1"]
    assert within["low"] <= planted <= within["high"]  # nothing is planted that only the school's intake does
    assert between["low"] <= 0 <= between["high"]


@pytest.mark.parametrize("planted", ["gap_closes_by_action", "gap_closes_because_the_advantaged_fall"])
def test_what_a_school_does_beyond_its_intake_is_measured(
    record: pd.DataFrame, truth: dict[str, Any], planted: str
) -> None:
    facts = truth[planted]
    school = facts["school_id"]
    beyond = figures(record, "grade_points_mean", school, measure="beyond_expected").set_index("period")
    groups = figures(record, "grade_points_mean", school, period=LAST, group_by="parental_education").set_index("group")
    n = groups["n"]
    effects = facts[LAST]["effect_on_advantaged"], facts[LAST]["effect_on_others"]
    effect = (effects[0] * n[ADVANTAGED] + effects[1] * n.drop(ADVANTAGED).sum()) / n.sum()
    assert beyond["low"][FIRST] <= 0 <= beyond["high"][FIRST]
    # A year group differs from another by up to a point without any action.
    assert beyond["value"][LAST] == pytest.approx(effect, abs=1)
    assert (beyond["low"][LAST] > 0) if effect > 0 else (beyond["high"][LAST] < 0)
    drawn = figures(record, "grade_points_mean", school, measure="beyond_expected_drawn").set_index("period")
    assert abs(drawn["value"][LAST]) < abs(beyond["value"][LAST])


def test_an_action_that_does_nothing_is_not_given_the_return_to_the_mean(
    record: pd.DataFrame, truth: dict[str, Any]
) -> None:
    facts = truth["regression_to_the_mean"]
    found = figures(record, "merit_value_mean", facts["school_id"], measure="follow_up").set_index("period")
    assert list(found.index) == ["2025T1", "2026T1"]
    assert (found["low"] <= facts["effect_of_the_action"]).all()
    assert (found["high"] >= facts["effect_of_the_action"]).all()
    levels = figures(record, "merit_value_mean", facts["school_id"]).set_index("period")["value"]
    assert levels["2025T1"] - levels["2024T1"] > 20  # which looks like a success


def test_both_gaps_that_close_are_followed_towards_0(record: pd.DataFrame, truth: dict[str, Any]) -> None:
    for planted in ("gap_closes_by_action", "gap_closes_because_the_advantaged_fall"):
        found = whole(record, "merit_value_mean", "follow_up", truth[planted]["school_id"]).loc[LAST]
        assert found["numerator"] > found["denominator"]
        assert found["value"] == pytest.approx(found["numerator"] - found["denominator"])


def test_a_change_that_comes_from_the_intake_is_told_from_a_real_one(
    record: pd.DataFrame, truth: dict[str, Any]
) -> None:
    school = truth["intake_change"]["school_id"]
    intake = whole(record, "merit_value_mean", "intake_change", school).loc["2026T1"]
    real = whole(record, "merit_value_mean", "real_change", school).loc["2026T1"]
    assert intake["high"] < 0
    assert real["low"] <= 0 <= real["high"]
    changes = figures(record, "merit_value_mean", school, measure="change", period="2026T1").set_index("reference")
    assert intake["value"] + real["value"] == pytest.approx(changes["value"]["2025T1"])


def test_qualified_teachers_are_fewest_where_needs_are_greatest(record: pd.DataFrame) -> None:
    against = whole(record, "qualified_teacher_share", "against_need")
    assert (against["high"] < 0).all()
    planted = pd.DataFrame({"qualified": area.qualified, "lack": 1 - area.education[2]} for area in AREAS)
    assert planted["qualified"].corr(planted["lack"]) < -0.5


def test_as_many_answered_the_survey_as_planted(record: pd.DataFrame) -> None:
    rates = figures(record, "safety_score_mean", measure="response_rate").set_index("period")
    assert rates["value"].to_numpy() == pytest.approx(
        0.84 * 0.98, abs=0.025
    )  # of those who answered, 2 % skip a question
    bounds = figures(record, "safety_score_mean", measure="if_all_had_answered").set_index("period")
    assert (bounds["low"] < bounds["value"]).all()
    assert (bounds["value"] < bounds["high"]).all()
