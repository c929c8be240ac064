"""Tables of almost the same people are hidden alike: what one hides of a group's number, no other may show.

All pupils, those tested and those who answered are nearly the same people. Where one table counts on nobody knowing how many a
group has, another one must not show a number that is near to it, and must protect that number like its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from likvard.disclosure.grid import NONE, Places
from likvard.disclosure.quantities import Quantities
from likvard.disclosure.system import Flags, Floats, Whole
from likvard.disclosure.task import Task


@dataclass(frozen=True)
class Alike:
    """Of the number of pupils of each node: ``figures`` and ``cells`` (cells × figures and cells × cells), the figures and the
    numbers of pupils that other tables have of the same unit and slot and that are nearer to it than ``least``."""

    figures: sparse.csr_array
    cells: sparse.csr_array
    least: int

    def of(self, n: Places) -> sparse.csr_array:
        """(units · slots) × figures: the figures of other tables for each node of a table."""
        flat = n.ravel()
        kept = sparse.dia_array(((flat != NONE).astype(np.float64)[None, :], [0]), shape=(len(flat), len(flat)))
        return sparse.csr_array(kept @ self.figures[flat])

    def hide(self, cells: Whole, task: Task, hidden: Flags, level: Floats) -> Whole:
        """The figures that are hidden now because the numbers of pupils in ``cells`` may not be known.

        ``hidden`` and ``level`` grow: what is hidden here needs protection in its own table.
        """
        figures = np.unique(self.figures[cells].indices)
        new = figures[~hidden[figures] & ~task.known[figures]]
        hidden[new] = True
        near = np.unique(self.cells[cells].indices)
        near = near[task.truth[near] > 0]
        level[near] = np.maximum(level[near], self.least)
        return np.asarray(new, dtype=np.int64)


def tables_alike(found: Quantities, least: int) -> Alike:
    """Which tables of a period tell nearly how many pupils another one has, node by node."""
    place, _ = pd.factorize(found.cells["unit"].astype(str) + "|" + found.cells["slot"].astype(str))
    parts = []
    for number, grid in enumerate(found.grids):
        there = np.argwhere((grid.n != NONE) & (grid.figure != NONE).any(axis=0))
        cells = grid.n[there[:, 0], there[:, 1]]
        columns = {"place": place[cells], "cell": cells, "n": found.truth[cells], "grid": number}
        parts.append(pd.DataFrame(columns).assign(unit=there[:, 0], slot=there[:, 1]))
    nodes = pd.concat(parts, ignore_index=True)
    both = nodes.merge(nodes, on="place", suffixes=("", "_other"))
    both = both[both["grid"].ne(both["grid_other"]) & (both["n"] - both["n_other"]).abs().lt(least)]
    rows, figures = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for number, grid in enumerate(found.grids):
        pairs = both[both["grid_other"].eq(number)]
        shown = grid.figure[:, pairs["unit_other"], pairs["slot_other"]]
        _, column = np.nonzero(shown != NONE)
        rows.append(pairs["cell"].to_numpy()[column])
        figures.append(shown[shown != NONE])
    count, shape = len(found.truth), found.system.shows.shape[0]
    near = _flags(both["cell"].to_numpy(), both["cell_other"].to_numpy(), (count, count))
    return Alike(_flags(np.concatenate(rows), np.concatenate(figures), (count, shape)), near, least)


def _flags(rows: Whole, columns: Whole, shape: tuple[int, int]) -> sparse.csr_array:
    found = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    found.sum_duplicates()
    found.data[:] = 1.0
    return found
