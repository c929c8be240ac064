"""The stage ``ingest``: all deliveries of an edition, typed and put together table by table."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from likvard.contracts import Source, Tables, read_source, read_tables
from likvard.errors import DeliveryMissingError, PseudonymKeyError, unknown
from likvard.ingest.faults import Faults, Reading, together
from likvard.ingest.gathered import Gathered
from likvard.ingest.part import read_part
from likvard.params import Params
from likvard.scheduler import cores, in_their_order
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
    files = {delivery: files_of(delivery, source) for delivery in deliveries}
    sizes = Counter[str]()
    for of_delivery in files.values():
        sizes.update({name: sum(path.stat().st_size for _, path in found) for name, found in of_delivery.items()})
    with writing_folder(workspace.staged) as folder:
        take = partial(_take, workspace, source, tables, files, folder)
        largest_first = sorted(source.every_table, key=lambda name: -sizes[name])
        taken = dict(zip(largest_first, in_their_order(take, iter(largest_first), cores()), strict=True))
        found = [taken[name] for name in source.every_table]
        faults = [one.faults[delivery] for delivery in deliveries for one in found]
        error = together(faults).first_error()
        if error is not None:
            raise error
        readings = [one.readings[delivery] for delivery in deliveries for one in found]
        reading = together([*readings, *(one.restated for one in found)])
        for line in reading.lines():
            print(f"ingest: {line}")  # noqa: T201
        records = {
            "deliveries.json": read_record(
                workspace, deliveries, source, dict(one for table in found for one in table.digests.items())
            ),
            "reading.json": asdict(reading),
        }
        for file, record in records.items():
            text = json.dumps(record, indent=2, ensure_ascii=False, sort_keys=True)
            write_atomically(folder / file, text.encode() + b"\n")
    counts = [one.count for one in found if one.count is not None]
    print(f"ingest: {sum(counts):,} rows in {len(counts)} tables from {len(deliveries)} deliveries")  # noqa: T201


@dataclass
class _Taken:
    """What came of one table: how many rows it has (None where it is not written), what was restated, the hashes of its files, and
    by delivery what is wrong with them and what was not taken in as it stood.
    """

    faults: dict[Path, Faults]
    readings: dict[Path, Reading]
    digests: dict[str, str] = field(default_factory=dict)
    count: int | None = None
    restated: Reading = field(default_factory=Reading)


def _take(
    workspace: Workspace,
    source: Source,
    tables: Tables,
    files: dict[Path, dict[str, list[tuple[Source, Path]]]],
    folder: Path,
    name: str,
) -> _Taken:
    """What came of the table ``name``: file by file and then period by period, so that memory holds one of them."""
    taken = _Taken({delivery: Faults() for delivery in files}, {delivery: Reading() for delivery in files})
    with TemporaryDirectory(dir=folder) as held:
        gathered = Gathered(tables[name], Path(held))
        for delivery, of_delivery in files.items():
            for sender, path in of_delivery.get(name, ()):
                content = path.read_bytes()
                taken.digests[f"{delivery.name}/{path.name}"] = hashlib.sha256(content).hexdigest()
                shown, reading = workspace.shown(path), taken.readings[delivery]
                if sender is source and not expected(name, delivery.name, source):
                    reading.beyond.append({"file": shown})
                part = read_part(content, path, shown, name, sender, tables, taken.faults[delivery], reading)
                if part is not None:
                    gathered.add(delivery.name, part)
        if gathered.deliveries and not any(found.first_error() for found in taken.faults.values()):
            taken.count, taken.restated.restated = gathered.write(folder / tables[name].path)
    return taken


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


def files_of(delivery: Path, source: Source) -> dict[str, list[tuple[Source, Path]]]:
    """The files that the delivery holds, by table: who sends each, and its path; the source's own first."""
    files: dict[str, list[tuple[Source, Path]]] = {}
    for one in source.all_sources:
        for name, mapped in one.tables.items():
            path = delivery / mapped.file
            if path.is_file():
                files.setdefault(name, []).append((one, path))
    return files


def read_record(
    workspace: Workspace, deliveries: list[Path], source: Source, digests: dict[str, str]
) -> dict[str, Any]:
    """What was read: every file with its SHA-256, and where each delivery comes from; and one hash over all files."""
    listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return {
        "source": source.source,
        "files": digests,
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
