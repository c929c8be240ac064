"""The attack against the same question asked cell by cell of scipy on a dense matrix, which shares no code with it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog
from small_tables import at, inside, table

from likvard.disclosure import attack
from likvard.disclosure.attack import Audit, Finding, audit, interval, intervals, whole_number_interval
from likvard.disclosure.system import NOBODY, Published, System

SEEDS = range(8)


def town(seed: int) -> tuple[Published, np.ndarray]:
    """Four schools by three groups with their sums; some cells hidden, with levels, at random.

    In odd towns the sums are rounded, and of some hidden cells everybody knows about how many at most.
    """
    draw = np.random.default_rng(seed)
    cells, truth, system = table(draw.integers(0, 12, (4, 3)).tolist(), owners=[0, 1, 2, 3])
    hidden = inside(cells) & (draw.random(len(cells)) < 0.7)
    level = np.where(draw.random(len(cells)) < 0.7, draw.choice([3.0, 5.0, 8.0], len(cells)), 0.0)
    if seed % 2:
        slack = np.where(inside(cells), 0.0, 1.5)
        most = np.where(hidden, truth + draw.choice([0.25, 3.0, np.inf], len(cells)), np.inf)
        system = replace(system, told_low=truth - slack, told_high=truth + slack, high=most)
    return system.published(hidden, level), truth


def by_scipy(published: Published, truth: np.ndarray, cell: int, attacker: int) -> tuple[float, float]:
    mine = (published.owner == attacker) & (attacker != NOBODY)
    low, high = np.where(mine, truth, published.low), np.where(mine, truth, published.high)
    cost = np.eye(len(truth))[cell]
    matrix = published.equations.toarray()
    ends = [
        linprog(sign * cost, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=list(zip(low, high, strict=True)))
        for sign in (1, -1)
    ]
    assert all(end.status == 0 for end in ends)
    return ends[0].fun, -ends[1].fun


@cache
def expected(seed: int) -> list[tuple[int, int, float, float]]:
    """What anybody finds out in the town: cell, attacker, low, high."""
    published, truth = town(seed)
    found = []
    for cell in np.flatnonzero(published.hidden & (published.level > 0)):
        for attacker in (NOBODY, 0, 1, 2, 3):
            if attacker != published.owner[cell]:
                low, high = by_scipy(published, truth, int(cell), attacker)
                if high - low < published.level[cell] - 1e-5:
                    found.append((int(cell), attacker, low, high))
    return found


def told(found: Audit) -> list[tuple[int, int, float, float]]:
    return [(one.cell, one.attacker, one.low, one.high) for one in found.findings]


def same(one: list[tuple[int, int, float, float]], other: list[tuple[int, int, float, float]]) -> bool:
    return len(one) == len(other) and bool(np.allclose(np.array(one), np.array(other), atol=1e-4))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_anybody_finds_out_is_what_scipy_finds_out(seed: int) -> None:
    published, truth = town(seed)
    found = audit(published, truth)
    assert same(told(found), expected(seed))
    assert found.impossible == ()
    assert found.safe == (not found.findings)
    assert {one.level for one in found.findings} <= {3.0, 5.0, 8.0}


def test_the_tables_of_the_oracle_have_something_to_find_and_something_not_to() -> None:
    found = [(len(expected(seed)), int((town(seed)[0].level > 0).sum())) for seed in SEEDS]
    assert sum(many > 0 for many, _ in found) >= 2
    assert sum(many < 4 * cells for many, cells in found) >= 2


@pytest.mark.parametrize("seed", SEEDS)
def test_claims_that_are_true_or_false_change_nothing_in_the_verdict(seed: int) -> None:
    published, truth = town(seed)
    draw = np.random.default_rng(seed)
    claims = sparse.csr_array(
        draw.integers(-9, 10, (6, len(truth))).astype(float) * (draw.random((6, len(truth))) < 0.3)
    )
    for start in (truth, np.zeros(len(truth))):
        assert same(told(audit(published, truth, start=start, changes=claims)), expected(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_are_those_of_scipy(seed: int) -> None:
    published, truth = town(seed)
    hidden = np.flatnonzero(published.hidden)
    for attacker in (NOBODY, 2):
        low, high = intervals(published, attacker, truth)
        assert np.isnan(low[~published.hidden]).all()
        assert np.isnan(high[~published.hidden]).all()
        for cell in hidden:
            wanted = by_scipy(published, truth, int(cell), attacker)
            assert (low[cell], high[cell]) == pytest.approx(wanted, abs=1e-6)
            if published.owner[cell] != attacker:
                assert interval(published, int(cell), attacker, truth) == pytest.approx(wanted, abs=1e-6)
    only = hidden[:2]
    assert np.flatnonzero(~np.isnan(intervals(published, only=only)[0])).tolist() == only.tolist()


def square(level: float = 5.0, owners: list[int] | None = None) -> tuple[Published, np.ndarray, System]:
    """[[3, 20, 9], [30, 40, 9]] with its first two columns hidden: the 3 can be 0 to 23."""
    cells, truth, system = table([[3, 20, 9], [30, 40, 9]], owners)
    hidden = at(cells, (0, 0), (0, 1), (1, 0), (1, 1))
    return system.published(hidden, np.where(at(cells, (0, 0)), level, 0.0)), truth, system


@pytest.mark.parametrize(("level", "safe"), [(22.9, True), (23.0, True), (23.1, False)])
def test_an_interval_as_wide_as_its_level_is_wide_enough(level: float, safe: bool) -> None:
    published, truth, _ = square(level)
    for start in (truth, np.zeros(len(truth))):
        assert audit(published, truth, start=start).safe is safe


def test_the_audit_counts_attackers_hidden_cells_and_pairs() -> None:
    published, truth, _ = square(5.0, owners=[0, 1])
    found = audit(published, truth)
    # Everybody, and the owner of the second row; she of the first knows the 3.
    assert (found.attackers, found.hidden, found.protected, found.pairs) == (3, 4, 1, 2)
    only = audit(published, truth, attackers=np.array([NOBODY]))
    assert (only.attackers, only.pairs) == (1, 1)


def test_a_cell_that_is_known_though_hidden_is_found_by_everybody() -> None:
    cells, truth, system = table([[3, 20], [30, 40]])
    known = replace(system, low=np.where(at(cells, (0, 0)), 3.0, 0.0), high=np.where(at(cells, (0, 0)), 3.0, np.inf))
    published = known.published(at(cells, (0, 0)), np.full(len(truth), 5.0))
    found = audit(published, truth)
    assert told(found) == [(int(np.flatnonzero(at(cells, (0, 0)))[0]), NOBODY, 3.0, 3.0)]
    assert (found.findings[0].exact, found.pairs) == (True, 1)
    assert intervals(published)[0][at(cells, (0, 0))] == intervals(published)[1][at(cells, (0, 0))] == [3.0]


@pytest.mark.parametrize(("width", "exact"), [(0.0, True), (1e-5, True), (1e-3, False), (1.0, False)])
def test_who_knows_a_number_to_a_hundred_thousandth_knows_it(width: float, exact: bool) -> None:
    assert Finding(0, NOBODY, 0.0, width, 5.0).exact is exact


def test_findings_come_in_the_order_of_cells_and_attackers() -> None:
    cells, truth, system = table([[3, 4, 20], [30, 40, 9]], owners=[0, 1])
    hidden = at(cells, (0, 0), (0, 1), (1, 0), (1, 1))
    found = audit(system.published(hidden, np.where(hidden, 50.0, 0.0)), truth)
    pairs = [(one.cell, one.attacker) for one in found.findings]
    assert pairs == sorted(pairs)
    assert len(pairs) == 4 * 2


def test_a_cell_without_a_bound_can_be_anything() -> None:
    _, _, system = table([[3, 20], [30, 40]])
    published = replace(system, low=np.full(9, -np.inf)).published(np.ones(9, dtype=bool), np.full(9, 5.0))
    assert interval(published, 0) == (-np.inf, np.inf)


def test_a_release_that_contradicts_itself_has_no_interval() -> None:
    published, truth, _ = square()
    wrong = replace(
        published, low=published.low + 50 * (~published.hidden), high=published.high + 50 * (~published.hidden)
    )
    with pytest.raises(ValueError, match="no table agrees"):
        interval(wrong, int(np.flatnonzero(published.hidden)[0]))
    found = audit(wrong, truth)
    assert (found.safe, found.impossible) == (False, (NOBODY,))


def test_whole_numbers_are_known_in_between_what_their_sums_allow() -> None:
    # 2a + 2b = c, and c is 3 to 5: a is at most 2.5; where a and b are whole, c is 4, and a at most 2.
    published = Published(
        equations=sparse.csr_array(np.array([[2.0, 2.0, -1.0]])),
        low=np.array([0.0, 0.0, 3.0]),
        high=np.array([9.0, 9.0, 5.0]),
        owner=np.array([NOBODY, 7, NOBODY]),
        hidden=np.array([True, True, True]),
        level=np.ones(3),
    )
    assert interval(published, 0) == pytest.approx((0, 2.5))
    assert whole_number_interval(published, 0) == pytest.approx((0, 2))
    assert whole_number_interval(published, 0, whole=np.array([False, True, True])) == pytest.approx((0, 2.5), abs=1e-6)
    assert whole_number_interval(published, 0, attacker=7, own=np.array([0.0, 1.0, 0.0])) == pytest.approx((1, 1))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_that_the_attack_has_found_itself_is_believed_only_where_it_agrees(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found_wrongly(
        field: attack._Field, part: np.ndarray, start: np.ndarray, targets: np.ndarray, *_: object
    ) -> np.ndarray:
        return np.full((len(targets), len(field.cells)), 100.0)

    published, truth = town(seed)
    monkeypatch.setattr(attack, "_other_tables", found_wrongly)
    found = audit(published, truth)
    assert [(one.cell, one.attacker) for one in found.findings] == [one[:2] for one in expected(seed)]


def test_who_owns_a_cell_knows_it_exactly() -> None:
    published, truth = town(0)
    mine = int(np.flatnonzero(published.hidden & (published.owner == 1))[0])
    assert interval(published, mine, 1, truth) == (truth[mine], truth[mine])
    assert whole_number_interval(published, mine, 1, truth) == (truth[mine], truth[mine])
