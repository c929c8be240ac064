"""Sweden as a workspace: Skolverket's exports as its delivery, tracked by DVC, and its own decisions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from likvard.demo.workspace import new_workspace
from likvard.fetch.delivery import csv_bytes
from likvard.fetch.skolverket.exports import exports_of, files_at, read_files
from likvard.fetch.skolverket.into_contracts import SOURCE, delivered_tables, left_out, origin_of_delivery
from likvard.workspace import Workspace, write_atomically


def lay_out(folder: Path, like: Workspace, exports: list[Path]) -> None:
    """``folder`` is a workspace like ``like`` with the schools and municipalities of the ``exports``, in their newest school year.

    Errors: those of ``new_workspace`` and of the readers of the exports.
    """
    read = exports_of(read_files(files_at(exports), datetime.now(UTC)))
    tables = delivered_tables(read)
    edition = str(tables["schools"]["period"].iloc[0])

    def deliver(target: Path) -> list[Path]:
        for name, rows in tables.items():
            write_atomically(target / edition / f"{SOURCE}_{name}.csv", csv_bytes(rows))
        return [target / edition]

    params = Path(__file__).with_name("params.yaml").read_text(encoding="utf-8").replace("EDITION", edition)
    new_workspace(folder, like, params.encode(), deliver, origin_of_delivery(read))
    for line in left_out(read):
        print(f"left out: {line}")  # noqa: T201
    print(  # noqa: T201
        f"{folder} is a workspace with {len(tables['schools']):,} schools in {len(tables['municipalities']):,} municipalities, "
        f"from Skolverket's exports.\nBuild its reports: cd {folder} && likvard build"
    )
