"""The best pattern, by cut generation: a small program proposes, the attack on its proposal says what it forgot.

Fischetti & Salazar-González (2000). The program chooses which figures to hide at the least cost; whenever a sensitive cell is too
narrow under its proposal, the dual of that attack is a linear inequality that every safe pattern keeps and the proposal does
not. The program's own lower bound is therefore a proven bound on what safety costs.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from likvard.disclosure.block import ENOUGH, Block, Witnesses
from likvard.disclosure.greedy import protect_each, prove, without_needless
from likvard.disclosure.system import NOBODY, Flags, Floats
from likvard.disclosure.task import Limits

# Rounds between two attempts to make a safe pattern of what the program proposes.
REPAIR_EVERY = 4


class Master:
    """Which figures to hide at the least cost, given the cuts so far.

    Variables: one per figure that may be hidden or shown (0 or 1), and one per set of figures that show a cell together, which is
    hidden only where all of them are.
    """

    def __init__(self, block: Block) -> None:
        self.open = np.flatnonzero(~block.primary)
        of_cell = sparse.csc_array(block.shows[self.open])
        sizes = np.diff(of_cell.indptr)
        single = sizes == 1
        # The variable of each cell: its figure where there is one, a set of figures, or none where the cell is hidden anyway.
        self.variable = np.full(len(block.cells), -1, dtype=np.int64)
        self.variable[single] = of_cell.indices[of_cell.indptr[:-1][single]]
        sets: dict[tuple[int, ...], int] = {}
        for cell in np.flatnonzero(sizes > 1):
            members = tuple(sorted(of_cell.indices[of_cell.indptr[cell] : of_cell.indptr[cell + 1]].tolist()))
            self.variable[cell] = sets.setdefault(members, len(self.open) + len(sets))
        self.count = len(self.open) + len(sets)
        rows = [(variable, member) for members, variable in sets.items() for member in members]
        entries = [value for _ in rows for value in (1.0, -1.0)]
        places = ([i for i in range(len(rows)) for _ in (0, 1)], [place for pair in rows for place in pair])
        self.fewer = sparse.csr_array((entries, places), (len(rows), self.count)) if rows else None
        self.cost = np.zeros(self.count)
        self.cost[: len(self.open)] = block.weight[self.open]
        self.cuts: list[Floats] = []
        self.least: list[float] = []

    def add(self, part: Floats, least: float) -> bool:
        """Keep the cut Σ part · (cell is hidden) ≥ least; False where it says nothing or cannot be kept."""
        always = self.variable < 0
        least = least - float(part[always].sum())
        if least <= ENOUGH:
            return False
        coefficients = np.bincount(self.variable[~always], weights=part[~always], minlength=self.count)
        self.cuts.append(np.minimum(coefficients, least))
        self.least.append(least)
        return True

    def solve(self, limits: Limits, seconds: float) -> tuple[Flags, float] | None:
        """Which of the open figures are hidden, and the proven bound on the cost. None where there is no answer."""
        if not self.cuts:
            return np.zeros(len(self.open), dtype=np.bool_), 0.0
        found = self.hidden_or_shown(node_limit=limits.nodes, mip_rel_gap=limits.gap / 4, time_limit=max(seconds, 0.1))
        if found.x is None:
            return None
        return np.asarray(found.x[: len(self.open)] > 0.5), float(found.mip_dual_bound)

    def hidden_or_shown(self, **options: Any) -> Any:
        """What milp finds where figures are hidden or shown and nothing between; ``options`` are HiGHS'."""
        cuts = LinearConstraint(sparse.csr_array(np.array(self.cuts)), lb=np.array(self.least), ub=np.inf)
        alike = [] if self.fewer is None else [LinearConstraint(self.fewer, lb=-np.inf, ub=0)]
        return milp(
            self.cost,
            integrality=np.arange(self.count) < len(self.open),
            bounds=Bounds(0, 1),
            constraints=[cuts, *alike],
            options=options,
        )


def improved(
    block: Block, best: Flags, moves: Witnesses, limits: Limits, protectable: Flags
) -> tuple[Flags, float, bool]:
    """A pattern no dearer than ``best``, the proven bound on the cost of any, and whether time ran out.

    ``protectable``: which sensitive cells the cuts are about. The cost counts figures beyond the primary rules.
    """
    began = time.monotonic()
    master = Master(block)
    bound = 0.0

    def cost(pattern: Flags) -> float:
        return float(block.weight[pattern & ~block.primary].sum())

    proposal = block.primary.copy()
    for turn in range(limits.rounds):
        new, narrow = _cuts_against(block, proposal, moves, limits, protectable, master)
        if not narrow:
            if cost(proposal) < cost(best):
                best = proposal
        elif new and turn % REPAIR_EVERY == REPAIR_EVERY - 1:
            repaired, _, _ = protect_each(block, proposal, moves)
            repaired = without_needless(block, repaired, moves)
            if cost(repaired) < cost(best):
                best = repaired
        left = limits.seconds - (time.monotonic() - began)
        if left <= 0:
            return best, bound, True
        answer = master.solve(limits, left)
        if answer is None:
            return best, bound, time.monotonic() - began >= limits.seconds
        bound = max(bound, answer[1])
        if cost(best) - bound <= limits.gap / 2 * cost(best) + ENOUGH or not (new or narrow):
            break
        proposal = block.primary.copy()
        proposal[master.open[answer[0]]] = True
    return best, min(bound, cost(best)), False


def _cuts_against(
    block: Block, pattern: Flags, moves: Witnesses, limits: Limits, protectable: Flags, master: Master
) -> tuple[int, bool]:
    """How many cuts were added for cells that are too narrow under the pattern, and whether any is."""
    narrow = ~moves.settled(pattern) & protectable[:, None]
    free = block.free(pattern)
    added, found_narrow, asked = 0, False, 0
    for place in np.argsort(block.audience, kind="stable"):
        who = int(block.audience[place])
        prove(block, pattern, int(place), narrow, moves, most=limits.pairs_per_round)
        for number in np.flatnonzero(narrow[:, place]):
            if asked >= limits.pairs_per_round:
                return added, True
            asked += 1
            cell = int(block.sensitive[number])
            level = float(block.level[cell])
            reached, part = 0.0, np.zeros(len(block.cells))
            for sign in (1.0, -1.0):
                far, move, dual = block.extreme(free, cell, sign, who)
                reached += far
                part += np.where(dual > 0, dual * _within(block.up, level), -dual * _within(block.down, level))
                if far > ENOUGH:
                    moves.add(move)
            if reached >= level - ENOUGH:
                continue
            found_narrow = True
            if who != NOBODY:
                part[block.owner == who] = 0.0
            # What is hidden in any case keeps its part; what could be hidden counts with at most the level.
            always = master.variable < 0
            added += master.add(np.where(always, np.where(free, part, 0.0), np.minimum(part, level)), level)
    return added, found_narrow


def _within(room: Floats, level: float) -> Floats:
    """How far a cell can move, as a number: further than any level is never needed."""
    return np.where(np.isfinite(room), room, 1e6 * level)
