"""What resources the pupils meet."""

from __future__ import annotations

from likvard.report.content.frames import records, source_line
from likvard.report.exhibit import Cell, Exhibit, Table
from likvard.report.view import Report

RESOURCES = ("class_size_mean", "teacher_experience_mean", "teacher_qualified_share")


def resources(report: Report) -> Exhibit:
    """Class size and teachers' experience and qualification, beside area and all, and by lunch group within the unit."""
    say = report.say
    group_by, groups = next(iter(report.released.edition["groups"].items()))
    lines = []
    for indicator in RESOURCES:
        unit_of_measure = report.definitions[indicator]["unit"][report.language.code]
        head = Cell(f"{report.title_of(indicator)} ({unit_of_measure})")
        by_unit = [report.cell(indicator, row) for row in records(report.table(indicator))]
        within = report.table(indicator, group_by=group_by, units=(report.unit,)).set_index("group")
        by_group = [report.cell(indicator, within.loc[group]) for group in groups["titles"]]
        lines.append((head, *by_unit, *by_group))
    within_unit = [
        say("{unit}, {group}", unit=report.unit.name, group=report.group_title(group_by, group))
        for group in groups["titles"]
    ]
    return Exhibit(
        id="resources",
        title=say("Resources"),
        question=say("What resources do our pupils meet, and do those with greater need meet as much?"),
        caption=say(
            "As the average pupil meets them, {period}, with {level} intervals that count classes and not pupils: all pupils of a "
            "class share its size and its teacher."
        ),
        alt="",
        source=source_line(report),
        table=Table(
            (say("Resource"), *(unit.name for unit in report.compared), *within_unit),
            tuple(lines),
            say("Resources, {period} ({level} interval)"),
        ),
    )
