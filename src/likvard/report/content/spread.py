"""How the schools of an area, or the areas, spread – in the order of their names, never ranked."""

from __future__ import annotations

from likvard.report import charts
from likvard.report.content.frames import axis_of, labelled, records, source_line, subject
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report


def spread_reading(report: Report) -> Exhibit | Nothing:
    """The spread of mean reading."""
    return _spread(report, "reading_mean", "spread-reading")


def spread_mathematics(report: Report) -> Exhibit | Nothing:
    """The spread of mean mathematics."""
    return _spread(report, "mathematics_mean", "spread-mathematics")


def spread_grades(report: Report) -> Exhibit | Nothing:
    """The spread of mean grade points."""
    return _spread(report, "grade_points_mean", "spread-grades")


def spread_absence(report: Report) -> Exhibit | Nothing:
    """The spread of absence."""
    return _spread(report, "absence_share_mean", "spread-absence")


def spread_safety(report: Report) -> Exhibit | Nothing:
    """The spread of how safe pupils feel."""
    return _spread(report, "safety_score_mean", "spread-safety")


def _spread(report: Report, indicator: str, exhibit_id: str) -> Exhibit | Nothing:
    """One dot with interval per school of the area (per area, in the overview), with the whole as a line."""
    say = report.say
    if not report.tells(indicator):
        return Nothing()
    period = report.period_of(indicator)
    if report.kind == "area":
        parts = [unit for unit in report.released.units_with_reports("school") if unit.area_id == report.unit.id]
        title = say("The schools of the area: {indicator}", indicator=report.title_of(indicator))
        head = say("School")
    else:
        parts = report.released.units_with_reports("area")
        title = say("The areas: {indicator}", indicator=report.title_of(indicator))
        head = say("Area")
    parts = sorted(parts, key=lambda unit: report.language.sort_key(unit.name))
    rows = labelled(report, report.table(indicator, units=tuple(parts))).assign(row=lambda found: found["name"])
    rows = rows[rows["status"] != "not_applicable"]
    whole = report.table(indicator).iloc[-1]
    shown = rows[rows["status"] == "shown"]
    if shown.empty:
        said = say("no value can be shown")
    else:
        said = say(
            "from {low} to {high}",
            low=report.written(indicator, shown["value"].min()),
            high=report.written(indicator, shown["value"].max()),
        )
    reference = (report.compared[-1].name, float(whole["value"])) if whole["status"] == "shown" else None
    return Exhibit(
        id=exhibit_id,
        title=title,
        question=say("How large are the differences, and how sure are we of each value?"),
        caption=say(
            "Mean with {level} interval, {period}, in alphabetical order: this is no ranking, and intervals that overlap "
            "say that the order could be another. The line is {whole}.",
            period=period,
            whole=report.compared[-1].name,
        ),
        alt=say(
            "Dots with intervals for {indicator} of {count} units in alphabetical order; the values go {range}. {whole}: {value}.",
            indicator=report.title_of(indicator),
            count=len(rows),
            range=said,
            whole=report.compared[-1].name,
            value=report.cell(indicator, whole).text,
        ),
        source=source_line(report),
        table=Table(
            (head, subject(report, indicator), say("Pupils")),
            tuple(
                (
                    Cell(row.name),
                    report.cell(indicator, row),
                    Cell(report.language.number(row.n), "shown", row.figure_id)
                    if row.status == "shown"
                    else Cell(row.label, row.status, row.figure_id),
                )
                for row in records(rows)
            ),
            say("{indicator}, {period} ({level} interval)", indicator=report.title_of(indicator), period=period),
        ),
        svg=charts.spread(rows, exhibit_id, axis_of(report, indicator), reference=reference),
    )
