"""The rules of ``rules.yaml``: between the cells of a row, and about deliveries, where each row may be right by itself."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import pandas as pd

from likvard.contracts import Table
from likvard.contracts.rules import CoverageRule, RowRule, Rules, SchoolsRule
from likvard.validate.rule import DELIVERY, ColumnRule, Rule, have, per_cent, rows

MOST_NAMED = 5


def some_of(names: list[str]) -> str:
    """The first few of the names, and how many more there are."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


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
        return "ExpectColumnValuesToBeInSet", {"column": self.mark, "value_set": [True]}


@dataclass(frozen=True, kw_only=True)
class RowHolds(MarkedRule):
    """What must be true between the cells of a row."""

    kind: ClassVar[str] = "row"
    rule: RowRule

    @property
    def name(self) -> str:
        return self.rule.rule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        return (~self.rule.broken_in(frame)).astype("boolean")

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return self.rule.broken_in(frame)

    def holds(self) -> str:
        return self.rule.title.en

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{rows(count)} {have(count)} contradicting cells; what must hold: {self.rule.title.en}"

    def advice(self) -> str:
        return f"ask {self.table.owner} which of {', '.join(self.rule.columns)} is wrong, and for the corrected file."


@dataclass(frozen=True, kw_only=True)
class SchoolCountNear(MarkedRule):
    """No school's number of pupils moves far from one period to the next."""

    kind: ClassVar[str] = "school_count_change"
    rule: SchoolsRule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        place = pd.MultiIndex.from_arrays([frame[DELIVERY], frame["school_id"]])
        return pd.Series(~place.isin(list(self._moved(frame))), index=frame.index, dtype="boolean")

    def _moved(self, frame: pd.DataFrame) -> set[tuple[str, str]]:
        counts = pd.crosstab(frame[DELIVERY], frame["school_id"])
        before = counts.shift(1)
        moved = (before >= self.rule.fewest) & (counts > 0) & ((counts - before).abs() > self.rule.change * before)
        return {(str(period), str(school)) for school in moved for period in moved.index[moved[school]]}

    def holds(self) -> str:
        return f"no school's number of pupils moved by more than {per_cent(self.rule.change)} between two periods"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        moved = some_of([f"{school} in {period}" for period, school in sorted(self._moved(frame))])
        return f"the number of pupils moved by more than {per_cent(self.rule.change)} in {moved}"

    def advice(self) -> str:
        return f"ask {self.table.owner} whether the lists of these schools are complete."


@dataclass(frozen=True, kw_only=True)
class SchoolStays(Rule):
    """Every school of the period before that has not closed is there."""

    kind: ClassVar[str] = "school_missing"
    schools: tuple[str, ...]

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnDistinctValuesToContainSet", {"column": "school_id", "value_set": list(self.schools)}

    def holds(self) -> str:
        return f"every school of the period before {self.period} is there in {self.period}"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        there = set(frame.loc[self.of_period(frame), "school_id"].dropna())
        gone = [school for school in self.schools if school not in there]
        return f"schools that were there before and have not closed are missing in {self.period}: {some_of(gone)}"

    def advice(self) -> str:
        return f"ask {self.table.owner} for the rows of the schools, or for the day on which they closed."


@dataclass(frozen=True, kw_only=True)
class Varies(ColumnRule):
    """A measured column does not have the same value in every row of a period."""

    kind: ClassVar[str] = "varies"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnUniqueValueCountToBeBetween", {"column": self.column, "min_value": 2}

    def holds(self) -> str:
        return f"{self.called} varies in {self.period}"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{self.called} has the same value in every row of {self.period}"

    def advice(self) -> str:
        return f"ask {self.table.owner} whether the export of {self.column} for {self.period} is right."


@dataclass(frozen=True, kw_only=True)
class Covered(MarkedRule):
    """Every school reports enough of what it should in every period."""

    kind: ClassVar[str] = "coverage"
    rule: CoverageRule

    @property
    def name(self) -> str:
        return self.rule.rule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        share = self.shares(frame)
        place = pd.MultiIndex.from_arrays([frame[DELIVERY], frame["school_id"]])
        return pd.Series(~place.isin(share[share < self.rule.share].index), index=frame.index, dtype="boolean")

    def shares(self, frame: pd.DataFrame) -> pd.Series:
        """The share that is reported, by period and school."""
        sums = frame.groupby([DELIVERY, "school_id"], observed=True)[[self.rule.part, self.rule.whole]].sum()
        return (sums[self.rule.part] / sums[self.rule.whole].where(sums[self.rule.whole] > 0)).dropna()

    def holds(self) -> str:
        return f"every school reports at least {per_cent(self.rule.share)} of its {self.rule.whole} in every period"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        share = self.shares(frame)
        few = some_of([f"{school} in {period}" for period, school in share[share < self.rule.share].index])
        return f"less than {per_cent(self.rule.share)} of {self.rule.whole} is reported by {few}"

    def advice(self) -> str:
        return f"ask {self.table.owner} to see that these schools report, and to send the file again."


def marked_rules(frame: pd.DataFrame, table: Table, rules: Rules, sound: set[str]) -> Iterator[MarkedRule]:
    """The rules that need marks, of those that fit the columns that are there."""
    for row in rules.rows:
        if row.table == table.name and sound.issuperset(row.columns):
            yield RowHolds(table=table, columns=row.columns, rule=row, severity=row.severity)
    for schools in rules.schools:
        if schools.table == table.name and "school_id" in sound:
            yield SchoolCountNear(table=table, columns=("school_id",), rule=schools, severity="warning")
    for part in rules.coverage:
        if part.table == table.name and sound.issuperset({part.part, part.whole, "school_id"}):
            columns = (part.part, part.whole)
            yield Covered(table=table, columns=columns, rule=part, severity="warning")


def period_rules(
    frame: pd.DataFrame, table: Table, rules: Rules, sound: set[str], periods: list[str], closed: dict[str, str]
) -> Iterator[Rule]:
    """The rules about one period of the table; ``closed`` has the first period without the school, by school."""
    if any(schools.table == table.name for schools in rules.schools) and "school_id" in sound:
        there = frame.groupby(DELIVERY, observed=True)["school_id"].unique().to_dict()
        for before, period in pairwise(periods):
            if before in there and period in there:
                known = [school for school in there[before] if isinstance(school, str)]
                stay = sorted(school for school in known if closed.get(school, "~") > period)
                yield SchoolStays(table=table, columns=("school_id",), period=period, schools=tuple(stay))
    sizes = frame[DELIVERY].value_counts().to_dict()
    for name, field in table.fields.items():
        measured = field.type in ("integer", "number")
        fewest = rules.variation.fewest_numbers if measured else rules.variation.fewest_codes
        if name not in sound or not (measured or (field.required_share and field.codes)):
            continue
        filled = frame.loc[frame[name].notna(), DELIVERY].value_counts().to_dict()
        for period in periods:
            if sizes.get(period, 0) >= fewest and filled.get(period, 0) >= fewest:
                yield Varies(table=table, columns=(name,), field=field, period=period)
