"""How a shown figure is rounded, value by value."""

from __future__ import annotations

import numpy as np
import pytest
from few_rows import DEFINITIONS, record_of, row

from likvard.disclosure.profiles import PROFILES
from likvard.protect.rounding import coded, rounded

INTERNAL, PUBLIC, ROUNDED = (PROFILES[name] for name in ("internal", "public", "rounded"))


def values(*rows: dict[str, object], strict: object = INTERNAL, column: str = "value") -> list[float]:
    return rounded(record_of(*rows), DEFINITIONS, strict)[column].tolist()  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "shown"), [(9, 215), (19, 215), (20, 214), (49, 214), (50, 213), (600, 213)])
def test_a_mean_of_fewer_pupils_is_coarser(n: int, shown: float) -> None:
    assert values(row(value=213.4, n=n)) == [shown]
    assert values(row(indicator="fine", value=21.34, n=n)) == pytest.approx([shown / 10])


def test_the_ends_of_an_interval_are_rounded_as_its_middle() -> None:
    one = row(value=213.4, low=200.2, high=226.9, n=30)
    assert [values(one, column=name) for name in ("low", "value", "high")] == [[200], [214], [226]]


def test_a_gap_is_as_coarse_as_the_smaller_of_its_two_groups() -> None:
    few, many = row(lunch="free", n=10), row(lunch="paid", n=60)
    gap = row(measure="gap", lunch="free", reference="paid", n=70, value=13.4)
    other = row(measure="gap", lunch="paid", reference="free", n=70, value=13.4)
    assert values(few, many, gap, other)[2:] == [15, 15]
    assert values(few | {"n": 30}, many, gap)[2:] == [14]
    assert values(few | {"n": 60}, many, gap)[2:] == [13]
    # Another school's small group is no matter of this one.
    assert values(few | {"unit_id": "B"}, many, gap)[2:] == [13]


def test_a_change_is_as_coarse_as_the_smaller_of_its_two_periods() -> None:
    change = row(measure="change", reference="Y1", n=60, value=13.4)
    assert values(row(n=60), row(period="Y1", n=10), change)[2:] == [15]
    assert values(row(n=60), row(period="Y1", n=30), change)[2:] == [14]
    assert values(row(n=10), row(period="Y1", n=60), change)[2:] == [15]


@pytest.mark.parametrize(
    "measure", ["gap", "change", "beyond_expected", "gradient_slope", "follow_up", "if_all_had_answered"]
)
def test_what_is_measured_in_the_unit_of_its_indicator_is_rounded_like_it(measure: str) -> None:
    assert values(row(measure=measure, value=13.456, n=30)) == [14]


@pytest.mark.parametrize("measure", ["gradient_between", "gradient_compositional"])
def test_what_is_measured_between_schools_has_the_decimals_of_its_indicator(measure: str) -> None:
    assert values(
        row(measure=measure, value=13.456, n=10), row(measure=measure, indicator="fine", value=13.456, n=10)
    ) == [
        13,
        13.5,
    ]


def test_a_ratio_has_two_decimals_and_other_measures_three() -> None:
    rows = [
        row(measure=name, value=1.23456, n=9)
        for name in ("ratio", "effect_size", "against_need", "icc", "dissimilarity")
    ]
    assert values(*rows) == [1.23, 1.23, 1.23, 1.235, 1.235]


def share(value: float, **more: object) -> dict[str, object]:
    return row(indicator="passed", value=value, n=9, **more)


def test_a_share_has_its_decimals_inside_and_whole_per_cent_outside() -> None:
    fine = rounded(record_of(share(0.12345)), DEFINITIONS, INTERNAL)["value"][0]
    assert fine == pytest.approx(round(0.12345, DEFINITIONS["passed"].digits))
    for strict in (PUBLIC, ROUNDED):
        assert values(share(0.12345), share(0.12345, measure="gap"), strict=strict) == pytest.approx([0.12, 0.12])


def test_a_share_near_none_or_all_is_given_as_its_limit_for_everybody() -> None:
    rows = [
        share(0.012, lunch="free"),
        share(0.05, lunch="paid"),
        share(0.97),
        share(0.012, measure="gap"),
        row(indicator="composition", value=0.03, n=9),
    ]
    assert values(*rows, strict=PUBLIC) == pytest.approx([0.05, 0.05, 0.95, 0.01, 0.05])
    assert coded(record_of(*rows), DEFINITIONS, PUBLIC).tolist() == [True, False, True, False, True]
    assert (
        coded(record_of(*rows, row(value=0.5), share(0.0, period="Y1")), DEFINITIONS, INTERNAL).tolist() == [False] * 7
    )


def test_counts_are_multiples_in_a_rounded_profile_and_plain_in_the_others() -> None:
    rows = [
        row(indicator="pupils", value=12, n=12),
        row(indicator="pupils", measure="change", value=3, n=13),
        row(value=213, n=13),
    ]
    assert values(*rows, strict=ROUNDED)[:2] == [10, 5]
    assert values(*rows, strict=ROUNDED, column="n") == [10, 15, 15]
    assert values(*rows, strict=INTERNAL)[:2] == [12, 3]
    assert values(*rows, strict=INTERNAL, column="n") == [12, 13, 13]


@pytest.mark.parametrize("column", ["numerator", "denominator"])
def test_sums_stay_behind_and_two_results_are_rounded_like_their_difference(column: str) -> None:
    rows = [
        row(**{column: 213.4}),
        *(row(measure=name, n=30, **{column: 213.4}) for name in ("beyond_expected", "follow_up")),
    ]
    found = values(*rows, column=column)
    assert np.isnan(found[0])
    assert found[1:] == [214, 214]


def test_the_record_itself_is_left_as_it_was() -> None:
    record = record_of(row(value=213.4, numerator=5.0))
    rounded(record, DEFINITIONS, ROUNDED)
    assert (record["value"][0], record["numerator"][0], record["n"][0]) == (213.4, 5.0, 60)
