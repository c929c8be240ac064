"""Secondary suppression against tables worked by hand, against every possible pattern, and against the attack."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import at, small_counts, table

from likvard.disclosure.attack import audit, intervals
from likvard.disclosure.bound import lower_bound
from likvard.disclosure.made_up import town
from likvard.disclosure.release import safe
from likvard.disclosure.suppress import suppress
from likvard.disclosure.system import System, each_shows_one, equations, margins
from likvard.disclosure.task import NOT_PROTECTED, OPTIMAL, Limits, Task
from likvard.errors import ContradictionError, DisclosureError

EXACT = Limits(gap=0.0, rounds=200)


def everything_safe(task: Task, hidden: np.ndarray) -> bool:
    return audit(task.system.published(hidden, task.level), task.truth).safe


def test_nothing_more_is_hidden_where_nothing_is_small() -> None:
    _, task = small_counts([[30, 20], [30, 40]], 5)
    assert not suppress(task).hidden.any()


def test_the_cheapest_square_protects_a_single_small_count() -> None:
    cells, task = small_counts([[3, 20, 30], [30, 40, 50], [10, 8, 60]], 5)
    found = suppress(task, EXACT)
    assert found.hidden.tolist() == at(cells, (0, 0), (0, 1), (2, 0), (2, 1)).tolist()
    assert [part.status for part in found.parts] == [OPTIMAL]
    assert found.gap == 0
    assert found.protects[at(cells, (0, 1))] == np.flatnonzero(at(cells, (0, 0)))


def test_two_other_schools_are_hidden_where_principals_know_their_own() -> None:
    inner = [[3, 20, 30], [30, 40, 50], [10, 8, 60]]
    _, outsiders = small_counts(inner, 5)
    cells, principals = small_counts(inner, 5, owners=[0, 1, 2])
    assert suppress(outsiders, EXACT).hidden.sum() == 4
    found = suppress(principals, EXACT).hidden
    assert found[at(cells, (0, 0), (1, 0), (2, 0))].all()
    assert everything_safe(principals, found)


def every_pattern(cells: pd.DataFrame, task: Task) -> float:
    """The least that any safe pattern costs beyond the primary rules, by trying all of them, the cheapest first.

    A pattern that leaves the only hidden cell of a row or column to be subtracted is not worth an attack.
    """
    choice = np.flatnonzero(~task.hidden & ~task.known)
    patterns = [chosen for many in range(len(choice) + 1) for chosen in combinations(choice, many)]
    small = np.flatnonzero(task.hidden)
    beside = [cells[name].to_numpy()[:, None] == cells[name].to_numpy()[small] for name in ("row", "column")]
    for chosen in sorted(patterns, key=lambda chosen: task.weight[list(chosen)].sum()):
        hidden = task.hidden.copy()
        hidden[list(chosen)] = True
        if all((hidden.astype(int) @ near >= 2).all() for near in beside) and everything_safe(task, hidden):
            return float(task.weight[list(chosen)].sum())
    return float("nan")


@pytest.mark.parametrize("block", range(10))
def test_no_pattern_of_all_is_cheaper_in_a_hundred_and_twenty_small_tables(block: int) -> None:
    random = np.random.default_rng(block)
    compared = 0
    while compared < 12:
        inner = random.integers(5, 40, (3, 3))
        inner[tuple(random.integers(0, 3, 2))] = random.integers(1, 4)
        cells, task = small_counts(inner.tolist(), 4, owners=[0, 1, 2] if compared % 4 == 3 else None)
        best = every_pattern(cells, task)
        found = suppress(task, EXACT)
        assert everything_safe(task, found.hidden)
        assert found.loss == pytest.approx(best)
        assert sum(part.bound for part in found.parts) == pytest.approx(best)
        assert 0 < lower_bound(task, rounds=20, seconds=60) <= best + 1e-6
        compared += 1


def test_the_same_pattern_comes_out_every_time() -> None:
    task = town(5, 3, 1, pupils=40, seed=3).task(5)
    first, second = suppress(task), suppress(task)
    assert first.hidden.tolist() == second.hidden.tolist()
    assert first.protects.tolist() == second.protects.tolist()


def test_of_patterns_that_cost_the_same_always_the_same_is_taken() -> None:
    _, task = small_counts([[3, 10, 10], [10, 10, 10], [10, 10, 10]], 4)
    patterns = {tuple(suppress(task, EXACT).hidden.tolist()) for _ in range(3)}
    assert len(patterns) == 1


def test_tables_that_share_a_margin_are_protected_together() -> None:
    """Two counties by size of school and by organiser: what is hidden in one table must not follow from the other."""
    counts = pd.DataFrame(
        [
            (c, f"{kind}{i}", v)
            for c, rows in {
                "A": ((3, 22, 9), (14, 20)),
                "B": ((18, 15, 12), (30, 15)),
                "C": ((7, 30, 11), (28, 20)),
            }.items()
            for kind, row in zip(("size", "organiser"), rows, strict=True)
            for i, v in enumerate(row)
        ],
        columns=["county", "class", "value"],
    )
    whole = (
        counts[counts["class"].str.startswith("size")]
        .groupby("county", as_index=False)["value"]
        .sum()
        .assign(**{"class": "all"})
    )
    lower = pd.concat([counts, whole])
    table_of_all = lower.groupby("class", as_index=False)["value"].sum().assign(county="all")
    cells = pd.concat([lower, table_of_all], ignore_index=True)[["county", "class", "value"]]
    truth = cells.pop("value").to_numpy(dtype=float)
    classes = sorted(set(counts["class"]))
    links = [
        margins("county", pd.DataFrame({"parent": "all", "child": ["A", "B", "C"]})),
        margins(
            "class", pd.DataFrame({"parent": "all", "child": classes, "partition": [name[:4] for name in classes]})
        ),
    ]
    many = len(cells)
    system = System(
        equations(cells, pd.concat(links)),
        np.zeros(many),
        np.full(many, np.inf),
        truth,
        truth,
        np.full(many, -1),
        each_shows_one(many),
    )
    small = truth == 3
    task = Task.of(system, truth, np.where(small, 4.0, 0.0), small, weight=truth)
    assert not everything_safe(task, small)
    found = suppress(task, EXACT)
    assert everything_safe(task, found.hidden)
    low, high = intervals(system.published(found.hidden, task.level))
    assert (high - low)[small][0] >= 4


def test_what_cannot_be_protected_is_hidden_whole_and_says_so() -> None:
    # One school in the whole town: whoever knows the sums, which are out, knows all of it.
    _, task = small_counts([[3, 20]], 5)
    found = suppress(task)
    assert [part.status for part in found.parts] == [NOT_PROTECTED]
    assert not found.protected
    assert found.hidden[~task.known].all()
    with pytest.raises(DisclosureError, match="could be found out"):
        safe(task)


def test_sums_are_hidden_where_nothing_else_helps() -> None:
    cells, task = small_counts([[3, 20]], 5, sums_are_out=False)
    task = Task.of(
        task.system, task.truth, task.level, task.hidden, weight=task.weight, last=~at(cells, (0, 0), (0, 1))
    )
    found = safe(task)
    assert found.audit.safe
    assert found.pattern.hidden[at(cells, (0, "sum"), ("sum", 0))].any()


def test_values_that_do_not_add_up_are_never_released() -> None:
    cells, truth, system = table([[3, 20], [30, 40]])
    hidden = at(cells, (0, 0))
    with pytest.raises(ContradictionError, match="do not add up"):
        safe(Task.of(system, truth + 10 * at(cells, ("sum", 0)), np.where(hidden, 5.0, 0.0), hidden))


def test_a_search_that_is_cut_short_hides_more_and_never_less() -> None:
    task = town(6, 4, 2, pupils=60, seed=2).task(5)
    full, short = suppress(task), suppress(task, Limits(rounds=0))
    assert short.loss >= full.loss
    assert full.gap <= short.gap
    for pattern in (full, short):
        assert pattern.hidden[task.hidden].all()
    for limits in (Limits(), Limits(rounds=0)):
        assert safe(task, limits).audit.safe


tables = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=3, max_size=4)


@settings(max_examples=40)
@given(inner=tables, known=st.booleans())
def test_the_truth_is_inside_every_interval_and_none_is_narrower_than_its_level(
    inner: list[list[int]], known: bool
) -> None:
    _, task = small_counts(inner, 5, owners=list(range(len(inner))) if known else None, sums_are_out=False)
    try:
        found = safe(task, Limits(rounds=3))
    except DisclosureError:
        # Only where the attack agrees that nothing at all would be enough.
        assert not everything_safe(task, np.ones_like(task.hidden))
        return
    public = task.system.published(found.pattern.hidden, task.level)
    assert (found.pattern.hidden | ~task.hidden).all()
    for attacker in np.unique(task.system.owner):
        low, high = intervals(public, int(attacker), task.truth)
        hidden = public.hidden & (task.system.owner != attacker) if attacker >= 0 else public.hidden
        assert (low[hidden] <= task.truth[hidden] + 1e-6).all()
        assert (high[hidden] >= task.truth[hidden] - 1e-6).all()
        assert (high - low >= task.level - 1e-4)[hidden].all()


def test_hiding_small_counts_alone_leaks_and_the_pattern_does_not() -> None:
    """The finding that this package is for, on a town small enough for every run of the tests."""
    task = town(12, 5, 3, pupils=80, seed=1).task(5)
    everybody = np.array([-1])
    alone = audit(task.system.published(task.hidden, task.level), task.truth, attackers=everybody)
    assert sum(finding.exact for finding in alone.findings) > 0
    outsiders_only = Task.of(
        System(**{**vars(task.system), "owner": np.full(len(task.truth), -1)}),
        task.truth,
        task.level,
        task.hidden,
        weight=task.weight,
        last=task.last,
    )
    pattern = safe(outsiders_only, Limits(rounds=0)).pattern
    with_principals = audit(task.system.published(pattern.hidden, task.level), task.truth)
    assert len(with_principals.findings) > 0
    assert safe(task, Limits(rounds=0)).audit.safe
