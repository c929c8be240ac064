"""Who the pupils are."""

from __future__ import annotations

from likvard.report import charts
from likvard.report.content.frames import (
    absent,
    axis_of,
    labelled,
    names_of_units,
    records,
    source_line,
    table_by_unit,
    with_texts,
)
from likvard.report.exhibit import Exhibit, Facts, Nothing
from likvard.report.view import Report

HEADLINES = (
    "pupils_count",
    "free_lunch_share",
    "reading_mean",
    "mathematics_mean",
    "merit_value_mean",
    "grade_points_mean",
    "absence_share_mean",
    "safety_score_mean",
    "qualified_teacher_share",
    "eligible_vocational_share",
    "salsa_merit_residual",
    "survey_safety_year_8",
    "licensed_teacher_share",
)


def headline(report: Report) -> Facts:
    """The first four of ``HEADLINES`` that the unit has, those with a value first: the numbers to begin with."""
    whole = report.compared[-1].name
    now = {
        indicator: {(row.unit_kind, row.unit_id): row for row in records(report.table(indicator))}
        for indicator in report.told(*HEADLINES)
    }
    own_rows = {name: found.get(report.unit.key) for name, found in now.items()}
    shown = {name for name, own in own_rows.items() if own is not None and not report.word(own)}
    items = []
    for indicator in sorted(sorted(now, key=lambda name: name not in shown)[:4], key=list(now).index):
        own, everyone = (now[indicator].get(unit.key) for unit in (report.unit, report.compared[-1]))
        value = report.cell(indicator, own, interval=False).text if own is not None else absent(report, indicator).text
        note = ""
        if everyone is not None and everyone.status == "shown" and len(report.compared) > 1:
            note = f"{whole}: {report.written(indicator, everyone.value)}"
        if report.current(indicator) != report.released.edition["edition"]:
            note = ". ".join(filter(None, [report.period_of(indicator), note]))
        items.append((report.title_of(indicator), value, note))
    return Facts("headline", tuple(items))


def composition(report: Report) -> Exhibit | Nothing:
    """The share of pupils in each group, beside area and all."""
    import pandas as pd

    say = report.say
    if "pupils_share" not in report.definitions:
        return Nothing()
    period = report.period_of("pupils_share")
    parts = []
    for group_by, groups in report.released.edition["groups"].items():
        found = report.table("pupils_share", group_by=group_by)
        found = found[found["group"].isin(list(groups["titles"]))]
        # Two groups are each other's complement, so that one says it all: the one that is not the reference.
        if len(groups["titles"]) == 2:
            found = found[found["group"] != groups["reference"]]
        found = found.sort_values("group", key=lambda names: names.map(list(groups["titles"]).index), kind="stable")
        parts.append(with_texts(found, row=[report.group_title(group_by, group) for group in found["group"]]))
    rows = with_texts(labelled(report, pd.concat(parts, ignore_index=True)), panel="")
    own = rows[rows["name"] == report.unit.name]
    said = [
        say("{group}: {share}", group=row.row, share=report.cell("pupils_share", row, interval=False).text)
        for row in records(own)
    ]
    return Exhibit(
        id="composition",
        title=say("Groups among the pupils"),
        question=say("How large a share of the pupils belong to each group?"),
        caption=say("Share of the pupils in each group, {period}. Lines show {level} intervals.", period=period),
        alt=say(
            "Dots with intervals for the share of pupils in each group in {units}. In {unit}: {shares}.",
            units=names_of_units(report),
            unit=report.unit.name,
            shares="; ".join(said),
        ),
        source=source_line(report),
        table=table_by_unit(report, rows, say("Group"), say("Share of the pupils, {period}", period=period)),
        svg=charts.interval_dots(rows, axis_of(report, "pupils_share")),
    )
