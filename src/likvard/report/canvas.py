"""The paper that charts are drawn on: a drawing of fixed size in points, our typeface, and its SVG as stable bytes.

Everything is laid out in points from measured text, so that a long name gets the room it needs and the same data gives the same
bytes on every machine. A drawing has no ids, no style sheet and no script: a page may hold many, and its content policy forbids
inline style.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal
from xml.sax.saxutils import escape

from likvard.report import style

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

MIDDLE = 0.31
"""From the middle of a line of text down to its base line, in sizes of the type: half the height of a digit."""
GROUND, JOINS, INTERVALS, MARKS, LAST, TEXTS = range(6)
"""What lies over what: hairlines at the bottom, then lines between marks, intervals, marks, what lies over these, and texts."""


class Canvas:
    """A drawing of a fixed width and a given height; all places are in points from the top left corner."""

    def __init__(self, height: float, width: float = style.WIDTH_POINTS) -> None:
        self.width, self.height = width, height
        self._drawn: list[tuple[int, str]] = []

    def plot(self, left: float, top: float, width: float, height: float) -> "Plot":
        """A part of the drawing with scales of its own."""
        return Plot(self, left, top, width, height)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = style.TEXT_POINTS,
        colour: str = style.INK,
        bold: bool = False,
        anchor: Anchor = "start",
    ) -> None:
        """A line of text whose middle is at ``y``; no text, no element."""
        if not text.strip():
            return
        weight = ' font-weight="600"' if bold else ""
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        place = f'x="{number(x)}" y="{number(y + MIDDLE * size)}"'
        element = f'<text {place} font-size="{size:g}" fill="{colour}"{weight}{where}>{escape(text)}</text>'
        self._drawn.append((TEXTS, element))

    def mark(self, x: float, y: float, series: style.SeriesStyle, size: float = 6.0, order: int = MARKS) -> None:
        """The mark of a series."""
        fill = series.colour if series.filled else "#ffffff"
        half = size / 2
        if series.mark == "circle":
            shape = f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(half)}"'
        else:
            corners = [(x + half * across, y + half * down) for across, down in _CORNERS[series.mark]]
            shape = f'<path d="{outline(corners)}"'
        self._drawn.append((order, f'{shape} fill="{fill}" stroke="{series.colour}" stroke-width="1.3"/>'))

    def line(
        self, points: Sequence[Point], colour: str, width: float, order: int, dashes: str = "", opacity: float = 1.0
    ) -> None:
        """A line from point to point."""
        more = (f' stroke-dasharray="{dashes}"' if dashes else "") + (f' opacity="{opacity:g}"' if opacity < 1 else "")
        self.path(stroke(points), order, stroke=colour, width=width, more=more)

    def path(
        self, drawn: str, order: int, *, fill: str = "none", stroke: str = "none", width: float = 0.0, more: str = ""
    ) -> None:
        """A path, as SVG writes it."""
        edge = f' stroke="{stroke}" stroke-width="{width:g}"' if stroke != "none" else ""
        self._drawn.append((order, f'<path d="{drawn}" fill="{fill}"{edge}{more}/>'))

    def svg(self) -> str:
        """The drawing as one ``<svg>`` element."""
        width, height = number(self.width), number(self.height)
        ordered = sorted(self._drawn, key=lambda drawn: drawn[0])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' stroke-linejoin="round" font-family="{style.FAMILY}">{"".join(element for _, element in ordered)}</svg>'
        )


@dataclass
class Plot:
    """A rectangle of the drawing with two linear scales: ``across`` from left to right, ``down`` from top to bottom."""

    canvas: Canvas
    left: float
    top: float
    width: float
    height: float
    across: tuple[float, float] = (0.0, 1.0)
    down: tuple[float, float] = (0.0, 1.0)

    def x(self, value: float) -> float:
        """Where a value of the scale across is, in points of the drawing."""
        first, last = self.across
        return self.left + self.width * (value - first) / (last - first)

    def y(self, value: float) -> float:
        """Where a value of the scale down is, in points of the drawing."""
        first, last = self.down
        return self.top + self.height * (value - first) / (last - first)

    def upright(
        self, value: float, colour: str = style.RULE, width: float = 0.6, order: int = GROUND, dashes: str = ""
    ) -> None:
        """A line from top to bottom at a value of the scale across."""
        x = self.x(value)
        self.canvas.line([(x, self.top), (x, self.top + self.height)], colour, width, order, dashes)

    def level(self, value: float, width: float = 0.4) -> None:
        """A hairline from edge to edge at a value of the scale down."""
        y = self.y(value)
        self.canvas.line([(self.left, y), (self.left + self.width, y)], style.RULE, width, GROUND)

    def under(self, value: float, text: str) -> None:
        """What stands below a value of the scale across."""
        y = self.top + self.height + 4 + style.SMALL_POINTS / 2
        self.canvas.text(self.x(value), y, text, size=style.SMALL_POINTS, colour=style.QUIET, anchor="middle")

    def beside(self, value: float, text: str) -> None:
        """What stands left of a value of the scale down."""
        self.canvas.text(self.left - 4, self.y(value), text, size=style.SMALL_POINTS, colour=style.QUIET, anchor="end")


# The corners of a mark in halves of its size; a diamond of the same size as a square would look larger.
_CORNERS: dict[str, tuple[Point, ...]] = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "up": ((0, -1), (1, 1), (-1, 1)),
    "down": ((0, 1), (1, -1), (-1, -1)),
}


def number(value: float) -> str:
    """A length as SVG writes it, to a hundredth of a point."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def outline(corners: Sequence[Point]) -> str:
    """A closed outline through the corners."""
    return stroke(corners) + "Z"


def stroke(points: Sequence[Point]) -> str:
    """A line through the points, as SVG writes it."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


@cache
def text_width(text: str, size: float = style.TEXT_POINTS, bold: bool = False) -> float:
    """The width of a line of text in points: the advances of its letters, without kerning, which is nearly always narrower."""
    advances, unknown = _advances("Semibold" if bold else "Regular")
    return sum(advances.get(letter, unknown) for letter in text) * size


@cache
def _advances(weight: style.Weight) -> tuple[dict[str, float], float]:
    """The advance of every letter of a weight, and of one that it lacks, in sizes of the type."""
    from fontTools.ttLib import TTFont

    font = TTFont(style.font_file(weight), lazy=True)
    units, widths = font["head"].unitsPerEm, font["hmtx"].metrics
    advances = {chr(code): widths[name][0] / units for code, name in font.getBestCmap().items()}
    return advances, widths[".notdef"][0] / units


def wrapped(text: str, width: float, size: float = style.TEXT_POINTS, bold: bool = False) -> str:
    """The text broken into lines no wider than ``width`` points; a single longer word is broken inside."""
    lines: list[str] = []
    # A line may end after a space, and after a stroke or a hyphen within a word.
    for word in re.findall(r"[^\s/-]*[/-]+|[^\s/-]+| ", " ".join(text.split())):
        if lines and text_width((lines[-1] + word).rstrip(), size, bold) <= width:
            lines[-1] += word
            continue
        word = word.strip()
        lines = [line.rstrip() for line in lines]
        while text_width(word, size, bold) > width and len(word) > 4:
            fits = next(
                n for n in range(len(word) - 1, 2, -1) if n == 3 or text_width(word[:n] + "-", size, bold) <= width
            )
            lines.append(word[:fits] + "-")
            word = word[fits:]
        lines.append(word)
    return "\n".join(line for line in lines if line)
