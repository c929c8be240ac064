"""The rules about whole rows and whole deliveries: unique keys, links to other tables, and numbers of rows."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from likvard.contracts import ForeignKey, Table
from likvard.validate.rule import Rule, have, per_cent, rows


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
        key = list(self.columns)
        return frame.duplicated(key, keep=False) & frame[key].notna().all(axis="columns")

    def holds(self) -> str:
        return f"every row has its own {' and '.join(self.columns)}"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{rows(count)} {have(count)} the same {' and '.join(self.columns)} as another row"

    def advice(self) -> str:
        return f"ask {self.table.owner} which of the rows is right, and for a file with one row for each."


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
        here, there = list(self.key.fields), list(self.key.reference.fields)
        known = pd.MultiIndex.from_frame(target[there].dropna())
        mark = pd.Series(pd.MultiIndex.from_frame(frame[here]).isin(known), index=frame.index, dtype="boolean")
        return mark.mask(frame[here].isna().any(axis="columns"))

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToBeInSet", {"column": self.mark, "value_set": [True]}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return ~frame[self.mark].fillna(True).astype(bool)

    def holds(self) -> str:
        return f"every {' and '.join(self.columns)} is known in the table {self.target.name}"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{rows(count)} {have(count)} a {' and '.join(self.columns)} that {self.target.name} does not know"

    def advice(self) -> str:
        if self.target.owner == self.table.owner:
            wrong = " and ".join(self.columns)
            return f"ask {self.table.owner} whether {self.target.name} lacks rows or {wrong} are wrong."
        return (
            f"ask {self.target.owner} for the rows that {self.target.name} lacks, or {self.table.owner} to correct "
            f"{' and '.join(self.columns)}."
        )


@dataclass(frozen=True, kw_only=True)
class HasRows(Rule):
    """The table has rows: for a delivery that any table has rows for, or, without a period, at all."""

    kind: ClassVar[str] = "rows"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectTableRowCountToBeBetween", {"min_value": 1}

    def holds(self) -> str:
        return f"there are rows for {self.period}" if self.period else "there are rows"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"there are no rows for {self.period}, which other tables have" if self.period else "there are no rows"

    def advice(self) -> str:
        return f"ask {self.table.owner} for the rows of {self.period or 'every delivery'}."


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

    def holds(self) -> str:
        return f"{self.period} has nearly as many rows as {self.previous_period} (within {per_cent(self.change)})"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        there = int(self.of_period(frame).sum())
        share = abs(there / self.previous_count - 1)
        direction = "fewer" if there < self.previous_count else "more"
        return (
            f"{self.period} has {rows(there)} and {self.previous_period} had {self.previous_count:,}: "
            f"{per_cent(share)} {direction}, and a change above {per_cent(self.change)} is unusual"
        )

    def advice(self) -> str:
        return f"ask {self.table.owner} whether the delivery of {self.period} is complete."
