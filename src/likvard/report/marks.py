"""The marks and labels of the charts: dots with intervals, lines, names of rows, legends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from likvard.report import style
from likvard.report.canvas import Canvas, mark_style, text_style, text_width, wrapped
from likvard.report.scales import LINE, Record, ValueAxis, is_coarse, is_shown, status_word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_SHARE = 0.34
"""The largest part of a chart's width that the names of its rows may take."""


@dataclass
class Names:
    """The names of the rows at the left, each broken into lines that fit, with an optional quiet note below."""

    texts: Sequence[str]
    notes: Sequence[str] = ()
    share: float = NAME_SHARE
    width: float = field(init=False)
    lines: int = field(init=False)
    """The number of lines of the longest name with its note."""

    def __post_init__(self) -> None:
        most = style.WIDTH_POINTS * self.share
        self._texts = [wrapped(text, most) for text in self.texts]
        self._notes = [wrapped(note, most, style.SMALL_POINTS) for note in self.notes] or [""] * len(self._texts)
        every = [line for text in self._texts + self._notes for line in text.split("\n")]
        self.width = max((text_width(line) for line in every), default=0.0) + (14 if any(every) else 0)
        self.lines = max((_lines(t) + _lines(n) for t, n in zip(self._texts, self._notes, strict=True)), default=1)

    def height(self, index: int) -> float:
        """The height of one name with its note, in points."""
        return (_lines(self._texts[index]) + _lines(self._notes[index])) * LINE

    def draw(self, canvas: Canvas, index: int, y: float, left: float = 0.0) -> None:
        """The name of one row, centred on ``y``."""
        text, note = self._texts[index], self._notes[index]
        start = y - (_lines(text) + _lines(note)) * LINE / 2 + LINE / 2
        for number, line in enumerate(text.split("\n")):
            canvas.text(left, start + number * LINE, line)
        for number, line in enumerate(note.split("\n"), start=_lines(text)):
            canvas.text(left, start + number * LINE, line, size=style.SMALL_POINTS, colour=style.QUIET)


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0


def legend_height(series: Sequence[str]) -> float:
    """The height that a legend of these names takes; none for a single unnamed series."""
    return (LINE + 2) * len(_legend_rows(series)) + 6 if any(series) else 0.0


def draw_legend(canvas: Canvas, series: Sequence[str], styles: Sequence[style.SeriesStyle] = style.SERIES) -> None:
    """Marks and names of the series along the top, in as many lines as they need."""
    number = 0
    for line, names in enumerate(_legend_rows(series)):
        x = 4.0
        for name in names:
            y = LINE / 2 + line * (LINE + 2)
            canvas.mark(x, y, styles[number])
            canvas.text(x + 8, y, name, bold=number == 0)
            x += 8 + text_width(name, bold=True) + 18
            number += 1


def _legend_rows(series: Sequence[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    used = 0.0
    for name in series:
        width = text_width(name, bold=True) + 26
        if not rows or used + width > style.WIDTH_POINTS:
            rows.append([])
            used = 0.0
        rows[-1].append(name)
        used += width
    return rows


def draw_dot(
    drawn: "Axes",
    record: Record,
    y: float,
    series: style.SeriesStyle,
    axis: ValueAxis | None,
    bold: bool = False,
    size: float = 6.0,
) -> None:
    """A value as a mark on its interval, written at the interval's end when ``axis`` is given; or a quiet word."""
    if not is_shown(record):
        quiet_word(drawn, status_word(record), y, series.text_colour)
        return
    value, low, high = float(record["value"]), record["low"], record["high"]
    bounded = not (pd.isna(low) or pd.isna(high))
    if bounded:
        drawn.plot([float(low), float(high)], [y, y], color=series.colour, lw=1.5, solid_capstyle="butt", zorder=2)
    drawn.plot([value], [y], zorder=3, clip_on=False, **mark_style(series, size))
    if axis is not None:
        end = max(float(high), value) if bounded else value
        colour = series.text_colour if bold else style.QUIET
        how = text_style(style.SMALL_POINTS, colour, bold)
        text = axis.text(value, is_coarse(record))
        drawn.annotate(text, (end, y), (4 if bounded else 6, -0.4), textcoords="offset points", **how)


def quiet_word(drawn: "Axes", word: str, y: float, colour: str = style.QUIET) -> None:
    """The word for a value that is not shown, at the left end of its row."""
    how = text_style(style.SMALL_POINTS, colour)
    drawn.annotate(word, (0, y), (2, -0.4), xycoords=("axes fraction", "data"), textcoords="offset points", **how)


def draw_pair(drawn: "Axes", record: Record, y: float, styles: Sequence[style.SeriesStyle], axis: ValueAxis) -> None:
    """Two levels joined by a line, each value written on its outer side; a level alone when the other is not shown."""
    levels = [(record["group_value"], styles[0]), (record["reference_value"], styles[1])]
    known = sorted(((float(v), s) for v, s in levels if not pd.isna(v)), key=lambda pair: pair[0])
    if not is_shown(record):
        known = []
        quiet_word(drawn, status_word(record), y)
    if len(known) == 2:
        drawn.plot([known[0][0], known[1][0]], [y, y], color=style.RULE, lw=3.2, solid_capstyle="butt", zorder=1)
    for index, (value, series) in enumerate(known):
        drawn.plot([value], [y], zorder=3 if series.filled else 2, clip_on=False, **mark_style(series, 7))
        side = -1 if index == 0 and len(known) == 2 else 1
        how = text_style(style.SMALL_POINTS, series.text_colour, bold=series.filled, ha="right" if side < 0 else "left")
        drawn.annotate(axis.text(value), (value, y), (7 * side, -0.4), textcoords="offset points", **how)


def draw_line(
    drawn: "Axes", part: pd.DataFrame, periods: Sequence[str], order: int, count: int
) -> tuple[float, float, bool] | None:
    """One series over the periods, broken where a period has no value; returns its last point, and whether that is coarse."""
    series = style.SERIES[order]
    shift = (order - (count - 1) / 2) * 0.07  # whiskers of several series would cover each other
    records: dict[str, dict[Any, Any]] = {str(record["period"]): record for record in part.to_dict("records")}
    xs: list[float] = []
    ys: list[float] = []
    for index, period in enumerate(periods):
        record = records.get(period)
        shown = record is not None and is_shown(record)
        xs.append(index + shift)
        ys.append(float(record["value"]) if record is not None and shown else float("nan"))
        if record is None:
            continue
        if shown and not (pd.isna(record["low"]) or pd.isna(record["high"])):
            ends = [float(record["low"]), float(record["high"])]
            drawn.plot(
                [index + shift] * 2, ends, color=series.colour, lw=1.0, alpha=0.75, solid_capstyle="butt", zorder=2
            )
        elif not shown and order == 0:
            word = wrapped(status_word(record), 34, 6.5)
            how = {**text_style(6.5, style.QUIET, ha="center"), "va": "bottom"}
            drawn.annotate(
                word, (index, 0), (0, 2), xycoords=("data", "axes fraction"), textcoords="offset points", **how
            )
    width = 1.8 if order == 0 else 1.2
    drawn.plot(xs, ys, color=series.colour, lw=width, zorder=3 if order == 0 else 2)
    drawn.plot(xs, ys, zorder=4, clip_on=False, **mark_style(series, 5))
    coarse = [period in records and is_coarse(records[period]) for period in periods]
    drawn_points = [(x, y, about) for x, y, about in zip(xs, ys, coarse, strict=True) if y == y]
    return drawn_points[-1] if drawn_points else None


def draw_end_labels(
    drawn: "Axes",
    ends: Sequence[tuple[float, float, bool] | None],
    series: Sequence[str],
    axis: ValueAxis,
    named: bool,
    height: float,
) -> None:
    """The last value of each series right of its line, moved apart where labels would touch."""
    low, high = drawn.get_ylim()
    apart = 9.5 * (high - low) / height
    present = sorted((end[1], end[0], order, end[2]) for order, end in enumerate(ends) if end)
    last = max((x for _, x, _, _ in present), default=0.0)
    for (y, x, order, coarse), y_text in zip(present, _spaced([end[0] for end in present], apart), strict=True):
        colour = style.SERIES[order].text_colour
        text = f"{axis.text(y, coarse)}  {series[order]}" if named else axis.text(y, coarse)
        place = last if last - x < 0.5 else x  # labels stand in one column unless a line ended in an earlier period
        how = text_style(style.SMALL_POINTS, colour, bold=order == 0, annotation_clip=False)
        drawn.annotate(text, (place, y_text), (7, -0.4), textcoords="offset points", **how)


def _spaced(heights: Sequence[float], apart: float) -> list[float]:
    """Rising heights moved as little as needed to stand ``apart``: clusters spread around their middle."""
    clusters: list[list[float]] = []
    for height in heights:
        clusters.append([height])
        while len(clusters) > 1 and _ends(clusters[-1], apart)[0] - _ends(clusters[-2], apart)[1] < apart:
            clusters[-2:] = [clusters[-2] + clusters[-1]]
    return [_ends(cluster, apart)[0] + index * apart for cluster in clusters for index in range(len(cluster))]


def _ends(cluster: Sequence[float], apart: float) -> tuple[float, float]:
    middle, half = sum(cluster) / len(cluster), (len(cluster) - 1) * apart / 2
    return middle - half, middle + half


def draw_reference(
    canvas: Canvas, note: str, value: float, limits: tuple[float, float], place: tuple[float, float], top: float
) -> None:
    """The name and value of the reference line, above it and inside its panel (left edge, width)."""
    left, width = place
    x = left + width * (value - limits[0]) / (limits[1] - limits[0])
    half = text_width(note, style.SMALL_POINTS, True) / 2
    x = min(max(x, left + half), left + width - half)
    canvas.text(x, top - LINE / 2 - 2, note, size=style.SMALL_POINTS, bold=True, ha="center")
