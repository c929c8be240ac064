"""Text becomes typed columns, as the source mapping and the contract say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from likvard.contracts import Field, SourceField, SourceTable

MOST_ROWS_NAMED = 5


def typed_column(
    text: pd.Series, field: Field, origin: SourceField, mapped: SourceTable
) -> tuple[pd.Series, pd.Series]:
    """The column under contract, and the mask of the cells that could not be read.

    ``text`` is the sender's column. A cell that the mapping calls missing becomes missing; one that the mapping's codes or
    the contract's type do not take is missing too, and marked. Never is a cell turned into another value on a guess.
    """
    missing = text.isin(mapped.missing)
    known = text.mask(missing)
    column: pd.Series[Any]
    if origin.codes is not None:
        column = known.map(origin.codes).astype("string")
    elif field.type == "string":
        column = known.astype("string")
    elif field.type == "boolean":
        column = known.map({"true": True, "false": False}).astype("boolean")
    else:
        number = pd.to_numeric(_plain_number(known, mapped.decimal), errors="coerce") * origin.factor
        if field.type == "integer":
            column = number.where(number.isna() | (number % 1 == 0)).astype("Int64")
        else:
            column = number.astype("Float64")
    return column, column.isna() & ~missing


def _plain_number(text: pd.Series, decimal: str) -> pd.Series:
    """Numbers with a decimal point; what is not written as a number in the agreed form is missing."""
    form = r"[+-]?\d+(?:" + (r"\." if decimal == "." else ",") + r"\d+)?"
    written = text.where(text.str.fullmatch(form).fillna(False).astype(bool))
    return written.str.replace(",", ".", regex=False) if decimal == "," else written


def rows_named(rows: pd.Series) -> str:
    """The first lines of a file where something is wrong, and how many there are in all."""
    first = ", ".join(str(row) for row in rows.head(MOST_ROWS_NAMED))
    more = len(rows) - MOST_ROWS_NAMED
    return f"line {first}" if len(rows) == 1 else f"lines {first}" + (f" and {more} more" if more > 0 else "")
