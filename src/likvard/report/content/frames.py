"""Figures of the record arranged as charts and tables want them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from likvard.report.exhibit import Cell, Exhibit, Nothing, Table
from likvard.report.periods import period_tick
from likvard.report.scales import ValueAxis
from likvard.report.view import Report

if TYPE_CHECKING:
    import pandas as pd

WEIGHED = "_weighed"
"""How the code of a publisher ends whose figures are put together from what another prints."""


def records(rows: pd.DataFrame) -> Iterator[Any]:
    """The rows one at a time, their columns as attributes (of whatever type the column holds)."""
    # All at once, not by itertuples: that takes the columns out one at a time, and longer than everything else here.
    return map(_row_of(tuple(rows.columns))._make, rows.to_numpy(dtype=object).tolist())


@cache
def _row_of(columns: tuple[str, ...]) -> Any:
    """The type of a row: making it anew for each frame would take longer than reading the frame."""
    return namedtuple("Row", columns)


def with_texts(rows: pd.DataFrame, **texts: str | Sequence[str] | pd.Series) -> pd.DataFrame:
    """The same rows with these columns of text, each with a text per row or one for all."""
    import pandas as pd

    # As Python's own texts: what pandas would make of them takes several times as long to pick from.
    return rows.assign(**{name: pd.Series(text, index=rows.index, dtype=object) for name, text in texts.items()})


def labelled(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows with ``series`` (the unit's name) and ``label`` (the word in place of an absent figure)."""
    return with_texts(rows, series=rows["name"], label=[report.word(row) for row in records(rows)])


def axis_of(report: Report, indicator: str, title: str | None = None) -> ValueAxis:
    """The value axis of an indicator."""
    definition = report.definitions[indicator]
    return ValueAxis(
        report.language,
        "percent" if report.is_share(indicator) else "number",
        definition["decimals"],
        definition["unit"][report.language.code] if title is None else title,
        definition.get("signed", False),
    )


def level_cell(report: Report, row: Any) -> Cell:
    """A level as a table cell: its value with the interval, or why there is none."""
    return report.cell(row.indicator, row)


def table_by_unit(
    report: Report,
    rows: pd.DataFrame,
    head: str,
    caption: str,
    cell: Callable[[Report, Any], Cell] = level_cell,
) -> Table:
    """A data table with a line per ``row`` of ``rows`` and a column per unit; cells are values with intervals.

    ``rows`` has the record's columns, ``row`` (the line's name) and ``name`` (the unit).
    """
    units = list(dict.fromkeys(rows["name"]))
    lines = []
    for line, found in rows.groupby("row", sort=False):
        by_unit = {row.name: row for row in records(found)}
        indicator = str(found["indicator"].iloc[0])
        cells = [cell(report, by_unit[unit]) if unit in by_unit else absent(report, indicator) for unit in units]
        lines.append((Cell(str(line)), *cells))
    return Table((head, *units), tuple(lines), caption)


def tabled(report: Report, exhibit_id: str, title: str, question: str, caption: str, table: Table) -> Exhibit | Nothing:
    """An exhibit that is a table alone; nothing where the table has no lines."""
    if not table.rows:
        return Nothing()
    return Exhibit(exhibit_id, title, question, caption, alt="", source=source_line(report), table=table)


def head_of(report: Report, indicator: str, *, unit: bool = False) -> Cell:
    """How a line about the newest figures of an indicator begins: title, period and, where asked for, the unit of measurement."""
    measured = f" ({report.unit_of(indicator)})" if unit else ""
    return Cell(f"{report.title_of(indicator)}, {report.period_of(indicator)}{measured}")


def difference_cell(report: Report, row: Any, value: float) -> Cell:
    """A gap or change as a table cell: its ``value`` with the row's interval, or why there is none."""
    if row.status != "shown":
        return report.held_back(row)
    return Cell(axis_of(report, row.indicator).difference(value, row.low, row.high), "shown", row.figure_id)


def absent(report: Report, indicator: str = "") -> Cell:
    """The cell of a figure that does not exist, as the unit has no pupils there, or as nobody has published it."""
    if report.is_published(indicator) or report.definitions.get(indicator, {}).get("kind") == "published":
        return Cell(report.label("missing"), "missing")
    return Cell(report.label("not_applicable"), "not_applicable")


def source_line(report: Report) -> str:
    """Where the figures come from, as it is cited under an exhibit."""
    titles = {
        f"{origin['title']} ({origin['publisher']}, doi:{origin['doi']})"
        if "doi" in origin
        else str(origin.get("title", name))
        for name, delivery in report.released.edition["origins"].items()
        for origin in (delivery, *delivery.get("beside", {}).values())
        if origin
    }
    return "; ".join(sorted(titles)) or report.language.text("the deliveries of the edition")


def certainty(report: Report, indicator: str) -> str:
    """How sure the figures of an indicator are, as a sentence under a chart over time."""
    say = report.say
    if report.is_published(indicator):
        told = say(
            "Published figures, in {unit}. They come without intervals: where few pupils stand behind a figure, much of its change "
            "from year to year is chance.",
            unit=report.unit_of(indicator),
        )
        return " ".join([told, *weighed_together(report, indicator)])
    return say("Means with {level} intervals, in {unit}.", unit=report.unit_of(indicator))


def weighed_together(report: Report, indicator: str) -> list[str]:
    """A sentence that names the compared units whose figure the publisher does not print; nothing where there is none."""
    rows = report.table(indicator)
    names = list(rows.loc[rows["reference"].str.endswith(WEIGHED), "name"])
    if not names:
        return []
    return [
        report.say("Weighed together here from the published figures: {names}.", names=report.language.listed(names))
    ]


def with_periods(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows with ``period_name`` and with ``row``, the panel and the period as a line of a table is named."""
    periods = report.periods
    names = [periods[period] for period in rows["period"]]
    lines = [f"{panel}, {name}" for panel, name in zip(rows["panel"], names, strict=True)]
    return with_texts(rows, period_name=names, row=lines)


def ticks(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows with the periods written as under an axis."""
    short = {period: period_tick(period, report.language) for period in rows["period"].unique()}
    return with_texts(rows, period=[short[period] for period in rows["period"]])


def subject(report: Report, indicator: str) -> str:
    """What an indicator is about in a word or two: its title up to the first comma."""
    return report.title_of(indicator).split(",")[0]


def said_now(report: Report, rows: pd.DataFrame) -> str:
    """The newest period of each indicator in words: its subject with the value of every unit."""
    newest = rows["indicator"].map(report.current)
    return " ".join(
        f"{panel}: " + "; ".join(f"{row.name} {report.cell(row.indicator, row).text}" for row in records(found)) + "."
        for panel, found in rows[rows["period"] == newest].groupby("panel", sort=False)
    )


def names_of_units(report: Report) -> str:
    """The names of the units that are compared, joined as in a sentence."""
    return report.language.listed([unit.name for unit in report.compared])
