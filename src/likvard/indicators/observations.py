"""The prepared tables that indicators are computed from, whole or one period at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import pandas as pd

from likvard.tables import columns_of, periods_of, read_period, read_table, row_groups_of


class Observations(Protocol):
    """A prepared table; its rows have a ``period``."""

    @property
    def columns(self) -> Collection[str]:
        """The names of its columns."""

    @property
    def periods(self) -> Collection[str]:
        """The periods that it has rows of."""

    def of_period(self, period: str, columns: Collection[str]) -> pd.DataFrame:
        """The rows of a period, with those of the columns that there are."""

    def whole(self) -> pd.DataFrame:
        """All rows."""


@dataclass(frozen=True)
class Frame:
    """A prepared table in memory."""

    rows: pd.DataFrame

    @property
    def columns(self) -> Collection[str]:
        """The names of its columns."""
        return list(self.rows.columns)

    @cached_property
    def periods(self) -> Collection[str]:
        """The periods that it has rows of."""
        return set(self.rows["period"].unique())

    def of_period(self, period: str, columns: Collection[str]) -> pd.DataFrame:
        """The rows of a period, with those of the columns that there are."""
        told = [name for name in self.rows if name in columns]
        return self.rows.loc[self.rows["period"].eq(period), told].reset_index(drop=True)

    def whole(self) -> pd.DataFrame:
        """All rows."""
        return self.rows


@dataclass(frozen=True)
class PreparedTable:
    """A prepared table on disk, of which one period at a time is in memory – or all of it, where it is a single row group, which
    would be read whole for every period. Errors: ``StageInputMissingError``."""

    path: Path

    @cached_property
    def columns(self) -> Collection[str]:
        """The names of its columns."""
        return columns_of(self.path)

    @cached_property
    def periods(self) -> Collection[str]:
        """The periods that it has rows of."""
        return periods_of(self.path)

    def of_period(self, period: str, columns: Collection[str]) -> pd.DataFrame:
        """The rows of a period, with those of the columns that there are."""
        if self._small is not None:
            return self._small.of_period(period, columns)
        return read_period(self.path, period, [name for name in self.columns if name in columns])

    @cached_property
    def _small(self) -> Frame | None:
        return Frame(read_table(self.path)) if row_groups_of(self.path) == 1 else None

    def whole(self) -> pd.DataFrame:
        """All rows."""
        return read_table(self.path)
