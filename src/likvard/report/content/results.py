"""How the pupils do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from likvard.report import charts
from likvard.report.content.frames import (
    axis_of,
    certainty,
    labelled,
    names_of_units,
    said_now,
    source_line,
    subject,
    table_by_unit,
    ticks,
    weighed_together,
    with_periods,
    with_texts,
)
from likvard.report.exhibit import Exhibit, Nothing
from likvard.report.view import Report

if TYPE_CHECKING:
    import pandas as pd

MANY = 100
"""Among more pupils than this no single one is a percentage point."""

MEANS = ("reading_mean", "mathematics_mean", "grade_points_mean")
TERMLY = (*MEANS, "merit_value_mean")
REACHING = ("reading_threshold_share", "mathematics_threshold_share")
ELIGIBLE = ("eligible_vocational_share", "eligible_arts_share", "eligible_social_share", "eligible_science_share")


def development(report: Report) -> Exhibit | Nothing:
    """Mean results over time; beside them, where it is told from the pupils' own grades, the merit value of those who leave."""
    say = report.say
    told = report.told(*TERMLY)
    # Own and published figures have neither periods nor intervals in common; own ones come first.
    told = tuple(indicator for indicator in told if not report.is_published(indicator)) or told
    if len({report.unit_of(indicator) for indicator in told}) < 2:
        title = say("Merit value over time") if told == ("merit_value_mean",) else say("Results over time")
        return over_time(report, "development", title, told)
    return on_own_scales(
        report,
        "development",
        say("Results over time"),
        say("How do our pupils do, and how sure are we?"),
        say(
            "{measures}, with {level} intervals. The panels have scales of their own.",
            measures=units_of_measures(report, told),
        ),
        say("Results ({level} interval)"),
        told,
    )


def units_of_measures(report: Report, told: tuple[str, ...]) -> str:
    """Each measure with what it is measured in, joined as in a sentence that begins with them."""
    return report.language.listed([f"{report.title_of(indicator)} ({report.unit_of(indicator)})" for indicator in told])


def over_time(
    report: Report, exhibit_id: str, title: str, indicators: tuple[str, ...], question: str = ""
) -> Exhibit | Nothing:
    """Means over time, a panel per indicator and a line per unit; published ones in the periods that tell of the unit itself."""
    say = report.say
    told = report.told(*indicators)
    if not told:
        return Nothing()
    rows = results(report, told, "every")
    if report.is_published(told[0]):
        # Publishers go back further for municipalities than for schools.
        rows = rows[rows["period"].isin(rows.loc[rows["name"].eq(report.unit.name), "period"])]
    rows = with_periods(report, rows.reset_index(drop=True))
    return Exhibit(
        id=exhibit_id,
        title=title,
        question=question or say("How do our pupils do, and how sure are we?"),
        caption=" ".join([certainty(report, told[0]), *one_cohort(report)]),
        alt=say(
            "Lines for the means of {subjects} in {units}, {first} to {last}. {now}",
            **said_over_time(report, told, rows),
        ),
        source=source_line(report),
        table=table_by_unit(
            report,
            rows,
            say("Subject and period"),
            title if report.is_published(told[0]) else say("Mean ({level} interval)"),
        ),
        svg=charts.trends(ticks(report, rows), axis_of(report, told[0])),
    )


def on_own_scales(
    report: Report, exhibit_id: str, title: str, question: str, caption: str, data: str, told: tuple[str, ...]
) -> Exhibit:
    """Levels over time, a panel with a scale of its own per indicator; ``data`` names the table of the same figures."""
    say = report.say
    rows = with_periods(report, results(report, told, "every"))
    return Exhibit(
        id=exhibit_id,
        title=title,
        question=question,
        caption=caption,
        alt=say("Lines for {subjects} in {units}, {first} to {last}. {now}", **said_over_time(report, told, rows)),
        source=source_line(report),
        table=table_by_unit(report, rows, say("Measure and period"), data),
        svg=charts.trends(ticks(report, rows), axis_of(report, told[0], ""), same_scale=False),
    )


def said_over_time(report: Report, told: tuple[str, ...], rows: pd.DataFrame) -> dict[str, str]:
    """What the alt text of lines over time says: of what, of whom, from when to when, and the newest values."""
    return {
        "subjects": report.language.listed([subject(report, indicator) for indicator in told]),
        "units": names_of_units(report),
        "first": rows["period_name"].iloc[0],
        "last": report.period_of(told[0]),
        "now": said_now(report, rows),
    }


def reaching(report: Report) -> Exhibit | Nothing:
    """The share who reach what is set for their grade."""
    say = report.say
    return shares_now(
        report,
        "reaching",
        say("Pupils who reach the threshold"),
        say("How many of the pupils reach what is set for their grade?"),
        report.told(*REACHING),
    )


def eligible(report: Report) -> Exhibit | Nothing:
    """The shares who pass in all subjects and who are eligible for the programmes of upper-secondary school."""
    say = report.say
    if any(report.is_published(indicator) for indicator in report.told(*ELIGIBLE)):
        return Nothing()
    return shares_now(
        report,
        "eligible",
        say("Pass in all subjects, and eligible for upper-secondary school"),
        say("How many pass, and how many of those who leave grade 9 can go on to the programme they want?"),
        report.told("all_passed_share", *ELIGIBLE),
    )


def shares_now(
    report: Report, exhibit_id: str, title: str, question: str, told: tuple[str, ...], remarks: Sequence[str] = ()
) -> Exhibit | Nothing:
    """Shares of the newest period as dots with intervals, a row per indicator and a dot per unit; ``remarks`` end the caption."""
    say = report.say
    if not told:
        return Nothing()
    rows = results(report, told)
    rows = rows.assign(row=rows["panel"])
    period, published = report.period_of(told[0]), report.is_published(told[0])
    heading = say("{title}, {period} ({level} interval)", title=title, period=period)
    return Exhibit(
        id=exhibit_id,
        title=title,
        question=question,
        caption=" ".join(
            [
                say("{what}, {period}.", what=report.unit_of(told[0]).capitalize(), period=period),
                say("Published figures, without intervals.") if published else say("Lines show {level} intervals."),
                *weighed_together(report, told[0]),
                *one_pupil(report, rows),
                *remarks,
            ]
        ),
        alt=say(
            "Dots with intervals for {subjects} in {units}. {now}",
            subjects=report.language.listed([subject(report, indicator) for indicator in told]),
            units=names_of_units(report),
            now=said_now(report, rows),
        ),
        source=source_line(report),
        table=table_by_unit(report, rows, say("Measure"), f"{title}, {period}" if published else heading),
        svg=charts.interval_dots(with_texts(rows, panel=""), axis_of(report, told[0])),
    )


def one_pupil(report: Report, rows: pd.DataFrame) -> list[str]:
    """How much hangs on a single pupil in the unit's shares, where that is a percentage point or more; else nothing."""
    own = rows[
        (rows["unit_kind"] == report.unit.kind) & (rows["unit_id"] == report.unit.id) & (rows["status"] == "shown")
    ]
    own = own[[report.is_share(indicator) for indicator in own["indicator"]]]
    if own.empty or not own["n"].min() <= MANY:
        return []
    fewest = int(own["n"].min())
    points = report.language.number(100 / fewest, 1)
    return [report.say("In {unit} one pupil is {points} percentage points.", unit=report.unit.name, points=points)]


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
        with_texts(report.table(indicator, period=period), panel=subject(report, indicator)) for indicator in indicators
    ]
    return labelled(report, pd.concat(parts, ignore_index=True))
