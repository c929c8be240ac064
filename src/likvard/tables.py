"""Tables on disk: Parquet that is the same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ROWS_OF_A_GROUP = 2**20


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """``frame`` as Parquet in ``path``; equal frames give equal bytes."""
    import io

    from likvard.workspace import write_atomically

    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, engine="pyarrow", compression="zstd")
    write_atomically(path, buffer.getvalue())


@contextmanager
def writing_table(path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """A function that writes frames of the same columns under each other, as one Parquet file in ``path``; categorical columns are
    written as the texts that they stand for.
    """
    from pandas import CategoricalDtype
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    writers: list[ParquetWriter] = []
    with ExitStack() as held:

        def write(frame: pd.DataFrame) -> None:
            texts = {name: "string" for name, dtype in frame.dtypes.items() if isinstance(dtype, CategoricalDtype)}
            # In pieces, as texts that are written out take several times the memory.
            for start in range(0, max(len(frame), 1), ROWS_OF_A_GROUP):
                rows = frame.iloc[start : start + ROWS_OF_A_GROUP].astype(texts)
                part = Table.from_pandas(rows, preserve_index=False)
                if not writers:
                    stream = held.enter_context(path.open("wb"))
                    writers.append(held.enter_context(ParquetWriter(stream, part.schema, compression="zstd")))
                writers[0].write_table(part)

        yield write


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


def read_arrow(path: Path, plain: tuple[str, ...] = ()) -> pa.Table:
    """The table in ``path`` in one piece, its texts as numbers that stand for them, but for those ``plain`` columns whose texts
    all differ. Errors: ``StageInputMissingError``.
    """
    import pyarrow as pa
    from pyarrow.parquet import read_schema
    from pyarrow.parquet import read_table as read

    with _readable(path):
        schema = read_schema(path)
        texts = [one.name for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)]
        coded = [name for name in texts if name not in plain]
        return read(path, read_dictionary=coded).unify_dictionaries().combine_chunks()


def read_coded(path: Path, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """The table in ``path`` (only ``columns``, where given), its texts as ordered categories: a byte or four per row, whatever the
    text's length. One column at a time is read, so that only one is in memory twice. Errors: ``StageInputMissingError``.
    """
    import pandas as pd
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile, read_schema

    with _readable(path):
        schema = read_schema(path)
        texts = {one.name for one in schema if pa.types.is_string(one.type) or pa.types.is_large_string(one.type)}
        with ParquetFile(path, read_dictionary=list(texts)) as file:
            return pd.DataFrame(
                {
                    name: categories_of(file.read([name])[name])
                    if name in texts
                    else file.read([name]).to_pandas()[name]
                    for name in (schema.names if columns is None else columns)
                }
            )


def categories_of(column: pa.ChunkedArray) -> pd.Categorical:
    """The texts of a column of numbers that stand for texts, as ordered categories of those that it has."""
    import numpy as np
    import pandas as pd
    import pyarrow.compute as pc

    whole = column.unify_dictionaries().combine_chunks()
    used = whole.indices.drop_null().unique()
    texts = whole.dictionary.take(used)
    order = pc.array_sort_indices(texts)
    place = np.full(len(whole.dictionary) + 1, -1, dtype=np.int32)
    place[used.take(order).to_numpy()] = np.arange(len(used))
    codes = place[whole.indices.fill_null(len(whole.dictionary)).to_numpy()]
    return pd.Categorical.from_codes(codes, pd.Index(texts.take(order).to_pandas(), dtype="string"), ordered=True)


def without_rows(path: Path) -> pd.DataFrame:
    """The columns of the table in ``path`` with their types, and no row. Errors: ``StageInputMissingError``."""
    from pyarrow.parquet import read_schema

    with _readable(path):
        frame: pd.DataFrame = read_schema(path).empty_table().to_pandas()
        return frame


def columns_of(path: Path) -> list[str]:
    """The names of the columns of the table in ``path``. Errors: ``StageInputMissingError``."""
    from pyarrow.parquet import read_schema

    with _readable(path):
        return list(read_schema(path).names)


def row_groups_of(path: Path) -> int:
    """How many parts the table in ``path`` can be read in. Errors: ``StageInputMissingError``."""
    from pyarrow.parquet import read_metadata

    with _readable(path):
        return int(read_metadata(path).num_row_groups)


def periods_of(path: Path) -> set[str]:
    """The periods that the table in ``path`` has rows of. Errors: ``StageInputMissingError``."""
    from pyarrow.compute import unique
    from pyarrow.parquet import ParquetFile

    with _readable(path), ParquetFile(path) as file:
        parts = file.iter_batches(ROWS_OF_A_GROUP, columns=["period"])
        return {period for part in parts for period in unique(part["period"]).to_pylist()}


def read_period(path: Path, period: str, columns: list[str]) -> pd.DataFrame:
    """The rows of one period of the table in ``path``, so that one period at a time is in memory.

    Errors: ``StageInputMissingError``.
    """
    import pandas as pd

    with _readable(path):
        return pd.read_parquet(path, columns=columns, engine="pyarrow", filters=[("period", "==", period)])
