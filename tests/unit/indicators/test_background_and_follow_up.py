"""Gradient, fair comparison, resources against need, change by intake and follow-up, on frames that can be checked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_school import REGISTRY, pupils

from likvard.equity.gradient import by_school, slope, strength
from likvard.indicators.answered import answered, roll_of
from likvard.indicators.background import Scale, against_need, gradient, need_of_schools, scale_of
from likvard.indicators.cells import cells_of
from likvard.indicators.fair import beyond_expected
from likvard.indicators.followed import followed
from likvard.indicators.gaps import gaps
from likvard.indicators.lasting import gaps_of, lasting
from likvard.indicators.levels import Levels, levels
from likvard.indicators.mix import by_intake

READING = REGISTRY["reading_mean"]
GROUPS = {"lunch": ("free", "paid", "unknown")}
SCALE = Scale("lunch", ("free", "paid"))


def of_pupils(*schools: tuple[str, list[float], list[float]], **same: Any) -> pd.DataFrame:
    """Pupils of schools in one area: each is its name, the scores of those with free lunch and of those without."""
    return pupils(
        [
            {"school_id": school, "lunch": lunch, "reading_score": score} | same
            for school, free, paid in schools
            for lunch, scores in (("free", free), ("paid", paid))
            for score in scores
        ]
    )


def told(rows: pd.DataFrame) -> Levels:
    return levels(READING, rows, cells_of(rows, GROUPS), 0.95)


def test_the_scale_ends_with_the_reference_group_and_other_lists_are_no_scale() -> None:
    three = {"education": ("low", "middle", "high", "unknown")}
    assert scale_of(three, {"education": "high"}) == Scale("education", ("low", "middle", "high"))
    assert scale_of(three, {"education": "low"}) == Scale("education", ("high", "middle", "low"))
    assert scale_of(three, {"education": "middle"}) is None


def test_a_group_s_place_on_the_scale_is_the_share_below_it_and_half_its_own() -> None:
    rows = of_pupils(("A", [1.0] * 3, [1.0]))
    assert SCALE.index(cells_of(rows, GROUPS)).tolist() == [3 / 8, 3 / 4 + 1 / 8]


THREE = (("A", [500.0, 510], [520.0, 530]), ("B", [480.0], [500.0, 540, 545]), ("C", [490.0, 470, 500], [515.0]))


def test_the_gradient_from_groups_is_that_from_the_pupils_themselves() -> None:
    rows = of_pupils(*THREE)
    found = gradient(READING, told(rows), SCALE, 0.95)
    everyone = found[found["unit_kind"].eq("all")].set_index("measure")
    x = rows["lunch"].map(dict(zip(SCALE.groups, SCALE.index(cells_of(rows, GROUPS)), strict=True))).astype(float)
    y = rows["reading_score"].astype(float)
    apart = by_school(y, x, rows["school_id"])
    peers = {
        "gradient_slope": slope(y, x, clusters=rows["school_id"]),
        "gradient_strength": strength(y, x),
        "gradient_within": apart.within,
        "gradient_between": apart.between,
        "gradient_compositional": apart.compositional,
    }
    for measure, peer in peers.items():
        row = everyone.loc[measure]
        assert row[["value", "low", "high"]].tolist() == pytest.approx(
            [float(part[0]) for part in (peer.value, peer.low, peer.high)]
        ), measure


def test_two_groups_of_one_size_have_the_slope_of_twice_their_gap() -> None:
    rows = of_pupils(*((name, [500.0, 500.0], [530.0, 530.0]) for name in "ABC"))
    found = gradient(READING, told(rows), SCALE, 0.95).set_index(["unit_kind", "measure"])["value"]
    assert found["all", "gradient_slope"] == pytest.approx(60)
    assert found["all", "gradient_strength"] == pytest.approx(1)


def test_schools_that_differ_by_intake_alone_are_as_expected() -> None:
    low, high = [490.0, 510.0], [540.0, 560.0]
    rows = of_pupils(("A", low * 4, high), ("B", low, high * 4), ("C", low, high))
    found = beyond_expected(READING, rows, told(rows), {"lunch": "paid"}, SCALE, 0.95)
    beyond = found[found["measure"].eq("beyond_expected")].set_index("unit_id")
    assert beyond["value"].tolist() == pytest.approx([0, 0, 0])
    assert beyond["numerator"].to_dict() == pytest.approx({"A": 510, "B": 540, "C": 525})


def many_schools(better: float) -> pd.DataFrame:
    """Twenty-five schools of eight pupils; their intakes differ, and the last one's pupils reach ``better`` more."""
    schools = []
    for number in range(25):
        free, more = number % 7 + 1, better if number == 24 else 0.0
        scores = [500.0 + more + place * 3 + number % 3 for place in range(8)]
        schools.append((f"s{number:02d}", scores[:free], [score + 40 for score in scores[free:]]))
    return of_pupils(*schools)


def test_with_enough_schools_a_model_of_all_pupils_finds_the_one_that_differs() -> None:
    rows = many_schools(60)
    found = beyond_expected(READING, rows, told(rows), {"lunch": "paid"}, SCALE, 0.95)
    beyond = found[found["measure"].eq("beyond_expected")].set_index("unit_id")
    assert beyond.loc["s24", "low"] > 0
    assert (beyond["low"].drop("s24") < 15).all()
    drawn = found[found["measure"].eq("beyond_expected_drawn")].set_index("unit_id")
    assert 0 < drawn.loc["s24", "value"] < beyond.loc["s24", "value"]


def test_fewer_than_three_schools_are_not_compared() -> None:
    rows = of_pupils(("A", [500.0], [510.0]), ("B", [500.0], [510.0]))
    assert beyond_expected(READING, rows, told(rows), {"lunch": "paid"}, SCALE, 0.95).empty


def staffed(*schools: tuple[str, float, float]) -> Levels:
    """Each school: name, teachers, special educators; a hundred pupils each."""
    columns = ["school_id", "teacher_fte", "special_educator_fte"]
    rows = pd.DataFrame(schools, columns=columns).assign(
        period="2025T2", area_id="1", pupils_count=100, teachers_count=9
    )
    definition = REGISTRY["special_educators_per_100_pupils"]
    return levels(definition, rows, cells_of(rows, {}), 0.95)


@pytest.mark.parametrize(("given", "sign"), [([1, 2, 3, 4, 5.5, 6], 1), ([6, 5.5, 4, 3, 2, 1], -1)])
def test_a_resource_that_follows_need_is_above_nought(given: list[float], sign: int) -> None:
    schools = "ABCDEF"
    rows = of_pupils(*((name, [1.0] * (place + 1), [1.0] * (6 - place)) for place, name in enumerate(schools)))
    need = need_of_schools(cells_of(rows, GROUPS), SCALE)
    assert need["need"].is_monotonic_increasing
    found = staffed(*((name, 8.0, fte) for name, fte in zip(schools, given, strict=True)))
    row = against_need(REGISTRY["special_educators_per_100_pupils"], found, need, SCALE, 0.95)
    of_all = row[row["unit_kind"].eq("all")].iloc[0]
    assert np.sign([of_all["low"], of_all["high"]]).tolist() == [sign, sign]
    assert (of_all["n"], of_all["group_by"]) == (6, "lunch")


def test_a_change_of_intake_and_a_real_change_make_up_the_change() -> None:
    then = told(of_pupils(("A", [500.0, 520], [540.0, 560]), period="2025T1")).cells
    now = told(of_pupils(("A", [500.0, 520] * 3, [545.0, 565]), period="2026T1")).cells
    found = by_intake(READING, now, {"2025T1": then}, SCALE, 0.95)
    of_school = found[found["unit_kind"].eq("school")].set_index("measure")["value"]
    change = (6 * 510 + 2 * 555) / 8 - 530
    assert of_school["real_change"] + of_school["intake_change"] == pytest.approx(change)
    assert of_school["real_change"] == pytest.approx(5 * (0.5 + 0.25) / 2)
    assert set(found["reference"]) == {"2025T1"}


def test_no_change_by_intake_without_the_year_before() -> None:
    now = told(of_pupils(("A", [500.0], [545.0]), period="2026T1")).cells
    assert by_intake(READING, now, {"2025T2": now}, SCALE, 0.95).empty


def action(**changed: Any) -> pd.DataFrame:
    ordinary = {"action_id": "A0001", "school_id": "s0", "area_id": None, "indicator": "reading_mean", "group_by": None}
    return pd.DataFrame([ordinary | {"starts_on": pd.Timestamp("2025-08-19")} | changed])


def history(gain: float) -> dict[str, pd.DataFrame]:
    """Eight schools in two springs: all gain about 10, the first one ``gain`` more."""
    found = {}
    for period, step in (("2025T1", 0.0), ("2026T1", 10.0)):
        schools = []
        for number in range(8):
            score = 500.0 + 7 * number + step * (1 + number % 2 / 10) + (gain if number == 0 and step else 0.0)
            schools.append((f"s{number}", [score - 5 - number], [score + 5 + number]))
        found[period] = told(of_pupils(*schools, period=period)).cells
    return found


def follow_up(gain: float, **changed: Any) -> pd.DataFrame:
    cells = history(gain)
    return followed(
        READING, cells["2026T1"], {"2025T1": cells["2025T1"]}, {}, action(**changed), {"lunch": "paid"}, 0.95
    )


def test_what_happened_stands_beside_what_others_that_began_alike_came_to() -> None:
    row = follow_up(30).iloc[0]
    assert (row["unit_id"], row["reference"], row["measure"]) == ("s0", "A0001:2025T1", "follow_up")
    assert row["value"] == pytest.approx(30, abs=2)
    assert row["low"] > 0
    assert row["numerator"] - row["denominator"] == pytest.approx(row["value"])


def test_an_action_that_changed_nothing_is_not_told_from_none() -> None:
    row = follow_up(0).iloc[0]
    assert row["low"] < 0 < row["high"]


def test_a_gap_is_followed_where_the_action_is_to_close_one() -> None:
    row = follow_up(30, group_by="lunch").iloc[0]
    assert row["numerator"] == pytest.approx(-10)
    assert row["group_by"] == "lunch"


@pytest.mark.parametrize("begun", ["2026-02-01", "2024-01-01"])
def test_without_a_period_before_or_after_nothing_is_followed(begun: str) -> None:
    assert follow_up(30, starts_on=pd.Timestamp(begun)).empty


def test_an_action_for_another_indicator_or_school_is_not_this_one_s() -> None:
    assert follow_up(30, indicator="mathematics_mean").empty
    assert follow_up(30, school_id="elsewhere").empty


def surveyed(*scores: float) -> tuple[pd.DataFrame, Levels]:
    """Answers of school A, grade 5, to the question about safety."""
    rows = pd.DataFrame({"school_id": "A", "area_id": "1", "period": "2026T1", "grade": "5", "safety_score": scores})
    return rows, levels(REGISTRY["safety_score_mean"], rows, cells_of(rows, {}), 0.95)


def test_what_the_silent_could_have_said_bounds_the_mean() -> None:
    roll = roll_of(pupils([{"grade": "5"}] * 5 + [{"grade": "6"}] * 9))
    rows, found = surveyed(8.0, 6.0, 7.0, 7.0)
    rate, bounds = (
        part[part["unit_kind"].eq("school")].iloc[0]
        for _, part in answered(REGISTRY["safety_score_mean"], rows, found, roll).groupby(
            "measure", sort=False, observed=True
        )
    )
    assert (rate["numerator"], rate["denominator"], rate["value"]) == (4, 5, 0.8)
    assert (bounds["value"], bounds["low"], bounds["high"]) == (7, 28 / 5, 38 / 5)


def test_more_answers_than_pupils_are_all_of_them() -> None:
    rows, found = surveyed(8.0, 6.0, 7.0)
    told = answered(REGISTRY["safety_score_mean"], rows, found, roll_of(pupils([{"grade": "5"}] * 2)))
    assert told.loc[told["measure"].eq("response_rate"), "value"].tolist() == [1, 1, 1]


def test_only_a_survey_has_a_response_rate() -> None:
    rows = of_pupils(("A", [500.0], [510.0]))
    assert answered(READING, rows, told(rows), roll_of(rows)).empty


def gaps_in(period: str, by: float) -> pd.DataFrame:
    """The gaps of a period in which those with free lunch are so much below the others."""
    found = told(of_pupils(("A", [500.0 - by, 510 - by] * 9, [505.0, 515] * 9), period=period))
    return gaps_of(READING, gaps(READING, found, {"lunch": "paid"}, 0.95), 0.95)


@pytest.mark.parametrize(("before", "lasts"), [((30.0, 30.0), True), ((30.0, -30.0), False), ((30.0,), False)])
def test_a_gap_lasts_that_is_clear_and_on_one_side_three_times(before: tuple[float, ...], lasts: bool) -> None:
    earlier = {f"202{place}T1": gaps_in(f"202{place}T1", by) for place, by in enumerate(before)}
    found = lasting(READING, gaps_in("2025T1", 30.0), earlier, 0.95)
    assert ("school" in set(found.get("unit_kind", ()))) == lasts


def test_no_gap_lasts_across_a_break() -> None:
    earlier = {period: gaps_in(period, 30.0) for period in ("2023T1", "2024T1")}
    broken = READING.model_copy(update={"breaks": ("2024T1",)})
    assert lasting(broken, gaps_in("2025T1", 30.0), earlier, 0.95).empty
