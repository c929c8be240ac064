"""Which searches a period is asked of, and which of the patterns that they find is taken: the one place that chooses."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from likvard.disclosure.quantities import Quantities
from likvard.disclosure.release import Safe, as_it_stands, safe_by_swaps, without_changes
from likvard.disclosure.suppress import suppress
from likvard.disclosure.task import GENERAL, SWAPS, Limits, Proposal, Task

SearchChoice = Literal["quick", "thorough"]

# The general search ends by rounds and nodes, never by the clock, so that two runs agree.
THOROUGH = Limits(rounds=60, most_figures=5_000, seconds=math.inf)


def searches_of(found: Quantities, choice: SearchChoice) -> tuple[str, ...]:
    """The searches that a period is asked of; the general one knows nothing of tables hidden alike, so it is asked of one table."""
    return (SWAPS, GENERAL) if choice == "thorough" and len(found.grids) == 1 else (SWAPS,)


def safe_by(searches: tuple[str, ...], found: Quantities, task: Task, least: int, kept: Proposal | None = None) -> Safe:
    """The pattern to release for the tables of a period: the cheapest that these searches find and the attack does not break.

    ``kept``: what an earlier run found for the same question. Where it stands again, nothing is searched.
    Errors: as ``safe_by_swaps``.
    """
    if kept is not None and (again := as_it_stands(found, task, least, kept)) is not None:
        return again
    by_swaps = safe_by_swaps(found, task, least)
    return cheaper(found, task, least, by_swaps, by_general_search(task)) if GENERAL in searches else by_swaps


def by_general_search(task: Task) -> Proposal:
    """What the general search would hide; whether it can be released, it does not say."""
    with nothing_said():
        return without_changes(task, suppress(task, THOROUGH))


@contextmanager
def nothing_said() -> Iterator[None]:
    """While the block runs nothing reaches the standard output: the solver writes notes to its makers there, past Python."""
    sys.stdout.flush()
    ours, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(ours, 1)
        os.close(ours)
        os.close(nowhere)


def cheaper(found: Quantities, task: Task, least: int, safe: Safe, other: Proposal) -> Safe:
    """``other``, where it costs readers no more than ``safe`` and stands; else ``safe``."""
    if task.loss(other.pattern.hidden) > task.loss(safe.pattern.hidden):
        return safe
    return as_it_stands(found, task, least, other) or safe
