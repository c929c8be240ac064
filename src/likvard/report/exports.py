"""The figures of a report for a spreadsheet: every figure that stands in it with its status, and the definitions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import nbformat

from likvard.indicators.record import CHANGE, GAP, LEVEL
from likvard.report.content.frames import records
from likvard.report.document import read_document
from likvard.report.view import Report
from likvard.workbook import Cell, sheets_bytes

# What a spreadsheet would take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def figure_exports(notebook: nbformat.NotebookNode, report: Report) -> dict[str, bytes]:
    """``<unit>.xlsx`` and ``<unit>.csv`` by name: a line per figure of the executed notebook's tables, in their order.

    The workbook has a second sheet with the definitions. Equal reports give equal bytes.
    """
    say = report.say
    lines = list(_lines(notebook, report))
    heading: list[Cell] = [
        say("Table"),
        say("Line"),
        say("Column"),
        say("As printed"),
        say("Value"),
        say("Lower end"),
        say("Upper end"),
        say("Status"),
        "indicator",
        "definition_version",
        "period",
        "unit_kind",
        "unit_id",
        "group_by",
        "group",
        "measure",
        "reference",
        "figure_id",
    ]
    code = report.language.code
    definitions: list[list[Cell]] = [
        ["indicator", "definition_version", say("Name"), say("Definition"), say("Unit of measurement")]
    ]
    for name in sorted({str(line[8]) for line in lines}):
        found = report.definitions[name]
        text = f"{found['text'][code]} {found['counts'][code]}"
        definitions.append([name, found["version"], found["title"][code], text, found["unit"][code]])
    sheets = {say("Figures"): [heading, *lines], say("Definitions"): definitions}
    return {
        f"{report.unit.id}.xlsx": sheets_bytes(sheets),
        f"{report.unit.id}.csv": _separated([heading, *lines], report.language.code),
    }


def _lines(notebook: nbformat.NotebookNode, report: Report) -> Iterator[list[Cell]]:
    exhibits = [
        block
        for section in read_document(notebook, report.language)
        for block in section.blocks
        if block["kind"] == "exhibit"
    ]
    wanted = {
        cell["figure_id"] for one in exhibits for row in one["table"]["rows"] for cell in row if cell["figure_id"]
    }
    figures = report.released.in_time
    by_id: dict[str, Any] = {row.figure_id: row for row in records(figures[figures["figure_id"].isin(list(wanted))])}
    for one in exhibits:
        _, *columns = one["table"]["columns"]
        for head, *cells in one["table"]["rows"]:
            for column, cell in zip(columns, cells, strict=True):
                row = by_id.get(cell["figure_id"])
                if row is None:
                    continue
                decimals = _decimals(report, row)
                numbers = [
                    round(float(one), decimals) if one == one else None for one in (row.value, row.low, row.high)
                ]
                yield [
                    f"{one['number']}. {one['title']}",
                    head["text"],
                    column,
                    cell["text"],
                    *numbers,
                    row.status,
                    row.indicator,
                    int(row.definition_version),
                    row.period,
                    row.unit_kind,
                    row.unit_id,
                    row.group_by,
                    row.group,
                    row.measure,
                    row.reference,
                    row.figure_id,
                ]


def _decimals(report: Report, row: Any) -> int:
    """As many decimals as are printed: the digits beyond them would tell more than the report does."""
    decimals: int = report.definitions[row.indicator]["decimals"]
    in_parts = report.is_share(row.indicator) or row.measure not in (LEVEL, GAP, CHANGE)
    return decimals + 2 if in_parts else decimals


def _separated(rows: list[list[Cell]], language: str) -> bytes:
    """CSV as spreadsheets of the language open it: UTF-8 with its mark; in Swedish semicolons and decimal commas."""
    text = io.StringIO()
    swedish = language == "sv"
    lines = csv.writer(text, delimiter=";" if swedish else ",", lineterminator="\r\n")
    for row in rows:
        lines.writerow([_harmless(cell, swedish) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell, swedish: bool) -> str:
    """The cell as text that no spreadsheet runs."""
    if isinstance(cell, float):
        return repr(cell).replace(".", ",") if swedish else repr(cell)
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
