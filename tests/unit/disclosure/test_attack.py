import numpy as np
import pytest
from scipy import sparse
from small_tables import at, small_counts, table

from likvard.disclosure.attack import audit, interval, intervals, whole_number_interval
from likvard.disclosure.system import Published

SDC_TABLE = [[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]]
NINE = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 0), (2, 1), (3, 0), (3, 1)]


def test_the_47_of_nine_hidden_cells_is_exact_although_each_row_and_column_hides_two() -> None:
    cells, truth, system = table(SDC_TABLE)
    hidden = at(cells, *NINE)
    for dimension in ("row", "column"):
        assert cells[hidden].groupby(dimension).size().min() >= 2
    public = system.published(hidden, np.where(hidden, 5.0, 0.0))
    the_47 = int(np.flatnonzero(at(cells, (0, 1)))[0])
    assert truth[the_47] == 47
    assert interval(public, the_47) == pytest.approx((47, 47))
    exact = [finding for finding in audit(public, truth).findings if finding.exact]
    assert [finding.cell for finding in exact] == [the_47]


def test_a_single_hidden_cell_follows_by_subtraction() -> None:
    cells, _, system = table([[3, 20], [30, 40]])
    public = system.published(at(cells, (0, 0)), np.full(9, 5.0))
    assert intervals(public)[0][at(cells, (0, 0))] == pytest.approx([3])


def test_four_hidden_cells_of_a_square_leave_what_their_sums_allow() -> None:
    cells, _, system = table([[3, 20, 9], [30, 40, 9]])
    hidden = at(cells, (0, 0), (0, 1), (1, 0), (1, 1))
    low, high = intervals(system.published(hidden, np.full(12, 5.0)))
    # The first row's two hold 23 together, the first column's 33: 0 to 23.
    assert (low[at(cells, (0, 0))][0], high[at(cells, (0, 0))][0]) == pytest.approx((0, 23))


def test_a_principal_who_subtracts_her_own_school_breaks_what_is_safe_against_everybody_else() -> None:
    cells, truth, system = table([[3, 20, 9], [30, 40, 9], [31, 41, 9]], owners=[0, 1, 2])
    hidden = at(cells, (0, 0), (0, 1), (1, 0), (1, 1))
    public = system.published(hidden, np.where(at(cells, (0, 0)), 5.0, 0.0))
    assert audit(public, truth, attackers=np.array([-1])).safe
    found = audit(public, truth)
    assert [(finding.attacker, finding.exact) for finding in found.findings] == [(1, True)]


def test_the_owner_of_a_cell_finds_out_nothing_about_it() -> None:
    cells, truth, system = table([[3, 20], [30, 40], [31, 41]], owners=[0, 1, 2])
    hidden = at(cells, *[(row, column) for row in range(3) for column in range(2)])
    found = audit(system.published(hidden, np.where(at(cells, (0, 0)), 5.0, 0.0)), truth)
    assert found.safe
    assert found.attackers == 4
    assert found.pairs == 3  # everybody and the two others


def test_the_verdict_is_the_same_without_a_table_to_start_from() -> None:
    cells, task = small_counts([[3, 20, 9], [30, 4, 9], [31, 41, 2]], 5, owners=[0, 1, 2])
    public = task.system.published(task.hidden, task.level)
    believed = audit(public, task.truth)
    nonsense = audit(public, task.truth, start=np.full(len(cells), 7.0))
    assert [(f.cell, f.attacker) for f in believed.findings] == [(f.cell, f.attacker) for f in nonsense.findings]
    assert believed.findings


def test_rounded_figures_are_known_only_within_their_rounding() -> None:
    cells, truth, system = table([[3, 20], [30, 40]])
    total = at(cells, (0, "sum"), ("sum", 0), ("sum", "sum"))
    told = np.where(total, 2.5, 0.0)
    rounded = type(system)(**{**vars(system), "told_low": truth - told, "told_high": truth + told})
    low, high = intervals(rounded.published(at(cells, (0, 0)), np.full(9, 5.0)))
    assert (low[at(cells, (0, 0))][0], high[at(cells, (0, 0))][0]) == pytest.approx((0.5, 5.5))


def test_whole_numbers_say_more_than_linear_bounds() -> None:
    # 2a = b and b between 1 and 3: a between 0.5 and 1.5, which among whole numbers is 1.
    public = Published(
        equations=sparse.csr_array(np.array([[2.0, -1.0]])),
        low=np.array([0.0, 1.0]),
        high=np.array([9.0, 3.0]),
        owner=np.array([-1, -1]),
        hidden=np.array([True, True]),
        level=np.array([1.0, 0.0]),
    )
    assert interval(public, 0) == pytest.approx((0.5, 1.5))
    assert whole_number_interval(public, 0) == pytest.approx((1, 1))


def test_a_release_that_contradicts_itself_is_never_called_safe() -> None:
    cells, truth, system = table([[3, 20], [30, 40], [31, 41]], owners=[0, 1, 2])
    hidden = at(cells, *[(row, column) for row in range(3) for column in range(2)])
    told = truth + 50 * at(cells, (0, "sum"))
    wrong = type(system)(**{**vars(system), "told_low": told, "told_high": told})
    assert not audit(wrong.published(hidden, np.where(hidden, 5.0, 0.0)), truth).safe


def test_two_tables_that_no_sum_links_are_each_attacked_by_everybody_and_by_its_own_schools_alone() -> None:
    towns = []
    for owners in ([0, 1], [2, 3]):
        cells, truth, system = table([[3, 20, 9], [30, 40, 9]], owners)
        hidden = at(cells, (0, 0), (0, 1), (1, 0), (1, 1))
        towns.append((system.published(hidden, np.where(at(cells, (0, 0)), 5.0, 0.0)), truth))
    (one, first), (other, second) = towns
    both = Published(
        equations=sparse.csr_array(sparse.block_diag([one.equations, other.equations])),
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in ("low", "high", "owner", "hidden", "level")
        },
    )
    # Who owns the second row knows both numbers beside the 3, in her own town.
    assert [(found.cell, found.attacker) for found in audit(one, first).findings] == [(0, 1)]
    found = audit(both, np.concatenate([first, second]))
    assert [(finding.cell, finding.attacker) for finding in found.findings] == [(0, 1), (12, 3)]
    assert (found.attackers, found.pairs) == (5, 2 + 2)


def test_an_owner_whose_own_numbers_are_not_told_knows_what_everybody_does() -> None:
    cells, _, system = table([[3, 20, 9], [30, 40, 9]], owners=[0, 1])
    hidden = at(cells, (0, 0), (0, 1), (1, 0), (1, 1))
    public = system.published(hidden, np.full(12, 5.0))
    assert interval(public, 0) == pytest.approx((0, 23))
    assert interval(public, 0, attacker=1) == pytest.approx((0, 23))
