"""Pupils' background as a scale: the socio-economic gradient of results, and whether resources follow need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likvard.contracts.codes import UNKNOWN
from likvard.equity.gradient import of_groups
from likvard.equity.resources import resource_slope
from likvard.indicators.between import wholes, with_period
from likvard.indicators.cells import Cells, Floats
from likvard.indicators.levels import Levels
from likvard.indicators.record import (
    AGAINST_NEED,
    BETWEEN,
    COMPOSITIONAL,
    SHOWN,
    SLOPE,
    STRENGTH,
    WITHIN,
    rows_of,
)
from likvard.indicators.registry import Definition


@dataclass(frozen=True)
class Scale:
    """The dimension whose groups are a social scale, and the groups from the least to the most advantaged."""

    group_by: str
    groups: tuple[str, ...]

    def columns(self, cells: Cells) -> list[int]:
        """Where the groups stand among those of the cells; nothing where the table does not have the dimension."""
        pairs = [(self.group_by, group) for group in self.groups]
        return [cells.wanted.index(pair) for pair in pairs] if set(pairs) <= set(cells.wanted) else []

    def index(self, cells: Cells) -> Floats:
        """Each group's place from 0 to 1: the share of all pupils below it, and half of its own (Bross 1958, Biometrics 14:18)."""
        counts = cells.observations.reshape(len(cells.atoms), -1)[:, self.columns(cells)].sum(axis=0)
        return np.asarray((np.cumsum(counts) - counts / 2) / max(counts.sum(), 1.0))


def scale_of(groups: Mapping[str, tuple[str, ...]], references: Mapping[str, str]) -> Scale | None:
    """The first dimension of params as a scale: its groups in the order of the code list, the reference group at the top.

    None where the reference group is neither first nor last, so that the list is no scale from it.
    """
    group_by, names = next(iter(groups.items()))
    known = tuple(name for name in names if name != UNKNOWN)
    if references[group_by] == known[0]:
        known = known[::-1]
    return Scale(group_by, known) if references[group_by] == known[-1] and len(known) > 1 else None


def gradient(definition: Definition, found: Levels, scale: Scale, level: float) -> pd.DataFrame:
    """How a mean of pupils follows their background, for areas with at least three schools and for all.

    ``gradient_slope``: how much higher the top of the scale lies than its bottom (the slope index of inequality, Mackenbach &
    Kunst 1997, Soc Sci Med 44:757); ``gradient_strength``: the part of the pupils' differences that goes with background (R²);
    and the slope ``gradient_within`` schools, ``gradient_between`` schools and, their difference, ``gradient_compositional``.
    Pupils whose background is not known are left out. ``group_by`` is the dimension. n counts pupils, between schools schools.
    """
    columns = scale.columns(found.of)
    told = definition.kind == "mean" and not definition.clustered and scale.group_by not in definition.not_by
    if not told or not columns or found.moments is None or "school_id" not in found.of.atoms:
        return pd.DataFrame()
    n, total, squares = (
        part.reshape(len(found.of.atoms), -1)[:, columns]
        for part in (found.moments.n, found.moments.total, found.moments.squares)
    )
    parts = []
    for kind, unit in wholes(found.of, n.sum(axis=1) > 0):
        of = of_groups(n, total, squares, scale.index(found.of), found.of.atoms["school_id"], unit, level)
        made = {SLOPE: of.slope, STRENGTH: of.strength, WITHIN: of.apart.within}
        made |= {BETWEEN: of.apart.between, COMPOSITIONAL: of.apart.compositional}
        parts += [rows_of(part, measure, kind, group_by=scale.group_by) for measure, part in made.items()]
    return with_period(parts, found.of.atoms)


def need_of_schools(cells: Cells, scale: Scale) -> pd.DataFrame:
    """One row per school: ``need``, how far its pupils' background lies from the top of the scale (0 to 1), and ``pupils``."""
    columns = scale.columns(cells)
    if not columns or "school_id" not in cells.atoms:
        return pd.DataFrame()
    counts = cells.observations.reshape(len(cells.atoms), -1)[:, columns]
    rows = pd.DataFrame({"lack": counts @ (1 - scale.index(cells)), "pupils": counts.sum(axis=1)})
    of_school = rows.groupby(cells.atoms["school_id"]).sum()
    of_school = of_school[of_school["pupils"] > 0]
    return of_school.assign(need=of_school["lack"] / of_school["pupils"])[["need", "pupils"]]


def against_need(definition: Definition, found: Levels, need: pd.DataFrame, scale: Scale, level: float) -> pd.DataFrame:
    """How much more of a resource the schools have whose need is one standard deviation higher, for areas and all.

    A part of the mean resource: 0.10 is 10 per cent more; above 0 the resource follows need (compensatory), below 0 it goes the
    other way. An indicator that is better lower (pupils per teacher) counts as its inverse. n counts schools: at least five.
    """
    if not definition.is_resource or "school_id" not in found.of.atoms or need.empty:
        return pd.DataFrame()
    cells = found.cells[found.cells["unit_kind"].eq("school") & found.cells["status"].eq(SHOWN)]
    rows = pd.DataFrame({"school": cells["unit_id"].astype(object), "value": cells["value"]})
    rows = rows.merge(need, left_on="school", right_index=True)
    rows = rows[rows["value"].gt(0)] if definition.direction == "lower_is_better" else rows
    resource = 1 / rows["value"] if definition.direction == "lower_is_better" else rows["value"]
    parts = []
    for kind, unit in wholes(found.of):
        place = pd.Series(unit.to_numpy(), index=found.of.atoms["school_id"]).dropna()
        place = place[~place.index.duplicated()]
        where = rows["school"].map(place)
        if where.notna().any():
            slope = resource_slope(resource, rows["need"], rows["pupils"], where, level)
            parts.append(rows_of(slope, AGAINST_NEED, kind, group_by=scale.group_by))
    return with_period(parts, found.of.atoms)
