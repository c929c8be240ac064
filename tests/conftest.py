"""Project STAR's workspace as a newcomer gets it, with every stage up to the released data run once per test session."""

import importlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from zc.lockfile import LockError, LockFile

from likvard.demo import exempelkommun
from likvard.params import read_params
from likvard.report.meeting.run import run as build_packs
from likvard.report.run import run as build_reports
from likvard.workspace import Workspace
from repository import REPOSITORY, copy_repository
from rulings_table import pytest_terminal_summary as pytest_terminal_summary
from small_workspace import EXEMPELKOMMUN_REPORTS

# A slow machine is no fault, and a test that fails must fail again tomorrow.
settings.register_profile("likvard", deadline=None, derandomize=True)
settings.load_profile("likvard")

STAGES = ("ingest", "validate", "prepare", "indicators", "protect")


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("safe") / "key"
    path.write_text(secrets.token_hex(32), encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def star_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Read only: the repository's own files, the deliveries from its DVC remote, and staged to released data built from them.

    All processes of one test session share it, as it takes a minute to build. Take ``own_workspace`` to change something.
    """

    def lay_out(root: Path) -> None:
        copy_tracked_files(root)
        fetch_deliveries(root)

    return shared_workspace(tmp_path_factory, "star", lay_out)


@pytest.fixture(scope="session")
def exempelkommun_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Read only: Exempelkommun as ``likvard demo`` lays it out, and staged to released data built from its deliveries."""

    def lay_out(root: Path) -> None:
        exempelkommun.lay_out(root, Workspace(REPOSITORY), schools=30, pupils=12_000)

    return shared_workspace(tmp_path_factory, "exempelkommun", lay_out)


@pytest.fixture(scope="session")
def exempelkommun_reports(exempelkommun_workspace: Workspace) -> Path:
    """One report of each kind of Exempelkommun, in Swedish."""
    params = read_params(exempelkommun_workspace.params)
    with waiting_for(exempelkommun_workspace.root / "reports.lock"):
        build_reports(exempelkommun_workspace, params, only=tuple(EXEMPELKOMMUN_REPORTS.values()))
    return exempelkommun_workspace.reports(params.edition)


@pytest.fixture(scope="session")
def exempelkommun_packs(exempelkommun_workspace: Workspace) -> Path:
    """The material for the meetings about an area and a school of Exempelkommun."""
    with waiting_for(exempelkommun_workspace.root / "packs.lock"):
        params = read_params(exempelkommun_workspace.params)
        build_packs(
            exempelkommun_workspace, params, only=(EXEMPELKOMMUN_REPORTS["area"], EXEMPELKOMMUN_REPORTS["school"])
        )
    return exempelkommun_workspace.reports(params.edition) / "meeting"


def shared_workspace(tmp_path_factory: pytest.TempPathFactory, name: str, lay_out: Callable[[Path], None]) -> Workspace:
    """The workspace ``name``, laid out and built up to the released data by whichever process of the session comes first.

    With ``LIKVARD_BUILT``, a folder where workspaces of these names have been built by this very code a moment ago (the gate has
    one), their data are copied instead.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    root = shared / name
    with waiting_for(shared / f"{name}.lock"):
        if not (shared / f"{name}.built").exists():
            shutil.rmtree(root, ignore_errors=True)
            lay_out(root)
            workspace = Workspace(root)
            if built := os.environ.get("LIKVARD_BUILT"):
                shutil.copytree(Path(built) / name / "data", root / "data", dirs_exist_ok=True)
            else:
                for stage in STAGES:
                    importlib.import_module(f"likvard.{stage}.run").run(workspace, read_params(workspace.params))
            (shared / f"{name}.built").touch()
    return Workspace(root)


@pytest.fixture
def own_workspace(star_workspace: Workspace, tmp_path: Path) -> Workspace:
    """A copy of ``star_workspace`` that the test may change."""
    root = tmp_path / "star"
    shutil.copytree(star_workspace.root, root, symlinks=True, ignore=shutil.ignore_patterns(".git", "remote", "cache"))
    return Workspace(root)


def copy_tracked_files(root: Path) -> None:
    """Nothing; ``root`` then has the files that git would clone, as they are in the working tree, and is a git repository."""
    copy_repository(root)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)


def fetch_deliveries(root: Path) -> None:
    """Nothing; ``data/deliveries`` of the workspace ``root`` then holds what the DVC remote inside the repository has."""
    pointers = sorted(path.relative_to(root).as_posix() for path in (root / "data/deliveries").glob("*.dvc"))
    subprocess.run([sys.executable, "-m", "dvc", "pull", "--quiet", *pointers], cwd=root, check=True)


@contextmanager
def waiting_for(path: Path) -> Iterator[None]:
    """While the block runs no other process is in a block on the same file."""
    while True:
        try:
            lock = LockFile(str(path))
            break
        except LockError:
            time.sleep(0.2)
    try:
        yield
    finally:
        lock.close()
