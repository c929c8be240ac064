"""The cells of one table of a period: units × slots, for the indicators that are about the same pupils.

A *unit* is a school, an area or all schools; a *slot* is everyone or a group. A *node* is one slot of one unit; at it stand the
pupils (n), those counted and those left of every share, and the sum behind every mean. Hidden at a node is what no indicator
shows there. Nothing here is computed: the grid says where in the system every quantity stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from likvard.disclosure.system import Flags, Floats, Whole
from likvard.indicators.record import EVERYONE

NONE = -1
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """One table.

    ``schools``: how many of the units are schools; they come first. ``area_of``, ``small_of``: the unit that is the area of each
    school (``NONE`` without one), where it has enough schools to show groups, and where it has too few and shows everyone alone.
    ``whole``: the unit of all schools, or ``NONE``. ``by``: the dimension of each slot, 0 for everyone, who come first.
    ``n`` (units × slots), ``counted``, ``left`` (shares × units × slots) and ``sums`` (means × units × slots): numbers of cells,
    ``NONE`` where there is none. ``figure``: indicators × units × slots, a number for each figure, ``NONE`` where there is none;
    shares come first, then means, and last what counts the pupils themselves, where something does.
    """

    schools: int
    area_of: Whole
    small_of: Whole
    whole: int
    by: Whole
    n: Places
    counted: Places
    left: Places
    sums: Places
    figure: Places

    @cached_property
    def above(self) -> list[list[int]]:
        """For each school, its areas."""
        return [[int(unit) for unit in pair if unit != NONE] for pair in zip(self.area_of, self.small_of, strict=True)]

    def under(self, unit: int) -> Whole:
        """The schools that a unit consists of."""
        if unit < self.schools:
            return np.array([unit])
        if unit == self.whole:
            return np.arange(self.schools)
        return np.flatnonzero((self.area_of == unit) | (self.small_of == unit))


def grids(cells: pd.DataFrame, shown: pd.DataFrame, homes: pd.DataFrame) -> Iterator[Grid]:
    """The tables of one period.

    ``cells``: unit, slot, quantity, one row per cell of the system. ``shown``: figure, unit, slot, indicator, n_name, kind, one
    row per figure. ``homes``: school, area, large, the units of each school and whether its area shows groups.
    """
    places = cells.assign(cell=np.arange(len(cells)))
    for name, part in shown.groupby("n_name", sort=True):
        here = places[places["quantity"].isin(_quantities(str(name), part))]
        schools = homes[homes["school"].isin(here["unit"])].sort_values("school")
        others = sorted(set(here["unit"]) - set(schools["school"]))
        units = pd.Index([*schools["school"], *others])
        slots = pd.Index(sorted(set(here["slot"]) | {EVERYONE}, key=lambda slot: (slot != EVERYONE, slot)))
        area = units.get_indexer(pd.Index(schools["area"]))
        large = schools["large"].to_numpy(dtype=bool)
        rated = part[part["kind"].isin(["share", "mean"])]
        shares = sorted(set(rated.loc[rated["kind"].eq("share"), "indicator"]))
        means = sorted(set(rated.loc[rated["kind"].eq("mean"), "indicator"]))
        whole = [number for number, unit in enumerate(units) if unit.startswith("all:")]

        def table(quantity: str, here: pd.DataFrame = here, units: pd.Index = units, slots: pd.Index = slots) -> Places:
            rows = here[here["quantity"] == quantity]
            return _spread(rows, rows["cell"], units, slots)

        shape = (len(units), len(slots))
        people = part[~part.index.isin(rated.index)]
        layers = [*(rated[rated["indicator"] == one] for one in [*shares, *means]), *([people] if len(people) else [])]
        figure = [_spread(rows, rows["figure"], units, slots) for rows in layers]
        yield Grid(
            schools=len(schools),
            area_of=np.where(large, area, NONE),
            small_of=np.where(large, NONE, area),
            whole=whole[0] if whole else NONE,
            by=pd.factorize(pd.Series(slots).str.split(":").str[0])[0].astype(np.int64),
            n=table(str(name)),
            counted=np.array([table("with " + one) for one in shares], dtype=np.int64).reshape(-1, *shape),
            left=np.array([table("without " + one) for one in shares], dtype=np.int64).reshape(-1, *shape),
            sums=np.array([table("sum " + one) for one in means], dtype=np.int64).reshape(-1, *shape),
            figure=np.array(figure),
        )


def _quantities(name: str, part: pd.DataFrame) -> list[str]:
    sides = [side + one for one in set(part["indicator"]) for side in ("with ", "without ", "sum ")]
    return [name, *sides]


def _spread(rows: pd.DataFrame, values: pd.Series, units: pd.Index, slots: pd.Index) -> Places:
    result = np.full((len(units), len(slots)), NONE, dtype=np.int64)
    result[units.get_indexer(pd.Index(rows["unit"])), slots.get_indexer(pd.Index(rows["slot"]))] = values.to_numpy()
    return result


def at(numbers: Places, values: Floats) -> Floats:
    """The value of each cell, nought where there is none."""
    return np.where(numbers == NONE, 0.0, values[numbers])


def shown_by(figure: Places, hidden: Flags) -> Flags:
    """Where there is a figure and it is shown."""
    return np.asarray((figure != NONE) & ~hidden[figure])
