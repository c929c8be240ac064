"""The calendar: which source is fresh when, which data a meeting can lawfully have before it, and what is too early to judge."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from likvard.contracts import periods
from likvard.lineage.version import code_version
from likvard.report.exhibit import Cell, Exhibit, Table
from likvard.report.fragments import part_html
from likvard.report.periods import period_tick
from likvard.report.style import content_policy, page_template, style_sheet
from likvard.report.view import Report

CUTS = 4
"""How many data cuts the calendar shows: the edition's own and those that follow it."""


def cut_for(meeting: date, edition: str) -> str:
    """The newest data cut that a meeting on that day can have: the last period, as long as the edition's, that is over by then."""
    grain = periods.grain_of(edition)
    return periods.before(periods.within(f"{meeting:%Y-%m}", "month", grain), grain)


def cuts(edition: str) -> list[str]:
    """The edition's own data cut and those that follow it."""
    grain = periods.grain_of(edition)
    return list(accumulate(range(CUTS - 1), lambda cut, _: periods.following(cut, grain), initial=edition))


def fresh_until(source: dict[str, Any]) -> date | None:
    """The last day on which an edition may end for the newest rows of a source to be fresh; None where no rule says."""
    if source["days"] is None:
        return None
    return periods.days(source["newest"], source["grain"])[1] + timedelta(days=source["days"])


def sources_table(report: Report, cut: str) -> Table:
    """One line per source: who sends it, its newest data, how long that is fresh, in which cuts it comes, how it is at ``cut``."""
    say, code, ends = report.say, report.language.code, periods.last_day(cut)
    lines = []
    for source in report.released.edition["sources"]:
        until = fresh_until(source)
        comes = [one for one in cuts(report.released.edition["edition"]) if re.fullmatch(source["expected_in"], one)]
        stale = until is not None and ends is not None and until < ends
        lines.append(
            (
                Cell(f"{source['title'][code]} ({source['owner'][code]})"),
                Cell(periods.title(source["newest"], source["grain"], code)),
                Cell(report.language.date(until)) if until else Cell("–", "not_applicable"),
                Cell(", ".join(period_tick(one, report.language) for one in comes))
                if comes
                else Cell("–", "not_applicable"),
                Cell(say("a new delivery is needed") if stale else say("fresh") if until else say("as delivered")),
            )
        )
    head = (say("Source and sender"), say("Newest data"), say("Fresh for editions to"), say("Comes with"))
    state = say("For {cut}", cut=period_tick(cut, report.language))
    return Table((*head, state), tuple(lines), say("Sources and how fresh they are"))


def cuts_table(report: Report) -> Table:
    """One line per data cut: the last day of its data, the meetings that it is the newest for, and what is to be delivered."""
    say, edition, language = report.say, report.released.edition, report.language
    grain = periods.grain_of(edition["edition"])
    lines = []
    for cut in cuts(edition["edition"]):
        ends, next_ends = periods.days(cut, grain)[1], periods.days(periods.following(cut, grain), grain)[1]
        due = [one["title"][language.code] for one in edition["sources"] if re.fullmatch(one["expected_in"], cut)]
        lines.append(
            (
                Cell(f"{periods.title(cut, grain, language.code)}: {', '.join(due)}"),
                Cell(language.date(ends)),
                Cell(language.date(ends + timedelta(days=1))),
                Cell(language.date(next_ends)),
            )
        )
    head = (
        say("Data cut, and what is delivered for it"),
        say("Data to"),
        say("For meetings from"),
        say("For meetings to"),
    )
    return Table(head, tuple(lines), say("Data cuts, the edition's own first"))


def early_table(report: Report) -> Table:
    """The indicators whose newest figures are of a period that is not over, or has hardly begun, with why."""
    ends = periods.last_day(report.released.edition["edition"])
    lines = [
        (Cell(report.title_of(name)), Cell(report.periods[period]), Cell(why))
        for name, period in sorted(report.released.edition["current"].items(), key=lambda one: report.title_of(one[0]))
        if name in report.definitions and (why := too_early(report, name, period, ends))
    ]
    say = report.say
    return Table(
        (say("Measure"), say("Period"), say("Why it is early")),
        tuple(lines),
        say("Measures that are early in the term"),
    )


def too_early(report: Report, indicator: str, period: str, ends: date | None) -> str:
    """Why the figures of a period are early on the edition's last day; nothing where they are not."""
    last = periods.last_day(period)
    if ends is not None and last is not None and last > ends:
        return report.say("the term is under way: compare with the same time a year before")
    first_of_term = periods.grain_of(period) == "quarter" and period[-1] in "13"
    if first_of_term and report.definitions[indicator]["table"] == "pupil_quarter":
        return report.say("the term has hardly begun: compare with the same quarter a year before")
    return ""


def in_columns(table: Table) -> str:
    """The table as text: the first column last, as it is the widest, the others in columns of their own."""
    rows = [table.columns, *([cell.text for cell in row] for row in table.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(1, len(table.columns))]
    lines = ["  ".join([*map(str.ljust, row[1:], widths), row[0]]) for row in rows]
    return "\n".join([table.caption, *lines])


def told(report: Report, meeting: date | None) -> str:
    """The calendar as text for a terminal; with a ``meeting``, which data cut it can have."""
    say, edition = report.say, report.released.edition["edition"]
    cut = cut_for(meeting, edition) if meeting else edition
    parts = [in_columns(table) for table in (sources_table(report, cut), cuts_table(report), early_table(report))]
    if meeting:
        ends = periods.last_day(cut)
        held = (
            say("It is the edition of this workspace.")
            if cut == edition
            else say("This workspace holds {edition}.", edition=edition)
        )
        opening = say(
            "Meeting on {date}: the newest lawful data cut is {cut}, with data to {end}.",
            date=report.language.date(meeting),
            cut=cut,
            end=report.language.date(ends) if ends else cut,
        )
        parts.insert(0, f"{opening} {held}")
    return "\n\n".join(parts)


def render_calendar(report: Report) -> str:
    """``calendar.html`` of an edition."""
    say = report.say
    edition = report.released.edition["edition"]
    lawful = say(
        "A period is lawful when it is over: an edition never takes in rows of a later period, and the gate says so."
    )
    fresh = say(
        "How many days old a source may be stands in the rules of the contracts. Where no rule says, it is taken as delivered."
    )
    early = say("These figures are right, but they are of a term that is not over or has hardly begun.")
    parts = (
        ("cuts", say("Which data can a meeting have before it?"), cuts_table(report), lawful),
        ("sources", say("Which source is fresh when?"), sources_table(report, edition), fresh),
        ("early", say("What is too early to judge?"), early_table(report), early),
    )
    exhibits = [
        Exhibit(name, title, told, f"{say('Edition')} {report.edition_label}.", alt="", source="", table=table)
        for name, title, table, told in parts
        if table.rows
    ]
    return page_template("calendar.html.j2").render(
        language=report.language.code,
        text=report.language.text,
        edition_label=report.edition_label,
        municipality=report.unit.name,
        parts=[part_html(exhibit.payload(), report.language, 2) for exhibit in exhibits],
        policy=content_policy(style_sheet()),
        style=style_sheet(),
        code_version=code_version(),
    )
