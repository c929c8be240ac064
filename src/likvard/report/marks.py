"""The marks and labels of the charts: dots with intervals, lines, names of rows, legends."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from likvard.report import style
from likvard.report.canvas import INTERVALS, JOINS, LAST, MARKS, Canvas, Plot, text_width, wrapped
from likvard.report.scales import LINE, Record, ValueAxis, is_coarse, is_shown, status_word

TINY = 6.5
"""The size of a word at the foot of a period, in points."""
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
    plot: Plot,
    record: Record,
    y: float,
    series: style.SeriesStyle,
    axis: ValueAxis | None,
    bold: bool = False,
    size: float = 6.0,
) -> None:
    """A value as a mark on its interval, written at the interval's end when ``axis`` is given; or a quiet word."""
    if not is_shown(record):
        quiet_word(plot, status_word(record), y, series.text_colour)
        return
    canvas, down = plot.canvas, plot.y(y)
    value, low, high = float(record["value"]), record["low"], record["high"]
    bounded = not (pd.isna(low) or pd.isna(high))
    if bounded:
        canvas.line([(plot.x(float(low)), down), (plot.x(float(high)), down)], series.colour, 1.5, INTERVALS)
    canvas.mark(plot.x(value), down, series, size)
    if axis is not None:
        end = max(plot.x(value) + 6, plot.x(float(high)) + 4 if bounded else 0.0)
        colour = series.text_colour if bold else style.QUIET
        canvas.text(end, down, axis.text(value, is_coarse(record)), size=style.SMALL_POINTS, colour=colour, bold=bold)


def quiet_word(plot: Plot, word: str, y: float, colour: str = style.QUIET) -> None:
    """The word for a value that is not shown, at the left end of its row."""
    plot.canvas.text(plot.left + 2, plot.y(y), word, size=style.SMALL_POINTS, colour=colour)


def draw_pair(plot: Plot, record: Record, y: float, styles: Sequence[style.SeriesStyle], axis: ValueAxis) -> None:
    """Two levels joined by a line, each value written on its outer side; a level alone when the other is not shown."""
    canvas, down = plot.canvas, plot.y(y)
    levels = [(record["group_value"], styles[0]), (record["reference_value"], styles[1])]
    known = sorted(((float(v), s) for v, s in levels if not pd.isna(v)), key=lambda pair: pair[0])
    if not is_shown(record):
        known = []
        quiet_word(plot, status_word(record), y)
    if len(known) == 2:
        canvas.line([(plot.x(value), down) for value, _ in known], style.RULE, 3.2, JOINS)
    for index, (value, series) in enumerate(known):
        canvas.mark(plot.x(value), down, series, 7, MARKS if series.filled else INTERVALS)
        left = index == 0 and len(known) == 2
        canvas.text(
            plot.x(value) + (-7 if left else 7),
            down,
            axis.text(value),
            size=style.SMALL_POINTS,
            colour=series.text_colour,
            bold=series.filled,
            anchor="end" if left else "start",
        )


def draw_line(
    plot: Plot, part: Sequence[Record], periods: Sequence[str], order: int, count: int
) -> tuple[float, float, bool] | None:
    """One series over the periods, broken where a period has no value; returns its last point, and whether that is coarse."""
    canvas, series = plot.canvas, style.SERIES[order]
    shift = (order - (count - 1) / 2) * 0.07  # whiskers of several series would cover each other
    records = {str(record["period"]): record for record in part}
    pieces: list[list[tuple[float, float]]] = [[]]
    last: tuple[float, float, bool] | None = None
    for index, period in enumerate(periods):
        record, x = records.get(period), index + shift
        if record is None or not is_shown(record):
            pieces.append([])
            if record is not None and order == 0:
                _quiet_word_below(plot, status_word(record), index)
            continue
        value = float(record["value"])
        pieces[-1].append((plot.x(x), plot.y(value)))
        last = (x, value, is_coarse(record))
        if not (pd.isna(record["low"]) or pd.isna(record["high"])):
            ends = [(plot.x(x), plot.y(float(record[end]))) for end in ("low", "high")]
            canvas.line(ends, series.colour, 1.0, INTERVALS, opacity=0.75)
    for piece in pieces:
        if len(piece) > 1:
            canvas.line(piece, series.colour, 1.8 if order == 0 else 1.2, MARKS if order == 0 else INTERVALS)
        for x, y in piece:
            canvas.mark(x, y, series, 5, LAST)
    return last


def _quiet_word_below(plot: Plot, word: str, index: int) -> None:
    """The word for a value that is not shown, at the foot of its period."""
    lines = wrapped(word, 34, TINY).split("\n")
    for number, line in enumerate(reversed(lines)):
        y = plot.top + plot.height - 2 - TINY * (0.5 + 1.2 * number)
        plot.canvas.text(plot.x(index), y, line, size=TINY, colour=style.QUIET, anchor="middle")


def draw_end_labels(
    plot: Plot,
    ends: Sequence[tuple[float, float, bool] | None],
    series: Sequence[str],
    axis: ValueAxis,
    named: bool,
) -> None:
    """The last value of each series right of its line, moved apart where labels would touch."""
    present = sorted((plot.y(end[1]), end, order) for order, end in enumerate(ends) if end)
    last = max((end[0] for _, end, _ in present), default=0.0)
    for (_, (x, value, coarse), order), y in zip(present, _spaced([y for y, _, _ in present], 9.5), strict=True):
        text = axis.text(value, coarse)
        place = last if last - x < 0.5 else x  # labels stand in one column unless a line ended in an earlier period
        plot.canvas.text(
            plot.x(place) + 7,
            y,
            f"{text} \u00a0{series[order]}" if named else text,
            size=style.SMALL_POINTS,
            colour=style.SERIES[order].text_colour,
            bold=order == 0,
        )


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
    canvas.text(x, top - LINE / 2 - 2, note, size=style.SMALL_POINTS, bold=True, anchor="middle")
