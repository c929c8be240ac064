"""A heavy step takes its results from an executor and need not know where they were worked out."""

from __future__ import annotations

import os
import sys

import pytest

from likvard.scheduler import Here, executor


def squared(number: int) -> tuple[int, int]:
    if number < 0:
        raise ValueError("no such number")
    return number**2, os.getpid()


def test_without_a_cluster_everything_is_done_here_as_soon_as_it_is_asked_for() -> None:
    with executor() as apart:
        assert isinstance(apart, Here)
        assert list(apart.map(squared, [3, 1, 2])) == [(9, os.getpid()), (1, os.getpid()), (4, os.getpid())]
        with pytest.raises(ValueError, match="no such number"):
            apart.submit(squared, -1)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked")
def test_in_processes_of_their_own_the_results_keep_their_order() -> None:
    with executor(processes=2) as apart:
        found = list(apart.map(squared, range(6)))
    assert [number for number, _ in found] == [0, 1, 4, 9, 16, 25]
    assert os.getpid() not in {process for _, process in found}
