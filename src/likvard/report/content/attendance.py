"""How much pupils are away, how they say that they feel, and what support they get."""

from __future__ import annotations

from likvard.indicators.record import IF_ALL_ANSWERED, RESPONSE
from likvard.report.content.frames import records
from likvard.report.content.results import on_own_scales, shares_now
from likvard.report.exhibit import Exhibit, Nothing
from likvard.report.view import Report

ATTENDANCE = ("absence_share_mean", "extensive_absence_share", "reporting_coverage")
FEW_ANSWERED = 0.7
"""Below this share of answers there is a warning."""

WELLBEING = ("safety_score_mean", "calm_score_mean", "support_score_mean", "belonging_score_mean")
SUPPORT = ("adaptations_share", "action_programme_share")


def attendance(report: Report) -> Exhibit | Nothing:
    """Absence, extensive absence, and how much of the teaching is reported, quarter by quarter."""
    say = report.say
    told = report.told(*ATTENDANCE)
    if not told:
        return Nothing()
    return on_own_scales(
        report,
        "attendance",
        say("Absence over time"),
        say("How much of the teaching are our pupils away from, and is it changing?"),
        say(
            "Absence with and without valid reason, the share of pupils with extensive absence, and how much of the teaching time "
            "was reported at all, quarter by quarter with {level} intervals. Where too little is reported, no absence is told. "
            "The panels have scales of their own. Autumn begins in August: its first quarter is a short one."
        ),
        say("Absence and reporting ({level} interval)"),
        told,
    )


def wellbeing(report: Report) -> Exhibit | Nothing:
    """The pupils' own answers in the yearly survey, with how many answered."""
    say, told = report.say, report.told(*WELLBEING)
    return shares_now(
        report,
        "wellbeing",
        say("What the pupils say"),
        say("How do our pupils say that they are doing?"),
        told,
        [remark for indicator in told[:1] for remark in _who_answered(report, indicator)],
    )


def _who_answered(report: Report, indicator: str) -> list[str]:
    """How many of those asked answered, what the others could change, and a warning where they are many."""
    rates, bounds = (
        next(records(report.table(indicator, measure, units=(report.unit,))), None)
        for measure in (RESPONSE, IF_ALL_ANSWERED)
    )
    if rates is None or bounds is None or rates.status != "shown":
        return []
    said = report.say(
        "{share} of those asked answered; whatever the others would have said, the mean of {subject} lies between {low} and "
        "{high}.",
        share=report.language.percent(rates.value),
        subject=report.title_of(indicator).lower(),
        low=report.written(indicator, bounds.low),
        high=report.written(indicator, bounds.high),
    )
    few = report.say("So few answered that the figures may say more of who answered than of all.")
    return [said, *([few] if rates.value < FEW_ANSWERED else [])]


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
