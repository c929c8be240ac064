"""Registers that rows point into: schools, areas; dated, so that a closed school leads to its successor."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from likvard.contracts import Source, SourceTable, Table, Tables
from likvard.contracts.periods import days, is_period
from likvard.ingest.typed import typed_column
from likvard.intake.cells import FEW_ROWS
from likvard.intake.distinct import Distinct, Mask, Rows
from likvard.intake.earlier import Earlier
from likvard.intake.finding import Findings

MOST_UNKNOWN = 0.01


@dataclass
class Registers:
    """The codes of each register table, and what is known of closed schools: last day and successor."""

    codes: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    closed: dict[str, tuple[str, str]] = field(default_factory=dict)

    def closed_before(self, day: str) -> set[str]:
        """The schools whose last day lies before ``day``."""
        return {code for code, (last, _) in self.closed.items() if last < day}

    def learn(self, rows: Rows, source: Source, table: Table) -> None:
        """Nothing; the register knows the table's codes from now on."""
        mapped = source.tables[table.name]
        for name in table.primary_key:
            if name in mapped.fields and table.fields[name].data_class == "unit":
                self.codes[table.name, name] = set(rows.columns[mapped.fields[name].column].words)
        if {"school_id", "valid_to", "successor_id"} <= set(mapped.fields):
            cells = [
                rows.columns[mapped.fields[name].column].cells() for name in ("school_id", "valid_to", "successor_id")
            ]
            self.closed = {
                code: (last, to) for code, last, to in zip(*cells, strict=True) if last not in mapped.missing
            }

    def codes_of(self, table: str, name: str, earlier: Earlier) -> set[str] | None:
        """The codes that the register has, in this delivery or the newest earlier one; None where there is no register."""
        if (table, name) not in self.codes:
            found = earlier.column(table, name) if table in earlier.source.tables else None
            if found is None:
                return None
            self.codes[table, name] = set(found[1])
        return self.codes[table, name]


def in_registers(
    rows: Rows,
    source: Source,
    tables: Tables,
    table: Table,
    registers: Registers,
    earlier: Earlier,
    left_out: Mask,
    findings: Findings,
) -> tuple[Rows, Mask]:
    """The rows with closed schools mapped to their successors; those with an unknown code are quarantined."""
    mapped = source.tables[table.name]
    for key in table.foreign_keys:
        for name, target in zip(key.fields, key.reference.fields, strict=True):
            origin = mapped.fields.get(name)
            if origin is None or tables[key.reference.resource].fields[target].data_class != "unit":
                continue
            known = registers.codes_of(key.reference.resource, target, earlier)
            if known is None:
                continue
            column = rows.columns[origin.column]
            if target == "school_id":
                rows = _to_successors(rows, origin.column, mapped, table, registers, findings)
                column = rows.columns[origin.column]
            strange = ~column.among(known | set(mapped.missing)) & ~left_out
            if not strange.any():
                continue
            findings.add("unknown_unit", origin.column, rows.numbers_of(strange), register=key.reference.resource)
            if strange.sum() > max(MOST_UNKNOWN * len(rows), FEW_ROWS):
                findings.add("too_many_rows_left_out", origin.column, count=int(strange.sum()))
            left_out = left_out | strange
    return rows, left_out


def _to_successors(
    rows: Rows, name: str, mapped: SourceTable, table: Table, registers: Registers, findings: Findings
) -> Rows:
    """The rows in which a school that had closed before their period is replaced by its successor."""
    period = next((one for one, field in table.fields.items() if field.period and one in mapped.fields), None)
    column = rows.columns[name]
    if period is None or not set(column.words) & set(registers.closed):
        return rows
    origin, grains = mapped.fields[period], table.fields[period].period
    labels = rows.columns[origin.column]
    ours = typed_column(pd.Series(labels.words, dtype="str"), table.fields[period], origin, mapped)[0]
    begins = [
        next(
            (days(one, grain)[0].isoformat() for grain in grains if isinstance(one, str) and is_period(one, grain)), ""
        )
        for one in ours
    ]
    starts = np.asarray(begins, dtype=object)[labels.codes]
    cells = column.cells()
    moved = np.zeros(len(rows), dtype=bool)
    for place, (school, start) in enumerate(zip(cells, starts, strict=True)):
        last, successor = registers.closed.get(school, ("9999", ""))
        if successor and last < start:
            cells[place], moved[place] = successor, True
    if moved.any():
        findings.add("closed_school", name, rows.numbers_of(moved))
    return rows.with_column(name, Distinct.of(cells))


def same_school_twice(rows: Rows, source: Source, table: Table, findings: Findings) -> None:
    """Nothing; ``findings`` tells where one school stands under two codes at the same time."""
    mapped = source.tables[table.name]
    if table.name != "schools" or not {"school_id", "school_name"} <= set(mapped.fields):
        return
    frame = pd.DataFrame(
        {name: rows.columns[origin.column].cells() for name, origin in mapped.fields.items()}, index=rows.numbers
    )
    frame["called"] = frame["school_name"].str.casefold().str.split().str.join(" ")
    if "valid_to" in frame:
        # A school that has closed and one that took over its name are two, one after the other.
        frame = frame[frame["valid_to"].isin(mapped.missing)]
    by = ["called", *(name for name in ("period", "area_id", "organiser_name") if name in frame)]
    twice = frame[frame.groupby(by)["school_id"].transform("nunique") > 1]
    if len(twice):
        findings.add("school_twice", mapped.fields["school_name"].column, [int(row) for row in twice.index])
