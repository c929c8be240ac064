"""The charts of the reports: a tidy frame in, an SVG string out, the same bytes every time.

Rules that hold for all of them: levels stand beside gaps, intervals are drawn, names are written out, the order is
the frame's or the alphabet's and never the value's, nothing is coloured good or bad, and a figure that is not shown
is a quiet word at the axis. Frames carry texts in the report's language; a ``label`` column holds the word for a
hidden figure.
"""

from collections.abc import Sequence

import pandas as pd

from likvard.language import Language
from likvard.report import style
from likvard.report.canvas import JOINS, LAST, Canvas, text_width
from likvard.report.marks import (
    NAME_SHARE,
    Names,
    draw_dot,
    draw_end_labels,
    draw_legend,
    draw_line,
    draw_pair,
    draw_reference,
    legend_height,
)
from likvard.report.scales import (
    LINE,
    Record,
    ValueAxis,
    column_places,
    draw_axis_title,
    draw_period_scale,
    draw_stripes,
    draw_value_scale,
    in_order,
    is_coarse,
    is_shown,
    limits_of,
    rows_of,
)

__all__ = ["ValueAxis", "distribution", "dumbbell", "interval_dots", "spread", "trends"]


def interval_dots(frame: pd.DataFrame, axis: ValueAxis, *, same_scale: bool = True) -> str:
    """Dots with intervals, one per series, in rows; one panel beside the other.

    Columns: panel, row, series, value, low, high, status and label. The first series is the report's own unit and
    stands out. ``same_scale`` gives all panels one scale.
    """
    records = rows_of(frame)
    panels, rows, series = (in_order(record[name] for record in records) for name in ("panel", "row", "series"))
    names = Names(rows)
    step = 8.4
    row_height = max(step * len(series) + 4, names.lines * LINE + 4)
    top = legend_height(series) + (LINE + 6 if any(panels) else 0)
    canvas = Canvas(top + row_height * len(rows) + 18 + (LINE if axis.title else 0))
    if any(series):
        draw_legend(canvas, series)
    written = max((text_width(text, style.SMALL_POINTS, True) for text in _texts(records, axis)), default=0) + 5
    for panel, (left, width) in zip(panels, column_places(names.width, canvas.width, len(panels)), strict=True):
        part = _of(records, "panel", panel)
        plot = canvas.plot(left, top, width, row_height * len(rows))
        draw_value_scale(plot, limits_of(records if same_scale else part), axis, right=written)
        draw_stripes(plot, len(rows))
        canvas.text(left, top - LINE / 2 - 2, panel, size=style.HEAD_POINTS, bold=True)
        for record in part:
            order = series.index(str(record["series"]))
            y = rows.index(str(record["row"])) + (order - (len(series) - 1) / 2) * step / row_height
            draw_dot(plot, record, y, style.SERIES[order], axis, bold=order == 0)
    for index in range(len(rows)):
        names.draw(canvas, index, top + (index + 0.5) * row_height)
    draw_axis_title(canvas, axis, names.width)
    return canvas.svg()


def dumbbell(frame: pd.DataFrame, axis: ValueAxis) -> str:
    """Gaps as two levels joined by a line, with the gap and its interval written at the right.

    Columns: row, group, reference (names of the two groups), group_value, reference_value, gap, low, high (the gap's
    interval), status and label; ``panel`` is optional and gives headed blocks of rows. The filled mark is the group,
    the open mark is what it is compared with.
    """
    records = rows_of(frame.assign(panel=frame.get("panel", "")))
    language = axis.language
    notes = [_comparison(record, language) for record in records]
    names = Names([str(record["row"]) for record in records], notes)
    gaps = [axis.difference(r["gap"], r["low"], r["high"]) if is_shown(r) else "" for r in records]
    gap_width = max(text_width(text, bold=True) for text in [*gaps, axis.difference_title]) + 12
    row_height = max(18.0, names.lines * LINE + 2)
    key = (style.SERIES[0], style.SeriesStyle(style.QUIET, "circle", False, style.QUIET))
    width = style.WIDTH_POINTS - names.width - gap_width
    top = LINE + 8
    panels = in_order(record["panel"] for record in records)
    head = LINE + 9 if any(panels) else 0
    body = head * len(panels) + row_height * len(records)
    canvas = Canvas(top + body + 18 + (LINE if axis.title else 0))
    draw_legend(canvas, [language.text("The group"), language.text("Compared with")], key)
    canvas.text(canvas.width, LINE / 2, axis.difference_title, bold=True, anchor="end")
    plot = canvas.plot(names.width, top, width, body)
    draw_value_scale(plot, limits_of(records, ("group_value", "reference_value")), axis, room=30)
    plot.down = (0, body)
    y = 0.0
    for panel in panels:
        canvas.text(0, top + y + head / 2 + 1, panel, size=style.HEAD_POINTS, bold=True)
        y += head
        for index, record in enumerate(records):
            if record["panel"] != panel:
                continue
            y += row_height
            middle = y - row_height / 2
            draw_pair(plot, record, middle, key, axis)
            names.draw(canvas, index, top + middle)
            canvas.text(canvas.width, top + middle, gaps[index], anchor="end")
            plot.level(y)
    draw_axis_title(canvas, axis, names.width)
    return canvas.svg()


def _comparison(record: Record, language: Language) -> str:
    if record["group"] == record["row"]:
        return language.text("compared with {reference}", reference=record["reference"])
    return language.text("{group} compared with {reference}", group=record["group"], reference=record["reference"])


def trends(frame: pd.DataFrame, axis: ValueAxis, *, same_scale: bool = True, height: float = 84.0) -> str:
    """Values over periods, a line per series with intervals as whiskers; panels side by side, three in a row.

    Columns: panel, period, series, value, low, high, status and label. A missing period breaks the line. Without a
    ``same_scale`` each panel has also periods of its own.
    """
    records = rows_of(frame)
    panels, series = (in_order(record[name] for record in records) for name in ("panel", "series"))
    per_line = min(3, len(panels))
    named = len(panels) <= 2 and all(text_width(name, style.SMALL_POINTS, True) <= 70 for name in series)
    legend = 0.0 if named else legend_height(series)
    head = LINE + 8 if any(panels) else 4.0
    block = head + height + 24
    canvas = Canvas(legend + block * -(-len(panels) // per_line) - 4 + (LINE if axis.title else 0))
    if legend:
        draw_legend(canvas, series)
    texts = [*map(axis.text, limits_of(records)), *_texts(records, axis)]
    values = [text_width(text, style.SMALL_POINTS, True) for text in texts]
    end = max(values) + 11 + (max(text_width(name, style.SMALL_POINTS, True) for name in series) + 5 if named else 0)
    for number, panel in enumerate(panels):
        row, place = divmod(number, per_line)
        left, width = column_places(0, canvas.width, per_line, gap=14)[place]
        part = _of(records, "panel", panel)
        shared = records if same_scale else part
        periods = in_order(record["period"] for record in shared)
        top = legend + row * block
        canvas.text(left, top + LINE / 2, panel, size=style.HEAD_POINTS, bold=True)
        edge = max(values) + 6
        plot = canvas.plot(left + edge, top + head, width - edge - end, height)
        lines = [_of(part, "series", one) for one in series]
        spare = 0.0 if all(is_shown(record) for record in lines[0]) else 0.14
        draw_period_scale(plot, periods, limits_of(shared), axis, spare)
        ends = [draw_line(plot, line, periods, order, len(series)) for order, line in enumerate(lines)]
        draw_end_labels(plot, ends, series, axis, named)
    draw_axis_title(canvas, axis, 0)
    return canvas.svg()


def spread(
    frame: pd.DataFrame,
    axis: ValueAxis,
    *,
    reference: tuple[str, float] | None = None,
    per_column: int = 45,
) -> str:
    """Every school of an area, or every area, as a dot with its interval, in the order of the alphabet: no ranking.

    Columns: row, value, low, high, status and label. ``reference`` is the whole, as (name, value), drawn as a line.
    More than ``per_column`` rows are set in two columns.
    """
    ordered = sorted(rows_of(frame), key=lambda record: axis.language.sort_key(str(record["row"])))
    count = 1 if len(ordered) <= per_column else 2
    length = -(-len(ordered) // count)
    names = Names([str(record["row"]) for record in ordered], share=NAME_SHARE / count)
    least = 11.5 if len(ordered) > 12 else 15.0
    heights = [max(least, names.height(index) + 2) for index in range(len(ordered))]
    body = max(sum(heights[column * length : (column + 1) * length]) for column in range(count))
    note = "" if reference is None else f"{reference[0]} {axis.text(reference[1])}"
    top = LINE + 5 if note else 2.0
    canvas = Canvas(top + body + 18 + (LINE if axis.title else 0))
    limits = limits_of(ordered, more=() if reference is None else (reference[1],))
    values = max(map(text_width, _texts(ordered, axis)), default=0.0) + 12
    for column, (start, all_width) in enumerate(column_places(0, canvas.width, count)):
        left, width = start + names.width, all_width - names.width - values
        plot = canvas.plot(left, top, width, body)
        draw_value_scale(plot, limits, axis)
        plot.down = (0, body)
        if reference is not None:
            plot.upright(reference[1], style.INK, 1.0, JOINS, dashes="4 2")
            draw_reference(canvas, note, reference[1], limits, (left, width), top)
        edge = 0.0
        for index in range(column * length, min((column + 1) * length, len(ordered))):
            record, y = ordered[index], edge + heights[index] / 2
            edge += heights[index]
            draw_dot(plot, record, y, style.SERIES[0], None, size=5.2)
            names.draw(canvas, index, top + y, left=start)
            if is_shown(record):
                text = axis.text(float(record["value"]), is_coarse(record))
                canvas.text(start + all_width, top + y, text, anchor="end")
            if edge < body:
                plot.level(edge)
    draw_axis_title(canvas, axis, names.width)
    return canvas.svg()


def distribution(frame: pd.DataFrame, axis: ValueAxis, *, reference: tuple[str, float] | None = None) -> str:
    """How many units have about the same value: a dot per unit, in heaps along the value scale. For more units than have room
    for their names, which then stand in the table.

    Columns: value and status; units without a value are not drawn. ``reference`` is the whole, as (name, value), drawn as a line.
    """
    records = rows_of(frame)
    values = [float(record["value"]) for record in records if is_shown(record)]
    limits = limits_of(records, ("value",), more=(reference[1],) if reference else ())
    step = 6.0
    bins = int(style.WIDTH_POINTS // step)
    width = (limits[1] - limits[0]) / bins
    heaps: dict[int, int] = {}
    places = []
    for value in sorted(values):
        heap = int((value - limits[0]) / width)
        heaps[heap] = heaps.get(heap, 0) + 1
        places.append((limits[0] + (heap + 0.5) * width, heaps[heap] - 0.5))
    highest = max(heaps.values(), default=1)
    note = "" if reference is None else f"{reference[0]} {axis.text(reference[1])}"
    top = LINE + 5 if note else 2.0
    body = max(step * highest, 40.0)
    canvas = Canvas(top + body + 18 + (LINE if axis.title else 0))
    plot = canvas.plot(0, top, canvas.width, body)
    draw_value_scale(plot, limits, axis)
    plot.down = (body / step, 0)
    for x, y in places:
        canvas.mark(plot.x(x), plot.y(y), style.SERIES[0], 4.6)
    if reference is not None:
        plot.upright(reference[1], style.INK, 1.0, LAST, dashes="4 2")
        draw_reference(canvas, note, reference[1], limits, (0, canvas.width), top)
    draw_axis_title(canvas, axis, 0)
    return canvas.svg()


def _of(records: Sequence[Record], name: str, text: str) -> list[Record]:
    """The rows that have this text in the column ``name``."""
    return [record for record in records if str(record[name]) == text]


def _texts(records: Sequence[Record], axis: ValueAxis) -> list[str]:
    """The values of the rows as they are written, of those that have one."""
    return [axis.text(record["value"]) for record in records if not pd.isna(record["value"])]
