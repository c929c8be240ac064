"""Made-up municipalities of any size, to try suppression and attack on: seeded, so the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from likvard.disclosure.system import NOBODY, Flags, Floats, System, equations, margins, owners_of_totals
from likvard.disclosure.task import Task

ALL = "all"


@dataclass(frozen=True)
class Town:
    """Schools in areas, pupils in groups, and an outcome: the cells (unit, group, outcome) with their true values."""

    cells: pd.DataFrame
    truth: Floats
    system: System

    def task(self, least: int) -> Task:
        """What must be hidden at this threshold: counts of 1 to ``least`` − 1, and shares with so few on either side."""
        small = (self.truth < least) & ((self.truth > 0) | self.cells["outcome"].ne("n").to_numpy())
        small &= self.truth_of("n") > 0
        level = np.where(small, float(least), 0.0)
        hidden = np.asarray((self.system.shows @ small.astype(np.float64)) > 0)
        total = self.cells["group"].eq(ALL).to_numpy() | self.cells["unit"].eq(ALL).to_numpy()
        size = np.log1p(self.truth_of("n"))
        rank = np.select(
            [self.cells["unit"].eq(ALL), self.cells["unit"].str.startswith("area")], [8.0, 4.0], default=1.0
        ) * np.where(self.cells["group"].eq(ALL), 3.0, 1.0)
        shown = self.system.shows
        weight = np.asarray((shown @ ((1 + size) * rank)) / np.maximum(shown.sum(axis=1), 1))
        last = np.asarray((shown @ total.astype(np.float64)) > 0)
        return Task.of(self.system, self.truth, level, hidden, weight=weight, last=last)

    def truth_of(self, outcome: str) -> Floats:
        """For every cell, the true value of the cell of the same unit and group with this outcome."""
        whole = self.cells.assign(value=self.truth)
        found = whole[whole["outcome"] == outcome].set_index(["unit", "group"])["value"]
        return np.asarray(found.loc[pd.MultiIndex.from_frame(self.cells[["unit", "group"]])].to_numpy())


def town(
    schools: int, groups: int, areas: int, *, pupils: float = 250, seed: int = 1, with_outcome: bool = True
) -> Town:
    """A town with so many schools, in so many areas, with so many groups; ``pupils`` is the median number per school.

    Each school's principal knows her school's cells. A figure of pupils shows the count of a unit and group; a figure of the
    outcome shows that count, those with the outcome and those without.
    """
    random = np.random.default_rng(seed)
    size = np.maximum(random.lognormal(np.log(pupils), 0.5, schools), 8).astype(int)
    mixed = random.dirichlet(np.linspace(4, 0.3, groups) * 2, schools)
    counts = np.array([random.multinomial(many, share) for many, share in zip(size, mixed, strict=True)])
    hits = random.binomial(counts, np.clip(random.normal(0.75, 0.12, (schools, 1)), 0.05, 0.98))
    unit = [f"school{number}" for number in range(schools)]
    area = [f"area{number}" for number in np.sort(np.arange(schools) % areas)]
    group = [f"group{number}" for number in range(groups)]
    outcomes = {"n": counts, "hits": hits, "rest": counts - hits} if with_outcome else {"n": counts}
    base = pd.concat(
        pd.DataFrame(table, index=unit, columns=group)
        .rename_axis("unit")
        .reset_index()
        .melt("unit", var_name="group")
        .assign(outcome=outcome)
        for outcome, table in outcomes.items()
    )
    area_of = dict(zip(unit, area, strict=True))
    by_area = base.assign(unit=base["unit"].map(area_of))
    units = pd.concat([base, by_area, base.assign(unit=ALL)])
    whole = pd.concat([units, units.assign(group=ALL)]).groupby(["unit", "group", "outcome"], sort=False)["value"].sum()
    cells = whole.reset_index()
    truth = cells.pop("value").to_numpy(dtype=np.float64)
    links = [
        margins("unit", pd.DataFrame({"parent": area, "child": unit})),
        margins("unit", pd.DataFrame({"parent": ALL, "child": sorted(set(area))})),
        margins("group", pd.DataFrame({"parent": ALL, "child": group})),
    ]
    if with_outcome:
        links.append(margins("outcome", pd.DataFrame({"parent": "n", "child": ["hits", "rest"]})))
    owner = (
        cells["unit"].map({name: number for number, name in enumerate(unit)}).fillna(NOBODY).to_numpy(dtype=np.int64)
    )
    added_up = equations(cells, pd.concat(links, ignore_index=True))
    high = np.where(_n(cells, truth) > 0, np.inf, 0.0)
    system = System(
        equations=added_up,
        low=np.zeros(len(cells)),
        high=high,
        told_low=truth,
        told_high=truth,
        owner=owners_of_totals(added_up, high, np.asarray(owner, dtype=np.int64)),
        shows=_figures(cells, with_outcome),
    )
    return Town(cells, truth, system)


def _n(cells: pd.DataFrame, truth: Floats) -> Floats:
    """The number of pupils in each cell's unit and group: a group that a unit does not have is no secret."""
    n = cells.assign(value=truth).query("outcome == 'n'").set_index(["unit", "group"])["value"]
    return np.asarray(n.loc[pd.MultiIndex.from_frame(cells[["unit", "group"]])].to_numpy())


def _figures(cells: pd.DataFrame, with_outcome: bool) -> sparse.csr_array:
    """Figures × cells: a count of each unit and group, and an outcome of each, which shows all its cells."""
    number, _ = pd.factorize(pd.MultiIndex.from_frame(cells[["unit", "group"]]))
    count_of: Flags = cells["outcome"].eq("n").to_numpy()
    place = np.arange(len(cells))
    figures = int(number.max()) + 1
    rows = [number[count_of]] + ([figures + number] if with_outcome else [])
    columns = [place[count_of]] + ([place] if with_outcome else [])
    row, column = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_array((np.ones(len(row)), (row, column)), (figures * (2 if with_outcome else 1), len(cells)))
