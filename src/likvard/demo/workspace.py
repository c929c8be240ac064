"""A workspace of its own for a demonstration: the contracts, templates and flow of this one, with other deliveries."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from likvard.errors import WorkspaceError
from likvard.tracking import record_origin, track
from likvard.workspace import Workspace, write_atomically, writing_folder

COPIED = (
    ".dvc/config",
    ".dvcignore",
    ".gitignore",
    "data/.gitignore",
    "data/contracts",
    "data/waivers.yaml",
    "notebooks/reports",
    "reports/published/README.md",
    "requirements.lock",
)
CODE = "src/likvard"


def new_workspace(
    folder: Path, like: Workspace, params: bytes, deliver: Callable[[Path], list[Path]], origin: dict[str, Any]
) -> None:
    """``folder`` becomes a git and DVC workspace whose deliveries ``deliver`` writes; each is tracked with ``origin``.

    It has copies of the contracts and templates of ``like``, which its owner may change, and runs the code that ``like`` runs.
    Errors: ``WorkspaceError`` where ``folder`` holds something already; ``CannotWriteError``. A run that stops leaves nothing.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkspaceError(
            f"{folder} holds something already, and likvard never writes over a folder that it does not know.",
            advice="name a folder that is empty or does not exist.",
        )
    with writing_folder(folder) as fresh:
        for name in COPIED:
            copy(like.root / name, fresh / name)
        write_atomically(fresh / "params.yaml", params)
        code = os.path.relpath(like.root / CODE, folder)
        flow = (like.root / "dvc.yaml").read_text(encoding="utf-8").replace(CODE, Path(code).as_posix())
        write_atomically(fresh / "dvc.yaml", flow.encode())
        under_git_and_dvc(fresh, deliver(fresh / "data/deliveries"), origin)


def copy(origin: Path, target: Path) -> None:
    """Nothing; ``target`` is a copy of a file or folder, without what editors leave."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if origin.is_dir():
        shutil.copytree(origin, target, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__"))
    else:
        shutil.copyfile(origin, target)


def under_git_and_dvc(root: Path, deliveries: list[Path], origin: dict[str, Any]) -> None:
    """Nothing; git and DVC know the workspace, and every delivery is under DVC with where it comes from."""
    from scmrepo.git import Git

    Git.init(str(root)).close()  # type: ignore[no-untyped-call]
    track(root, deliveries)
    for path in deliveries:
        record_origin(path, origin)
