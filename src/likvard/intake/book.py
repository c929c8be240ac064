"""A workbook becomes rows of text; what is hidden, fetched or programmed in it is refused."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from typing import Any

from likvard.errors import ArchiveRefusedError
from likvard.fetch.archive import check_archive
from likvard.intake.finding import Findings
from likvard.intake.received import LIMITS
from likvard.intake.sheet import MOST_COLUMNS, MOST_ROWS, Sheet

PROGRAMS = re.compile(r"(?:vbaProject|/activeX/|/embeddings/|/macrosheets/|/ctrlProps/|oleObject)", re.IGNORECASE)
LINKS = re.compile(r"(?:/externalLinks/|xl/connections\.xml|/queryTables/|/webExtensions/|xl/model/)", re.IGNORECASE)
HIDDEN = re.compile(rb'<(?:\w+:)?(?:row|col)\b[^>]*\bhidden="(?:1|true)"')
HIDDEN_SHEET = re.compile(rb'<(?:\w+:)?sheet\b[^>]*\bstate="(?:hidden|veryHidden)"')
FILTER = re.compile(rb"<(?:\w+:)?(?:autoFilter|filterColumn)\b")
ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"')
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="[A-Z]+(\d+):')
HYPERLINK = re.compile(rb'Type="[^"]*/hyperlink"')
MACRO_TYPES = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)


def sheet_of_book(content: bytes, wanted: str | None, decimal: str, findings: Findings) -> Sheet | None:
    """The rows of the agreed sheet (by default the only one), or None where ``findings`` now says why not."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        findings.add("encrypted")
        return None
    if not content.startswith(b"PK"):
        findings.add("other_kind", kind="–", wanted=".xlsx") if content.strip() else findings.add("empty")
        return None
    try:
        archive = check_archive("workbook", content, LIMITS)
    except ArchiveRefusedError:
        findings.add("archive")
        return None
    _safe(archive, findings)
    return None if findings.refused else _rows(content, wanted, decimal, findings)


def _safe(archive: zipfile.ZipFile, findings: Findings) -> None:
    """Nothing; ``findings`` tells of programs, links, entities, hidden parts, errors and merged cells."""
    names = archive.namelist()
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        findings.add("not_a_workbook")
        return
    codes = set()
    merged: set[int] = set()
    if any(PROGRAMS.search(name) for name in names):
        codes.add("macros")
    if any(LINKS.search(name) for name in names):
        codes.add("external_links")
    for name in names:
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        try:
            part = archive.read(name)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
            findings.add("not_a_workbook")
            return
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part.startswith((b"\xff\xfe", b"\xfe\xff")):
            codes.add("entities")
        if name == "[Content_Types].xml" and MACRO_TYPES.search(part):
            codes.add("macros")
        if name.endswith(".rels") and _fetches(part):
            codes.add("external_links")
        if name == "xl/workbook.xml" and HIDDEN_SHEET.search(part):
            codes.add("hidden")
        if name.startswith("xl/worksheets/"):
            codes |= {
                code
                for code, sign in (("hidden", HIDDEN), ("filter", FILTER), ("formula_error", ERROR))
                if sign.search(part)
            }
            merged |= {int(row) for row in MERGED.findall(part)}
    for code in sorted(codes):
        findings.add(code)
    if merged:
        findings.merged_rows = merged


def _fetches(relations: bytes) -> bool:
    """Whether a relation leads outside; a hyperlink that nobody follows is only text."""
    return any(
        b'TargetMode="External"' in one and not HYPERLINK.search(one)
        for one in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", relations)
    )


def _rows(content: bytes, wanted: str | None, decimal: str, findings: Findings) -> Sheet | None:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
        if wanted is not None and wanted not in names:
            findings.add("sheet_missing", sheet=wanted)
            return None
        if wanted is None and len(names) != 1:
            findings.add("several_sheets", sheets=str(len(names)))
            return None
        cells = book.get_sheet_by_name(wanted or names[0]).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, zipfile.BadZipFile):
        findings.add("not_a_workbook")
        return None
    if len(cells) > MOST_ROWS:
        findings.add("too_many_rows", limit=f"{MOST_ROWS:,}")
        return None
    if cells and len(cells[0]) > MOST_COLUMNS:
        findings.add("too_many_columns", limit=str(MOST_COLUMNS))
        return None
    sheet = Sheet([[as_text(cell, decimal) for cell in row] for row in cells], list(range(1, len(cells) + 1)))
    for number, row in enumerate(cells, 1):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime | date | time):
                sheet.dated.setdefault(place, set()).add(number)
    if not any(cell for row in sheet.rows for cell in row):
        findings.add("empty")
        return None
    return sheet


def as_text(cell: Any, decimal: str) -> str:
    """The cell as a sender would have written it in a text file."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell).replace(".", decimal)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)
