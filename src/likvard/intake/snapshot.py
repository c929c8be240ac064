"""The snapshot of one edition: pseudonymous files and the record of their origin, written in one step and tracked by DVC."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from likvard.contracts import SourceTable
from likvard.intake.distinct import Rows
from likvard.intake.earlier import RECORD
from likvard.lineage import tree_hash
from likvard.tracking import record_origin, recorded_origin, track
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
    if there == content and _pointer_holds(folder, record):
        return False
    track(workspace.root, [folder])
    record_origin(folder, _with_hash(folder, record))
    return True


def _pointer_holds(folder: Path, record: Mapping[str, Any]) -> bool:
    """Whether DVC has taken note of the snapshot: its pointer carries this very record, written last of all."""
    return recorded_origin(folder) == _with_hash(folder, record)


def _with_hash(folder: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with one SHA-256 over the names and bytes of the snapshot's files."""
    return {**record, "snapshot": tree_hash(folder)}
