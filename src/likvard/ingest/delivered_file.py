"""One delivered file, CSV or workbook, as text, exactly as it stands, or a clear refusal."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pandas as pd

from likvard.contracts import SourceTable
from likvard.ingest.workbook import SheetUnreadableError, read_sheet


class UnreadableError(Exception):
    """The file is not of the agreed kind; the message says why."""


def read_delivered_file(path: Path, mapped: SourceTable) -> pd.DataFrame:
    """Every cell of the file as text, one column per header name, and ``source_row`` (line of the file, the first is 1).

    An empty cell is an empty string. Errors: ``UnreadableError`` where the file is empty, not of the agreed encoding or
    ragged; nothing is repaired on the way.
    """
    content = path.read_bytes()
    if not content.strip():
        raise UnreadableError("the file is empty")
    if path.suffix == ".xlsx":
        try:
            return read_sheet(content, mapped)
        except SheetUnreadableError as error:
            raise UnreadableError(str(error)) from None
    if b"\0" in content:
        raise UnreadableError("the file holds NUL characters, so it is not a text file")
    try:
        # Intake writes UTF-8 with its mark, whatever the sender's encoding was.
        marked = content.startswith(codecs.BOM_UTF8)
        text = content.decode("utf-8-sig" if marked else mapped.encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableError(f"line {line} is not {mapped.encoding} text") from None
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mapped.delimiter, strict=True)
    try:
        header = next(lines)
        rows, numbers, number = [], [], lines.line_num + 1
        for row in lines:
            if row:
                rows.append(row)
                numbers.append(number)
            number = lines.line_num + 1
    except csv.Error as error:
        raise UnreadableError(f"line {lines.line_num}: {error}") from None
    ragged = [number for row, number in zip(rows, numbers, strict=True) if len(row) != len(header)]
    if ragged:
        raise UnreadableError(
            f"{len(ragged)} rows do not have {len(header)} fields as the header does, the first on line {ragged[0]}"
        )
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise UnreadableError(f"the header names {', '.join(map(repr, repeated))} twice")
    if not rows:
        raise UnreadableError("the file has a header but no rows")
    return pd.DataFrame(rows, columns=header, dtype="str").assign(source_row=numbers)
