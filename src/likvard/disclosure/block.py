"""One component of the system as suppression sees it: what can move, by how much, and who would notice.

Everything is counted from the truth: a *move* is a vector d with equations · d = 0 that keeps what is known of every cell. If a
move exists that changes a cell by so much and touches nothing that is shown, nobody who sees only what is shown can tell the
truth from what the move makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from likvard.disclosure.system import NOBODY, Flags, Floats, Whole, cells_by_component
from likvard.disclosure.task import Task

LEAST_MOVE = 1e-7
ENOUGH = 1e-6


@dataclass(frozen=True)
class Block:
    """A component: its cells, the figures that show them, and ``cells`` and ``figures``, their numbers in the whole system.

    ``up`` and ``down``: how far each cell can move while it is hidden. ``audience``: who must not find out: everybody
    (``NOBODY`` knows more), and each owner of a cell in the block.
    """

    cells: Whole
    figures: Whole
    equations: sparse.csr_array
    up: Floats
    down: Floats
    level: Floats
    owner: Whole
    shows: sparse.csr_array
    weight: Floats
    primary: Flags
    sensitive: Whole
    audience: Whole

    def free(self, hidden: Flags) -> Flags:
        """Which cells no shown figure of the block shows."""
        return np.asarray((self.shows.T @ (~hidden).astype(np.float64)) == 0)

    def must_not_know(self) -> Flags:
        """sensitive × audience: whether a sensitive cell must be hidden from someone (not from its owner)."""
        return np.asarray((self.owner[self.sensitive][:, None] != self.audience[None, :]) | (self.audience == NOBODY))

    def extreme(self, free: Flags, cell: int, sign: float, who: int) -> tuple[float, Floats, Floats]:
        """How far ``cell`` can move up (sign 1) or down (−1), at most its level; the move; and each cell's part in the bound.

        The third is the dual: sign · d[cell] = Σ r · d for every move d, whatever is hidden, which is what a cut is made of.
        """
        columns = np.flatnonzero(free & (self.owner != who) if who != NOBODY else free)
        cost = np.zeros(len(columns))
        place = int(np.searchsorted(columns, cell))
        cost[place] = -sign
        up, down = self.up[columns].copy(), self.down[columns].copy()
        up[place], down[place] = min(up[place], self.level[cell]), min(down[place], self.level[cell])
        found = linprog(
            cost,
            A_eq=self.equations[:, columns],
            b_eq=np.zeros(self.equations.shape[0]),
            bounds=np.column_stack([-down, up]),
            method="highs",
            options={"presolve": len(columns) > 400},
        )
        if found.x is None:  # pragma: no cover - no move at all is always one of the moves
            return 0.0, np.zeros(len(self.cells)), np.zeros(len(self.cells))
        move = np.zeros(len(self.cells))
        move[columns] = found.x
        part = np.asarray(self.equations.T @ found.eqlin.marginals, dtype=np.float64)
        part[cell] += sign
        part[np.abs(part) < LEAST_MOVE] = 0.0
        return float(sign * move[cell]), move, part

    def part(self, columns: Whole) -> Block:
        """The block of these cells alone, when all others are known to everybody."""
        shows = self.shows[:, columns]
        figures = np.flatnonzero(np.diff(shows.indptr))
        rows = self.equations[:, columns]
        return Block(
            cells=self.cells[columns],
            figures=self.figures[figures],
            equations=sparse.csr_array(rows[np.flatnonzero(np.diff(rows.indptr))]),
            up=self.up[columns],
            down=self.down[columns],
            level=self.level[columns],
            owner=self.owner[columns],
            shows=sparse.csr_array(shows[figures]),
            weight=self.weight[figures],
            primary=self.primary[figures],
            sensitive=np.flatnonzero(np.isin(columns, self.sensitive)),
            audience=np.unique(np.append(self.owner[columns], NOBODY)),
        )

    def totals(self, pattern: Flags) -> Block:
        """The block of the cells that nobody owns, where hidden cells of two owners can make up for what their total moves.

        What those can make up for is not looked at here, so that what comes of this block is proven by the attack alone.
        """
        columns = np.flatnonzero(self.owner == NOBODY)
        owned = self.free(pattern) & (self.owner != NOBODY)
        part = self.part(columns)
        people = sparse.csr_array(
            (np.ones(int(owned.sum())), (np.flatnonzero(owned), np.unique(self.owner[owned], return_inverse=True)[1])),
            (len(self.cells), len(np.unique(self.owner[owned])) or 1),
        )
        give = np.diff(sparse.csr_array(abs(self.equations) @ people).indptr)
        rows = self.equations[:, columns][np.flatnonzero(give < 2)]
        hidden = pattern[np.searchsorted(self.figures, part.figures)]
        return replace(part, equations=sparse.csr_array(rows[np.flatnonzero(np.diff(rows.indptr))]), primary=hidden)

    def near(self, free: Flags, who: int) -> list[Whole]:
        """The free cells in parts that can be moved without moving what nobody owns (totals of areas): cheap to search."""
        return cells_by_component(self.equations, free & (self.owner != NOBODY) & (self.owner != who))

    def searches(self, free: Flags, who: int) -> Iterator[Whole]:
        """Where to look for moves, the cheapest first: each part that is near, then three of them with all totals, then all."""
        near = self.near(free, who)
        yield from near
        nobody = np.flatnonzero(free & (self.owner == NOBODY))
        if len(near) > 3:
            for place in range(len(near)):
                yield np.sort(np.concatenate([nobody, *(near[(place + step) % len(near)] for step in range(3))]))
        yield np.flatnonzero(free & (self.owner != who) if who != NOBODY else free)

    def slight(self, columns: Whole, cells: Whole, sign: float, far: Floats) -> Floats:
        """Moves (one row per cell of ``cells``) that take each the way of ``sign``, at most ``far``, and change little else.

        Only ``columns`` (sorted) move. The moves touch few schools, so that they stand against all the others. All are found in
        one program, which costs less than one each; what falls short is not proven to be narrow.
        """
        many, count = len(cells), len(columns)
        part = self.equations[:, columns]
        part = part[np.flatnonzero(np.diff(part.indptr))]
        place = np.searchsorted(columns, cells)
        # Each cell's way up and its way down are variables of their own, and each costs a little.
        room = np.tile(np.concatenate([self.up[columns], self.down[columns]]), (many, 1))
        cost = np.full((many, 2 * count), 1e-3)
        wanted, other = (place, place + count) if sign > 0 else (place + count, place)
        row = np.arange(many)
        cost[row, wanted], room[row, other] = -1.0, 0.0
        room[row, wanted] = np.minimum(room[row, wanted], far)
        found = linprog(
            cost.ravel(),
            A_eq=sparse.kron(sparse.eye_array(many), sparse.hstack([part, -part]), format="csc"),
            b_eq=np.zeros(many * part.shape[0]),
            bounds=np.column_stack([np.zeros(room.size), room.ravel()]),
            method="highs",
            options={"presolve": False},
        )
        moves = np.zeros((many, len(self.cells)))
        if found.x is not None:
            x = np.where(found.x < LEAST_MOVE, 0.0, found.x).reshape(many, 2, count)
            moves[:, columns] = x[:, 0] - x[:, 1]
        return moves

    def cheapest(self, columns: Whole, hidden: Flags, cell: int) -> tuple[Floats, Floats] | None:
        """Two moves, one that takes ``cell`` up and one down, together by its level, that touch what costs readers least.

        Only ``columns`` (sorted) move. None where no pattern that hides only those gives the cell its level.
        """
        place = int(np.searchsorted(columns, cell))
        shown_weight = np.asarray(self.shows.T @ np.where(hidden, 0.0, self.weight))[columns]
        up, down = self.up[columns], self.down[columns]
        level = self.level[cell]
        least = 1e-5 * self.weight.max(initial=1.0)
        ways = [np.minimum(up, level), np.minimum(down, level)]
        price = [(shown_weight + least) / np.clip(way, 1.0, level) for way in ways]
        part = self.equations[:, columns]
        part = part[np.flatnonzero(np.diff(part.indptr))]
        nothing = sparse.csr_array(part.shape)
        aim = sparse.csr_array(
            ([1.0, -1.0, -1.0, 1.0], ([0] * 4, [place + len(columns) * i for i in range(4)])), (1, 4 * len(columns))
        )
        # Four parts of both moves: the first up and down, the second up and down; all at least 0.
        found = linprog(
            np.concatenate([price[0], price[1], price[0], price[1]]),
            A_eq=sparse.vstack(
                [sparse.block_array([[part, -part, nothing, nothing], [nothing, nothing, part, -part]]), aim]
            ),
            b_eq=np.append(np.zeros(2 * part.shape[0]), level),
            bounds=np.column_stack([np.zeros(4 * len(columns)), np.concatenate([up, down, up, down])]),
            method="highs",
        )
        if found.status != 0:
            return None
        x = np.where(np.abs(found.x) < LEAST_MOVE, 0.0, found.x).reshape(4, -1)
        moves = np.zeros((2, len(self.cells)))
        moves[0, columns], moves[1, columns] = x[0] - x[1], x[2] - x[3]
        return moves[0], moves[1]


class Witnesses:
    """The moves found so far, and what each proves: a pattern that hides all it touches leaves these cells so wide."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.by_owner = block.owner[:, None] == np.where(block.audience == NOBODY, -2, block.audience)[None, :]
        self.touches: list[Flags] = []
        self.noticed: list[Flags] = []
        self.changes: list[Floats] = []

    def add(self, move: Floats) -> None:
        """Keep a move."""
        touched = np.abs(move) > ENOUGH
        self.touches.append(np.asarray((self.block.shows @ touched.astype(np.float64)) > 0))
        self.noticed.append(np.asarray(self.by_owner[touched].any(axis=0)))
        self.changes.append(move[self.block.sensitive])

    def reach(self, hidden: Flags, since: int = 0) -> tuple[Floats, Floats]:
        """sensitive × audience: how far each cell is proven to move up and down under the pattern, by moves from ``since`` on."""
        shape = (len(self.block.sensitive), len(self.block.audience))
        up, down = np.zeros(shape), np.zeros(shape)
        usable = [i for i in range(since, len(self.touches)) if not (self.touches[i] & ~hidden).any()]
        if usable:
            changes = np.array([self.changes[i] for i in usable])
            noticed = np.array([self.noticed[i] for i in usable])
            for who in range(shape[1]):
                unseen = changes[~noticed[:, who]]
                up[:, who] = unseen.max(axis=0, initial=0.0)
                down[:, who] = -unseen.min(axis=0, initial=0.0)
        return up, down

    def settled(self, hidden: Flags, since: int = 0) -> Flags:
        """sensitive × audience: whether the interval is proven to be as wide as its level (true where it need not be)."""
        up, down = self.reach(hidden, since)
        wide = up + down >= self.block.level[self.block.sensitive][:, None] - ENOUGH
        return np.asarray(wide | ~self.block.must_not_know())


def block_of(task: Task, cells: Whole, kept: Flags) -> Block:
    """The component of these cells; figures that ``kept`` names are shown whatever happens."""
    system = task.system
    shows = system.shows[:, cells]
    figures = np.flatnonzero(np.diff(shows.indptr) > 0)
    figures = figures[~kept[figures]]
    part = system.equations[:, cells]
    rows = np.flatnonzero(np.diff(part.indptr))
    primary = task.hidden[figures]
    local = shows[figures]
    hidden = np.asarray((local.T @ (~primary).astype(np.float64)) == 0)
    sensitive = np.flatnonzero(hidden & (task.level[cells] > 0))
    owner = system.owner[cells]
    return Block(
        cells=cells,
        figures=figures,
        equations=sparse.csr_array(part[rows]),
        up=np.maximum(system.high[cells] - task.truth[cells], 0.0),
        down=np.maximum(task.truth[cells] - system.low[cells], 0.0),
        level=task.level[cells],
        owner=owner,
        shows=sparse.csr_array(local),
        weight=task.weight[figures],
        primary=primary,
        sensitive=sensitive,
        audience=np.unique(np.append(owner, NOBODY)),
    )
