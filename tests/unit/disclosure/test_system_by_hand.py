"""The system of what is published: how cells add up, which are hidden, whose they are, and which can tell of each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from likvard.disclosure.system import (
    NOBODY,
    System,
    cells_by_component,
    components,
    contradictions,
    each_shows_one,
    equations,
    margins,
    owners_of_totals,
)

# all = 1 + 2, by school and by area; groups by two ways of splitting them.
UNIT = margins("unit", pd.DataFrame({"parent": ["all", "all"], "child": ["1", "2"]}))
GROUP = margins(
    "group",
    pd.DataFrame(
        {"parent": ["all"] * 4, "child": ["girl", "boy", "free", "paid"], "partition": ["sex", "sex", "lunch", "lunch"]}
    ),
)
CELLS = pd.DataFrame(
    [(unit, group) for unit in ("1", "2", "all") for group in ("girl", "boy", "free", "paid", "all")],
    columns=["unit", "group"],
)


def as_text(matrix: sparse.csr_array, cells: pd.DataFrame) -> set[str]:
    """Each row as "parent = its children"."""
    rows = set()
    for row in matrix.toarray():
        parts = [
            f"{'' if abs(v) == 1 else f'{abs(v):g}*'}{u}/{g}"
            for (u, g), v in zip(cells.to_numpy(), row, strict=True)
            if v < 0
        ]
        (parent,) = [f"{u}/{g}" for (u, g), v in zip(cells.to_numpy(), row, strict=True) if v > 0]
        rows.add(f"{parent} = {' + '.join(parts)}")
    return rows


def test_every_total_is_the_sum_of_its_parts_along_each_dimension_and_way_of_splitting() -> None:
    found = equations(CELLS, pd.concat([UNIT, GROUP]))
    assert found.shape == (5 + 2 * 3, 15)
    assert as_text(found, CELLS) == {
        *(f"all/{group} = 1/{group} + 2/{group}" for group in ("girl", "boy", "free", "paid", "all")),
        *(f"{unit}/all = {unit}/girl + {unit}/boy" for unit in ("1", "2", "all")),
        *(f"{unit}/all = {unit}/free + {unit}/paid" for unit in ("1", "2", "all")),
    }


def test_what_a_table_does_not_hold_is_in_no_sum_and_weights_count() -> None:
    cells = CELLS[CELLS["group"].eq("all")].drop(index=9)
    links = margins("unit", pd.DataFrame({"parent": ["all", "all"], "child": ["1", "2"], "weight": [2.0, 3.0]}))
    assert as_text(equations(cells, links), cells) == {"all/all = 2*1/all"}
    assert equations(cells.iloc[:1], links).nnz == 0
    assert equations(cells, links.iloc[:0]).shape == (0, 2)


def test_margins_have_one_partition_and_the_weight_one_where_nothing_else_is_said() -> None:
    assert UNIT.to_numpy().tolist() == [["unit", "", "all", "1", 1.0], ["unit", "", "all", "2", 1.0]]


def small(owner: list[int], high: list[float]) -> np.ndarray:
    """all = area + 3, area = 1 + 2; in this order of cells: 1, 2, 3, area, all."""
    matrix = sparse.csr_array(np.array([[-1.0, -1, 0, 1, 0], [0, 0, -1, -1, 1]]))
    return owners_of_totals(matrix, np.array(high), np.array(owner))


def test_a_total_of_several_owners_is_nobodys() -> None:
    assert small([0, 1, 2, NOBODY, NOBODY], [9, 9, 9, 9, 9]).tolist() == [0, 1, 2, NOBODY, NOBODY]


def test_a_total_that_can_only_be_one_owners_is_hers_and_so_is_what_consists_of_it() -> None:
    assert small([0, 1, 2, NOBODY, NOBODY], [9, 0, 9, 9, 9]).tolist() == [0, 1, 2, 0, NOBODY]
    assert small([4, 1, 2, NOBODY, NOBODY], [9, 0, 0, 9, 9]).tolist() == [4, 1, 2, 4, 4]
    assert small([0, 0, 0, NOBODY, NOBODY], [9, 9, 9, 9, 9]).tolist() == [0] * 5


def test_a_total_of_what_nobody_owns_stays_nobodys() -> None:
    assert small([NOBODY, NOBODY, 2, NOBODY, NOBODY], [9, 9, 0, 9, 9]).tolist() == [NOBODY, NOBODY, 2, NOBODY, NOBODY]


def system() -> System:
    """Three cells; the first figure shows cells 0 and 1, the second 1 and the third 2; the shown ones are told within a half."""
    shows = sparse.csr_array(np.array([[1.0, 1, 0], [0, 1, 0], [0, 0, 1]]))
    ones = np.ones(3)
    return System(sparse.csr_array((0, 3)), 0 * ones, 9 * ones, 3.5 * ones, 4.5 * ones, np.array([0, 1, 2]), shows)


def test_a_cell_is_hidden_where_every_figure_that_shows_it_is() -> None:
    one = system()
    assert one.hidden_cells(np.array([True, False, False])).tolist() == [True, False, False]
    assert one.hidden_cells(np.array([True, True, False])).tolist() == [True, True, False]
    assert one.hidden_cells(np.array([False, True, False])).tolist() == [False, False, False]


def test_of_hidden_cells_everybody_has_the_bounds_and_of_shown_ones_what_was_told() -> None:
    found = system().published(np.array([True, False, False]), np.array([5.0, 5, 5]))
    assert (found.low.tolist(), found.high.tolist()) == ([0, 3.5, 3.5], [9, 4.5, 4.5])
    assert (found.hidden.tolist(), found.level.tolist()) == ([True, False, False], [5, 0, 0])


def test_sums_that_do_not_add_up_are_found_relative_to_their_size() -> None:
    matrix = sparse.csr_array(np.array([[1.0, -1, 0], [0, 1, -1]]))
    assert contradictions(matrix, np.array([5.0, 5, 6])).tolist() == [1]
    assert contradictions(matrix, np.array([5.0, 5, 5])).tolist() == []
    assert contradictions(matrix, np.array([1e9, 1e9 + 100, 1e9])).tolist() == []
    assert contradictions(matrix, np.array([0.0, 1e-7, 0])).tolist() == []
    assert contradictions(matrix, np.array([0.0, 1e-5, 0])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("free", "numbers"),
    [
        ([True] * 6, [0, 0, 1, 1, 2, 0]),
        ([True, False, True, True, True, True], [0, -1, 1, 1, 2, 3]),
        ([False, True, False, False, True, True], [-1, 0, -1, -1, 1, 0]),
        ([False] * 6, [-1] * 6),
    ],
)
def test_cells_tell_of_each_other_where_equations_link_them_through_what_is_not_known(
    free: list[bool], numbers: list[int]
) -> None:
    matrix = sparse.csr_array(np.array([[1.0, -1, 0, 0, 0, 0], [0, 0, 1, -1, 0, 0], [0, 1, 0, 0, 0, -1]]))
    assert components(matrix, np.array(free)).tolist() == numbers


def test_the_free_cells_of_a_component_stand_together_in_their_order() -> None:
    matrix = sparse.csr_array(np.array([[1.0, -1, 0, 0, 0, 0], [0, 0, 1, -1, 0, 0], [0, 1, 0, 0, 0, -1]]))
    for free, parts in (
        ([True] * 6, [[0, 1, 5], [2, 3], [4]]),
        ([True, False, True, True, True, True], [[0], [2, 3], [4], [5]]),
        ([False] * 6, []),
    ):
        assert [part.tolist() for part in cells_by_component(matrix, np.array(free))] == parts


def test_where_each_figure_shows_one_cell_the_matrix_has_ones_on_its_diagonal() -> None:
    assert each_shows_one(3).toarray().tolist() == np.eye(3).tolist()
