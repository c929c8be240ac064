"""Workspaces for end-to-end tests; the small one is built once per test session, also with several workers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from small_workspace import built_once


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small workspace after ``likvard build``; tests only read it. ``build.txt`` beside it is what the build said."""
    return built_once(tmp_path_factory)


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Path:
    """The built small workspace as a copy that a test may change."""
    return shutil.copytree(built, tmp_path / "workspace", symlinks=True)


@pytest.fixture
def edit(workspace: Path) -> Callable[[str, str, str], None]:
    """A function that replaces the first place of a text in a file of the workspace, and insists that there is one."""

    def replace(name: str, old: str, new: str) -> None:
        path = workspace / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
