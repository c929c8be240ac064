"""The scales of the charts: how values are written, how far an axis goes, where panels stand."""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from likvard.language import Language
from likvard.report import style
from likvard.report.canvas import Canvas, Plot, text_width

LINE = 10.5
"""Height of a line of text, in points."""

HALF_A_NUMBER = 9.0
"""Half the width of a number on an axis, in points."""

NOTHING_SHOWN = (0.0, 1.0)
"""Limits of a scale without values; it has no ticks, since numbers on it would look like a result."""

Record = Mapping[Hashable, Any]


@dataclass(frozen=True)
class ValueAxis:
    """How values are written: a share as per cent or a plain number, with decimals, and what they measure."""

    language: Language
    unit: Literal["percent", "number"] = "number"
    decimals: int = 0
    title: str = ""
    signed: bool = False

    def text(self, value: float, coarse: bool = False) -> str:
        """A value as it stands beside its mark; with ``~`` where it is ``coarse``, that is published rounded."""
        about = "~" if coarse else ""
        if self.unit == "percent":
            return about + self.language.percent(value, self.decimals)
        if self.signed:
            return about + self.language.signed(value, self.decimals)
        return about + self.language.number(value, self.decimals)

    def tick(self, value: float, step: float) -> str:
        """A value as it stands on the axis, with the decimals that the distance between ticks needs."""
        scale = 100 if self.unit == "percent" else 1
        decimals = next((n for n in range(3) if abs(step * scale * 10**n - round(step * scale * 10**n)) < 1e-6), 3)
        if self.unit == "percent":
            return self.language.percent(value, decimals)
        return self.language.number(value, decimals)

    def difference(self, value: float, low: float, high: float) -> str:
        """A gap with its interval: ``−12 (−18 to −6)``; of shares, in percentage points."""
        scale = 100 if self.unit == "percent" else 1
        gap = self.language.signed(value * scale, self.decimals)
        if pd.isna(low) or pd.isna(high):
            return gap
        ends = [self.language.signed(end * scale, self.decimals) for end in (low, high)]
        return self.language.text("{gap} ({low} to {high})", gap=gap, low=ends[0], high=ends[1])

    @property
    def difference_title(self) -> str:
        """The heading of a column of gaps."""
        if self.unit == "percent":
            return self.language.text("Gap, percentage points")
        return self.language.text("Gap")


def in_order(values: Iterable[Any]) -> list[str]:
    """The different values in the order of their first appearance."""
    return list(dict.fromkeys(str(value) for value in values))


def rows_of(frame: pd.DataFrame) -> list[Record]:
    """The rows of a frame, each by its columns; pandas' own ``to_dict`` takes the columns out one at a time, which is slower."""
    columns = list(frame.columns)
    return [dict(zip(columns, row, strict=True)) for row in frame.to_numpy(dtype=object).tolist()]


def is_shown(record: Record) -> bool:
    """Whether a row of a frame has a value that may be drawn."""
    return record["status"] in ("shown", "rounded")


def is_coarse(record: Record) -> bool:
    """Whether the value of a row is published rounded, and so not exact."""
    return bool(record["status"] == "rounded")


def status_word(record: Record) -> str:
    """The quiet word that stands where a value is not shown."""
    label = record.get("label")
    return str(label) if isinstance(label, str) and label else str(record["status"]).replace("_", " ")


def limits_of(
    records: Iterable[Record], columns: tuple[str, ...] = ("value", "low", "high"), more: tuple[float, ...] = ()
) -> tuple[float, float]:
    """The smallest and largest value that is drawn; ``NOTHING_SHOWN`` when nothing is."""
    shown = [record for record in records if is_shown(record)]
    values = [float(v) for record in shown for v in map(record.get, columns) if not pd.isna(v)] + list(more)
    if not values:
        return NOTHING_SHOWN
    low, high = min(values), max(values)
    spare = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    return low - spare, high + spare


def column_places(left: float, width: float, count: int, gap: float = 20.0) -> list[tuple[float, float]]:
    """Left edge and width of panels that share the width beside each other, with room for half of the last number of the axis."""
    each = (width - HALF_A_NUMBER - left - gap * (count - 1)) / count
    return [(left + index * (each + gap), each) for index in range(count)]


def draw_value_scale(
    plot: Plot, limits: tuple[float, float], axis: ValueAxis, room: float = 0.0, right: float = 0.0
) -> None:
    """A value scale along the bottom, with ``room`` points spare on both sides, ``right`` more for values."""
    low, high = limits
    unit = (high - low) / max(plot.width - 2 * room - right, 20.0)
    first, last = plot.across = (low - room * unit, high + (room + right) * unit)
    shown = [tick for tick in _ticks(low, high, axis, plot.width) if first <= tick <= last]
    for tick, text in zip(shown, _tick_texts(shown, axis), strict=True):
        plot.upright(tick)
        plot.under(tick, text)


def draw_period_scale(
    plot: Plot, periods: list[str], limits: tuple[float, float], axis: ValueAxis, spare: float
) -> None:
    """Periods along the bottom, as many as there is room for, and a value scale at the left.

    A ``spare`` part of the height is left free below the values.
    """
    low, high = limits
    plot.down = (high, low - (high - low) * spare)
    plot.across = (-0.35, len(periods) - 0.65)
    widest = max((text_width(period, style.SMALL_POINTS) for period in periods), default=0.0)
    most = max(2, min(6, int((plot.width + 4) // (widest + 4))))
    every = -(-len(periods) // most)  # more labels would touch; the last period always has one
    for index, period in enumerate(periods):
        if (len(periods) - 1 - index) % every == 0:
            plot.under(index, period)
    ticks = [tick for tick in _ticks(low, high, axis, 140) if low <= tick <= high]
    for tick, text in zip(ticks, _tick_texts(ticks, axis), strict=True):
        plot.level(tick, 0.6)
        plot.beside(tick, text)


def draw_stripes(plot: Plot, count: int) -> None:
    """Rows numbered from the top, with a hairline between them."""
    plot.down = (-0.5, count - 0.5)
    for edge in range(1, count):
        plot.level(edge - 0.5)


def draw_axis_title(canvas: Canvas, axis: ValueAxis, left: float) -> None:
    """What the values measure, under the value scale."""
    if axis.title:
        canvas.text(left, canvas.height - LINE / 2, axis.title, size=style.SMALL_POINTS, colour=style.QUIET)


def _tick_texts(ticks: list[float], axis: ValueAxis) -> list[str]:
    step = ticks[1] - ticks[0] if len(ticks) > 1 else ticks[0] if ticks else 1.0
    return [axis.tick(tick, step) for tick in ticks]


def _ticks(low: float, high: float, axis: ValueAxis, width: float) -> list[float]:
    """The round numbers of a scale, as many as the width has room for and two at least; a share ends at none and at all."""
    if (low, high) == NOTHING_SHOWN:
        return []
    most = max(2, min(5, int(width // (text_width(axis.text(high), style.SMALL_POINTS) + 22))))
    wanted = (high - low) / most
    power = 10.0 ** math.floor(math.log10(wanted))
    # From the first step that is long enough to shorter ones, until two round numbers are within the limits.
    steps = [step * power for step in (0.5, 1, 2, 2.5, 5, 10)]
    first = next(place for place, step in enumerate(steps) if step >= wanted * (1 - 1e-9))
    for step in reversed(steps[: first + 1]):
        found = [n * step for n in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
        if len(found) > 1:
            break
    return [tick for tick in found if axis.unit != "percent" or -1e-9 <= tick <= 1 + 1e-9]
