"""The picture of who has reported what: a row per school, a column per period, a mark for how much."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from likvard.report import style
from likvard.report.canvas import Canvas, drawing, text_width
from likvard.report.marks import Names
from likvard.report.scales import LINE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, LOW_ROW = 13.0, 10.5
"""The height of a row, and where there are more than ``MANY`` of them, in points."""
MANY = 40
WIDEST = 44.0
BOX = 9.0


def heat_strip(
    names: Sequence[str],
    periods: Sequence[str],
    marks: Sequence[Sequence[str]],
    legend: Sequence[tuple[str, str]],
    exhibit_id: str,
) -> str:
    """A box per row of ``names`` and period, drawn by its mark: ``full``, ``partly``, ``nothing``, ``few`` or ``not_due``.

    The marks differ in form as well as in lightness, so that a colour-blind reader and a grey printer see the same.
    ``legend`` names those that are explained above. A scale of periods stands below too where the rows are many.
    """
    with drawing():
        rows = Names(names)
        height = LOW_ROW if len(names) > MANY else max(ROW, rows.lines * LINE + 3)
        head = LINE * 2 + 10
        tall = len(names) > 20
        body = height * len(names)
        canvas = Canvas(head + body + (LINE + 6 if tall else 2))
        _draw_legend(canvas, legend)
        width = min(canvas.width - rows.width, WIDEST * len(periods))
        drawn = canvas.axes(rows.width, head, width, body)
        drawn.set_xlim(0, len(periods))
        drawn.set_ylim(len(names), 0)
        drawn.set_xticks([])
        drawn.set_yticks([])
        for edge in range(1, len(names)):
            drawn.axhline(edge, color=style.RULE, lw=0.4, zorder=0)
        side = (0.10, 1.6 / height)  # what is left free around a box, in periods and rows
        by_mark: dict[str, list[tuple[float, float]]] = {}
        for row, line in enumerate(marks):
            for column, mark in enumerate(line):
                by_mark.setdefault(mark, []).append((column, row))
        for mark, places in sorted(by_mark.items()):
            boxes = [(x + side[0], y + side[1], 1 - 2 * side[0], 1 - 2 * side[1]) for x, y in places]
            _draw_boxes(drawn, mark, boxes)
        for index in range(len(names)):
            rows.draw(canvas, index, head + (index + 0.5) * height)
        each = width / max(len(periods), 1)
        widest = max((text_width(period, style.SMALL_POINTS) for period in periods), default=0.0)
        every = max(1, -(-int(widest + 4) // max(int(each), 1)))
        for number, period in enumerate(periods):
            if (len(periods) - 1 - number) % every:
                continue
            x = rows.width + (number + 0.5) * each
            for y in (head - LINE / 2 - 1, *([head + body + LINE / 2 + 3] if tall else [])):
                canvas.text(x, y, period, size=style.SMALL_POINTS, colour=style.QUIET, ha="center")
        return canvas.svg(exhibit_id)


def _draw_legend(canvas: Canvas, legend: Sequence[tuple[str, str]]) -> None:
    """A box for each mark with its name, along the top."""
    x = 0.0
    for mark, name in legend:
        drawn = canvas.axes(x, 1.5, BOX * 1.6, BOX)
        drawn.set_xlim(0, 1)
        drawn.set_ylim(1, 0)
        drawn.set_xticks([])
        drawn.set_yticks([])
        _draw_boxes(drawn, mark, [(0.04, 0.06, 0.92, 0.88)])
        canvas.text(x + BOX * 1.6 + 5, LINE / 2, name, size=style.SMALL_POINTS)
        x += BOX * 1.6 + 5 + text_width(name, style.SMALL_POINTS) + 14


def _draw_boxes(drawn: "Axes", mark: str, boxes: Sequence[tuple[float, float, float, float]]) -> None:
    """All boxes of one mark (left, top, width, height): filled, half filled, crossed, or a line through where none is due."""
    ink = style.ACCENT
    match mark:
        case "full":
            _add(drawn, [_box(*box) for box in boxes], facecolor=ink, edgecolor=ink, linewidth=0.6)
        case "partly":
            _add(drawn, [_box(*box) for box in boxes], facecolor="#ffffff", edgecolor=ink, linewidth=0.8)
            lower = [(x, y + height / 2, width, height / 2) for x, y, width, height in boxes]
            _add(drawn, [_box(*box) for box in lower], facecolor="#6f9cc4", edgecolor="none", linewidth=0)
        case "nothing":
            _add(drawn, [_box(*box) for box in boxes], facecolor="#ffffff", edgecolor=style.INK, linewidth=0.8)
            crosses = [
                [((x, y), (x + width, y + height)), ((x, y + height), (x + width, y))] for x, y, width, height in boxes
            ]
            _add(drawn, [line for cross in crosses for line in cross], edgecolor=style.INK, linewidth=0.8)
        case "few":
            _add(drawn, [_box(*box) for box in boxes], facecolor=style.RULE, edgecolor=style.QUIET, linewidth=0.5)
        case _:
            middle = [
                ((x + width * 0.35, y + height / 2), (x + width * 0.65, y + height / 2))
                for x, y, width, height in boxes
            ]
            _add(drawn, middle, edgecolor=style.QUIET, linewidth=0.7)


Outline = Sequence[tuple[float, float]]


def _box(x: float, y: float, width: float, height: float) -> Outline:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))


def _add(drawn: "Axes", outlines: Sequence[Outline], facecolor: str = "none", **how: object) -> None:
    """One path for all outlines: a thousand boxes are one element of the drawing."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    path = Path.make_compound_path(*(Path(list(outline)) for outline in outlines))
    drawn.add_patch(PathPatch(path, facecolor=facecolor, clip_on=False, zorder=2, **how))
