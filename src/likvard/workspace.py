"""Where everything is: the folders of a workspace, which are the stages of the flow."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from likvard.errors import CannotWriteError, LockedError, StageInputMissingError, WorkspaceError


@dataclass(frozen=True)
class Workspace:
    """The paths of one workspace."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """The workspace that ``start`` (by default the current directory) lies in.

        Errors: ``WorkspaceError`` where no directory upwards has both ``params.yaml`` and ``dvc.yaml``.
        """
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / "params.yaml").is_file() and (folder / "dvc.yaml").is_file():
                return cls(folder)
        raise WorkspaceError(
            f"{here} is not inside a likvard workspace: no params.yaml beside a dvc.yaml here or above.",
            advice="change to the folder that you cloned and run the command again.",
        )

    @property
    def params(self) -> Path:
        """The decisions of the edition."""
        return self.root / "params.yaml"

    @property
    def contracts(self) -> Path:
        """The facts about tables, codes, indicators and sources."""
        return self.root / "data/contracts"

    @property
    def deliveries(self) -> Path:
        """What the senders delivered: one folder per edition."""
        return self.root / "data/deliveries"

    @property
    def waivers(self) -> Path:
        """What was looked at and let through all the same."""
        return self.root / "data/waivers.yaml"

    @property
    def staged(self) -> Path:
        """Typed tables under contract."""
        return self.root / "data/staged"

    @property
    def quality(self) -> Path:
        """What the checks found."""
        return self.root / "data/quality"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' pages about the same checks, for auditors (not versioned: they carry run times)."""
        return self.root / "data/data_docs"

    @property
    def prepared(self) -> Path:
        """Linked tables: pupil by period, school by period, area by period."""
        return self.root / "data/prepared"

    @property
    def indicators(self) -> Path:
        """Every figure before disclosure control."""
        return self.root / "data/indicators"

    @property
    def disclosure(self) -> Path:
        """Why every figure is shown or hidden: for auditors, and for no report."""
        return self.root / "data/disclosure"

    @property
    def released(self) -> Path:
        """The only data that a report can read."""
        return self.root / "data/released"

    @property
    def templates(self) -> Path:
        """The report notebooks."""
        return self.root / "notebooks/reports"

    @property
    def software_lock(self) -> Path:
        """The exact versions of all packages."""
        return self.root / "requirements.lock"

    @property
    def access(self) -> Path:
        """Who receives what."""
        return self.root / "access.yaml"

    @property
    def processing(self) -> Path:
        """Who answers for the data, why it is held and for how long."""
        return self.root / "processing.yaml"

    @property
    def audit(self) -> Path:
        """The log, public keys and signed records of all editions."""
        return self.root / "audit"

    @property
    def ledger(self) -> Path:
        """What was ever released, by edition."""
        return self.root / "reports/published"

    def reports(self, edition: str) -> Path:
        """The built reports of an edition."""
        return self.root / "reports" / edition

    def shown(self, path: Path) -> str:
        """``path`` as people in this workspace would write it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def made_by(self, stage: str, path: Path) -> Path:
        """``path``, which ``stage`` makes. Errors: ``StageInputMissingError`` where it is not there."""
        if path.exists():
            return path
        raise StageInputMissingError(
            f"{self.shown(path)} is not there; the stage '{stage}' makes it.",
            advice="run `make report` (or `dvc repro`), which runs every stage that is needed in its order.",
        )


def cannot_write(path: Path, error: OSError) -> CannotWriteError:
    """The error that says why the system refuses to write ``path``."""
    return CannotWriteError(
        f"Cannot write {path}: {error.strerror}.",
        advice="see that the folder belongs to you and that the disk has room, then run the same command again.",
    )


def write_atomically(path: Path, content: bytes) -> None:
    """``content`` stands in ``path`` whole, or ``path`` is as it was.

    Errors: ``CannotWriteError`` where the system refuses (no permission, disk full).
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the two folders have changed places in a single step; False where the system has no such step."""
    import ctypes

    here, both = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    return exchange is not None and exchange(here, os.fsencode(one), here, os.fsencode(other), both) == 0


@contextmanager
def alone(workspace: Workspace, work: str, said: str) -> Iterator[None]:
    """While the block runs no other process does this ``work`` in the workspace. Errors: ``LockedError`` that says ``said``."""
    from zc.lockfile import LockError, LockFile

    path = workspace.root / f".dvc/tmp/likvard-{work}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = LockFile(str(path), content_template="process {pid} on {hostname}")
    except LockError:
        owner = path.read_text(encoding="utf-8", errors="replace").strip()
        advice = "wait until it has finished and run the same command again."
        raise LockedError(said, [owner] if owner else [], advice=advice) from None
    try:
        yield
    finally:
        lock.close()


@contextmanager
def writing_folder(target: Path) -> Iterator[Path]:
    """An empty folder to fill; when the block ends well it takes the place of ``target``, else ``target`` is untouched.

    Where the system can exchange two folders in one step (Linux), ``target`` is the old or the new one at every moment.
    What a run that was killed has left half-filled beside ``target`` is cleared away first: it may hold pupils' data.
    Errors: ``CannotWriteError`` where the system refuses.
    """
    import shutil

    try:
        if target.is_file():
            raise FileExistsError(errno.EEXIST, "a file is in the folder's place")
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in target.parent.glob(f".{target.name}.*"):
            shutil.rmtree(left, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise cannot_write(target, error) from error
    try:
        fresh.chmod(0o755)
        yield fresh
        if target.exists() and not _exchanged(fresh, target):
            old = fresh.with_name(fresh.name + ".old")
            target.rename(old)
            fresh.rename(target)
            shutil.rmtree(old)
        elif not target.exists():
            fresh.rename(target)
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
