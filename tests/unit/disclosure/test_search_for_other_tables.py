"""The attack's search for tables that prove a cell wide: it finds them both ways, they agree, and it leaves nothing to compute.

What the attack finds out does not depend on this search, but its time does: what no table proves is computed cell by cell.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from small_tables import at, inside, table
from test_attack_against_oracle import SEEDS, expected, told, town

from likvard.disclosure import attack
from likvard.disclosure.attack import audit, interval, whole_number_interval
from likvard.disclosure.system import NOBODY, Published

SQUARE = [[3, 20, 9], [30, 40, 9]]
HIDDEN = ((0, 0), (0, 1), (1, 0), (1, 1))


def square(low: float = 0.0, high: float = np.inf) -> tuple[attack._Field, np.ndarray, np.ndarray]:
    """Of SQUARE only the first two columns are not known, each number between ``low`` and ``high``; cells 0, 1, 3, 4 of 12."""
    cells, truth, system = table(SQUARE)
    hidden = at(cells, *HIDDEN)
    bounds = replace(system, low=np.full(12, low), high=np.full(12, high))
    published = bounds.published(hidden, np.zeros(12))
    field = attack._field(published, published.low, published.high, np.arange(12))
    return field, truth, np.flatnonzero(hidden)


def other(field: attack._Field, truth: np.ndarray, cell: int, up: bool, far: float) -> list[float]:
    """How the table that was found differs, in the order of the field's cells."""
    part = np.arange(len(field.cells))
    (change,) = attack._other_tables(field, part, truth, np.array([cell]), up, np.array([far]))
    assert attack._agrees(field, truth[field.cells] + change)
    return [round(float(number), 6) for number in change]


@pytest.mark.parametrize(
    ("up", "far", "change"),
    [
        (True, 5, [5, -5, -5, 5]),
        (False, 2, [-2, 2, 2, -2]),
        # Farther than can be: the 20 beside it and then the 3 itself can lose no more than they have.
        (True, 99, [20, -20, -20, 20]),
        (False, 99, [-3, 3, 3, -3]),
    ],
)
def test_another_table_takes_the_cell_as_far_up_or_down_as_it_is_asked_or_can_be(
    up: bool, far: float, change: list[float]
) -> None:
    field, truth, hidden = square()
    assert other(field, truth, int(hidden[0]), up, far) == change


@pytest.mark.parametrize(("up", "change"), [(True, [2, -2, -2, 2]), (False, [-1, 1, 1, -1])])
def test_another_table_stays_inside_what_everybody_knows(up: bool, change: list[float]) -> None:
    # The 3 is at least 2, and the 40 at most 42.
    field, truth, hidden = square(low=2.0, high=42.0)
    assert other(field, truth, int(hidden[0]), up, 99) == change


def test_several_cells_are_asked_for_at_once_and_each_has_its_own_table() -> None:
    field, truth, hidden = square()
    part = np.arange(4)
    changes = attack._other_tables(field, part, truth, hidden[[0, 3]], True, np.array([4.0, 7.0]))
    assert changes == pytest.approx(np.array([[4, -4, -4, 4], [7, -7, -7, 7]]))


def three_schools(owners: list[int] | None = None) -> tuple[Published, np.ndarray]:
    """Three by three with all of it hidden; the sums are known."""
    cells, truth, system = table([[9, 9, 9]] * 3, owners)
    return system.published(inside(cells), np.where(inside(cells), 5.0, 0.0)), truth


def test_another_table_differs_in_no_more_cells_than_it_must() -> None:
    published, truth = three_schools()
    field = attack._field(published, published.low, published.high, np.arange(16))
    change = np.array(other(field, truth, 0, up=True, far=5))
    # One more here is one less in its row, one less in its column, and one more where those two meet.
    assert np.abs(change).sum() == 4 * 5
    assert (change != 0).sum() == 4


def test_only_the_part_that_is_searched_differs() -> None:
    published, truth = three_schools()
    field = attack._field(published, published.low, published.high, np.arange(16))
    corner = np.array([0, 1, 3, 4])  # of the field's nine cells, the first two rows and columns
    (change,) = attack._other_tables(field, corner, truth, np.array([0]), True, np.array([99.0]))
    assert change == pytest.approx(np.array([9, -9, 0, -9, 9, 0, 0, 0, 0]))


def test_a_table_that_does_not_add_up_or_leaves_its_bounds_does_not_agree() -> None:
    field, truth, _ = square(low=2.0, high=42.0)
    start = truth[field.cells]
    for change, agrees in (([1, -1, -1, 1], True), ([1, -1, 0, 0], False), ([3, -3, -3, 3], False)):
        assert attack._agrees(field, start + np.array(change)) is agrees


def test_the_search_begins_where_nobodys_cells_stay_as_they_are_and_ends_with_the_whole() -> None:
    # Cells 0 and 1 of one school and 2 and 3 of another add up; the sums of both are known, and nobody's 4 lies between them.
    matrix = np.array([[1.0, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 1, 1, 0, -1]])
    owner = np.array([0, 0, 1, 1, NOBODY])
    ones = np.ones(5)
    field = attack._Field(np.arange(5), sparse.csr_array(matrix), np.array([2.0, 2, 0]), 0 * ones, 9 * ones)
    assert [part.tolist() for part in attack._searches(field, owner)] == [[0, 1, 2, 3], [0, 1, 2, 3, 4]]
    apart = replace(field, equations=sparse.csr_array(matrix[:2]))
    assert [part.tolist() for part in attack._searches(apart, owner)] == [[0, 1], [2, 3], [0, 1, 2, 3, 4]]
    assert [part.tolist() for part in attack._searches(field, np.full(5, NOBODY))] == [[0, 1, 2, 3, 4]]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The cells whose interval was computed."""
    found: list[int] = []
    compute = attack._interval

    def counted(field: attack._Field, place: int) -> tuple[float, float]:
        found.append(int(field.cells[place]))
        return compute(field, place)

    monkeypatch.setattr(attack, "_interval", counted)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_only_what_is_too_narrow_is_computed(seed: int, computed: list[int]) -> None:
    published, truth = town(seed)
    found = told(audit(published, truth))
    known = published.low == published.high
    assert sorted(computed) == [cell for cell, *_ in found if not known[cell]]
    assert [one[:2] for one in found] == [one[:2] for one in expected(seed)]


def test_where_everything_is_wide_nothing_is_computed_for_anybody(computed: list[int]) -> None:
    published, truth = three_schools(owners=[0, 1, 2])
    found = audit(published, truth)
    assert (found.safe, found.attackers, found.pairs) == (True, 4, 9 * 3)
    assert computed == []


@pytest.mark.parametrize(("level", "computes"), [(22.9, 0), (23.0, 0), (23.1, 1)])
def test_a_cell_is_proven_wide_by_one_table_above_and_one_below(
    level: float, computes: int, computed: list[int]
) -> None:
    # The 3 can be 0 to 23: neither a table above nor one below is enough.
    cells, truth, system = table(SQUARE)
    published = system.published(at(cells, *HIDDEN), np.where(at(cells, (0, 0)), level, 0.0))
    audit(published, truth)
    assert len(computed) == computes


def test_without_a_table_that_agrees_every_pair_is_computed(computed: list[int]) -> None:
    published, truth = three_schools(owners=[0, 1, 2])
    found = audit(published, truth, start=truth + 1)
    assert (found.safe, len(computed)) == (True, found.pairs)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_principal_does_not_believe_a_table_that_changes_her_own_numbers(which: int) -> None:
    # Two schools: what one of them does not know of the other, her own numbers would have to make up for.
    cells, truth, system = table([[3, 20, 9], [30, 40, 9]], owners=[0, 1])
    target = at(cells, (0, 0))
    published = system.published(at(cells, *HIDDEN), np.where(target, 5.0, 0.0))
    everybody, first, second = (audit(published, truth, attackers=np.array([who])) for who in (NOBODY, 0, 1))
    found = (everybody, first, second)[which].findings
    assert [(one.attacker, one.low, one.high) for one in found] == ([(1, 3.0, 3.0)] if which == 2 else [])


SHELF = [34, 36, 48, 57, 12, 18, 51, 57, 23]


def shelf(weights: list[int], whole: float) -> Published:
    """Each weight lies on the scale or not, which nobody knows; together they weigh ``whole``."""
    many = len(weights)
    return Published(
        equations=sparse.csr_array(np.array([[*map(float, weights), -1.0]])),
        low=np.array([0.0] * many + [whole]),
        high=np.array([1.0] * many + [whole]),
        owner=np.full(many + 1, NOBODY),
        hidden=np.array([True] * many + [False]),
        level=np.ones(many + 1),
    )


def test_a_search_among_whole_numbers_that_is_cut_short_gives_what_it_has_proven() -> None:
    ways = np.array(np.meshgrid(*[[0, 1]] * 9)).reshape(9, -1).T
    right = ways[ways @ SHELF == 128]
    assert (len(right), set(right[:, 8])) == (5, {1})  # in each of the five ways the 23 is on the scale
    published = shelf(SHELF, 128.0)
    assert interval(published, 8) == pytest.approx((0, 1))
    assert whole_number_interval(published, 8) == pytest.approx((1, 1))
    assert whole_number_interval(published, 8, nodes=1) == pytest.approx((0, 1))


def test_a_search_among_whole_numbers_that_has_proven_nothing_says_so() -> None:
    first = [17, 36, 52, 47, 45, 12, 10, 21, 10, 69, 56, 67]
    second = [32, 64, 78, 44, 51, 98, 81, 97, 43, 71, 94, 67]
    one = shelf(first, 260.0)
    both = np.array([[*first, -1, 0], [*second, 0, -1]], dtype=float)
    published = replace(
        one,
        equations=sparse.csr_array(both),
        low=np.append(one.low, 517.0),
        high=np.append(one.high, 517.0),
        owner=np.full(14, NOBODY),
    )
    assert whole_number_interval(published, 0, nodes=0) == (-np.inf, np.inf)
    assert whole_number_interval(published, 0) == pytest.approx((1, 1))


def test_no_whole_numbers_agree_with_what_contradicts_itself() -> None:
    with pytest.raises(ValueError, match="no table agrees"):
        whole_number_interval(shelf([2, 4, 6], 5.0), 0)
