"""The header of a delivered table: found exactly as agreed, or said what is missing; what was not agreed on stays out."""

from __future__ import annotations

import difflib
import re
import unicodedata
from itertools import pairwise

import numpy as np

from likvard.contracts import SourceTable, Table
from likvard.intake.distinct import Distinct, Rows
from likvard.intake.finding import Findings
from likvard.intake.personal_text import personal
from likvard.intake.separated import MOST_TITLE_ROWS
from likvard.intake.sheet import Sheet, is_blank

IDENTITY = re.compile(
    r"person.?n(?:umme)?r|\bpnr\b|personid|samordningsn|\bssn\b|social.?security|national.?id|"
    r"(?:för|efter|tilltals|mellan|elev(?:ens)?.?|person|barnets.?|flick|smek)namn|\bnamn\b|\bname\b|"
    r"(?:first|last|sur|given|full|family).?name|adress|address|\bgata\b|postn(?:umme)?r|postort|zip.?code|telefon|mobil|phone|"
    r"e.?post|e.?mail|\bmail\b|vårdnadshavare|målsman|förälders?|guardian|parent.?name|"
    r"födelse|\bfödd\b|birth|\bfoto\b|photo|lägenhet|fastighetsb|koordinat|latitud|"
    r"longitud|\bip\b|användarnamn|user.?name|\blogin\b|pass(?:nummer|port)",
    re.IGNORECASE,
)
SENSITIVE = re.compile(
    r"anteckn|kommentar|notering|\bnot(?:e|es|at)?\b|fritext|free.?text|comment|remark|beskrivning|diagnos|häls|health|sjuk|allerg|"
    r"medicin|funktionsn|\bnpf\b|adhd|autis|psyk|läkar|skolsköt|kurator|journal|utredning|religion|samfund|politi|facklig|sexu|"
    r"brott|etnic|ethnic|orsak|reason",
    re.IGNORECASE,
)
HEALTH = re.compile(
    r"diagnos|sjuk|allerg|medicin|adhd|autis|asperger|astma|epilep|diabet|depress|ångest|psyk|läkare|läkar|kurator|habilit|"
    r"\bbup\b|orosanm|funktionsn|dyslexi|självskad|missbruk|vård\b|behandling|health|disease|illness",
    re.IGNORECASE,
)
LONG_TEXT = 40


def headings(mapped: SourceTable) -> dict[str, str]:
    """The name of each field's column in the delivery, by every name that it may have there."""
    named = {origin.received_as: origin.received_as for origin in mapped.fields.values()}
    return {alias: origin.received_as for origin in mapped.fields.values() for alias in origin.aliases} | named


def is_header(row: list[str], mapped: SourceTable) -> bool:
    """Whether the row has every agreed heading."""
    known = headings(mapped)
    return {known[cell] for cell in map(_plain, row) if cell in known} >= set(known.values())


def under_heading(sheet: Sheet, mapped: SourceTable, table: Table, findings: Findings) -> Rows | None:
    """The rows below the header with the agreed columns only, or None where ``findings`` now says why not."""
    top = next((i for i, row in enumerate(sheet.rows[: MOST_TITLE_ROWS + 1]) if is_header(row, mapped)), None)
    if top is None:
        _say_what_is_missing(sheet, mapped, table, findings)
        return None
    header = [_plain(cell) for cell in sheet.rows[top]]
    known = headings(mapped)
    _judge_header(header, known, sheet, top, mapped, findings)
    body = [(row, number) for row, number in zip(sheet.rows[top + 1 :], sheet.numbers[top + 1 :], strict=True)]
    full = [(row, number) for row, number in body if not is_blank(row)]
    blank = [number for row, number in body if is_blank(row)]
    if blank and blank[0] < (full[-1][1] if full else 0):
        inner = [number for number in blank if number < full[-1][1]]
        findings.add("blank_rows", rows=inner)
    again = [number for row, number in full if _is_header_again(row, header)]
    if again:
        findings.add("header_twice", rows=again)
    if not full:
        findings.add("no_rows")
    if findings.refused:
        return None
    cells = list(zip(*(row for row, _ in full), strict=True))
    used = {known[name]: place for place, name in enumerate(header) if name in known}
    for place, name in enumerate(header):
        if name not in known:
            _judge_extra(name, Distinct.of(cells[place]), findings)
    columns = {name: Distinct.of(cells[place]) for name, place in used.items()}
    dated = {name: sheet.dated[place] for name, place in used.items() if place in sheet.dated}
    return None if findings.refused else Rows(columns, np.asarray([number for _, number in full]), dated)


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFC", cell)


def _judge_header(
    header: list[str], known: dict[str, str], sheet: Sheet, top: int, mapped: SourceTable, findings: Findings
) -> None:
    names = [known.get(name, name) for name in header if name.strip()]
    twice = sorted({name for name in names if names.count(name) > 1})
    for name in twice:
        findings.add("column_twice", column=name if name in known else "", expected=_expected(mapped))
    for name in header:
        if name in known and known[name] != name:
            findings.add("alias", column=known[name])
    above = [number for row, number in zip(sheet.rows[:top], sheet.numbers[:top], strict=True) if not is_blank(row)]
    if above:
        findings.add("title_rows", rows=above)
    if any(row >= sheet.numbers[top] for row in findings.merged_rows):
        findings.add("two_row_header", expected=_expected(mapped))


def _say_what_is_missing(sheet: Sheet, mapped: SourceTable, table: Table, findings: Findings) -> None:
    """Nothing; ``findings`` tells which headings lack. Those of the file are not repeated: they may be cells of persons."""
    known = headings(mapped)
    rows = [[_plain(cell) for cell in row] for row in sheet.rows[: MOST_TITLE_ROWS + 1]]
    best = max(rows, key=lambda row: len({known[cell] for cell in row if cell in known}), default=[])
    there = {known[cell] for cell in best if cell in known}
    flags = {
        mapped.fields[name].received_as
        for name, field in table.fields.items()
        if field.data_class == "protected_flag" and name in mapped.fields
    }
    lacking = [name for name in dict.fromkeys(known.values()) if name not in there]
    if there and (flags & set(lacking)) and not any(_near(name, best) for name in flags & set(lacking)):
        findings.add("protection_missing", column=sorted(flags & set(lacking))[0])
        lacking = [name for name in lacking if name not in flags]
    for name in sorted({known[cell] for cell in best if cell in known and best.count(cell) > 1}):
        findings.add("column_twice", column=name, expected=_expected(mapped))
    spread = any(
        {known[cell] for cell in (*first, *second) if cell in known} >= set(known.values())
        for first, second in pairwise(rows)
    )
    if spread or (findings.merged_rows and not there):
        findings.add("two_row_header", expected=_expected(mapped))
    elif not there:
        findings.add("header_missing", expected=_expected(mapped))
    else:
        for name in lacking:
            findings.add("column_missing", column=name, expected=_expected(mapped))


def _near(name: str, row: list[str]) -> bool:
    return bool(difflib.get_close_matches(name, row, n=1, cutoff=0.8))


def _expected(mapped: SourceTable) -> str:
    return ", ".join(origin.received_as for origin in mapped.fields.values())


def _is_header_again(row: list[str], header: list[str]) -> bool:
    """Whether the row repeats the header; one cell may happen to be called like its column, half of them do not."""
    same = sum(_plain(cell) == name for cell, name in zip(row, header, strict=True) if name)
    return same > 1 and same * 2 >= len([name for name in header if name])


def _judge_extra(name: str, column: Distinct, findings: Findings) -> None:
    """Nothing; ``findings`` tells that the column is left out, or that it must not be there at all."""
    words = [word for word in column.words if word.strip()]
    if not name.strip():
        if words:
            findings.add("cells_outside")
        return
    shown = "" if personal(name) or len(name) > LONG_TEXT or re.search(r"\d{4}", name) else name
    if IDENTITY.search(name) or personal(name) or any(personal(word) for word in words):
        findings.add("identity_column", column=shown)
    elif SENSITIVE.search(name) or any(HEALTH.search(word) for word in words) or _is_prose(words):
        findings.add("sensitive_column", column=shown)
    else:
        findings.add("column_dropped", column=shown)


def _is_prose(words: list[str]) -> bool:
    """Whether the cells are sentences: a column for writing in, where anything about anybody may stand."""
    return bool(words) and sum(len(word) > LONG_TEXT and word.count(" ") >= 4 for word in words) * 10 >= len(words)
