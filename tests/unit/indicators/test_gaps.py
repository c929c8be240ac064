import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm
from small_school import REGISTRY, TOLD, levels_of

from likvard.equity.intervals import share_difference_interval
from likvard.indicators.gaps import gaps


def gap_of(indicator: str, rows: list[dict[str, Any]], measure: str = "gap") -> pd.Series:
    """The school's gap between free and paid lunch."""
    found = gaps(REGISTRY[indicator], levels_of(indicator, rows), {"lunch": "paid"}, 0.95)
    chosen = found[(found["unit_kind"] == "school") & (found["measure"] == measure)]
    assert chosen["group"].tolist() == ["free"]
    return chosen.iloc[0]


def by_lunch(column: str, free: list[Any], paid: list[Any]) -> list[dict[str, Any]]:
    return [{column: value, "lunch": lunch} for lunch, values in (("free", free), ("paid", paid)) for value in values]


FREE, PAID = [580.0, 590.0, 600.0], [600.0, 620.0, 640.0, 660.0]


def test_a_gap_is_the_group_less_its_reference() -> None:
    gap = gap_of("reading_mean", by_lunch("reading_score", FREE, PAID))
    assert (gap.value, gap.reference, gap.n, gap.status) == (590 - 630, "paid", 3, "shown")
    peer = scipy.stats.ttest_ind(FREE, PAID, equal_var=False).confidence_interval(0.95)
    assert (gap.low, gap.high) == (pytest.approx(peer.low), pytest.approx(peer.high))


def test_a_ratio_is_the_group_s_level_by_the_reference_s() -> None:
    ratio = gap_of("reading_mean", by_lunch("reading_score", FREE, PAID), "ratio")
    assert (ratio.numerator, ratio.denominator, ratio.value) == (590, 630, pytest.approx(590 / 630))
    assert np.isnan(ratio.low)


def test_a_gap_between_shares_has_newcombe_s_interval() -> None:
    gap = gap_of("reading_threshold_share", by_lunch("reading_score", [600] * 4 + [500] * 6, [600] * 8 + [500] * 2))
    assert gap.value == pytest.approx(-0.4)
    assert (gap.low, gap.high) == share_difference_interval((4, 10), (8, 10), 0.95)


def test_a_ratio_to_nobody_is_not_applicable() -> None:
    rows = by_lunch("reading_score", [600, 500], [500, 500])
    ratio = gap_of("reading_threshold_share", rows, "ratio")
    assert ratio.status == "not_applicable"
    assert np.isnan(ratio.value)
    assert gap_of("reading_threshold_share", rows).status == "shown"


def test_a_gap_where_both_groups_sit_in_the_same_classes_has_errors_by_class() -> None:
    # Experience of three teachers, each with pupils of both groups: OLS on the group with errors by class is the peer.
    rows = [
        {"class_id": name, "teacher_experience_years": years, "lunch": lunch}
        for name, years, free, paid in (("c1", 2, 3, 1), ("c2", 10, 2, 2), ("c3", 20, 1, 4))
        for lunch, count in (("free", free), ("paid", paid))
        for _ in range(count)
    ]
    gap = gap_of("teacher_experience_mean", rows)
    frame = pd.DataFrame(rows)
    design = sm.add_constant((frame["lunch"] == "free").astype(float))
    fit = sm.OLS(frame["teacher_experience_years"].astype(float), design).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(frame["class_id"])[0], "use_correction": False},
    )
    error = fit.bse["lunch"] * np.sqrt(3 / 2)
    assert gap.value == pytest.approx(fit.params["lunch"])
    assert gap.high - gap.value == pytest.approx(scipy.stats.t.ppf(0.975, 2) * error)
    assert gap.clusters == 3


def test_groups_that_share_every_class_in_the_same_parts_have_no_gap_in_teaching() -> None:
    rows = [
        {"class_id": name, "teacher_experience_years": years, "lunch": lunch}
        for name, years in (("c1", 2), ("c2", 10), ("c3", 20))
        for lunch in ("free", "paid")
    ]
    gap = gap_of("teacher_experience_mean", rows)
    assert (gap.value, gap.low, gap.high) == (0, pytest.approx(0), pytest.approx(0))


def test_a_gap_to_a_group_without_pupils_is_not_applicable_and_without_scores_missing() -> None:
    assert gap_of("reading_mean", by_lunch("reading_score", FREE, [])).status == "not_applicable"
    assert gap_of("reading_mean", by_lunch("reading_score", [], PAID)).status == "not_applicable"
    assert gap_of("reading_mean", by_lunch("reading_score", FREE, [None])).status == "missing"


@pytest.mark.parametrize(("free", "interval"), [([590.0], False), ([590.0, 600.0], True)])
def test_one_pupil_carries_a_gap_but_no_interval(free: list[float], interval: bool) -> None:
    gap = gap_of("reading_mean", by_lunch("reading_score", free, PAID))
    assert gap.status == "shown"
    assert (not np.isnan(gap.low)) == interval


def test_pupils_whose_group_is_not_known_are_no_group_to_compare() -> None:
    rows = [*by_lunch("reading_score", FREE, PAID), {"reading_score": 1.0, "lunch": "unknown"}]
    gap = gap_of("reading_mean", rows)
    assert gap.value == -40


@pytest.mark.parametrize("indicator", ["pupils_count", "pupils_share"])
def test_what_describes_who_the_pupils_are_has_no_gaps(indicator: str) -> None:
    assert gaps(REGISTRY[indicator], levels_of(indicator, [{}]), {"lunch": "paid"}, 0.95).empty


def test_a_gap_has_the_same_size_whichever_group_is_the_reference() -> None:
    found = levels_of("reading_mean", by_lunch("reading_score", FREE, PAID))
    one, other = (
        gaps(REGISTRY["reading_mean"], found, {"lunch": reference}, 0.95).query("measure == 'gap'").iloc[0]
        for reference in ("paid", "free")
    )
    assert (one.value, one.low, one.high) == (-other.value, -other.high, -other.low)


@pytest.mark.parametrize("indicator", TOLD)
def test_no_gap_is_infinite_and_nothing_warns(indicator: str) -> None:
    rows = [{}, {"lunch": "free"}, *by_lunch("reading_score", [0.0, 500.0], [0.0]), {"school_id": "B", "lunch": "free"}]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = gaps(REGISTRY[indicator], levels_of(indicator, rows), {"lunch": "paid"}, 0.95)
    if not found.empty:
        assert not np.isinf(found[["value", "low", "high"]].astype(float)).any(axis=None)
        assert found.loc[found["status"] == "shown", "value"].notna().all()
