"""What was fetched takes its place among the deliveries: written whole, tracked by DVC, with where it comes from."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from likvard.contracts import read_source, read_tables
from likvard.errors import ContractError, DeliveryMissingError, WorkspaceError
from likvard.fetch.delivery import csv_bytes
from likvard.lineage import tree_hash
from likvard.params import Params
from likvard.tracking import record_origin, recorded_origin, track
from likvard.workspace import Workspace, write_atomically, writing_folder

MOST_LINES = 20
# What the origin of an importer says about the bytes that came, and so is kept with the delivery.
KEPT = ("source", "locations", "retrieved_at", "sha256", "received_count", "received_bytes")


def receive(
    workspace: Workspace,
    params: Params,
    edition: str | None,
    name: str,
    tables: Mapping[str, pd.DataFrame],
    origin: Mapping[str, Any],
) -> dict[Path, int]:
    """The files ``<name>_<table>.csv`` in the delivery of ``edition`` (that of the params, where none is named), all or none, with
    the folder under DVC. Only tables that the workspace's source mapping takes in, and that have rows, are written.

    What others have delivered there stays. The ``.dvc`` file says in ``meta.origin`` where the files come from: the whole of it
    where nobody else has, else below ``beside.<name>``. Returned are the files with their rows.
    Errors: ``ContractError`` where the mapping takes in none of the tables; ``WorkspaceError`` where DVC does not know the
    workspace; ``DeliveryMissingError`` where there are no rows, or others' files of the delivery are not on this machine;
    ``LockedError``; ``PipelineError``; ``CannotWriteError``.
    """
    edition = edition or params.edition
    folder = workspace.deliveries / edition
    files = _taken_in(workspace, params, name, tables)
    if not (workspace.root / ".dvc").is_dir():
        raise WorkspaceError(
            f"{workspace.root} is not under DVC.", advice="run `dvc init` there and the same command again."
        )
    if folder.with_name(f"{edition}.dvc").is_file() and not folder.is_dir():
        raise DeliveryMissingError(
            f"The delivery {workspace.shown(folder)} is not on this machine, so nothing can be put beside what is in it.",
            advice="run `dvc pull` and the same command again.",
        )
    known = recorded_origin(folder)
    with writing_folder(folder) as fresh:
        if folder.is_dir():
            shutil.copytree(folder, fresh, dirs_exist_ok=True)
        for file, rows in files.items():
            write_atomically(fresh / file, csv_bytes(rows))
    track(workspace.root, [folder])
    own = not known or known.get("source") == origin.get("source")
    merged = {**origin, **_beside(known)} if own else known | {"beside": known.get("beside", {}) | {name: dict(origin)}}
    if "snapshot" in merged:  # intake's hash over the files, of which there is one more now
        merged["snapshot"] = tree_hash(folder)
    record_origin(folder, merged)
    return {folder / file: len(rows) for file, rows in files.items()}


def said(workspace: Workspace, name: str, written: Mapping[Path, int], left_out: Sequence[str]) -> None:
    """Nothing; the person at the desk has seen what was written, what was not taken, and what to do next."""
    for line in left_out[:MOST_LINES]:
        print(f"fetch {name}: {line}")  # noqa: T201
    if len(left_out) > MOST_LINES:
        print(f"fetch {name}: … and {len(left_out) - MOST_LINES:,} more")  # noqa: T201
    for path, rows in written.items():
        print(f"fetch {name}: {rows:,} rows in {workspace.shown(path)}")  # noqa: T201
    print("Build the reports with them: likvard build")  # noqa: T201


def _taken_in(
    workspace: Workspace, params: Params, name: str, tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The tables with rows that the source mapping of the workspace reads, by file name."""
    source = read_source(workspace.contracts, params.source, read_tables(workspace.contracts))
    read = {mapped.file for one in source.all_sources for mapped in one.tables.values()}
    files = {f"{name}_{table}.csv": rows for table, rows in tables.items()}
    taken = {file: rows for file, rows in files.items() if file in read and len(rows)}
    if not taken and read.isdisjoint(files):
        table = "benchmarks" if "benchmarks" in tables else next(iter(tables))
        raise ContractError(
            f"The source mapping {params.source}.yaml does not take in what `likvard fetch {name}` brings.",
            advice=f"add `beside: {{{name}: [{table}]}}` to data/contracts/sources/{params.source}.yaml.",
        )
    if not taken:
        raise DeliveryMissingError(
            "Nothing that was fetched has any rows, so nothing was written.",
            advice="see that the codes and years are right.",
        )
    return taken


def kept(origin: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an importer's origin that is about the bytes as they came."""
    return {key: origin[key] for key in KEPT if key in origin}


def _beside(origin: Mapping[str, Any]) -> dict[str, Any]:
    return {"beside": origin["beside"]} if "beside" in origin else {}
