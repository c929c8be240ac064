"""Which cells of the record each row of a table of observations counts in, and sums over all cells at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likvard.indicators.record import EVERYONE, categories

Places: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[Any]

UNITS = {"school": "school_id", "area": "area_id", "all": None}
CELL = ["unit_kind", "unit_id", "period", "group_by", "group"]
NOWHERE = -1


@dataclass(frozen=True)
class Moments:
    """Of many collections of values at once: how many there are, their sum, and the sum of squares about their own mean."""

    n: Floats
    total: Floats
    squares: Floats

    @property
    def mean(self) -> Floats:
        """The mean of each collection; 0 of an empty one."""
        return np.divide(self.total, self.n, out=np.zeros(self.n.shape), where=self.n > 0)

    @property
    def deviation(self) -> Floats:
        """The sample standard deviation of each collection; NaN for fewer than two."""
        variance = np.divide(self.squares, self.n - 1, out=np.full(self.n.shape, np.nan), where=self.n > 1)
        return np.asarray(np.sqrt(variance))

    def pooled(self, into: Places, size: int) -> Moments:
        """The moments of ``size`` larger collections; ``into`` is where each lies, or ``NOWHERE``."""
        n, total = added(self.n, into, size), added(self.total, into, size)
        mean = Moments(n, total, n).mean
        apart = self.mean - np.where(into == NOWHERE, 0.0, mean[into])
        return Moments(n, total, added(self.squares + self.n * apart**2, into, size))


def added(values: Floats, into: Places, size: int) -> Floats:
    """The sum of ``values`` in each of ``size`` places."""
    there = into != NOWHERE
    return np.bincount(into[there], weights=values[there], minlength=size)


@dataclass(frozen=True)
class Cells:
    """The cells of one table of observations: every unit and period of the table, times everyone and every group.

    ``grid``: one row per cell, columns ``CELL`` – every cell that a reader may ask for, even one without observations. Of each unit
    and period stand everyone and the groups in the order of ``wanted``.

    Sums are made in two steps. An *atom* is one school, area and period; observations are first summed by atom and group
    (``places``: one array per dimension, ``NOWHERE`` where the group is not wanted), and atoms then into the cells (``within``:
    one array per kind of unit) – so that a million pupils are gone through once per dimension and not once per dimension and
    kind of unit.
    """

    grid: pd.DataFrame
    wanted: tuple[tuple[str, str], ...]
    atoms: pd.DataFrame
    places: tuple[Places, ...]
    within: tuple[Places, ...]

    def moments(self, x: Floats, spread: bool = True) -> Moments:
        """The moments of ``x`` (NaN: does not count) in each atom and group; without ``spread`` the squares are NaN."""
        size = len(self.atoms) * len(self.wanted)
        n, total, squares = (np.zeros(size) for _ in range(3))
        known = ~np.isnan(x)
        every = bool(known.all())
        values = x if every else x[known]
        for places in self.places:
            chosen, weights = (places if every else places[known]), values
            if (chosen == NOWHERE).any():
                chosen, weights = chosen[chosen != NOWHERE], weights[chosen != NOWHERE]
            n += np.bincount(chosen, minlength=size)
            total += np.bincount(chosen, weights=weights, minlength=size)
            if spread:
                mean = Moments(n, total, n).mean
                squares += np.bincount(chosen, weights=(weights - mean[chosen]) ** 2, minlength=size)
        return Moments(n, total, squares if spread else np.full(size, np.nan))

    def in_cells(self, of: Moments) -> Moments:
        """The moments of each cell of the grid, from those of the atoms and groups."""
        kinds = [of.pooled(into, len(self.grid)) for into in self.within]
        sums = ([getattr(kind, name) for kind in kinds] for name in ("n", "total", "squares"))
        return Moments(*(np.sum(parts, axis=0) for parts in sums))

    def counted(self, x: Floats) -> Floats:
        """The sum of ``x`` in each cell of the grid; NaN does not count."""
        return self.in_cells(self.moments(x, spread=False)).total

    @cached_property
    def observations(self) -> Floats:
        """The number of observations in each atom and group."""
        return self.moments(np.ones(len(self.places[0])), spread=False).n

    @cached_property
    def rows(self) -> Floats:
        """The number of observations in each cell of the grid."""
        return np.asarray(sum(added(self.observations, into, len(self.grid)) for into in self.within))


def cells_of(observations: pd.DataFrame, groups: Mapping[str, tuple[str, ...]]) -> Cells:
    """The cells of a table with the columns ``period``, one or both of ``school_id`` and ``area_id``, and dimensions.

    ``groups`` are the groups of each dimension; a dimension that is not a column of the table is left out, and so is a kind of
    unit. An observation without a unit (or whose group is not in ``groups``) counts only where it has one.
    """
    dimensions = {name: found for name, found in groups.items() if name in observations}
    wanted = ((EVERYONE, EVERYONE), *((name, group) for name, found in dimensions.items() for group in found))
    width = len(wanted)
    atom, atoms = _atoms(observations)
    offsets = accumulate((len(found) for found in dimensions.values()), initial=1)
    places = [atom * width]
    for (name, found), offset in zip(dimensions.items(), offsets, strict=False):
        code = pd.Categorical(observations[name], categories=list(found)).codes
        places.append(np.where(code < 0, NOWHERE, atom * width + offset + code))
    grids, within, base = [], [], 0
    for kind, column in UNITS.items():
        if column is not None and column not in atoms:
            continue
        unit = atoms[column] if column else pd.Series(EVERYONE, index=atoms.index)
        known = unit.notna().to_numpy()
        pairs = pd.MultiIndex.from_arrays([unit.astype(object), atoms["period"].astype(object)])
        found_at, units = pd.factorize(pairs[known], sort=True)
        first = np.full(len(atoms), NOWHERE, dtype=np.int64)
        first[known] = base + found_at * width
        cell = np.where(first[:, None] == NOWHERE, NOWHERE, first[:, None] + np.arange(width))
        within.append(cell.ravel())
        grids.append((kind, units))
        base += len(units) * width
    return Cells(_grid(grids, wanted), wanted, atoms, tuple(places), tuple(within))


def _atoms(observations: pd.DataFrame) -> tuple[Places, pd.DataFrame]:
    """The atom of each observation, and each atom's school, area (where the table has them) and period."""
    columns = [name for name in (*UNITS.values(), "period") if name is not None and name in observations]
    codes, names = zip(*(pd.factorize(observations[name], sort=True) for name in columns), strict=True)
    place = np.zeros(len(observations), dtype=np.int64)
    for code, found in zip(codes, names, strict=True):
        place = place * (len(found) + 1) + code + 1
    used, atom = _unique(place)
    parts = {}
    for name, found in reversed(list(zip(columns, names, strict=True))):
        code = used % (len(found) + 1) - 1
        parts[name] = pd.Series(np.asarray(found, dtype=object)[code], dtype=object).mask(code < 0, None)
        used = used // (len(found) + 1)
    return atom, pd.DataFrame({name: parts[name] for name in columns})


def _unique(place: Places) -> tuple[Places, Places]:
    """The values that occur, in order, and which of them each is."""
    codes, used = pd.factorize(place)
    order = np.argsort(used)
    back = np.empty(len(used), dtype=np.int64)
    back[order] = np.arange(len(used))
    return used[order], back[codes]


def _grid(kinds: list[tuple[str, pd.Index]], wanted: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """The cells of all kinds of unit, unit by unit and period by period; every column a category with its names in order."""
    count = sum(len(units) for _, units in kinds)
    of_units = {
        "unit_kind": np.repeat([kind for kind, _ in kinds], [len(units) for _, units in kinds]),
        "unit_id": np.concatenate([units.get_level_values(0).to_numpy(dtype=object) for _, units in kinds]),
        "period": np.concatenate([units.get_level_values(1).to_numpy(dtype=object) for _, units in kinds]),
    }
    of_groups = dict(zip(("group_by", "group"), zip(*wanted, strict=True), strict=True))
    return pd.DataFrame(
        {name: _categories(found, lambda codes: np.repeat(codes, len(wanted))) for name, found in of_units.items()}
        | {name: _categories(found, lambda codes: np.tile(codes, count)) for name, found in of_groups.items()}
    )


def _categories(values: Any, laid_out: Any) -> pd.Categorical:
    """The values as categories, each as often as ``laid_out`` says."""
    codes, names = pd.factorize(np.asarray(values, dtype=object), sort=True)
    return categories(laid_out(codes), list(names))
