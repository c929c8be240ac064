"""Between schools: how far results differ from school to school, and how unevenly groups are spread over schools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likvard.contracts.codes import UNKNOWN
from likvard.equity.bootstrap import debiased_groups
from likvard.equity.segregation import allocation, dissimilarity
from likvard.equity.spread import Schools, icc_of_schools
from likvard.indicators.cells import Cells
from likvard.indicators.levels import Levels
from likvard.indicators.record import BY_CHANCE, DEBIASED, DISSIMILARITY, EVERYONE, ICC, rows_of
from likvard.indicators.registry import Definition
from likvard.params import ResamplingChoice

Truths: TypeAlias = NDArray[np.bool_]

# Of two schools, each would know the other's part.
FEWEST_SCHOOLS = 3
WHOLES = {"area": "area_id", "all": None}


def spread_between_schools(definition: Definition, found: Levels, level: float) -> pd.DataFrame:
    """One row per area with at least three schools, and for all: ``icc``, the part of the pupils' differences in a mean
    that lies between schools, with its exact interval. n counts schools.
    """
    if definition.kind != "mean" or found.moments is None or "school_id" not in found.of.atoms or definition.clustered:
        return pd.DataFrame()
    every = slice(None, None, len(found.of.wanted))
    n, total, squares = found.moments.n[every], found.moments.total[every], found.moments.squares[every]
    parts = []
    for kind, unit in wholes(found.of):
        schools = Schools.of_moments(n, total, squares, found.of.atoms["school_id"], unit)
        parts.append(rows_of(icc_of_schools(schools, level), ICC, kind))
    return with_period(parts, found.of.atoms)


def spread_of_groups(
    cells: Cells,
    groups: Mapping[str, tuple[str, ...]],
    references: Mapping[str, str],
    level: float,
    choice: ResamplingChoice,
    apart: Executor,
) -> Callable[[], list[pd.DataFrame]]:
    """How unevenly each group is spread over schools, beside everyone else whose group is known, for areas and all.

    ``dissimilarity`` is the share of the group who would have to change school for all schools to have the same mix;
    ``by_chance`` what it would be on average if pupils were placed at random; ``debiased`` the index without that part, with its
    interval. Two groups give one figure. n counts pupils. The cells are those of one period.

    Pupils are drawn anew ``apart``, which may be elsewhere; what is returned waits for that and gives the rows.
    """
    asked = []
    counts = cells.observations.reshape(len(cells.atoms), len(cells.wanted))
    for group_by, names in groups.items():
        others = [name for name in names if name not in (UNKNOWN, references[group_by])]
        columns = [place for place, (by, group) in enumerate(cells.wanted) if by == group_by and group != UNKNOWN]
        if not columns or "school_id" not in cells.atoms:
            continue
        held = counts[:, columns]
        attended = held.sum(axis=1) > 0
        known = [cells.wanted[place][1] for place in columns]
        for kind, unit in wholes(cells, attended):
            of = allocation(
                np.repeat(cells.atoms["school_id"].to_numpy(), len(known)),
                np.tile(np.array(known, dtype=object), len(held)),
                held.ravel(),
                np.repeat(unit.to_numpy(), len(known)),
            )
            draw = partial(debiased_groups, seed=choice.seed, level=level, draws=choice.draws)
            asked.append((kind, group_by, of, others, apart.submit(draw, of, "D", others)))
    period = cells.atoms[["period"]].head(1)

    def told() -> list[pd.DataFrame]:
        parts = []
        for kind, group_by, of, others, better in asked:
            for group, found in zip(others, better.result(), strict=True):
                raw, by = dissimilarity(of, group), {"group_by": group_by, "group": group}
                parts.append(rows_of(raw, DISSIMILARITY, kind, **by))
                parts.append(rows_of(replace(raw, value=found.beside["by_chance"]), BY_CHANCE, kind, **by))
                parts.append(rows_of(found, DEBIASED, kind, **by))
        return [with_period(parts, period)]

    return told


def wholes(cells: Cells, attended: Truths | None = None) -> list[tuple[str, pd.Series]]:
    """For each kind of unit that has schools in it the unit of each atom; missing where the unit has too few schools (that
    are ``attended``, where given)."""
    found = []
    for kind, column in WHOLES.items():
        if column is not None and column not in cells.atoms:
            continue
        unit = cells.atoms[column] if column else pd.Series(EVERYONE, index=cells.atoms.index, dtype=object)
        school = cells.atoms["school_id"] if attended is None else cells.atoms["school_id"].where(attended)
        schools = school.groupby(unit).transform("nunique")
        found.append((kind, unit.where(schools >= FEWEST_SCHOOLS)))
    return found


def with_period(parts: list[pd.DataFrame], atoms: pd.DataFrame) -> pd.DataFrame:
    """All rows under each other with the period of the atoms they were measured in."""
    if not parts:
        return pd.DataFrame()
    return pd.concat(parts, ignore_index=True).assign(period=atoms["period"].iloc[0])
