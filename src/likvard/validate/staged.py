"""Staged tables as the rules read them: coded, only the columns that are asked for, with the delivery of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likvard.contracts import Field, Table
from likvard.contracts.periods import Grain
from likvard.tables import read_coded, without_rows
from likvard.validate.coded import coded, renamed
from likvard.validate.column_rules import PANDAS_TYPES
from likvard.validate.rule import DELIVERY

Staged = Path | pd.DataFrame
"""A staged table: its file, or its rows."""


@dataclass(frozen=True)
class Outline:
    """What is known of a table before it is judged: its columns, those that have the contract's type, rows by delivery."""

    columns: tuple[str, ...]
    sound: frozenset[str]
    rows: int
    rows_of: Mapping[str, int]


@dataclass(frozen=True)
class Others:
    """The tables that no precheck has stopped, so that others may rest on them. Only the columns asked for are read."""

    staged: Mapping[str, Staged]
    sound: Mapping[str, frozenset[str]]

    def have(self, name: str, columns: Iterable[str]) -> bool:
        """Whether the table is there, and the columns with their types."""
        return self.sound.get(name, frozenset()).issuperset(columns)

    def read(self, name: str, columns: Iterable[str]) -> pd.DataFrame:
        """Those columns of the table."""
        return read_staged(self.staged[name], columns)


def read_staged(staged: Staged, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """The coded table, or only ``columns`` of it."""
    if isinstance(staged, Path):
        return read_coded(staged, columns)
    return coded(staged if columns is None else staged[list(columns)])


def with_delivery(staged: Staged, table: Table) -> pd.DataFrame:
    """The whole table, with the delivery of each row in a column of its own."""
    frame = read_staged(staged)
    return frame.assign(**{DELIVERY: delivery_of(frame, table)})


def outline_of(staged: Staged, table: Table) -> Outline:
    """What is known of the table from its columns' types and from the column that tells its deliveries."""
    types = coded(without_rows(staged) if isinstance(staged, Path) else staged.head(0))
    columns, sound = tuple(map(str, types)), sound_columns(types, table)
    field = time_field(table)
    tells = "source_file" if field is None else field.name
    if field is not None and tells not in sound:
        return Outline(columns, frozenset(sound), 0, {})
    delivery = delivery_of(read_staged(staged, [tells]), table)
    rows_of = {str(name): int(count) for name, count in delivery.value_counts(sort=False).items()}
    return Outline(columns, frozenset(sound), len(delivery), rows_of)


def delivery_of(frame: pd.DataFrame, table: Table) -> pd.Series:
    """The delivery that each row of a coded frame belongs to: its period, or, where the contract has none, its folder.

    Periods are named in messages, so only what keeps the contract's pattern is taken for one; anything else in that
    column may be a slip that carries a person's number.
    """
    field = time_field(table)
    if field is None:
        file = frame["source_file"]
        return renamed(file, {name: name.split("/")[0] for name in file.cat.categories})
    if field.name not in sound_columns(frame, table):
        return pd.Series(
            pd.Categorical.from_codes(np.full(len(frame), -1), pd.Index([], dtype="string"), ordered=True), frame.index
        )
    column = frame[field.name]
    texts = column.cat.categories
    formed = texts[texts.str.fullmatch(field.constraints.pattern or "").astype(bool)]
    return renamed(column, dict(zip(formed, formed, strict=True)))


def time_field(table: Table) -> Field | None:
    """The column that says when a row is about."""
    times = [field for field in table.fields.values() if field.data_class == "time" and field.constraints.pattern]
    return times[0] if times else None


def grain_of_table(table: Table) -> tuple[Grain, ...]:
    """How long the periods of a table are; nothing where it has none."""
    field = time_field(table)
    return field.period if field is not None else ()


def sound_columns(frame: pd.DataFrame, table: Table) -> set[str]:
    """The columns of the contract that are there with its type, so that their cells can be judged."""
    return {name for name, field in table.fields.items() if name in frame and _is(frame[name].dtype, field.type)}


def _is(kind: Any, wanted: str) -> bool:
    """Whether a coded column has the contract's type."""
    if wanted == "string":
        return isinstance(kind, pd.CategoricalDtype)
    return bool(kind == (np.dtype(PANDAS_TYPES[wanted]) if wanted == "date" else getattr(pd, PANDAS_TYPES[wanted])()))
