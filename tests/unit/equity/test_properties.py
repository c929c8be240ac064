"""What must not matter does not matter: order of rows, names of groups, scale, merged twins and empty groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likvard.equity import (
    bootstrap,
    chance,
    concentration,
    decomposition,
    gradient,
    levels,
    ranks,
    segregation,
    shrinkage,
    spread,
    standardisation,
    theil,
)
from likvard.equity.estimate import Estimate

settings.register_profile("equity", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("equity")

PUPIL_MEASURES = {
    "mean": lambda y, x, s, u: levels.mean(y, u),
    "clustered mean": lambda y, x, s, u: levels.mean(y, u, clusters=s),
    "median": lambda y, x, s, u: levels.median(y, u),
    "slope": lambda y, x, s, u: gradient.slope(y, x, u),
    "clustered slope": lambda y, x, s, u: gradient.slope(y, x, u, clusters=s),
    "strength": lambda y, x, s, u: gradient.strength(y, x, u),
    "within": lambda y, x, s, u: gradient.by_school(y, x, s, u).within,
    "between": lambda y, x, s, u: gradient.by_school(y, x, s, u).between,
    "concentration": lambda y, x, s, u: concentration.concentration_index(y, x, u),
    "Gini": lambda y, x, s, u: concentration.gini(y, u),
    "superiority": lambda y, x, s, u: ranks.superiority(y, x > 2, u),
    "ICC": lambda y, x, s, u: spread.icc(y, s, u),
    "ANOVA ICC": lambda y, x, s, u: spread.icc_anova(y, s, u),
    "between share": lambda y, x, s, u: spread.between_share(y, s, u),
    "Theil T": lambda y, x, s, u: theil.theil(y, s, u).total,
    "Theil between": lambda y, x, s, u: theil.theil(y, s, u).between,
    "Theil L within": lambda y, x, s, u: theil.theil(y, s, u, kind="L").within,
}
SCALE_FREE = {"strength", "concentration", "Gini", "superiority", "ICC", "ANOVA ICC", "between share", "Theil T"} | {
    "Theil between",
    "Theil L within",
}


@st.composite
def pupils(draw):
    n = draw(st.integers(8, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    return (
        rng.integers(1, 30, n).astype(float),
        rng.integers(0, 5, n).astype(float),
        rng.integers(0, 5, n),
        rng.integers(0, 2, n),
    )


def same(one: Estimate, two: Estimate, *, factor: float = 1.0, beside: bool = True) -> None:
    for name in ("value", "low", "high"):
        # A search for an end stops within a billionth.
        np.testing.assert_allclose(getattr(one, name) * factor, getattr(two, name), rtol=1e-6, atol=2e-7, err_msg=name)
    np.testing.assert_array_equal(one.status, two.status)
    np.testing.assert_allclose(one.n, two.n)
    if beside:
        for name, part in one.beside.items():
            np.testing.assert_allclose(part, two.beside[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("name", PUPIL_MEASURES)
@given(data=pupils(), seed=st.integers(0, 99))
def test_the_order_of_pupils_changes_nothing(name, data, seed):
    order = np.random.default_rng(seed).permutation(len(data[0]))
    same(PUPIL_MEASURES[name](*data), PUPIL_MEASURES[name](*(part[order] for part in data)))


@pytest.mark.parametrize("name", PUPIL_MEASURES)
@given(data=pupils())
def test_other_names_for_schools_change_nothing(name, data):
    y, x, school, unit = data
    renamed = np.array(["zebra", "ape", "owl", "ant", "fox"], dtype=object)[school]
    same(PUPIL_MEASURES[name](y, x, school, unit), PUPIL_MEASURES[name](y, x, renamed, unit))


@pytest.mark.parametrize("name", PUPIL_MEASURES)
@given(data=pupils(), factor=st.sampled_from([0.1, 2.0, 10.0]))
def test_another_unit_of_the_result_scales_what_has_a_unit_and_nothing_else(name, data, factor):
    y, x, school, unit = data
    found = PUPIL_MEASURES[name](y, x, school, unit)
    scaled = PUPIL_MEASURES[name](factor * y, x, school, unit)
    same(found, scaled, factor=1.0 if name in SCALE_FREE else factor)


@pytest.mark.parametrize("name", PUPIL_MEASURES)
@given(data=pupils())
def test_what_one_unit_has_does_not_touch_another(name, data):
    y, x, school, unit = data
    both = PUPIL_MEASURES[name](y, x, school, unit)
    for code, label in enumerate(np.unique(unit)):
        here = unit == label
        alone = PUPIL_MEASURES[name](y[here], x[here], school[here], None)
        np.testing.assert_allclose(both.value[code], alone.value[0], rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(both.low[code], alone.low[0], rtol=1e-6, atol=2e-7)
        assert both.status[code] == alone.status[0]


@pytest.mark.parametrize("name", PUPIL_MEASURES)
@given(data=pupils())
def test_pupils_of_whom_nothing_is_known_change_nothing(name, data):
    y, x, school, unit = data
    more = [
        np.append(y, [np.nan] * 3),
        np.append(x, [np.nan] * 3),
        np.append(school, [0, 1, 2]),
        np.append(unit, [0, 0, 1]),
    ]
    if len(np.unique(unit)) == 2:
        same(PUPIL_MEASURES[name](*data), PUPIL_MEASURES[name](*more))


@given(data=pupils(), grow=st.sampled_from([np.sqrt, np.exp, lambda y: 3 * y + 1]))
def test_a_new_grade_scale_in_the_same_order_keeps_the_rank_based_gap(data, grow):
    y, x, _, unit = data
    same(ranks.superiority(y, x > 2, unit), ranks.superiority(grow(y / 10), x > 2, unit))


@given(data=pupils())
def test_superiority_of_the_other_group_is_what_is_left(data):
    y, x, _, unit = data
    one, two = ranks.superiority(y, x > 2, unit), ranks.superiority(y, x <= 2, unit)
    np.testing.assert_allclose(one.value, 1 - two.value)
    np.testing.assert_allclose(one.low, 1 - two.high, atol=1e-12)


@st.composite
def tables(draw):
    schools, groups = draw(st.integers(2, 6)), draw(st.integers(2, 3))
    counts = draw(st.lists(st.integers(0, 30), min_size=schools * groups, max_size=schools * groups))
    school = np.repeat([f"s{place}" for place in range(schools)], groups)
    return school, np.tile(["a", "b", "c"][:groups], schools), np.array(counts, dtype=float)


MEASURES = segregation.MEASURES


@pytest.mark.parametrize("name", MEASURES)
@given(table=tables(), seed=st.integers(0, 99))
def test_the_order_of_counts_changes_no_segregation_not_even_drawn(name, table, seed):
    order = np.random.default_rng(seed).permutation(len(table[0]))
    one, two = segregation.allocation(*table), segregation.allocation(*(part[order] for part in table))
    same(bootstrap.debiased(one, name, "a", seed=3, draws=15), bootstrap.debiased(two, name, "a", seed=3, draws=15))


@pytest.mark.parametrize("name", ["M", "H"])
@given(table=tables())
def test_other_names_for_groups_change_no_segregation(name, table):
    school, group, count = table
    renamed = np.array([{"a": "y", "b": "x", "c": "z"}[part] for part in group])
    one = segregation.measure(segregation.allocation(*table), name)
    np.testing.assert_allclose(
        one, segregation.measure(segregation.allocation(school, renamed, count), name), atol=1e-13
    )


@pytest.mark.parametrize("name", MEASURES)
@given(table=tables(), factor=st.sampled_from([2, 7]))
def test_more_pupils_in_the_same_mix_change_no_index_but_less_is_due_to_chance(name, table, factor):
    school, group, count = table
    one, two = segregation.allocation(*table), segregation.allocation(school, group, factor * count)
    np.testing.assert_allclose(segregation.measure(one, name, "a"), segregation.measure(two, name, "a"), atol=1e-12)
    if name in ("D", "M", "H"):
        few, many = chance.expected_by_chance(one, name, "a"), chance.expected_by_chance(two, name, "a")
        assert np.isnan(few) or many <= few + 1e-12


@pytest.mark.parametrize("name", MEASURES)
@given(table=tables())
def test_two_schools_with_the_same_mix_may_be_merged(name, table):
    school, group, count = table
    twin = np.char.replace(school, "s0", "twin")
    apart = (np.append(school, twin[school == "s0"]), np.append(group, group[school == "s0"]))
    number = np.append(count, 2 * count[school == "s0"])
    merged = (np.char.replace(apart[0], "twin", "s0"), apart[1])
    one = segregation.measure(segregation.allocation(*apart, number), name, "a")
    np.testing.assert_allclose(one, segregation.measure(segregation.allocation(*merged, number), name, "a"), atol=1e-12)


@pytest.mark.parametrize("name", MEASURES)
@given(table=tables())
def test_an_empty_group_and_an_empty_school_change_no_segregation(name, table):
    school, group, count = table
    more = (np.append(school, ["s0", "empty"]), np.append(group, ["nobody", "a"]), np.append(count, [0, 0]))
    one, two = segregation.allocation(*table), segregation.allocation(*more)
    same(bootstrap.debiased(one, name, "a", seed=3, draws=15), bootstrap.debiased(two, name, "a", seed=3, draws=15))


@given(table=tables(), other=tables())
def test_another_area_changes_nothing_in_this_one(table, other):
    area = np.append(np.repeat("here", len(table[0])), np.repeat("a place before", len(other[0])))
    together = [np.append(one, two) for one, two in zip(table, other, strict=True)]
    alone = segregation.allocation(*table, np.repeat("here", len(table[0])))
    both = segregation.allocation(*together, area)
    one = bootstrap.debiased(alone, "D", "a", seed=5, draws=15)
    two = bootstrap.debiased(both, "D", "a", seed=5, draws=15)
    np.testing.assert_allclose(one.value[0], two.value[1])
    np.testing.assert_allclose(one.low[0], two.low[1])


@given(table=tables())
def test_m_is_the_mean_of_the_local_values_and_the_sum_of_between_and_within(table):
    of = segregation.allocation(*table)
    local = segregation.local(of)
    mutual = segregation.mutual_information(of).value[0]
    if np.isfinite(mutual):
        assert mutual == pytest.approx(float((local.value * local.beside["share"]).sum()), abs=1e-12)
        nested = segregation.between_and_within(table[0], np.where(table[0] < "s2", "east", "west"), *table[1:])
        assert mutual == pytest.approx(nested.between.value[0] + nested.within.value[0], abs=1e-12)
        assert nested.h_total.value[0] == pytest.approx(segregation.theil_h(of).value[0], abs=1e-12)


@given(data=pupils())
def test_two_identical_schools_merged_keep_all_but_what_counts_schools(data):
    y, x, school, _ = data
    twin = np.append(school, np.where(school == 0, 99, school)[school == 0])
    merged = np.where(twin == 99, 0, twin)
    more_y, more_x = np.append(y, y[school == 0]), np.append(x, x[school == 0])
    for found in (
        lambda s: theil.theil(more_y, s).between,
        lambda s: spread.between_share(more_y, s),
        lambda s: gradient.by_school(more_y, more_x, s).within,
        lambda s: gradient.by_school(more_y, more_x, s).between,
    ):
        one, two = found(twin), found(merged)
        if one.status[0] == two.status[0] == "shown":
            np.testing.assert_allclose(one.value, two.value, rtol=1e-9, atol=1e-12)


@given(data=pupils())
def test_the_parts_of_theil_add_up_and_parts_of_kitagawa_too(data):
    y, _, school, unit = data
    for kind in ("T", "L"):
        found = theil.theil(y, school, unit, kind=kind)
        np.testing.assert_allclose(found.total.value, found.between.value + found.within.value, atol=1e-12)
    n, mean, sd = school.astype(float), y, np.ones_like(y)
    parts = decomposition.kitagawa((n, mean, sd), (unit + 1.0, mean[::-1], sd))
    np.testing.assert_allclose(parts.change.value, parts.real.value + parts.intake.value)


@given(data=pupils(), shift=st.sampled_from([-50.0, 1000.0]))
def test_shrinkage_moves_with_the_scale_and_never_past_the_mean(data, shift):
    y, x, _, _ = data
    one, two = shrinkage.shrunken(y, x + 1), shrinkage.shrunken(y + shift, x + 1)
    np.testing.assert_allclose(one.value + shift, two.value, rtol=1e-6, atol=1e-6)
    assert ((one.beside["weight"] >= 0) & (one.beside["weight"] <= 1)).all()


@given(table=tables())
def test_an_empty_stratum_in_both_unit_and_standard_changes_no_standardised_share(table):
    school, group, n = table
    count = np.floor(n / 2)
    standard = {"a": 0.2, "b": 0.5, "c": 0.3}
    one = standardisation.standardised_share(count, n, group, standard, school)
    more = standardisation.standardised_share(
        np.append(count, 0),
        np.append(n, 0),
        np.append(group, "empty"),
        standard | {"empty": 0.0},
        np.append(school, "s0"),
    )
    same(one, more)
