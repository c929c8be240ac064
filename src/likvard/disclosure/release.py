"""Suppression and attack together: hide, attack, hide more, until the attack finds nothing, or say that it cannot be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from likvard.disclosure.attack import Audit, audit
from likvard.disclosure.grid import NONE, shown_by
from likvard.disclosure.quantities import Quantities
from likvard.disclosure.search import Search
from likvard.disclosure.suppress import suppress
from likvard.disclosure.system import Flags, Floats, Whole, contradictions
from likvard.disclosure.task import GENERAL, NOT_BOUNDED, OPTIMAL, SWAPS, Limits, Part, Pattern, Proposal, Task
from likvard.errors import ContradictionError, DisclosureError

MOST_TURNS = 12
# How often tables may pass on to each other what they hide.
MOST_ROUNDS = 4


@dataclass(frozen=True)
class Safe:
    """What is to be hidden, and the attack that found nothing."""

    proposal: Proposal
    audit: Audit

    @property
    def pattern(self) -> Pattern:
        """The pattern to release."""
        return self.proposal.pattern


def safe(task: Task, limits: Limits | None = None) -> Safe:
    """The pattern to release.

    The attacker decides: what it finds too narrow is answered by hiding the figures around it, and by another attack.
    Errors: ``ContradictionError`` where the true values do not add up (nothing could be proven); ``DisclosureError`` where
    something can be found out whatever is hidden, as a rule because it follows from what was released before.
    """
    _adds_up(task)
    pattern = suppress(task, limits)
    for turn in range(MOST_TURNS):
        found = attacked(task, pattern.hidden)
        if found.safe:
            return Safe(without_changes(task, pattern, turn), found)
        cells = np.unique([finding.cell for finding in found.findings])
        more = _around(task, cells, pattern.hidden)
        if not more.any():
            break
        pattern = replace(pattern, hidden=pattern.hidden | more)
    raise DisclosureError(
        f"{len(found.findings)} hidden figures could be found out, whatever else is hidden.",
        advice="compare with what was published before (reports/published); the decisions of the stage name the figures.",
    )


def without_changes(task: Task, pattern: Pattern, turns: int = 0) -> Proposal:
    """What the general search found: the attack is given nothing to check, and looks for other tables itself."""
    return Proposal(pattern, task.level, _as_matrix([], len(task.truth)), turns, GENERAL)


def _adds_up(task: Task) -> None:
    """Nothing, where the true values add up. Errors: ``ContradictionError``."""
    wrong = contradictions(task.system.equations, task.truth)
    if len(wrong):
        raise ContradictionError(
            f"{len(wrong)} sums of the figures do not add up, so that nothing can be proven about what is hidden.",
            advice="see that all tables of the edition were made from the same delivery, and build again.",
        )


def attacked(task: Task, hidden: Flags) -> Audit:
    """The attack of everybody on what these hidden figures leave."""
    return audit(task.system.published(hidden, task.level), own=task.truth)


def _around(task: Task, cells: Whole, hidden: Flags) -> Flags:
    """The nearest figures that can still be hidden: those that share an equation with one of these, or else one step further."""
    near = np.zeros(len(task.truth))
    near[cells] = 1.0
    both = abs(task.system.equations)
    while True:
        reached = near.sum()
        rows = np.flatnonzero(both @ near)
        near = np.maximum(near, (np.diff(sparse.csc_array(both[rows]).indptr) > 0).astype(np.float64))
        found = np.asarray((task.system.shows @ near) > 0) & ~task.known & ~hidden
        if found.any() or near.sum() == reached:
            return found


def safe_by_swaps(found: Quantities, task: Task, least: int) -> Safe:
    """The pattern to release for the tables of a period: by swaps, which takes seconds where ``safe`` takes minutes.

    Tables of almost the same people are hidden alike: where the pupils of a group may not be known, no other table shows a
    number of pupils that is nearer to theirs than ``least``. What is hidden is not bounded: how much less would do is not known.
    Where no swap protects a cell, all groups of its dimension are hidden in its table, then all of the table; the attack has
    the last word, as in ``safe``. Errors: as ``safe``.
    """
    _adds_up(task)
    forced = np.zeros_like(task.hidden)
    audit_of = None
    for turn in range(MOST_TURNS):
        hidden, level = task.hidden | forced, task.level.copy()
        done = [Search(grid, task, level, hidden) for grid in found.grids]
        waiting = done
        for _ in range(MOST_ROUNDS):
            # What one table hides the next one hides too, and must protect like its own.
            before = level.copy()
            for search in waiting:
                search.beside = _beside(found, done, search, task, least)
                search.run()
                _hide_same_people(found, done, task, least)
            grown = np.flatnonzero(level > before)
            waiting = [search for search in done if np.isin(search.grid.n, grown).any()]
            if not waiting:
                break
        more = _cells_around(found, [cell for search in done for cell in search.left_over], hidden | task.known)
        if more.any():
            forced |= more
            continue
        proposal = _proposal(task, done, hidden, level, turn)
        audit_of = _attacked_by_claims(task, proposal)
        if audit_of.safe:
            return Safe(proposal, audit_of)
        more = _cells_around(found, [finding.cell for finding in audit_of.findings], hidden | task.known)
        if not more.any():
            break
        forced |= more
    narrow = len(audit_of.findings) if audit_of is not None else 0
    raise DisclosureError(
        f"{narrow or 'Some'} hidden figures could be found out, whatever else is hidden.",
        advice="nothing is released. It may follow from what earlier editions showed (reports/published): choose the profile that "
        "they had, or leave out what is new.",
    )


def _proposal(task: Task, done: list[Search], hidden: Flags, level: Floats, turn: int) -> Proposal:
    """What the searches found together."""
    protects = np.full(len(hidden), -1, dtype=np.int64)
    for search in done:
        for figure, cell in search.hidden_for.items():
            protects[figure] = cell
    pattern = Pattern(hidden, protects, tuple(_part(search, task) for search in done))
    changes = _as_matrix([move for search in done for move in search.moves], len(task.truth))
    return Proposal(pattern, level, changes, turn, SWAPS)


def as_it_stands(found: Quantities, task: Task, least: int, proposal: Proposal) -> Safe | None:
    """The proposal as what is to be released; nothing where it falls: to the attack, or as it hides too little, or what is out.

    ``found``, ``task`` and ``least`` as in ``safe_by_swaps``.
    """
    _adds_up(task)
    pattern = proposal.pattern
    # The attack asks only of what is hidden, and not whether tables are hidden alike.
    hides_what_it_must = (
        pattern.protected
        and pattern.hidden.shape == task.hidden.shape
        and pattern.hidden[task.hidden].all()
        and not pattern.hidden[task.known].any()
        and _hides_alike(found, task, least, proposal)
    )
    audit_of = _attacked_by_claims(task, proposal) if hides_what_it_must else None
    return Safe(proposal, audit_of) if audit_of is not None and audit_of.safe else None


def _attacked_by_claims(task: Task, proposal: Proposal) -> Audit:
    """The attack on the proposal, which is given its changes to check, and never less to find than the task says."""
    published = task.system.published(proposal.pattern.hidden, np.maximum(proposal.level, task.level))
    return audit(published, own=task.truth, changes=proposal.changes)


def _beside(found: Quantities, done: list[Search], search: Search, task: Task, least: int) -> Floats:
    """units × slots: what the figures weigh that other tables show of almost the same people as each node of this one."""
    grid = search.grid
    cost = np.zeros(grid.n.shape)
    if len(done) < 2:
        return cost
    place, _ = pd.factorize(found.cells["unit"].astype(str) + "|" + found.cells["slot"].astype(str))
    of_place = np.zeros(len(place))
    n = np.zeros(len(place))
    mine = grid.n != NONE
    n[place[grid.n[mine]]] = found.truth[grid.n[mine]]
    for other in done:
        if other is search:
            continue
        there = other.grid.n != NONE
        cells = other.grid.n[there]
        shown = np.where(shown_by(other.grid.figure, search.hidden), task.weight[other.grid.figure], 0.0).sum(axis=0)[
            there
        ]
        near = np.abs(found.truth[cells] - n[place[cells]]) < least
        np.add.at(of_place, place[cells], np.where(near, shown, 0.0))
    cost[mine] = of_place[place[grid.n[mine]]]
    moved = list({cell for move in search.moves for cell in move})
    cost[np.isin(grid.n, moved)] = 0.0
    return cost


def _hide_same_people(found: Quantities, done: list[Search], task: Task, least: int) -> None:
    """Nothing; the figures are hidden that would tell nearly how many pupils there are where another table must not.

    The searches share ``hidden`` and ``level``, and both grow: what is hidden here needs protection here.
    """
    moved = [np.unique([cell for move in search.moves for cell in move] or [NONE]) for search in done]
    for search, (units, slots) in zip(done, _same_people(found, moved, least), strict=True):
        figures = search.grid.figure[:, units, slots]
        figures = figures[figures != NONE]
        search.hidden[figures[~task.known[figures]]] = True
        cells = search.grid.n[units, slots]
        search.level[cells] = np.where(found.truth[cells] > 0, np.maximum(search.level[cells], least), 0.0)


def _same_people(found: Quantities, moved: Sequence[Whole], least: int) -> list[tuple[Whole, Whole]]:
    """Of each table, the units and slots whose pupils are nearer than ``least`` to those of the same unit and slot in another
    table that may not tell them, as it has ``moved`` them (cells, table by table).
    """
    place, _ = pd.factorize(found.cells["unit"].astype(str) + "|" + found.cells["slot"].astype(str))
    parts = []
    for number, (grid, dark) in enumerate(zip(found.grids, moved, strict=True)):
        there = np.argwhere((grid.n != NONE) & (grid.figure != NONE).any(axis=0))
        cells = grid.n[there[:, 0], there[:, 1]]
        columns = {"place": place[cells], "n": found.truth[cells], "dark": np.isin(cells, dark), "grid": number}
        parts.append(pd.DataFrame(columns).assign(unit=there[:, 0], slot=there[:, 1]))
    nodes = pd.concat(parts, ignore_index=True)
    both = nodes[~nodes["dark"]].merge(nodes.loc[nodes["dark"], ["place", "n"]], on="place", suffixes=("", "_dark"))
    near = both[(both["n"] - both["n_dark"]).abs() < least]
    of_grid = [near[near["grid"].eq(number)] for number in range(len(found.grids))]
    return [(rows["unit"].to_numpy(), rows["slot"].to_numpy()) for rows in of_grid]


def _hides_alike(found: Quantities, task: Task, least: int, proposal: Proposal) -> bool:
    """Whether no table shows what would tell nearly how many pupils there are where another hides it."""
    hidden = proposal.pattern.hidden
    moved = [
        np.intersect1d(grid.n[~shown_by(grid.figure, hidden).any(axis=0)], proposal.changes.indices)
        for grid in found.grids
    ]
    told = [
        grid.figure[:, units, slots]
        for grid, (units, slots) in zip(found.grids, _same_people(found, moved, least), strict=True)
    ]
    figures = np.concatenate([of_grid.ravel() for of_grid in told])
    figures = figures[figures != NONE]
    return bool((hidden[figures] | task.known[figures]).all())


def _cells_around(found: Quantities, cells: list[int], hidden: Flags) -> Flags:
    """The figures of the same dimension in the same table as each cell that are not hidden; of the whole table where all are."""
    more = np.zeros_like(hidden)
    for cell in sorted(set(cells)):
        for grid in found.grids:
            places = [grid.n[None], grid.counted, grid.left, grid.sums]
            slots = [slot for place in places for slot in np.flatnonzero((place == cell).any(axis=(0, 1)))]
            if not slots:
                continue
            near = grid.figure[:, :, grid.by == grid.by[slots[0]]]
            near = near[near != NONE]
            if hidden[near].all():
                near = grid.figure[grid.figure != NONE]
            more[near] = True
    return more & ~hidden


def _as_matrix(moves: list[dict[int, float]], count: int) -> sparse.csr_array:
    """moves × cells."""
    rows = [number for number, move in enumerate(moves) for _ in move]
    columns = [cell for move in moves for cell in move]
    values = [far for move in moves for far in move.values()]
    return sparse.csr_array((values, (rows, columns)), shape=(len(moves), count))


def _part(search: Search, task: Task) -> Part:
    """How a table was solved: without a bound."""
    grid = search.grid
    figures = grid.figure[grid.figure != NONE]
    cells = np.unique(np.concatenate([place.ravel() for place in (grid.n, grid.counted, grid.left, grid.sums)]))
    extra = figures[search.hidden[figures] & ~task.hidden[figures]]
    loss = float(task.weight[extra].sum())
    status = NOT_BOUNDED if loss else OPTIMAL
    return Part(len(cells), len(figures), int((task.level[cells[cells >= 0]] > 0).sum()), status, loss, 0.0)
