"""DVC's remotes: those on disks of this machine, where copies can be removed, and those that somebody else must clear."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from likvard.errors import CannotWriteError
from likvard.workspace import Workspace

if TYPE_CHECKING:
    from dvc_data.hashfile.db import HashFileDB


@dataclass(frozen=True)
class Remote:
    """A remote on a disk of this machine: its name in DVC's configuration, the folder of its copies, and DVC's hold of it."""

    name: str
    folder: Path
    store: HashFileDB

    def shown(self, path: Path) -> str:
        """The name of a copy in a signed note, which says nothing of the machine."""
        return f"remote {self.name}: {path.relative_to(self.folder).as_posix()}"

    def remove(self, paths: list[Path]) -> None:
        """Nothing; the copies are gone, and DVC has forgotten that they were there."""
        from dvc_data.hashfile.db import get_index

        for path in paths:
            self.store.delete(f"{path.parent.name}{path.name}")
        if paths:
            get_index(self.store).clear()


@contextmanager
def remotes(workspace: Workspace) -> Iterator[tuple[list[Remote], list[str]]]:
    """The remotes within reach, and the names of the others: those over a network, and those whose disk is not here.

    Nothing is asked of a network. Where the workspace has no DVC, there are none. Errors: ``CannotWriteError``.
    """
    if not (workspace.root / ".dvc/config").is_file():
        yield [], []
        return
    from dvc.fs import get_cloud_fs, get_fs_config
    from dvc.repo import Repo

    try:
        with Repo(str(workspace.root)) as repo:
            here, beyond = [], []
            for name in sorted(repo.config["remote"]):
                address = str(get_fs_config(repo.config, name=name)["url"])
                # Only what names a folder is asked further: DVC may lack the package for an address on a network.
                is_folder = urlsplit(address).scheme in ("", "file")
                if is_folder and Path(get_cloud_fs(repo.config, name=name)[2]).is_dir():
                    store = repo.cloud.get_remote_odb(name)
                    here.append(Remote(name, Path(store.path), store))
                else:
                    beyond.append(name)
            yield here, beyond
    except sqlite3.OperationalError as error:
        raise CannotWriteError(
            f"Cannot write what DVC keeps of its remotes: {error}.",
            advice="see that the disk has room, then run the same command again: it goes on from here.",
        ) from error
