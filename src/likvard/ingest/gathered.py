"""The parts of one table, as they were read: kept on disk by period, so that one file or one period at a time is in memory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.feather import read_table, write_feather

from likvard.contracts import Table
from likvard.ingest.restated import last_word
from likvard.tables import categories_of, writing_table

NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype(), pa.bool_(): pd.BooleanDtype()}


class Gathered:
    """All that deliveries say of ``table``; ``folder`` is empty and goes with it.

    A table whose key has no period is one piece.
    """

    def __init__(self, table: Table, folder: Path) -> None:
        self.table = table
        self.folder = folder
        self.deliveries: list[str] = []
        self.pieces: dict[str | None, list[tuple[int, Path]]] = {}
        self.schema = pa.schema([])

    def add(self, delivery: str, part: pd.DataFrame) -> None:
        """Nothing; the rows of ``part``, whose texts are categorical, count after all that were added before."""
        coded = _coded(part)
        self.schema = pa.unify_schemas([self.schema, coded.schema])
        for number, (period, rows) in enumerate(self._by_period(coded)):
            path = self.folder / f"{len(self.deliveries)}-{number}.arrow"
            with path.open("wb") as stream:
                write_feather(rows, stream)
            self.pieces.setdefault(period, []).append((len(self.deliveries), path))
        self.deliveries.append(delivery)

    def write(self, path: Path) -> tuple[int, list[dict[str, Any]]]:
        """How many rows stand in ``path`` by now, and what of them was restated: table, delivery, rows and how many of them say
        something else. They are in the order of period, key and place in the delivery, so that equal data gives equal bytes.
        """
        count, rows_again, changed = 0, Counter[int](), Counter[int]()
        with writing_table(path) as write:
            for period in sorted(self.pieces, key=lambda period: (period is None, period)):
                places, paths = zip(*self.pieces[period], strict=True)
                parts = [read_table(piece) for piece in paths]
                rows = _in_one_code(pa.concat_tables([self.schema.empty_table(), *parts], promote_options="default"))
                order = pd.Series(np.repeat(places, [len(part) for part in parts]))
                if len(parts) > 1:
                    rows, replacing = last_word(rows, order, self.table)
                    rows_again.update(replacing["order"])
                    changed.update(replacing.loc[replacing["changed"].astype(bool), "order"])
                key = [name for name in self.table.primary_key if name != "period"]
                write(rows.sort_values([*key, "source_file", "source_row"], kind="stable", ignore_index=True))
                count += len(rows)
        restated = [
            {
                "table": self.table.name,
                "delivery": self.deliveries[place],
                "rows": rows_again[place],
                "changed": changed[place],
            }
            for place in sorted(rows_again)
        ]
        return count, restated

    def _by_period(self, part: pa.Table) -> list[tuple[str | None, pa.Table]]:
        if "period" not in self.table.primary_key:
            return [(None, part)]
        periods = pc.unique(part["period"].combine_chunks()).to_pylist()
        if len(periods) == 1:
            return [(periods[0], part)]
        return [
            (one, part.filter(pc.is_null(part["period"]) if one is None else pc.equal(part["period"], one)))
            for one in periods
        ]


def _coded(part: pd.DataFrame) -> pa.Table:
    """The same rows with codes of one width."""
    table = pa.Table.from_pandas(part, preserve_index=False).replace_schema_metadata()
    wide = [
        field.with_type(pa.dictionary(pa.int32(), pa.string())) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(wide))


def _in_one_code(table: pa.Table) -> pd.DataFrame:
    """The same rows with categorical texts whose categories are in order."""
    return pd.DataFrame(
        {
            name: categories_of(column)
            if pa.types.is_dictionary(column.type)
            else column.to_pandas(types_mapper=NULLABLE.get)
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )
