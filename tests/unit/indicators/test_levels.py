import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from small_school import GROUPS, REGISTRY, TOLD, cell, levels_of, pupils

from likvard.equity.intervals import mean_interval, wilson_interval
from likvard.indicators.cells import cells_of
from likvard.indicators.levels import levels, observed
from likvard.indicators.record import EVERYONE


def reading(*scores: float | None, **same: Any) -> list[dict[str, Any]]:
    return [{"reading_score": score} | same for score in scores]


def test_a_mean_by_hand() -> None:
    everyone = cell(levels_of("reading_mean", reading(590, 600, 610)))
    assert (everyone.numerator, everyone.denominator, everyone.n, everyone.value) == (1800, 3, 3, 600)
    assert (everyone.low, everyone.high) == mean_interval(3, 600, 10, 0.95)
    assert everyone.status == "shown"


def test_a_pupil_without_a_score_does_not_count() -> None:
    everyone = cell(levels_of("reading_mean", reading(590, None, 610)))
    assert (everyone.n, everyone.value) == (2, 600)


def test_one_pupil_is_a_value_without_an_interval() -> None:
    everyone = cell(levels_of("reading_mean", reading(590)))
    assert (everyone.n, everyone.value, everyone.status) == (1, 590, "shown")
    assert np.isnan(everyone.low)
    assert np.isnan(everyone.high)


def test_pupils_of_whom_none_was_tested_are_missing_and_no_pupils_are_not_applicable() -> None:
    found = levels_of("reading_mean", [*reading(590, lunch="paid"), *reading(None, None, lunch="free")])
    statuses = {group: (cell(found, group).status, cell(found, group).n) for group in GROUPS["lunch"]}
    assert statuses == {"free": ("missing", 0), "paid": ("shown", 1), "unknown": ("not_applicable", 0)}
    assert np.isnan(cell(found, "free").value)


def test_a_share_reaches_the_threshold_of_its_grade_and_exactly_on_it_counts() -> None:
    rows = [
        {"grade": "3", "reading_score": 588},
        {"grade": "3", "reading_score": 587.9},
        {"grade": "K", "reading_score": 588},
        {"grade": "K", "reading_score": 413},
        {"grade": "K", "reading_score": None},
    ]
    everyone = cell(levels_of("reading_threshold_share", rows))
    assert (everyone.numerator, everyone.denominator, everyone.value) == (2, 4, 0.5)
    assert (everyone.low, everyone.high) == wilson_interval(2, 4, 0.95)


def test_a_grade_without_a_threshold_does_not_count() -> None:
    rows = [{"grade": "9", "reading_score": 700}, {"grade": "3", "reading_score": 700}]
    everyone = cell(levels_of("reading_threshold_share", rows))
    assert (everyone.numerator, everyone.denominator) == (1, 1)


def test_a_share_of_those_known() -> None:
    rows = [{"changed_school": value} for value in (True, False, False, None)]
    everyone = cell(levels_of("changed_school_share", rows))
    assert (everyone.numerator, everyone.denominator) == (1, 3)


def test_an_unknown_lunch_status_is_not_counted_as_paid() -> None:
    # `prepare` writes the group 'unknown'; a share of the pupils whose status is known leaves those out.
    rows = [{"lunch": lunch} for lunch in ("free", "paid", "paid", "unknown")]
    everyone = cell(levels_of("free_lunch_share", rows))
    assert (everyone.numerator, everyone.denominator) == (1, 3)


def test_an_indicator_is_not_computed_by_what_it_is_itself() -> None:
    found = levels_of("free_lunch_share", [{"lunch": "free"}, {"lunch": "paid"}])
    assert set(found.cells["group_by"]) == {EVERYONE}


def test_a_count_is_the_pupils_with_no_interval_to_speak_of() -> None:
    everyone = cell(levels_of("pupils_count", [{}, {}, {}]))
    assert (everyone.value, everyone.low, everyone.high, everyone.n, everyone.denominator) == (3, 3, 3, 3, 1)


def test_a_composition_is_of_all_pupils_whose_group_is_known() -> None:
    found = levels_of("pupils_share", [{"lunch": lunch} for lunch in ("free", "paid", "paid", "unknown")])
    shares = {group: (cell(found, group).numerator, cell(found, group).denominator) for group in ("free", "paid")}
    assert shares == {"free": (1, 3), "paid": (2, 3)}
    assert {EVERYONE, "unknown"}.isdisjoint(found.cells["group"])


def test_a_group_without_pupils_is_a_share_of_nought_in_a_composition() -> None:
    found = levels_of("pupils_share", [{"lunch": "paid"}] * 3)
    nobody = cell(found, "free")
    assert (nobody.value, nobody.n, nobody.status) == (0, 3, "shown")


def test_every_unit_counts_its_own_pupils_and_all_everyone() -> None:
    rows = [
        *reading(500, school_id="A", area_id="1"),
        *reading(600, school_id="B", area_id="1"),
        *reading(700, school_id="C", area_id="2"),
    ]
    cells = levels_of("reading_mean", rows).cells
    everyone = cells[cells["group"] == EVERYONE].set_index(["unit_kind", "unit_id"])["value"]
    assert everyone.to_dict() == {
        ("school", "A"): 500,
        ("school", "B"): 600,
        ("school", "C"): 700,
        ("area", "1"): 550,
        ("area", "2"): 700,
        ("all", "all"): 600,
    }


def test_a_figure_about_a_class_counts_classes_in_its_interval() -> None:
    # Classes of 2, 3 and 1 pupils: the mean over pupils, errors by class (Cameron & Miller 2015), against statsmodels.
    sizes = {"c1": 2, "c2": 3, "c3": 1}
    rows = [{"class_id": name, "class_size": size} for name, size in sizes.items() for _ in range(size)]
    everyone = cell(levels_of("class_size_mean", rows))
    x = np.array([row["class_size"] for row in rows], dtype=float)
    clusters = np.array([list(sizes).index(row["class_id"]) for row in rows])
    fit = sm.OLS(x, np.ones(len(x))).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False, "df_correction": True}, use_t=True
    )
    error = fit.bse[0] * np.sqrt(3 / 2)
    assert (everyone.value, everyone.clusters, everyone.n) == (pytest.approx(14 / 6), 3, 6)
    assert everyone.high - everyone.value == pytest.approx(4.302653 * error)


def test_a_figure_about_one_class_has_no_interval() -> None:
    everyone = cell(levels_of("class_size_mean", [{"class_id": "c1", "class_size": 2}] * 2))
    assert (everyone.value, everyone.clusters) == (2, 1)
    assert np.isnan(everyone.low)
    assert np.isnan(everyone.high)


def test_a_pupil_whose_class_is_not_known_does_not_count_in_what_is_about_classes() -> None:
    rows = [{"class_id": "c1", "teacher_degree": "master"}, {"class_id": None, "teacher_degree": "master"}]
    everyone = cell(levels_of("teacher_qualified_share", rows))
    assert (everyone.n, everyone.clusters) == (1, 1)


def test_the_same_class_in_two_years_is_two_classes() -> None:
    rows = [{"period": period, "class_id": "c1", "teacher_experience_years": 5} for period in ("1987-88", "1988-89")]
    cells = levels_of("teacher_experience_mean", rows).cells
    assert len(cells[(cells["unit_kind"] == "all") & (cells["group"] == EVERYONE)]) == 2


def test_the_interval_of_a_share_of_classes_stays_within_0_and_1() -> None:
    rows = [{"class_id": f"c{n}", "teacher_degree": degree} for n, degree in enumerate(["master"] * 3 + ["bachelor"])]
    everyone = cell(levels_of("teacher_qualified_share", rows))
    assert everyone.value == 0.75
    assert 0 <= everyone.low < 0.75
    assert everyone.high == 1


def test_every_group_of_every_unit_and_period_has_a_cell() -> None:
    frame = pupils([{"lunch": "paid"}, {"lunch": "free", "period": "1987-88"}])
    grid = cells_of(frame, GROUPS).grid
    assert len(grid) == 3 * 2 * 4  # school, area, all; two periods; all, free, paid, unknown
    assert not grid.duplicated().any()


@pytest.mark.parametrize("indicator", TOLD)
def test_no_figure_is_infinite_and_nothing_warns(indicator: str) -> None:
    rows = [{}, *reading(590, 600, lunch="free"), *reading(None, school_id="B")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cells = levels_of(indicator, rows).cells
    numbers = cells[["numerator", "denominator", "n", "value", "low", "high"]].astype(float)
    assert not np.isinf(numbers).any(axis=None)
    shown = cells["status"] == "shown"
    assert cells.loc[shown, "value"].notna().all()
    assert cells.loc[~shown, ["value", "low", "high"]].isna().all(axis=None)


def test_a_value_is_derivable_from_the_columns_beside_it() -> None:
    for indicator in TOLD:
        cells = levels_of(indicator, reading(590, 600, None)).cells
        shown = cells[cells["status"] == "shown"]
        pd.testing.assert_series_equal(shown["numerator"] / shown["denominator"], shown["value"], check_names=False)


def test_what_is_given_is_left_as_it_was() -> None:
    frame = pupils(reading(590, None))
    before = frame.copy(deep=True)
    observed(REGISTRY["reading_threshold_share"], frame)
    levels(REGISTRY["reading_threshold_share"], frame, cells_of(frame, GROUPS), 0.95)
    pd.testing.assert_frame_equal(frame, before)
