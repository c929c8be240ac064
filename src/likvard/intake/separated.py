"""Separated text becomes rows of cells; a row whose cells are not certain is never split by guess."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

from likvard.intake.finding import Findings
from likvard.intake.sheet import MOST_COLUMNS, MOST_ROWS, Sheet

DELIMITERS = (";", ",", "\t", "|")
MOST_TITLE_ROWS = 10
MOST_CELL = 100_000


def separated(text: str, agreed: str, is_header: Callable[[list[str]], bool], findings: Findings) -> Sheet | None:
    """The rows of the text, each as wide as its header, or None where ``findings`` now says why not.

    Rows above the header are as wide as they stand. ``is_header`` tells whether cells are the agreed header.
    """
    if text.count("\n") > MOST_ROWS:
        findings.add("too_many_rows", limit=f"{MOST_ROWS:,}")
        return None
    delimiter = _delimiter(text, agreed, is_header, findings)
    rows, numbers = _split(text, delimiter, findings)
    if findings.refused:
        return None
    if any(len(row) > MOST_COLUMNS for row in rows[: MOST_TITLE_ROWS + 1]):
        findings.add("too_many_columns", limit=str(MOST_COLUMNS))
        return None
    top = next((place for place, row in enumerate(rows[: MOST_TITLE_ROWS + 1]) if is_header(row)), None)
    if top is None:
        return Sheet(rows, numbers)  # what is wrong with the header is said where headers are known
    rows, numbers = _even(rows, numbers, top, delimiter, findings)
    return None if findings.refused else Sheet(rows, numbers)


def _delimiter(text: str, agreed: str, is_header: Callable[[list[str]], bool], findings: Findings) -> str:
    """The agreed delimiter, or the only other one that gives the agreed header."""
    lines = text.split("\n", MOST_TITLE_ROWS + 1)[: MOST_TITLE_ROWS + 1]

    def fits(delimiter: str) -> bool:
        return any(is_header(_cells(line, delimiter)) for line in lines)

    if fits(agreed):
        return agreed
    others = [other for other in DELIMITERS if other != agreed and fits(other)]
    if len(others) == 1:
        findings.add("delimiter")
        return others[0]
    return agreed


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _split(text: str, delimiter: str, findings: Findings) -> tuple[list[list[str]], list[int]]:
    lines = text.removesuffix("\n").split("\n")
    if '"' not in text:
        return [line.split(delimiter) for line in lines], list(range(1, len(lines) + 1))
    stray = _stray_quotes(text, delimiter)
    if stray:
        findings.add("quote", rows=stray)
        return [], []
    rows, numbers, swallowed = [], [], []
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    start = 1
    try:
        for row in reader:
            if reader.line_num > start and any("\n" in cell and delimiter in cell for cell in row):
                swallowed.append(start)
            rows.append(row or [""])
            numbers.append(start)
            start = reader.line_num + 1
    except csv.Error:
        findings.add("quote", rows=[start])
        return [], []
    if swallowed:
        findings.add("rows_swallowed", rows=swallowed)
    return rows, numbers


def _stray_quotes(text: str, delimiter: str) -> list[int]:
    """The first lines with a quotation mark that neither opens, closes nor is doubled inside a field."""
    edge = re.escape(delimiter)
    fields = re.compile(rf'(?:(?<=^)|(?<=[{edge}\n]))"(?:[^"]|"")*"(?=[{edge}\n]|\Z)')
    rest = fields.sub(lambda match: "\n" * match[0].count("\n"), text)
    return [number for number, line in enumerate(rest.split("\n"), 1) if '"' in line][:5]


def _even(
    rows: list[list[str]], numbers: list[int], top: int, delimiter: str, findings: Findings
) -> tuple[list[list[str]], list[int]]:
    """The rows from the header on, all of its width; a row that another separator would mend is left out and noted."""
    width = len(rows[top])
    uneven = [place for place in range(top + 1, len(rows)) if len(rows[place]) != width and rows[place] != [""]]
    if not uneven:
        return rows, numbers
    mixed = {place for place in uneven if _mixed(rows[place], delimiter, width)}
    rest = [place for place in uneven if place not in mixed]
    longer = [numbers[place] for place in rest if len(rows[place]) > width]
    shorter = [numbers[place] for place in rest if len(rows[place]) < width]
    if longer:
        findings.add("extra_field", rows=longer)
    if shorter:
        findings.add("short_row", rows=shorter)
    if mixed:
        findings.add("mixed_delimiters", rows=[numbers[place] for place in sorted(mixed)])
    kept = [place for place in range(len(rows)) if place not in mixed]
    return [rows[place] for place in kept], [numbers[place] for place in kept]


def _mixed(row: list[str], delimiter: str, width: int) -> bool:
    """Whether the row has its width once another separator is split at as well."""
    lacking = width - len(row)
    others = [other for other in DELIMITERS if other != delimiter]
    return lacking > 0 and any(sum(cell.count(other) for cell in row) == lacking for other in others)
