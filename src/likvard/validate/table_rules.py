"""The rules about whole rows and whole deliveries: unique keys, links to other tables, and numbers of rows."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from likvard.contracts import ForeignKey, Table
from likvard.validate.coded import repeated, stands_in
from likvard.validate.rule import Rule
from likvard.validate.telling import Telling


@dataclass(frozen=True, kw_only=True)
class UniqueKey(Rule):
    """No two rows have the same key. A row with a part of its key missing is left to the rules of that column."""

    kind: ClassVar[str] = "unique"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        if len(self.columns) == 1:
            return "ExpectColumnValuesToBeUnique", {"column": self.columns[0]}
        return "ExpectCompoundColumnsToBeUnique", {
            "column_list": list(self.columns),
            "ignore_row_if": "any_value_is_missing",
        }

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return repeated(frame[list(self.columns)])

    def holds(self, tell: Telling) -> str:
        return tell.say("every row has its own {columns}", columns=tell.language.listed(self.columns))

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} the same {columns} as another row",
            rows=tell.rows(count),
            have=tell.have(count),
            columns=tell.language.listed(self.columns),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} which of the rows is right, and for a file with one row for each.",
            owner=tell.owner(self.table),
        )


@dataclass(frozen=True, kw_only=True)
class KnownElsewhere(Rule):
    """Every foreign key stands in the table that it points at. A key with a part missing is not judged.

    Great Expectations has no such expectation for pandas: ``marked`` finds out and Great Expectations judges the mark.
    """

    kind: ClassVar[str] = "link"
    key: ForeignKey
    target: Table

    @property
    def name(self) -> str:
        return f"in_{self.target.name}"

    @property
    def mark(self) -> str:
        """The name of the column that says, for every row, whether its key is known."""
        return f"{self.shown_columns} in {self.target.name}"

    def marked(self, frame: pd.DataFrame, target: pd.DataFrame) -> pd.Series:
        """For every row of ``frame`` whether its key is known in ``target``; missing where the key is not complete."""
        return stands_in(frame[list(self.key.fields)], target[list(self.key.reference.fields)])

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToBeInSet", {"column": self.mark, "value_set": [True]}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return ~frame[self.mark].fillna(True).astype(bool)

    def holds(self, tell: Telling) -> str:
        return tell.say(
            "every {columns} is known in the table {table}",
            columns=tell.language.listed(self.columns),
            table=self.target.name,
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} a {columns} that {table} does not know",
            rows=tell.rows(count),
            have=tell.have(count),
            columns=tell.language.listed(self.columns),
            table=self.target.name,
        )

    def advice(self, tell: Telling) -> str:
        named = {
            "owner": tell.owner(self.table),
            "table": self.target.name,
            "columns": tell.language.listed(self.columns),
        }
        if self.target.owner == self.table.owner:
            return tell.say("ask {owner} whether {table} lacks rows or {columns} are wrong.", **named)
        return tell.say(
            "ask {other} for the rows that {table} lacks, or {owner} to correct {columns}.",
            other=tell.owner(self.target),
            **named,
        )


@dataclass(frozen=True, kw_only=True)
class HasRows(Rule):
    """The table has rows: for a delivery that any table has rows for, or, without a period, at all."""

    kind: ClassVar[str] = "rows"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectTableRowCountToBeBetween", {"min_value": 1}

    def holds(self, tell: Telling) -> str:
        return (
            tell.say("there are rows for {period}", period=tell.period(self.period, self.table))
            if self.period
            else tell.say("there are rows")
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        if self.period is None:
            return tell.say("there are no rows")
        return tell.say(
            "there are no rows for {period}, which other tables have", period=tell.period(self.period, self.table)
        )

    def advice(self, tell: Telling) -> str:
        if self.period is None:
            return tell.say("ask {owner} for the rows of every delivery.", owner=tell.owner(self.table))
        return tell.say(
            "ask {owner} for the rows of {period}.",
            owner=tell.owner(self.table),
            period=tell.period(self.period, self.table),
        )


@dataclass(frozen=True, kw_only=True)
class RowCountNearPrevious(Rule):
    """The number of rows of a delivery is near that of the one before."""

    kind: ClassVar[str] = "row_count_change"
    previous_period: str
    previous_count: int
    change: float

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        # Rounding takes away the dust of binary fractions: 100 × 1.15 is 114.99999999999999.
        return "ExpectTableRowCountToBeBetween", {
            "min_value": math.ceil(round(self.previous_count * (1 - self.change), 6)),
            "max_value": math.floor(round(self.previous_count * (1 + self.change), 6)),
        }

    def holds(self, tell: Telling) -> str:
        return tell.say(
            "{period} has nearly as many rows as {previous} (within {change})",
            period=tell.period(self.period, self.table),
            previous=tell.period(self.previous_period, self.table),
            change=tell.per_cent(self.change),
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        there = int(self.of_period(frame).sum())
        named = {
            "period": self.period,
            "previous": self.previous_period,
            "rows": tell.rows(there),
            "before": tell.count(self.previous_count),
            "share": tell.per_cent(abs(there / self.previous_count - 1)),
            "change": tell.per_cent(self.change),
        }
        if there < self.previous_count:
            return tell.say(
                "{period} has {rows} and {previous} had {before}: {share} fewer, and a change above {change} is unusual",
                **named,
            )
        return tell.say(
            "{period} has {rows} and {previous} had {before}: {share} more, and a change above {change} is unusual",
            **named,
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} whether the delivery of {period} is complete.",
            owner=tell.owner(self.table),
            period=tell.period(self.period, self.table),
        )
