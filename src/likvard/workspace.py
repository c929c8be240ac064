"""Where everything is: the folders of a workspace, which are the stages of the flow."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
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
    """``content`` stands in ``path`` whole and outlives a loss of power, or ``path`` is as it was.

    A device or pipe, which nothing can stand in for (``/dev/stdout``), is written as it is. Errors: ``CannotWriteError`` where the
    system refuses (no permission, disk full).
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(content)
            return
        with _written_beside(path, content, 0o644) as beside:
            beside.replace(path)
            _to_disk(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error


@contextmanager
def appearing(path: Path, content: bytes) -> Iterator[None]:
    """The new file ``path``, for its owner alone, is there when the block ends well; its content is on disk when the block begins.

    Errors: ``CannotWriteError`` where the system refuses, or where a file is there already.
    """
    try:
        with _written_beside(path, content, 0o600) as beside:
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            yield
            beside.rename(path)
            _to_disk(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error


@contextmanager
def writing_folder(target: Path) -> Iterator[Path]:
    """An empty folder to fill; when the block ends well it takes the place of ``target``, else ``target`` is untouched.

    Where the system can exchange two folders in one step (Linux), ``target`` is the old or the new one at every moment.
    What a run that was killed has left half-filled beside ``target`` is cleared away first: it may hold pupils' data.
    Errors: ``CannotWriteError`` where the system refuses; ``LockedError`` where another process fills the same folder.
    """
    import shutil

    fresh, old = _beside(target), target.with_name(f".{target.name}.old")
    with ExitStack() as held:
        try:
            if target.is_file():
                raise FileExistsError(errno.EEXIST, "a file is in the folder's place")
            target.parent.mkdir(parents=True, exist_ok=True)
            _hold_folder(held, fresh, target)
            if old.exists() and not target.exists():
                old.rename(target)
            for left in (*fresh.iterdir(), *([old] if old.exists() else [])):
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            fresh.chmod(0o755)
        except OSError as error:
            raise cannot_write(target, error) from error
        try:
            yield fresh
            for path in (*fresh.rglob("*"), fresh):
                if not path.is_symlink():
                    _to_disk(path)
            if target.exists():
                # Where the two change places, nobody may fill the old one before it is gone.
                held.enter_context(_held(target, os.O_RDONLY))
                if not _exchanged(fresh, target):
                    target.rename(old)
                    fresh.rename(target)
            else:
                fresh.rename(target)
            _to_disk(target.parent)
        except OSError as error:
            raise cannot_write(target, error) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)


def _beside(path: Path) -> Path:
    """Where what is to become ``path`` is made: hidden, in the same folder, and the next run takes over what one has left there."""
    return path.with_name(f".{path.name}.part")


@contextmanager
def _written_beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside ``path`` that holds ``content``, on disk; gone when the block ends, where it has not been given its name."""
    beside = _beside(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _held(beside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW) as handle:
        try:
            os.ftruncate(handle, 0)
            with os.fdopen(handle, "wb", closefd=False) as stream:
                stream.write(content)
            os.fchmod(handle, mode)
            os.fsync(handle)
            yield beside
        finally:
            beside.unlink(missing_ok=True)


def _hold_folder(held: ExitStack, folder: Path, target: Path) -> None:
    """Nothing; ``folder`` is there, and this process's alone. Errors: ``LockedError`` where another one fills or clears it."""
    try:
        folder.mkdir(exist_ok=True)
        held.enter_context(_held(folder, os.O_RDONLY | os.O_NOFOLLOW, waits=False))
    except (BlockingIOError, FileNotFoundError):
        raise LockedError(
            f"Another run is writing {target}.", advice="wait until it has finished and run the same command again."
        ) from None


@contextmanager
def _held(path: Path, flags: int, waits: bool = True) -> Iterator[int]:
    """A handle of ``path``, which no other process holds while the block runs; the system lets go of it when a process dies.

    Errors: ``BlockingIOError`` where somebody holds it and this process does not wait.
    """
    while True:
        handle = os.open(path, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
            # Who held it may have given it its name meanwhile, or taken it away: then this is no longer what ``path`` names.
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                yield handle
                return
        finally:
            os.close(handle)


def _to_disk(path: Path) -> None:
    """Nothing; the file, or the names in the folder, outlive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the two folders have changed places in a single step; False where the system has no such step."""
    import ctypes

    here, both = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    return exchange is not None and exchange(here, os.fsencode(one), here, os.fsencode(other), both) == 0


def alone_with_edition(workspace: Workspace, edition: str) -> AbstractContextManager[None]:
    """While the block runs no other process builds, signs, sends or removes anything of the edition. Errors: ``LockedError``."""
    return alone(workspace, "edition", f"Another run is at work on the edition {edition}.")


@contextmanager
def alone(workspace: Workspace, work: str, said: str) -> Iterator[None]:
    """While the block runs no other process does this ``work`` in the workspace. Errors: ``LockedError`` that says ``said``."""
    from zc.lockfile import LockError, LockFile

    path = workspace.root / f".dvc/tmp/likvard-{work}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = LockFile(str(path), content_template="process {pid} on {hostname}")
    except LockError:
        owner = path.read_text(encoding="utf-8", errors="replace").strip()
        advice = "wait until it has finished and run the same command again."
        raise LockedError(said, [owner] if owner else [], advice=advice) from None
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        yield
    finally:
        lock.close()
