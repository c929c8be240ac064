"""All rules that the contract of a table sets for the staged table at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from likvard.contracts import Field, Table
from likvard.contracts.periods import Grain
from likvard.contracts.rules import Rules
from likvard.contracts.table import Tables
from likvard.validate.column_rules import (
    PANDAS_TYPES,
    Coded,
    FilledIn,
    Formed,
    InRange,
    NobodyProtected,
    OfType,
    Present,
    Required,
)
from likvard.validate.delivery_rules import marked_rules, period_rules
from likvard.validate.rule import DELIVERY, Rule
from likvard.validate.table_rules import HasRows, KnownElsewhere, RowCountNearPrevious, UniqueKey


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


def judgeable_tables(
    frames: Mapping[str, pd.DataFrame],
    tables: Tables,
    expected_in: Mapping[str, str] | None = None,
    rules: Rules | None = None,
) -> list[Judgeable]:
    """Every table of ``frames`` with its rules, in the order of the contracts.

    ``expected_in`` says by table which deliveries must hold it (all, unless it says otherwise). Tables that are expected in the
    same deliveries and count time alike must have the same periods. ``rules`` are those that no contract can say.
    """
    with_deliveries = {
        name: frame.assign(**{DELIVERY: delivery_of(frame, tables[name])}) for name, frame in sorted(frames.items())
    }
    rhythm = {name: (grain_of_table(tables[name]), (expected_in or {}).get(name, ".*")) for name in with_deliveries}
    periods: dict[object, set[str]] = {beat: set() for beat in rhythm.values()}
    for name, frame in with_deliveries.items():
        periods[rhythm[name]].update(frame[DELIVERY].dropna().unique())
    return [
        _judgeable(name, with_deliveries, tables, sorted(periods[rhythm[name]]), rules or Rules())
        for name in with_deliveries
    ]


def time_field(table: Table) -> Field | None:
    """The column that says when a row is about."""
    times = [field for field in table.fields.values() if field.data_class == "time" and field.constraints.pattern]
    return times[0] if times else None


def grain_of_table(table: Table) -> tuple[Grain, ...]:
    """How long the periods of a table are; nothing where it has none."""
    field = time_field(table)
    return field.period if field is not None else ()


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


def sound_columns(frame: pd.DataFrame, table: Table) -> set[str]:
    """The columns of the contract that are there with its type, so that their cells can be judged."""
    wanted = {name: pandas_type(field.type) for name, field in table.fields.items()}
    return {name for name, kind in wanted.items() if name in frame.columns and frame[name].dtype == kind}


def pandas_type(kind: str) -> Any:
    """The type that a staged column of the contract's type has."""
    return np.dtype(PANDAS_TYPES[kind]) if kind == "date" else getattr(pd, PANDAS_TYPES[kind])()


def _judgeable(
    name: str, frames: Mapping[str, pd.DataFrame], tables: Tables, periods: list[str], more: Rules
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
    for marked in marked_rules(frame, table, more, sound):
        marks[marked.mark] = marked.marked(frame)
        rules.append(marked)
    rules += period_rules(frame, table, more, sound, periods, closed_schools(frames.get("schools")))
    return Judgeable(table, frame.assign(**marks), tuple(rules), tuple(not_judged))


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


def structure_rules(frame: pd.DataFrame, table: Table) -> Iterator[Rule]:
    """The rules about which columns there are; the type of a missing column is not asked for."""
    for name, field in table.fields.items():
        yield Present(table=table, columns=(name,), field=field)
        if name in frame.columns:
            yield OfType(table=table, columns=(name,), field=field)


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


def row_count_rules(frame: pd.DataFrame, table: Table, periods: list[str]) -> Iterator[Rule]:
    """The rules about how many rows each delivery has.

    A delivery without rows is told once, as such, and the next is compared with the last that had rows. Where no row
    has a period at all, the rules of the period column say so.
    """
    yield HasRows(table=table)
    counts = frame[DELIVERY].value_counts().to_dict()
    if not counts:
        return
    previous: str | None = None
    for period in periods:
        yield HasRows(table=table, period=period)
        if period not in counts:
            continue
        if previous is not None and table.previous_row_count_change is not None:
            yield RowCountNearPrevious(
                table=table,
                period=period,
                severity="warning",
                previous_period=previous,
                previous_count=int(counts[previous]),
                change=table.previous_row_count_change,
            )
        previous = period
