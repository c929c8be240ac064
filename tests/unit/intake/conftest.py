"""A workspace without deliveries, a key outside it, and one with last quarter's delivery taken in."""

import secrets
import shutil
from datetime import date
from pathlib import Path

import inbox
import pytest

from likvard.workspace import Workspace


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("safe") / "key"
    path.write_text(secrets.token_hex(32), encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return inbox.lay_out_workspace(tmp_path_factory.mktemp("empty") / "workspace")


@pytest.fixture(scope="session")
def earlier_workspace(tmp_path_factory: pytest.TempPathFactory, empty_workspace: Workspace, key: Path) -> Workspace:
    """Read only: last quarter's delivery is in it."""
    root = tmp_path_factory.mktemp("earlier") / "workspace"
    shutil.copytree(empty_workspace.root, root)
    place = inbox.write(root.parent / "inbox", inbox.good(inbox.EARLIER))
    outcome = inbox.take(Workspace(root), place, key, inbox.EARLIER, date(2026, 1, 10))
    assert not outcome.refused, [one.found for one in outcome.refused]
    assert not outcome.waiting, outcome.waiting
    return Workspace(root)


@pytest.fixture
def workspace(earlier_workspace: Workspace, tmp_path: Path) -> Workspace:
    """A copy that the test may change."""
    root = tmp_path / "workspace"
    shutil.copytree(earlier_workspace.root, root)
    return Workspace(root)
