"""Tables small enough to check by hand: rows and columns with their sums, where each figure shows one cell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.disclosure.system import NOBODY, System, each_shows_one, equations, margins
from likvard.disclosure.task import Task

SUM = "sum"


def table(inner: list[list[int]], owners: list[int] | None = None) -> tuple[pd.DataFrame, np.ndarray, System]:
    """The cells (row, column), with the sums; their values; and the system. ``owners``: who knows each row."""
    values = np.array(inner, dtype=float)
    rows, columns = [str(i) for i in range(values.shape[0])], [str(i) for i in range(values.shape[1])]
    frame = pd.DataFrame(values, rows, columns)
    frame[SUM] = frame.sum(axis=1)
    frame.loc[SUM] = frame.sum()
    cells = frame.rename_axis("row").reset_index().melt("row", var_name="column", value_name="value")
    cells = cells.sort_values(["row", "column"], ignore_index=True)
    truth = cells.pop("value").to_numpy()
    links = [
        margins("row", pd.DataFrame({"parent": SUM, "child": rows})),
        margins("column", pd.DataFrame({"parent": SUM, "child": columns})),
    ]
    owner = np.full(len(cells), NOBODY)
    if owners is not None:
        owner = cells["row"].map(dict(zip(rows, owners, strict=True))).fillna(NOBODY).to_numpy(dtype=np.int64)
    many = len(cells)
    system = System(
        equations=equations(cells, pd.concat(links)),
        low=np.zeros(many),
        high=np.full(many, np.inf),
        told_low=truth,
        told_high=truth,
        owner=owner,
        shows=each_shows_one(many),
    )
    return cells, truth, system


def at(cells: pd.DataFrame, *places: tuple[int | str, int | str]) -> np.ndarray:
    """Which cells these are."""
    wanted = {(str(row), str(column)) for row, column in places}
    return np.array([pair in wanted for pair in cells.itertuples(index=False, name=None)])


def inside(cells: pd.DataFrame) -> np.ndarray:
    """Which cells are no sums."""
    return (cells["row"].ne(SUM) & cells["column"].ne(SUM)).to_numpy()


def small_counts(
    inner: list[list[int]], least: int, owners: list[int] | None = None, sums_are_out: bool = True
) -> tuple[pd.DataFrame, Task]:
    """The task where inner counts from 1 to ``least`` − 1 are hidden and must stay ``least`` wide."""
    cells, truth, system = table(inner, owners)
    hidden = inside(cells) & (truth > 0) & (truth < least)
    known = ~inside(cells) if sums_are_out else np.zeros(len(cells), dtype=bool)
    return cells, Task.of(system, truth, np.where(hidden, least, 0.0), hidden, weight=1 + truth, known=known)
