"""Which cells of the record each row of a table of observations counts in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likvard.indicators.record import EVERYONE

Places: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[Any]

UNITS = {"school": "school_id", "area": "area_id", "all": None}
CELL = ["unit_kind", "unit_id", "period", "group_by", "group"]
NOWHERE = -1


@dataclass(frozen=True)
class Cells:
    """The cells of one table of observations: every unit and period of the table, times everyone and every group.

    ``grid``: one row per cell, columns ``CELL`` – every cell that a reader may ask for, even one without observations.
    ``places``: one array per kind of unit and dimension; for each observation the row of ``grid`` that it counts in.
    """

    grid: pd.DataFrame
    places: tuple[Places, ...]

    def counted(self, chosen: NDArray[np.bool_] | None = None, weights: Floats | None = None) -> Floats:
        """For each cell the number of observations, or the sum of their ``weights``; only those ``chosen``, where given."""
        total = np.zeros(len(self.grid))
        for places in self.places:
            there = places != NOWHERE if chosen is None else (places != NOWHERE) & chosen
            total += np.bincount(
                places[there], weights=None if weights is None else weights[there], minlength=len(self.grid)
            )
        return total


def cells_of(observations: pd.DataFrame, groups: Mapping[str, tuple[str, ...]]) -> Cells:
    """The cells of a table with the columns ``period``, one or both of ``school_id`` and ``area_id``, and dimensions.

    ``groups`` are the groups of each dimension; a dimension that is not a column of the table is left out, and so is a kind of
    unit. An observation without a unit (or whose group is not in ``groups``) counts only where it has one.
    """
    dimensions = {name: found for name, found in groups.items() if name in observations}
    wanted = [(EVERYONE, EVERYONE), *((name, group) for name, found in dimensions.items() for group in found)]
    codes = {
        name: pd.Categorical(observations[name], categories=list(found)).codes for name, found in dimensions.items()
    }
    offsets = dict(zip(dimensions, accumulate((len(found) for found in dimensions.values()), initial=1), strict=False))
    grids, places, base = [], [], 0
    for kind, column in UNITS.items():
        if column is not None and column not in observations:
            continue
        unit = observations[column] if column else pd.Series(EVERYONE, index=observations.index)
        known = unit.notna().to_numpy()
        pairs = pd.MultiIndex.from_arrays([unit.astype(object), observations["period"].astype(object)])
        found, units = pd.factorize(pairs[known], sort=True)
        place = np.full(len(observations), NOWHERE, dtype=np.int64)
        place[known] = base + found * len(wanted)
        places.append(place)
        for name, code in codes.items():
            places.append(np.where((place == NOWHERE) | (code < 0), NOWHERE, place + offsets[name] + code))
        grids.append(_grid(kind, units, wanted))
        base += len(units) * len(wanted)
    return Cells(pd.concat(grids, ignore_index=True), tuple(places))


def _grid(kind: str, units: pd.Index, wanted: list[tuple[str, str]]) -> pd.DataFrame:
    """The cells of one kind of unit, unit by unit and period by period."""
    unit_ids, periods = (units.get_level_values(level).to_numpy(dtype=object) for level in (0, 1))
    group_by, group = (np.array(names, dtype=object) for names in zip(*wanted, strict=True))
    return pd.DataFrame(
        {
            "unit_kind": kind,
            "unit_id": np.repeat(unit_ids, len(wanted)),
            "period": np.repeat(periods, len(wanted)),
            "group_by": np.tile(group_by, len(units)),
            "group": np.tile(group, len(units)),
        }
    )
