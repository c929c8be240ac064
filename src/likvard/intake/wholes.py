"""Columns that are the same from the first row to the last, or empty: more often a broken export than the truth."""

from __future__ import annotations

from likvard.contracts import SourceTable, Table
from likvard.intake.distinct import Rows
from likvard.intake.finding import Findings

FEWEST_NUMBERS = 30
FEWEST_CODES = 100


def without_variation(rows: Rows, mapped: SourceTable, table: Table, findings: Findings) -> None:
    """Nothing; ``findings`` tells of columns that every row should not agree in."""
    for name, field in table.fields.items():
        origin = mapped.fields.get(name)
        measured = field.type in ("integer", "number")
        if origin is None or not (measured or field.required_share):
            continue
        words = rows.columns[origin.column].words
        if all(word in mapped.missing for word in words) and len(rows) >= FEWEST_NUMBERS:
            findings.add("all_missing", origin.column, count=len(rows))
        elif len(words) == 1 and len(rows) >= (FEWEST_NUMBERS if measured else FEWEST_CODES):
            findings.add("all_identical", origin.column, count=len(rows))
