"""One delivered file from bytes to rows that ingest will read, or the reasons why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from traceback import extract_tb
from typing import Any

import numpy as np

from likvard.contracts import Source, Table, Tables
from likvard.contracts.rules import Rules
from likvard.errors import LikvardError
from likvard.ingest.run import expected
from likvard.intake.book import sheet_of_book
from likvard.intake.cells import FEW_ROWS, checked_cells
from likvard.intake.decoded import decoded
from likvard.intake.distinct import Mask, Rows
from likvard.intake.earlier import Earlier, sent_before, unlike_last_time
from likvard.intake.finding import Findings
from likvard.intake.heading import is_header, under_heading
from likvard.intake.persons import PupilList, person_field, pseudonymous
from likvard.intake.pseudonyms import Pseudonymiser
from likvard.intake.received import Received
from likvard.intake.registers import Registers, in_registers, same_school_twice
from likvard.intake.rowchecks import broken_rules, identity_in_texts, outside_period, repeated, totals
from likvard.intake.separated import separated
from likvard.intake.wholes import without_variation
from likvard.sender_rows import runs_of


@dataclass
class Desk:
    """What reading needs beside the file: contracts, the key, the day, and what other files have told so far."""

    source: Source
    tables: Tables
    rules: Rules
    earlier: Earlier
    edition: str
    on: date
    pseudonymise: Pseudonymiser | None
    pupils: PupilList
    registers: Registers = field(default_factory=Registers)


@dataclass(frozen=True)
class Taken:
    """The rows of one table that may enter, and the record of where they come from."""

    rows: Rows
    record: dict[str, Any]


def read_table(one: Received, name: str, desk: Desk, findings: Findings) -> Taken | None:
    """The rows of the table ``name`` in the file, or None where ``findings`` now says why not."""
    with without_values():
        sent_before(one.sha256, one.name, desk.earlier, findings)
        rows = _rows(one, name, desk, findings)
        if rows is None or findings.refused:
            return None
        before = len(rows)
        rows, left_out = _judged(rows, name, desk, findings)
        lost = sum(found.count for found in findings.found if found.code == "mixed_delimiters") + int(left_out.sum())
        whole = before + lost - int(left_out.sum())
        if lost > max(FEW_ROWS, desk.source.quarantine_share * whole) or 0 < whole <= 2 * lost:
            findings.add("too_many_rows_left_out", count=lost)
        rows = rows.kept(~left_out)
        if not len(rows):
            findings.add("no_rows")
        return None if findings.refused else Taken(rows, _record(one, rows, name, desk, findings))


@contextmanager
def without_values() -> Iterator[None]:
    """What goes wrong inside says where in the code, and never with the words of the fault: they may hold a cell."""
    try:
        yield
    except (LikvardError, MemoryError):
        raise
    except Exception as error:
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
        raise RuntimeError(f"{type(error).__name__} at {' > '.join(places)}") from None


def _rows(one: Received, name: str, desk: Desk, findings: Findings) -> Rows | None:
    mapped = desk.source.tables[name]
    if mapped.file.endswith(".xlsx"):
        sheet = sheet_of_book(one.content, mapped.sheet, mapped.decimal, findings)
    else:
        text = decoded(one.content, mapped.encoding, findings)
        sheet = (
            None if text is None else separated(text, mapped.delimiter, lambda row: is_header(row, mapped), findings)
        )
    if sheet is None:
        return None
    rows = under_heading(sheet, mapped, desk.tables[name], findings)
    if rows is not None:
        totals(rows, mapped, desk.tables[name], findings)
    return rows


def _judged(rows: Rows, name: str, desk: Desk, findings: Findings) -> tuple[Rows, Mask]:
    """The rows with everything mended, and the mask of those to be quarantined."""
    mapped, table = desk.source.tables[name], desk.tables[name]
    left_out: Mask = np.zeros(len(rows), dtype=bool)
    if person_field(mapped) is not None:
        assert desk.pseudonymise is not None
        rows, left_out = pseudonymous(rows, mapped, table, desk.pseudonymise, desk.on, desk.pupils, findings)
    rows = checked_cells(rows, table, mapped, desk.tables.codes, desk.on, findings, left_out)
    identity_in_texts(rows, mapped, table, findings)
    if findings.refused or not len(rows):
        return rows, left_out
    rows, left_out = repeated(rows, mapped, table, left_out, findings)
    same_school_twice(rows, desk.source, table, findings)
    rows, left_out = in_registers(
        rows, desk.source, desk.tables, table, desk.registers, desk.earlier, left_out, findings
    )
    due = expected(name, desk.edition, desk.source)
    outside_period(rows, mapped, table, desk.edition, due, findings)
    left_out = broken_rules(rows, mapped, table, desk.rules.rows, left_out, findings)
    without_variation(rows.kept(~left_out), mapped, table, findings)
    return rows, left_out


def _record(one: Received, rows: Rows, name: str, desk: Desk, findings: Findings) -> dict[str, Any]:
    mapped, table = desk.source.tables[name], desk.tables[name]
    record: dict[str, Any] = {"sha256": one.sha256, "rows": len(rows), "received_at": desk.on.isoformat()}
    if one.origin:
        record["brought"] = dict(one.origin)
    if person_field(mapped) is None and not any(
        "\n" in word for column in rows.columns.values() for word in column.words
    ):
        record["sender_rows"] = runs_of(rows.numbers)
    counted: dict[str, int] = {}
    for found in findings.found:
        counted[found.code] = counted.get(found.code, 0) + max(found.count, 1)
    record["found"] = counted
    persons: int | None = None
    schools: set[str] = set()
    if "pupil_id" in mapped.fields and "pupil_id" in table.fields:
        persons = len(rows.columns[mapped.fields["pupil_id"].column].words)
        record["persons"] = persons
    if "school_id" in mapped.fields:
        schools = set(rows.columns[mapped.fields["school_id"].column].words) - set(mapped.missing)
        record["schools"] = sorted(schools)
    if expected(name, desk.edition, desk.source) and (persons is not None or name == "schools"):
        closed = desk.registers.closed_before(desk.on.isoformat())
        unlike_last_time(one.name, persons, schools, closed, desk.earlier, findings)
    return record


def in_reading_order(source: Source, tables: Tables) -> list[str]:
    """The tables of the source, each after those that its keys point at; lists with a marking before other persons."""
    order: list[str] = []

    def place(table: Table, above: tuple[str, ...]) -> None:
        for key in table.foreign_keys:
            target = key.reference.resource
            if target in source.tables and target not in (*above, table.name):
                place(tables[target], (*above, table.name))
        if table.name not in order:
            order.append(table.name)

    marked = {
        name
        for name, mapped in source.tables.items()
        if any(tables[name].fields[one].data_class == "protected_flag" for one in mapped.fields)
    }
    for name in sorted(source.tables, key=lambda name: (name not in marked, list(source.tables).index(name))):
        place(tables[name], ())
    return order
