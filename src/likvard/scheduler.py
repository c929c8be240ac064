"""Where heavy steps run: in this process, in a few beside it, or on a Dask cluster that is there already.

All three are executors as in ``concurrent.futures``, so that a step is written once: it maps a function over what can be worked
out apart, and takes the results in their order.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from likvard.apart import METHOD, Limits, each, values_of
from likvard.errors import SchedulerError
from likvard.lineage import code_hash

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Value = TypeVar("Value")

LIMITS = Limits(seconds=7200.0, gib=8.0)
"""What a period or a file may take."""

SECONDS_TO_CONNECT = 20
SAME_CODE = (
    "install the same commit of likvard and the same requirements.lock on every worker, then start the workers again."
)


def cores() -> int:
    """How many processes may be busy at a time: the cores that the system lets this one use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class Here(Executor):
    """Everything is done in this process, as soon as it is asked for; an error is raised at once."""

    def submit(self, fn: Callable[..., Value], /, *args: Any, **kwargs: Any) -> Future[Value]:
        """What came of ``fn``, which has ended."""
        done: Future[Value] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@contextmanager
def executor(scheduler: str | None = None, processes: int = 1) -> Iterator[Executor]:
    """The workers of the cluster at ``scheduler`` (an address), or so many processes forked from this one, or this process itself.

    What is asked of a cluster is given to another worker where one dies. Errors: ``SchedulerError``, also where one worker after
    the other dies.
    """
    if scheduler:
        from distributed.scheduler import KilledWorker

        with connected(scheduler) as client:
            try:
                yield client.get_executor(pure=False)
            except KilledWorker as error:
                raise SchedulerError(
                    "Each worker that tried a part of the work has died.",
                    advice="look in the logs of the workers; most often their memory was too small (--memory-limit).",
                ) from error
    elif processes > 1:
        from multiprocessing import get_context

        with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
            yield pool
    else:
        yield Here()


def in_their_order(
    task: Callable[[Item], Value], items: Iterator[Item], processes: int, limits: Limits = LIMITS
) -> Generator[Value, None, None]:
    """What came of ``task`` for each item, in their order: in processes that are forked from this one as soon as an item is there,
    so many at a time, while this one goes on to the next item. An item is shared with its process and never copied.

    Where processes are not forked, or there is only one, everything is done here. Errors: those of the task; ``TaskLostError``.
    """
    if processes < 2 or METHOD != "fork":
        yield from map(task, items)
        return
    now: list[Item] = []

    def numbers() -> Iterator[int]:
        number = count()
        for item in items:
            now.append(item)
            del item  # so that the next is not begun while this one is still held here
            yield next(number)
            now.clear()

    done: dict[int, Value] = {}
    following = 0
    ended = each(lambda _: task(now[0]), numbers(), processes, limits, lets_end=False)
    with closing(values_of(ended)) as values:
        for number, value in values:
            done[number] = value
            while following in done:
                yield done.pop(following)
                following += 1


def connected(address: str) -> Client:
    """A client of the scheduler, whose workers have our code. Errors: ``SchedulerError``."""
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise SchedulerError(
            "A cluster needs the extra `cluster` (distributed), which is not installed here.",
            advice='install it with `pip install "likvard[cluster]"`, here and on every worker.',
        ) from error
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError) as error:
        raise SchedulerError(
            f"No Dask scheduler with workers answers at {address}.",
            advice="see that `dask scheduler` and `dask worker` run there and that this machine may reach them.",
        ) from error
    codes: dict[str, Any] = client.run(code_hash, on_error="return")
    others = sorted(worker for worker, code in codes.items() if code != code_hash())
    if others:
        client.close()
        raise SchedulerError("Some workers have another likvard than this, or none.", others, advice=SAME_CODE)
    print(f"scheduler: {len(client.ncores())} workers, dashboard {client.dashboard_link}", flush=True)  # noqa: T201
    return client
