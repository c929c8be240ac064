"""The stage ``ingest``: all deliveries of an edition, typed and put together table by table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from likvard.contracts import Source, Table, read_source, read_tables, shown_code
from likvard.errors import (
    CodesError,
    ColumnsError,
    DeliveryMissingError,
    FileUnreadableError,
    LikvardError,
    unknown,
)
from likvard.ingest.delivered_file import UnreadableError, read_delivered_file
from likvard.ingest.typed import rows_named, typed_column
from likvard.params import Params
from likvard.tables import write_table
from likvard.workspace import Workspace, write_atomically, writing_folder


@dataclass
class Faults:
    """Everything that is wrong with the deliveries, by kind."""

    unreadable: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)

    def first_error(self) -> LikvardError | None:
        """The error to stop with: what makes the others meaningless comes first."""
        if self.unreadable:
            return FileUnreadableError(
                "Some delivered files cannot be read.",
                self.unreadable,
                advice="ask the sender for the file again, put it in its place and run the same command again.",
            )
        if self.columns:
            return ColumnsError(
                "Some delivered files do not have the columns that the source mapping names.",
                self.columns,
                advice="ask the sender for the agreed columns, or, if the name was changed for good, edit the line of the "
                "mapping in data/contracts/sources/.",
            )
        if self.codes:
            return CodesError(
                "Some delivered cells have a code or a form that the source mapping does not know.",
                self.codes,
                advice="ask the sender what the cells mean; add a new code to the line of the mapping named above.",
            )
        return None


def run(workspace: Workspace, params: Params) -> None:
    """Typed Parquet in ``data/staged``, one file per table, and ``deliveries.json``: what was read, with its hashes.

    Errors: ``DeliveryMissingError``, ``FileUnreadableError``, ``ColumnsError``, ``CodesError``; each names every fault of its
    kind, and ``data/staged`` is then as it was.
    """
    tables = read_tables(workspace.contracts)
    source = read_source(workspace.contracts, params.source, tables)
    deliveries = deliveries_of(workspace, params.edition, source)
    faults = Faults()
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in source.tables}
    for delivery in deliveries:
        for name in source.tables:
            part = read_part(workspace, delivery, tables[name], source, faults)
            if part is not None:
                parts[name].append(part)
    error = faults.first_error()
    if error is not None:
        raise error
    for line in faults.ignored_columns:
        print(f"ingest: left out {line}")  # noqa: T201
    with writing_folder(workspace.staged) as folder:
        for name, frames in parts.items():
            write_table(in_order(pd.concat(frames, ignore_index=True), tables[name]), folder / tables[name].path)
        record = json.dumps(read_record(workspace, deliveries, source), indent=2, ensure_ascii=False, sort_keys=True)
        write_atomically(folder / "deliveries.json", record.encode() + b"\n")
    rows = sum(len(frame) for frames in parts.values() for frame in frames)
    print(f"ingest: {rows:,} rows in {len(parts)} tables from {len(deliveries)} deliveries")  # noqa: T201


def deliveries_of(workspace: Workspace, edition: str, source: Source) -> list[Path]:
    """The folders of the deliveries that the edition takes in: its own and all earlier ones, in order.

    Errors: ``DeliveryMissingError`` where a delivery that is tracked, or a file of one, is not there.
    """
    tracked = {path.stem for path in workspace.deliveries.glob("*.dvc")}
    # A folder with a dot is no delivery: JupyterLab leaves .ipynb_checkpoints wherever a file was saved.
    there = {path.name for path in workspace.deliveries.glob("[!.]*") if path.is_dir()}
    if edition not in tracked | there:
        raise DeliveryMissingError(
            f"There is no delivery for the edition: {unknown('delivery', edition, tracked | there)} in data/deliveries.",
            advice="set `edition` in params.yaml to a delivery that is there, or add the delivery with `dvc add`.",
        )
    wanted = sorted(name for name in tracked | there if name <= edition)
    absent = [name for name in wanted if name not in there]
    lost = [
        f"data/deliveries/{name}/{mapped.file}"
        for name in wanted
        if name in there
        for mapped in source.tables.values()
        if not (workspace.deliveries / name / mapped.file).is_file()
    ]
    if absent or lost:
        raise DeliveryMissingError(
            "Some deliveries are not on this machine.",
            [f"data/deliveries/{name} (the whole folder)" for name in absent] + lost,
            advice="run `dvc pull`, which fetches what the .dvc files name; if a file is gone for good, ask its sender.",
        )
    return [workspace.deliveries / name for name in wanted]


def read_part(
    workspace: Workspace, delivery: Path, table: Table, source: Source, faults: Faults
) -> pd.DataFrame | None:
    """One table of one delivery under contract, or None where ``faults`` now says why not."""
    mapped = source.tables[table.name]
    path = delivery / mapped.file
    shown = f"{delivery.name}/{mapped.file}"
    try:
        raw = read_delivered_file(path, mapped)
    except UnreadableError as error:
        faults.unreadable.append(f"{workspace.shown(path)}: {error}")
        return None
    header = [name for name in raw.columns if name != "source_row"]
    absent = {name: origin for name, origin in mapped.fields.items() if origin.column not in header}
    if absent:
        faults.columns += [
            f"{workspace.shown(path)}: {unknown('the column', origin.column, header)} ({source.place(table.name, name)})"
            for name, origin in absent.items()
        ]
        return None
    used = {origin.column for origin in mapped.fields.values()}
    faults.ignored_columns += [
        f"{workspace.shown(path)}: column {name!r} is in no contract" for name in header if name not in used
    ]
    columns: dict[str, pd.Series] = {}
    for name, contract in table.fields.items():
        origin = mapped.fields[name]
        columns[name], unread = typed_column(raw[origin.column], contract, origin, mapped)
        faults.codes += unread_cells(raw, unread, workspace.shown(path), source, table.name, name)
    return pd.DataFrame(columns).assign(source_file=shown, source_row=raw["source_row"])


def unread_cells(
    raw: pd.DataFrame, unread: pd.Series, shown: str, source: Source, table: str, name: str
) -> Iterable[str]:
    """One line per unknown code, or one for all cells of the wrong form (whose content is not repeated)."""
    if not unread.any():
        return []
    origin = source.tables[table].fields[name]
    rows = raw.loc[unread]
    if origin.codes is None:
        return [
            f"{shown}: column {origin.column!r} has cells that are not of the agreed form, {rows_named(rows['source_row'])}"
        ]
    return [
        f"{shown}: {shown_code(str(code))} in column {origin.column!r}, {rows_named(found['source_row'])} "
        f"({source.place(table, name, 'codes')})"
        for code, found in rows.groupby(origin.column)
    ]


def in_order(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The same rows sorted by key and then by their place in the delivery, so that equal data gives equal bytes."""
    key = [*table.primary_key, "source_file", "source_row"]
    return frame.astype({"source_file": "string", "source_row": "Int64"}).sort_values(
        key, kind="stable", ignore_index=True
    )


def read_record(workspace: Workspace, deliveries: list[Path], source: Source) -> dict[str, Any]:
    """What was read: every file with its SHA-256, and where each delivery comes from; and one hash over all files."""
    files = {
        f"{delivery.name}/{mapped.file}": hashlib.sha256((delivery / mapped.file).read_bytes()).hexdigest()
        for delivery in deliveries
        for mapped in source.tables.values()
    }
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return {
        "source": source.source,
        "files": files,
        "data_hash": hashlib.sha256(listing.encode()).hexdigest(),
        "origins": {delivery.name: origin_of(workspace, delivery.name) for delivery in deliveries},
    }


def origin_of(workspace: Workspace, delivery: str) -> Any:
    """``meta.origin`` of the delivery's ``.dvc`` file; empty where nothing is recorded."""
    pointer = workspace.deliveries / f"{delivery}.dvc"
    content = yaml.safe_load(pointer.read_text(encoding="utf-8")) if pointer.is_file() else {}
    return content.get("meta", {}).get("origin", {})
