"""The attack: what somebody who has everything that is released can find out about every hidden cell.

It knows what is released (``Published``) and, for a recipient, the true values of her own school's cells; of suppression it knows
nothing and shares no code with it. The interval of a cell is from the least to the greatest value that any table has which
agrees with all of that. A release stops when the interval of any hidden cell is narrower than its level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from likvard.disclosure.claims import TOLERANCE, fits, holding, reached
from likvard.disclosure.system import NOBODY, Flags, Floats, Published, Whole, cells_by_component, components

AT_A_TIME = 12
MOST_COLUMNS = 6_000


@dataclass(frozen=True)
class Finding:
    """What one attacker finds out about one cell: it lies between ``low`` and ``high``, which is narrower than its level."""

    cell: int
    attacker: int
    low: float
    high: float
    level: float

    @property
    def exact(self) -> bool:
        """Whether the attacker knows the number."""
        return self.high - self.low <= TOLERANCE


@dataclass(frozen=True)
class Audit:
    """The attack of everybody on everything: how many pairs of attacker and hidden cell were tried, and what was too narrow.

    ``impossible``: attackers for whom no table agrees with what is released – it contradicts itself, and nothing is proven.
    """

    attackers: int
    hidden: int
    protected: int
    pairs: int
    findings: tuple[Finding, ...]
    impossible: tuple[int, ...]

    @property
    def safe(self) -> bool:
        """Whether nothing was too narrow and what is released agrees with itself."""
        return not self.findings and not self.impossible


@dataclass(frozen=True)
class _Field:
    """What one attacker (or several who tell each other all) does not know: the cells, their bounds, their equations."""

    cells: Whole
    equations: sparse.csr_array
    sums: Floats
    low: Floats
    high: Floats


def interval(published: Published, cell: int, attacker: int = NOBODY, own: Floats | None = None) -> tuple[float, float]:
    """The least and the greatest value that the cell can have (±inf where nothing bounds it).

    ``own``: values of all cells, of which only those that ``attacker`` owns are looked at.
    Errors: ``ValueError`` where no table agrees with what is released.
    """
    low, high = _bounds(published, [attacker], own)
    if high[cell] <= low[cell]:
        return float(low[cell]), float(high[cell])
    field = _field(published, low, high, _reachable(published, low, high, cell))
    return _interval(field, int(np.searchsorted(field.cells, cell)))


def intervals(
    published: Published, attacker: int = NOBODY, own: Floats | None = None, only: Whole | None = None
) -> tuple[Floats, Floats]:
    """The interval of every hidden cell for one attacker (or of those in ``only``); NaN for the others."""
    count = len(published.low)
    lows, highs = np.full(count, np.nan), np.full(count, np.nan)
    low, high = _bounds(published, [attacker], own)
    number = components(published.equations, high > low)
    for cell in np.flatnonzero(published.hidden) if only is None else only:
        if number[cell] < 0:
            lows[cell], highs[cell] = low[cell], high[cell]
            continue
        field = _field(published, low, high, np.flatnonzero(number == number[cell]))
        lows[cell], highs[cell] = _interval(field, int(np.searchsorted(field.cells, cell)))
    return lows, highs


def whole_number_interval(
    published: Published,
    cell: int,
    attacker: int = NOBODY,
    own: Floats | None = None,
    whole: Flags | None = None,
    nodes: int = 2_000,
) -> tuple[float, float]:
    """As ``interval``, knowing also that counts (``whole``, by default all cells) are whole numbers.

    In tables of three dimensions this can be narrower. Where the search ends early the proven, wider bound is given.
    """
    low, high = _bounds(published, [attacker], own)
    if high[cell] <= low[cell]:
        return float(low[cell]), float(high[cell])
    field = _field(published, low, high, _reachable(published, low, high, cell))
    place = int(np.searchsorted(field.cells, cell))
    integral = np.ones(len(field.cells)) if whole is None else whole[field.cells].astype(np.float64)
    ends = []
    for sign in (1.0, -1.0):
        cost = np.zeros(len(field.cells))
        cost[place] = sign
        found = milp(
            cost,
            integrality=integral,
            bounds=Bounds(field.low, field.high),
            constraints=LinearConstraint(field.equations, field.sums - 1e-7, field.sums + 1e-7),
            options={"node_limit": nodes},
        )
        bound = found.mip_dual_bound if found.mip_dual_bound is not None else -np.inf
        ends.append(sign * float(found.fun if found.status == 0 else bound))
    return ends[0], ends[1]


def audit(
    published: Published,
    own: Floats | None = None,
    attackers: Whole | None = None,
    start: Floats | None = None,
    changes: sparse.csr_array | None = None,
) -> Audit:
    """Every hidden cell that has a level, against everybody and every owner of cells (or ``attackers`` only).

    ``own``: the true value of every cell, from which each owner is given her own; an owner's own cells are no secret to her.
    ``start``: a table that is claimed to agree with what is released. It is checked, and never believed: two tables that both
    agree and differ by the level in a cell prove that the cell is wide enough, and that settles most pairs at once. Without it,
    or where it does not agree, every pair is computed for itself. What comes out is the same.
    ``changes`` (changes × cells): what is claimed to turn ``start`` into other tables that agree; checked in the same way.
    """
    own = np.zeros(len(published.low)) if own is None else own
    start = own if start is None else start
    everyone = np.unique(np.append(published.owner, NOBODY)) if attackers is None else attackers
    low, high = _bounds(published, [NOBODY], None)
    number = components(published.equations, high > low)
    protected = np.flatnonzero(published.hidden & (published.level > 0))
    held = holding(published, start, changes)
    findings = [
        Finding(int(cell), NOBODY, float(low[cell]), float(high[cell]), float(published.level[cell]))
        for cell in protected[number[protected] < 0]
    ]
    impossible: set[int] = set()
    pairs = 0
    order = np.argsort(number, kind="stable")
    for part in np.unique(number[protected[number[protected] >= 0]]):
        first, last = np.searchsorted(number[order], [part, part + 1])
        cells = np.sort(order[first:last])
        targets = cells[published.hidden[cells] & (published.level[cells] > 0)]
        there = np.intersect1d(everyone, np.append(published.owner[cells], NOBODY))
        found, wrong = _attack_part(published, own, cells, targets, there, start, held)
        findings += found
        impossible |= wrong
        pairs += int(((published.owner[targets][:, None] != there[None, :]) | (there == NOBODY)[None, :]).sum())
    return Audit(
        attackers=len(everyone),
        hidden=int(published.hidden.sum()),
        protected=len(protected),
        pairs=pairs + int((number[protected] < 0).sum()),
        findings=tuple(sorted(findings, key=lambda found: (found.cell, found.attacker))),
        impossible=tuple(sorted(impossible)),
    )


def _attack_part(
    published: Published,
    own: Floats,
    cells: Whole,
    targets: Whole,
    attackers: Whole,
    start: Floats,
    held: sparse.csr_array,
) -> tuple[list[Finding], set[int]]:
    """What is too narrow in one component, and for whom it contradicts itself."""
    level = published.level[targets]
    most, least = reached(published, held, targets, attackers)
    hers = (published.owner[targets][:, None] == attackers[None, :]) & (attackers != NOBODY)
    findings, impossible = [], set()
    for place, who in enumerate(attackers):
        if held.shape[0] and (((most - least)[:, place] >= level - TOLERANCE) | hers[:, place]).all():
            continue
        low, high = _bounds(published, [int(who)], own)
        field = _field(published, low, high, cells)
        unknown = np.isin(targets, field.cells)
        tables = _agrees(field, start[field.cells])

        def narrow(place: int = place) -> Flags:
            return np.asarray(((most - least)[:, place] < level - TOLERANCE) & ~hers[:, place])

        for part in _searches(field, published.owner) if tables else ():
            inside = np.isin(targets, field.cells[part])
            asked = np.zeros(len(targets), dtype=np.bool_)
            size = max(1, min(AT_A_TIME, MOST_COLUMNS // max(len(part), 1)))
            while len(some := np.flatnonzero(narrow() & inside & ~asked)[:size]):
                asked[some] = True
                for sign in (1.0, -1.0):
                    some = some[narrow()[some]]
                    if not len(some):
                        break
                    far = level[some] + least[some, place] if sign > 0 else level[some] - most[some, place]
                    for change in _other_tables(field, part, start, targets[some], sign, far):
                        if not _agrees(field, start[field.cells] + change):
                            continue
                        touched = np.unique(published.owner[field.cells[np.abs(change) > TOLERANCE]])
                        stands = ~np.isin(attackers, touched) | (attackers == NOBODY)
                        changed = np.zeros(len(start))
                        changed[field.cells] = change
                        rows = np.flatnonzero(changed[targets])
                        where, by = np.ix_(rows, np.flatnonzero(stands)), changed[targets[rows]][:, None]
                        most[where], least[where] = np.maximum(most[where], by), np.minimum(least[where], by)
        for number in np.flatnonzero(narrow()):
            target = int(targets[number])
            try:
                bottom, top = float(low[target]), float(high[target])
                if unknown[number]:
                    bottom, top = _interval(field, int(np.searchsorted(field.cells, target)))
            except ValueError:
                impossible.add(int(who))
                break
            if top - bottom < level[number] - TOLERANCE:
                findings.append(Finding(target, int(who), bottom, top, float(level[number])))
    return findings, impossible


def _agrees(field: _Field, table: Floats) -> bool:
    """Whether the table agrees with all that is known in the field."""
    return fits(field.equations, field.sums, field.low, field.high, table)


def _searches(field: _Field, owner: Whole) -> list[Whole]:
    """Parts of the field to look for other tables in: those that leave what nobody owns as it is, and then the whole."""
    return [*cells_by_component(field.equations, owner[field.cells] != NOBODY), np.arange(len(field.cells))]


def _other_tables(field: _Field, part: Whole, start: Floats, targets: Whole, sign: float, far: Floats) -> Floats:
    """For each target, how a table that also agrees differs from ``start``: up or down there, and little elsewhere.

    Only ``part`` of the field differs. A difference that touches few schools stands against the principals of all the others.
    All come from one program.
    """
    count, many = len(part), len(targets)
    place, row = np.searchsorted(field.cells[part], targets), np.arange(many)
    here = start[field.cells[part]]
    rise, fall = np.maximum(field.high[part] - here, 0.0), np.maximum(here - field.low[part], 0.0)
    room = np.tile(np.concatenate([rise, fall]), (many, 1))
    price = np.full((many, 2 * count), 1e-3)
    way, back = (place, place + count) if sign > 0 else (place + count, place)
    price[row, way], room[row, back] = -1.0, 0.0
    room[row, way] = np.minimum(room[row, way], far)
    these = field.equations[:, part]
    these = these[np.flatnonzero(np.diff(these.indptr))]
    found = linprog(
        price.ravel(),
        A_eq=sparse.kron(sparse.eye_array(many), sparse.hstack([these, -these]), format="csc"),
        b_eq=np.zeros(many * these.shape[0]),
        bounds=np.column_stack([np.zeros(room.size), room.ravel()]),
        method="highs",
        options={"presolve": False},
    )
    changes = np.zeros((many, len(field.cells)))
    if found.x is not None:
        x = found.x.reshape(many, 2, count)
        changes[:, part] = x[:, 0] - x[:, 1]
    return changes


def _bounds(published: Published, attackers: list[int], own: Floats | None) -> tuple[Floats, Floats]:
    """What these attackers together know of every cell."""
    people = [who for who in attackers if who != NOBODY]
    if not people or own is None:
        return published.low, published.high
    mine = np.isin(published.owner, people)
    return np.where(mine, own, published.low), np.where(mine, own, published.high)


def _reachable(published: Published, low: Floats, high: Floats, cell: int) -> Whole:
    """The cells that could tell something of this one: its component."""
    number = components(published.equations, high > low)
    return np.flatnonzero(number == number[cell]) if number[cell] >= 0 else np.array([cell])


def _field(published: Published, low: Floats, high: Floats, cells: Whole) -> _Field:
    """The unknown cells among these and what their equations say once all that is known is put in."""
    unknown = cells[high[cells] > low[cells]]
    part = published.equations[:, unknown]
    rows = np.flatnonzero(np.diff(part.indptr))
    fixed = np.where(high > low, 0.0, low)
    here = published.equations[rows]
    return _Field(
        cells=unknown,
        equations=sparse.csr_array(part[rows]),
        sums=-np.asarray(here @ fixed, dtype=np.float64),
        low=low[unknown],
        high=high[unknown],
    )


def _interval(field: _Field, place: int) -> tuple[float, float]:
    """The interval of one cell of the field. Errors: ``ValueError`` where no table agrees."""
    ends = []
    for sign in (1.0, -1.0):
        cost = np.zeros(len(field.cells))
        cost[place] = sign
        found = linprog(
            cost,
            A_eq=field.equations,
            b_eq=field.sums,
            bounds=np.column_stack([field.low, field.high]),
            method="highs",
        )
        if found.status == 2:
            raise ValueError("no table agrees with what is released")
        ends.append(sign * (-np.inf if found.x is None else float(found.fun)))
    return ends[0], ends[1]
