"""Swaps: changes of the true table that leave all totals as they are, and what each would cost readers.

A swap moves as many pupils into one group of a school and out of another as it moves back at a second school. What nobody can
tell from the truth after one swap up and one swap down is as wide as both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from likvard.disclosure.grid import NONE, Grid, at, shown_by
from likvard.disclosure.system import Flags, Floats, Whole

NEVER = 1e15
MOST_PATTERNS = 60

Shape = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Kind:
    """What a swap moves.

    ``what``: ``n``, pupils, counted or left as it comes; ``counted`` or ``left``, pupils who are that in the share ``number``;
    ``across``, pupils of that share from left to counted; ``sum``, the sum of the mean ``number``.
    """

    what: str
    number: int = 0

    def figures(self, grid: Grid) -> slice:
        """Which indicators of the grid must be hidden where it moves."""
        if self.what in ("n", "counted", "left"):
            return slice(None)
        place = self.number + (len(grid.counted) if self.what == "sum" else 0)
        return slice(place, place + 1)


@dataclass(frozen=True)
class Step:
    """One swap of a kind: ``far`` more in ``plus`` and fewer in ``minus`` at ``own``, the opposite at ``other``.

    Where ``other`` is ``NONE`` the totals move instead.
    """

    kind: Kind
    own: int
    other: int
    plus: tuple[int, ...]
    minus: tuple[int, ...]
    far: float

    def nodes(self, grid: Grid) -> list[tuple[int, int, float]]:
        """Unit, slot and sign of all that it moves: the schools, and the totals above them that it does not leave alone."""
        ends = [(self.own, 1.0)] + ([(self.other, -1.0)] if self.other != NONE else [])
        units = [
            (unit, sign)
            for school, sign in ends
            for unit in (school, *grid.above[school])
            if self.other == NONE or unit not in set(grid.above[self.own]) & set(grid.above[self.other])
        ]
        if self.other == NONE and grid.whole != NONE:
            units.append((grid.whole, 1.0))
        signs = [(slot, 1.0) for slot in self.plus] + [(slot, -1.0) for slot in self.minus]
        return [(unit, slot, sign * side) for unit, side in units for slot, sign in signs]

    def figures(self, grid: Grid) -> set[int]:
        """The figures that must be hidden for it."""
        places = [(unit, slot) for unit, slot, _ in self.nodes(grid)]
        units, slots = [unit for unit, _ in places], [slot for _, slot in places]
        found = grid.figure[self.kind.figures(grid)][:, units, slots]
        return set(found[found != NONE].tolist())


def patterns(grid: Grid, slot: int, many: Floats, *, wide: bool) -> list[Shape]:
    """The slots that can move with ``slot``: another group of its dimension the other way, or (``wide``) everyone with one group
    of each dimension. ``many``: the pupils of each slot, of which the largest are taken where there are too many patterns."""
    if not wide:
        return [((slot,), (int(other),)) for other in np.flatnonzero(grid.by == grid.by[slot]) if other != slot]
    dimensions = [np.flatnonzero(grid.by == by) for by in range(1, int(grid.by.max(initial=0)) + 1)]
    chosen = [[slot] if slot in groups else [int(one) for one in groups] for groups in dimensions]
    most = len(max(chosen, key=len, default=[]))
    while np.prod([len(groups) for groups in chosen]) > MOST_PATTERNS:
        most -= 1
        chosen = [sorted(sorted(groups, key=lambda one: -many[one])[:most]) for groups in chosen]
    return [((0, *groups), ()) for groups in product(*chosen)]


@dataclass(frozen=True)
class Swaps:
    """All swaps of a kind between ``own`` schools and ``others`` (the last of which is ``NONE``): patterns × own × others.

    ``cost``: what readers lose by hiding what is not hidden yet; ``up`` and ``down``: how far each can go.
    """

    own: Whole
    others: Whole
    cost: Floats
    up: Floats
    down: Floats


@dataclass
class Table:
    """The true table of a grid (or what it has become by swaps so far) and what is hidden in it.

    ``beside`` (units × slots): what it costs in other tables of almost the same people where the pupils of a node move in this.
    """

    grid: Grid
    truth: Floats
    alive: Flags
    weight: Floats
    hidden: Flags
    beside: Floats

    @cached_property
    def lifted(self) -> tuple[Flags, Flags]:
        """Whether two schools lie under different large areas, and under different small ones."""
        area, small = self.grid.area_of, self.grid.small_of
        return area[:, None] != area[None, :], small[:, None] != small[None, :]

    def price(self, kind: Kind) -> Floats:
        """units × slots: what it costs to hide each node for the kind; ``NEVER`` where a school has nobody to move."""
        grid = self.grid
        figure = grid.figure[kind.figures(grid)]
        loss = np.where(shown_by(figure, self.hidden), self.weight[figure], 0.0).sum(axis=0)
        if kind.what in ("n", "counted", "left"):
            loss = loss + self.beside
        moved = {"sum": grid.sums, "n": grid.n[None]}.get(kind.what, grid.counted)[kind.number] != NONE
        loss[: grid.schools][~(self.alive & moved)[: grid.schools]] = NEVER
        return np.asarray(loss)

    def stocks(self, kind: Kind) -> tuple[Floats, Floats]:
        """What limits a fall, and what limits a rise: limits × parts × units × slots, each limit the sum of its parts."""
        grid, truth = self.grid, self.truth
        nothing = np.zeros((0, 2, *grid.n.shape))
        if kind.what == "sum":
            return _limits([[at(grid.sums[kind.number], truth)]]), nothing
        if kind.what == "across":
            return _limits([[at(grid.counted[kind.number], truth)]]), _limits([[at(grid.left[kind.number], truth)]])
        sides = {"counted": at(grid.counted, truth), "left": at(grid.left, truth)}
        falls = [[at(grid.n, truth)]]
        for number in range(len(grid.counted)):
            mine = [kind.what] if kind.what in sides and kind.number == number else list(sides)
            falls.append([sides[side][number] for side in mine])
        return _limits(falls), nothing

    def room(self, kind: Kind, shapes: list[Shape], own: Whole, others: Whole) -> tuple[Floats, Floats]:
        """How far each swap can go up and down: patterns × own × others, the last of whom is nobody, who limits nothing."""
        falls, rises = self.stocks(kind)
        none = len(self.grid.by)
        plus, minus = (_padded([shape[side] for shape in shapes], none) for side in (0, 1))
        more, less = _least(falls, plus), _least(falls, minus)
        # Where a swap lets pupils rise, those left must be enough, on the other side.
        more, less = np.concatenate([more, _least(rises, minus)]), np.concatenate([less, _least(rises, plus)])
        ways = []
        for here, there in ((less, more), (more, less)):
            elsewhere = np.concatenate([there[..., others], np.full((*there.shape[:-1], 1), np.inf)], axis=-1)
            ways.append(np.minimum(here[..., own, None], elsewhere[..., None, :]).sum(axis=1).min(axis=0))
        return ways[0], ways[1]

    def swaps(self, kind: Kind, shapes: list[Shape], own: Whole, others: Whole) -> Swaps:
        """Every swap of these patterns between these schools; ``others`` are schools, and nobody is added to them."""
        grid = self.grid
        count = len(grid.by)
        plus, minus = np.zeros((len(shapes), count), dtype=bool), np.zeros((len(shapes), count), dtype=bool)
        for number, (more, less) in enumerate(shapes):
            plus[number, list(more)], minus[number, list(less)] = True, True
        touched = (plus | minus).astype(np.float64)
        price = self.price(kind)
        of_unit = touched @ price.T
        above = np.zeros((2, len(shapes), grid.schools))
        for level, area in enumerate((grid.area_of, grid.small_of)):
            has = area != NONE
            above[level][:, has] = of_unit[:, area[has]]
        apart = [which[np.ix_(own, others)] for which in self.lifted]
        cost = of_unit[:, own][:, :, None] + of_unit[:, others][:, None, :]
        for level in (0, 1):
            cost += apart[level] * (above[level][:, own][:, :, None] + above[level][:, others][:, None, :])
        alone = of_unit[:, own] + above[:, :, own].sum(axis=0)
        if grid.whole != NONE:
            alone = alone + of_unit[:, grid.whole][:, None]
        cost[:, own[:, None] == others[None, :]] = NEVER
        up, down = self.room(kind, shapes, own, others)
        return Swaps(own, np.append(others, NONE), np.concatenate([cost, alone[:, :, None]], axis=2), up, down)

    def changes(self, step: Step) -> dict[int, float]:
        """How each cell changes by the step."""
        grid, kind = self.grid, step.kind
        nodes = step.nodes(grid)
        moved: dict[int, float] = {}

        def move(places: np.ndarray, unit: int, slot: int, far: float) -> None:
            if (cell := int(places[unit, slot])) != NONE:
                moved[cell] = moved.get(cell, 0.0) + far

        if kind.what == "sum":
            for unit, slot, sign in nodes:
                move(grid.sums[kind.number], unit, slot, sign * step.far)
            return moved
        if kind.what == "across":
            for unit, slot, sign in nodes:
                move(grid.counted[kind.number], unit, slot, sign * step.far)
                move(grid.left[kind.number], unit, slot, -sign * step.far)
            return moved
        falling = [(unit, slot) for unit, slot, sign in nodes if sign * step.far < 0 and unit < grid.schools]
        for unit, slot, sign in nodes:
            move(grid.n, unit, slot, sign * step.far)
        for number in range(len(grid.counted)):
            part = self._part_counted(kind, number, falling)
            for unit, slot, sign in nodes:
                move(grid.counted[number], unit, slot, sign * step.far * part)
                move(grid.left[number], unit, slot, sign * step.far * (1 - part))
        return moved

    def _part_counted(self, kind: Kind, number: int, falling: list[tuple[int, int]]) -> float:
        """The part of those who move that is counted in a share."""
        if kind.what != "n" and kind.number == number:
            return 1.0 if kind.what == "counted" else 0.0
        if not falling:
            return 0.5
        units, slots = [unit for unit, _ in falling], [slot for _, slot in falling]
        counted = at(self.grid.counted[number][units, slots], self.truth).min()
        left = at(self.grid.left[number][units, slots], self.truth).min()
        return float(counted / (counted + left)) if counted + left > 0 else 0.5


def _limits(limits: list[list[Floats]]) -> Floats:
    """limits × 2 parts × units × slots: a limit of one part has another that adds nothing."""
    return np.stack([np.stack([*parts, np.zeros_like(parts[0])][:2]) for parts in limits])


def _padded(slots: list[tuple[int, ...]], none: int) -> Whole:
    """patterns × the most slots of a pattern, at least one; ``none`` where a pattern has fewer."""
    most = max(1, *(len(some) for some in slots))
    return np.array([[*some, *[none] * (most - len(some))] for some in slots], dtype=np.int64)


def _least(stock: Floats, slots: Whole) -> Floats:
    """limits × parts × patterns × units: the least stock in the slots of each pattern, infinite where it has none."""
    padded = np.concatenate([stock, np.full((*stock.shape[:-1], 1), np.inf)], axis=-1)
    return np.asarray(np.moveaxis(padded[..., slots].min(axis=-1), -2, -1))
