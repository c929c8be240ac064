"""How the pupils do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from likvard.report import charts
from likvard.report.content.frames import axis_of, labelled, names_of_units, records, source_line, table_by_unit
from likvard.report.exhibit import Exhibit
from likvard.report.view import Report

if TYPE_CHECKING:
    import pandas as pd

MEANS = ("reading_mean", "mathematics_mean")
REACHING = ("reading_threshold_share", "mathematics_threshold_share")


def development(report: Report) -> Exhibit:
    """Mean reading and mathematics over the school years."""
    say = report.say
    rows = results(report, MEANS, "every")
    periods = report.periods
    drawn = rows.assign(period=[periods[period].rsplit(" ", 1)[-1] for period in rows["period"]])
    return Exhibit(
        id="development",
        title=say("Results over the years"),
        question=say("How do our pupils do, and how sure are we?"),
        caption=" ".join([say("Mean score with {level} intervals."), *one_cohort(report)]),
        alt=say(
            "Lines for the mean score in reading and mathematics in {units}, {first} to {last}. {now}",
            units=names_of_units(report),
            first=next(iter(periods.values())),
            last=report.period,
            now=said_now(report, rows),
        ),
        source=source_line(report),
        table=table_by_unit(
            report,
            rows.assign(
                row=[f"{panel}, {periods[period]}" for panel, period in zip(rows["panel"], rows["period"], strict=True)]
            ),
            say("Subject and school year"),
            say("Mean score ({level} interval)"),
        ),
        svg=charts.trends(drawn, "development", axis_of(report, "reading_mean")),
    )


def reaching(report: Report) -> Exhibit:
    """The share who reach the threshold in reading and mathematics."""
    say = report.say
    rows = results(report, REACHING).assign(row=lambda found: found["panel"])
    return Exhibit(
        id="reaching",
        title=say("Pupils who reach the threshold"),
        question=say("How many of the tested pupils reach the threshold of their grade?"),
        caption=say(
            "Share of tested pupils at or above the threshold of the grade, {period}. Lines show {level} intervals."
        ),
        alt=say(
            "Dots with intervals for the share of pupils reaching the threshold in reading and mathematics in {units}. {now}",
            units=names_of_units(report),
            now=said_now(report, rows),
        ),
        source=source_line(report),
        table=table_by_unit(
            report,
            rows,
            say("Subject"),
            say("Share reaching the threshold, {period} ({level} interval)"),
        ),
        svg=charts.interval_dots(rows.assign(panel=""), "reaching", axis_of(report, REACHING[0])),
    )


def one_cohort(report: Report) -> list[str]:
    """What to keep in mind where every period has a single grade and no two the same; nothing elsewhere."""
    grades = [period["grades"] for period in report.released.edition["periods"]]
    names = [found[0]["en"] for found in grades if len(found) == 1]
    if len(set(names)) < len(grades):
        return []
    return [
        report.say(
            "The figures follow one cohort: each school year is also one grade higher, and scores rise with the grade. "
            "Compare the lines with each other, not the years."
        )
    ]


def results(report: Report, indicators: tuple[str, ...], period: str | None = None) -> pd.DataFrame:
    """Levels of several indicators as one frame, with ``panel`` naming the subject."""
    import pandas as pd

    parts = [
        report.table(indicator, period=period).assign(panel=subject(report, indicator)) for indicator in indicators
    ]
    return labelled(report, pd.concat(parts, ignore_index=True))


def subject(report: Report, indicator: str) -> str:
    """The subject of a results indicator, which its title begins with."""
    return report.title_of(indicator).split(",")[0]


def said_now(report: Report, rows: pd.DataFrame) -> str:
    """The edition's own period in words: each subject with the value of every unit."""
    now = rows[rows["period"] == report.released.edition["edition"]]
    return " ".join(
        f"{panel}: " + "; ".join(f"{row.name} {report.cell(row.indicator, row).text}" for row in records(found)) + "."
        for panel, found in now.groupby("panel", sort=False)
    )
