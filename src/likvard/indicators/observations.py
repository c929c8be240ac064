"""The prepared tables that indicators are computed from, whole or one period at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from likvard.tables import columns_of, read_periods, read_table


class Observations(Protocol):
    """A prepared table; its rows have a ``period``."""

    @property
    def columns(self) -> Collection[str]:
        """The names of its columns."""

    def by_period(self) -> Iterator[pd.DataFrame]:
        """The rows of each period, in the order of time."""

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

    def by_period(self) -> Iterator[pd.DataFrame]:
        """The rows of each period, in the order of time."""
        for _, rows in self.rows.groupby("period", sort=True):
            yield rows.reset_index(drop=True)

    def whole(self) -> pd.DataFrame:
        """All rows."""
        return self.rows


@dataclass(frozen=True)
class PreparedTable:
    """A prepared table on disk, of which one period at a time is in memory. Errors: ``StageInputMissingError``."""

    path: Path

    @property
    def columns(self) -> Collection[str]:
        """The names of its columns."""
        return columns_of(self.path)

    def by_period(self) -> Iterator[pd.DataFrame]:
        """The rows of each period, in the order of time."""
        return read_periods(self.path)

    def whole(self) -> pd.DataFrame:
        """All rows."""
        return read_table(self.path)
