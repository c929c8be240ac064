"""What has changed since last year, how unevenly groups are spread over schools, and how far schools are apart."""

from __future__ import annotations

from typing import Any

from likvard.contracts.periods import grain_of, year_before
from likvard.indicators.record import BY_CHANCE, CHANGE, DEBIASED, ICC, INTAKE_CHANGE
from likvard.report import charts
from likvard.report.content.frames import (
    difference_cell,
    head_of,
    records,
    source_line,
    table_by_unit,
    tabled,
    ticks,
    with_periods,
    with_texts,
)
from likvard.report.content.results import one_cohort
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.scales import ValueAxis
from likvard.report.view import Report

FOLLOWED = (
    "pupils_count",
    "grade_points_mean",
    "all_passed_share",
    "merit_value_mean",
    "eligible_vocational_share",
    "absence_share_mean",
    "extensive_absence_share",
    "safety_score_mean",
    "calm_score_mean",
    "qualified_teacher_share",
)


def changes(report: Report) -> Exhibit | Nothing:
    """The unit's newest figures beside those of a year before, with the change and its interval."""
    say = report.say
    told = () if one_cohort(report) else report.told(*FOLLOWED)
    lines = [line for indicator in told if (line := _change_line(report, indicator))]
    by_intake = any(line[-1].status == "shown" for line in lines)
    return tabled(
        report,
        "changes",
        say("Since last year"),
        say("What has changed, and how sure are we that it is more than chance?"),
        say(
            "The newest figure beside that of the same part of the year before, with the {level} interval of the change. A change "
            "whose interval reaches across 0 cannot be told from none. Who the pupils are may have changed too."
        )
        + (
            " "
            + say(
                "The last column is what of the change comes from other pupils: more or fewer with each level of education at home."
            )
            if by_intake
            else ""
        ),
        Table(
            (say("Measure"), say("A year before"), say("Now"), say("Change"), say("Of which other pupils"))[
                : 5 if by_intake else 4
            ],
            tuple(line[: 5 if by_intake else 4] for line in lines),
            say("Change in a year ({level} interval)"),
        ),
    )


def change_in_a_year(report: Report, indicator: str) -> list[Any]:
    """The change of the newest figure of the report's unit since the year before; no row where the unit was not there then."""
    now = report.current(indicator)
    then = year_before(now, grain_of(now))
    return [row for row in records(report.table(indicator, CHANGE, units=(report.unit,))) if row.reference == then]


def _change_line(report: Report, indicator: str) -> tuple[Cell, ...]:
    """The line of one indicator; nothing where the unit was not there a year before."""
    now = report.current(indicator)
    then = year_before(now, grain_of(now))
    rows = change_in_a_year(report, indicator)
    levels = {
        period: next(records(report.table(indicator, period=period, units=(report.unit,))), None)
        for period in (then, now)
    }
    if not rows or None in levels.values():
        return ()
    change = rows[0]
    if change.status == "shown" and change.low == change.high:
        cell = Cell(report.difference(indicator, change.value), "shown", change.figure_id)
    else:
        cell = difference_cell(report, change, change.value)
    head = head_of(report, indicator, unit=True)
    return (
        head,
        *(report.cell(indicator, levels[period], interval=False) for period in (then, now)),
        cell,
        _intake(report, indicator, then),
    )


def _intake(report: Report, indicator: str, then: str) -> Cell:
    """What of the change comes from who the pupils are."""
    group_by = next(iter(report.released.edition["groups"]))
    rows = report.table(indicator, INTAKE_CHANGE, group_by, units=(report.unit,))
    row: Any = next((row for row in records(rows) if row.reference == then), None)
    return Cell("–", "not_applicable") if row is None else difference_cell(report, row, row.value)


def segregation(report: Report) -> Exhibit | Nothing:
    """How unevenly groups are spread over the schools, term by term, beside what chance alone would give."""
    import pandas as pd

    say = report.say
    parts = []
    for measure, name in ((DEBIASED, say("Beyond chance")), (BY_CHANCE, say("By chance alone"))):
        for group_by, groups in report.released.edition["groups"].items():
            found = report.table("pupils_share", measure, group_by, "every", units=(report.unit,))
            found = found[found["group"].isin(list(groups["titles"]))]
            panels = [report.group_title(group_by, group) for group in found["group"]]
            words = [report.word(row) for row in records(found)]
            parts.append(with_texts(found, panel=panels, series=name, name=name, label=words))
    rows = pd.concat(parts, ignore_index=True)
    if rows.empty:
        return Nothing()
    rows = with_periods(report, rows)
    now = rows[(rows["period"] == rows["period"].max()) & (rows["series"] == say("Beyond chance"))]
    said = "; ".join(f"{row.panel} {report.cell('pupils_share', row, interval=False).text}" for row in records(now))
    return Exhibit(
        id="segregation",
        title=say("How groups are spread over the schools"),
        question=say("Do pupils of different backgrounds meet at school, and is it changing?"),
        caption=say(
            "The share of each group who would have to change school for all schools to have the same mix (dissimilarity index), "
            "with {level} intervals and without the part that comes by chance alone, which is drawn beside it. 0 is an even spread."
        ),
        alt=say(
            "Lines for the dissimilarity index of each group in {unit}, {first} to {last}. {last}: {values}.",
            unit=report.unit.name,
            first=rows["period_name"].iloc[0],
            last=report.period_of("pupils_share"),
            values=said,
        ),
        source=source_line(report),
        table=table_by_unit(report, rows, say("Group and period"), say("Dissimilarity index ({level} interval)")),
        svg=charts.trends(ticks(report, rows), ValueAxis(report.language, "percent", 0, "")),
    )


def between_schools(report: Report) -> Exhibit | Nothing:
    """How much of the pupils' differences lies between schools rather than within them."""
    say = report.say
    lines = []
    for indicator in sorted(report.definitions, key=report.title_of):
        row = next(records(report.table(indicator, ICC, units=(report.unit,))), None)
        if row is None:
            continue
        cell = report.held_back(row)
        if row.status == "shown":
            text = report.language.percent(row.value, 1)
            if row.low == row.low:
                text += f" ({report.language.percent_interval(row.low, row.high, 1)})"
            cell = Cell(text, "shown", row.figure_id)
        lines.append((head_of(report, indicator), cell))
    return tabled(
        report,
        "between-schools",
        say("Differences between schools"),
        say("How much does it matter which school a pupil goes to?"),
        say(
            "The part of all differences between pupils that lies between their schools (intraclass correlation); the rest lies "
            "within the schools. It says nothing about why: schools differ in whom they teach."
        ),
        Table(
            (say("Measure"), say("Part between schools")),
            tuple(lines),
            say("Differences between schools ({level} interval)"),
        ),
    )
