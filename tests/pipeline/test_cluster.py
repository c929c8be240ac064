"""A real Dask scheduler and two workers in processes of their own, over TCP; one worker is killed in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from likvard.scheduler import executor
from small_workspace import LIKVARD, digests, faults_of_reports, leftovers, likvard, missing_reports, surroundings


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def started(folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of Dask that runs while the block does."""
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=surroundings(TZ="Asia/Kathmandu"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler with two workers that know nothing of the workspace, and the workers."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with ExitStack() as stack:
        scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
        stack.enter_context(started(elsewhere, *scheduler))
        worker = ["distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
        yield (
            address,
            [
                stack.enter_context(started(elsewhere, *worker, "--local-directory", str(elsewhere / name)))
                for name in ("one", "two")
            ],
        )


def test_a_cluster_gives_the_bytes_of_a_local_run_also_when_a_worker_is_killed(built, workspace, cluster):
    address, workers = cluster
    wanted = digests(built, "reports")
    shutil.rmtree(workspace / "reports/1988-89/area")
    shutil.rmtree(workspace / "reports/1988-89/school")
    running = subprocess.Popen(
        [LIKVARD, "report", "--scheduler", address],
        cwd=workspace,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    limit = time.monotonic() + 200
    while not any(workspace.glob("reports/*/*/??.manifest.json")) and time.monotonic() < limit:
        assert running.poll() is None, running.communicate()[0]
        time.sleep(0.02)
    os.killpg(workers[0].pid, signal.SIGKILL)
    said, _ = running.communicate(timeout=200)
    assert running.returncode == 0, said
    assert "reports: 9 built, 1 unchanged, 0 failed" in said
    assert "scheduler: 2 workers, dashboard http" in said or "scheduler: 1 workers" in said
    assert digests(workspace, "reports") == wanted
    assert missing_reports(workspace) == faults_of_reports(workspace) == leftovers(workspace) == []


@pytest.mark.parametrize(
    ("stage", "made"), [("indicators", ["data/indicators"]), ("protect", ["data/released", "data/disclosure"])]
)
def test_a_heavy_step_on_a_cluster_gives_the_bytes_of_a_local_run(built, workspace, cluster, stage, made):
    address, _ = cluster
    for folder in made:
        shutil.rmtree(workspace / folder)
    said = likvard(workspace, stage, "--scheduler", address)
    assert said.code == 0, said.said
    assert "scheduler: 2 workers" in said.said or "scheduler: 1 workers" in said.said
    assert [digests(workspace, folder) for folder in made] == [digests(built, folder) for folder in made]


def test_what_is_mapped_over_a_cluster_comes_back_in_its_order_also_when_a_worker_is_killed(cluster):
    address, workers = cluster

    def slowly(number: int) -> tuple[int, int]:
        time.sleep(0.2)
        return number, os.getpid()

    with executor(address) as apart:
        found = apart.map(slowly, range(12))
        first = next(found)
        os.killpg(workers[0].pid, signal.SIGKILL)
        numbers, processes = zip(first, *found, strict=True)
    assert numbers == tuple(range(12))
    assert workers[1].pid in processes
    assert os.getpid() not in processes


def test_without_a_scheduler_at_the_address_nothing_is_changed(workspace):
    before = [digests(workspace, made) for made in ("reports", "data/indicators", "data/released")]
    said = likvard(workspace, "report", "--force", "--scheduler", f"tcp://127.0.0.1:{free_port()}")
    assert said.code == 24, said.said
    for stage in ("indicators", "protect"):
        assert likvard(workspace, stage, "--scheduler", f"tcp://127.0.0.1:{free_port()}").code == 24
    assert said.first_line.startswith("likvard: No Dask scheduler with workers answers at tcp://127.0.0.1:")
    assert "Traceback" not in said.said
    assert [digests(workspace, made) for made in ("reports", "data/indicators", "data/released")] == before
