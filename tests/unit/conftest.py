"""An edition that was signed by hand, made once, and a copy of it that a test may change."""

import shutil
from pathlib import Path

import pytest

from likvard.workspace import Workspace
from signed_edition import signed_edition


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a signed edition's workspace and of the keys beside it; tests only read it."""
    return signed_edition(tmp_path_factory.mktemp("signed") / "workspace").root.parent


@pytest.fixture
def signed(made: Path, tmp_path: Path) -> Workspace:
    """A signed edition that the test may change."""
    return Workspace(shutil.copytree(made, tmp_path / "made") / "workspace")
