"""All rules that the contract of a table sets for the staged table at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

import pandas as pd

from likvard.contracts import Table
from likvard.contracts.rules import Rules
from likvard.contracts.table import Tables
from likvard.rules.grade_scale import GradeScale
from likvard.validate.column_rules import Coded, FilledIn, Formed, InRange, NobodyProtected, Required
from likvard.validate.delivery_rules import marked_rules, period_rules
from likvard.validate.grade_rules import grade_rules
from likvard.validate.prechecks import (
    grain_of_table,
    precheck_rules,
    row_count_rules,
    sound_columns,
    structure_rules,
    time_field,
)
from likvard.validate.rule import DELIVERY, MarkedRule, Rule
from likvard.validate.table_rules import KnownElsewhere, UniqueKey
from likvard.validate.whole_rules import whole_rules


@dataclass(frozen=True)
class Judgeable:
    """A staged table made ready to be judged.

    ``frame`` has, beside its own columns, the delivery of each row and one mark per foreign key. ``not_judged`` names
    the rules that wait for a column that is missing or of the wrong type, so that one fault is not told a dozen times.
    """

    table: Table
    frame: pd.DataFrame
    rules: tuple[Rule, ...]
    not_judged: tuple[str, ...]

    @property
    def asked_of(self) -> pd.DataFrame:
        """The columns that rules are about: every filter copies them all."""
        return self.frame.drop(columns=["source_file", "source_row"], errors="ignore")


def judgeable_tables(
    frames: Mapping[str, pd.DataFrame],
    tables: Tables,
    expected_in: Mapping[str, str] | None = None,
    rules: Rules | None = None,
    edition: str = "",
    scales: Mapping[str, GradeScale] | None = None,
) -> list[Judgeable]:
    """Every table of ``frames`` with its rules, in the order of the contracts.

    ``expected_in`` says by table which deliveries must hold it (all, unless it says otherwise). Tables that are expected in the
    same deliveries and count time alike must have the same periods. Where a precheck stops a table it is told alone, and nothing
    that rests on the table is judged, in it or in another. ``rules`` are those that no contract can say, judged for
    ``edition`` and with the grade scales ``scales``.
    """
    with_deliveries = {
        name: frame.assign(**{DELIVERY: delivery_of(frame, tables[name])}) for name, frame in sorted(frames.items())
    }
    rhythm = {name: (grain_of_table(tables[name]), (expected_in or {}).get(name, ".*")) for name in with_deliveries}
    periods: dict[object, set[str]] = {beat: set() for beat in rhythm.values()}
    for name, frame in with_deliveries.items():
        periods[rhythm[name]].update(frame[DELIVERY].dropna().unique())
    all_rules = rules or Rules()
    due = {name: sorted(periods[rhythm[name]]) for name in with_deliveries}
    causes = {
        name: precheck_rules(frame, tables[name], sound_columns(frame, tables[name]), due[name], all_rules, edition)
        for name, frame in with_deliveries.items()
    }
    sound = {name: frame for name, frame in with_deliveries.items() if causes[name] is None}
    closed = closed_schools(sound.get("schools")) if causes.get("schools") is None else None
    more = _More(all_rules, edition, scales or {}, closed)
    return [
        _judgeable(name, sound, tables, due[name], more)
        if (told := causes[name]) is None
        else _told_alone(with_deliveries[name], tables[name], tables, due[name], told)
        for name in with_deliveries
    ]


def delivery_of(frame: pd.DataFrame, table: Table) -> pd.Series:
    """The delivery that each row belongs to: its period, or, where the contract has none, its folder.

    Periods are named in messages, so only what keeps the contract's pattern is taken for one; anything else in that
    column may be a slip that carries a person's number.
    """
    field = time_field(table)
    if field is not None:
        column = field.name
        if column not in sound_columns(frame, table):
            return pd.Series(pd.NA, index=frame.index, dtype="string")
        formed = frame[column].str.fullmatch(field.constraints.pattern or "").fillna(False).astype(bool)
        return frame[column].where(formed)
    return frame["source_file"].str.split("/").str[0].astype("string")


@dataclass(frozen=True)
class _More:
    """The rules beyond the contracts, and what they need to know."""

    rules: Rules
    edition: str
    scales: Mapping[str, GradeScale]
    closed: Mapping[str, str] | None
    """The period in which each school closed; None where the register of schools cannot be trusted."""


def _judgeable(
    name: str, frames: Mapping[str, pd.DataFrame], tables: Tables, periods: list[str], more: _More
) -> Judgeable:
    table, frame = tables[name], frames[name]
    sound = sound_columns(frame, table)
    rules: list[Rule] = [*structure_rules(frame, table)]
    not_judged: list[str] = []
    for rule in cell_rules(table, tables, periods):
        if sound.issuperset(rule.columns):
            rules.append(rule)
        else:
            not_judged.append(rule.id)
    marks = {}
    for link in link_rules(table, tables):
        there = frames.get(link.target.name)
        target_sound = sound_columns(there, link.target) if there is not None else set()
        if there is not None and sound.issuperset(link.columns) and target_sound.issuperset(link.key.reference.fields):
            marks[link.mark] = link.marked(frame, there)
            rules.append(link)
        else:
            not_judged.append(link.id)
    rules += row_count_rules(frame, table, periods)
    sound_of = {
        other: sound_columns(frames[other], tables[other])
        for other in {one.of for one in more.rules.totals} & set(frames)
    }
    beyond = chain(
        marked_rules(frame, table, more.rules, sound),
        whole_rules(table, more.rules, sound, frames, sound_of, more.edition),
        grade_rules(table, more.rules, sound, frames, more.scales),
    )
    for marked in beyond:
        marks[marked.mark] = marked.marked(frame)
        rules.append(marked)
    rules += period_rules(frame, table, more.rules, sound, periods, more.closed)
    return Judgeable(table, frame.assign(**marks), tuple(rules), tuple(not_judged))


def _told_alone(frame: pd.DataFrame, table: Table, tables: Tables, periods: list[str], told: list[Rule]) -> Judgeable:
    """The table with nothing but its prechecks."""
    there = {rule.id for rule in told}
    others = chain(cell_rules(table, tables, periods), link_rules(table, tables))
    marks = {rule.mark: rule.marked(frame) for rule in told if isinstance(rule, MarkedRule)}
    not_judged = tuple(rule.id for rule in others if rule.id not in there)
    return Judgeable(table, frame.assign(**marks), tuple(told), not_judged)


def closed_schools(schools: pd.DataFrame | None) -> dict[str, str]:
    """The period in which each school closed, by school; a school that the register no longer names closed as well."""
    if schools is None or "school_id" not in schools:
        return {}
    last = schools.groupby("school_id", observed=True)[DELIVERY].max()
    newest = schools[DELIVERY].max()
    closed = {str(school): f"{period}+" for school, period in last.items() if period < newest}
    if "valid_to" in schools:
        ended = schools.dropna(subset=["valid_to"]).groupby("school_id", observed=True)[DELIVERY].min()
        closed |= {str(school): str(period) for school, period in ended.items()}
    return closed


def cell_rules(table: Table, tables: Tables, periods: list[str]) -> Iterator[Rule]:
    """The rules about the cells of the table's own columns, keys included."""
    if table.primary_key:
        yield UniqueKey(table=table, columns=table.primary_key)
    for name, field in table.fields.items():
        columns, limits = (name,), field.constraints
        if field.data_class == "protected_flag":
            yield NobodyProtected(table=table, columns=columns, field=field)
        if limits.required:
            yield Required(table=table, columns=columns, field=field)
        if field.codes:
            yield Coded(table=table, columns=columns, field=field, codes=tables.codes[field.codes].codes)
        if limits.pattern:
            yield Formed(table=table, columns=columns, field=field, pattern=limits.pattern)
        if limits.minimum is not None or limits.maximum is not None:
            yield InRange(table=table, columns=columns, field=field, minimum=limits.minimum, maximum=limits.maximum)
        if field.required_share:
            for period in periods:
                error, warning = field.required_share.error, field.required_share.warning
                rule = FilledIn(table=table, columns=columns, field=field, period=period, share=error)
                yield rule
                yield replace(rule, severity="warning", share=warning)


def link_rules(table: Table, tables: Tables) -> Iterator[KnownElsewhere]:
    """The rules about the foreign keys."""
    for key in table.foreign_keys:
        yield KnownElsewhere(table=table, columns=key.fields, key=key, target=tables[key.reference.resource])
