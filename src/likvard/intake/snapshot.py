"""The snapshot of one edition: pseudonymous files and the record of their origin, written in one step and tracked by DVC."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from likvard.contracts import SourceTable
from likvard.errors import LockedError, PipelineError
from likvard.intake.distinct import Rows
from likvard.intake.earlier import RECORD
from likvard.workbook import workbook_bytes
from likvard.workspace import Workspace, write_atomically, writing_folder


def file_bytes(rows: Rows, mapped: SourceTable) -> bytes:
    """The rows in the form of the mapping: UTF-8 with its mark, the mapping's delimiter and decimal sign, or a workbook."""
    columns = [column.cells() for column in rows.columns.values()]
    return table_bytes(list(rows.columns), list(zip(*columns, strict=True)), mapped)


def table_bytes(header: Sequence[str], rows: Sequence[Sequence[str]], mapped: SourceTable) -> bytes:
    """The same for cells that are texts already; equal rows give equal bytes."""
    if mapped.file.endswith(".xlsx"):
        return workbook_bytes(mapped.sheet or "Blad1", [header, *rows])
    text = io.StringIO()
    lines = csv.writer(text, delimiter=mapped.delimiter, lineterminator="\n")
    lines.writerow(header)
    lines.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def write_snapshot(workspace: Workspace, edition: str, files: Mapping[str, bytes], record: Mapping[str, Any]) -> bool:
    """Whether anything changed; afterwards ``data/deliveries/<edition>`` has exactly ``files`` and the record, under DVC.

    A run that is killed leaves the old folder or the new one; the next run completes what was left of the second step, in
    which DVC takes note. Errors: ``CannotWriteError``, ``LockedError``, ``PipelineError``.
    """
    folder = workspace.deliveries / edition
    content = {**files, RECORD: json.dumps(record, indent=2, ensure_ascii=False, sort_keys=True).encode() + b"\n"}
    there = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
    if there != content:
        with writing_folder(folder) as fresh:
            for name, data in content.items():
                write_atomically(fresh / name, data)
    if there == content and _pointer_holds(workspace, edition, record):
        return False
    _track(workspace.root, folder, record)
    return True


def snapshot_hash(folder: Path) -> str:
    """One SHA-256 over the names and bytes of the snapshot's files."""
    listing = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())
    )
    return hashlib.sha256(listing.encode()).hexdigest()


def _pointer(workspace: Workspace, edition: str) -> Path:
    return workspace.deliveries / f"{edition}.dvc"


def _pointer_holds(workspace: Workspace, edition: str, record: Mapping[str, Any]) -> bool:
    """Whether DVC has taken note of the snapshot: its pointer carries this very record, written last of all."""
    pointer = _pointer(workspace, edition)
    if not pointer.is_file():
        return False
    origin = yaml.safe_load(pointer.read_text(encoding="utf-8")).get("meta", {}).get("origin", {})
    return bool(origin == {**record, "snapshot": snapshot_hash(workspace.deliveries / edition)})


def _track(root: Path, folder: Path, record: Mapping[str, Any]) -> None:
    """Nothing; DVC's cache has the folder, and its pointer the record as ``meta.origin``."""
    from dvc.exceptions import DvcException
    from dvc.lock import LockError
    from dvc.repo import Repo

    logging.getLogger("dvc").setLevel(logging.ERROR)
    try:
        with Repo(str(root)) as repo:
            repo.add([str(folder)])
    except LockError:
        raise LockedError(
            "Another run is at work in this workspace.",
            advice="wait until it has finished and run the same command again.",
        ) from None
    except DvcException as error:
        raise PipelineError(
            "DVC could not take note of the delivery, which is in its place.",
            [str(error)],
            advice="run the same command again; it goes on from here.",
        ) from error
    pointer = folder.with_name(f"{folder.name}.dvc")
    content = yaml.safe_load(pointer.read_text(encoding="utf-8"))
    content["meta"] = {"origin": {**record, "snapshot": snapshot_hash(folder)}}
    write_atomically(pointer, yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120).encode())
