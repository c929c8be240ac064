"""A safe pattern, one cell after the other: what the search starts from, and what stands where the search must stop."""

from __future__ import annotations

import numpy as np

from likvard.disclosure.block import ENOUGH, Block, Witnesses
from likvard.disclosure.system import Flags, Floats, Whole

AT_A_TIME = 12
MOST_COLUMNS = 6_000


def protect_each(block: Block, hidden: Flags, moves: Witnesses) -> tuple[Flags, Whole, list[int]]:
    """A pattern that hides at least ``hidden`` and gives every sensitive cell its level against everyone in the audience.

    Second: for each figure of the block, the sensitive cell (its place in ``block.sensitive``) that it was hidden for, else −1.
    Third: the sensitive cells that no pattern can protect. Where hidden figures are not enough, the two moves that touch what
    costs readers least are made, and what they touch is hidden too.
    """
    hidden = hidden.copy()
    hidden_for = np.full(len(hidden), -1, dtype=np.int64)
    lost: set[int] = set()
    narrow = ~moves.settled(hidden)
    for place in np.argsort(block.audience, kind="stable"):
        who = int(block.audience[place])
        prove(block, hidden, int(place), narrow, moves)
        for number in np.flatnonzero(narrow[:, place]):
            if not narrow[number, place]:
                continue
            found = _least_to_hide(block, hidden, int(block.sensitive[number]), who)
            if found is None:
                lost.add(int(number))
                narrow[number] = False
                continue
            seen = len(moves.touches)
            touched = np.asarray((block.shows @ (np.abs(found).max(axis=0) > ENOUGH).astype(float)) > 0)
            hidden_for[touched & ~hidden] = number
            hidden |= touched
            for move in found:
                moves.add(move)
            narrow &= ~moves.settled(hidden, since=seen)
    return hidden, hidden_for, sorted(lost)


def _least_to_hide(block: Block, hidden: Flags, cell: int, who: int) -> tuple[Floats, Floats] | None:
    """The two moves that cost least: without totals that nobody owns where that can be, else with them."""
    everything = np.ones(len(block.cells), dtype=np.bool_)
    for columns in block.searches(everything, who):
        if cell in columns and (found := block.cheapest(columns, hidden, cell)) is not None:
            return found
    return None


def prove(block: Block, hidden: Flags, place: int, narrow: Flags, moves: Witnesses, most: int | None = None) -> None:
    """Nothing; what attacks by one of the audience show to be wide enough is no longer ``narrow``.

    ``narrow`` (sensitive × audience) is changed: that is what this is for. ``most``: how many cells are tried.
    """
    free = block.free(hidden)
    who = int(block.audience[place])
    if not narrow[:, place].any():
        return
    for columns in block.searches(free, who):
        inside = np.isin(block.sensitive, columns)
        asked = np.zeros(len(block.sensitive), dtype=np.bool_)
        size = max(1, min(AT_A_TIME, MOST_COLUMNS // max(len(columns), 1)))
        while most is None or asked.sum() < most:
            numbers = np.flatnonzero(narrow[:, place] & inside & ~asked)[:size]
            if not len(numbers):
                break
            asked[numbers] = True
            _attack(block, columns, numbers, moves, hidden, narrow)


def _attack(block: Block, columns: Whole, numbers: Whole, moves: Witnesses, hidden: Flags, narrow: Flags) -> None:
    """Nothing; moves of these cells, up and where that falls short down, are kept and ``narrow`` is brought up to date."""
    cells, seen = block.sensitive[numbers], len(moves.touches)
    level = block.level[cells]
    reached = np.zeros(len(cells))
    for sign in (1.0, -1.0):
        short = np.flatnonzero(reached < level - ENOUGH)
        if not len(short):
            break
        found = block.slight(columns, cells[short], sign, (level - reached)[short])
        for row, move in zip(short, found, strict=True):
            reached[row] += sign * move[cells[row]]
            if np.abs(move[cells[row]]) > ENOUGH:
                moves.add(move)
    narrow &= ~moves.settled(hidden, since=seen)


def without_needless(block: Block, hidden: Flags, moves: Witnesses) -> Flags:
    """The same pattern less the figures that no proof needs, the dearest first."""
    hidden = hidden.copy()
    extra = np.flatnonzero(hidden & ~block.primary)
    if not len(extra) or not moves.settled(hidden).all():
        return hidden
    for figure in extra[np.argsort(-block.weight[extra], kind="stable")]:
        hidden[figure] = False
        if not moves.settled(hidden).all():
            hidden[figure] = True
    return hidden
