"""What hangs together with pupils' background: results beside what the intake lets expect, the gradient, resources and need."""

from __future__ import annotations

from typing import Any

from likvard.equity.resources import COMPENSATORY, NEUTRAL, REGRESSIVE, said_of
from likvard.indicators.record import (
    AGAINST_NEED,
    BETWEEN,
    BEYOND,
    BEYOND_DRAWN,
    SLOPE,
    STRENGTH,
    WITHIN,
)
from likvard.report.content.frames import absent, difference_cell, records, source_line
from likvard.report.content.resources import STAFF
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report

RESULTS = ("reading_mean", "mathematics_mean", "grade_points_mean", "merit_value_mean")
FOLLOWS_HOME = (*RESULTS, "absence_share_mean")


def beyond_expected(report: Report) -> Exhibit | Nothing:
    """The school's results beside what its pupils' background lets expect."""
    say = report.say
    lines = []
    for indicator in report.told(*RESULTS):
        row: Any = next(records(report.table(indicator, BEYOND, units=(report.unit,))), None)
        drawn: Any = next(records(report.table(indicator, BEYOND_DRAWN, units=(report.unit,))), None)
        if row is None or row.status != "shown":
            continue
        head = Cell(f"{report.title_of(indicator)}, {report.period_of(indicator)}")
        levels = [
            Cell(report.written(indicator, value), "shown", row.figure_id) for value in (row.numerator, row.denominator)
        ]
        steady = absent(report) if drawn is None else difference_cell(report, drawn, drawn.value)
        lines.append((head, *levels, difference_cell(report, row, row.value), steady, Cell(_side(report, row))))
    if not lines:
        return Nothing()
    return Exhibit(
        id="beyond-expected",
        title=say("Results beside what the intake lets expect"),
        question=say("Do our pupils come as far as pupils with the same background do in other schools?"),
        caption=say(
            "Expected is what pupils of the same grade and background reach on average in all schools together. A difference "
            "whose {level} interval reaches across 0 cannot be told from none. The last figure is the difference that is left "
            "when chance is taken into account. The difference does not say why, and it is no ranking of schools."
        ),
        alt="",
        source=source_line(report),
        table=Table(
            (
                say("Measure"),
                say("Result"),
                say("Expected"),
                say("Difference"),
                say("Chance taken into account"),
                say("In words"),
            ),
            tuple(lines),
            say("Result and what the intake lets expect ({level} interval)"),
        ),
    )


def _side(report: Report, row: Any) -> str:
    """Which side of what is expected a result lies on, in words."""
    if row.low != row.low or row.low <= 0 <= row.high:
        return report.say("no certain difference")
    return report.say("above what is expected") if row.low > 0 else report.say("below what is expected")


def home_matters(report: Report) -> Exhibit | Nothing:
    """How results follow the pupils' background, within schools and between them."""
    say = report.say
    group_by, groups = next(iter(report.released.edition["groups"].items()))
    lines = []
    for indicator in report.told(*FOLLOWS_HOME):
        found: dict[str, Any] = {
            measure: row
            for measure in (SLOPE, WITHIN, BETWEEN, STRENGTH)
            for row in records(report.table(indicator, measure, group_by, units=(report.unit,)))
        }
        if SLOPE not in found or found[SLOPE].status != "shown":
            continue
        slopes = [
            difference_cell(report, found[measure], found[measure].value) if measure in found else absent(report)
            for measure in (SLOPE, WITHIN, BETWEEN)
        ]
        share = report.language.percent(found[STRENGTH].value, 0)
        strength = Cell(share, "shown", found[STRENGTH].figure_id)
        lines.append((Cell(f"{report.title_of(indicator)}, {report.period_of(indicator)}"), *slopes, strength))
    if not lines:
        return Nothing()
    names = [groups["titles"][group][report.language.code] for group in groups["titles"]]
    return Exhibit(
        id="home-matters",
        title=say("How much the home matters"),
        question=say("Do results follow pupils' background, and is it within schools or between them?"),
        caption=say(
            "Pupils are set on a scale by {scale}. The difference is how much further from its bottom to its top the results "
            "reach: among all pupils, among pupils of the same school, and between schools with pupils from the bottom and "
            "from the top. The last column is the part of all differences between pupils that goes with background. It is an "
            "association, with {level} intervals.",
            scale="–".join((names[0].lower(), names[-1].lower())),
        ),
        alt="",
        source=source_line(report),
        table=Table(
            (
                say("Measure"),
                say("From bottom to top"),
                say("Within schools"),
                say("Between schools"),
                say("Part that goes with background"),
            ),
            tuple(lines),
            say("Results and background ({level} interval)"),
        ),
    )


def resources_against_need(report: Report) -> Exhibit | Nothing:
    """Whether the schools whose pupils need most have the most staff."""
    say, language = report.say, report.language
    group_by = next(iter(report.released.edition["groups"]))
    said = {
        COMPENSATORY: say("more where needs are greater"),
        REGRESSIVE: say("less where needs are greater"),
        NEUTRAL: say("the same everywhere"),
    }
    lines = []
    for indicator in report.told(*STAFF):
        for row in records(report.table(indicator, AGAINST_NEED, group_by, units=(report.unit,))):
            if row.status == "shown":
                title = say("Teachers per pupil") if indicator == "pupils_per_teacher" else report.title_of(indicator)
                text = (
                    f"{language.signed(100 * row.value, 0)} % ({language.interval(100 * row.low, 100 * row.high, 0)})"
                )
                words = said.get(said_of(row.low, row.high), say("cannot be told"))
                lines.append(
                    (Cell(f"{title}, {report.period_of(indicator)}"), Cell(text, "shown", row.figure_id), Cell(words))
                )
    if not lines:
        return Nothing()
    return Exhibit(
        id="resources-against-need",
        title=say("Staff and need"),
        question=say("Do the schools with the greatest needs have the most staff?"),
        caption=say(
            "How much more staff per pupil a school has whose pupils' background lies one standard deviation lower, in per "
            "cent of the mean, with {level} intervals over schools. An interval across 0 cannot tell more from less."
        ),
        alt="",
        source=source_line(report),
        table=Table(
            (say("Staff"), say("Difference where needs are greater"), say("In words")),
            tuple(lines),
            say("Staff against need ({level} interval)"),
        ),
    )
