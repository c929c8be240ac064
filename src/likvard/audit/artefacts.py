"""Every file that an edition rests on or consists of, with its SHA-256: we hash what we read, as DVC does not notice forgery."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from likvard.errors import AlteredError
from likvard.lineage import file_hash
from likvard.workspace import Workspace

KIND_OF_FORM = {".html": "html", ".pdf": "pdf", ".xlsx": "workbook", ".csv": "table", ".json": "manifest"}
ABOUT_PERSONS = ("delivery", "cache", "staged", "prepared", "indicators", "disclosure")
"""What an audit pack does not hold: the auditor has its hashes."""
FLOW = ("staged", "quality", "prepared", "indicators", "disclosure", "released")
"""What the next edition makes anew."""


@dataclass(frozen=True)
class Artefact:
    """A file of an edition: its kind, its path in the workspace, the SHA-256 and the count of its bytes."""

    kind: str
    path: str
    sha256: str
    size: int

    def as_record(self) -> dict[str, Any]:
        """The file as a record names it."""
        return {"kind": self.kind, "path": self.path, "sha256": self.sha256, "size": self.size}


def artefacts(workspace: Workspace, edition: str) -> list[Artefact]:
    """All files of the edition by path; each with its hash as it is now."""
    return [
        Artefact(kind, workspace.shown(path), file_hash(path), path.stat().st_size)
        for kind, path in sorted(files(workspace, edition), key=lambda one: str(one[1]))
    ]


def files(workspace: Workspace, edition: str) -> Iterator[tuple[str, Path]]:
    """The kind and path of every file of the edition."""
    deliveries = deliveries_until(workspace, edition)
    for folder in deliveries:
        yield from (("delivery", path) for path in _within(folder))
        pointer = folder.with_name(f"{folder.name}.dvc")
        if pointer.is_file():
            yield "delivery", pointer
    decisions = (workspace.params, workspace.waivers, workspace.root / "dvc.yaml", lock(workspace))
    yield from (("decision", path) for path in decisions if path.is_file())
    if workspace.software_lock.is_file():
        yield "software", workspace.software_lock
    yield from (("contract", path) for path in _within(workspace.contracts))
    for kind in FLOW:
        yield from ((kind, path) for path in _within(getattr(workspace, kind)))
    yield from (("notebook", path) for path in _within(workspace.templates) if path.suffix == ".ipynb")
    for path in _within(workspace.reports(edition)):
        yield KIND_OF_FORM.get(path.suffix, "other"), path
    yield from (("cache", path) for path in cached(workspace, deliveries))


def deliveries_until(workspace: Workspace, edition: str) -> list[Path]:
    """The folders of the deliveries that an edition takes in: its own and all earlier ones."""
    return [path for path in sorted(workspace.deliveries.glob("*")) if path.is_dir() and _is_named(path, edition)]


def _is_named(folder: Path, edition: str) -> bool:
    return not folder.name.startswith(".") and folder.name <= edition


def cached(workspace: Workspace, deliveries: list[Path]) -> list[Path]:
    """The files of DVC's cache that hold the edition's deliveries and what the flow made of them."""
    place = cache_folder(workspace)
    return copies_in(place, objects(workspace, deliveries, place))


def objects(workspace: Workspace, deliveries: list[Path], place: Path) -> list[str]:
    """The names (MD5) under which DVC keeps the deliveries and what the flow made of them; ``place`` tells what is in a folder."""
    outs = [out for folder in deliveries for out in outs_in(folder.with_name(f"{folder.name}.dvc"), "outs")]
    stages = (_content(lock(workspace)).get("stages") or {}).values()
    outs += [out for stage in stages for out in stage.get("outs", [])]
    names = (str(out["md5"]) for out in outs if "md5" in out)
    return list(dict.fromkeys(held for name in names for held in (name, *_listed(place, name))))


def cache_folder(workspace: Workspace) -> Path:
    """Where DVC keeps its copies, by their MD5: in the workspace, where its configuration names no other place."""
    from configparser import ConfigParser

    settings = ConfigParser(interpolation=None, strict=False)
    settings.read([workspace.root / ".dvc/config", workspace.root / ".dvc/config.local"], encoding="utf-8")
    named = settings.get("cache", "dir", fallback="cache")
    return (workspace.root / ".dvc" / named).resolve() / "files/md5"


def copies_in(place: Path, names: Iterable[str]) -> list[Path]:
    """The copies of these names (MD5) that a cache or remote of DVC has."""
    return [path for path in (place / name[:2] / name[2:] for name in names) if path.is_file()]


def outs_in(pointer: Path, key: str) -> list[dict[str, Any]]:
    """What a ``.dvc`` file stands for; nothing where it is not there."""
    return list(_content(pointer).get(key) or [])


def lock(workspace: Workspace) -> Path:
    """DVC's record of what each stage read and made."""
    return workspace.root / "dvc.lock"


def _content(path: Path) -> dict[str, Any]:
    """What a YAML file says; nothing where it is not there or cannot be read."""
    try:
        return dict(yaml.safe_load(path.read_bytes()) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValueError):
        return {}


def _listed(place: Path, name: str) -> list[str]:
    held = copies_in(place, [name]) if name.endswith(".dir") else []
    try:
        return [str(one["md5"]) for path in held for one in json.loads(path.read_bytes())]
    except (ValueError, KeyError, TypeError):
        return []


def _within(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    hidden = {path for path in folder.rglob(".*") if path.name != ".gitignore"}
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in found if not hidden & set(path.parents))


def by_path(record: dict[str, Any]) -> dict[str, Artefact]:
    """The files that a record names. Errors: ``AlteredError`` where it names none."""
    try:
        return {one["path"]: Artefact(**one) for one in record["artefacts"]}
    except (KeyError, TypeError):
        raise AlteredError("The record does not name the files of its edition.") from None
