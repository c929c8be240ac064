"""Which groups are left behind, how wide the gaps are, and whether they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from likvard.indicators.record import GAP, RATIO
from likvard.report import charts
from likvard.report.content.frames import axis_of, labelled, names_of_units, records, source_line
from likvard.report.content.results import MEANS, subject
from likvard.report.exhibit import Cell, Exhibit, Table
from likvard.report.view import Report

if TYPE_CHECKING:
    import pandas as pd


def gaps_now(report: Report) -> Exhibit:
    """Every group beside its reference group in reading and mathematics, with the gap and its interval."""
    import pandas as pd

    say = report.say
    rows = pd.concat([gap_rows(report, indicator) for indicator in MEANS], ignore_index=True)
    # A group without pupils stands in the table; an empty line in the chart would say no more.
    drawn = rows[rows["status"] != "not_applicable"]
    clear = [row for row in records(rows) if row.status == "shown" and is_clear(row)]
    said = "; ".join(said_gap(report, row) for row in clear) or say("no gap is clear")
    return Exhibit(
        id="gaps",
        title=say("Gaps between groups"),
        question=say("How far is each group from the one it is compared with, and how sure are we?"),
        caption=say(
            "Mean score of each group and of the group it is compared with, {period}; at the right the gap in scale points with "
            "its {level} interval. A gap whose interval reaches across 0 cannot be told from no gap."
        ),
        alt=say(
            "Pairs of dots for the mean score of each group and its reference group in {unit}. Clear gaps: {gaps}.",
            unit=report.unit.name,
            gaps=said,
        ),
        source=source_line(report),
        table=gap_table(report, rows),
        svg=charts.dumbbell(drawn if len(drawn) else rows, "gaps", axis_of(report, MEANS[0])),
    )


def gap_rows(report: Report, indicator: str) -> pd.DataFrame:
    """The unit's own gaps of one indicator: a row per group, with both levels, the gap and the ratio."""
    import pandas as pd

    parts = []
    for group_by, groups in report.released.edition["groups"].items():
        level = report.table(indicator, group_by=group_by, units=(report.unit,)).set_index("group")
        gap = report.table(indicator, GAP, group_by, units=(report.unit,))
        ratio = report.table(indicator, RATIO, group_by, units=(report.unit,)).set_index("group")
        gap = gap[gap["group"].isin(list(groups["titles"]))]
        if gap.empty:
            continue
        names: Any = [report.group_title(group_by, group) for group in gap["group"]]
        group_cells: Any = [report.cell(indicator, level.loc[group]) for group in gap["group"]]
        reference_cell: Any = report.cell(indicator, level.loc[groups["reference"]])
        parts.append(
            gap.assign(
                panel=subject(report, indicator),
                row=names,
                group=names,
                reference=report.group_title(group_by, groups["reference"]),
                group_value=level["value"].reindex(gap["group"]).to_numpy(),
                reference_value=level["value"].get(groups["reference"]),
                group_cell=group_cells,
                reference_cell=[reference_cell] * len(gap),
                ratio=ratio["value"].reindex(gap["group"]).to_numpy(),
                gap=gap["value"],
            )
        )
    return labelled(report, pd.concat(parts, ignore_index=True)).drop(columns="value")


def is_clear(row: Any) -> bool:
    """Whether a gap's interval lies on one side of 0."""
    return bool(row.low > 0 or row.high < 0)


def said_gap(report: Report, row: Any) -> str:
    """A gap in words: who, compared with whom, in what and how much."""
    gap = report.language.signed(row.gap)
    return report.language.text(
        "{subject}, {group} compared with {reference} {gap} points",
        subject=row.panel,
        group=row.group,
        reference=row.reference,
        gap=gap,
    )


def gap_table(report: Report, rows: pd.DataFrame) -> Table:
    """The data of the gaps: both levels, the gap in points with interval, and the level relative to the reference."""
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
        if row.status == "shown":
            gap = Cell(axis_of(report, row.indicator).difference(row.gap, row.low, row.high), "shown", row.figure_id)
            relative = Cell(report.language.percent(row.ratio, 1), "shown")
        else:
            gap = relative = Cell(row.label, row.status, row.figure_id)
        lines.append((head, row.group_cell, row.reference_cell, gap, relative))
    columns = (
        say("Groups"),
        say("Group"),
        say("Compared with"),
        say("Gap, points"),
        say("Relative level"),
    )
    return Table(columns, tuple(lines), say("Gaps in mean score, {period} ({level} interval)"))


def gap_development(report: Report) -> Exhibit:
    """The gap between pupils with free and with paid lunch over the school years, beside area and all."""
    import pandas as pd

    say = report.say
    group_by, groups = next(iter(report.released.edition["groups"].items()))
    group = next(name for name in groups["titles"] if name != groups["reference"])
    named = {
        "group": report.group_title(group_by, group),
        "reference": report.group_title(group_by, groups["reference"]),
    }
    parts = [
        report.table(indicator, GAP, group_by, "every").assign(panel=subject(report, indicator)) for indicator in MEANS
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = labelled(report, rows[rows["group"] == group].reset_index(drop=True))
    periods = report.periods
    own = rows[(rows["name"] == report.unit.name) & (rows["status"] == "shown")]
    said = "; ".join(
        f"{row.panel} {periods[row.period]}: {axis_of(report, row.indicator).difference(row.value, row.low, row.high)}"
        for row in records(own)
    )
    return Exhibit(
        id="gap-development",
        title=say("The gap over the years: {group} compared with {reference}", **named),
        question=say("Is the gap changing?"),
        caption=say(
            "Gap in mean score, in scale points, with {level} intervals. Below 0 the pupils in the group “{group}” do less well "
            "than those in “{reference}”. Pupils count in the group that they belonged to that school year.",
            **named,
        ),
        alt=say(
            "Lines for the gap in mean score between {group} and {reference} in {units}. {unit}: {gaps}.",
            **named,
            units=names_of_units(report),
            unit=report.unit.name,
            gaps=said or say("no gap can be shown"),
        ),
        source=source_line(report),
        table=development_table(report, rows),
        svg=charts.trends(
            rows.assign(period=[periods[period].rsplit(" ", 1)[-1] for period in rows["period"]]),
            "gap-development",
            axis_of(report, MEANS[0]),
        ),
    )


def development_table(report: Report, rows: pd.DataFrame) -> Table:
    """The data of the gap over the years: a line per subject and year, a column per unit."""
    say = report.say
    units = list(dict.fromkeys(rows["name"]))
    lines = []
    for (panel, period), found in rows.groupby(["panel", "period"], sort=False):
        cells = {
            row.name: Cell(
                axis_of(report, row.indicator).difference(row.value, row.low, row.high), "shown", row.figure_id
            )
            if row.status == "shown"
            else Cell(row.label, row.status, row.figure_id)
            for row in records(found)
        }
        empty = Cell(report.label("not_applicable"), "not_applicable")
        lines.append((Cell(f"{panel}, {report.periods[str(period)]}"), *(cells.get(unit, empty) for unit in units)))
    return Table(
        (say("Subject and school year"), *units), tuple(lines), say("Gap in mean score, points ({level} interval)")
    )
