"""A OneRoster 1.1 archive in bulk mode as tables, in memory only; only what the manifest announces, only rows that are active.

Nothing here protects anyone: what comes out goes through intake, which takes the protected out and gives the pseudonyms. OneRoster
1.1 has no field for protected identities, so the sender must mark them in an extension column of ``users.csv``.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pandas as pd

from likvard.errors import ArchiveRefusedError, CodesError, ColumnsError, FileUnreadableError
from likvard.fetch.archive import ArchiveLimits, read_archive
from likvard.fetch.delivery import Fetched, origin_of, receipt
from likvard.fetch.oneroster.layout import FILES, MODIFIED, ROLES, SOURCED_ID, STATUS, File

SOURCE = "oneroster_1.1"
ACTIVE = ("", "active")
DELETED = ("tobedeleted",)

Row = dict[str, str]


def read_oneroster(
    name: str, content: bytes, retrieved_at: datetime, *, marking: str, limits: ArchiveLimits | None = None
) -> Fetched:
    """The tables of ``layout.FILES`` that the manifest announces as ``bulk``; ``users`` has what users.csv says under ``marking``.

    Rows with the status ``tobedeleted`` are counted and left out, and so are users who are neither pupils nor staff. Errors:
    ``ArchiveRefusedError``, ``FileUnreadableError`` (also for delta, which is not supported), ``ColumnsError``, ``CodesError``;
    none repeats a value about a person.
    """
    members = read_archive(name, content, limits)
    announced = _announced(name, members)
    rows = {
        file: _rows(f"{name}, {file}.csv", members[f"{file}.csv"], FILES[file], (marking,) if file == "users" else ())
        for file in announced
    }
    active = {file: [row for row in some if row.get(STATUS, "").casefold() in ACTIVE] for file, some in rows.items()}
    deleted = {file: len(rows[file]) - len(active[file]) for file in rows}
    tables = {FILES[file].table: _table(FILES[file], some) for file, some in active.items()}
    tables["users"]["marking"] = pd.Series([row[marking] for row in active["users"]], dtype="string")
    tables["users"] = tables["users"][tables["users"]["role"].isin(ROLES)].reset_index(drop=True)
    origin = origin_of(
        SOURCE,
        retrieved_at,
        [receipt(name, content)],
        tables,
        rows_to_be_deleted={file: count for file, count in deleted.items() if count},
        members_left_out=sorted(
            member for member in members if member.removesuffix(".csv") not in {*announced, "manifest"}
        ),
        not_offered=[file for file in FILES if file not in announced],
        last_modified=max((row.get(MODIFIED, "") for some in active.values() for row in some), default="") or None,
    )
    return Fetched(tables, origin)


def _announced(name: str, members: dict[str, bytes]) -> list[str]:
    """The files that are there in bulk, as the manifest says.

    Errors: ``ArchiveRefusedError`` without a manifest of OneRoster 1.1; ``FileUnreadableError`` for delta, and where
    a file is announced and not there.
    """
    if "manifest.csv" not in members:
        below = [member for member in members if member.endswith("/manifest.csv")]
        raise ArchiveRefusedError(
            f"The archive {name} is not a OneRoster archive.",
            [f"manifest.csv is not at the top of it{f', but in a folder ({below[0]})' if below else ''}"],
            advice="ask the sender to pack the CSV files themselves, not a folder with them.",
        )
    properties = {
        row.get("propertyName", ""): row.get("value", "")
        for row in _records(f"{name}, manifest.csv", members["manifest.csv"])
    }
    if properties.get("oneroster.version") != "1.1":
        raise ArchiveRefusedError(
            f"The archive {name} is not OneRoster 1.1.",
            [f"the manifest says oneroster.version {properties.get('oneroster.version', 'nowhere')!r}"],
            advice="ask the sender for an export in OneRoster 1.1 CSV, bulk mode.",
        )
    modes = {key.removeprefix("file."): value for key, value in properties.items() if key.startswith("file.")}
    problems = [
        f"{file}.csv is announced as delta (only what has changed), and only bulk is supported"
        for file, mode in modes.items()
        if mode == "delta" and file in FILES
    ]
    problems += [
        f"{file}.csv is announced as {mode!r}, which OneRoster 1.1 does not have"
        for file, mode in modes.items()
        if mode not in ("bulk", "delta", "absent")
    ]
    announced = [file for file in FILES if modes.get(file) == "bulk"]
    problems += [
        f"{file}.csv is announced and not in the archive" for file in announced if f"{file}.csv" not in members
    ]
    problems += [
        f"{file}.csv is needed and not announced" for file, one in FILES.items() if one.required and file not in modes
    ]
    problems += [
        f"{file}.csv is needed and announced as absent"
        for file, one in FILES.items()
        if one.required and modes.get(file) == "absent"
    ]
    if problems:
        raise FileUnreadableError(
            f"The archive {name} cannot be read.", problems, advice="ask the sender for a complete export in bulk mode."
        )
    return announced


def _rows(place: str, content: bytes, file: File, more: tuple[str, ...]) -> list[Row]:
    """The rows of a file, which must have its columns and ``more``.

    Errors: ``ColumnsError`` for columns that are not there, ``CodesError`` for unknown statuses and repeated ids.
    """
    rows = _records(place, content)
    header = set(rows[0]) if rows else set(file.columns.values())
    wanted = [SOURCED_ID, *file.columns.values(), *more]
    absent = [column for column in dict.fromkeys(wanted) if column not in header]
    if absent:
        raise ColumnsError(
            f"{place} does not have the columns of OneRoster 1.1.",
            [f"the column {column!r} is not there" for column in absent],
            advice="ask the sender for an export with all columns.",
        )
    problems = []
    strange = [
        line for line, row in enumerate(rows, start=2) if row.get(STATUS, "").casefold() not in (*ACTIVE, *DELETED)
    ]
    if strange:
        problems.append(
            f"{len(strange)} rows have a status other than active and tobedeleted, the first on line {strange[0]}"
        )
    ids = pd.Series([row[SOURCED_ID] for row in rows], dtype="string")
    if (ids == "").any() or ids.duplicated().any():
        problems.append(f"{int(((ids == '') | ids.duplicated()).sum())} rows have no sourcedId of their own")
    if problems:
        raise CodesError(
            f"{place} has rows that cannot be read.", problems, advice="ask the sender to export the file again."
        )
    return rows


def _records(place: str, content: bytes) -> list[Row]:
    """The rows of a CSV file by heading. Errors: ``FileUnreadableError`` where it is not UTF-8 CSV or is ragged."""
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header = next(lines, [])
        rows = [row for row in lines if row]
    except (UnicodeDecodeError, csv.Error):
        raise _unreadable(place, "the file is not well-formed CSV in UTF-8") from None
    ragged = sum(len(row) != len(header) for row in rows)
    if not header or ragged or len(set(header)) != len(header):
        raise _unreadable(
            place,
            f"{ragged} rows have another number of fields than the heading" if ragged else "the heading is not right",
        )
    return [dict(zip(header, map(str.strip, row), strict=True)) for row in rows]


def _table(file: File, rows: list[Row]) -> pd.DataFrame:
    """The table of a file; of a date of birth only the year, and of titles only those that name no teacher."""
    kept: list[dict[str, str | None]] = []
    for row in rows:
        taken: dict[str, str | None] = {ours: row[theirs] or None for ours, theirs in file.columns.items()}
        if file.title_only_for and taken[file.title_only_for[0]] != file.title_only_for[1]:
            taken["title"] = None
        if "birth_year" in taken:
            taken["birth_year"] = (taken["birth_year"] or "")[:4] or None
        kept.append(taken)
    return pd.DataFrame(kept, columns=list(file.columns)).astype("string")


def _unreadable(place: str, why: str) -> FileUnreadableError:
    return FileUnreadableError(f"{place} cannot be read.", [why], advice="ask the sender to export the file again.")
