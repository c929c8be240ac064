"""The rules of ``rules.yaml``: between the cells of a row, and about deliveries, where each row may be right by itself."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import pandas as pd

from likvard.contracts import Table
from likvard.contracts.rules import RowRule, Rules, SchoolsRule
from likvard.validate.coded import plain, stands_in
from likvard.validate.coverage import Covered
from likvard.validate.rule import DELIVERY, ColumnRule, MarkedRule, Rule
from likvard.validate.telling import Telling


@dataclass(frozen=True, kw_only=True)
class RowHolds(MarkedRule):
    """What must be true between the cells of a row."""

    kind: ClassVar[str] = "row"
    rule: RowRule

    @property
    def name(self) -> str:
        return self.rule.rule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        return (~self.at_fault(frame)).astype("boolean")

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return self.rule.broken_in(plain(frame[list(self.rule.columns)]))

    def holds(self, tell: Telling) -> str:
        return self.rule.title.en if tell.language.code == "en" else self.rule.title.sv

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} contradicting cells; what must hold: {rule}",
            rows=tell.rows(count),
            have=tell.have(count),
            rule=self.holds(tell),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} which of {columns} is wrong, and for the corrected file.",
            owner=tell.owner(self.table),
            columns=self.shown_columns,
        )


@dataclass(frozen=True, kw_only=True)
class SchoolCountNear(MarkedRule):
    """No school's number of pupils moves far from one period to the next."""

    kind: ClassVar[str] = "school_count_change"
    about_rows: ClassVar[bool] = False
    rule: SchoolsRule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        moved = pd.DataFrame(self._moved(frame), columns=["period", "school_id"], dtype="string")
        return ~stands_in(frame[[DELIVERY, "school_id"]], moved).fillna(False)

    def _moved(self, frame: pd.DataFrame) -> list[tuple[str, str]]:
        sizes = frame.groupby([DELIVERY, "school_id"], observed=True).size().rename("pupils").reset_index()
        counts = sizes.pivot_table(index=DELIVERY, columns="school_id", values="pupils", fill_value=0, observed=True)
        before = counts.shift(1)
        moved = (before >= self.rule.fewest) & (counts > 0) & ((counts - before).abs() > self.rule.change * before)
        rows, columns = moved.to_numpy().nonzero()
        return sorted(zip(map(str, moved.index[rows]), map(str, moved.columns[columns]), strict=True))

    def holds(self, tell: Telling) -> str:
        return tell.say(
            "no school's number of pupils moved by more than {change} between two periods",
            change=tell.per_cent(self.rule.change),
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        moved = [
            tell.say("{school} in {period}", school=school, period=tell.period(period, self.table))
            for period, school in self._moved(frame)
        ]
        return tell.say(
            "the number of pupils moved by more than {change} in {schools}",
            change=tell.per_cent(self.rule.change),
            schools=tell.some_of(moved),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say("ask {owner} whether the lists of these schools are complete.", owner=tell.owner(self.table))


@dataclass(frozen=True, kw_only=True)
class SchoolStays(Rule):
    """Every school of the period before that has not closed is there."""

    kind: ClassVar[str] = "school_missing"
    schools: tuple[str, ...]

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnDistinctValuesToContainSet", {"column": "school_id", "value_set": list(self.schools)}

    def holds(self, tell: Telling) -> str:
        return tell.say(
            "every school of the period before {period} is there in {period}",
            period=tell.period(self.period, self.table),
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        there = set(frame.loc[self.of_period(frame), "school_id"].unique())
        gone = [school for school in self.schools if school not in there]
        return tell.say(
            "schools that were there before and have not closed are missing in {period}: {schools}",
            period=tell.period(self.period, self.table),
            schools=tell.some_of(gone),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} for the rows of the schools, or for the day on which they closed.",
            owner=tell.owner(self.table),
        )


@dataclass(frozen=True, kw_only=True)
class Varies(ColumnRule):
    """A measured column does not have the same value in every row of a period."""

    kind: ClassVar[str] = "varies"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnUniqueValueCountToBeBetween", {"column": self.column, "min_value": 2}

    def holds(self, tell: Telling) -> str:
        return tell.say(
            "{column} varies in {period}", column=tell.called(self.field), period=tell.period(self.period, self.table)
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{column} has the same value in every row of {period}",
            column=tell.called(self.field),
            period=tell.period(self.period, self.table),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} whether the export of {column} for {period} is right.",
            owner=tell.owner(self.table),
            column=self.column,
            period=tell.period(self.period, self.table),
        )


def marked_rules(table: Table, rules: Rules, sound: frozenset[str]) -> Iterator[MarkedRule]:
    """The rules that need marks, of those that fit the columns that are there."""
    for row in rules.rows:
        if row.table == table.name and sound.issuperset(row.columns):
            yield RowHolds(table=table, columns=row.columns, rule=row, severity=row.severity)
    for schools in rules.schools:
        if schools.table == table.name and "school_id" in sound:
            yield SchoolCountNear(table=table, columns=("school_id",), rule=schools, severity="warning")
    for part in rules.coverage:
        if part.table == table.name and sound.issuperset({"school_id", *part.columns}):
            yield Covered(table=table, columns=part.columns, rule=part, severity="warning", sound=sound)


def period_rules(
    frame: pd.DataFrame,
    table: Table,
    rules: Rules,
    sound: frozenset[str],
    periods: list[str],
    closed: Mapping[str, str] | None,
) -> Iterator[Rule]:
    """The rules about one period of the table; ``closed`` has the first period without the school, by school, or is not known."""
    kept = any(schools.table == table.name for schools in rules.schools) and "school_id" in sound
    if kept and closed is not None:
        places = frame.groupby([DELIVERY, "school_id"], observed=True).size().index
        there = frame[DELIVERY].cat.categories
        for before, period in pairwise(periods):
            if before in there and period in there:
                stay = sorted(school for when, school in places if when == before and closed.get(school, "~") > period)
                yield SchoolStays(table=table, columns=("school_id",), period=period, schools=tuple(stay))
    sizes = frame[DELIVERY].value_counts(sort=False).to_dict()
    for name, field in table.fields.items():
        measured = field.type in ("integer", "number")
        fewest = rules.variation.fewest_numbers if measured else rules.variation.fewest_codes
        if name not in sound or not (measured or (field.required_share and field.codes)):
            continue
        filled = frame.loc[frame[name].notna(), DELIVERY].value_counts(sort=False).to_dict()
        for period in periods:
            if sizes.get(period, 0) >= fewest and filled.get(period, 0) >= fewest:
                yield Varies(table=table, columns=(name,), field=field, period=period)
