"""What an importer brings of persons: handed to intake in memory, so that no identifier ever lies in a file of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from likvard.contracts import read_source, read_tables
from likvard.errors import ContractError
from likvard.fetch.delivery import csv_bytes
from likvard.fetch.receive import kept
from likvard.intake.persons import flag_field
from likvard.intake.received import Brought
from likvard.intake.run import Outcome, take_in
from likvard.workspace import Workspace


@dataclass(frozen=True)
class PupilFile:
    """How a source mapping reads an importer's pupils: what they are known by, the column that marks the protected, and what
    stands there for those who are not; and what a class is called in our tables.
    """

    identified_by: Literal["local", "person_number"]
    marking: str
    clear: tuple[str, ...]
    class_pattern: str


def pupil_file(workspace: Workspace, source: str, name: str) -> PupilFile:
    """How the mapping ``source`` reads ``<name>_pupils.csv``. Errors: ``ContractError`` where it does not read that file."""
    tables = read_tables(workspace.contracts)
    mapped = read_source(workspace.contracts, source, tables).tables.get("pupils")
    person = mapped.fields["pupil_id"].pseudonym_of if mapped else None
    flag = flag_field(mapped, tables["pupils"]) if mapped else None
    if mapped is None or person is None or flag is None or mapped.file != f"{name}_pupils.csv":
        raise ContractError(
            f"The source mapping {source}.yaml does not take in what `likvard fetch {name}` brings.",
            [
                f"its table pupils is not read from {name}_pupils.csv, with pseudonyms and a mark of protected identities"
            ],
            advice=f"take over the tables of data/contracts/sources/{name}.yaml in {source}.yaml.",
        )
    clear = tuple(theirs for theirs, ours in (flag.codes or {}).items() if ours == "false")
    return PupilFile(person.kind, flag.column, clear, tables["pupils"].fields["class_id"].constraints.pattern or ".*")


def bring(
    workspace: Workspace,
    source: str,
    edition: str,
    name: str,
    files: Mapping[str, pd.DataFrame],
    origin: Mapping[str, Any],
    key_file: Path | None,
) -> Outcome:
    """What became of ``files`` (by table) in intake, as ``<name>_<table>.csv``; one without rows is not brought.

    Errors: as for ``take_in``.
    """
    brought = Brought(
        {f"{name}_{table}.csv": csv_bytes(rows) for table, rows in files.items() if len(rows)}, kept(origin)
    )
    today = date.fromisoformat(str(origin["retrieved_at"])[:10])
    return take_in(workspace, brought, source, edition, on=today, key_file=key_file)
