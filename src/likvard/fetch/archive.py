"""Zip archives that are safe to open: small, flat in what they claim, and inside themselves."""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from likvard.errors import ArchiveRefusedError


@dataclass(frozen=True)
class ArchiveLimits:
    """How large an archive may be, packed and unpacked."""

    members: int = 1000
    packed_bytes: int = 512 * 2**20
    unpacked_bytes: int = 2 * 2**30
    ratio: float = 200.0
    # A file of repeated cells packs very well and is harmless while it is small.
    ratio_counts_from_bytes: int = 8 * 2**20


def read_archive(name: str, content: bytes, limits: ArchiveLimits | None = None) -> dict[str, bytes]:
    """Every file of the zip archive ``content`` by its name in the archive.

    Errors: ``ArchiveRefusedError`` as for ``check_archive``, and where a member is not what the directory of the
    archive says.
    """
    limits = limits or ArchiveLimits()
    archive = check_archive(name, content, limits)
    files: dict[str, bytes] = {}
    for member in archive.infolist():
        if member.is_dir():
            continue
        try:
            with archive.open(member) as stream:
                data = stream.read(member.file_size + 1)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise _refusal(name, [f"{member.filename}: cannot be unpacked ({type(error).__name__})"]) from None
        if len(data) != member.file_size:
            raise _refusal(name, [f"{member.filename}: unpacks to another size than the archive says"])
        files[member.filename] = data
    return files


def check_archive(name: str, content: bytes, limits: ArchiveLimits | None = None) -> zipfile.ZipFile:
    """The opened archive, with nothing unpacked yet.

    Errors: ``ArchiveRefusedError`` with every reason at once: no zip, too many members, too large, packed too tightly,
    encrypted, a link, a name twice, or a name that leads outside the archive.
    """
    limits = limits or ArchiveLimits()
    if len(content) > limits.packed_bytes:
        raise _refusal(name, [f"the file is {len(content)} bytes; at most {limits.packed_bytes} are taken"])
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _refusal(name, ["the file is not a zip archive, or it is cut short"]) from None
    members = archive.infolist()
    problems = []
    if len(members) > limits.members:
        problems.append(f"{len(members)} members; at most {limits.members} are taken")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_bytes:
        problems.append(f"unpacks to {unpacked} bytes; at most {limits.unpacked_bytes} are taken")
    seen: set[str] = set()
    for member in members:
        problems += [f"{member.filename!r}: {reason}" for reason in _reasons(member, limits)]
        if member.filename.casefold() in seen:
            problems.append(f"{member.filename!r}: is in the archive twice")
        seen.add(member.filename.casefold())
    if problems:
        raise _refusal(name, problems)
    return archive


def _reasons(member: zipfile.ZipInfo, limits: ArchiveLimits) -> list[str]:
    """Why this member is refused; nothing where it is safe."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    reasons = []
    if path.is_absolute() or ".." in path.parts or ":" in member.filename or "\0" in member.orig_filename:
        reasons.append("leads outside the archive")
    if stat.S_ISLNK(member.external_attr >> 16):
        reasons.append("is a link")
    if member.flag_bits & 0x1:
        reasons.append("is encrypted")
    large = member.file_size >= limits.ratio_counts_from_bytes
    if large and member.file_size > limits.ratio * max(member.compress_size, 1):
        reasons.append(f"unpacks to more than {limits.ratio:g} times its size")
    return reasons


def _refusal(name: str, problems: list[str]) -> ArchiveRefusedError:
    return ArchiveRefusedError(
        f"The archive {name} is not opened.",
        problems,
        advice="ask the sender to export the files again as an ordinary zip archive, and how large it should be.",
    )
