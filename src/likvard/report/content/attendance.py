"""How much pupils are away, how they say that they feel, and what support they get."""

from __future__ import annotations

from likvard.report.content.results import on_own_scales, shares_now
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
