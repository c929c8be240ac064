"""A town small enough to count on paper as a system: its cells, what is told of them, how they add up, and what each weighs."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pandas as pd
import pytest
from small_town import INTERNAL

from likvard.disclosure.profiles import Strictness
from likvard.disclosure.quantities import Quantities, quantities
from small_registry import definition, registry

REGISTRY = registry(
    definition("pupils", "count"),
    definition("composition", "composition"),
    definition("fine", "mean", column="reading_score", decimals=1),
    definition("passed", "share", column="passed", among=[True]),
    definition("late", "share", column="late", among=[True]),
    definition("licensed", "share", column="licensed", among=[True], rests_on="teachers"),
)
EVERYBODY = ("all", "all")


def figure(unit: str, indicator: str, n: float, of: float, by: tuple[str, str] = EVERYBODY) -> dict[str, object]:
    """One level: ``of`` is who count, or the sum."""
    kind, name = unit.split(":")
    place = {"unit_kind": kind, "unit_id": name, "group_by": by[0], "group": by[1]}
    return place | {"indicator": indicator, "n": n, "numerator": of}


def town(*figures: dict[str, object], areas: dict[str, str] | None = None, strict: Strictness = INTERNAL) -> Quantities:
    """``areas``: the area of each school."""
    record = pd.DataFrame(figures).assign(measure="level", reference="", period="Y1")
    homes = pd.DataFrame({"school_id": list(areas or {"A": "1"}), "area_id": list((areas or {"A": "1"}).values())})
    return quantities(record, REGISTRY, homes.assign(period="Y1"), strict)


def pupils(unit: str, many: int, group: str | None = None) -> dict[str, object]:
    return figure(unit, "pupils", many, many, ("lunch", group) if group else EVERYBODY)


def by_place(found: Quantities, numbers: np.ndarray) -> dict[tuple[str, str, str], float]:
    """What stands at each cell, by unit, slot and quantity."""
    places = found.cells[["unit", "slot", "quantity"]].assign(unit=found.cells["unit"].str.removesuffix("@Y1"))
    return dict(zip(places.itertuples(index=False, name=None), numbers.tolist(), strict=True))


def sums(found: Quantities, quantity: str = "pupils") -> set[str]:
    """The equations between the cells of everyone, as "whole = its parts"."""
    here = (found.cells["slot"].eq("all") & found.cells["quantity"].eq(quantity)).to_numpy()
    unit = found.cells["unit"].str.removesuffix("@Y1").to_numpy()
    rows = found.system.equations.toarray()
    rows = rows[(rows[:, ~here] == 0).all(axis=1)]
    return {f"{unit[row > 0][0]} = {' + '.join(sorted(unit[row < 0]))}" for row in rows}


@pytest.mark.parametrize(
    ("n", "width"),
    [
        (60, 60 * 0.25 * 0.1),
        (30, 30 * 0.50 * 0.1),
        (10, 10 * 1.25 * 0.1),
    ],
)
def test_a_sum_is_told_within_a_quarter_of_what_its_mean_is_rounded_to(n: int, width: float) -> None:
    found = town(figure("school:A", "fine", n, 213.0 * n))
    place = ("school:A", "all", "sum fine")
    assert by_place(found, found.system.told_low)[place] == pytest.approx(213 * n - width)
    assert by_place(found, found.system.told_high)[place] == pytest.approx(213 * n + width)


def test_no_sum_is_told_to_be_below_nought() -> None:
    found = town(figure("school:A", "fine", 10, 1.0))
    assert by_place(found, found.system.told_low)["school:A", "all", "sum fine"] == 0


def test_that_a_group_has_nobody_is_known_and_that_nobody_of_it_failed_is_not() -> None:
    found = town(
        figure("school:A", "passed", 9, 9), figure("school:A", "passed", 0, 0, ("lunch", "free")), pupils("school:A", 9)
    )
    most = by_place(found, found.system.high)
    assert {place: high for place, high in most.items() if high == 0} == {
        ("school:A", "lunch:free", "with passed"): 0,
        ("school:A", "lunch:free", "without passed"): 0,
        ("school:A", "lunch:free", "pupils"): 0,
    }
    assert most["school:A", "all", "without passed"] == np.inf


def test_what_is_about_teachers_is_of_teaching_with_them_and_without() -> None:
    found = town(figure("school:A", "licensed", 20, 12), figure("school:A", "passed", 20, 12))
    teaching = {place[2] for place, yes in by_place(found, found.of_teaching).items() if yes}
    assert teaching == {"with licensed", "without licensed"}


def test_indicators_have_one_n_only_where_it_is_the_same_wherever_both_are_known() -> None:
    def names(*figures: dict[str, object]) -> set[str]:
        return {name for name in town(*figures).cells["quantity"] if name.startswith("n of")}

    late, free = figure("school:A", "late", 20, 3), ("lunch", "free")
    assert names(late, figure("school:A", "passed", 20, 9)) == {"n of late"}
    assert names(late, figure("school:A", "passed", 19, 9)) == {"n of late", "n of passed"}
    assert names(late, figure("school:A", "passed", 8, 4, free)) == {"n of late", "n of passed"}
    both = (figure("school:A", "late", 8, 2, free), figure("school:A", "passed", 20, 9))
    assert names(late, *both) == {"n of late"}
    assert names(late, *both, figure("school:A", "passed", 7, 4, free)) == {"n of late", "n of passed"}


UNITS = {"school:A": 10, "school:B": 20, "school:C": 30, "school:D": 40, "area:1": 60, "area:2": 40, "all:all": 100}


def test_schools_add_up_to_areas_of_three_and_those_of_fewer_to_everybody_directly() -> None:
    found = town(*(pupils(unit, many) for unit, many in UNITS.items()), areas=dict(zip("ABCD", "1112", strict=True)))
    # The area of D alone is D.
    assert sums(found) == {"area:1 = school:A + school:B + school:C", "all:all = area:1 + school:D"}


def test_an_area_of_two_adds_up_but_everybody_is_the_sum_of_its_schools() -> None:
    figures = [pupils(unit, many) for unit, many in (UNITS | {"area:1": 30, "area:2": 70}).items()]
    areas = dict(zip("ABCD", "1122", strict=True))
    every_school = "all:all = school:A + school:B + school:C + school:D"
    parts = {"area:1 = school:A + school:B", "area:2 = school:C + school:D"}
    assert sums(town(*figures, areas=areas)) == {*parts, every_school}
    assert sums(town(*figures, areas=areas, strict=replace(INTERNAL, least_schools=2))) == {
        *parts,
        "all:all = area:1 + area:2",
    }


def test_an_area_of_one_school_is_that_school_however_few_schools_an_area_needs() -> None:
    figures = [pupils(unit, many) for unit, many in UNITS.items() if unit != "area:2"]
    areas = dict(zip("ABCD", "1112", strict=True))
    for least in (1, 2, 3):
        found = town(*figures, areas=areas, strict=replace(INTERNAL, least_schools=least))
        assert "all:all = area:1 + school:D" in sums(found)


GROUPS = [pupils("school:A", 30), pupils("school:A", 12, "free"), pupils("school:A", 15, "paid")]


def test_those_whose_group_is_not_known_are_a_cell_that_no_figure_shows() -> None:
    found = town(*GROUPS)
    told = by_place(found, np.asarray(found.system.shows.sum(axis=0)).ravel())
    assert by_place(found, found.truth)["school:A", "lunch:unknown", "pupils"] == 3
    assert [place[1] for place, figures in told.items() if figures == 0] == ["lunch:unknown"]


def test_cells_are_numbered_as_they_stand_in_the_system() -> None:
    boys = figure("school:A", "pupils", 14, 14, ("gender", "boy"))
    found = town(*GROUPS, pupils("school:A", 3, "unknown"), boys)
    assert found.cells.index.tolist() == list(range(6))
    assert found.cells.columns.tolist() == ["unit", "slot", "quantity", "truth"]
    assert found.cells["slot"].tolist()[-1] == "gender:unknown"


def test_a_figure_that_says_the_same_twice_shows_its_cell_once() -> None:
    share = figure("school:A", "composition", 30, 12, ("lunch", "free"))
    found = town(*GROUPS, share)
    assert found.system.shows.toarray().tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert found.system.shows.nnz == 3
    assert found.figure_of.tolist() == [0, 1, 2, 1]


WEIGHTS = {
    "everyone in the town": (pupils("all:all", 99), 100 * 10),
    "everyone in an area": (pupils("area:1", 99), 8 * 10),
    "everyone at a school": (pupils("school:A", 99), 10),
    "a group of the town": (pupils("all:all", 99, "free"), 100),
    "a group of an area": (pupils("area:1", 99, "free"), 8),
    "a group at a school": (pupils("school:A", 99, "free"), 1),
    "those of no known group": (pupils("school:A", 99, "unknown"), 0.2),
}


@pytest.mark.parametrize("which", WEIGHTS)
def test_a_figure_weighs_more_the_more_it_is_about_and_little_where_the_group_is_not_known(which: str) -> None:
    shown, rank = WEIGHTS[which]
    found = town(shown, areas=dict(zip("ABCD", "1112", strict=True)))
    task = found.task(np.array([False]), np.array([False]), INTERNAL)
    assert task.weight == pytest.approx([(1 + log(100)) * rank])
    # Everyone, and what is about the whole town, is hidden only where nothing else helps.
    assert task.last.tolist() == [rank >= 10]


def test_a_figure_of_several_cells_weighs_as_much_as_they_do_on_average() -> None:
    found = town(figure("school:A", "passed", 99, 40))
    assert found.task(np.array([False]), np.array([False]), INTERNAL).weight == pytest.approx([(1 + log(100)) * 10])
