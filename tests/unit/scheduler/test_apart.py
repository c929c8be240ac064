"""Tasks in processes of their own: whatever one does, the others come to their end."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from likvard.apart import Limits, TaskLostError, each, is_apart

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs fork and limits of memory")
METHODS = [pytest.param("fork", marks=LINUX), "spawn"]
LIMITS = Limits(seconds=20.0, gib=1.0)


def task(what: str) -> object:
    if what == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "leaves":
        os._exit(7)
    elif what == "sleeps":
        time.sleep(600)
    elif what == "eats":
        return len(bytearray(3 * 2**30))
    elif what == "raises":
        raise ValueError("the task is wrong")
    elif what == "where":
        return os.getpid()
    return what.upper()


@pytest.mark.parametrize("method", METHODS)
def test_a_crash_an_error_and_hunger_are_failures_of_one_task_each(method) -> None:
    keys = ["a", "dies", "b", "raises", "c", "leaves", "d", *(["eats"] if sys.platform == "linux" else []), "e"]
    ended = {one.key: one for one in each(task, keys, 2, LIMITS, method)}
    assert sorted(ended) == sorted(keys)
    assert {key: one.value for key, one in ended.items() if one.error is None} == {key: key.upper() for key in "abcde"}
    assert isinstance(ended["dies"].error, TaskLostError)
    assert str(ended["dies"].error) == "its process ended with signal SIGKILL"
    assert str(ended["leaves"].error) == "its process ended with code 7"
    assert repr(ended["raises"].error) == "ValueError('the task is wrong')"
    if "eats" in ended:
        assert isinstance(ended["eats"].error, MemoryError)


@pytest.mark.parametrize("method", METHODS)
def test_a_task_that_never_ends_is_stopped_and_the_next_begins(method) -> None:
    began = time.monotonic()
    ended = {one.key: one for one in each(task, ["sleeps", "a", "b"], 1, Limits(seconds=3.0), method)}
    assert time.monotonic() - began < 60
    assert str(ended["sleeps"].error) == "it took longer than 3 seconds and was stopped"
    assert [ended[key].value for key in "ab"] == ["A", "B"]


@LINUX
def test_each_task_has_a_process_of_its_own_and_sees_what_was_loaded_here() -> None:
    loaded = ["here"]

    def look(key: int) -> tuple[int, bool, list[str]]:
        loaded.append("there")
        return os.getpid(), is_apart(), loaded

    ended = list(each(look, range(3), 2))
    assert len({one.value[0] for one in ended if one.value} | {os.getpid()}) == 4
    assert [one.value[1:] for one in ended if one.value] == [(True, ["here", "there"])] * 3
    assert loaded == ["here"]
    assert not is_apart()


@LINUX
def test_who_stops_early_leaves_the_running_task_to_end_and_begins_no_other(tmp_path: Path) -> None:
    def write(name: str) -> str:
        time.sleep(0.5 if name == "a" else 1.0)
        (tmp_path / name).write_text(name)
        return name

    running = each(write, "abcd", 2)
    assert next(running).key == "a"
    running.close()  # type: ignore[attr-defined]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_without_tasks_nothing_comes() -> None:
    assert list(each(task, [])) == []
