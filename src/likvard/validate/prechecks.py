"""What makes all later checks of a table meaningless: no column to know a row by, no rows, no period, or the wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from likvard.contracts import Field, Table
from likvard.contracts.periods import Grain
from likvard.contracts.rules import Rules
from likvard.validate.column_rules import PANDAS_TYPES, Formed, OfType, Present, Required
from likvard.validate.rule import DELIVERY, Rule
from likvard.validate.table_rules import HasRows, RowCountNearPrevious
from likvard.validate.whole_rules import fresh_rules


def precheck_rules(
    frame: pd.DataFrame, table: Table, sound: set[str], periods: list[str], rules: Rules, edition: str
) -> list[Rule] | None:
    """The only rules that the table is judged by where one of its prechecks is broken; None where it may be judged wholly.

    The first cause is told and not its consequences: a table without its key is not called empty, an empty one not stale.
    """
    structure = list(structure_rules(frame, table))
    time = time_field(table)
    key = {*table.primary_key, *([time.name] if time else [])} & set(table.fields)
    if not key <= sound:
        return structure
    there = set(frame[DELIVERY].dropna().unique())
    with_rows: list[Rule] = [
        *structure,
        *(rule for rule in row_count_rules(frame, table, periods) if isinstance(rule, HasRows)),
    ]
    if frame.empty:
        return with_rows
    if not there:
        return [*with_rows, *_rules_of_time(table, time)]
    if periods and periods[-1] not in there:
        return with_rows
    fresh = list(fresh_rules(table, rules, edition))
    stale = any(rule.severity == "error" and rule.is_stale(map(str, there)) for rule in fresh)
    return [*with_rows, *fresh] if stale else None


def _rules_of_time(table: Table, time: Field | None) -> Iterator[Rule]:
    if time is not None:
        yield Required(table=table, columns=(time.name,), field=time)
        yield Formed(table=table, columns=(time.name,), field=time, pattern=time.constraints.pattern or "")


def time_field(table: Table) -> Field | None:
    """The column that says when a row is about."""
    times = [field for field in table.fields.values() if field.data_class == "time" and field.constraints.pattern]
    return times[0] if times else None


def grain_of_table(table: Table) -> tuple[Grain, ...]:
    """How long the periods of a table are; nothing where it has none."""
    field = time_field(table)
    return field.period if field is not None else ()


def sound_columns(frame: pd.DataFrame, table: Table) -> set[str]:
    """The columns of the contract that are there with its type, so that their cells can be judged."""
    wanted = {name: pandas_type(field.type) for name, field in table.fields.items()}
    return {name for name, kind in wanted.items() if name in frame.columns and frame[name].dtype == kind}


def pandas_type(kind: str) -> Any:
    """The type that a staged column of the contract's type has."""
    return np.dtype(PANDAS_TYPES[kind]) if kind == "date" else getattr(pd, PANDAS_TYPES[kind])()


def structure_rules(frame: pd.DataFrame, table: Table) -> Iterator[Rule]:
    """The rules about which columns there are; the type of a missing column is not asked for."""
    for name, field in table.fields.items():
        yield Present(table=table, columns=(name,), field=field)
        if name in frame.columns:
            yield OfType(table=table, columns=(name,), field=field)


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
