"""What every rule of a contract knows about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pandas as pd

from likvard.contracts import Field, Table
from likvard.validate.telling import Telling

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
    about_rows: ClassVar[bool] = True
    """Whether the fault is one of rows, which can be counted."""

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
    def holds(self, tell: Telling) -> str:
        """What is true of the data when the rule is kept."""

    @abstractmethod
    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        """What is wrong with ``count`` rows of ``frame``, without any pupil's values."""

    @abstractmethod
    def advice(self, tell: Telling) -> str:
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


@dataclass(frozen=True, kw_only=True)
class MarkedRule(Rule):
    """A rule that Great Expectations judges by a column of marks, which own code has computed."""

    @property
    def mark(self) -> str:
        """The name of the column of marks."""
        return f"{self.kind}: {self.name}"

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        """For every row whether it keeps the rule; missing where it is not judged."""
        raise NotImplementedError

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        """Whether every mark is true; a row without a mark is not judged."""
        return "ExpectColumnValuesToBeInSet", {"column": self.mark, "value_set": [True]}
