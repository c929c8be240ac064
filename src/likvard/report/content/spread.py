"""How the schools of an area, or the areas, spread – in the order of their names, never ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from likvard.report import charts
from likvard.report.content.frames import axis_of, labelled, records, source_line, subject
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.released import Unit
from likvard.report.view import Report

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 90
"""More units than this have no room for their names in a chart."""


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


def spread_merit(report: Report) -> Exhibit | Nothing:
    """The spread of published merit values."""
    return _spread(report, "merit_value_mean", "spread-merit") if report.is_published("merit_value_mean") else Nothing()


def spread_passing(report: Report) -> Exhibit | Nothing:
    """The spread of the published share who pass in all subjects."""
    return _spread(report, "all_passed_year_9_share", "spread-passing")


def spread_residual(report: Report) -> Exhibit | Nothing:
    """The spread of SALSA's deviations around 0, which is what the model gives."""
    return _spread(report, "salsa_merit_residual", "spread-salsa")


def spread_licensed(report: Report) -> Exhibit | Nothing:
    """The spread of the published share of licensed teachers."""
    return _spread(report, "licensed_teacher_share", "spread-teachers")


def _spread(report: Report, indicator: str, exhibit_id: str) -> Exhibit | Nothing:
    """One dot with interval per school of the area (per area, in the overview), with the whole as a line."""
    say = report.say
    if indicator not in report.released.edition["current"]:
        return Nothing()
    parts, title, head = _parts(report, indicator)
    period = report.period_of(indicator)
    rows = labelled(report, report.table(indicator, units=tuple(parts)))
    rows = rows.assign(row=rows["name"])
    rows = rows[rows["status"] != "not_applicable"]
    published = report.is_published(indicator)
    if len(rows) < 2 if published else not report.tells(indicator):
        return Nothing()
    name, value = _whole(report, indicator)
    shown = rows[rows["status"].isin(["shown", "rounded"])]
    if shown.empty:
        said = say("no value can be shown")
    else:
        said = say(
            "from {low} to {high}",
            low=report.written(indicator, shown["value"].min()),
            high=report.written(indicator, shown["value"].max()),
        )
    many = len(rows) > MOST_NAMED
    draw = charts.distribution if many else charts.spread
    return Exhibit(
        id=exhibit_id,
        title=title,
        question=say("How large are the differences, and how sure are we of each value?"),
        caption=_caption(report, indicator, published, many, name),
        alt=say(
            "Dots with intervals for {indicator} of {count} units in alphabetical order; the values go {range}. {whole}: {value}.",
            indicator=report.title_of(indicator),
            count=len(rows),
            range=said,
            whole=name,
            value=report.label("missing") if value is None else report.written(indicator, value),
        ),
        source=source_line(report),
        table=_table(report, indicator, rows, head, period),
        svg=draw(rows, axis_of(report, indicator), reference=None if value is None else (name, value)),
    )


def _parts(report: Report, indicator: str) -> tuple[list[Unit], str, str]:
    """The units that are compared, in the order of the alphabet, with the title of the exhibit and the head of their column."""
    say, title = report.say, report.title_of(indicator)
    if report.kind == "area":
        parts = [unit for unit in report.released.units_with_reports("school") if unit.area_id == report.unit.id]
        head, whose = say("School"), say("The schools of the area: {indicator}", indicator=title)
        if report.by_municipality:
            whose = say("The schools of the municipality: {indicator}", indicator=title)
    else:
        parts = report.released.units_with_reports("area")
        head, whose = say("Area"), say("The areas: {indicator}", indicator=title)
        if report.by_municipality:
            head, whose = say("Municipality"), say("The municipalities: {indicator}", indicator=title)
    return sorted(parts, key=lambda unit: report.language.sort_key(unit.name)), whose, head


def _whole(report: Report, indicator: str) -> tuple[str, float | None]:
    """What the parts are set beside, and its value where one is shown; of a deviation, 0."""
    if report.definitions[indicator].get("signed"):
        return report.say("The model"), 0.0
    whole = report.compared[-1]
    rows = report.table(indicator, units=(whole,))
    shown = rows[rows["status"] == "shown"]
    return whole.name, None if shown.empty else float(shown["value"].iloc[0])


def _caption(report: Report, indicator: str, published: bool, many: bool, whole: str) -> str:
    """What the dots and the line are, and what they do not say."""
    say, period = report.say, report.period_of(indicator)
    if many:
        return say(
            "Each dot is one unit, {period}; dots in a heap have about the same value. All values stand in the table, "
            "in alphabetical order: this is no ranking. The line is {whole}.",
            period=period,
            whole=whole,
        )
    if published:
        return say(
            "Published values, {period}, in alphabetical order: this is no ranking. They come without intervals, and where few "
            "pupils stand behind a value another year could give another order. The line is {whole}.",
            period=period,
            whole=whole,
        )
    return say(
        "Mean with {level} interval, {period}, in alphabetical order: this is no ranking, and intervals that overlap "
        "say that the order could be another. The line is {whole}.",
        period=period,
        whole=whole,
    )


def _table(report: Report, indicator: str, rows: pd.DataFrame, head: str, period: str) -> Table:
    """The values by name, and where the figures are our own the number of pupils behind each."""
    say = report.say
    title = report.title_of(indicator)
    if report.is_published(indicator):
        values = tuple((Cell(row.name), report.cell(indicator, row)) for row in records(rows))
        return Table((head, subject(report, indicator)), values, f"{title}, {period}")
    lines = tuple(
        (
            Cell(row.name),
            report.cell(indicator, row),
            Cell(report.language.number(row.n), "shown", row.figure_id)
            if row.status == "shown"
            else report.held_back(row),
        )
        for row in records(rows)
    )
    heading = say("{indicator}, {period} ({level} interval)", indicator=title, period=period)
    return Table((head, subject(report, indicator), say("Pupils")), lines, heading)
