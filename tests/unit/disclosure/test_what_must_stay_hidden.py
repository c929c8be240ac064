"""How widely each hidden number of a small town must stay hidden."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_town import INTERNAL

from likvard.disclosure.profiles import LEAST_OF_ALL, PROFILES
from likvard.disclosure.quantities import Quantities

Place = tuple[str, str, str]
FEW = ("school:B", "lunch:free", "pupils")  # two pupils


def place(town: Quantities, unit: str, slot: str, quantity: str) -> int:
    here = town.cells["unit"].eq(f"{unit}@Y1") & town.cells["slot"].eq(slot) & town.cells["quantity"].eq(quantity)
    (number,) = np.flatnonzero(here)
    return int(number)


def figures_of(town: Quantities, cell: int) -> np.ndarray:
    """The figures that show a cell."""
    return np.asarray(town.system.shows[:, [cell]].toarray().ravel() != 0)


def nobody(town: Quantities) -> np.ndarray:
    return np.zeros(town.system.shows.shape[0], dtype=bool)


def test_a_number_of_pupils_below_the_threshold_stays_as_wide_as_the_threshold(found: Quantities) -> None:
    cell = place(found, *FEW)
    task = found.task(figures_of(found, cell), nobody(found), INTERNAL)
    assert task.level[cell] == INTERNAL.least == 5


def test_a_number_that_is_shown_or_large_or_of_nobody_needs_no_width(found: Quantities) -> None:
    everything = ~nobody(found)
    large = place(found, "school:A", "lunch:free", "pupils")  # twelve pupils
    no_one = place(found, "school:B", "lunch:unknown", "pupils")
    assert found.task(nobody(found), nobody(found), INTERNAL).level.max() == 0
    assert found.task(everything, nobody(found), INTERNAL).level[[large, no_one]].tolist() == [0, 0]


def test_how_many_have_a_teacher_of_some_kind_is_no_secret(found: Quantities) -> None:
    cell = place(found, *FEW)
    teaching = replace(found, of_teaching=np.ones_like(found.of_teaching))
    assert teaching.task(figures_of(found, cell), nobody(found), INTERNAL).level[cell] == 0


def test_a_sum_stays_as_wide_as_a_part_of_itself(found: Quantities) -> None:
    names = found.cells["quantity"].astype(str)
    sums = np.flatnonzero(names.str.startswith("sum ") & (found.truth != 0))
    task = found.task(~nobody(found), nobody(found), INTERNAL)
    assert len(sums) > 5
    assert task.level[sums] == pytest.approx(INTERNAL.amount_share * np.abs(found.truth[sums]))


def test_what_a_milder_edition_hid_is_asked_for_as_every_edition_asks(found: Quantities) -> None:
    cell, public = place(found, *FEW), PROFILES["public"]
    hidden = figures_of(found, cell)
    assert found.task(hidden, nobody(found), public).level[cell] == public.least == 10
    assert found.task(hidden, nobody(found), public, hidden).level[cell] == LEAST_OF_ALL


def test_totals_and_everyone_weigh_most(found: Quantities) -> None:
    task = found.task(nobody(found), nobody(found), INTERNAL)

    def weight(*where: str) -> float:
        return float(task.weight[figures_of(found, place(found, *where))].max())

    ranked = pd.Series(
        {
            "everyone in all schools": weight("all:all", "all", "pupils"),
            "everyone in an area": weight("area:1", "all", "pupils"),
            "everyone at a school": weight("school:A", "all", "pupils"),
            "a group at a school": weight("school:A", "lunch:free", "pupils"),
        }
    )
    assert ranked.is_monotonic_decreasing
    assert ranked.is_unique


def test_a_count_is_told_exactly_and_a_sum_as_closely_as_its_rounded_mean(found: Quantities) -> None:
    system, sums = found.system, found.cells["quantity"].astype(str).str.startswith("sum ").to_numpy()
    told = np.asarray(system.shows.sum(axis=0)).ravel() > 0
    counts = told & ~sums
    assert (system.told_low[counts] == found.truth[counts]).all()
    assert (system.told_high[counts] == found.truth[counts]).all()
    some = told & sums & (found.truth > 0)
    assert (system.told_high[some] > found.truth[some]).all()
