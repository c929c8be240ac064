"""What every rule of a contract knows about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pandas as pd

from likvard.contracts import Field, Table

Severity = Literal["error", "warning"]
DELIVERY = "likvard_delivery"


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """One rule that a contract sets for a table, as an expectation for Great Expectations and as words for people.

    Great Expectations judges; ``at_fault`` is only asked for the rows of a rule that was judged broken. ``period``
    limits the rule to the rows of one delivery.
    """

    table: Table
    columns: tuple[str, ...] = ()
    severity: Severity = "error"
    period: str | None = None
    kind: ClassVar[str]

    @property
    def id(self) -> str:
        """The rule's name, the same in every run: table, columns, what it is and, where it has one, the period."""
        return ".".join(part for part in (self.table.name, "+".join(self.columns), self.name, self.period) if part)

    @property
    def name(self) -> str:
        """What tells the rule from the others on the same columns."""
        return self.kind

    @property
    @abstractmethod
    def expectation(self) -> tuple[str, dict[str, Any]]:
        """The class of Great Expectations that judges the rule, and its arguments."""

    @abstractmethod
    def holds(self) -> str:
        """What is true of the data when the rule is kept."""

    @abstractmethod
    def broken(self, count: int, frame: pd.DataFrame) -> str:
        """What is wrong with ``count`` rows of ``frame``, without any pupil's values."""

    @abstractmethod
    def advice(self) -> str:
        """What to do about it, and whom to ask."""

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        """The mask of the rows that break the rule; no row where the fault is the table's or the whole column's."""
        return pd.Series(False, index=frame.index)

    def of_period(self, frame: pd.DataFrame) -> pd.Series:
        """The mask of the rows that the rule speaks about."""
        if self.period is None:
            return pd.Series(True, index=frame.index)
        return frame[DELIVERY].eq(self.period).fillna(False).astype(bool)

    @property
    def shown_columns(self) -> str:
        """The columns as a cell of a table shows them."""
        return ", ".join(self.columns)


@dataclass(frozen=True, kw_only=True)
class ColumnRule(Rule):
    """A rule about one column."""

    field: Field

    @property
    def column(self) -> str:
        """The column's name."""
        return self.field.name

    @property
    def called(self) -> str:
        """The column as people know it."""
        return f"'{self.field.name}' ({self.field.title})"


def rows(count: int) -> str:
    """A number of rows in words."""
    return "1 row" if count == 1 else f"{count:,} rows"


def have(count: int) -> str:
    """The verb that goes with a number of rows."""
    return "has" if count == 1 else "have"


def per_cent(share: float, *, decimals: int = 0) -> str:
    """A share as a percentage, never rounded up, so that 79.96 does not read as a full 80."""
    import math

    scale = 10**decimals
    return f"{math.floor(round(share * 100 * scale, 6)) / scale:.{decimals}f} %"
