"""Whatever the data lack, a measure answers with a status: never an exception, an infinity or a warning."""

import numpy as np
import pytest

from likvard.equity import (
    bootstrap,
    chance,
    composition,
    concentration,
    decomposition,
    expected,
    follow_up,
    funnel,
    gaps,
    gradient,
    levels,
    multiplicity,
    persistence,
    ranks,
    resources,
    salsa,
    segregation,
    segregation_change,
    sensitivity,
    shrinkage,
    spread,
    standardisation,
    theil,
    wellbeing,
)
from likvard.equity.estimate import Estimate

NAN = float("nan")
PUPILS = {
    "none": ([], [], []),
    "one": ([5.0], [1.0], ["a"]),
    "two": ([5.0, 7.0], [1.0, 2.0], ["a", "a"]),
    "two schools of one": ([5.0, 7.0], [1.0, 2.0], ["a", "b"]),
    "all missing": ([NAN] * 4, [NAN] * 4, ["a", "a", "b", "b"]),
    "all equal": ([5.0] * 6, [1.0] * 6, ["a", "a", "a", "b", "b", "b"]),
    "all zero": ([0.0] * 6, [0.0] * 6, ["a", "a", "a", "b", "b", "b"]),
    "negative": ([-1.0, 2, -3, 4, 5, 6], [1.0, 2, 3, 4, 5, 6], ["a", "a", "a", "b", "b", "b"]),
    "one school": ([1.0, 2, 4, 8], [1.0, 3, 2, 5], ["a"] * 4),
    "equal inside schools": ([1.0, 1, 4, 4], [1.0, 1, 2, 2], ["a", "a", "b", "b"]),
    "huge": ([1e15, 1e15 + 2, 1e15 + 4], [1.0, 2, 3], ["a", "a", "b"]),
}
MEASURES = {
    "mean": lambda y, x, s: levels.mean(y),
    "clustered mean": lambda y, x, s: levels.mean(y, clusters=s),
    "median": lambda y, x, s: levels.median(y),
    "quantile": lambda y, x, s: levels.quantile(y, 0.1),
    "superiority": lambda y, x, s: ranks.superiority(y, np.asarray(x, dtype=float) > 2),
    "Cliff's delta": lambda y, x, s: ranks.cliffs_delta(y, np.asarray(x, dtype=float) > 2),
    "slope": lambda y, x, s: gradient.slope(y, x),
    "clustered slope": lambda y, x, s: gradient.slope(y, x, clusters=s),
    "strength": lambda y, x, s: gradient.strength(y, x),
    "correlation": lambda y, x, s: gradient.correlation(y, x),
    "within": lambda y, x, s: gradient.by_school(y, x, s).within,
    "between": lambda y, x, s: gradient.by_school(y, x, s).between,
    "compositional": lambda y, x, s: gradient.by_school(y, x, s).compositional,
    "concentration": lambda y, x, s: concentration.concentration_index(y, x),
    "Wagstaff": lambda y, x, s: concentration.concentration_index(y, x, kind="wagstaff"),
    "Erreygers": lambda y, x, s: concentration.concentration_index(y, x, kind="erreygers"),
    "Gini": lambda y, x, s: concentration.gini(y),
    "ICC": lambda y, x, s: spread.icc(y, s),
    "ANOVA ICC": lambda y, x, s: spread.icc_anova(y, s),
    "between share": lambda y, x, s: spread.between_share(y, s),
    "Theil T": lambda y, x, s: theil.theil(y, s).total,
    "Theil T between": lambda y, x, s: theil.theil(y, s).between,
    "Theil L": lambda y, x, s: theil.theil(y, s, kind="L").total,
    "Theil L within": lambda y, x, s: theil.theil(y, s, kind="L").within,
    "expected": lambda y, x, s: expected.expected_result(y, x, s).residual,
    "shrunken": lambda y, x, s: shrinkage.shrunken(y, x),
    "resources": lambda y, x, s: resources.resource_slope(y, x, np.asarray(x, dtype=float)),
    "survey": lambda y, x, s: wellbeing.survey_index(y),
    "Oaxaca": lambda y, x, s: decomposition.oaxaca(y, x, np.asarray(x, dtype=float) > 2).explained,
    "beyond expected": lambda y, x, s: follow_up.beyond_expected(y, x, np.arange(len(y)) == 0),
    "beyond peers": lambda y, x, s: follow_up.beyond_peers(y, x, np.arange(len(y)) == 0),
    "change of schools": lambda y, x, s: follow_up.change_of_schools(y, np.arange(len(y)) == 0),
    "beyond series": lambda y, x, s: follow_up.beyond_series(
        np.atleast_2d(np.asarray(y, dtype=float)), max(len(y) - 1, 0)
    ),
    "trend": lambda y, x, s: persistence.trend(np.atleast_2d(np.asarray(y)), np.atleast_2d(np.asarray(x))),
    "change since": lambda y, x, s: persistence.change_since(
        np.atleast_2d(np.asarray(y)), np.atleast_2d(np.asarray(x)), 1
    ),
    "persistent": lambda y, x, s: persistence.persistent_gap(
        np.atleast_2d(np.asarray(y)).T, np.atleast_2d(np.asarray(x)).T
    )[0],
    "funnel": lambda y, x, s: funnel.funnel(y, x, 3.0),
    "SALSA": lambda y, x, s: salsa.residual(y, x, n=x, sd=y),
}


def check(found: Estimate) -> None:
    numbers = [found.value, found.low, found.high, *found.beside.values()]
    assert not any(np.isinf(part).any() for part in numbers)
    shown = found.status == "shown"
    assert np.isfinite(found.value[shown]).all()
    assert np.isnan(found.value[~shown]).all()
    assert set(np.ravel(found.status)) <= {"shown", "too_few", "missing", "not_applicable"}
    assert (np.isnan(found.low) == np.isnan(found.high)).all()
    assert (found.n >= 0).all()


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("data", PUPILS)
def test_whatever_pupils_lack_the_answer_has_a_status(measure: str, data: str) -> None:
    y, x, school = PUPILS[data]
    check(MEASURES[measure](np.asarray(y, dtype=float), np.asarray(x, dtype=float), np.asarray(school, dtype=object)))


COUNTS = [(0, 0), (0, 1), (1, 1), (0, 2), (2, 2), (3, 2), (NAN, 5), (5, NAN), (-1, 4), (10, 10)]


@pytest.mark.parametrize("measure", [gaps.share_gap, gaps.share_ratio, gaps.not_reaching_risk, gaps.parity])
def test_two_shares_have_a_status_whatever_their_counts(measure) -> None:
    first, second = np.array([(a, b) for a in COUNTS for b in COUNTS]).transpose(1, 2, 0)
    check(measure(tuple(first), tuple(second)))


MEANS = [(0, NAN, NAN), (0, 0, 0), (1, 5, NAN), (2, 5, 0), (2, 5, 1), (30, 0, 2), (30, -4, 2), (1000, 1e9, 1e-9)]


@pytest.mark.parametrize("measure", [gaps.mean_gap, gaps.mean_ratio, gaps.hedges_g])
def test_two_means_have_a_status_whatever_their_sizes(measure) -> None:
    first, second = np.array([(a, b) for a in MEANS for b in MEANS]).transpose(1, 2, 0)
    check(measure(tuple(first), tuple(second)))


def test_a_share_of_nobody_is_missing_and_an_impossible_one_not_applicable() -> None:
    found = levels.share([0, 3, 1], [0, 2, 2], exact_below=10)
    check(found)
    assert list(found.status) == ["missing", "not_applicable", "shown"]


ALLOCATIONS = {
    "nobody": ([], [], []),
    "one school": (["a", "a"], ["x", "y"], [3, 4]),
    "one group": (["a", "b"], ["x", "x"], [3, 4]),
    "one pupil": (["a"], ["x"], [1]),
    "zero weights": (["a", "b"], ["x", "y"], [0, 0]),
    "missing counts": (["a", "b"], ["x", "y"], [NAN, 3]),
    "separate": (["a", "b"], ["x", "y"], [5, 5]),
}


@pytest.mark.parametrize("data", ALLOCATIONS)
@pytest.mark.parametrize("name", segregation.MEASURES)
def test_whatever_an_area_lacks_segregation_has_a_status(data: str, name: str) -> None:
    of = segregation.allocation(*ALLOCATIONS[data])
    check(bootstrap.debiased(of, name, "x", seed=1, draws=20))
    check(bootstrap.debiased(of, name, "nobody", seed=1, draws=20))
    check(segregation.local(of))
    assert not np.isinf(chance.expected_by_chance(of, name, "x")).any()


@pytest.mark.parametrize("first", ALLOCATIONS)
@pytest.mark.parametrize("second", ALLOCATIONS)
def test_whatever_two_years_lack_their_change_has_a_status(first: str, second: str) -> None:
    found = segregation_change.change((*ALLOCATIONS[first], None), (*ALLOCATIONS[second], None))
    for part in vars(found).values():
        check(part)


def test_groups_that_lack_pupils_leave_standardisation_and_kitagawa_with_a_status() -> None:
    count, n = np.array([0, 0, 1, 2]), np.array([0, 0, 1, 2])
    stratum, unit = ["x", "y", "x", "y"], ["a", "a", "b", "b"]
    check(standardisation.standardised_share(count, n, stratum, {"x": 0.5, "y": 0.5}, unit))
    check(standardisation.standardised_mean(n, count * 1.0, n * NAN, stratum, {"x": 0.5, "y": 0.5}, unit))
    check(standardisation.standardised_mean(n, count * 1.0, n * 0.0, stratum, {"x": 0.0, "y": 0.0}, unit))
    for part in vars(decomposition.kitagawa((n, count, n), (n[::-1], count, n), unit)).values():
        check(part)
    for part in vars(decomposition.kitagawa((n, count * NAN, n), (n, count, n * NAN), unit)).values():
        check(part)


def test_differences_of_four_have_a_status() -> None:
    four = [np.array(MEANS).T for _ in range(4)]
    check(follow_up.difference_in_differences(*(tuple(part) for part in four)))
    assert set(follow_up.verdict(gaps.mean_gap((0, NAN, NAN), (5, 1, 1)))[None]) == {"cannot_be_said"}


def test_scalars_and_empty_arrays_go_through_the_small_functions() -> None:
    check(composition.school_index(NAN, 1, 2, 3, 10))
    check(composition.school_index([101, 5], 1, 2, 3, [0, 0]))
    check(concentration.grouped_concentration_index([0, 0], [1, 2]))
    check(concentration.grouped_concentration_index([1, 0], [0, NAN]))
    assert np.isnan(sensitivity.one_pupil(0))
    assert np.isnan(sensitivity.pupils_to_close((0, 0), (1, 2)))
    assert np.isnan(sensitivity.pupils_to_change_picture((0, 0), (1, 2)))
    assert np.isnan(wellbeing.chronically_absent([0, 5], [0, 4])).all()
    assert wellbeing.unbroken_absence([], [], []).empty
    assert multiplicity.benjamini_hochberg([]).shape == (0,)
    assert np.isnan(multiplicity.benjamini_hochberg([NAN])).all()
    assert np.isnan(chance.expected_dissimilarity([0, 0], 0.5))
    assert np.isnan(funnel.over_dispersion([]))
    assert np.isnan(persistence.regressed([1.0], [1.0])).all()
    low, high = funnel.exact_share_limits([0, 1, 2], 0.0)
    assert np.isnan(low[0])
    assert high[2] == 0
