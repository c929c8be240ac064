"""The rules of ``rules.yaml`` about whole tables and between tables: fresh, new, in one school, totals and grades that agree."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

import pandas as pd

from likvard.contracts.periods import first_day, last_day
from likvard.contracts.rules import FreshnessRule, OneSchoolRule, Rules, SentAgainRule, TotalRule
from likvard.contracts.table import Table
from likvard.validate.coded import plain, renamed, repeated
from likvard.validate.rule import DELIVERY, MarkedRule
from likvard.validate.staged import Others
from likvard.validate.telling import Telling

NO_CONTENT = {"period", "source_file", "source_row", DELIVERY}


@dataclass(frozen=True, kw_only=True)
class Fresh(MarkedRule):
    """The newest period of the table does not end long before the edition does."""

    kind: ClassVar[str] = "fresh"
    about_rows: ClassVar[bool] = False
    rule: FreshnessRule
    edition: str
    until: date

    @property
    def earliest(self) -> date:
        """The earliest day on which the newest period may end."""
        return self.until - timedelta(days=self.rule.days)

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        names = frame[DELIVERY].cat.categories
        return renamed(frame[DELIVERY], {name: pd.Timestamp(day) for name in names if (day := last_day(name))})

    def is_stale(self, periods: Iterable[str]) -> bool:
        """Whether all of the periods end before the earliest day."""
        days = [last_day(period) for period in periods]
        return all(day is not None and day < self.earliest for day in days)

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        earliest = pd.Timestamp(self.earliest).to_pydatetime()
        return "ExpectColumnMaxToBeBetween", {"column": self.mark, "min_value": earliest}

    def holds(self, tell: Telling) -> str:
        return tell.say("the newest rows are fresh enough for the edition {edition}", edition=self.edition)

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "the newest rows are of {period}, and the edition {edition} needs rows of a period that ends on {day} or later",
            period=tell.period(frame[DELIVERY].max(), self.table),
            edition=self.edition,
            day=tell.language.date(self.earliest),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say("ask {owner} for the newest delivery.", owner=tell.owner(self.table))


@dataclass(frozen=True, kw_only=True)
class NotAhead(MarkedRule):
    """No row is of a period that begins after the edition has ended."""

    kind: ClassVar[str] = "ahead"
    edition: str
    until: date

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        return (~self.at_fault(frame)).astype("boolean")

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        begins = {name: first_day(name) for name in frame[DELIVERY].cat.categories}
        ahead = [name for name, day in begins.items() if day is not None and day > self.until]
        return frame[DELIVERY].isin(ahead)

    def holds(self, tell: Telling) -> str:
        return tell.say("no row is of a period after the edition {edition}", edition=self.edition)

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} a period that begins after the edition {edition} has ended",
            rows=tell.rows(count),
            have=tell.have(count),
            edition=self.edition,
        )

    def advice(self, tell: Telling) -> str:
        return tell.say("ask {owner} which period the rows are about.", owner=tell.owner(self.table))


@dataclass(frozen=True, kw_only=True)
class SentOnce(MarkedRule):
    """No period's rows are those of an earlier period under a new name."""

    kind: ClassVar[str] = "sent_again"
    about_rows: ClassVar[bool] = False
    rule: SentAgainRule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        return (~frame[DELIVERY].isin(list(self.copies(frame)))).astype("boolean")

    def copies(self, frame: pd.DataFrame) -> dict[str, str]:
        """The periods whose rows are those of an earlier one, and which. Only periods of as many rows can be."""
        sizes = frame[DELIVERY].value_counts().sort_index()
        sizes = sizes[sizes >= self.rule.fewest]
        same = sizes[sizes.duplicated(keep=False)].index
        content = [name for name in frame.columns if name in self.table.fields and name not in NO_CONTENT]
        known: dict[bytes, str] = {}
        copies = {}
        for period in same:
            rows = frame.loc[frame[DELIVERY] == period, content]
            print_of = pd.util.hash_pandas_object(rows, index=False).sort_values().to_numpy().tobytes()
            if print_of in known:
                copies[str(period)] = known[print_of]
            known.setdefault(print_of, str(period))
        return copies

    def holds(self, tell: Telling) -> str:
        return tell.say("no period has the rows of an earlier one")

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        pairs = [
            tell.say(
                "{period} (those of {earlier})",
                period=tell.period(period, self.table),
                earlier=tell.period(earlier, self.table),
            )
            for period, earlier in self.copies(frame).items()
        ]
        return tell.say("the rows are those of an earlier period sent again in {periods}", periods=tell.some_of(pairs))

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} for the rows of the period itself; the file of an earlier one seems to have been sent again.",
            owner=tell.owner(self.table),
        )


@dataclass(frozen=True, kw_only=True)
class InOneSchool(MarkedRule):
    """No pupil is in two schools at the same time."""

    kind: ClassVar[str] = "one_school"
    rule: OneSchoolRule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        return (~self.at_fault(frame)).astype("boolean")

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        pupil = ["pupil_id", DELIVERY]
        again = repeated(frame[pupil]) & frame["school_id"].notna()
        in_two = frame.loc[again].groupby(pupil, observed=True)["school_id"].transform("nunique") > 1
        return in_two.reindex(frame.index, fill_value=False).astype(bool)

    def holds(self, tell: Telling) -> str:
        return tell.say("every pupil is in one school at a time")

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say("{rows} are about pupils who are in two schools at the same time", rows=tell.rows(count))

    def advice(self, tell: Telling) -> str:
        return tell.say("ask {owner} which school each of the pupils is in.", owner=tell.owner(self.table))


@dataclass(frozen=True, kw_only=True, eq=False)
class TotalAgrees(MarkedRule):
    """A column is the number, or the sum, of another table's rows. ``other`` is that table."""

    kind: ClassVar[str] = "total"
    rule: TotalRule
    other: pd.DataFrame

    @property
    def name(self) -> str:
        return self.rule.rule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        by = list(self.rule.by)
        groups = self.other.dropna(subset=by).groupby(by, observed=True)
        found = groups.size() if self.rule.sum is None else groups[self.rule.sum].sum(min_count=1)
        here = found.rename("likvard_total").rename_axis([self.rule.by[name] for name in by]).reset_index()
        places = plain(frame[[*self.rule.by.values(), self.rule.column]]).merge(
            plain(here), how="left", on=list(self.rule.by.values())
        )
        difference = (places[self.rule.column].astype("Float64") - places["likvard_total"].astype("Float64")).abs()
        return pd.Series((difference <= self.rule.tolerance).array, index=frame.index, dtype="boolean")

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return ~frame[self.mark].fillna(True).astype(bool)

    def holds(self, tell: Telling) -> str:
        return self.rule.title.sv if tell.language.code == "sv" else self.rule.title.en

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} a total that does not agree with {table}; what must hold: {rule}",
            rows=tell.rows(count),
            have=tell.have(count),
            table=self.rule.of,
            rule=self.holds(tell),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} whether {column} is wrong or {table} lacks rows.",
            owner=tell.owner(self.table),
            column=self.rule.column,
            table=self.rule.of,
        )


def fresh_rules(table: Table, rules: Rules, edition: str) -> Iterator[Fresh]:
    """The rules about how new the table must be; none where the edition's name is no period."""
    until = last_day(edition)
    for fresh in rules.freshness:
        if fresh.table == table.name and until is not None:
            yield Fresh(table=table, rule=fresh, edition=edition, until=until, severity=fresh.severity)


def whole_rules(
    table: Table,
    rules: Rules,
    sound: frozenset[str],
    others: Others,
    edition: str,
) -> Iterator[MarkedRule]:
    """The rules about the table as a whole and with others, of those that fit the columns that are there."""
    until = last_day(edition)
    yield from fresh_rules(table, rules, edition)
    if until is not None and any(fresh.table == table.name for fresh in rules.freshness):
        yield NotAhead(table=table, edition=edition, until=until)
    for once in rules.sent_again:
        if once.table == table.name:
            yield SentOnce(table=table, rule=once)
    for one in rules.one_school:
        if one.table == table.name and sound.issuperset({"pupil_id", "school_id"}):
            yield InOneSchool(table=table, columns=("pupil_id", "school_id"), rule=one)
    for total in rules.totals:
        fits = sound.issuperset(total.columns) and others.have(total.of, total.other_columns)
        if total.table == table.name and fits:
            other = others.read(total.of, total.other_columns)
            yield TotalAgrees(table=table, columns=(total.column,), rule=total, other=other, severity=total.severity)
