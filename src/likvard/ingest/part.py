"""One table of one delivery under contract."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from likvard.contracts import Source, Tables, shown_code
from likvard.errors import unknown
from likvard.ingest.delivered_file import UnreadableError, read_delivered_file
from likvard.ingest.faults import Faults, Reading
from likvard.ingest.typed import in_good_codes, rows_named, typed_column


def read_part(
    path: Path, shown: str, name: str, source: Source, tables: Tables, faults: Faults, reading: Reading
) -> pd.DataFrame | None:
    """The rows of the table ``name`` in the file ``path``, or None where ``faults`` now says why not.

    ``shown`` is the path as people write it. A field that the sender does not deliver has no column.
    """
    mapped = source.tables[name]
    try:
        raw = read_delivered_file(path, mapped)
    except UnreadableError as error:
        faults.unreadable.append(f"{shown}: {error}")
        return None
    header = [column for column in raw.columns if column != "source_row"]
    absent = {field: origin for field, origin in mapped.fields.items() if origin.column not in header}
    if absent:
        faults.columns += [
            f"{shown}: {unknown('the column', origin.column, header)} ({source.place(name, field)})"
            for field, origin in absent.items()
        ]
        return None
    used = {origin.column for origin in mapped.fields.values()}
    reading.left_out += [{"file": shown, "column": column} for column in header if column not in used]
    columns: dict[str, pd.Series] = {}
    for field, contract in tables[name].fields.items():
        if field not in mapped.fields:
            continue
        origin = mapped.fields[field]
        column, unread = typed_column(raw[origin.column], contract, origin, mapped)
        if contract.codes:
            good = in_good_codes(column, tables.codes[contract.codes])
            column, unread = good.column, unread | good.unread
            about = {"file": shown, "column": origin.column}
            reading.mended += [{**about, "code": code, "cells": cells} for code, cells in good.mended.items()]
            reading.ignored += [{**about, "code": code, "cells": cells} for code, cells in good.ignored.items()]
        columns[field] = column
        faults.codes += unread_cells(raw, unread, shown, source, name, field, bool(contract.codes))
    return pd.DataFrame(columns).assign(source_file=f"{path.parent.name}/{path.name}", source_row=raw["source_row"])


def unread_cells(
    raw: pd.DataFrame, unread: pd.Series, shown: str, source: Source, table: str, name: str, coded: bool
) -> Iterable[str]:
    """One line per unknown code, or one for all cells of the wrong form (whose content is not repeated)."""
    if not unread.any():
        return []
    origin = source.tables[table].fields[name]
    rows = raw.loc[unread]
    if not coded and origin.codes is None:
        return [
            f"{shown}: column {origin.column!r} has cells that are not of the agreed form, {rows_named(rows['source_row'])}"
        ]
    return [
        f"{shown}: {shown_code(str(code))} in column {origin.column!r}, {rows_named(found['source_row'])} "
        f"({source.place(table, name, 'codes')})"
        for code, found in rows.groupby(origin.column)
    ]
