"""The change of segregation between two years, taken apart: schools that closed and opened, margins, and structure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likvard.equity.estimate import NO_INTERVAL, Estimate, estimate
from likvard.equity.intervals import Floats
from likvard.equity.segregation import Allocation, allocation, measure
from likvard.equity.sums import Labels, ratio

SMALL = 1e-4
ROUNDS = 2000


@dataclass(frozen=True)
class Change:
    """M of two years and what the difference is made of: ``change`` = the five parts added up.

    ``left``: schools that were there only before; ``joined``: only after; ``groups``: the groups' shares of the area;
    ``sizes``: the schools' shares of the pupils; ``structure``: who goes where, when all that is held equal.
    """

    change: Estimate
    left: Estimate
    joined: Estimate
    groups: Estimate
    sizes: Estimate
    structure: Estimate


def change(before: tuple[Labels, Labels, ArrayLike, Labels], after: tuple[Labels, Labels, ArrayLike, Labels]) -> Change:
    """The change of M in each area from ``before`` to ``after``; each is (school, group, count, area).

    left = M before of the schools that stay − M before; joined = M after − M after of those that stay. For the
    schools that stay, the table of one year is fitted to the margins of the other by iterative proportional fitting
    (Deming & Stephan 1940), and the change is shared between structure, groups and sizes by their mean contribution
    over all orders (Shapley).
    Source: Elbers 2021, Sociol Methods Res 52:1443; Mora & Ruiz-Castillo 2009; Karmel & Maclachlan 1988. An empty
    cell of a table that is fitted counts as 0.0001 pupil, as otherwise no fit need exist. n is the smaller year's
    pupils. No interval: what the parts rest on is the whole of both years' pupils; for sampling noise compare with
    ``bootstrap.debiased`` of each year. Degenerate: an area that lacks a year gives ``missing``; one whose schools
    all changed, or whose groups all but one are gone, ``not_applicable`` in the parts that need them.
    """
    first, second = _aligned(before, after)
    there = (first.size > 0) & (second.size > 0)
    stay1, stay2 = (one.with_counts(np.where(there[:, None], one.counts, 0.0)) for one in (first, second))
    m1, m2 = measure(first, "M"), measure(second, "M")
    kept1, kept2 = measure(stay1, "M"), measure(stay2, "M")
    usable = np.isfinite(kept1) & np.isfinite(kept2)
    parts = _shapley(stay1, stay2, there, kept1, kept2)
    n = np.minimum(first.total, second.total)

    def found(value: Floats) -> Estimate:
        return estimate(value, NO_INTERVAL, n, units=first.areas)

    structure, groups, sizes = (np.where(usable, part, np.nan) for part in parts)
    return Change(*(found(part) for part in (m2 - m1, kept1 - m1, m2 - kept2, groups, sizes, structure)))


def _aligned(
    before: tuple[Labels, Labels, ArrayLike, Labels], after: tuple[Labels, Labels, ArrayLike, Labels]
) -> tuple[Allocation, Allocation]:
    """Both years with the same schools, groups and areas, in the same order."""
    parts = []
    for year, (school, group, count, by) in enumerate((before, after)):
        parts.append(
            pd.DataFrame(
                {
                    "school": pd.Series(school).reset_index(drop=True),
                    "group": pd.Series(group).reset_index(drop=True),
                    "count": np.asarray(count, dtype=float),
                    "by": "all" if by is None else pd.Series(by).reset_index(drop=True),
                    "year": year,
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    both = allocation(rows["school"], rows["group"], rows["count"], rows["by"])
    years = []
    for year in (0, 1):
        only = allocation(rows["school"], rows["group"], rows["count"].where(rows["year"] == year), rows["by"])
        place = pd.MultiIndex.from_arrays([both.areas[both.area], both.schools]).get_indexer(
            pd.MultiIndex.from_arrays([only.areas[only.area], only.schools])
        )
        counts = np.zeros_like(both.counts)
        counts[np.ix_(place, both.groups.get_indexer(only.groups))] = only.counts
        years.append(both.with_counts(counts))
    return years[0], years[1]


def _shapley(
    one: Allocation, two: Allocation, there: NDArray[np.bool_], at_first: Floats, at_last: Floats
) -> tuple[Floats, Floats, Floats]:
    """The mean contribution of structure, groups and sizes over the six orders in which they may change."""
    years = (one, two)
    value = {(0, 0, 0): at_first, (1, 1, 1): at_last}
    for key in np.ndindex(2, 2, 2):
        if key not in value:
            structure, groups, sizes = key
            value[key] = measure(_fitted(years[structure], years[groups], years[sizes], there), "M")
    parts = [np.zeros_like(at_first) for _ in range(3)]
    for order in permutations(range(3)):
        state = [0, 0, 0]
        for factor in order:
            earlier = value[(state[0], state[1], state[2])]
            state[factor] = 1
            parts[factor] = parts[factor] + (value[(state[0], state[1], state[2])] - earlier) / factorial(3)
    return parts[0], parts[1], parts[2]


def _fitted(structure: Allocation, groups: Allocation, sizes: Allocation, there: NDArray[np.bool_]) -> Allocation:
    """The first table with the second's groups and the third's sizes, as shares of each area."""
    counts = np.where(there[:, None], np.where(structure.counts > 0, structure.counts, SMALL), 0.0)
    goal_group = ratio(groups.margin, groups.total[:, None])
    goal_size = np.where(there, ratio(sizes.size, sizes.total[sizes.area]), 0.0)
    goal_group, goal_size = np.nan_to_num(goal_group), np.nan_to_num(goal_size)
    for _ in range(ROUNDS):
        counts = counts * np.nan_to_num(ratio(goal_size, counts.sum(axis=1)))[:, None]
        margin = structure.sum(counts)
        factor = np.nan_to_num(ratio(goal_group, margin))
        counts = counts * factor[structure.area]
        if np.abs(counts.sum(axis=1) - goal_size).max(initial=0.0) < 1e-12:
            break
    return structure.with_counts(counts)
