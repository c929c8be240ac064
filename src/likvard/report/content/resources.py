"""What resources the pupils meet."""

from __future__ import annotations

from likvard.report.content.frames import absent, head_of, records, tabled
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
    if not report.told(*STAFF):
        return Nothing()
    told = report.told(*RESOURCES, *STAFF)
    return tabled(
        report,
        "staff",
        say("Staff"),
        say("Is there more support where the needs are greater?"),
        say("Counts of all staff have no interval."),
        measures_by_unit(report, told, say("Staff")),
    )


def measures_by_unit(report: Report, told: tuple[str, ...], caption: str) -> Table:
    """The newest figure of several indicators: a line per indicator, a column per unit."""
    lines = []
    for indicator in told:
        head = head_of(report, indicator, unit=True)
        found = {(row.unit_kind, row.unit_id): row for row in records(report.table(indicator))}
        cells = (
            report.cell(indicator, found[unit.kind, unit.id]) if (unit.kind, unit.id) in found else absent(report)
            for unit in report.compared
        )
        lines.append((head, *cells))
    return Table((report.say("Measure"), *(unit.name for unit in report.compared)), tuple(lines), caption)


def resources(report: Report) -> Exhibit | Nothing:
    """Classes and their teachers, where no staff is told, beside area and all, and by lunch group within the unit."""
    say = report.say
    group_by, groups = next(iter(report.released.edition["groups"].items()))
    # Beside the units there is room for two groups.
    shown = list(groups["titles"]) if len(groups["titles"]) <= 2 else []
    lines = []
    told = report.told(*RESOURCES)
    if not told or report.told(*STAFF):  # with a register of staff all resources stand in its table
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
    return tabled(
        report,
        "resources",
        say("Resources"),
        say("What resources do our pupils meet, and do those with greater need meet as much?"),
        say(
            "As the average pupil meets them, {period}, with {level} intervals that count classes and not pupils: all pupils of a "
            "class share its size and its teacher.",
            period=period,
        ),
        Table(
            (say("Resource"), *(unit.name for unit in report.compared), *within_unit),
            tuple(lines),
            say("Resources, {period} ({level} interval)", period=period),
        ),
    )
