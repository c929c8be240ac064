"""The audit pack: one zip file from which an auditor can check an edition without the workspace, and without data about persons."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from likvard.audit.artefacts import ABOUT_PERSONS, by_path, files
from likvard.audit.envelope import canonical, digest
from likvard.audit.log import append
from likvard.audit.record import Version, read_record
from likvard.audit.verify import PACK
from likvard.errors import AlteredError
from likvard.fetch.archive import ArchiveLimits, read_archive
from likvard.workspace import Workspace, write_atomically

LONG_AGO = (1980, 1, 1, 0, 0, 0)
LIMITS = ArchiveLimits(members=100_000, packed_bytes=2 * 2**30, unpacked_bytes=8 * 2**30)


def write_pack(workspace: Workspace, version: Version, target: Path, pages: Mapping[str, bytes], who: str) -> int:
    """How many files the pack ``target`` holds: reports, released data, contracts, decisions, records, keys, the log and ``pages``.

    Errors: ``AlteredError`` where the record does not hold; ``CannotWriteError``.
    """
    known = by_path(read_record(workspace, version).predicate)
    contents = {
        workspace.shown(path): path.read_bytes()
        for kind, path in files(workspace, version.edition)
        if kind not in ABOUT_PERSONS and workspace.shown(path) in known
    }
    contents |= {
        workspace.shown(path): path.read_bytes()
        for path in sorted(workspace.audit.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and _belongs(path, workspace, version)
    }
    told = {
        "edition": version.edition,
        "version": version.number,
        "files": len(contents),
        "pages": {name: digest(page) for name, page in pages.items()},
    }
    contents |= {PACK: canonical(told) + b"\n", **pages}
    packed = zipped(contents)
    write_atomically(target, packed)
    append(workspace, "pack", version.edition, who, {"version": version.number, "pack": digest(packed)})
    return len(contents)


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """The files by name as a zip archive; the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents):
            member = zipfile.ZipInfo(name, LONG_AGO)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, contents[name])
    return stream.getvalue()


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Workspace, str]]:
    """A folder with what the pack holds, and the version that it is about; the folder is gone afterwards.

    Errors: ``AlteredError`` where it is no audit pack; ``ArchiveRefusedError`` where it is unsafe to open.
    """
    import json

    contents = read_archive(path.name, path.read_bytes(), LIMITS)
    try:
        about = json.loads(contents[PACK])
        name = f"{about['edition']}/{about['version']}"
    except (KeyError, ValueError, TypeError):
        raise AlteredError(
            f"{path.name} is no audit pack.", advice="name a file that `likvard audit --pack` has written."
        ) from None
    with tempfile.TemporaryDirectory(prefix="likvard-pack-") as folder:
        for member, content in contents.items():
            place = Path(folder) / member
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        yield Workspace(Path(folder).resolve()), name


def _belongs(path: Path, workspace: Workspace, version: Version) -> bool:
    """Whether a file of ``audit`` goes into the pack: all but the released data of other versions."""
    return "released" not in path.relative_to(workspace.audit).parts[:-1] or path.is_relative_to(version.released)
