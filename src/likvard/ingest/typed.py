"""Text becomes typed columns, as the source mapping and the contract say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from likvard.contracts import CodeList, Field, SourceField, SourceTable
from likvard.ingest.forms import in_our_form

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
    if origin.form is not None:
        known = in_our_form(known, origin.form)
    if origin.codes is not None:
        known = known.map(origin.codes)
    column = _of_type(known, field, origin, mapped.decimal)
    return column, column.isna() & ~missing


@dataclass(frozen=True)
class GoodCodes:
    """A coded column with good codes only.

    ``unread`` marks the cells whose code the list does not have. ``mended`` and ``ignored`` count, by code, the cells that
    the list reads as another code and as missing.
    """

    column: pd.Series
    unread: pd.Series
    mended: dict[str, int]
    ignored: dict[str, int]


def in_good_codes(column: pd.Series, codes: CodeList, cells: pd.Series | None = None) -> GoodCodes:
    """The column as the code list reads it: good codes as they are, fixable ones replaced, ignored ones missing.

    ``cells`` says how many cells each row stands for, where that is not one.
    """
    met = column.value_counts() if cells is None else cells.groupby(column).sum()
    accepted = column.isin(codes.accepted)
    good = column.replace(codes.replacement)
    return GoodCodes(
        column=good.where(good.isin(codes.codes)).astype("string"),
        unread=column.notna() & ~accepted,
        mended={code: int(met[code]) for code in codes.replacement if code in met},
        ignored={code: int(met[code]) for code in sorted(codes.ignored) if code in met},
    )


def _of_type(known: pd.Series, field: Field, origin: SourceField, decimal: str) -> pd.Series:
    """The column in the contract's type; missing where a cell is not written in the agreed form."""
    column: pd.Series[Any]
    if field.type == "string":
        column = known.astype("string")
    elif field.type == "boolean":
        column = known.map({"true": True, "false": False}).astype("boolean")
    elif field.type == "date":
        written = known.where(known.str.fullmatch(r"\d{4}-\d{2}-\d{2}").fillna(False).astype(bool))
        column = pd.to_datetime(written, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    else:
        number = pd.to_numeric(_plain_number(known, decimal), errors="coerce") * origin.factor
        if field.type == "integer":
            column = number.where(number.isna() | (number % 1 == 0)).astype("Int64")
        else:
            column = number.astype("Float64")
    return column


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
