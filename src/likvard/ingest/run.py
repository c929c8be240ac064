"""The stage ``ingest``: all deliveries of an edition, typed and put together table by table."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from likvard.contracts import Source, Table, Tables, read_source, read_tables
from likvard.errors import DeliveryMissingError, PseudonymKeyError, unknown
from likvard.ingest.faults import Faults, Reading, together
from likvard.ingest.part import read_part
from likvard.ingest.restated import last_word
from likvard.params import Params
from likvard.tables import write_table
from likvard.tracking import recorded_origin
from likvard.workspace import Workspace, write_atomically, writing_folder


def run(workspace: Workspace, params: Params) -> None:
    """Typed Parquet in ``data/staged``, one file per table; ``deliveries.json``: what was read, with its hashes; and
    ``reading.json``: what was not taken in as it stood.

    Errors: ``DeliveryMissingError``, ``FileUnreadableError``, ``ColumnsError``, ``CodesError``; each names every fault of its
    kind, and ``data/staged`` is then as it was.
    """
    tables = read_tables(workspace.contracts)
    source = read_source(workspace.contracts, params.source, tables)
    deliveries = deliveries_of(workspace, params.edition, source)
    see_that_the_key_is_one(workspace, deliveries)
    faults = {delivery.name: Faults() for delivery in deliveries}
    readings = {delivery.name: Reading() for delivery in deliveries}
    restated, count = Reading(), Counter[str]()
    with writing_folder(workspace.staged) as folder:
        # Table by table, so that memory holds one at a time.
        for name in source.every_table:
            frames = [
                (delivery.name, part)
                for delivery in deliveries
                for part in parts_of(
                    delivery, name, workspace, source, tables, faults[delivery.name], readings[delivery.name]
                )
            ]
            if frames and not any(found.first_error() for found in faults.values()):
                rows = in_order(last_word(frames, tables[name], restated), tables[name])
                write_table(rows, folder / tables[name].path)
                count[name] = len(rows)
        error = together(faults.values()).first_error()
        if error is not None:
            raise error
        reading = together([*readings.values(), restated])
        for line in reading.lines():
            print(f"ingest: {line}")  # noqa: T201
        records = {"deliveries.json": read_record(workspace, deliveries, source), "reading.json": asdict(reading)}
        for file, content in records.items():
            text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)
            write_atomically(folder / file, text.encode() + b"\n")
    print(f"ingest: {count.total():,} rows in {len(count)} tables from {len(deliveries)} deliveries")  # noqa: T201


def parts_of(
    delivery: Path, table: str, workspace: Workspace, source: Source, tables: Tables, faults: Faults, reading: Reading
) -> Iterator[pd.DataFrame]:
    """What each sender's file in the delivery says of the table, where it can be read."""
    for sender, name, path in files_of(delivery, source):
        if name != table:
            continue
        if sender is source and not expected(name, delivery.name, source):
            reading.beyond.append({"file": workspace.shown(path)})
        part = read_part(path, workspace.shown(path), name, sender, tables, faults, reading)
        if part is not None:
            yield part


def deliveries_of(workspace: Workspace, edition: str, source: Source) -> list[Path]:
    """The folders of the source's deliveries that the edition takes in: its own and all earlier ones, in order.

    Errors: ``DeliveryMissingError`` where a delivery that is tracked, or a file that is expected in one, is not there.
    """
    tracked = {path.stem for path in workspace.deliveries.glob("*.dvc") if re.fullmatch(source.deliveries, path.stem)}
    # A folder with a dot is no delivery: JupyterLab leaves .ipynb_checkpoints wherever a file was saved.
    there = {
        path.name
        for path in workspace.deliveries.glob("[!.]*")
        if path.is_dir() and re.fullmatch(source.deliveries, path.name)
    }
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
        for table, mapped in source.tables.items()
        if expected(table, name, source) and not (workspace.deliveries / name / mapped.file).is_file()
    ]
    if absent or lost:
        raise DeliveryMissingError(
            "Some deliveries are not on this machine.",
            [f"data/deliveries/{name} (the whole folder)" for name in absent] + lost,
            advice="run `dvc pull`, which fetches what the .dvc files name; if a file is gone for good, ask its sender.",
        )
    return [workspace.deliveries / name for name in wanted]


def see_that_the_key_is_one(workspace: Workspace, deliveries: list[Path]) -> None:
    """Nothing. Errors: ``PseudonymKeyError`` where the deliveries were taken in with different keys: one pupil would be two."""
    keys = {delivery.name: origin_of(workspace, delivery.name).get("key_check") for delivery in deliveries}
    by_key: dict[str, list[str]] = {}
    for name, check_value in keys.items():
        if check_value:
            by_key.setdefault(check_value, []).append(name)
    if len(by_key) > 1:
        raise PseudonymKeyError(
            "The deliveries were taken in with different keys, so the same pupil has two pseudonyms.",
            [f"key {check_value}: {', '.join(names)}" for check_value, names in by_key.items()],
            advice="take the deliveries of the old key in again with `likvard intake … --new-key` and the new one.",
        )


def expected(table: str, delivery: str, source: Source) -> bool:
    """Whether the delivery must hold the table's file."""
    return re.fullmatch(source.tables[table].expected_in, delivery) is not None


def files_of(delivery: Path, source: Source) -> list[tuple[Source, str, Path]]:
    """The files that the delivery holds: who sends each, its table and its path; the source's own first."""
    files = [(one, name, delivery / mapped.file) for one in source.all_sources for name, mapped in one.tables.items()]
    return [found for found in files if found[-1].is_file()]


def in_order(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The same rows sorted by key and then by their place in the delivery, so that equal data gives equal bytes."""
    key = [*table.primary_key, "source_file", "source_row"]
    return frame.astype({"source_file": "string", "source_row": "Int64"}).sort_values(
        key, kind="stable", ignore_index=True
    )


def read_record(workspace: Workspace, deliveries: list[Path], source: Source) -> dict[str, Any]:
    """What was read: every file with its SHA-256, and where each delivery comes from; and one hash over all files."""
    files = {
        f"{delivery.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for delivery in deliveries
        for _, _, path in files_of(delivery, source)
    }
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return {
        "source": source.source,
        "files": files,
        "data_hash": hashlib.sha256(listing.encode()).hexdigest(),
        "origins": {delivery.name: origin_of(workspace, delivery.name) for delivery in deliveries},
    }


def origin_of(workspace: Workspace, delivery: str) -> Any:
    """``meta.origin`` of the delivery's ``.dvc`` file, and above it the record that intake left in the delivery; empty where there
    is neither.
    """
    folder = workspace.deliveries / delivery
    record = folder / "origin.json"
    taken_in = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    return recorded_origin(folder) | taken_in
