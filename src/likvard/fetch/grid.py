"""The cells of a delivered CSV or XLSX file, row by row, before anything is known about them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Literal

from likvard.errors import FileUnreadableError
from likvard.fetch.archive import check_archive

Cell = str | float | bool | date | datetime | time | timedelta | None
Grid = list[list[Cell]]


def csv_grid(name: str, content: bytes, encoding: Literal["utf-8", "cp1252"] = "utf-8", delimiter: str = ";") -> Grid:
    """All rows of the CSV file as text, also empty ones, so that the place in the list is the line less one.

    Errors: ``FileUnreadableError`` where the file is empty, not text, or not of the encoding.
    """
    if not content.strip():
        raise _unreadable(name, "the file is empty")
    if b"\0" in content:
        raise _unreadable(name, "the file holds NUL characters, so it is not a text file")
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _unreadable(name, f"line {line} is not {encoding} text") from None
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except csv.Error as error:
        raise _unreadable(name, f"the file is not well-formed CSV ({error})") from None


def xlsx_grids(name: str, content: bytes, sheets: list[str] | None = None) -> dict[str, Grid]:
    """The cells of each worksheet (of ``sheets``, where given), by the name of the sheet.

    Errors: ``ArchiveRefusedError`` where the file is unsafe to unpack; ``FileUnreadableError`` where it is no workbook
    or has no such sheet.
    """
    import python_calamine

    check_archive(name, content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        there = list(book.sheet_names)
        absent = [sheet for sheet in sheets or [] if sheet not in there]
        if absent:
            raise _unreadable(name, f"there is no sheet {absent[0]!r}; the sheets are {', '.join(map(repr, there))}")
        return {
            sheet: [
                [None if cell == "" else cell for cell in row]
                for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            ]
            for sheet in sheets or there
        }
    except python_calamine.CalamineError:
        raise _unreadable(name, "the file is not an Excel workbook that can be read") from None


def text_of(cell: Cell) -> str:
    """The cell as text: a whole number without decimals, a date as ISO 8601, an empty cell as an empty text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


def is_blank(row: list[Cell]) -> bool:
    """Whether the row holds nothing."""
    return all(text_of(cell) == "" for cell in row)


def _unreadable(name: str, why: str) -> FileUnreadableError:
    return FileUnreadableError(
        f"{name} cannot be read.", [why], advice="ask the sender for the file again and run the same command again."
    )
