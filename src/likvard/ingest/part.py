"""One table of one delivery under contract."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from likvard.contracts import Source, Tables, shown_code
from likvard.errors import unknown
from likvard.ingest.delivered_file import UnreadableError, rows_of
from likvard.ingest.faults import Faults, Reading
from likvard.ingest.typed import in_good_codes, rows_named, typed_column


def read_part(
    content: bytes, path: Path, shown: str, name: str, source: Source, tables: Tables, faults: Faults, reading: Reading
) -> pd.DataFrame | None:
    """The rows of the table ``name`` in the file ``path`` with that content, or None where ``faults`` now says why not.

    ``shown`` is the path as people write it. Texts are categorical. A field that the sender does not deliver has no column.
    """
    mapped = source.tables[name]
    try:
        raw = rows_of(content, path.suffix, mapped)
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
    columns: dict[str, Any] = {}
    for field, contract in tables[name].fields.items():
        if field not in mapped.fields:
            continue
        origin = mapped.fields[field]
        delivered = raw[origin.column].cat
        words, codes = pd.Series(delivered.categories), delivered.codes.to_numpy()
        typed, unread = typed_column(words, contract, origin, mapped)
        if contract.codes:
            counts = pd.Series(np.bincount(codes, minlength=len(words)))
            good = in_good_codes(typed, tables.codes[contract.codes], counts)
            typed, unread = good.column, unread | good.unread
            about = {"file": shown, "column": origin.column}
            reading.mended += [{**about, "code": code, "cells": cells} for code, cells in good.mended.items()]
            reading.ignored += [{**about, "code": code, "cells": cells} for code, cells in good.ignored.items()]
        columns[field] = _spread(typed, codes)
        if unread.any():
            rows = raw.loc[unread.to_numpy(dtype=bool)[codes], [origin.column, "source_row"]]
            faults.codes += unread_cells(rows, shown, source, name, field, bool(contract.codes))
    return pd.DataFrame(columns).assign(
        source_file=pd.Categorical([f"{path.parent.name}/{path.name}"]).repeat(len(raw)),
        source_row=raw["source_row"],
    )


def _spread(typed: pd.Series, codes: npt.NDArray[np.integer[Any]]) -> Any:
    """The column of all cells, of which ``typed`` says what each word has become and ``codes`` which word each cell is."""
    if typed.dtype != "string":
        return typed.array.take(codes)
    places, words = pd.factorize(typed.array)
    return pd.Categorical.from_codes(places[codes], words)


def unread_cells(rows: pd.DataFrame, shown: str, source: Source, table: str, name: str, coded: bool) -> Iterable[str]:
    """One line per unknown code, or one for all cells of the wrong form (whose content is not repeated).

    ``rows`` are those that could not be read, with the sender's column and ``source_row``.
    """
    origin = source.tables[table].fields[name]
    if not coded and origin.codes is None:
        return [
            f"{shown}: column {origin.column!r} has cells that are not of the agreed form, {rows_named(rows['source_row'])}"
        ]
    return [
        f"{shown}: {shown_code(str(code))} in column {origin.column!r}, {rows_named(found['source_row'])} "
        f"({source.place(table, name, 'codes')})"
        for code, found in rows.astype({origin.column: "str"}).groupby(origin.column)
    ]
