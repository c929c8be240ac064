"""Exempelkommun at any size as Parquet under contract, written block by block so that memory stays bounded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likvard.contracts import CodeList, Field, Source, Table, read_tables
from likvard.contracts.source import SourceField
from likvard.demo.exempelkommun import plan
from likvard.demo.exempelkommun.frame import same
from likvard.demo.exempelkommun.people import blocks_of
from likvard.demo.exempelkommun.quarter import tables_of, world_of
from likvard.demo.exempelkommun.write import SEED, mapping
from likvard.workspace import Workspace


def write_columnar(
    folder: Path, schools: int = 4_700, pupils: int = 1_100_000, seed: int = SEED, contracts: Path | None = None
) -> dict[str, int]:
    """One Parquet file per table in ``folder``, with the columns that ingest writes; the number of rows of each.

    The rows are those of all twelve quarters, the last word where a quarter restates another, in the order of their blocks
    (not sorted as ingest sorts them). One block of thirty schools is in memory at a time.
    """
    import pyarrow.parquet as pq

    where = contracts or Workspace.find().contracts
    tables, source = read_tables(where), mapping(where)
    folder.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Any] = {}
    rows_written = dict.fromkeys(source.tables, 0)
    try:
        for block in blocks_of(schools, pupils, seed):
            world = world_of(block)
            for quarter in plan.QUARTERS:
                for name, rows in tables_of(world, quarter).items():
                    last = rows if name != "grades" else _last_word(rows, quarter, block.school_code(0))
                    file = f"{quarter}/{source.tables[name].file}"
                    batch = arrow_table(last, tables[name], source, tables.codes, file, rows_written[name])
                    if name not in writers:
                        writers[name] = pq.ParquetWriter(
                            folder / tables[name].path, batch.schema, compression="zstd", store_schema=False
                        )
                    writers[name].write_table(batch)
                    rows_written[name] += len(last)
    finally:
        for writer in writers.values():
            writer.close()
    return rows_written


def _last_word(rows: pd.DataFrame, quarter: str, restated_school: str) -> pd.DataFrame:
    """The grades without the rows that a later quarter sends again."""
    mistaken = quarter == f"{plan.RESTATED_TERM[:4]}Q2"
    return rows[rows["school_id"] != restated_school] if mistaken else rows


def arrow_table(
    rows: pd.DataFrame, table: Table, source: Source, codes: dict[str, CodeList], file: str, before: int
) -> Any:
    """The rows under contract as an Arrow table, with where they came from; ``before`` rows were written already."""
    import pyarrow as pa

    mapped = source.tables[table.name].fields
    columns = {
        name: _column(rows[name], field, mapped[name], codes.get(field.codes or ""))
        for name, field in table.fields.items()
        if name in mapped
    }
    columns["source_file"] = _texts(pd.Series(same(file, len(rows))))
    columns["source_row"] = pa.array(np.arange(before + 2, before + 2 + len(rows), dtype=np.int64))
    return pa.table(columns)


def _column(column: pd.Series, field: Field, origin: SourceField, codes: CodeList | None) -> Any:
    import pyarrow as pa

    if field.type == "integer":
        return pa.array(column.astype("Int64"), type=pa.int64())
    if field.type == "number":
        return pa.array(column.astype("Float64"), type=pa.float64())
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("object").astype("category")
    if field.type == "boolean":
        return pa.array((column == "true").to_numpy())
    if field.type == "date":
        return pa.array(pd.to_datetime(column.astype("string"), format="%Y-%m-%d"), type=pa.timestamp("ms"))
    theirs = {their: our for their, our in (origin.codes or {}).items() if their not in (origin.codes or {}).values()}
    rename = theirs | (codes.replacement if codes else {}) | dict.fromkeys(codes.ignored if codes else ())
    return _texts(column, rename)


def _texts(column: pd.Series, rename: dict[str, str | None] | None = None) -> Any:
    """The texts as a dictionary of distinct texts and places; renamed, or missing where the new name is ``None``."""
    import pyarrow as pa

    names = column.cat.categories
    places = column.cat.codes.to_numpy().astype(np.int32)
    if rename:
        renamed = [rename.get(name, name) for name in names]
        dropped = np.asarray([name is None for name in renamed])
        if dropped.any():
            places = np.where((places >= 0) & dropped[places], -1, places)
        names = pd.Index([name or "" for name in renamed], dtype="object")
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=places < 0), pa.array(names, type=pa.string()))
