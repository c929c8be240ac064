"""The pages of a meeting pack, from the same exhibits and messages as the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from likvard.report.exhibit import Exhibit, Facts, Messages
from likvard.report.meta import kind_name
from likvard.report.view import Report

Block = dict[str, Any]
"""A part's payload, or {"kind": "heading" | "list" | "paragraph" | "form", …} as the templates know them."""

CHARTS = ("development", "passing", "attendance", "gap_development", "background", "composition")
"""What a page about results shows: the first two of these that the unit has."""
SPREADS = ("spread_grades", "spread_merit", "spread_reading", "spread_passing", "spread_residual", "spread_absence")
AROUND = ("homes", "services")
MOST_MESSAGES = 5
EMPTY_ROWS = 6


@dataclass(frozen=True)
class Page:
    """One page: what kind it is, whose, and its blocks in order."""

    kicker: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]


def unit_pages(report: Report) -> list[Page]:
    """One page about a school; two about an area, or about all together: results first, then spread and surroundings."""
    kicker = kind_name(report.kind, report.language, report.released.edition.get("area_kind", ""))  # type: ignore[arg-type]
    period = report.say("Results, actions and questions, {period}")
    first = Page(
        kicker, report.unit.name, period, (*_opening(report), *_parts(report, "actions"), *_first(report, CHARTS, 2))
    )
    if report.kind == "school":
        return [first]
    title = report.say("{unit}: schools and surroundings", unit=report.unit.name)
    around = (
        *_first(report, SPREADS, 1),
        *_first(report, ("segregation", "home_matters"), 1),
        *_first(report, AROUND, 2),
    )
    return (
        [first, Page(kicker, title, report.say("What the schools differ in, and how the children live"), around)]
        if around
        else [first]
    )


def _opening(report: Report) -> Iterator[Block]:
    """The headline figures and the most important messages."""
    facts, messages = report.exhibit("headline"), report.exhibit("messages")
    if isinstance(facts, Facts):
        yield facts.payload()
    if isinstance(messages, Messages):
        yield messages.payload() | {"items": messages.items[:MOST_MESSAGES]}


def _first(report: Report, names: Sequence[str], most: int) -> list[Block]:
    """The first ``most`` of the named exhibits that the unit has figures for."""
    found: list[Block] = []
    for name in names:
        if len(found) < most:
            found += _parts(report, name)
    return found


def _parts(report: Report, *names: str) -> list[Block]:
    """Those of the named parts that are exhibits, ready for a page."""
    parts = [report.exhibit(name) for name in names]
    return [part.payload() | {"level": 3, "number": ""} for part in parts if isinstance(part, Exhibit)]


def heading(text: str) -> Block:
    """A heading on a page."""
    return {"kind": "heading", "level": 2, "runs": [_run(text)]}


def listed(items: Sequence[tuple[str, str]]) -> Block:
    """A list of (what is said, what is said about it)."""
    return {
        "kind": "list",
        "ordered": False,
        "items": [[_run(text), *([_run(f" {more}", emphasis=True)] if more else [])] for text, more in items],
    }


def paragraph(text: str) -> Block:
    """A paragraph of plain text."""
    return {"kind": "paragraph", "runs": [_run(text)]}


def _run(text: str, *, emphasis: bool = False) -> dict[str, Any]:
    return {"text": text, "strong": False, "emphasis": emphasis, "href": ""}


def decisions_page(report: Report) -> Page:
    """A page to fill in by hand: what is decided, as the register of actions asks for it."""
    say = report.say
    columns = (
        (say("Finding"), 3),
        (say("What is done"), 4),
        (say("Responsible administration and role"), 3),
        (say("Expected effect, and the indicator that shows it"), 3),
        (say("Due, quarter"), 2),
        (say("Obstacles"), 2),
    )
    form = {
        "kind": "form",
        "caption": say("One row per decision; the register of actions takes them in by quarter"),
        "columns": [name for name, _ in columns],
        "widths": [width for _, width in columns],
        "rows": EMPTY_ROWS,
    }
    return Page(
        say("Decisions"),
        say("What do we decide?"),
        say("Write roles and administrations, never names of persons."),
        (form,),
    )
