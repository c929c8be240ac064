"""Actions and how they went: what happened beside what was to be expected without them."""

from __future__ import annotations

from datetime import date
from typing import Any

from likvard.indicators.record import EVERYONE, FOLLOW_UP
from likvard.report.content.frames import difference_cell, records, source_line
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report


def actions(report: Report) -> Exhibit | Nothing:
    """The unit's actions (in the overview: all), each with its newest follow-up and a plain verdict."""
    say = report.say
    lines = [
        _line(report, action) for action in report.released.edition.get("actions", ()) if _concerns(report, action)
    ]
    if not lines:
        return Nothing()
    return Exhibit(
        id="actions",
        title=say("Actions and how they went"),
        question=say("Has what we decided to do made a difference?"),
        caption=say(
            "Expected is what other schools that began alike have come to, intake and the return to the mean taken into "
            "account. The verdict is clear only where the {level} interval of the difference leaves out 0; even then other "
            "things may lie behind it. A gap is all others minus the reference group: above what was expected means that it "
            "has shrunk, also where the reference group has fallen."
        ),
        alt="",
        source=source_line(report),
        table=Table(
            (
                say("Action, and what it is to change"),
                say("Expected"),
                say("What happened"),
                say("Difference"),
                say("Verdict"),
            ),
            tuple(lines),
            say("Actions, what was expected and what happened ({level} interval)"),
        ),
    )


def _concerns(report: Report, action: dict[str, Any]) -> bool:
    """Whether the action is the unit's own; every action is the overview's."""
    own = report.kind == "overview" or (action["unit_kind"], action["unit_id"]) == (report.unit.kind, report.unit.id)
    return own and action["indicator"] in report.definitions


def _line(report: Report, action: dict[str, Any]) -> tuple[Cell, ...]:
    """The action with what it is to change, expected, happened, difference and verdict."""
    say, indicator, language = report.say, action["indicator"], report.language
    unit = report.released.units[action["unit_kind"], action["unit_id"]]
    where = f"{unit.name}: " if report.kind == "overview" else ""
    known = [action[name][language.code].lower() for name in ("status", "responsible") if action[name]]
    begun = say("since {date}", date=language.date(date.fromisoformat(action["starts_on"])))
    what = f"{where}{action['title']} ({', '.join([*known, begun])})"
    aim = report.title_of(indicator)
    if action["group_by"] != EVERYONE:
        top = report.released.edition["groups"][action["group_by"]]["reference"]
        reference = report.group_title(action["group_by"], top).lower()
        aim = say("{indicator}: gap to {reference}", indicator=aim, reference=reference)
    rows = report.table(indicator, FOLLOW_UP, action["group_by"], "every", units=(unit,))
    rows = rows[rows["reference"].str.startswith(action["id"] + ":")].sort_values("period")
    row: Any = next(records(rows.tail(1)), None)
    if row is None or row.status != "shown":
        nothing = Cell(report.label("missing"), "missing") if row is None else report.held_back(row)
        return Cell(f"{what}. {aim}"), nothing, nothing, nothing, Cell(say("cannot be said"))
    level = report.written if action["group_by"] == EVERYONE else report.difference
    values = [Cell(level(indicator, value), "shown", row.figure_id) for value in (row.denominator, row.numerator)]
    head = Cell(f"{what}. {aim}, {report.periods[row.period]}")
    return head, *values, difference_cell(report, row, row.value), Cell(_verdict(report, row))


def _verdict(report: Report, row: Any) -> str:
    """The plain verdict of a follow-up."""
    if row.low != row.low:
        return report.say("cannot be said")
    if row.low <= 0 <= row.high:
        return report.say("unclear")
    better = report.definitions[row.indicator]["direction"] != "lower_is_better"
    return (
        report.say("clearly better than expected")
        if (row.low > 0) == better
        else report.say("clearly worse than expected")
    )
