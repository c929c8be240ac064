"""Tables as their senders write them: their column names, codes, encodings and forms, taken backwards from the source mapping."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from likvard.contracts import SourceField, SourceTable
from likvard.demo.exempelkommun.frame import categories
from likvard.workbook import Cell, workbook_bytes

TITLES = {
    "staff": "Personal i grundskolan den 15 oktober",
    "area_social": "Uppgifter från socialtjänsten, antal under fem redovisas inte",
    "benchmarks": "Jämförelsetal (påhittade, för Exempelkommun)",
    "actions": "Åtgärdsregister",
    "comments": "Kommentarer till rapporterna",
}
SHEETS = {"staff": "Personal"}
WITH_BOM = ("areas", "schools", "meetings", "participants")


def file_bytes(name: str, rows: pd.DataFrame, mapped: SourceTable) -> bytes:
    """The file of the table ``name`` as its sender sends it."""
    sent = as_sent(rows, mapped)
    if name == "pupils":
        # A column that is in no contract: ingest leaves it out and says so.
        sent["Skåpnummer"] = np.arange(101, 101 + len(sent))
    if mapped.file.endswith(".xlsx"):
        return workbook_bytes(SHEETS.get(name, "Blad1"), _sheet_rows(TITLES[name], sent, mapped))
    # Written as codes, pandas looks through all the names again for every few thousand rows: for a country's pupils, for ever.
    named = {column: object for column in sent if isinstance(sent[column].dtype, pd.CategoricalDtype)}
    buffer = io.StringIO()
    sent.astype(named).to_csv(
        buffer,
        sep=mapped.delimiter,
        decimal=mapped.decimal,
        na_rep=mapped.missing[-1],
        index=False,
        lineterminator="\r\n",
    )
    encoding = "utf-8-sig" if name in WITH_BOM and mapped.encoding == "utf-8" else mapped.encoding
    return buffer.getvalue().encode(encoding)


def as_sent(rows: pd.DataFrame, mapped: SourceTable) -> pd.DataFrame:
    """The rows with the sender's column names, codes and forms."""
    return pd.DataFrame({origin.column: _column(rows[name], origin) for name, origin in mapped.fields.items()})


def _column(column: pd.Series, origin: SourceField) -> pd.Series:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        if not pd.api.types.is_object_dtype(column.dtype) and not pd.api.types.is_string_dtype(column.dtype):
            whole = column.dropna()
            is_count = pd.api.types.is_float_dtype(column.dtype) and column.isna().any() and (whole % 1 == 0).all()
            return column.astype("Int64") if is_count else column
        column = column.astype("category")
    words = {word: _word(str(word), origin) for word in column.cat.categories}
    distinct = list(dict.fromkeys(words.values()))
    places = (
        np.asarray([distinct.index(words[word]) for word in column.cat.categories], dtype=np.int64)
        if len(distinct) < len(words)
        else None
    )
    codes = column.cat.codes.to_numpy()
    if places is not None:
        codes = np.where(codes < 0, -1, places[np.maximum(codes, 0)])
    return pd.Series(categories(codes, distinct), index=column.index)


def _word(word: str, origin: SourceField) -> str:
    """One value as the sender writes it; one that already is the sender's code stays."""
    if origin.codes is not None:
        return next((theirs for theirs, ours in origin.codes.items() if ours == word), word)
    if origin.form == "swedish_term":
        return f"{'VT' if word.endswith('1') else 'HT'}{word[:4]}"
    if origin.form == "compact_month":
        return word.replace("-", "")
    if origin.form == "scb_quarter":
        return word.replace("Q", "K")
    if origin.form == "slashed_school_year":
        return word.replace("-", "/")
    return word


def _sheet_rows(title: str, sent: pd.DataFrame, mapped: SourceTable) -> list[list[Cell]]:
    """A title, an empty row, the header and the cells."""
    absent = mapped.missing[-1] or None
    body: list[list[Cell]] = []
    for row in sent.astype(object).itertuples(index=False):
        body.append([absent if pd.isna(cell) else cell if isinstance(cell, str) else _number(cell) for cell in row])
    return [[title], [], list(sent.columns), *body]


def _number(cell: float) -> int | float:
    return int(cell) if float(cell).is_integer() else float(cell)
