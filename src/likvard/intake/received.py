"""Files as they arrive: ordinary files of a safe name, read once, and known again by their bytes."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from likvard.errors import ArchiveRefusedError, DeliveryMissingError
from likvard.fetch.archive import ArchiveLimits, read_archive
from likvard.intake.finding import Findings

MOST_BYTES = 2 * 2**30
LIMITS = ArchiveLimits(ratio=100.0, ratio_counts_from_bytes=2**20)
SAFE_NAME = re.compile(r"[^\W_][\w .,()+-]{0,119}")
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Received:
    """One delivered file: its name, its bytes and where they came from: a path, or what a program says of them."""

    name: str
    content: bytes
    path: Path | None
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The hash of the bytes as they came."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Brought:
    """Files that a program brings and that lie nowhere: their bytes by name, and where they come from."""

    files: Mapping[str, bytes]
    origin: Mapping[str, Any]


def is_safe_name(name: str) -> bool:
    """Whether a file or a code may be called so on every system: no path, no device, no trailing dot, not endless."""
    return bool(SAFE_NAME.fullmatch(name)) and not RESERVED.fullmatch(name) and not name.endswith((".", " "))


def received_files(place: Path | Brought, wanted: set[str]) -> tuple[list[Received], list[Findings], int]:
    """The files of ``wanted`` names in a folder, an archive, as a single file or brought by a program; what was refused; how many
    others are there.

    Errors: ``DeliveryMissingError`` where there is nothing at ``place``.
    """
    if isinstance(place, Brought):
        there = [Received(name, content, None, place.origin) for name, content in sorted(place.files.items())]
        files = [one for one in there if one.name in wanted]
        return files, [], len(there) - len(files)
    if not place.exists() and not place.is_symlink():
        raise DeliveryMissingError(
            "There is no such delivery.", advice="see that the inbox is there, and name the folder or the file in it."
        )
    if place.is_dir() and not place.is_symlink():
        # Hidden files are no delivery: systems leave them wherever a folder was opened.
        paths = sorted(path for path in place.iterdir() if not path.name.startswith("."))
        return _of_paths([path for path in paths if path.name in wanted], len(paths))
    if place.suffix.casefold() == ".zip":
        return _of_archive(place, wanted)
    return _of_paths([place], 1) if place.name in wanted else ([], [], 1)


def _of_paths(paths: list[Path], total: int) -> tuple[list[Received], list[Findings], int]:
    files, refused = [], []
    for path in paths:
        findings = Findings(path.name if is_safe_name(path.name) else "–")
        one = read_once(path, findings)
        if one is None:
            refused.append(findings)
        else:
            files.append(one)
    return files, refused, total - len(paths)


def _of_archive(place: Path, wanted: set[str]) -> tuple[list[Received], list[Findings], int]:
    findings = Findings(place.name if is_safe_name(place.name) else "–")
    archive = read_once(place, findings)
    if archive is None:
        return [], [findings], 0
    try:
        members = read_archive(place.name, archive.content, LIMITS)
    except ArchiveRefusedError:  # its own words name the members, whose names are not ours to repeat
        findings.add("archive")
        return [], [findings], 0
    by_name: dict[str, list[bytes]] = {}
    for name, content in members.items():
        by_name.setdefault(name.replace("\\", "/").rsplit("/", 1)[-1], []).append(content)
    if any(len(contents) > 1 for name, contents in by_name.items() if name in wanted):
        findings.add("archive")
        return [], [findings], 0
    taken = [Received(name, contents[0], place) for name, contents in sorted(by_name.items()) if name in wanted]
    return taken, [], len(members) - len(taken)


def read_once(path: Path, findings: Findings) -> Received | None:
    """The file at ``path``, or None where ``findings`` now says why not."""
    if not is_safe_name(path.name):
        findings.add("unsafe_name")
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EACCES, errno.EPERM, errno.EISDIR):
            raise
        findings.add("not_a_file")
        return None
    with os.fdopen(handle, "rb") as stream:
        about = os.fstat(stream.fileno())
        if not stat.S_ISREG(about.st_mode):
            findings.add("not_a_file")
            return None
        if about.st_size > MOST_BYTES:
            findings.add("too_large", limit=f"{MOST_BYTES // 2**30} GiB")
            return None
        content = stream.read(MOST_BYTES + 1)
        after = os.fstat(stream.fileno())
    if len(content) != about.st_size or (after.st_size, after.st_mtime_ns) != (about.st_size, about.st_mtime_ns):
        findings.add("changed_while_read")
        return None
    return Received(path.name, content, path)


def still_the_same(one: Received) -> bool:
    """Whether the file still has the bytes that were read."""
    if one.path is None:
        return True
    if one.path.suffix.casefold() == ".zip":
        return one.path.is_file()
    try:
        with one.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == one.sha256
    except OSError:
        return False
