"""The ledger of representation: about whose schools the meetings of a year were, and which roles were at the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from likvard.report.content.frames import source_line
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report

KINDS = 3
SHARE = "pupils_share"


@dataclass(frozen=True)
class _Column:
    """The meetings about one kind of area, and the schools that are there."""

    title: str
    meetings: list[dict[str, Any]]
    schools: frozenset[str]

    @property
    def heard(self) -> int:
        """How many of the schools had a meeting of their own."""
        return len({one["unit_id"] for one in self.meetings if one["unit_kind"] == "school"} & self.schools)

    def with_role(self, role: str) -> int:
        """At how many of the meetings the role was at the table."""
        return sum(role in one["roles"] for one in self.meetings)


def representation(report: Report) -> Exhibit | Nothing:
    """Kinds of areas by the background of their pupils × roles: at how many of the last year's meetings each was at the table."""
    meetings = report.released.edition.get("meetings", [])
    thirds = thirds_of_areas(report)
    if not meetings or not thirds:
        return Nothing()
    say, roles = report.say, report.released.edition["roles"]
    columns = _columns(report, meetings, thirds)
    lines = [
        (Cell(say("Meetings")), *(_count(report, len(one.meetings)) for one in columns)),
        (
            Cell(say("Schools with a meeting of their own")),
            *(_part(report, one.heard, len(one.schools)) for one in columns),
        ),
        *(
            (
                Cell(title[report.language.code]),
                *(_part(report, one.with_role(role), len(one.meetings)) for one in columns),
            )
            for role, title in roles.items()
        ),
    ]
    scale = next(iter(report.released.edition["groups"].items()))
    return Exhibit(
        "representation",
        say("Who was at the table"),
        say("Were schools from every kind of area heard, and were all roles there?"),
        " ".join(
            [
                *_in_words(report, columns),
                say(
                    "The {count} meetings of the last year, {first} to {last}. Areas are put in thirds by how many of their pupils "
                    "belong to the group “{group}”. Roles are counted, never persons.",
                    count=len(meetings),
                    first=meetings[0]["held_on"],
                    last=meetings[-1]["held_on"],
                    group=report.group_title(scale[0], scale[1]["reference"]),
                ),
            ]
        ),
        alt="",
        source=source_line(report),
        table=Table(
            (say("At the table"), *(one.title for one in columns)),
            tuple(lines),
            say("Meetings by kind of area and role, the last year"),
        ),
    )


def thirds_of_areas(report: Report) -> dict[str, int]:
    """The third of each area: 0 where the share of pupils in the reference group of the first dimension is lowest, 2 where highest.

    Areas whose share is not shown are in none, and with fewer areas than thirds there are no thirds.
    """
    group_by, groups = next(iter(report.released.edition["groups"].items()))
    areas = tuple(report.released.units_with_reports("area"))
    if SHARE not in report.definitions or not areas:
        return {}
    rows = report.table(SHARE, group_by=group_by, units=areas)
    rows = rows[rows["group"].eq(groups["reference"]) & rows["status"].eq("shown")]
    ordered = rows.sort_values(["value", "unit_id"])["unit_id"].tolist()
    if len(ordered) < KINDS:
        return {}
    return {area: place * KINDS // len(ordered) for place, area in enumerate(ordered)}


def _columns(report: Report, meetings: list[dict[str, Any]], thirds: dict[str, int]) -> list[_Column]:
    """One column per third, and one for the meetings about all schools together."""
    say = report.say
    titles = (
        say("Weakest conditions"),
        say("In between"),
        say("Strongest conditions"),
    )
    area_of = {unit.id: unit.area_id for unit in report.released.units.values() if unit.kind == "school"}
    schools = {unit.id: unit.area_id for unit in report.released.units_with_reports("school")}

    def third(meeting: dict[str, Any]) -> int | None:
        area = area_of.get(meeting["unit_id"]) if meeting["unit_kind"] == "school" else meeting["unit_id"]
        return thirds.get(str(area))

    columns = [
        _Column(
            title,
            [one for one in meetings if third(one) == place],
            frozenset(school for school, area in schools.items() if thirds.get(area) == place),
        )
        for place, title in enumerate(titles)
    ]
    whole = [one for one in meetings if one["unit_kind"] == "all"]
    return [*columns, _Column(say("All schools together"), whole, frozenset())] if whole else columns


def _in_words(report: Report, columns: list[_Column]) -> list[str]:
    """What the ledger says, as sentences: whose schools were heard, who led them, and whose chair was empty all year."""
    say, roles = report.say, report.released.edition["roles"]
    weakest, strongest = columns[0], columns[KINDS - 1]
    told = [
        say(
            "In the areas with the weakest socio-economic conditions {heard} of {schools} schools had a meeting of their own, "
            "in those with the strongest {other_heard} of {other_schools}.",
            heard=weakest.heard,
            schools=len(weakest.schools),
            other_heard=strongest.heard,
            other_schools=len(strongest.schools),
        )
    ]
    if "principal" in roles and weakest.meetings and strongest.meetings:
        told.append(
            say(
                "A principal was at the table at {there} of {meetings} meetings about the former and at {other_there} of "
                "{other_meetings} about the latter.",
                there=weakest.with_role("principal"),
                meetings=len(weakest.meetings),
                other_there=strongest.with_role("principal"),
                other_meetings=len(strongest.meetings),
            )
        )
    absent = [
        title[report.language.code].lower()
        for role, title in roles.items()
        if not any(one.with_role(role) for one in columns)
    ]
    if absent:
        told.append(say("No meeting had anybody in these roles: {roles}.", roles=", ".join(absent)))
    return told


def _count(report: Report, count: int) -> Cell:
    return Cell(report.language.number(count))


def _part(report: Report, part: int, whole: int) -> Cell:
    """So many of so many; a mark where there are none to count."""
    if not whole:
        return Cell("–", "not_applicable")
    return Cell(report.say("{part} of {whole}", part=part, whole=whole))
