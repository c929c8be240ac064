"""Intervals against hand computation, published values, other libraries, and what is true of every interval."""

import math
import warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from likvard.equity.intervals import (
    clustered_interval,
    mean_difference_interval,
    mean_interval,
    normal_quantile,
    share_difference_interval,
    t_quantile,
    wilson_interval,
)

LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])
SIZES = st.integers(1, 10_000)


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    """A count and the n that it is out of."""
    n = draw(SIZES)
    return draw(st.integers(0, n)), n


def test_the_quantiles_are_those_of_every_table() -> None:
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert t_quantile(0.95, [1, 4, 30]) == pytest.approx([12.7062, 2.7764, 2.0423], abs=1e-4)
    assert np.isnan(t_quantile(0.95, [0, -1, np.nan])).all()


def test_the_interval_of_a_mean_by_hand() -> None:
    # n = 4, mean 10, sd 2: standard error 1; t with 3 degrees of freedom is 3.1824.
    low, high = mean_interval(4, 10, 2, 0.95)
    assert (low, high) == (pytest.approx(6.8176, abs=1e-4), pytest.approx(13.1824, abs=1e-4))


def test_one_pupil_or_none_carries_no_interval_of_a_mean() -> None:
    low, high = mean_interval([0, 1, 2], [np.nan, 5, 5], [np.nan, np.nan, 0], 0.95)
    assert np.isnan(low[:2]).all()
    assert np.isnan(high[:2]).all()
    assert (low[2], high[2]) == (5, 5)


@pytest.mark.parametrize(
    # Newcombe 1998, Stat Med 17:857, table I, method 3.
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(count: int, n: int, low: float, high: float) -> None:
    found = wilson_interval(count, n, 0.95)
    assert [round(float(end), 4) for end in found] == [low, high]


@pytest.mark.parametrize(
    # Newcombe 1998, Stat Med 17:873, table II, method 10.
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_the_interval_of_a_difference_of_shares_is_the_published_one(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = share_difference_interval(first, second, 0.95)
    assert [round(float(end), 4) for end in found] == [low, high]


def test_the_interval_of_a_difference_of_means_by_hand() -> None:
    # Two groups of 5 with sd 1 and 2: v = 0.2 and 0.8; degrees of freedom 1 / (0.04/4 + 0.64/4) = 5.8824; t = 2.4588.
    low, high = mean_difference_interval((5, 10, 1), (5, 8, 2), 0.95)
    half = scipy.stats.t.ppf(0.975, 1 / (0.04 / 4 + 0.64 / 4))
    assert half == pytest.approx(2.459, abs=1e-3)
    assert (low, high) == (pytest.approx(2 - half), pytest.approx(2 + half))


def test_two_groups_without_any_spread_differ_exactly() -> None:
    assert mean_difference_interval((3, 10, 0), (4, 8, 0), 0.95) == (2, 2)


def test_a_group_of_one_carries_no_interval_of_a_difference() -> None:
    assert np.isnan(mean_difference_interval((1, 10, np.nan), (4, 8, 1), 0.95)).all()


def test_a_share_of_nobody_has_no_interval() -> None:
    assert np.isnan(wilson_interval(0, 0, 0.95)).all()
    assert np.isnan(share_difference_interval((0, 0), (3, 4), 0.95)).all()


def test_the_interval_from_classes_by_hand() -> None:
    # 3 classes: t with 2 degrees of freedom is 4.3027.
    low, high = clustered_interval(20, 0.5, 3, 0.95)
    assert (low, high) == (pytest.approx(20 - 2.15133, abs=1e-4), pytest.approx(20 + 2.15133, abs=1e-4))
    assert np.isnan(clustered_interval(20, 0.5, 1, 0.95)).all()


def test_no_data_gives_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        n = np.array([0.0, 1.0, 2.0])
        mean_interval(n, [np.nan, 1, 1], [np.nan, np.nan, 0], 0.95)
        wilson_interval(n * 0, n, 0.95)
        mean_difference_interval((n, n, n * 0), (n, n, n * 0), 0.95)
        share_difference_interval((n * 0, n), (n, n), 0.95)
        clustered_interval(n, n * 0, n, 0.95)


@given(counts(), LEVELS)
def test_a_share_s_interval_is_that_of_statsmodels(counted: tuple[int, int], level: float) -> None:
    peer = proportion_confint(*counted, alpha=1 - level, method="wilson")
    assert wilson_interval(*counted, level) == (pytest.approx(peer[0], abs=1e-9), pytest.approx(peer[1], abs=1e-9))


@given(counts(), counts(), LEVELS)
def test_a_difference_s_interval_is_that_of_statsmodels(
    first: tuple[int, int], second: tuple[int, int], level: float
) -> None:
    peer = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff", alpha=1 - level)
    found = share_difference_interval(first, second, level)
    assert found == (pytest.approx(peer[0], abs=1e-7), pytest.approx(peer[1], abs=1e-7))


@given(
    st.lists(st.floats(200, 900), min_size=2, max_size=30),
    st.lists(st.floats(200, 900), min_size=2, max_size=30),
    LEVELS,
)
def test_the_intervals_of_means_are_those_of_scipy(first: list[float], second: list[float], level: float) -> None:
    one, two = np.array(first), np.array(second)
    if one.std() < 1e-6 or two.std() < 1e-6:
        return  # scipy has no answer where there is no spread
    mine = mean_interval(len(one), one.mean(), one.std(ddof=1), level)
    peer = scipy.stats.ttest_1samp(one, 0).confidence_interval(level)
    assert mine == (pytest.approx(peer.low), pytest.approx(peer.high))
    mine = mean_difference_interval(
        (len(one), one.mean(), one.std(ddof=1)), (len(two), two.mean(), two.std(ddof=1)), level
    )
    peer = scipy.stats.ttest_ind(one, two, equal_var=False).confidence_interval(level)
    assert mine == (pytest.approx(peer.low, abs=1e-6), pytest.approx(peer.high, abs=1e-6))


@given(counts(), LEVELS)
def test_a_share_s_interval_lies_in_0_to_1_and_around_the_share(counted: tuple[int, int], level: float) -> None:
    count, n = counted
    low, high = wilson_interval(count, n, level)
    assert 0 <= low <= count / n <= high <= 1
    assert low < high


@given(counts(), counts(), LEVELS)
def test_a_difference_s_interval_lies_in_minus_1_to_1_and_around_the_difference(
    first: tuple[int, int], second: tuple[int, int], level: float
) -> None:
    low, high = share_difference_interval(first, second, level)
    difference = first[0] / first[1] - second[0] / second[1]
    assert -1 - 1e-12 <= low <= difference <= high <= 1 + 1e-12


@given(counts(), counts(), LEVELS)
def test_a_difference_the_other_way_round_has_the_mirrored_interval(
    first: tuple[int, int], second: tuple[int, int], level: float
) -> None:
    low, high = share_difference_interval(first, second, level)
    other_low, other_high = share_difference_interval(second, first, level)
    assert (low, high) == (pytest.approx(-other_high), pytest.approx(-other_low))


@given(counts(), st.integers(2, 50), LEVELS)
def test_more_pupils_with_the_same_share_give_a_narrower_interval(
    counted: tuple[int, int], times: int, level: float
) -> None:
    few, many = (wilson_interval(counted[0] * k, counted[1] * k, level) for k in (1, times))
    assert many[1] - many[0] < few[1] - few[0]


@given(st.integers(2, 500), st.integers(2, 50), st.floats(0.1, 100), LEVELS)
def test_more_pupils_with_the_same_spread_give_a_narrower_interval(n: int, times: int, sd: float, level: float) -> None:
    few, many = (mean_interval(size, 500, sd, level) for size in (n, n * times))
    assert many[1] - many[0] < few[1] - few[0]


@given(counts(), st.floats(0.1, 50))
def test_a_higher_level_gives_a_wider_interval(counted: tuple[int, int], sd: float) -> None:
    for found in (
        [wilson_interval(*counted, level) for level in (0.8, 0.95)],
        [mean_interval(counted[1] + 1, 500, sd, level) for level in (0.8, 0.95)],
    ):
        (low, high), (wide_low, wide_high) = found
        assert wide_low <= low <= high <= wide_high
        assert wide_high - wide_low > high - low


def test_arrays_are_computed_at_once() -> None:
    low, high = wilson_interval([[81], [15]], [263, 148], 0.95)
    assert low.shape == high.shape == (2, 2)
    assert math.isclose(low[1, 1], float(wilson_interval(15, 148, 0.95)[0]))
