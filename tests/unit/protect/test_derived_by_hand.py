"""What goes with a hidden level, one hidden level at a time."""

from __future__ import annotations

import pandas as pd
import pytest
from few_rows import record_of, row

from likvard.errors import DisclosureError
from likvard.protect.derived import followers

HOMES = pd.DataFrame(
    [(school, period, "1" if school < "G" else "2") for school in "ABCDEFGH" for period in ("Y0", "Y1", "Y2")],
    columns=["school_id", "period", "area_id"],
)
FREE, PAID, ALL = row(lunch="free"), row(lunch="paid"), row()
BEFORE = [one | {"period": "Y1"} for one in (FREE, PAID, ALL)]


def goes(derived: dict[str, object], *hidden: dict[str, object], shown: tuple[dict[str, object], ...] = ()) -> bool:
    """Whether the figure goes with these hidden levels."""
    record = record_of(*hidden, *shown, derived)  # type: ignore[arg-type]
    found = followers(record, pd.Series([True] * len(hidden) + [False] * (len(shown) + 1)), HOMES)
    assert not found.iloc[:-1].any()
    return bool(found.iloc[-1])


OTHERS = [
    FREE | {"unit_id": "B"},
    FREE | {"indicator": "fine"},
    FREE | {"group_by": "gender"},
    FREE | {"unit_kind": "area"},
]


@pytest.mark.parametrize("measure", ["gap", "ratio", "effect_size", "not_reaching_risk", "persistent_gap"])
def test_what_compares_two_groups_goes_with_either(measure: str) -> None:
    gap = row(measure=measure, lunch="free", reference="paid")
    assert goes(gap, FREE)
    assert goes(gap, PAID)
    for other in (*OTHERS, BEFORE[0], row(lunch="unknown")):
        assert not goes(gap, other)
    assert not goes(gap, shown=(FREE, PAID))


def test_a_change_goes_with_either_period() -> None:
    change = row(measure="change", reference="Y1")
    assert goes(change, ALL)
    assert goes(change, BEFORE[2])
    assert not goes(change, ALL | {"period": "Y0"})
    assert not goes(change, FREE)


@pytest.mark.parametrize("measure", ["response_rate", "if_all_had_answered"])
def test_what_is_told_of_answers_goes_with_its_own_level(measure: str) -> None:
    assert goes(row(measure=measure, lunch="free"), FREE)
    assert not goes(row(measure=measure, lunch="free"), PAID)


@pytest.mark.parametrize("measure", ["gradient_slope", "gradient_strength", "beyond_expected", "beyond_expected_drawn"])
def test_what_rests_on_all_groups_goes_with_any_of_them_and_with_everyone(measure: str) -> None:
    slope = row(measure=measure, group_by="lunch", group="all")
    for level in (FREE, PAID, ALL):
        assert goes(slope, level)
    for other in (*OTHERS, *BEFORE):
        assert not goes(slope, other)


@pytest.mark.parametrize("measure", ["real_change", "intake_change", "follow_up"])
def test_what_compares_two_intakes_goes_with_any_group_of_either(measure: str) -> None:
    for reference in ("Y1", "rate:Y1"):
        change = row(measure=measure, group_by="lunch", group="all", reference=reference)
        for level in (FREE, PAID, ALL, *BEFORE):
            assert goes(change, level)
        assert not goes(change, FREE | {"period": "Y0"})


def test_a_gap_that_lasted_goes_with_any_level_of_the_periods_that_it_lasted() -> None:
    gap = row(measure="persistent_gap", lunch="free", reference="paid")
    known = (row(lunch="free"), row(lunch="paid"))
    for period in ("Y1", "Y0"):
        for level in (FREE, PAID):
            between = tuple(one | {"period": told} for one in known for told in ("Y1", "Y0"))
            assert goes(gap, level | {"period": period}, shown=(*known, *between))
    assert not goes(gap, FREE | {"period": "X9"}, shown=tuple(FREE | {"period": told} for told in ("Y0", "Y1", "Y2")))


def schools(count: int, **facts: object) -> list[dict[str, object]]:
    return [FREE | facts | {"unit_id": school} for school in "ABCDEFGH"[:count]]


@pytest.mark.parametrize(("count", "follows"), [(0, False), (1, True), (4, True), (5, False), (6, False)])
def test_what_is_computed_over_schools_is_one_equation_too_many_about_few_hidden_ones(
    count: int, follows: bool
) -> None:
    for unit in ({"unit_kind": "area", "unit_id": "1"}, {"unit_kind": "all", "unit_id": "all"}):
        assert goes(row(measure="icc", lunch="free", **unit), *schools(count), shown=(PAID,)) is follows
        assert (
            goes(row(measure="gradient_within", group_by="lunch", group="all", **unit), *schools(count), shown=(PAID,))
            is follows
        )


def test_schools_of_another_area_or_group_or_period_are_no_matter() -> None:
    of_two = row(measure="icc", lunch="free", unit_kind="area", unit_id="2")
    assert not goes(of_two, *schools(2))
    assert goes(of_two, FREE | {"unit_id": "G"})
    of_one = row(measure="icc", lunch="free", unit_kind="area", unit_id="1")
    assert not goes(of_one, PAID)
    assert not goes(of_one, BEFORE[0])


@pytest.mark.parametrize(("over", "follows"), [(2, True), (19, True), (20, False), (40, False)])
def test_a_resource_against_need_over_many_schools_tells_of_none(over: int, follows: bool) -> None:
    need = row(measure="against_need", group_by="lunch", group="all", unit_kind="area", unit_id="1", n=over)
    assert goes(need, ALL) is follows
    assert not goes(need, FREE)


def test_a_measure_without_a_rule_stops_everything() -> None:
    with pytest.raises(DisclosureError, match="no rule for") as stopped:
        goes(row(measure="new"), FREE)
    assert list(stopped.value.problems) == ["new"]
