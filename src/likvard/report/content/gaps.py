"""Which groups are left behind, how wide the gaps are, and whether they change."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from likvard.indicators.record import GAP, LEVEL, PERSISTENT, RATIO
from likvard.report import charts
from likvard.report.content.frames import (
    axis_of,
    difference_cell,
    labelled,
    names_of_units,
    records,
    source_line,
    subject,
    table_by_unit,
    ticks,
    with_periods,
    with_texts,
)
from likvard.report.content.results import MEANS
from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.view import Report

if TYPE_CHECKING:
    import pandas as pd


def gaps_now(report: Report) -> Exhibit | Nothing:
    """Every group beside its reference group in the results, with the gap and its interval."""
    return gaps_in(report, "gaps", report.say("Gaps between groups"), MEANS)


def gaps_attendance(report: Report) -> Exhibit | Nothing:
    """Every group beside its reference group in absence."""
    return gaps_in(report, "gaps-attendance", report.say("Gaps in absence"), ("absence_share_mean",))


def gaps_in(report: Report, exhibit_id: str, title: str, indicators: tuple[str, ...]) -> Exhibit | Nothing:
    """Pairs of levels with their gap, a block per indicator."""
    import pandas as pd

    say = report.say
    told = report.told(*indicators)
    if not told:
        return Nothing()
    period = report.period_of(told[0])
    rows = pd.concat([gap_rows(report, indicator) for indicator in told], ignore_index=True)
    if rows["status"].isin(["missing", "not_applicable"]).all():
        return Nothing()
    # A group without pupils stands in the table; an empty line in the chart would say no more.
    drawn = rows[rows["status"] != "not_applicable"]
    clear = [row for row in records(rows) if row.status == "shown" and is_clear(row)]
    said = "; ".join(said_gap(report, row) for row in clear) or say("no gap is clear")
    return Exhibit(
        id=exhibit_id,
        title=title,
        question=say("How far is each group from the one it is compared with, and how sure are we?"),
        caption=say(
            "Mean of each group and of the group it is compared with, {period}; at the right the gap with its {level} interval. "
            "A gap whose interval reaches across 0 cannot be told from no gap.",
            period=period,
        )
        + "".join(f" {remark}" for remark in _lasting(report, told)),
        alt=say(
            "Pairs of dots for {subjects} of each group and its reference group in {unit}. Clear gaps: {gaps}.",
            subjects=report.language.listed([subject(report, indicator) for indicator in told]),
            unit=report.unit.name,
            gaps=said,
        ),
        source=source_line(report),
        table=gap_table(report, rows, period),
        svg=charts.dumbbell(drawn if len(drawn) else rows, axis_of(report, told[0])),
    )


def _lasting(report: Report, told: tuple[str, ...]) -> list[str]:
    """Which of the unit's gaps have lasted for three periods; nothing where none has."""
    names = [
        f"{subject(report, indicator)}, {report.group_title(group_by, row.group)}"
        for indicator in told
        for group_by in report.released.edition["groups"]
        for row in records(report.table(indicator, PERSISTENT, group_by, units=(report.unit,)))
        if row.status == "shown"
    ]
    if not names:
        return []
    return [report.say("Lasting, on the same side three periods in a row: {gaps}.", gaps="; ".join(names))]


def gap_rows(report: Report, indicator: str) -> pd.DataFrame:
    """The unit's own gaps of one indicator: a row per group, with both levels, the gap and the ratio."""
    import pandas as pd

    parts = []
    for group_by, groups in report.released.edition["groups"].items():
        level, ratio = (
            {row.group: row for row in records(report.table(indicator, measure, group_by, units=(report.unit,)))}
            for measure in (LEVEL, RATIO)
        )
        gap = report.table(indicator, GAP, group_by, units=(report.unit,))
        gap = gap[gap["group"].isin(list(groups["titles"]))]
        if gap.empty:
            continue
        names = [report.group_title(group_by, group) for group in gap["group"]]
        cells: dict[str, Any] = {group: report.cell(indicator, row) for group, row in level.items()}
        reference = groups["reference"]
        named = with_texts(
            gap,
            panel=subject(report, indicator),
            row=names,
            group=names,
            reference=report.group_title(group_by, reference),
        )
        parts.append(
            named.assign(
                group_value=[level[group].value for group in gap["group"]],
                reference_value=level[reference].value,
                group_cell=[cells[group] for group in gap["group"]],
                reference_cell=[cells[reference]] * len(gap),
                ratio=[ratio[group].value if group in ratio else nan for group in gap["group"]],
                gap=gap["value"],
            )
        )
    return labelled(report, pd.concat(parts, ignore_index=True)).drop(columns="value")


def is_clear(row: Any) -> bool:
    """Whether a gap's interval lies on one side of 0."""
    return bool(row.low > 0 or row.high < 0)


def said_gap(report: Report, row: Any) -> str:
    """A gap in words: who, compared with whom, in what and how much."""
    return report.language.text(
        "{subject}, {group} compared with {reference} {gap}",
        subject=row.panel,
        group=row.group,
        reference=row.reference,
        gap=report.difference(row.indicator, row.gap),
    )


def gap_table(report: Report, rows: pd.DataFrame, period: str) -> Table:
    """The data of the gaps: both levels, the gap with interval, and the level relative to the reference."""
    say = report.say
    lines: list[tuple[Cell, ...]] = []
    for row in records(rows):
        head = Cell(
            say(
                "{subject}: {group} compared with {reference}",
                subject=row.panel,
                group=row.group,
                reference=row.reference,
            )
        )
        gap = difference_cell(report, row, row.gap)
        relative = Cell(report.language.percent(row.ratio, 1), "shown") if row.status == "shown" else gap
        lines.append((head, row.group_cell, row.reference_cell, gap, relative))
    columns = (
        say("Groups"),
        say("Group"),
        say("Compared with"),
        say("Gap"),
        say("Relative level"),
    )
    return Table(columns, tuple(lines), say("Gaps, {period} ({level} interval)", period=period))


def gap_development(report: Report) -> Exhibit | Nothing:
    """The gap of the first group of the first dimension over time, beside area and all."""
    import pandas as pd

    say = report.say
    told = report.told(*MEANS)
    if not told:
        return Nothing()
    group_by, groups = next(iter(report.released.edition["groups"].items()))
    group = next(name for name in groups["titles"] if name != groups["reference"])
    named = {
        "group": report.group_title(group_by, group),
        "reference": report.group_title(group_by, groups["reference"]),
    }
    parts = [
        with_texts(report.table(indicator, GAP, group_by, "every"), panel=subject(report, indicator))
        for indicator in told
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["group"] == group].reset_index(drop=True)
    if rows.empty:
        return Nothing()
    rows = with_periods(report, labelled(report, rows))
    own = rows[(rows["name"] == report.unit.name) & (rows["status"] == "shown")]
    said = "; ".join(
        f"{row.panel} {row.period_name}: {axis_of(report, row.indicator).difference(row.value, row.low, row.high)}"
        for row in records(own)
    )
    return Exhibit(
        id="gap-development",
        title=say("The gap over time: {group}", **named),
        question=say("Is the gap to “{reference}” changing?", **named),
        caption=say(
            "Gap in {unit}, with {level} intervals. Below 0 the pupils in the group “{group}” have lower values than those in "
            "“{reference}”. Pupils count in the group that they belonged to in each period.",
            unit=report.unit_of(told[0]),
            **named,
        ),
        alt=say(
            "Lines for the gap in {subjects} between {group} and {reference} in {units}. {unit}: {gaps}.",
            **named,
            subjects=report.language.listed([subject(report, indicator) for indicator in told]),
            units=names_of_units(report),
            unit=report.unit.name,
            gaps=said or say("no gap can be shown"),
        ),
        source=source_line(report),
        table=table_by_unit(
            report,
            rows,
            say("Subject and period"),
            say("Gap in {unit} ({level} interval)", unit=report.unit_of(told[0])),
            gap_cell,
        ),
        svg=charts.trends(ticks(report, rows), axis_of(report, told[0])),
    )


def gap_cell(report: Report, row: Any) -> Cell:
    """A gap as a table cell: its value with the interval, or why there is none."""
    return difference_cell(report, row, row.value)
