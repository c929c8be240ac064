"""A safe pattern by swaps: what the flow uses, as whole school systems take it seconds.

For every sensitive cell the swaps are found that cost readers least, and what they touch is hidden. Whoever sees a swap, as it
moves pupils of her own school, is met by another that does not. Every swap is a claim: the attack checks each against the whole
system, and counts none that does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from likvard.disclosure.grid import NONE, Grid, at, shown_by
from likvard.disclosure.swaps import NEVER, Kind, Shape, Step, Swaps, Table, patterns
from likvard.disclosure.system import NOBODY, Flags, Floats, Whole
from likvard.disclosure.task import Task

LEAST = 1e-6
MOST_STEPS = 30
MOST_TURNS = 12

Move = dict[int, float]


@dataclass
class Plan:
    """Moves that give a cell (some of) the width it needs, the figures that must be hidden for them, and what that costs."""

    cost: float
    width: float
    moves: list[Move]
    figures: set[int]


@dataclass
class Search:
    """The search for one grid.

    ``level``: of every cell, at least the task's. ``beside`` (units × slots): what moving the pupils of a node costs in other
    tables. ``hidden``: of every figure of the task. Afterwards ``hidden`` has grown, ``moves`` are what was found, ``hidden_for``
    is the cell that each figure was hidden for, and ``left_over`` are the sensitive cells that nothing could protect.
    """

    grid: Grid
    task: Task
    level: Floats
    hidden: Flags
    moves: list[Move] = field(default_factory=list)
    hidden_for: dict[int, int] = field(default_factory=dict)
    left_over: list[int] = field(default_factory=list)
    beside: Floats = field(default_factory=lambda: np.zeros((1, 1)))
    _at: dict[int, list[tuple[float, frozenset[int]]]] = field(default_factory=dict)

    def run(self) -> Search:
        """The search itself, done; once more where ``level`` or ``hidden`` have grown."""
        grid = self.grid
        self.left_over.clear()
        # What was released before cannot be hidden any more.
        self.truth, self.weight = self.task.truth, np.where(self.task.known, NEVER, self.task.weight)
        self.owner = self.task.system.owner
        alive = (grid.n != NONE) & (at(grid.n, self.task.system.high) > 0)
        self.table = Table(grid, self.truth, alive, self.weight, self.hidden, self.beside)
        school_cells = np.where(grid.n[: grid.schools] == NONE, NOBODY, self.owner[grid.n[: grid.schools]])
        self.people = school_cells.max(axis=1, initial=NOBODY)
        there = (grid.figure != NONE).any(axis=0) | (grid.n != NONE)
        dark = there & ~shown_by(grid.figure, self.hidden).all(axis=0)
        # The smallest groups have the fewest ways out: what they must hide serves the others too.
        nodes = np.argwhere(dark)
        pupils = at(grid.n, self.truth)[nodes[:, 0], nodes[:, 1]]
        for unit, slot in nodes[np.argsort(pupils, kind="stable")].tolist():
            for cell, kinds in self._sensitive(unit, slot):
                self._protect(cell, kinds, unit, slot)
        return self

    def _sensitive(self, unit: int, slot: int) -> list[tuple[int, list[Kind]]]:
        """The cells of a node that are in need of protection, and what can move each."""
        grid = self.grid
        shown = shown_by(grid.figure[:, unit, slot], self.hidden)
        everything = not shown.any()
        found = [(int(grid.n[unit, slot]), [Kind("n")])] if everything else []
        shares = len(grid.counted)
        for number in np.flatnonzero(~shown[:shares]).tolist():
            for side, cells in (("counted", grid.counted), ("left", grid.left)):
                kinds = [Kind("across", number)] + ([Kind(side, number)] if everything else [])
                found.append((int(cells[number, unit, slot]), kinds))
        for number in range(len(grid.sums)):
            if not shown[shares + number]:
                found.append((int(grid.sums[number, unit, slot]), [Kind("sum", number)]))
        return [(cell, kinds) for cell, kinds in found if cell != NONE and self.level[cell] > 0]

    def _protect(self, cell: int, kinds: list[Kind], unit: int, slot: int) -> None:
        for _ in range(MOST_TURNS):
            who = self._who_knows(cell)
            if who is None:
                return
            plan = _cheapest(self._plan(cell, kind, unit, slot, who, wide=slot == 0) for kind in kinds)
            if plan is None and slot:
                plan = _cheapest(self._plan(cell, kind, unit, slot, who, wide=True) for kind in kinds)
            if plan is None:
                break
            self._keep(cell, plan)
        if self._who_knows(cell) is not None:
            self.left_over.append(cell)

    def _who_knows(self, cell: int) -> int | None:
        """Somebody to whom the cell is too narrow by the moves so far: everybody, or a principal. ``None``: nobody."""
        moves = self._at.get(cell, [])

        def narrow(who: int) -> bool:
            seen = [change for change, touched in moves if who not in touched]
            return bool(max([0.0, *seen]) - min([0.0, *seen]) < self.level[cell] - LEAST)

        if narrow(NOBODY):
            return NOBODY
        people = sorted(set().union(*(touched for _, touched in moves)) - {int(self.owner[cell])})
        return next((who for who in people if narrow(who)), None)

    def _keep(self, cell: int, plan: Plan) -> None:
        """Nothing; the moves of the plan are kept and what they touch is hidden."""
        for figure in sorted(plan.figures):
            if not self.hidden[figure]:
                self.hidden[figure] = True
                self.hidden_for[figure] = cell
        for move in plan.moves:
            owners = frozenset({int(self.owner[place]) for place, far in move.items() if abs(far) > LEAST} - {NOBODY})
            self.moves.append(move)
            if self.beside.any():
                self.beside[np.isin(self.grid.n, list(move))] = 0.0
            for place, far in move.items():
                self._at.setdefault(place, []).append((far, owners))

    def _plan(self, cell: int, kind: Kind, unit: int, slot: int, who: int, *, wide: bool) -> Plan | None:
        """The cheapest plan by one swap both ways, or else by several one after the other."""
        grid = self.grid
        under = grid.under(unit)
        alive = self.table.alive[: grid.schools, slot]
        mine = under[alive[under] & ((self.people[under] != who) | (who == NOBODY) | (unit < grid.schools))]
        inside = np.isin(np.arange(grid.schools), under)
        others = np.flatnonzero(~inside & alive & ((self.people != who) | (who == NOBODY)))
        many = at(grid.n[mine], self.truth).sum(axis=0)
        shapes = patterns(grid, slot, many, wide=wide)
        if not len(mine) or not shapes:
            return None
        need = float(self.level[cell])
        swaps = self.table.swaps(kind, shapes, mine, others)
        up, down = np.minimum(swaps.up, need), np.minimum(swaps.down, need)
        enough = (up + down >= need - LEAST) & (swaps.cost < NEVER)
        one: Plan | None = None
        if enough.any():
            cost = np.where(enough, swaps.cost, np.inf)
            best = np.unravel_index(np.argmax(np.where(cost <= cost.min() + LEAST, up + down, -1.0)), cost.shape)
            steps = [
                _step(kind, swaps, shapes, best, far)
                for far in (float(up[best]), -float(down[best]))
                if abs(far) > LEAST
            ]
            one = Plan(float(cost[best]), need, [self.table.changes(step) for step in steps], steps[0].figures(grid))
            if not self._opens_totals(one):
                return one

        def plans() -> Iterator[Plan | None]:
            yield one
            yield self._several(cell, kind, shapes, mine, others, first=swaps)
            yield self._grown(cell, kind, shapes, mine, others, who, int(grid.n[unit, slot]))

        return _cheapest(plans())

    def _grown(
        self, cell: int, kind: Kind, shapes: list[Shape], mine: Whole, others: Whole, who: int, pupils: int
    ) -> Plan | None:
        """The plan where first the group grows, as far as it must be able to anyway, and then its pupils change sides."""
        moves = [move for move in self.moves if kind.what == "across" and move.get(pupils, 0.0) > LEAST]
        unseen = [move for move in moves if who == NOBODY or all(self.owner[place] != who for place in move)]
        if not unseen:
            return None
        most = max(unseen, key=lambda move: move[pupils])
        sign = 1.0 if cell in self.grid.counted[kind.number] else -1.0
        return self._several(cell, kind, shapes, mine, others, start=most, signs=(sign,))

    def _opens_totals(self, plan: Plan) -> bool:
        """Whether the plan hides a total that is shown so far: then a dearer search may be worth its time."""
        totals = self.grid.figure[:, self.grid.schools :]
        everyone = self.grid.figure[:, :, 0]
        last = set(totals[totals != NONE].tolist()) | set(everyone[everyone != NONE].tolist())
        return any(not self.hidden[figure] for figure in plan.figures & last)

    def _several(
        self,
        cell: int,
        kind: Kind,
        shapes: list[Shape],
        mine: Whole,
        others: Whole,
        start: Move | None = None,
        signs: tuple[float, ...] = (1.0, -1.0),
        first: Swaps | None = None,
    ) -> Plan | None:
        """Swaps one after the other, the one that costs least for how far it goes first: up, and where that falls short down.

        ``start``: a move that comes before them. ``first``: the swaps of the table as it is, where they are known already.
        """
        need = float(self.level[cell])
        plan = Plan(0.0, 0.0, [], set())
        hidden = self.hidden.copy()
        for sign in signs:
            table = Table(self.grid, self.truth.copy(), self.table.alive, self.weight, hidden, self.beside)
            together: Move = dict(start or {})
            for place, change in together.items():
                table.truth[place] += change
            gone = max(0.0, together.get(cell, 0.0))
            for _ in range(MOST_STEPS):
                rest = need - plan.width - gone
                if rest <= LEAST:
                    break
                swaps = first or table.swaps(kind, shapes, mine, others)
                first = None
                far = np.minimum(swaps.up if sign > 0 else swaps.down, rest)
                usable = (far > LEAST) & (swaps.cost < NEVER)
                if not usable.any():
                    break
                price = np.where(usable, swaps.cost / np.maximum(far, LEAST), np.inf)
                best = np.unravel_index(np.argmax(np.where(price <= price.min() + LEAST, far, -1.0)), price.shape)
                step = _step(kind, swaps, shapes, best, sign * float(far[best]))
                plan.cost += float(swaps.cost[best])
                plan.figures |= step.figures(self.grid)
                hidden[list(step.figures(self.grid))] = True
                for place, change in table.changes(step).items():
                    table.truth[place] += change
                    together[place] = together.get(place, 0.0) + change
                gone += float(far[best])
            if gone:
                plan.moves.append(together)
                plan.width += gone
        return plan if plan.width >= need - LEAST else None


def _step(
    kind: Kind,
    swaps: Swaps,
    shapes: list[Shape],
    best: tuple[np.intp, ...],
    far: float,
) -> Step:
    shape, own, other = (int(place) for place in best)
    plus, minus = shapes[shape]
    return Step(kind, int(swaps.own[own]), int(swaps.others[other]), plus, minus, far)


def _cheapest(plans: Iterable[Plan | None]) -> Plan | None:
    """The first of those that cost least. Nothing is cheaper than nothing: what comes after that is not asked for."""
    best: Plan | None = None
    for plan in plans:
        if plan is not None and (best is None or plan.cost < best.cost):
            best = plan
        if best is not None and best.cost == 0:
            break
    return best
