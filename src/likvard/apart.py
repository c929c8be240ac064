"""Tasks in processes of their own: one that crashes, never ends or wants too much memory fails alone.

On Linux each task gets a process that is forked from this one and shares all that this one has loaded. Elsewhere forking does
harm or does not exist; there a few processes are started anew and take one task after the other, under the same contract.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

Key = TypeVar("Key")
Value = TypeVar("Value")
Method = Literal["fork", "spawn"]

METHOD: Method = "fork" if sys.platform == "linux" else "spawn"
GIB = 2**30
_inside = False


@dataclass(frozen=True)
class Limits:
    """What one task may take: seconds by the clock, and GiB beyond what its process begins with."""

    seconds: float = 300.0
    gib: float = 4.0


class TaskLostError(Exception):
    """A task whose process did not live to say what came of it; the message says why."""


@dataclass(frozen=True)
class Ended(Generic[Key, Value]):
    """What came of one task: ``value``, or the ``error`` that it ended with."""

    key: Key
    seconds: float
    value: Value | None = None
    error: BaseException | None = None


def is_apart() -> bool:
    """Whether this process is one that runs tasks."""
    return _inside


@contextmanager
def here() -> Iterator[None]:
    """While the block runs this process counts as one that runs tasks: somebody else has made it for that."""
    global _inside
    before, _inside = _inside, True
    try:
        yield
    finally:
        _inside = before


def each(
    task: Callable[[Key], Value],
    keys: Iterable[Key],
    jobs: int = 1,
    limits: Limits | None = None,
    method: Method = METHOD,
    lets_end: bool = True,
) -> Generator[Ended[Key, Value], None, None]:
    """What came of ``task`` for each key, as they end, ``jobs`` at a time.

    With ``spawn``, task, keys and values must be such as can be pickled. When the caller stops early (Ctrl-C), no other
    begins, and tasks that run are left to end – or, unless ``lets_end``, stopped, as nobody wants what comes of them.
    """
    limits = limits or Limits()
    if method == "fork":
        # What is loaded by now stays: to look through it for garbage, in each process, would take as long as a third of its report.
        gc.freeze()
    waiting = iter(keys)
    busy: dict[Connection, _Worker] = {}
    spare: list[_Worker] = []
    more = True
    try:
        while more or busy:
            while more and len(busy) < jobs:
                try:
                    key = next(waiting)
                except StopIteration:
                    more = False
                    break
                worker = spare.pop() if spare else _Worker(task, limits, method)
                worker.begin(key)
                busy[worker.pipe] = worker
            soonest = min((worker.deadline for worker in busy.values()), default=0.0)
            ready: list[Any] = wait(list(busy), max(soonest - time.monotonic(), 0.0)) if busy else []
            late = [pipe for pipe, worker in busy.items() if worker.deadline <= time.monotonic()]
            for pipe in dict.fromkeys([*ready, *late]):
                worker = busy.pop(pipe)
                ended = worker.end()
                if worker.is_spare:
                    spare.append(worker)
                yield ended
    finally:
        for worker in [*busy.values(), *spare]:
            worker.leave(lets_end)
        if method == "fork":
            gc.unfreeze()


def values_of(ended: Generator[Ended[Key, Value], None, None]) -> Generator[tuple[Key, Value], None, None]:
    """Each key with what came of its task, as they end. Errors: that of the first task that fails, which ends all."""
    with closing(ended):
        for one in ended:
            if one.error is not None:
                raise one.error
            yield one.key, cast(Value, one.value)


@dataclass
class _Worker:
    """One process and this side of the pipe to it."""

    task: Callable[[Any], Any]
    limits: Limits
    method: Method
    is_spare: bool = False
    deadline: float = 0.0
    pipe: Connection = field(init=False)

    def __post_init__(self) -> None:
        context: Any = multiprocessing.get_context(self.method)
        self.pipe, theirs = context.Pipe()
        once = self.method == "fork"
        self.process = context.Process(target=_serve, args=(theirs, self.task, self.limits, once), daemon=False)
        self.process.start()
        theirs.close()

    def begin(self, key: Any) -> None:
        self.key, self.began = key, time.monotonic()
        self.deadline = self.began + self.limits.seconds
        self.pipe.send(key)

    def end(self) -> Ended[Any, Any]:
        """What came of the task; the process is killed where it has not said so in time."""
        seconds = time.monotonic() - self.began
        self.is_spare = False
        if not self.pipe.poll():
            self.process.kill()
            self.process.join()
            said = f"it took longer than {self.limits.seconds:g} seconds and was stopped"
            return Ended(self.key, seconds, error=TaskLostError(said))
        try:
            value, error = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return Ended(self.key, seconds, error=TaskLostError(f"its process ended {_how(self.process.exitcode)}"))
        if self.method == "fork":
            self.process.join()
            self.pipe.close()
        else:
            self.is_spare = True
        return Ended(self.key, seconds, value, error)

    def leave(self, lets_end: bool) -> None:
        """Nothing; a task that runs has ended, or was stopped (at its deadline, where it is let end), and the process is gone."""
        # Behind the value of a task that runs, a process that serves many finds the end of the pipe.
        if self.is_spare:
            self.pipe.close()
            self.process.join()
            return
        if lets_end:
            self.pipe.poll(max(self.deadline - time.monotonic(), 0.0))
        self.process.kill()
        self.process.join()


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"with signal {signal.Signals(-exit_code).name}"
    return f"with code {exit_code}"


def _serve(pipe: Connection, task: Callable[[Any], Any], limits: Limits, once: bool) -> None:
    """Nothing; in the process of its own: tasks are done, and what came of them is sent back."""
    global _inside
    _inside = True
    follow_parent()
    _limit_memory(limits)
    if once:
        gc.disable()  # soon everything goes with the process
    while True:
        try:
            key = pipe.recv()
        except EOFError:
            return
        value: Any = None
        error: BaseException | None = None
        try:
            value = task(key)
        except Exception as failure:
            error = failure
        pipe.send((value, error))
        if once:
            return


def follow_parent() -> None:
    """Nothing; this process finishes its task when the user interrupts, and ends at once when its parent is killed.

    Left alone, it would show a traceback after Ctrl-C, and after ``kill -9`` of the parent wait for ever and keep the lock.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        raise RuntimeError("this is for processes that multiprocessing has started")

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()


def _limit_memory(limits: Limits) -> None:
    """Nothing; the system refuses this process more memory than its limit, where the system can (Linux)."""
    here = Path("/proc/self/statm")
    if not here.is_file():
        return
    import resource

    now = int(here.read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = now + int(limits.gib * GIB)
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
