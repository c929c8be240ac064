"""What suppression is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from likvard.disclosure.system import Flags, Floats, System, Whole

OPTIMAL = "optimal"
WITHIN_BOUND = "within_bound"
NOT_BOUNDED = "not_bounded"
NOT_PROTECTED = "not_protected"

SWAPS, GENERAL = "swaps", "general"


@dataclass(frozen=True)
class Limits:
    """How much work one component may cost.

    Rounds and nodes decide, so that two runs agree; ``seconds`` only stops what has run away, and a component that it stopped
    says so (``stopped``). ``most_figures``: larger components are not optimised, only protected.
    """

    rounds: int = 20
    nodes: int = 2_000
    pairs_per_round: int = 60
    most_figures: int = 600
    gap: float = 0.02
    seconds: float = 60.0


@dataclass(frozen=True)
class Task:
    """The system with the truth, which only the releaser has.

    ``truth`` and ``level``: of every cell; the interval of a hidden cell must be at least as wide as its level (0: any).
    ``weight``: what it costs readers to lose a figure. ``hidden``: figures that the primary rules hide. ``known``: figures that
    can no longer be hidden, as they were released before. ``last``: figures that are hidden only where nothing else helps.
    """

    system: System
    truth: Floats
    level: Floats
    weight: Floats
    hidden: Flags
    known: Flags
    last: Flags

    @staticmethod
    def of(
        system: System,
        truth: Floats,
        level: Floats,
        hidden: Flags,
        weight: Floats | None = None,
        known: Flags | None = None,
        last: Flags | None = None,
    ) -> Task:
        """A task where every figure weighs 1, none is known and none comes last, unless it is said."""
        count = system.shows.shape[0]
        return Task(
            system=system,
            truth=np.asarray(truth, dtype=np.float64),
            level=np.asarray(level, dtype=np.float64),
            weight=np.ones(count) if weight is None else weight,
            hidden=np.asarray(hidden, dtype=np.bool_),
            known=np.zeros(count, dtype=np.bool_) if known is None else known,
            last=np.zeros(count, dtype=np.bool_) if last is None else last,
        )

    def loss(self, hidden: Flags) -> float:
        """What it costs readers that these figures are hidden and not only those of the primary rules."""
        return float(self.weight[hidden & ~self.hidden].sum())


@dataclass(frozen=True)
class Part:
    """How one component was solved: its size, what it cost beyond the primary rules, and how far that is from the best.

    ``bound`` is proven: no safe pattern costs less. ``stopped`` says that time, not the rules, ended the search.
    """

    cells: int
    figures: int
    sensitive: int
    status: str
    loss: float
    bound: float
    stopped: bool = False


@dataclass(frozen=True)
class Pattern:
    """What is hidden. ``protects``: for each figure hidden beyond the primary rules, a cell that it protects (else −1)."""

    hidden: Flags
    protects: Whole
    parts: tuple[Part, ...] = field(default=())

    @property
    def loss(self) -> float:
        """What the pattern costs beyond the primary rules."""
        return sum(part.loss for part in self.parts)

    @property
    def gap(self) -> float:
        """How far the pattern can be from the best one: (loss − proven bound) ÷ loss, 0 where nothing more is hidden."""
        return (self.loss - sum(part.bound for part in self.parts)) / self.loss if self.loss > 0 else 0.0

    @property
    def bounded(self) -> bool:
        """Whether something is proven of every part: otherwise the gap says nothing."""
        return all(part.status in {OPTIMAL, WITHIN_BOUND} for part in self.parts)

    @property
    def protected(self) -> bool:
        """Whether every sensitive cell could be given its level."""
        return all(part.status != NOT_PROTECTED for part in self.parts)


@dataclass(frozen=True)
class Proposal:
    """What is to be hidden, before the attack has said what it finds.

    ``level``: how wide each hidden cell must stay, at least the task's. ``changes`` (changes × cells): what is claimed to turn the
    truth into other tables that agree with what is shown. ``turns``: how often more had to be hidden. ``search``: which search
    found it, ``swaps`` or ``general``.
    """

    pattern: Pattern
    level: Floats
    changes: sparse.csr_array
    turns: int
    search: str
