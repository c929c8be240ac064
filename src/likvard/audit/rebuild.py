"""Reports, or a whole edition, made again in a clean directory from what was released or delivered, and held to what was signed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from likvard.audit.artefacts import by_path, deliveries_until
from likvard.audit.log import head_file
from likvard.audit.record import Version, read_record
from likvard.errors import NoSuchFigureError, NotTheSameBytesError, PipelineError
from likvard.lineage import code_hash, file_hash
from likvard.report.released import KINDS
from likvard.workspace import Workspace

ELSEWHERE = {"TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"}
"""Surroundings unlike those of any coordinator: what depends on them shows."""
STAGES_BEFORE = ("ingest", "validate", "prepare", "indicators", "protect")
STAGES_AFTER = ("index", "pack")
"""What is made beside the reports: pages that open the edition, and material for meetings."""
FORMS = ("html", "pdf", "xlsx", "csv", "manifest.json")
MINUTES = 60


@dataclass(frozen=True)
class Rebuilt:
    """The files that were made again, with the same bytes."""

    files: tuple[str, ...]
    whole: bool


def rebuild(workspace: Workspace, version: Version, names: tuple[str, ...], whole: bool = False) -> Rebuilt:
    """Which files of the reports ``names`` (``school/01``) are the same bytes again.

    Where none is named, these are all files of the edition that were signed: reports, the pages that open them, packs for meetings.

    With ``whole`` everything is made again from the deliveries, else from what was released. Errors: ``NotTheSameBytesError``
    that names the first byte of each file that differs; ``NoSuchFigureError``; ``PipelineError`` where the making stops.
    """
    signed = {path: one.sha256 for path, one in by_path(read_record(workspace, version).predicate).items()}
    inside = f"reports/{version.edition}/"
    known = [
        path.removeprefix(inside).removesuffix(".manifest.json")
        for path in signed
        if path.startswith(inside) and path.endswith(".manifest.json")
    ]
    strange = [name for name in names if name not in known]
    if strange:
        raise NoSuchFigureError(
            f"{version.name} has no report {', '.join(strange)}.", advice=f"write kind and id, such as {known[0]}."
        )
    chosen = names or tuple(known)
    reports = [f"{inside}{name}.{form}" for name in chosen for form in FORMS]
    files = reports if names else sorted(path for path in signed if path.startswith(inside))
    with tempfile.TemporaryDirectory(prefix="likvard-rebuild-") as folder:
        clean = Workspace(Path(folder).resolve() / "elsewhere" / "again")
        lay_out(workspace, clean, version, whole)
        for stage in STAGES_BEFORE if whole else ():
            run(clean, stage)
        for kind in KINDS:
            units = [name.partition("/")[2] for name in chosen if name.startswith(f"{kind}/")]
            if units:
                run(clean, "report", "--kind", kind, *(word for unit in units for word in ("--only", unit)))
        for stage in () if names else STAGES_AFTER:
            run(clean, stage)
        differing = [
            difference(workspace.root / one, clean.root / one) for one in files if not _same(clean, one, signed)
        ]
    if differing:
        other = _code_of(workspace, version) != code_hash()
        raise NotTheSameBytesError(
            f"{len(differing)} of {len(files)} files are not the same bytes.",
            differing,
            advice="the code here is not the code that built the edition: check out its commit (`likvard audit`) and try again."
            if other
            else "use the software of the edition's requirements.lock; if it is that, report the difference to the developers.",
        )
    return Rebuilt(tuple(files), whole)


def lay_out(workspace: Workspace, clean: Workspace, version: Version, whole: bool) -> None:
    """Nothing; ``clean`` has what the reports are made from and nothing else."""
    for path in (
        workspace.params,
        workspace.root / "dvc.yaml",
        workspace.software_lock,
        head_file(workspace, version.edition),
    ):
        _copy(path, clean.root / workspace.shown(path))
    _copy(workspace.templates, clean.templates)
    _copy(workspace.contracts, clean.contracts)
    if whole:
        _copy(workspace.waivers, clean.waivers)
        for delivery in deliveries_until(workspace, version.edition):
            _copy(delivery, clean.deliveries / delivery.name)
            _copy(delivery.with_name(f"{delivery.name}.dvc"), clean.deliveries / f"{delivery.name}.dvc")
        for published in workspace.ledger.glob("*/"):
            if came_before(published.name, version):
                _copy(published, clean.ledger / published.name)
    else:
        _copy(version.released, clean.released)


def came_before(published: str, version: Version) -> bool:
    """Whether what the ledger holds under this name was out when the version was built: an earlier edition, or version of it."""
    edition, _, number = published.partition(".")
    return edition < version.edition or (edition == version.edition and int(number or 1) < version.number)


def run(clean: Workspace, *words: str) -> None:
    """Nothing; this likvard has run the command in ``clean``, in other surroundings. Errors: ``PipelineError``."""
    ours: Mapping[str, str] = {
        key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))
    }
    done = subprocess.run(
        [sys.executable, "-c", "from likvard.cli import main; main()", *words],
        cwd=clean.root,
        env={**ours, **ELSEWHERE},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=MINUTES * 60,
        check=False,
    )
    if done.returncode:
        raise PipelineError(
            f"`likvard {words[0]}` stopped in the clean directory (exit code {done.returncode}).",
            done.stderr.strip().splitlines()[-5:],
            advice="see that the code and the software are those of the edition (`likvard audit`).",
        )


def difference(before: Path, after: Path) -> str:
    """Where two files begin to differ, in a line."""
    name = f"{before.parent.name}/{before.name}"
    if not after.is_file():
        return f"{name}: was not made"
    old, new = before.read_bytes() if before.is_file() else b"", after.read_bytes()
    at = next((place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    if at is None:
        return f"{name}: {len(old)} bytes were signed, {len(new)} were made"
    return f"{name}: byte {at} of {len(old)} is {old[at]:#04x} here and {new[at]:#04x} in what was made"


def _code_of(workspace: Workspace, version: Version) -> str:
    return str(read_record(workspace, version).predicate["code"]["likvard"])


def _same(clean: Workspace, name: str, signed: Mapping[str, str]) -> bool:
    path = clean.root / name
    return path.is_file() and file_hash(path) == signed[name]


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, target)
    elif path.is_file():
        shutil.copyfile(path, target)
