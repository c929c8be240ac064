"""The snapshot of one edition: pseudonymous files and the record of their origin, written in one step and tracked by DVC."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
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
    known = recorded_origin(folder)
    origin = {**record, "snapshot": tree_hash(folder), **_beside(known, record)}
    # The pointer is written last of all: where it says this, DVC has taken note of the snapshot.
    if there == content and known == origin:
        return False
    track(workspace.root, [folder])
    record_origin(folder, origin)
    return True


def _beside(known: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the files that were fetched into the folder, also where they came before everything else."""
    beside = dict(known.get("beside", {}))
    if known.get("source") not in (None, record["source"]):
        beside[known["source"]] = {name: value for name, value in known.items() if name != "beside"}
    return {"beside": beside} if beside else {}
