"""From findings to actions and back: what is clear and has no action, and what was begun and has no follow-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from likvard.indicators.findings import Finding
from likvard.report.content.actions import concerns, followed_up
from likvard.report.content.findings import Message, key_messages
from likvard.report.content.frames import tabled
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report, open_report


def findings_without_action(report: Report) -> Exhibit | Nothing:
    """The clear messages of the unit that no action under way answers; in the overview, those of every school and area.

    Nothing where nobody delivers a register of actions, or where every clear message has one.
    """
    if not report.released.edition["keeps_actions"]:
        return Nothing()
    say, code = report.say, report.language.code
    titles = {one["id"]: one["title"][code] for one in report.released.edition["findings"]}
    lines: list[tuple[Cell, ...]] = (
        _by_finding(report)
        if report.kind == "overview"
        else [(Cell(titles[one.finding]), Cell(say("none decided"), "missing")) for one in unanswered(report)]
    )
    return tabled(
        report,
        "findings_without_action",
        say("Findings without an action"),
        say("What do the figures say clearly that nobody has yet decided to do something about?"),
        say(
            "A finding is answered when an action that is planned or under way is to change one of the figures that the finding "
            "rests on. That there is none need not be wrong: the meeting may have chosen to wait. But then it has chosen."
        ),
        Table(_head(report), tuple(lines), say("Clear findings that no action answers")),
    )


def actions_without_follow_up(report: Report) -> Exhibit | Nothing:
    """The unit's actions (in the overview: all) that have begun and that no figure follows up yet."""
    say = report.say
    lines = [
        (
            Cell(f"{_where(report, action)}{action['title']}"),
            Cell(say("since {date}", date=report.language.date(date.fromisoformat(action["starts_on"])))),
            Cell(_responsible(report, action) or report.label("missing")),
        )
        for action in report.released.edition.get("actions", ())
        if concerns(report, action) and followed_up(report, action) is None
    ]
    return tabled(
        report,
        "actions_without_follow_up",
        say("Actions without a follow-up"),
        say("Which actions have begun without anything to tell yet whether they make a difference?"),
        say(
            "A follow-up needs a figure from before the action, one from after it, and enough pupils in both. Where the figure is "
            "held back, too new or not comparable, the meeting has to judge in another way."
        ),
        Table(
            (say("Action"), say("Under way"), say("Responsible")),
            tuple(lines),
            say("Actions that have begun and that no figure follows up"),
        ),
    )


def unanswered(report: Report) -> list[Message]:
    """The clear key messages of the unit that call for something and that no action of its own, planned or under way, answers."""
    findings = {one["id"]: Finding.model_validate(one) for one in report.released.edition["findings"]}
    under_way = [
        action
        for action in report.released.edition.get("actions", ())
        if action["under_way"] and (action["unit_kind"], action["unit_id"]) == (report.unit.kind, report.unit.id)
    ]
    aimed_at = {action["indicator"] for action in under_way}
    answered = {action["finding"] for action in under_way}
    return [
        message
        for message in key_messages(report)
        if message.certainty == "clear"
        and _calls_for_something(report, findings[message.finding])
        and message.finding not in answered
        and not aimed_at & set(findings[message.finding].indicators)
    ]


def _calls_for_something(report: Report, finding: Finding) -> bool:
    """Whether the finding is no good news: a level beyond its limit, or a difference that is not for the better."""
    directions = {report.definitions[name]["direction"] for name in finding.indicators if name in report.definitions}
    better = "higher_is_better" if finding.tells == "higher" else "lower_is_better"
    return finding.reads == "level" or better not in directions


def _by_finding(report: Report) -> list[tuple[Cell, ...]]:
    """One line per finding of the list: in how many areas and schools it is clear and has no action."""
    open_in = Counter((message.finding, one.kind) for one in _everybody(report) for message in unanswered(one))
    return [
        (
            Cell(one["title"][report.language.code]),
            *(Cell(report.language.number(open_in[one["id"], kind])) for kind in ("area", "school")),
        )
        for one in report.released.edition["findings"]
        if any(finding == one["id"] for finding, _ in open_in)
    ]


def _everybody(report: Report) -> Iterator[Report]:
    """The reports of every area, each followed by those of its schools, and then of the schools whose area has none."""
    released, code = report.released, report.language.code
    alone = {school.id for school in released.units_with_reports("school")}
    for unit in released.units_with_reports("area"):
        area = open_report("area", unit.id, language=code, released=released)
        yield area
        for school in area.released.units_with_reports("school"):
            alone.discard(school.id)
            yield open_report("school", school.id, language=code, released=area.released)
    yield from (open_report("school", one, language=code, released=released) for one in sorted(alone))


def _head(report: Report) -> tuple[str, ...]:
    say = report.say
    if report.kind == "overview":
        return say("Finding"), say("Areas without an action"), say("Schools without an action")
    return say("Finding"), say("Action")


def _where(report: Report, action: dict[str, Any]) -> str:
    unit = report.released.units[action["unit_kind"], action["unit_id"]]
    return f"{unit.name}: " if report.kind == "overview" else ""


def _responsible(report: Report, action: dict[str, Any]) -> str:
    """Who answers for the action: role and administration."""
    named = (action[name] for name in ("responsible", "administration"))
    return ", ".join(name[report.language.code] for name in named if name)
