"""Tables on disk: Parquet that is the same bytes for the same rows."""

from __future__ import annotations

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


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """The table in ``path`` (only ``columns``, where given). Errors: ``StageInputMissingError`` where it cannot be read."""
    import pandas as pd
    from pyarrow import ArrowException

    from likvard.errors import StageInputMissingError

    try:
        return pd.read_parquet(path, columns=columns, engine="pyarrow")
    except (OSError, ArrowException):
        raise StageInputMissingError(
            f"{path} is damaged: it cannot be read as a table.",
            advice="remove the file and run `make report`, which makes it again.",
        ) from None
