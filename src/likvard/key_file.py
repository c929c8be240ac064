"""Files of secret keys: outside every repository, and open to their owner alone."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from likvard.errors import LikvardError
from likvard.workspace import Workspace, appearing

MOST_BYTES = 4096


@dataclass(frozen=True)
class KeyFile:
    """A kind of key file: what its errors call it, of which type they are, and how one comes by a file."""

    name: str
    error: type[LikvardError]
    advice: str

    def see_that_it_is_outside(self, workspace: Workspace, place: Path) -> None:
        """Nothing. Errors: ``error`` where ``place`` lies in the workspace or in any git repository."""
        folder = place.resolve().parent
        inside = folder.is_relative_to(workspace.root.resolve()) or any(
            (above / ".git").exists() for above in (folder, *folder.parents)
        )
        if inside:
            raise self.error(
                f"{self.name} lies inside a repository, from where it could be sent along.",
                advice="move it outside, for example to a folder of your own that is not synchronised.",
            )

    def read(self, workspace: Workspace, place: Path) -> bytes:
        """What the file holds. Errors: ``error`` where it is inside a repository, open to others, no file or not to be read."""
        self.see_that_it_is_outside(workspace, place)
        try:
            handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise self.error(f"{self.name} cannot be read: {error.strerror}.", advice=self.advice) from None
        try:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise self.error(f"{self.name} is not a file.", advice=self.advice)
            if stat.S_IMODE(about.st_mode) & 0o177 or about.st_uid != os.getuid():
                raise self.error(
                    f"{self.name} can be read or changed by others.",
                    advice="let it belong to you alone with `chmod 600`, and make a new key if others may have read it.",
                )
            return os.read(handle, MOST_BYTES)
        finally:
            os.close(handle)

    @staticmethod
    def write(place: Path, content: bytes) -> None:
        """Nothing; the new file can be read by its owner only. Errors: ``CannotWriteError``, also where a file is there."""
        with appearing(place, content):
            pass
