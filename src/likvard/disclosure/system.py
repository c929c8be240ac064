"""Everything that is published, as one sparse system of linear equations.

A *cell* is a quantity that a reader may know or work out: pupils in a group at a school, those of them with an outcome, the sum
behind a mean. A *figure* is what is shown or hidden; it shows one cell or several, and a cell is hidden only where every figure
that shows it is. After: Fischetti & Salazar-González (2000), "Models and algorithms for optimizing cell suppression in tabular
data with linear constraints", JASA 95.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True)
class System:
    """The cells, and what everybody may know about them.

    ``equations``: k × m, each row times the cells is 0. ``low``, ``high``: what anybody knows of a cell that is hidden.
    ``told_low``, ``told_high``: what a reader knows of a cell that is shown, which is one number unless it was rounded.
    ``owner``: who knows the true value of a cell (a school's number) or ``NOBODY``. ``shows``: figures × cells, 1 where the
    figure shows the cell.
    """

    equations: sparse.csr_array
    low: Floats
    high: Floats
    told_low: Floats
    told_high: Floats
    owner: Whole
    shows: sparse.csr_array

    def hidden_cells(self, hidden_figures: Flags) -> Flags:
        """Which cells no shown figure shows."""
        return np.asarray((self.shows.T @ (~hidden_figures).astype(np.float64)) == 0)

    def published(self, hidden_figures: Flags, level: Floats) -> Published:
        """What is known to everybody when these figures are hidden; ``level`` is how wide each cell must stay."""
        hidden = self.hidden_cells(hidden_figures)
        return Published(
            equations=self.equations,
            low=np.where(hidden, self.low, self.told_low),
            high=np.where(hidden, self.high, self.told_high),
            owner=self.owner,
            hidden=hidden,
            level=np.where(hidden, level, 0.0),
        )


@dataclass(frozen=True)
class Published:
    """What an attacker has: equations, what is known of every cell, who owns it, and how wide each hidden one must stay.

    True values of hidden cells are not in it.
    """

    equations: sparse.csr_array
    low: Floats
    high: Floats
    owner: Whole
    hidden: Flags
    level: Floats


def margins(dimension: str, parent_of: pd.DataFrame) -> pd.DataFrame:
    """The margins of one dimension of the cells, checked: columns dimension, partition, parent, child, weight.

    ``parent_of``: columns parent and child, and where they are needed ``partition`` (a parent may be split in several ways, as
    pupils are by gender and by lunch) and ``weight`` (parent = Σ weight × child; 1 if not given).
    """
    rows = parent_of.assign(dimension=dimension)
    for column, usual in (("partition", ""), ("weight", 1.0)):
        if column not in rows:
            rows[column] = usual
    return rows[["dimension", "partition", "parent", "child", "weight"]]


def equations(cells: pd.DataFrame, all_margins: pd.DataFrame) -> sparse.csr_array:
    """k × m: parent − Σ weight × child = 0, for every parent cell that the table holds with at least one of its children.

    ``cells`` has one column per dimension and one row per cell; a margin of one dimension holds at every combination of the
    others. A child that the table does not hold is nought, so a table must hold every cell that can be other than nought.
    """
    names = list(cells.columns)
    numbered = cells.reset_index(drop=True).assign(cell=np.arange(len(cells)))
    rows, columns, values = [], [], []
    before = 0
    for (dimension, _partition), part in all_margins.groupby(["dimension", "partition"], sort=True):
        others = [name for name in names if name != dimension]
        parents = numbered.rename(columns={dimension: "parent", "cell": "parent_cell"})
        below = numbered.merge(part[["parent", "child", "weight"]], left_on=dimension, right_on="child")
        linked = below.drop(columns=dimension).merge(parents, on=[*others, "parent"])
        parent_cells, row = np.unique(linked["parent_cell"].to_numpy(), return_inverse=True)
        rows += [before + row, before + np.arange(len(parent_cells))]
        columns += [linked["cell"].to_numpy(), parent_cells]
        values += [-linked["weight"].to_numpy(dtype=np.float64), np.ones(len(parent_cells))]
        before += len(parent_cells)
    if not rows:
        return sparse.csr_array((0, len(cells)))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_array(sparse.coo_array(entries, shape=(before, len(cells))))


def owners_of_totals(system_equations: sparse.csr_array, high: Floats, owner: Whole) -> Whole:
    """The owner of each cell, where a total that can only consist of one owner's cells is hers too.

    An area's pupils in a group that only one of its schools has are that school's pupils: its principal knows them already, and
    all that the total could tell her is about her own.
    """
    row_of = np.repeat(np.arange(system_equations.shape[0]), np.diff(system_equations.indptr))
    is_parent = system_equations.data > 0
    parent = np.full(system_equations.shape[0], -1, dtype=np.int64)
    parent[row_of[is_parent]] = system_equations.indices[is_parent]
    child = ~is_parent & (high[system_equations.indices] > 0)
    rows, children = row_of[child], system_equations.indices[child]
    result = owner.copy()
    while True:
        whose = pd.Series(result[children]).groupby(rows).agg(["min", "max"])
        of_one = whose[(whose["min"] == whose["max"]) & (whose["min"] != NOBODY)]
        totals = parent[of_one.index.to_numpy()]
        new = result[totals] == NOBODY
        if not new.any():
            return result
        result[totals[new]] = of_one["min"].to_numpy()[new]


def contradictions(system_equations: sparse.csr_array, values: Floats, tolerance: float = 1e-6) -> Whole:
    """The rows of the equations that the values do not keep, relative to the size of what is summed."""
    size = abs(system_equations) @ np.abs(values)
    return np.flatnonzero(np.abs(system_equations @ values) > tolerance * np.maximum(size, 1.0))


def each_shows_one(count: int) -> sparse.csr_array:
    """count × count: figure i shows cell i and no other."""
    return sparse.csr_array(sparse.eye_array(count))


def components(system_equations: sparse.csr_array, free: Flags) -> Whole:
    """The number of the component of each free cell, −1 for the others: cells that no equation links cannot tell of each other.

    Components are numbered by their first cell, so that the numbers are the same on every machine.
    """
    columns = np.flatnonzero(free)
    result = np.full(len(free), -1, dtype=np.int64)
    if not len(columns):
        return result
    part = system_equations[:, columns]
    part = part[np.flatnonzero(np.diff(part.indptr))]
    linked = sparse.block_array([[None, part.T], [part, None]], format="csr")
    _, labels = sparse.csgraph.connected_components(linked, directed=False)
    _, first, numbers = np.unique(labels[: len(columns)], return_index=True, return_inverse=True)
    result[columns] = np.argsort(np.argsort(first))[numbers]
    return result


def cells_by_component(system_equations: sparse.csr_array, free: Flags) -> list[Whole]:
    """The free cells of each component, in the order of the components."""
    number = components(system_equations, free)
    order = np.argsort(number, kind="stable")
    return np.split(order, np.searchsorted(number[order], np.arange(number.max(initial=-1) + 1)))[1:]
