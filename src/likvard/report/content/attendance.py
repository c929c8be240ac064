"""How much pupils are away, how they say that they feel, and what support they get."""

from __future__ import annotations

from likvard.report import charts
from likvard.report.content.frames import (
    axis_of,
    joined,
    names_of_units,
    said_now,
    source_line,
    subject,
    table_by_unit,
    ticks,
    with_periods,
)
from likvard.report.content.results import results, shares_now
from likvard.report.exhibit import Exhibit, Nothing
from likvard.report.view import Report

ATTENDANCE = ("absence_share_mean", "extensive_absence_share", "reporting_coverage")
WELLBEING = ("safety_score_mean", "calm_score_mean", "support_score_mean", "belonging_score_mean")
SUPPORT = ("adaptations_share", "action_programme_share")


def attendance(report: Report) -> Exhibit | Nothing:
    """Absence, extensive absence, and how much of the teaching is reported, quarter by quarter."""
    say = report.say
    told = report.told(*ATTENDANCE)
    if not told:
        return Nothing()
    rows = with_periods(report, results(report, told, "every"))
    return Exhibit(
        id="attendance",
        title=say("Absence over time"),
        question=say("How much of the teaching are our pupils away from, and is it changing?"),
        caption=say(
            "Absence with and without valid reason, the share of pupils with extensive absence, and how much of the teaching time "
            "was reported at all, quarter by quarter with {level} intervals. Where too little is reported, no absence is told. "
            "The panels have scales of their own. Autumn begins in August: its first quarter is a short one."
        ),
        alt=say(
            "Lines for {subjects} in {units}, {first} to {last}. {now}",
            subjects=joined(report, [subject(report, indicator) for indicator in told]),
            units=names_of_units(report),
            first=rows["period_name"].iloc[0],
            last=report.period_of(told[0]),
            now=said_now(report, rows),
        ),
        source=source_line(report),
        table=table_by_unit(report, rows, say("Measure and period"), say("Absence and reporting ({level} interval)")),
        svg=charts.trends(ticks(report, rows), "attendance", axis_of(report, told[0], ""), same_scale=False),
    )


def wellbeing(report: Report) -> Exhibit | Nothing:
    """The pupils' own answers in the yearly survey."""
    say = report.say
    return shares_now(
        report,
        "wellbeing",
        say("What the pupils say"),
        say("How do our pupils say that they are doing?"),
        report.told(*WELLBEING),
    )


def support(report: Report) -> Exhibit | Nothing:
    """The pupils who get extra support."""
    say = report.say
    return shares_now(
        report,
        "support",
        say("Pupils with support"),
        say("How many of our pupils get extra support?"),
        report.told(*SUPPORT),
    )
