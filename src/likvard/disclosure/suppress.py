"""Secondary suppression: what else must be hidden so that no dangerous figure follows from those that are shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from likvard.disclosure.block import Block, Witnesses, block_of
from likvard.disclosure.cuts import improved
from likvard.disclosure.greedy import protect_each, without_needless
from likvard.disclosure.system import NOBODY, Flags, Whole, components
from likvard.disclosure.task import NOT_BOUNDED, NOT_PROTECTED, OPTIMAL, WITHIN_BOUND, Limits, Part, Pattern, Task


def suppress(task: Task, limits: Limits | None = None) -> Pattern:
    """A pattern that hides at least what the primary rules hide and gives every sensitive cell its level against everyone.

    The system falls into components once what comes last (totals, as a rule) is taken as shown; each is solved by itself.
    Where a component cannot be protected so, all of it is hidden and what comes last around it may be hidden too, until it can;
    where even that does not help, its status is ``not_protected`` and everything in it is hidden.
    """
    limits = limits or Limits()
    last = task.last & ~task.hidden
    # What comes last is opened before anything is optimised, as the components are others then.
    now = replace(limits, rounds=0)
    while True:
        kept = (last | task.known) & ~task.hidden
        free = task.system.hidden_cells(~kept)
        number = components(task.system.equations, free)
        hidden = task.hidden.copy()
        protects = np.full(len(hidden), -1, dtype=np.int64)
        parts: list[Part] = []
        opened = np.zeros_like(last)
        for block in _blocks(task, number, kept):
            pattern, hidden_for, how = solved(block, now)
            if any(part.status == NOT_PROTECTED for part in how):
                opened |= _around(task, block.cells, last)
            hidden[block.figures] |= pattern
            chosen = hidden_for >= 0
            protects[block.figures[chosen]] = block.cells[hidden_for[chosen]]
            parts += how
        if not opened.any() and now == limits:
            return Pattern(hidden, protects, tuple(parts))
        now = limits if not opened.any() else now
        last = last & ~opened


def _blocks(task: Task, number: Whole, kept: Flags) -> list[Block]:
    """The components that hold something sensitive."""
    hidden = task.system.hidden_cells(task.hidden)
    wanted = np.unique(number[(number >= 0) & hidden & (task.level > 0)])
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], wanted)
    ends = np.searchsorted(number[order], wanted, side="right")
    return [block_of(task, np.sort(order[start:end]), kept) for start, end in zip(starts, ends, strict=True)]


def solved(block: Block, limits: Limits) -> tuple[Flags, Whole, tuple[Part, ...]]:
    """The pattern of one component, what each figure was hidden for (a cell of the block), and how its parts were solved.

    First each part that hangs together without totals (an area, as a rule), as if its totals were known to everybody, which is
    more than anybody knows; then the totals themselves and what could not be protected so, with everything that can move.
    """
    everything = np.ones(len(block.cells), dtype=np.bool_)
    near = [columns for columns in block.near(everything, NOBODY) if np.isin(block.sensitive, columns).any()]
    pattern = block.primary.copy()
    hidden_for = np.full(len(pattern), -1, dtype=np.int64)
    parts: list[Part] = []
    left = np.zeros(0, dtype=np.int64)
    for columns in near:
        part = block.part(columns)
        found, found_for, lost, how = _solved_part(part, limits)
        figures = np.searchsorted(block.figures, part.figures)
        pattern[figures] |= found
        chosen = found_for >= 0
        hidden_for[figures[chosen]] = columns[part.sensitive[found_for[chosen]]]
        left = np.append(left, columns[part.sensitive[lost]])
        parts.append(how)
    totals = block.sensitive[block.owner[block.sensitive] == NOBODY]
    if len(totals) and not near:
        left = totals
    elif len(totals):
        part = block.totals(pattern)
        found, found_for, lost, how = _solved_part(part, limits)
        figures = np.searchsorted(block.figures, part.figures)
        chosen = (found_for >= 0) & ~pattern[figures]
        columns = np.flatnonzero(block.owner == NOBODY)
        hidden_for[figures[chosen]] = columns[part.sensitive[found_for[chosen]]]
        pattern[figures] |= found
        left = np.append(left, columns[part.sensitive[lost]])
        parts.append(how)
    if len(left):
        rest = replace(block, sensitive=np.sort(left), primary=pattern)
        found, found_for, lost, how = _solved_part(rest, limits)
        hidden_for = np.where(found & ~pattern & (found_for >= 0), rest.sensitive[found_for], hidden_for)
        pattern = np.ones_like(found) if lost else found
        parts.append(replace(how, status=NOT_PROTECTED) if lost else how)
    return pattern, hidden_for, tuple(parts)


def _solved_part(block: Block, limits: Limits) -> tuple[Flags, Whole, list[int], Part]:
    """The pattern, what each figure was hidden for and what cannot be protected (places in ``sensitive``), and how."""
    moves = Witnesses(block)
    pattern, hidden_for, lost = protect_each(block, block.primary, moves)
    if not lost:
        pattern = without_needless(block, pattern, moves)
    bound, stopped = 0.0, False
    protectable = ~np.isin(np.arange(len(block.sensitive)), lost)
    if (pattern & ~block.primary).any() and len(block.figures) <= limits.most_figures and limits.rounds:
        pattern, bound, stopped = improved(block, pattern, moves, limits, protectable)
    extra = pattern & ~block.primary
    loss = float(block.weight[extra].sum())
    near = loss - bound <= 1e-9 + limits.gap / 2 * loss
    status = OPTIMAL if loss - bound <= 1e-9 else WITHIN_BOUND if near or bound > 0 else NOT_BOUNDED
    hidden_for = np.where(extra, hidden_for, -1)
    if len(block.sensitive):
        hidden_for[extra & (hidden_for < 0)] = 0
    part = Part(len(block.cells), len(block.figures), len(block.sensitive), status, loss, bound, stopped)
    return pattern, hidden_for, lost, part


def _around(task: Task, cells: Whole, last: Flags) -> Flags:
    """Which figures that come last share an equation with one of the cells."""
    touched = np.zeros(task.system.equations.shape[1])
    touched[cells] = 1.0
    rows = np.flatnonzero(abs(task.system.equations) @ touched)
    near = np.diff(sparse.csc_array(task.system.equations[rows]).indptr) > 0
    return np.asarray((task.system.shows @ near.astype(np.float64)) > 0) & last
