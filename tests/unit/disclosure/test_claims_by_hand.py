"""Claims that tables agree with a release: those that do not are dropped, and what is left counts against whom it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from small_tables import at, table

from likvard.disclosure.claims import fits, holding, reached
from likvard.disclosure.system import NOBODY, Published, System


def square() -> tuple[Published, np.ndarray, System]:
    """[[3, 20, 9], [30, 40, 9]] with its first two columns hidden."""
    cells, truth, system = table([[3, 20, 9], [30, 40, 9]])
    hidden = at(cells, (0, 0), (0, 1), (1, 0), (1, 1))
    return system.published(hidden, np.where(at(cells, (0, 0)), 5.0, 0.0)), truth, system


SWAP = [(0, 0, 2.0), (0, 1, -2.0), (1, 0, -2.0), (1, 1, 2.0)]


def change(cells: pd.DataFrame, *parts: tuple[int, int, float]) -> np.ndarray:
    return np.sum([far * at(cells, (row, column)) for row, column, far in parts], axis=0)


def test_only_changes_that_add_up_and_stay_inside_the_bounds_hold() -> None:
    cells, _, _ = table([[3, 20, 9], [30, 40, 9]])
    published, truth, _ = square()
    swap = change(cells, *SWAP)
    rows = [swap, -swap, -2 * swap, swap + change(cells, (0, 0, 1.0)), change(cells, (0, 2, 1.0), (1, 2, -1.0))]
    held = holding(published, truth, sparse.csr_array(np.array(rows)))
    # 3 − 2 is still a number of pupils, 3 − 4 is none; the others do not add up or change what is shown.
    assert held.toarray().tolist() == [swap.tolist(), (-swap).tolist()]
    assert holding(published, truth, sparse.csr_array((0, len(truth)))).shape == (0, len(truth))
    for nothing in (holding(published, truth, None), holding(published, truth + 1, sparse.csr_array(np.array([swap])))):
        assert nothing.shape == (0, len(truth))


@pytest.mark.parametrize(("above", "below", "holds"), [(2, 2, True), (1.5, 2, False), (2, 1.5, False), (99, 99, True)])
def test_a_change_may_reach_a_bound_and_not_go_beyond(above: float, below: float, holds: bool) -> None:
    cells, _, _ = table([[3, 20, 9], [30, 40, 9]])
    published, truth, _ = square()
    high, low = (np.where(published.hidden, truth + far, truth) for far in (above, -below))
    swap = sparse.csr_array(np.array([change(cells, *SWAP)]))
    assert holding(replace(published, high=high, low=low), truth, swap).shape[0] == int(holds)


def test_a_change_counts_against_those_alone_whose_cells_it_leaves() -> None:
    published, truth, system = square()
    published = replace(
        published, owner=np.where(cells_of_row(system, 0), 0, np.where(cells_of_row(system, 1), 4, NOBODY))
    )
    swap = change(table([[3, 20, 9], [30, 40, 9]])[0], *SWAP)
    held = holding(published, truth, sparse.csr_array(np.array([swap, -swap / 2])))
    targets = np.flatnonzero(published.hidden)
    most, least = reached(published, held, targets, np.array([NOBODY, 0, 2, 4]))
    assert (most[0].tolist(), least[0].tolist()) == ([2, 0, 2, 0], [-1, 0, -1, 0])
    assert (most[1].tolist(), least[1].tolist()) == ([1, 0, 1, 0], [-2, 0, -2, 0])
    # Whoever is not among those who are asked about is no matter, also with the greatest number of all.
    assert reached(published, held, targets, np.array([NOBODY, 0]))[0][0].tolist() == [2, 0]


def cells_of_row(system: System, row: int) -> np.ndarray:
    many = len(system.low)
    return np.arange(many) // 4 == row


@pytest.mark.parametrize(
    ("first", "second", "agrees"),
    [
        (2, 3, True),
        (1, 4, True),
        (5, 0, True),
        (2, 3.1, False),
        (2, 2.9, False),
        (0.5, 4.5, False),
        (5.5, -0.5, True),
        (6, -1, False),
    ],
)
def test_a_table_agrees_that_adds_up_inside_its_bounds(first: float, second: float, agrees: bool) -> None:
    """Two cells that are 5 together; the first is 1 to 5.5, the second −9 to 4."""
    added_up = sparse.csr_array(np.array([[1.0, 1.0]]))
    low, high = np.array([1.0, -9.0]), np.array([5.5, 4.0])
    assert fits(added_up, np.array([5.0]), low, high, np.array([first, second], dtype=float)) is agrees
