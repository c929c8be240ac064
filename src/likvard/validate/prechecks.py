"""What makes all later checks of a table meaningless: no column to know a row by, no rows, no period, or the wrong one."""

from __future__ import annotations

from collections.abc import Iterator

from likvard.contracts import Field, Table
from likvard.contracts.rules import Rules
from likvard.validate.column_rules import Formed, OfType, Present, Required
from likvard.validate.rule import Rule
from likvard.validate.staged import Outline, time_field
from likvard.validate.table_rules import HasRows, RowCountNearPrevious
from likvard.validate.whole_rules import fresh_rules


def precheck_rules(outline: Outline, table: Table, periods: list[str], rules: Rules, edition: str) -> list[Rule] | None:
    """The only rules that the table is judged by where one of its prechecks is broken; None where it may be judged wholly.

    The first cause is told and not its consequences: a table without its key is not called empty, an empty one not stale.
    """
    structure = list(structure_rules(outline, table))
    time = time_field(table)
    key = {*table.primary_key, *([time.name] if time else [])} & set(table.fields)
    if not key <= outline.sound:
        return structure
    there = set(outline.rows_of)
    with_rows: list[Rule] = [
        *structure,
        *(rule for rule in row_count_rules(outline, table, periods) if isinstance(rule, HasRows)),
    ]
    if not outline.rows:
        return with_rows
    if not there:
        return [*with_rows, *_rules_of_time(table, time)]
    if periods and periods[-1] not in there:
        return with_rows
    fresh = list(fresh_rules(table, rules, edition))
    stale = any(rule.severity == "error" and rule.is_stale(there) for rule in fresh)
    return [*with_rows, *fresh] if stale else None


def _rules_of_time(table: Table, time: Field | None) -> Iterator[Rule]:
    if time is not None:
        yield Required(table=table, columns=(time.name,), field=time)
        yield Formed(table=table, columns=(time.name,), field=time, pattern=time.constraints.pattern or "")


def structure_rules(outline: Outline, table: Table) -> Iterator[Rule]:
    """The rules about which columns there are; the type of a missing column is not asked for."""
    for name, field in table.fields.items():
        yield Present(table=table, columns=(name,), field=field)
        if name in outline.columns:
            yield OfType(table=table, columns=(name,), field=field)


def row_count_rules(outline: Outline, table: Table, periods: list[str]) -> Iterator[Rule]:
    """The rules about how many rows each delivery has.

    A delivery without rows is told once, as such, and the next is compared with the last that had rows. Where no row
    has a period at all, the rules of the period column say so.
    """
    yield HasRows(table=table)
    counts = outline.rows_of
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
                previous_count=counts[previous],
                change=table.previous_row_count_change,
            )
        previous = period
