"""The repository as git would clone it, with what is not yet committed: where the tests' workspaces come from."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def repository_files() -> list[str]:
    """The files that git tracks (or would, if they were added), by their paths below the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [name for name in listing.split("\0") if name and (REPOSITORY / name).is_file()]


def copy_repository(root: Path, wanted: Callable[[str], bool] = bool) -> None:
    """Nothing; ``root`` then has those of the repository's files that are ``wanted``, by default all."""
    for name in filter(wanted, repository_files()):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, root / name)
