"""A proven lower bound on what safety costs, for tables that are too large to be solved exactly.

Cuts as in ``cuts``, but from fractional proposals of a linear program: no safe pattern costs less than its optimum. Not all demands
are looked at (of recipients, only who sees most of what a proposal rests on): that makes the bound lower, never wrong.
"""

from __future__ import annotations

import time

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from likvard.disclosure.block import ENOUGH, Block, block_of
from likvard.disclosure.cuts import Master
from likvard.disclosure.system import NOBODY, Flags, Floats, components
from likvard.disclosure.task import Task

FREE_TO_MOVE = 1e6
NODES = 500


def lower_bound(task: Task, rounds: int, seconds: float) -> float:
    """The least that hiding for others can cost, of ``rounds`` rounds of cuts or as many as there is time for in each component."""
    kept = task.known & ~task.hidden
    free = task.system.hidden_cells(~kept) & (task.system.high > task.system.low)
    number = components(task.system.equations, free)
    bound = 0.0
    for part in np.unique(number[number >= 0]):
        cells = np.flatnonzero(number == part)
        if (task.level[cells] > 0).any():
            bound += _bound(block_of(task, cells, kept), rounds, seconds)
    return bound


def _bound(block: Block, rounds: int, seconds: float) -> float:
    """The bound of one component."""
    began = time.monotonic()
    master = Master(block)
    proposal, bound = np.zeros(master.count), 0.0
    for _ in range(rounds):
        if not _cut(block, master, proposal, began + seconds):
            break
        found = linprog(
            master.cost,
            A_ub=_rows(master),
            b_ub=np.concatenate(
                [-np.array(master.least), np.zeros(0 if master.fewer is None else master.fewer.shape[0])]
            ),
            bounds=(0, 1),
            method="highs",
        )
        if found.x is None:
            break
        proposal, bound = found.x, max(bound, float(found.fun))
        if time.monotonic() - began > seconds:
            break
    return max(bound, _whole(master))


def _rows(master: Master) -> sparse.csr_array:
    """All that a proposal must keep, as rows that are at most."""
    cuts = sparse.csr_array(-np.array(master.cuts))
    return cuts if master.fewer is None else sparse.csr_array(sparse.vstack([cuts, master.fewer]))


def _whole(master: Master) -> float:
    """The bound where figures are hidden or shown and nothing between."""
    if not master.cuts:
        return 0.0
    found = master.hidden_or_shown(node_limit=NODES, time_limit=60.0)
    return float(found.mip_dual_bound) if found.mip_dual_bound is not None else 0.0


def _cut(block: Block, master: Master, proposal: Floats, until: float) -> int:
    """How many cuts were added for cells that are too narrow under the proposal."""
    always = master.variable < 0
    hidden = np.where(always, 1.0, proposal[master.variable])
    added = 0
    for cell in block.sensitive:
        if time.monotonic() > until:
            break
        reached, part = _reach(block, hidden, always, int(cell), NOBODY)
        if reached < block.level[cell] - ENOUGH:
            added += master.add(*_as_cut(block, always, part, int(cell)))
            continue
        owned = block.owner != NOBODY
        seen = np.bincount(block.owner[owned], weights=(part * hidden)[owned], minlength=block.owner.max() + 2)
        if block.owner[cell] != NOBODY:
            seen[block.owner[cell]] = 0.0
        who = int(seen.argmax())
        if seen[who] <= ENOUGH:
            continue
        reached, part = _reach(block, hidden, always, int(cell), who)
        if reached < block.level[cell] - ENOUGH:
            part[block.owner == who] = 0.0
            added += master.add(*_as_cut(block, always, part, int(cell)))
    return added


def _as_cut(block: Block, always: Flags, part: Floats, cell: int) -> tuple[Floats, float]:
    """The cut: what is hidden in any case keeps its part, what could be hidden counts with at most the level."""
    level = float(block.level[cell])
    return np.where(always, part, np.minimum(part, level)), level


def _reach(block: Block, hidden: Floats, always: Flags, cell: int, who: int) -> tuple[float, Floats]:
    """How far the cell can move, up and down together, where all move as far as they are hidden; and each cell's part in it."""
    level = float(block.level[cell])
    limit = np.where(always, FREE_TO_MOVE, level) * np.where(block.owner == who, who == NOBODY, 1.0)
    up, down = np.minimum(block.up, limit) * hidden, np.minimum(block.down, limit) * hidden
    up[cell], down[cell] = min(block.up[cell], level), min(block.down[cell], level)
    reached, part = 0.0, np.zeros(len(block.cells))
    for sign in (1.0, -1.0):
        cost = np.zeros(len(block.cells))
        cost[cell] = -sign
        found = linprog(
            cost,
            A_eq=block.equations,
            b_eq=np.zeros(block.equations.shape[0]),
            bounds=np.column_stack([-down, up]),
            method="highs",
        )
        if found.x is None:
            continue
        reached += sign * float(found.x[cell])
        dual = np.asarray(block.equations.T @ found.eqlin.marginals, dtype=np.float64)
        dual[cell] += sign
        dual[np.abs(dual) < ENOUGH] = 0.0
        far = np.where(dual > 0, np.minimum(block.up, FREE_TO_MOVE), np.minimum(block.down, FREE_TO_MOVE))
        part += np.abs(dual) * far
    return reached, part
