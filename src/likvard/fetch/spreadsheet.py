"""Any CSV or XLSX file becomes a tidy table by a mapping file: which sheet, which headings, which kinds of cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from likvard.contracts.yaml_file import line_of, read_record
from likvard.errors import CodesError, ColumnsError, FileUnreadableError, LikvardError, unknown
from likvard.fetch.delivery import Fetched, origin_of, receipt
from likvard.fetch.grid import Cell, Grid, csv_grid, is_blank, text_of, xlsx_grids
from likvard.fetch.written_number import plain_number

MOST_TITLE_ROWS = 10
MOST_LINES_NAMED = 5


class SheetColumn(BaseModel):
    """One column: its heading in the file, and the kind of its cells.

    ``text`` stays as it stands; with ``digits`` it is a code of exactly so many digits, and a cell where Excel has
    already eaten a zero is refused instead of mended.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: str
    type: Literal["text", "number", "integer", "date"] = "text"
    digits: Annotated[int, Field(ge=1, le=20)] | None = None


class SheetMapping(BaseModel):
    """How one file becomes one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    table: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    sheet: str | None = None
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ";"
    decimal: Literal[".", ","] = ","
    missing: tuple[str, ...] = ("",)
    ends_at_blank_row: bool = False
    columns: dict[str, SheetColumn]
    _path: Path | None = PrivateAttr(default=None)

    def place(self, column: str) -> str:
        """The file and line of the mapping that speak of ``column``, for a message about what to edit."""
        if self._path is None:
            return f"columns.{column}"
        return f"{self._path.name}, line {line_of(self._path, 'columns', column, 'header')}"


@dataclass
class _Faults:
    cells: list[str] = field(default_factory=list)
    numbers_kept_as_text: dict[str, int] = field(default_factory=dict)


def read_mapping(path: Path) -> SheetMapping:
    """The mapping in the YAML file ``path``. Errors: ``ContractError`` with every fault of the file."""
    mapping = read_record(SheetMapping, path)
    mapping._path = path
    return mapping


def read_spreadsheet(name: str, content: bytes, mapping: SheetMapping, retrieved_at: datetime) -> Fetched:
    """The table of ``mapping`` in the file ``name``; whether it is XLSX or CSV is seen from its bytes.

    The heading is the first row, below at most ten title rows, with every heading of the mapping. Numbers have a
    decimal point afterwards; what the mapping calls missing is empty. Columns that the mapping does not name are left
    out and named in the origin.
    Errors: ``FileUnreadableError``, ``ArchiveRefusedError``, ``ColumnsError``, ``CodesError``; no cell is repeated.
    """
    grid = _grid(name, content, mapping)
    top, columns = _heading(name, grid, mapping)
    rows = _rows_below(grid, top, mapping)
    if not rows:
        raise FileUnreadableError(
            f"{name} cannot be read.",
            ["there is a heading but no row below it"],
            advice="ask the sender for the file again.",
        )
    faults = _Faults()
    frame = pd.DataFrame(
        {ours: pd.Series(_cells(rows, place, ours, mapping, faults), dtype="string") for ours, place in columns.items()}
    )
    if faults.cells:
        raise CodesError(
            f"{name} has cells that are not of the agreed form.",
            faults.cells,
            advice="ask the sender what the cells mean, or change the line of the mapping that is named.",
        )
    left_out = [text for i, cell in enumerate(grid[top]) if (text := text_of(cell)) and i not in columns.values()]
    tables = {mapping.table: frame}
    more = {"columns_left_out": left_out, "header_row": top + 1}
    if faults.numbers_kept_as_text:
        more["numbers_kept_as_text"] = faults.numbers_kept_as_text
    return Fetched(tables, origin_of(mapping.source, retrieved_at, [receipt(name, content)], tables, **more))


def _grid(name: str, content: bytes, mapping: SheetMapping) -> Grid:
    if not content.startswith(b"PK"):
        return csv_grid(name, content, mapping.encoding, mapping.delimiter)
    sheets = xlsx_grids(name, content, [mapping.sheet] if mapping.sheet else None)
    if mapping.sheet is None and len(sheets) > 1:
        raise FileUnreadableError(
            f"{name} has {len(sheets)} sheets, and the mapping does not say which one to read.",
            [repr(sheet) for sheet in sheets],
            advice="name one of them as `sheet:` in the mapping.",
        )
    return next(iter(sheets.values()))


def _heading(name: str, grid: Grid, mapping: SheetMapping) -> tuple[int, dict[str, int]]:
    """The row of the heading, and the place of each of our columns in it."""
    wanted = {ours: column.header for ours, column in mapping.columns.items()}
    best: list[str] = []
    for i, row in enumerate(grid[: MOST_TITLE_ROWS + 1]):
        texts = [text_of(cell) for cell in row]
        if all(header in texts for header in wanted.values()):
            twice = sorted(header for header in wanted.values() if texts.count(header) > 1)
            if twice:
                raise _columns_error(name, [f"the heading {header!r} stands twice" for header in twice])
            return i, {ours: texts.index(header) for ours, header in wanted.items()}
        if len(set(texts) & set(wanted.values())) > len(set(best) & set(wanted.values())):
            best = texts
    if not best:
        raise _columns_error(name, [f"none of the first {MOST_TITLE_ROWS + 1} rows has any heading of the mapping"])
    raise _columns_error(
        name,
        [
            f"{unknown('the heading', header, [text for text in best if text])} ({mapping.place(ours)})"
            for ours, header in wanted.items()
            if header not in best
        ],
    )


def _rows_below(grid: Grid, top: int, mapping: SheetMapping) -> list[tuple[int, list[Cell]]]:
    """The rows of data with their line in the file; blank rows are passed over, or end the table."""
    rows: list[tuple[int, list[Cell]]] = []
    for line, row in enumerate(grid[top + 1 :], start=top + 2):
        if not is_blank(row):
            rows.append((line, row))
        elif mapping.ends_at_blank_row and rows:
            break
    return rows


def _cells(
    rows: list[tuple[int, list[Cell]]], place: int, ours: str, mapping: SheetMapping, faults: _Faults
) -> list[str | None]:
    """The cells of one column in the agreed form; ``faults`` gets the lines of those that are not."""
    column = mapping.columns[ours]
    cells: list[str | None] = []
    wrong: list[int] = []
    for line, row in rows:
        cell = row[place] if place < len(row) else None
        text = text_of(cell)
        if text in mapping.missing or text == "":
            cells.append(None)
            continue
        read = _read(cell, text, column, mapping.decimal)
        if read is None:
            wrong.append(line)
        elif column.type == "text" and isinstance(cell, float):
            faults.numbers_kept_as_text[ours] = faults.numbers_kept_as_text.get(ours, 0) + 1
        cells.append(read)
    if wrong:
        form = f"a code of {column.digits} digits" if column.digits else f"of the type {column.type}"
        lines = ", ".join(str(line) for line in wrong[:MOST_LINES_NAMED])
        more = f" and {len(wrong) - MOST_LINES_NAMED} more" if len(wrong) > MOST_LINES_NAMED else ""
        faults.cells.append(
            f"column {column.header!r}, line {lines}{more}: not {form} ({mapping.place(ours)})"
            + (" – where a leading zero is lost, the column must be text in Excel" if column.digits else "")
        )
    return cells


def _read(cell: Cell, text: str, column: SheetColumn, decimal: str) -> str | None:
    """The cell in the agreed form, or None where it has another."""
    if column.type == "text":
        fits = column.digits is None or (text.isascii() and text.isdigit() and len(text) == column.digits)
        return text if fits else None
    if column.type == "date":
        if isinstance(cell, datetime | date):
            return text[:10]
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            return None
    number = text if isinstance(cell, float) else plain_number(text, decimal)
    if number is None or isinstance(cell, bool):
        return None
    if column.type == "integer":
        return str(int(float(number))) if float(number).is_integer() else None
    return number


def _columns_error(name: str, problems: list[str]) -> LikvardError:
    return ColumnsError(
        f"{name} does not have the headings that the mapping names.",
        problems,
        advice="ask the sender for the agreed headings, or, if they were changed for good, edit the mapping.",
    )
