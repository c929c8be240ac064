"""Suppression and attack together: hide, attack, hide more, until the attack finds nothing, or say that it cannot be done."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from likvard.disclosure.attack import Audit, audit
from likvard.disclosure.suppress import suppress
from likvard.disclosure.system import Flags, Whole, contradictions
from likvard.disclosure.task import Limits, Pattern, Task
from likvard.errors import ContradictionError, DisclosureError

MOST_TURNS = 12


@dataclass(frozen=True)
class Safe:
    """A pattern that the attack found nothing against, the attack, and how many turns of hiding more it took."""

    pattern: Pattern
    audit: Audit
    turns: int


def safe(task: Task, limits: Limits | None = None) -> Safe:
    """The pattern to release.

    The attacker decides: what it finds too narrow is answered by hiding the figures around it, and by another attack.
    Errors: ``ContradictionError`` where the true values do not add up (nothing could be proven); ``DisclosureError`` where
    something can be found out whatever is hidden, as a rule because it follows from what was released before.
    """
    wrong = contradictions(task.system.equations, task.truth)
    if len(wrong):
        raise ContradictionError(
            f"{len(wrong)} sums of the figures do not add up, so that nothing can be proven about what is hidden.",
            advice="see that all tables of the edition were made from the same delivery, and build again.",
        )
    pattern = suppress(task, limits)
    for turn in range(MOST_TURNS):
        found = attacked(task, pattern.hidden)
        if found.safe:
            return Safe(pattern, found, turn)
        cells = np.unique([finding.cell for finding in found.findings])
        more = _around(task, cells, pattern.hidden)
        if not more.any():
            break
        pattern = replace(pattern, hidden=pattern.hidden | more)
    raise DisclosureError(
        f"{len(found.findings)} hidden figures could be found out, whatever else is hidden.",
        advice="compare with what was published before (reports/published); the decisions of the stage name the figures.",
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
