"""Where figures come from: hashes of what was read and made."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


def file_hash(path: Path) -> str:
    """The SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tree_hash(folder: Path, patterns: tuple[str, ...] = ("*",)) -> str:
    """One SHA-256 over the names and bytes of all files below ``folder`` that match, in the order of their names."""
    paths = sorted({path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()})
    listing = "".join(f"{file_hash(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)
    return hashlib.sha256(listing.encode()).hexdigest()


@cache
def code_hash() -> str:
    """One SHA-256 over likvard's own source: code, templates and texts."""
    return tree_hash(Path(__file__).parent.parent, ("*.py", "*.po", "*.j2", "*.typ", "*.css", "*.js"))
