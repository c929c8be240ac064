"""One sheet of a delivered Excel workbook as text, exactly as it stands, or a clear refusal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from likvard.contracts import SourceTable

ROWS_BEFORE_HEADER = 9


class SheetUnreadableError(Exception):
    """The file is not a workbook of the agreed kind; the message says why."""


def read_sheet(content: bytes, mapped: SourceTable) -> pd.DataFrame:
    """Every cell of the sheet as text, one column per header name, and ``source_row`` (row of the sheet, from 1).

    The header is the first of the ten first rows that holds every column that the mapping names, letter by letter; what
    stands above it (a title, a date) is left out. Rows without content are too. A number is written with the mapping's
    decimal sign and a date as ``2025-01-31``. Errors: ``SheetUnreadableError``; nothing is repaired on the way.
    """
    sheet_name, rows = _rows(content, mapped.sheet)
    wanted = {origin.column for origin in mapped.fields.values()}
    cells = [[_text(cell, mapped.decimal) for cell in row] for row in rows]
    start = next((place for place, row in enumerate(cells[: ROWS_BEFORE_HEADER + 1]) if wanted <= set(row)), None)
    if start is None:
        raise SheetUnreadableError(
            f"none of the first {ROWS_BEFORE_HEADER + 1} rows of the sheet {sheet_name!r} is a header with the columns "
            f"{', '.join(map(repr, sorted(wanted)))}"
        )
    used = [place for place, name in enumerate(cells[start]) if name]
    header = [cells[start][place] for place in used]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise SheetUnreadableError(f"the header names {', '.join(map(repr, repeated))} twice")
    numbered = [(number, row) for number, row in enumerate(cells[start + 1 :], start + 2) if any(row)]
    outside = [number for number, row in numbered if any(cell for place, cell in enumerate(row) if place not in used)]
    if outside:
        raise SheetUnreadableError(
            f"{len(outside)} rows have cells outside the columns of the header, the first is row {outside[0]}"
        )
    if not numbered:
        raise SheetUnreadableError("the sheet has a header but no rows")
    frame = pd.DataFrame([[row[place] for place in used] for _, row in numbered], columns=header, dtype="str")
    return frame.assign(source_row=[number for number, _ in numbered])


def _rows(content: bytes, wanted: str | None) -> tuple[str, list[list[Any]]]:
    """The name of the sheet to read and its rows, from the first row of the sheet on."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names: Sequence[str] = workbook.sheet_names
        if wanted is not None and wanted not in names:
            raise SheetUnreadableError(f"there is no sheet {wanted!r}; there are {', '.join(map(repr, names))}")
        if wanted is None and len(names) != 1:
            raise SheetUnreadableError(
                f"there are {len(names)} sheets ({', '.join(map(repr, names))}) and the mapping does not name one"
            )
        name = names[0] if wanted is None else wanted
        return name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise SheetUnreadableError(f"the file is not an Excel workbook ({error})") from None


def _text(cell: Any, decimal: str) -> str:
    """The cell as a sender would have written it in a text file."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", decimal)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return str(cell)
