"""Frames whose texts are categories, so that a million rows stay small and a name is stored once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from likvard.demo.exempelkommun.dice import Truths, Whole

# An index holds names that are known to be distinct: thousands of pseudonyms are used by every table of every quarter.
Names = Sequence[str] | pd.Index


def categories(codes: Any, names: Names) -> pd.Categorical[str]:
    """The name at each code; −1 is missing."""
    distinct = names if isinstance(names, pd.Index) else pd.Index(list(names), dtype="object")
    return pd.Categorical.from_codes(codes, categories=distinct)


def named(places: Whole, names: Names, missing: Truths | None = None) -> pd.Categorical[str]:
    """The name at each place; missing where ``missing`` is true. Names in a sequence may repeat, in an index they may not."""
    distinct, codes = names, places
    if not isinstance(names, pd.Index):
        distinct = list(dict.fromkeys(names))
        if len(distinct) < len(names):
            place_of = {name: place for place, name in enumerate(distinct)}
            codes = np.asarray([place_of[name] for name in names], dtype=np.int64)[places]
    if missing is not None:
        codes = np.where(missing, -1, codes)
    return categories(codes.astype(np.int32), distinct)


def same(text: str, count: int) -> pd.Categorical[str]:
    """One text ``count`` times."""
    return categories(np.zeros(count, dtype=np.int32), [text])


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All rows under each other, texts still as categories."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {}
    for name in parts[0].columns:
        pieces = [part[name] for part in parts]
        if isinstance(pieces[0].dtype, pd.CategoricalDtype):
            columns[name] = _in_one_code(pieces)
        else:
            # A piece with no number at all has no type, and would take the numbers' type from the others.
            columns[name] = pd.concat(pieces, ignore_index=True).infer_objects()
    return pd.DataFrame(columns)


def _in_one_code(pieces: Sequence[pd.Series]) -> pd.Series:
    """The texts under each other; to unite the names of hundreds of pieces takes pandas a time that grows with its square."""
    import pyarrow as pa

    coded = [
        pa.DictionaryArray.from_arrays(
            pa.array(codes, mask=codes < 0), pa.array(piece.cat.categories.astype("object"), pa.string())
        )
        for piece in pieces
        for codes in [piece.cat.codes.to_numpy().astype(np.int32)]
    ]
    united: pd.Series = pa.chunked_array(coded).unify_dictionaries().to_pandas()
    return united
