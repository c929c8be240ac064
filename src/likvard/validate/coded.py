"""Tables in which each distinct text stands once, in order, and every row has its number: so a country's rows fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.int64]
MOST_PLACES = 2**62


def coded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its texts as ordered categories."""
    texts = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype)]
    return frame.assign(**{str(name): _coded_column(frame[name]) for name in texts})


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its texts written out."""
    return frame.astype({name: kind.categories.dtype for name, kind in frame.dtypes.items() if is_coded(kind)})


def is_coded(kind: Any) -> bool:
    """Whether a column of that type is coded."""
    return isinstance(kind, pd.CategoricalDtype)


def _coded_column(column: pd.Series) -> pd.Series:
    codes, texts = pd.factorize(column, sort=True)
    return pd.Series(pd.Categorical.from_codes(codes, texts, ordered=True), index=column.index)


def of_texts(column: pd.Series, answer: Callable[[pd.Index], Any]) -> pd.Series:
    """For every row what ``answer``, asked once for all distinct texts, says of its text; False where there is none."""
    given = np.append(np.asarray(answer(column.cat.categories), dtype=bool), False)
    return pd.Series(given[column.cat.codes], index=column.index)


def renamed(column: pd.Series, name_of: Mapping[str, Any]) -> pd.Series:
    """The coded column with other names for its texts, nothing for those that have none; several may share one."""
    names = [name_of.get(text) for text in column.cat.categories]
    texts = all(isinstance(name, str | None) for name in names)
    codes, distinct = pd.factorize(pd.Series(names, dtype="string" if texts else None), sort=True)
    rows = np.append(codes, -1)[column.cat.codes]
    return pd.Series(pd.Categorical.from_codes(rows, distinct, ordered=True), index=column.index)


def repeated(frame: pd.DataFrame) -> pd.Series:
    """The mask of the rows of which another has the same cells; no row that lacks one."""
    (number,) = _numbered([frame])
    in_order = np.sort(number[number >= 0])
    again = in_order[1:][in_order[1:] == in_order[:-1]]
    return pd.Series(np.isin(number, again), index=frame.index)


def stands_in(here: pd.DataFrame, there: pd.DataFrame) -> pd.Series:
    """For every row of ``here`` whether ``there`` has its cells, in columns of the same order; missing where it lacks one."""
    mine, theirs = _numbered([here, there])
    return pd.Series(pd.arrays.BooleanArray(np.isin(mine, theirs), mine < 0), index=here.index)


def _numbered(frames: Sequence[pd.DataFrame]) -> list[Numbers]:
    """One number for every row of every frame: the same where all cells are, -1 where one is missing."""
    numbers = [np.zeros(len(frame), dtype=np.int64) for frame in frames]
    missing = [np.zeros(len(frame), dtype=bool) for frame in frames]
    places = 1
    for position in range(frames[0].shape[1]):
        columns = [frame.iloc[:, position] for frame in frames]
        columns = [one if is_coded(one.dtype) else _coded_column(one) for one in columns]
        cells = columns[0].cat.categories
        for column in columns[1:]:
            cells = cells.union(column.cat.categories)
        if places * max(len(cells), 1) > MOST_PLACES:
            distinct, dense = np.unique(np.concatenate(numbers), return_inverse=True)
            numbers = np.split(dense, np.cumsum([len(one) for one in numbers])[:-1])
            places = len(distinct)
        places *= max(len(cells), 1)
        for number, lacks, column in zip(numbers, missing, columns, strict=True):
            codes = np.append(cells.get_indexer(column.cat.categories), -1)[column.cat.codes]
            lacks |= codes < 0
            number *= max(len(cells), 1)
            number += codes
    for number, lacks in zip(numbers, missing, strict=True):
        number[lacks] = -1
    return numbers
