"""What resources the pupils meet."""

from __future__ import annotations

from likvard.report.content.frames import absent, records, source_line
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report

RESOURCES = ("class_size_mean", "teacher_experience_mean", "teacher_qualified_share")
STAFF = (
    "qualified_teacher_share",
    "pupils_per_teacher",
    "special_educators_per_100_pupils",
    "pupil_health_per_100_pupils",
)


def staff(report: Report) -> Exhibit | Nothing:
    """The school's staff for its pupils, beside area and all."""
    say = report.say
    told = report.told(*STAFF)
    if not told:
        return Nothing()
    return Exhibit(
        id="staff",
        title=say("Staff"),
        question=say("Is there more support where the needs are greater?"),
        caption=say("All staff is counted, so there is no interval."),
        alt="",
        source=source_line(report),
        table=measures_by_unit(report, told, say("Staff")),
    )


def measures_by_unit(report: Report, told: tuple[str, ...], caption: str) -> Table:
    """The newest figure of several indicators: a line per indicator, a column per unit."""
    lines = []
    for indicator in told:
        head = Cell(f"{report.title_of(indicator)}, {report.period_of(indicator)} ({report.unit_of(indicator)})")
        found = {(row.unit_kind, row.unit_id): row for row in records(report.table(indicator))}
        cells = (
            report.cell(indicator, found[unit.kind, unit.id]) if (unit.kind, unit.id) in found else absent(report)
            for unit in report.compared
        )
        lines.append((head, *cells))
    return Table((report.say("Measure"), *(unit.name for unit in report.compared)), tuple(lines), caption)


def resources(report: Report) -> Exhibit | Nothing:
    """Class size and teachers' experience and qualification, beside area and all, and by lunch group within the unit."""
    say = report.say
    group_by, groups = next(iter(report.released.edition["groups"].items()))
    # Beside the units there is room for two groups.
    shown = list(groups["titles"]) if len(groups["titles"]) <= 2 else []
    lines = []
    told = report.told(*RESOURCES)
    if not told:
        return Nothing()
    period = report.period_of(told[0])
    for indicator in told:
        head = Cell(f"{report.title_of(indicator)} ({report.unit_of(indicator)})")
        by_unit = [report.cell(indicator, row) for row in records(report.table(indicator))]
        within = report.table(indicator, group_by=group_by, units=(report.unit,)).set_index("group")
        by_group = [report.cell(indicator, within.loc[group]) for group in shown]
        lines.append((head, *by_unit, *by_group))
    within_unit = [
        say("{unit}, {group}", unit=report.unit.name, group=report.group_title(group_by, group)) for group in shown
    ]
    return Exhibit(
        id="resources",
        title=say("Resources"),
        question=say("What resources do our pupils meet, and do those with greater need meet as much?"),
        caption=say(
            "As the average pupil meets them, {period}, with {level} intervals that count classes and not pupils: all pupils of a "
            "class share its size and its teacher.",
            period=period,
        ),
        alt="",
        source=source_line(report),
        table=Table(
            (say("Resource"), *(unit.name for unit in report.compared), *within_unit),
            tuple(lines),
            say("Resources, {period} ({level} interval)", period=period),
        ),
    )
