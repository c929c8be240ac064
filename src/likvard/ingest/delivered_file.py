"""One delivered file, CSV or workbook, as text, exactly as it stands, or a clear refusal."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from likvard.contracts import SourceTable
from likvard.ingest.workbook import SheetUnreadableError, read_sheet

ROWS_AT_ONCE = 200_000
BYTES_AT_ONCE = 16 * 2**20
CODED = pa.dictionary(pa.int32(), pa.string())


class UnreadableError(Exception):
    """The file is not of the agreed kind; the message says why."""


def read_delivered_file(path: Path, mapped: SourceTable) -> pd.DataFrame:
    """``rows_of`` what stands in ``path``."""
    return rows_of(path.read_bytes(), path.suffix, mapped)


def rows_of(content: bytes, suffix: str, mapped: SourceTable) -> pd.DataFrame:
    """Every cell of a file as text, one column per header name, and ``source_row`` (line of the file, the first is 1).

    The columns are categorical, as few cells differ: what is done with the categories is done with all cells. An empty cell is
    an empty string. Errors: ``UnreadableError`` where the file is empty, not of the agreed encoding or ragged; nothing is
    repaired on the way.
    """
    if not content.strip():
        raise UnreadableError("the file is empty")
    if suffix == ".xlsx":
        try:
            sheet = read_sheet(content, mapped)
        except SheetUnreadableError as error:
            raise UnreadableError(str(error)) from None
        return sheet.astype(dict.fromkeys(sheet.columns.drop("source_row"), "category"))
    if b"\0" in content:
        raise UnreadableError("the file holds NUL characters, so it is not a text file")
    try:
        # Intake writes UTF-8 with its mark, whatever the sender's encoding was.
        marked = content.startswith(codecs.BOM_UTF8)
        text = content.decode("utf-8-sig" if marked else mapped.encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableError(f"line {line} is not {mapped.encoding} text") from None
    rows = _one_line_each(text, mapped.delimiter) if _is_plain(text) else None
    return _line_by_line(text, mapped.delimiter) if rows is None else rows


def _is_plain(text: str) -> bool:
    """Whether each line of the text is a row, so that any reader of CSV finds the same cells in it."""
    return (
        '"' not in text
        and text.count("\r") == text.count("\r\n")
        and not text.startswith(("\n", "\r"))
        and "\n\n" not in text
        and "\n\r" not in text
    )


def _one_line_each(text: str, delimiter: str) -> pd.DataFrame | None:
    """The rows of a plain text; None where something is wrong with them, which reading line by line then names."""
    header = text.partition("\n")[0].removesuffix("\r").split(delimiter)
    if len(set(header)) < len(header):
        return None
    try:
        table = read_csv(
            pa.py_buffer(text.encode()),
            ReadOptions(use_threads=False, block_size=BYTES_AT_ONCE, column_names=header, skip_rows=1),
            ParseOptions(delimiter=delimiter, quote_char=False),
            ConvertOptions(column_types=dict.fromkeys(header, CODED)),
        ).unify_dictionaries()
    except pa.ArrowInvalid:
        return None
    if not len(table) or any(_longest(column) > csv.field_size_limit() for column in table.columns):
        return None
    return _frame(table, np.arange(2, len(table) + 2))


def _longest(column: pa.ChunkedArray) -> int:
    """The length of the longest text of a column that has any."""
    return int(pc.max(pc.utf8_length(column.chunk(0).dictionary)).as_py())


def _line_by_line(text: str, delimiter: str) -> pd.DataFrame:
    """The rows of any text. Errors: ``UnreadableError``."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    parts: list[pa.Table] = []
    numbers: list[int] = []
    ragged: list[int] = []
    try:
        header = next(lines)
        numbered = _numbered(lines)
        while some := list(islice(numbered, ROWS_AT_ONCE)):
            ragged += [number for number, row in some if len(row) != len(header)]
            numbers += [number for number, _ in some]
            if not ragged:
                columns = zip(*(row for _, row in some), strict=True)
                coded = [pa.array(column, pa.string()).dictionary_encode() for column in columns]
                parts.append(pa.Table.from_arrays(coded, names=header))
    except csv.Error as error:
        raise UnreadableError(f"line {lines.line_num}: {error}") from None
    if ragged:
        raise UnreadableError(
            f"{len(ragged)} rows do not have {len(header)} fields as the header does, the first on line {ragged[0]}"
        )
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise UnreadableError(f"the header names {', '.join(map(repr, repeated))} twice")
    if not parts:
        raise UnreadableError("the file has a header but no rows")
    return _frame(pa.concat_tables(parts).unify_dictionaries(), np.array(numbers))


def _numbered(lines: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row of a reader of CSV that is not empty, with the number of the line that it begins on."""
    number = lines.line_num + 1
    for row in lines:
        if row:
            yield number, row
        number = lines.line_num + 1


def _frame(table: pa.Table, numbers: npt.NDArray[np.int64]) -> pd.DataFrame:
    rows: pd.DataFrame = table.to_pandas()
    return rows.assign(source_row=numbers)
