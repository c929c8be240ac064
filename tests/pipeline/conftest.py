"""Workspaces for end-to-end tests; the small one is built once per test session, also with several workers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from acts import Course, one_after_another

from likvard.audit.keys import signing_key
from likvard.audit.log import begin
from likvard.audit.record import make_record
from likvard.params import read_params
from likvard.workspace import Workspace
from signed_edition import give_keys
from small_workspace import EDITION, built_once, key_of, likvard


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small workspace after ``likvard build``; tests only read it. ``build.txt`` beside it is what the build said."""
    return built_once(tmp_path_factory)


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Path:
    """The built small workspace as a copy that a test may change."""
    return shutil.copytree(built, tmp_path / "workspace", symlinks=True)


@pytest.fixture(scope="module")
def courses(signed: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Course]:
    """Every command that writes, undisturbed."""
    return one_after_another(signed, tmp_path_factory.mktemp("courses"))


@pytest.fixture
def edit(workspace: Path) -> Callable[[str, str, str], None]:
    """A function that replaces the first place of a text in a file of the workspace, and insists that there is one."""

    def replace(name: str, old: str, new: str) -> None:
        path = workspace / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture(scope="session")
def signed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small workspace with a record that Anna has signed; Bo has a key too. A test that changes something puts it back."""
    root = shutil.copytree(built, tmp_path_factory.mktemp("signed") / "workspace", symlinks=True)
    workspace = Workspace(root)
    give_keys(workspace)
    begin(workspace, EDITION)
    for words in ("report", "index"):
        told = likvard(root, words)
        assert told.code == 0, told.said
    params = read_params(workspace.params)
    make_record(workspace, params, signing_key(workspace, key_of(workspace, "Anna Ek")))
    return workspace
