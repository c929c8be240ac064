"""A heavy step takes its results from an executor and need not know where they were worked out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from likvard.scheduler import Here, cores, executor, in_their_order


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


def told(items: list[dict[str, int]]) -> tuple[int, int]:
    number, _ = squared(items[0]["number"])
    return number, os.getpid()


def unlike_any_pickle(numbers: list[int]) -> Iterator[list[Any]]:
    for number in numbers:
        yield [{"number": number}, object()]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked")
@pytest.mark.parametrize("processes", [2, 3])
def test_items_are_shared_with_forked_processes_and_what_came_of_them_keeps_their_order(processes: int) -> None:
    found = list(in_their_order(told, unlike_any_pickle([3, 1, 2, 5]), processes))
    assert [number for number, _ in found] == [9, 1, 4, 25]
    assert len({process for _, process in found} | {os.getpid()}) == 5


def test_with_one_process_each_item_is_done_here_before_the_next_is_begun() -> None:
    begun = []

    def items() -> Iterator[list[Any]]:
        for number in (3, 1):
            begun.append(number)
            yield [{"number": number}]

    found = in_their_order(told, items(), 1)
    assert next(found) == (9, os.getpid())
    assert begun == [3]


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_of_an_item_is_raised_in_its_place(processes: int) -> None:
    with pytest.raises(ValueError, match="no such number"):
        list(in_their_order(told, unlike_any_pickle([3, -1, 2]), processes))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked")
def test_after_an_error_nobody_waits_for_what_else_runs() -> None:
    def waits_or_fails(seconds: int) -> None:
        if not seconds:
            raise ValueError("no such number")
        time.sleep(seconds)

    began = time.monotonic()
    with pytest.raises(ValueError, match="no such number"):
        list(in_their_order(waits_or_fails, iter([120, 0]), 2))
    assert time.monotonic() - began < 60


def test_there_is_a_core() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
