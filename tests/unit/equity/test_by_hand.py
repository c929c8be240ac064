"""Small numbers that can be checked by hand, and a peer where one is installed."""

import numpy as np
import pandas as pd
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
    overlapping,
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
    wellbeing,
)


def test_the_mean_of_one_pupil_has_no_interval_but_is_shown():
    found = levels.mean([4.0, 1.0, 3.0], ["a", "b", "b"]).frame()
    assert list(found["value"]) == [4, 2]
    assert list(found["status"]) == ["shown", "shown"]
    assert found["low"].isna().tolist() == [True, False]


def test_three_of_ten_has_the_exact_interval_of_the_tables_where_n_is_small():
    found = levels.share([3, 300], [10, 1000], exact_below=30)
    assert found.low[0] == pytest.approx(0.0667, abs=1e-4)
    assert found.high[0] == pytest.approx(0.6525, abs=1e-4)
    assert found.low[1] == pytest.approx(0.2724, abs=1e-4)


def test_a_median_needs_six_pupils_for_an_interval():
    assert np.isnan(levels.median(np.arange(5.0)).low[0])
    six = levels.median(np.arange(6.0))
    assert 0 <= six.low[0] < six.value[0] == 2.5 < six.high[0] <= 5


def test_half_a_class_of_twins_is_as_uncertain_as_the_twins_are_many():
    single = levels.mean([1.0, 2, 3, 4], clusters=[1, 2, 3, 4])
    twins = levels.mean([1.0, 1, 2, 2, 3, 3, 4, 4], clusters=[1, 1, 2, 2, 3, 3, 4, 4])
    assert twins.low[0] == pytest.approx(single.low[0])


def test_both_levels_stand_beside_every_gap():
    found = gaps.share_gap((8, 20), (30, 50))
    assert (found.value, found.beside["level"], found.beside["reference_level"]) == (pytest.approx(-0.2), 0.4, 0.6)
    assert found.n == 20


def test_ninety_eight_against_ninety_six_is_half_the_risk_of_not_reaching():
    found = gaps.not_reaching_risk((980, 1000), (960, 1000))
    assert found.value == pytest.approx(0.5)
    assert found.low < 0.5 < found.high < 1


def test_parity_is_as_far_above_one_as_the_same_turned_round_is_below():
    one, two = gaps.parity((40, 100), (50, 100)), gaps.parity((50, 100), (40, 100))
    assert one.value + two.value == pytest.approx(2)
    assert one.low + two.high == pytest.approx(2, abs=1e-9)
    assert gaps.parity((5, 10), (0, 10)).value == 2


def test_hedges_g_is_cohens_d_with_the_correction_of_the_tables():
    # d = 1 with 5 + 5 pupils; J(8) = 0.9027.
    assert gaps.hedges_g((5, 1, 1), (5, 0, 1)).value == pytest.approx(0.9027, abs=5e-5)


def test_superiority_counts_pairs_and_ties_half():
    # 2 beats 1; 2 ties 2; 3 beats both: 3.5 of 4 pairs.
    assert ranks.superiority([2, 3, 1, 2], [True, True, False, False]).value[0] == 0.875
    assert ranks.cliffs_delta([2, 3, 1, 2], [True, True, False, False]).value[0] == 0.75
    apart = ranks.superiority([5, 6, 7, 1, 2, 3], np.arange(6) < 3)
    assert apart.value[0] == apart.high[0] == 1 > apart.low[0] > 0


def test_three_of_four_small_p_values_survive_as_benjamini_and_hochberg_count():
    found = multiplicity.benjamini_hochberg([0.01, 0.04, np.nan, 0.03, 0.005])
    assert found == pytest.approx([0.02, 0.04, np.nan, 0.04, 0.02], nan_ok=True)


def test_an_interval_that_ends_at_zero_has_a_p_value_of_five_per_cent():
    found = gaps.mean_gap((1000, 1, 1), (1000, 0, 1))
    moved = levels.estimate([found.value - found.low], ([0.0], [2 * (found.value - found.low)]), [5])
    assert multiplicity.p_value(moved)[0] == pytest.approx(0.05)


def test_a_small_group_falls_back_to_fewer_dimensions():
    pupils = pd.DataFrame({"sex": list("ggggbbb"), "home": ["high"] * 3 + ["low"] + ["low"] * 3})
    found = overlapping.with_fallback(pupils, ["sex", "home"], least=3)
    assert found["group"].tolist() == ["g × high"] * 3 + ["g"] + ["b × low"] * 3
    assert found["n"].tolist() == [3, 3, 3, 4, 3, 3, 3]


def test_the_slope_is_within_and_between_as_it_was_made():
    school = np.repeat([0, 1, 2, 3], 3)
    inside, middle = np.tile([-1.0, 0, 1], 4), np.repeat([0.0, 1, 2, 3], 3)
    found = gradient.by_school(2 * inside + 5 * middle, inside + middle, school)
    assert found.within.value[0] == pytest.approx(2)
    assert found.between.value[0] == pytest.approx(5)
    assert found.compositional.value[0] == pytest.approx(3)


def test_leaving_out_one_school_is_what_the_interval_rests_on():
    rng = np.random.default_rng(4)
    school, x = np.repeat(np.arange(6), 5), rng.normal(size=30)
    y = x + rng.normal(size=6)[school] + rng.normal(size=30)
    found = gradient.slope(y, x, clusters=school)
    without = np.array([gradient.slope(y[school != left], x[school != left]).value[0] for left in range(6)])
    error = np.sqrt(5 / 6 * ((without - found.value[0]) ** 2).sum())
    assert found.high[0] - found.value[0] == pytest.approx(2.570582 * error, rel=1e-6)


def test_absence_that_gathers_among_the_poor_is_negative():
    found = concentration.concentration_index([4.0, 3, 2, 1], [1, 2, 3, 4])
    assert found.value[0] == pytest.approx(-0.25)
    assert concentration.gini([1.0, 2, 3, 4]).value[0] == pytest.approx(0.25)


def test_counting_those_who_reach_or_those_who_do_not_gives_the_same_size_of_bounded_indices():
    reach, order = np.array([0, 0, 1, 0, 1, 1, 1.0]), np.arange(7)
    for kind in ("wagstaff", "erreygers"):
        one = concentration.concentration_index(reach, order, kind=kind)
        two = concentration.concentration_index(1 - reach, order, kind=kind)
        assert one.value[0] == pytest.approx(-two.value[0])
        assert one.high[0] == pytest.approx(-two.low[0])


def test_groups_of_one_pupil_give_the_same_concentration_as_the_pupils():
    y = np.array([4.0, 3, 2, 1, 5])
    single = concentration.concentration_index(y, np.arange(5))
    assert concentration.grouped_concentration_index(np.ones(5), y).value == pytest.approx(single.value[0])


def test_schools_of_one_size_have_the_same_icc_by_reml_and_anova():
    y, school = np.array([1.0, 2, 3, 5, 6, 7, 2, 4, 3]), np.repeat([0, 1, 2], 3)
    assert spread.icc(y, school).value[0] == pytest.approx(spread.icc_anova(y, school).value[0], abs=1e-6)
    alike = spread.icc_anova([1.0, 3, 1, 3], [0, 0, 1, 1])
    assert alike.value[0] == -1
    assert spread.icc([1.0, 3, 1, 3], [0, 0, 1, 1]).value[0] == 0


def test_the_mixed_model_of_statsmodels_agrees():
    mixed = pytest.importorskip("statsmodels.regression.mixed_linear_model")
    rng = np.random.default_rng(11)
    school = rng.integers(0, 30, 600)
    x = rng.normal(size=600)
    y = 3 * x + 2 * rng.normal(size=30)[school] + 5 * rng.normal(size=600)
    empty = mixed.MixedLM(y, np.ones((600, 1)), groups=school).fit(reml=True)
    share = empty.cov_re[0, 0] / (empty.cov_re[0, 0] + empty.scale)
    assert spread.icc(y, school).value[0] == pytest.approx(share, abs=1e-4)
    full = mixed.MixedLM(y, np.column_stack([np.ones(600), x]), groups=school).fit(reml=True)
    found = expected.expected_result(y, x, school)
    assert found.coefficients == pytest.approx(full.fe_params, abs=1e-4)
    effects = np.array([float(np.ravel(effect)[0]) for effect in full.random_effects.values()])
    assert np.corrcoef(effects, found.residual.value)[0, 1] > 0.999


def test_oaxaca_of_statsmodels_agrees():
    peer = pytest.importorskip("statsmodels.stats.oaxaca")
    rng = np.random.default_rng(3)
    inside, x = np.arange(80) < 30, rng.normal(size=(80, 2))
    y = x @ [2, -1] + 3 * inside + rng.normal(size=80)
    design = np.column_stack([x, inside, np.ones(80)])
    model = peer.OaxacaBlinder(y, design, 2, hasconst=True, swap=False)
    found = decomposition.oaxaca(y, x, inside)
    endowments, coefficients, interaction, gap = model.three_fold().params
    assert abs(found.gap.value) == pytest.approx(abs(gap))
    assert found.explained.value + found.unexplained.value == pytest.approx(found.gap.value)
    assert found.endowments.value + found.coefficients.value + found.interaction.value == pytest.approx(found.gap.value)
    assert {round(abs(float(part)), 8) for part in (endowments, coefficients, interaction)} <= {
        round(abs(float(part.value)), 8) for part in (found.endowments, found.coefficients, found.interaction)
    } or abs(interaction) == pytest.approx(abs(found.interaction.value))


def test_what_chance_gives_is_the_mean_over_random_placings():
    rng = np.random.default_rng(0)
    school, group = np.repeat(range(4), [6, 9, 4, 11]), np.repeat(["a", "b", "c"], [8, 10, 12])
    of = segregation.allocation(school, group, np.ones(30))
    drawn = {name: [] for name in segregation.MEASURES}
    for _ in range(1500):
        placed = segregation.allocation(school, rng.permutation(group), np.ones(30))
        for name, values in drawn.items():
            values.append(segregation.measure(placed, name, "a")[0])
    for name, values in drawn.items():
        error = np.std(values) / np.sqrt(len(values))
        assert abs(np.mean(values) - chance.expected_by_chance(of, name, "a")[0]) < 4 * error + 1e-12, name


def test_two_pupils_in_each_of_many_schools_are_segregated_by_chance_alone():
    # E|x − 1| of two pupils with p = ½ is ½; ÷ (2 · 2 · ¼) = ½.
    assert chance.expected_dissimilarity([2, 2], 0.5) == pytest.approx(0.5)


def test_debiasing_takes_off_most_of_what_chance_gives_and_the_same_seed_gives_the_same():
    rng = np.random.default_rng(2)
    first = rng.binomial(30, 0.3, 40)
    school = np.tile(np.arange(40), 2)
    of = segregation.allocation(school, np.repeat(["a", "b"], 40), np.append(first, 30 - first))
    one = bootstrap.debiased(of, "H", "a", seed=9)
    assert one.value[0] < one.beside["raw"][0]
    assert one.beside["raw"][0] < 2 * one.beside["by_chance"][0]
    pd.testing.assert_frame_equal(one.frame(), bootstrap.debiased(of, "H", "a", seed=9).frame())
    assert one.high[0] != bootstrap.debiased(of, "H", "a", seed=10).high[0]


def test_the_parts_of_a_change_of_segregation_add_up_and_go_where_they_belong():
    school, group = ["a", "a", "b", "b"], ["x", "y", "x", "y"]
    before = (school, group, [30, 10, 10, 30], None)
    same = segregation_change.change(before, (school, group, [60, 20, 20, 60], None))
    assert same.change.value[0] == pytest.approx(0)
    joined = segregation_change.change(before, ([*school, "c"], [*group, "x"], [30, 10, 10, 30, 40], None))
    assert joined.joined.value[0] == pytest.approx(joined.change.value[0])
    assert joined.structure.value[0] == pytest.approx(0, abs=1e-9)
    mixed = segregation_change.change(before, (school, group, [20, 20, 20, 20], None))
    assert mixed.structure.value[0] == pytest.approx(mixed.change.value[0], abs=1e-9)
    grown = segregation_change.change(before, (school, group, [60, 20, 10, 30], None))
    parts = (grown.left, grown.joined, grown.groups, grown.sizes, grown.structure)
    assert sum(part.value[0] for part in parts) == pytest.approx(grown.change.value[0])


def test_a_standardised_share_weighs_strata_as_all_pupils_are():
    found = standardisation.standardised_share([9, 2], [10, 10], ["x", "y"], {"x": 0.25, "y": 0.75})
    assert found.value[0] == pytest.approx(0.25 * 0.9 + 0.75 * 0.2)
    thin = standardisation.standardised_share([9, 0], [10, 0], ["x", "y"], {"x": 0.25, "y": 0.75})
    assert thin.status[0] == "too_few"
    assert thin.beside["covered"][0] == 0.25


def test_an_uncertain_unit_is_drawn_more_towards_the_mean():
    found = shrinkage.shrunken([10.0, 10, 0, 0, 5, 5], [1.0, 9, 1, 9, 1, 1])
    assert found.beside["weight"][0] > found.beside["weight"][1]
    assert abs(found.value[0] - 10) < abs(found.value[1] - 10)
    assert set(shrinkage.shrunken([1.0, 2, 3], [1, 1, 1]).status) == {"too_few"}


def test_funnel_limits_are_exact_and_widen_only_when_units_differ_more_than_chance():
    low, high = funnel.exact_share_limits(20, 0.5)
    # F(5) = 0.0207 and F(6) = 0.0577: 6 − (0.0577 − 0.025) / 0.0370 = 5.117 of 20; F(13) = 0.9423, F(14) = 0.9793.
    assert low == pytest.approx(0.2558, abs=1e-4)
    assert high == pytest.approx(0.6942, abs=1e-4)
    calm = funnel.funnel(np.linspace(-1, 1, 20), np.ones(20), 0.0)
    wild = funnel.funnel(np.linspace(-9, 9, 20), np.ones(20), 0.0)
    assert calm.high[0] == pytest.approx(1.959964)
    assert wild.high[0] > 5
    assert funnel.over_dispersion([-1.0, 1] * 10) == 1


def test_a_published_residual_is_taken_in_and_checked_within_rounding():
    found = salsa.residual([213, 228, 200], [233, 252, 210], [np.nan, -23, np.nan], n=[50, 50, 0], sd=60)
    assert found.value.tolist() == [-20, -23, -10]
    assert np.isnan(found.low[2])
    assert salsa.agrees([228, 228], [252, 252], [-23, -22]).tolist() == [True, False]


def test_a_school_that_only_changed_its_intake_has_no_real_change():
    found = decomposition.kitagawa(([10, 20], [200, 250.0], [1, 1]), ([20, 10], [200, 250.0], [1, 1]))
    assert found.real.value[0] == 0
    assert found.intake.value[0] == pytest.approx(-50 / 3)
    parts = decomposition.published_change(200, 202, 205, 210, 4)
    assert (parts.revision, parts.definition, parts.intake, parts.real, parts.change) == (2, 3, 4, 1, 10)


def test_a_trend_never_crosses_a_break():
    rising = np.array([[0.0, 0, 0, 0, 10, 11, 12, 13]])
    assert persistence.trend(rising, np.ones((1, 8)), breaks=[4]).value[0] == pytest.approx(1)
    assert persistence.trend(rising, np.ones((1, 8)), breaks=[5]).status[0] == "too_few"
    assert persistence.change_since(rising, np.ones((1, 8)), 4, breaks=[4]).status[0] == "not_applicable"
    assert persistence.change_since(rising, np.ones((1, 8)), 3, breaks=[4]).value[0] == 3


def test_a_gap_is_persistent_only_if_it_was_there_every_time_and_is_larger_than_chance():
    gap = np.array([[-9.0, -9, -9], [-9, 9, -9], [-0.1, -0.1, -0.1], [0, 0, 0], [1, -1, 1], [0, 1, -1]])
    _, flagged = persistence.persistent_gap(gap, np.ones((6, 3)), smallest=2)
    assert flagged.tolist() == [True, False, False, False, False, False]
    back = persistence.regressed([10.0, 0, 0, 0, 0, 0], np.full(6, 4.0))
    assert back[0] < 5


def test_what_was_to_be_expected_without_the_action_takes_regression_to_the_mean_into_account():
    before, after = np.array([0.0, 2, 4, 6, 8, 0]), np.array([3.0, 4.1, 4.9, 6, 7, 3.1])
    found = follow_up.beyond_expected(before, after, np.arange(6) == 5)
    assert found.beside["expected"][0] == pytest.approx(3.02)
    assert follow_up.verdict(found)[0] == "unclear"
    clear = follow_up.beyond_expected(before, np.where(before == 0, [3.0, 0, 0, 0, 0, 9], after), np.arange(6) == 5)
    assert follow_up.verdict(clear)[0] == "clear"


def test_difference_in_differences_of_four_means():
    found = follow_up.difference_in_differences((9, 10, 3), (9, 15, 3), (9, 20, 3), (9, 22, 3))
    assert found.value == 3
    assert found.high - found.value == pytest.approx(2.036933 * 2, rel=1e-5)


def test_a_series_is_carried_on_along_its_line():
    found = follow_up.beyond_series([[1.0, 2.1, 2.9, 4, 9]], 4)
    assert found.beside["expected"][0] == pytest.approx(4.95)
    assert follow_up.verdict(found)[0] == "clear"


def test_more_for_greater_need_is_compensatory_and_unclear_is_not_neutral():
    rng = np.random.default_rng(1)
    need = np.linspace(-1, 1, 40)
    more = resources.resource_slope(10 + need + 0.1 * rng.normal(size=40), need, np.ones(40))
    same = resources.resource_slope(10 + 0.1 * rng.normal(size=40), need, np.ones(40))
    noise = resources.resource_slope(10 + 5 * rng.normal(size=40), need, np.ones(40))
    assert [resources.distribution(part)[0] for part in (more, same, noise)] == ["compensatory", "neutral", "unclear"]
    assert more.value[0] == pytest.approx(np.std(need) / 10, rel=0.1)


def test_the_silent_can_move_a_survey_index_as_far_as_they_are_many():
    found = wellbeing.survey_index([50.0, 100, np.nan, np.nan])
    assert found.value[0] == 75
    assert (found.beside["least_possible"][0], found.beside["most_possible"][0]) == (37.5, 87.5)
    assert found.beside["warning"][0] == 1
    assert wellbeing.index_of_items([[1, 5], [5, np.nan], [np.nan, np.nan]], lowest=1, highest=5)[:2].tolist() == [
        50,
        100,
    ]


@pytest.mark.parametrize(
    ("absent", "possible", "chronic"), [(9.9, 100, 0), (10, 100, 1), (1 - 0.9, 1, 1), (17, 170, 1)]
)
def test_exactly_ten_per_cent_is_chronic_absence(absent, possible, chronic):
    assert wellbeing.chronically_absent(absent, possible) == chronic


def test_a_weekend_does_not_break_an_absence_but_an_unknown_day_does():
    found = wellbeing.unbroken_absence(
        ["a"] * 5 + ["b"] * 3, [4, 5, 8, 9, 10, 1, 2, 3], [0, 1, 1, 1, 0, 1, None, 1], least_days=3
    )
    assert found["longest_days"].tolist() == [3, 1]
    assert found["reached"].tolist() == [True, False]


def test_the_school_index_is_what_the_municipality_has_more_of():
    found = composition.school_index(10, 45, 13, 49, 100)
    assert found.value == 7
    assert found.low < 0 < found.high


def test_how_much_hangs_on_one_pupil():
    assert sensitivity.one_pupil(20) == 5
    assert sensitivity.pupils_to_close((5, 20), (50, 100)) == 5
    few = sensitivity.pupils_to_change_picture((5, 20), (50, 100))
    low, high = levels.wilson_interval(5 + few, 20, 0.95)
    assert gaps.share_gap((5 + few, 20), (50, 100)).high >= 0 > gaps.share_gap((5 + few - 1, 20), (50, 100)).high
    assert low < high
    assert np.isnan(sensitivity.pupils_to_change_picture((1, 2), (1, 2)))
