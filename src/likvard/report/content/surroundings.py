"""What surrounds the schools: figures of the social services and the housing company, and what others publish."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from likvard.indicators.record import EVERYONE, PUBLISHED
from likvard.report.content.frames import (
    absent,
    records,
    tabled,
    with_texts,
)
from likvard.report.content.results import on_own_scales
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report

if TYPE_CHECKING:
    import pandas as pd

HOMES = ("children_with_assistance_share", "overcrowded_share")
RATES = ("concern_reports_per_1000_children", "moves_out_per_1000_households")


def homes(report: Report) -> Exhibit | Nothing:
    """Children in households with social assistance, and overcrowding, quarter by quarter."""
    return _around(report, "homes", report.say("The homes in the area over time"), HOMES)


def services(report: Report) -> Exhibit | Nothing:
    """Reports of concern and moves, quarter by quarter."""
    return _around(report, "services", report.say("Reports of concern and moves over time"), RATES)


def _around(report: Report, exhibit_id: str, title: str, indicators: tuple[str, ...]) -> Exhibit | Nothing:
    """Figures of an area over time, a panel per indicator."""
    say = report.say
    told = report.told(*indicators)
    if not told:
        return Nothing()
    return on_own_scales(
        report,
        exhibit_id,
        title,
        say("How do the children live, and what can school, social services and housing change together?"),
        say(
            "{measures}. Sums for whole areas, from social services and the municipal housing company; nothing here can be linked "
            "to a pupil, and what stands side by side need not have to do with each other.",
            measures="; ".join(f"{report.title_of(indicator)} ({report.unit_of(indicator)})" for indicator in told),
        ),
        title,
        told,
    )


def published(report: Report) -> Exhibit | Nothing:
    """Our newest figures beside those that others have published about the school, the municipality or the country."""
    say = report.say
    rows = published_rows(report)
    if rows.empty:
        return Nothing()
    columns = list(dict.fromkeys(rows["column"]))
    lines = []
    for indicator, found in rows.groupby("indicator", sort=True):
        by_column = {row.column: row for row in records(found)}
        own = report.table(str(indicator), units=(report.unit,)) if report.tells(str(indicator)) else None
        own_cell = (
            report.cell(str(indicator), own.iloc[0]) if own is not None and len(own) else absent(report, str(indicator))
        )
        cells = (
            dated(report, row) if (row := by_column.get(name)) is not None else Cell(report.label("missing"), "missing")
            for name in columns
        )
        lines.append((Cell(report.title_of(str(indicator))), own_cell, *cells))
    return tabled(
        report,
        "published",
        say("Beside published figures"),
        say("How do our figures stand beside those of others?"),
        say(
            "Our own newest figures beside the newest that are published. They need not be of the same period, and who publishes "
            "may count in another way; definitions stand at the end."
        ),
        Table(
            (say("Measure"), report.unit.name, *columns),
            tuple(lines),
            say("Own and published figures ({level} interval)"),
        ),
    )


def dated(report: Report, row: Any) -> Cell:
    """A published figure as a table cell with the period that it is about."""
    cell = report.cell(row.indicator, row, interval=False)
    return replace(cell, text=f"{cell.text} ({report.periods[row.period]})")


def published_rows(report: Report) -> pd.DataFrame:
    """The newest published figure of each indicator and unit that concerns the report, with ``column``: the kind of unit."""
    say = report.say
    found = [
        where
        for (_, *kind, unit_kind, unit_id), where in report.released.places.items()
        if kind == [PUBLISHED, EVERYONE] and (unit_kind != "school" or (unit_kind, unit_id) == report.unit.key)
    ]
    rows = report.released.in_time.take(sorted(place for where in found for place in where.tolist()))
    rows = rows.groupby(["indicator", "unit_kind", "unit_id"], sort=False).tail(1)
    named = {
        "country": say("The country"),
        "municipality_group": say("Similar municipalities"),
        "municipality": say("The municipality, published"),
        "school": say("The school, published"),
    }
    order = {kind: place for place, kind in enumerate(("school", "municipality", "municipality_group", "country"))}
    rows = rows.sort_values("unit_kind", key=lambda kinds: kinds.map(order), kind="stable")
    return with_texts(rows, column=[named[row.unit_kind] for row in records(rows)])
