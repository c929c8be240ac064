"""What was taken in before: records of earlier editions, and the registers that they hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from likvard.contracts import Source
from likvard.ingest.delivered_file import UnreadableError, read_delivered_file
from likvard.intake.finding import Findings
from likvard.workspace import Workspace

RECORD = "origin.json"
MOST_CHANGE = 0.2


@dataclass(frozen=True)
class Earlier:
    """The snapshots of the source in the workspace, the edition's own and those before it, oldest first."""

    workspace: Workspace
    source: Source
    edition: str
    editions: tuple[str, ...]
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def newest_with(self, table: str, own: bool = True) -> tuple[str, Path] | None:
        """The newest edition that has the file of the table, and the file; without the edition itself where not ``own``."""
        for edition in reversed(self.editions):
            path = self.workspace.deliveries / edition / self.source.tables[table].file
            if path.is_file() and (own or edition != self.edition):
                return edition, path
        return None

    def column(self, table: str, name: str) -> tuple[str, list[str]] | None:
        """The edition and the cells of a field in the newest snapshot that has the table."""
        found = self.newest_with(table)
        if found is None:
            return None
        try:
            rows = read_delivered_file(found[1], self.source.tables[table])
        except UnreadableError:
            return None
        origin = self.source.tables[table].fields.get(name)
        return None if origin is None or origin.column not in rows else (found[0], rows[origin.column].tolist())

    def record_of(self, file: str) -> tuple[str, dict[str, Any]] | None:
        """The newest earlier edition that records the file, and what it says of it."""
        for edition in reversed(self.editions):
            known = self.records.get(edition, {}).get("files", {}).get(file)
            if known and edition != self.edition:
                return edition, known
        return None

    def check_values(self) -> dict[str, str]:
        """The key check values that the editions were taken in under."""
        return {name: one["key_check"] for name, one in self.records.items() if one.get("key_check")}


def earlier_deliveries(workspace: Workspace, source: Source, edition: str) -> Earlier:
    """The snapshots that are there, with their records where they have one (later editions' records too)."""
    names = sorted(
        path.name
        for path in workspace.deliveries.glob("[!.]*")
        if path.is_dir() and re.fullmatch(source.deliveries, path.name)
    )
    records = {}
    for name in names:
        path = workspace.deliveries / name / RECORD
        if path.is_file():
            record = json.loads(path.read_text(encoding="utf-8"))
            if record.get("source") == source.source:
                records[name] = record
    return Earlier(workspace, source, edition, tuple(name for name in names if name <= edition), records)


def sent_before(sha256: str, file: str, earlier: Earlier, findings: Findings) -> None:
    """Nothing; ``findings`` tells where the same bytes were delivered for another edition."""
    for edition, record in earlier.records.items():
        if edition != earlier.edition and record.get("files", {}).get(file, {}).get("sha256") == sha256:
            findings.add("sent_before", previous=edition, edition=earlier.edition)
            return


def unlike_last_time(
    file: str, persons: int | None, schools: set[str], closed: set[str], earlier: Earlier, findings: Findings
) -> None:
    """Nothing; ``findings`` tells of a number of pupils that jumped, and of schools that were there last time."""
    found = earlier.record_of(file)
    if found is None:
        return
    edition, record = found
    before = record.get("persons")
    if before and persons is not None and abs(persons / before - 1) > MOST_CHANGE:
        findings.add("count_changed", change=f"{(persons / before - 1) * 100:+.0f} %", previous=edition)
    gone = sorted(set(record.get("schools", [])) - schools - closed)
    if gone:
        findings.add("school_missing", schools=", ".join(gone), previous=edition)
