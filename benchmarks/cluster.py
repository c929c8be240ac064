"""Reports on a Dask cluster against the same reports here: ``python benchmarks/cluster.py WORKSPACE [--rounds 5] [--kind school]``.

WORKSPACE is a built one, such as Exempelkommun. A scheduler and two workers, each a process of its own with one thread, are
started on this machine and asked over TCP. Each round builds all reports of a kind both ways, as whole commands, in an order that
changes from round to round, so that what else the machine does meets both. Printed are seconds by the clock and of processor per
report – on the cluster those of the command, the workers and the scheduler – and the medians of the ratios of a round.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from reports import spare_copy, timed

LIKVARD = str(Path(sys.executable).with_name("likvard"))
WORKERS = 2
BOUND = 1.10


@contextmanager
def started(folder: Path, *words: str) -> Iterator[int]:
    """The id of a process of Dask that runs while the block does."""
    command = [sys.executable, "-m", *words]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a scheduler with its workers, and the ids of all their processes."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = ["distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
    with ExitStack() as stack:
        running = [stack.enter_context(started(folder, *scheduler))]
        for number in range(WORKERS):
            words = [*worker, "--local-directory", str(folder / str(number))]
            running.append(stack.enter_context(started(folder, *words)))
        yield address, running


def used_by(processes: list[int]) -> float:
    """The seconds of processor that the processes, and those that they have waited for, have had so far."""
    told = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:15] for process in processes]
    return sum(int(ticks) for four in told for ticks in four) / os.sysconf("SC_CLK_TCK")


def build(workspace: Path, kind: str, how: list[str], others: list[int]) -> tuple[float, float]:
    """Seconds by the clock and of processor of all reports of a kind, those of the ``others`` counted in."""
    took: list[tuple[float, float]] = []
    theirs = used_by(others)
    with timed(took, 1):
        words = [LIKVARD, "report", "--kind", kind, "--force", *how]
        subprocess.run(words, cwd=workspace, check=True, stdout=subprocess.DEVNULL)
    clock, own = took[0]
    return clock, own + used_by(others) - theirs


def main() -> None:
    reading = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    reading.add_argument("workspace", type=Path)
    reading.add_argument("--rounds", type=int, default=5)
    reading.add_argument("--kind", default="school")
    given = reading.parse_args()
    say = print
    with tempfile.TemporaryDirectory() as spare:
        workspace = spare_copy(given.workspace, Path(spare))
        count = len(list(workspace.glob(f"reports/*/{given.kind}/*.manifest.json")))
        rounds: list[dict[str, tuple[float, float]]] = []
        with cluster(Path(spare)) as (address, running):
            ways = {"local": ["--jobs", str(WORKERS)], "cluster": ["--scheduler", address]}
            say(
                "| round | local, clock | local, processor | cluster, clock | cluster, processor |\n|---|---:|---:|---:|---:|"
            )
            for number in range(given.rounds + 1):
                order = sorted(ways, reverse=number % 2 == 0)
                found = {way: build(workspace, given.kind, ways[way], running) for way in order}
                told = " | ".join(f"{seconds / count:.2f}" for way in ("local", "cluster") for seconds in found[way])
                say(f"| {number or 'the first: workers load'} | {told} |", flush=True)
                rounds += [found] if number else []
    for side, name in enumerate(("clock", "processor")):
        ratio = statistics.median(one["cluster"][side] / one["local"][side] for one in rounds)
        say(f"cluster against local, {name}: {ratio:.2f} times (bound {BOUND:.2f}), {count} reports")


if __name__ == "__main__":
    main()
