"""What the attack makes of tables that are claimed to agree with a release: each is checked, and what does not hold is dropped."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from likvard.disclosure.system import NOBODY, Floats, Published, Whole

TOLERANCE = 1e-5


def holding(published: Published, start: Floats, changes: sparse.csr_array | None) -> sparse.csr_array:
    """Those of the changes that turn the start into a table that agrees; none where the start itself does not."""
    nothing = sparse.csr_array((0, len(start)))
    if changes is None or not fits(published.equations, 0.0, published.low, published.high, start):
        return nothing
    size = abs(changes) @ abs(published.equations).T
    over = abs(changes @ published.equations.T) - 1e-9 * size
    adds_up = (
        sparse.csr_array(over).max(axis=1).toarray().ravel() <= 1e-7
        if min(over.shape)
        else np.ones(over.shape[0], bool)
    )
    rows = np.repeat(np.arange(changes.shape[0]), np.diff(changes.indptr))
    there = start[changes.indices] + changes.data
    outside = (there < published.low[changes.indices] - 1e-7) | (there > published.high[changes.indices] + 1e-7)
    inside = np.bincount(rows[outside], minlength=changes.shape[0]) == 0
    return sparse.csr_array(changes[np.flatnonzero(adds_up & inside)])


def reached(published: Published, held: sparse.csr_array, targets: Whole, attackers: Whole) -> tuple[Floats, Floats]:
    """targets × attackers: how far up and down the changes take each target that an attacker does not see touch her own."""
    shape = (len(targets), len(attackers))
    most, least = np.zeros(shape), np.zeros(shape)
    rows = np.repeat(np.arange(held.shape[0]), np.diff(held.indptr))
    notices = np.zeros((held.shape[0], len(attackers)), dtype=np.bool_)
    owner = published.owner[held.indices]
    place = np.searchsorted(attackers, owner)
    seen = (
        (owner != NOBODY)
        & (np.abs(held.data) > TOLERANCE)
        & (attackers[np.minimum(place, len(attackers) - 1)] == owner)
    )
    notices[rows[seen], place[seen]] = True
    by_target = sparse.csc_array(held[:, targets])
    for target in range(len(targets)):
        here = slice(by_target.indptr[target], by_target.indptr[target + 1])
        far = np.where(notices[by_target.indices[here]], 0.0, by_target.data[here][:, None])
        most[target], least[target] = far.max(axis=0, initial=0.0), far.min(axis=0, initial=0.0)
    return most, least


def fits(added_up: sparse.csr_array, sums: Floats | float, low: Floats, high: Floats, table: Floats) -> bool:
    """Whether the table adds up to the sums and lies inside the bounds."""
    size = abs(added_up) @ np.abs(table) + np.abs(sums)
    adds_up = np.abs(added_up @ table - sums) <= 1e-9 * size + 1e-7
    return bool(adds_up.all() and (table >= low - 1e-7).all() and (table <= high + 1e-7).all())
