"""Figures of the record arranged as charts and tables want them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from likvard.report.exhibit import Cell, Table
from likvard.report.scales import ValueAxis
from likvard.report.view import Report

if TYPE_CHECKING:
    import pandas as pd


def records(rows: pd.DataFrame) -> Iterator[Any]:
    """The rows one at a time, their columns as attributes (of whatever type the column holds)."""
    return rows.itertuples(index=False)


def labelled(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows with ``series`` (the unit's name) and ``label`` (the word in place of an absent figure)."""
    words = [report.label(status) if status != "shown" else "" for status in rows["status"]]
    return rows.assign(series=rows["name"], label=words)


def axis_of(report: Report, indicator: str, title: str | None = None) -> ValueAxis:
    """The value axis of an indicator."""
    definition = report.definitions[indicator]
    return ValueAxis(
        report.language,
        "percent" if report.is_share(indicator) else "number",
        definition["decimals"],
        definition["unit"][report.language.code] if title is None else title,
    )


def table_by_unit(report: Report, rows: pd.DataFrame, head: str, caption: str) -> Table:
    """A data table with a line per ``row`` of ``rows`` and a column per unit; cells are values with intervals.

    ``rows`` has the record's columns, ``row`` (the line's name) and ``name`` (the unit).
    """
    units = list(dict.fromkeys(rows["name"]))
    lines = []
    for line, found in rows.groupby("row", sort=False):
        by_unit = {row.name: row for row in records(found)}
        cells = [
            report.cell(by_unit[unit].indicator, by_unit[unit]) if unit in by_unit else absent(report) for unit in units
        ]
        lines.append((Cell(str(line)), *cells))
    return Table((head, *units), tuple(lines), caption)


def absent(report: Report) -> Cell:
    """The cell of a figure that does not exist, as the unit has no pupils there."""
    return Cell(report.label("not_applicable"), "not_applicable")


def source_line(report: Report) -> str:
    """Where the figures come from, as it is cited under an exhibit."""
    titles = {
        f"{origin['title']} ({origin['publisher']}, doi:{origin['doi']})"
        if "doi" in origin
        else str(origin.get("title", name))
        for name, origin in report.released.edition["origins"].items()
        if origin
    }
    return "; ".join(sorted(titles)) or report.language.text("the deliveries of the edition")


def names_of_units(report: Report) -> str:
    """The names of the units that are compared, joined as in a sentence."""
    names = [unit.name for unit in report.compared]
    if len(names) == 1:
        return names[0]
    return report.language.text("{first} and {last}", first=", ".join(names[:-1]), last=names[-1])
