"""Tables on disk: Parquet that is the same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """``frame`` as Parquet in ``path``; equal frames give equal bytes."""
    import io

    from likvard.workspace import write_atomically

    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, engine="pyarrow", compression="zstd")
    write_atomically(path, buffer.getvalue())


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Errors: ``StageInputMissingError`` where what is read in the block cannot be read as a table."""
    from pyarrow import ArrowException

    from likvard.errors import StageInputMissingError

    try:
        yield
    except (OSError, ArrowException):
        raise StageInputMissingError(
            f"{path} is damaged: it cannot be read as a table.",
            advice="remove the file and run `make report`, which makes it again.",
        ) from None


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """The table in ``path`` (only ``columns``, where given). Errors: ``StageInputMissingError`` where it cannot be read."""
    import pandas as pd

    with _readable(path):
        return pd.read_parquet(path, columns=columns, engine="pyarrow")


def columns_of(path: Path) -> list[str]:
    """The names of the columns of the table in ``path``. Errors: ``StageInputMissingError``."""
    from pyarrow.parquet import read_schema

    with _readable(path):
        return list(read_schema(path).names)


def read_periods(path: Path) -> Iterator[pd.DataFrame]:
    """The rows of each period of the table in ``path``, in the order of time, so that one period is in memory at a time.

    Errors: ``StageInputMissingError``.
    """
    import pandas as pd

    for period in sorted(read_table(path, ["period"])["period"].unique()):
        with _readable(path):
            rows = pd.read_parquet(path, engine="pyarrow", filters=[("period", "==", period)])
        yield rows
