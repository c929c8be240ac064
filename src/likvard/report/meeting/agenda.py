"""The agenda of a meeting: what to know, what to discuss and what to decide, all of it read from the released edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from likvard.contracts.periods import last_day
from likvard.report.content.actions import followed_up
from likvard.report.content.findings import key_messages
from likvard.report.content.loose_ends import unanswered
from likvard.report.content.method import quality_text
from likvard.report.meeting.pages import Block, Page, heading, listed, paragraph
from likvard.report.view import Report

MOST = 6
"""How many points a part of an agenda holds; what else there is stands on the pages behind it."""


@dataclass(frozen=True)
class Points:
    """What one unit brings to an agenda, in plain words, without the figures behind it.

    ``actions``: the title of each of its own, the verdict of its follow-up (None where no figure tells) and whether it is under
    way; ``clear``: finding and question of each clear message; ``unanswered``: the findings that no action answers.
    """

    unit: str
    actions: tuple[tuple[str, str | None, bool], ...]
    clear: tuple[tuple[str, str], ...]
    unanswered: tuple[str, ...]


def points_of(report: Report) -> Points:
    """What ``report``'s unit brings to an agenda."""
    return Points(
        report.unit.name,
        tuple((one["title"], followed_up(report, one), bool(one["under_way"])) for one in _own(report)),
        tuple((one.finding, one.ask) for one in key_messages(report) if one.certainty == "clear"),
        tuple(one.finding for one in unanswered(report)),
    )


def agenda_page(report: Report, everyone: Sequence[Points]) -> Page:
    """The first page of the pack about ``report``'s unit; ``everyone``: the unit itself and those that belong to it."""
    say = report.say
    know, discuss, decide = _to_know(report, everyone), _to_discuss(report, everyone), _to_decide(report, everyone)
    return Page(
        say("Meeting"),
        report.unit.name,
        say("Agenda with material, {period}"),
        (
            heading(say("To know")),
            listed(know),
            heading(say("To discuss")),
            *_points(report, discuss, say("The figures give no clear finding to discuss.")),
            heading(say("To decide")),
            *_points(report, decide, say("No clear finding lacks an action, and every action has a follow-up.")),
            paragraph(
                say(
                    "No unit is ranked in this material. A finding says what is, never why: that is what the meeting is for."
                )
            ),
        ),
    )


def _points(report: Report, points: list[tuple[str, str]], nothing: str) -> list[Block]:
    """The first points as a list, and how many more there are; a sentence where there are none."""
    if not points:
        return [paragraph(nothing)]
    more = len(points) - MOST
    told = [paragraph(report.say("And {count} more, on the pages that follow.", count=more))] if more > 0 else []
    return [listed(points[:MOST]), *told]


def _to_know(report: Report, everyone: Sequence[Points]) -> list[tuple[str, str]]:
    """What the figures rest on, and how what was decided has gone."""
    say, edition = report.say, report.released.edition
    until = last_day(edition["edition"])
    known = [(say("The data goes to {date}.", date=report.language.date(until)), "")] if until else []
    known.append((f"{say('Quality of the data')}: {quality_text(report)}", ""))
    return known + [
        (f"{one.unit}: {title}.", say("Follow-up: {verdict}.", verdict=verdict or say("none yet")))
        for one in everyone
        for title, verdict, _ in one.actions
    ]


def _to_discuss(report: Report, everyone: Sequence[Points]) -> list[tuple[str, str]]:
    """The questions that clear messages raise, the unit's own first; each question once, with the units that it is for."""
    titles = _titles(report)
    asked: dict[tuple[str, str], list[str]] = {}
    for one in everyone:
        for finding, question in one.clear:
            asked.setdefault((titles[finding], question), []).append(one.unit)
    return [(f"{title}. {question}", f"({_names(report, names)})") for (title, question), names in asked.items()]


def _to_decide(report: Report, everyone: Sequence[Points]) -> list[tuple[str, str]]:
    """Findings that no action answers, by finding, and actions that no figure follows up."""
    titles = _titles(report)
    lacking: dict[str, list[str]] = {}
    for one in everyone:
        for finding in one.unanswered:
            lacking.setdefault(finding, []).append(one.unit)
    say = report.say
    findings = [
        (say("{finding}: decide on an action, or to wait.", finding=titles[finding]), f"({_names(report, names)})")
        for finding, names in lacking.items()
    ]
    actions = [
        (say("{action}: go on, change or stop?", action=title), f"({one.unit})")
        for one in everyone
        for title, verdict, under_way in one.actions
        if under_way and verdict is None
    ]
    return [*actions, *findings]


def _titles(report: Report) -> dict[str, str]:
    """The titles of the findings of the public list."""
    return {one["id"]: one["title"][report.language.code] for one in report.released.edition["findings"]}


def _own(report: Report) -> list[dict[str, Any]]:
    """The unit's own actions on indicators that the edition has."""
    return [
        action
        for action in report.released.edition.get("actions", ())
        if (action["unit_kind"], action["unit_id"]) == (report.unit.kind, report.unit.id)
        and action["indicator"] in report.definitions
    ]


def _names(report: Report, names: Sequence[str]) -> str:
    """The names in the order of the alphabet, so that no order says anything."""
    return report.language.listed(sorted(dict.fromkeys(names), key=report.language.sort_key))
