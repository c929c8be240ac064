"""The picture of who has reported what: a row per school, a column per period, a mark for how much."""

from collections.abc import Sequence

from likvard.report import style
from likvard.report.canvas import INTERVALS, JOINS, Canvas, outline, stroke, text_width
from likvard.report.marks import Names
from likvard.report.scales import LINE

ROW, LOW_ROW = 13.0, 10.5
"""The height of a row, and where there are more than ``MANY`` of them, in points."""
MANY = 40
WIDEST = 44.0
BOX = 9.0

Box = tuple[float, float, float, float]
"""Left, top, width and height in points."""


def heat_strip(
    names: Sequence[str],
    periods: Sequence[str],
    marks: Sequence[Sequence[str]],
    legend: Sequence[tuple[str, str]],
) -> str:
    """A box per row of ``names`` and period, drawn by its mark: ``full``, ``partly``, ``nothing``, ``few`` or ``not_due``.

    The marks differ in form as well as in lightness, so that a colour-blind reader and a grey printer see the same.
    ``legend`` names those that are explained above. A scale of periods stands below too where the rows are many.
    """
    rows = Names(names)
    height = LOW_ROW if len(names) > MANY else max(ROW, rows.lines * LINE + 3)
    head = LINE * 2 + 10
    tall = len(names) > 20
    body = height * len(names)
    canvas = Canvas(head + body + (LINE + 6 if tall else 2))
    _draw_legend(canvas, legend)
    width = min(canvas.width - rows.width, WIDEST * len(periods))
    plot = canvas.plot(rows.width, head, width, body)
    plot.across, plot.down = (0, max(len(periods), 1)), (0, len(names))
    for edge in range(1, len(names)):
        plot.level(edge)
    each = width / max(len(periods), 1)
    by_mark: dict[str, list[Box]] = {}
    for row, line in enumerate(marks):
        for column, mark in enumerate(line):
            box = (plot.x(column + 0.10), plot.y(row) + 1.6, 0.8 * each, height - 3.2)
            by_mark.setdefault(mark, []).append(box)
    for mark, boxes in sorted(by_mark.items()):
        _draw_boxes(canvas, mark, boxes)
    for index in range(len(names)):
        rows.draw(canvas, index, head + (index + 0.5) * height)
    widest = max((text_width(period, style.SMALL_POINTS) for period in periods), default=0.0)
    every = max(1, -(-int(widest + 4) // max(int(each), 1)))
    for number, period in enumerate(periods):
        if (len(periods) - 1 - number) % every:
            continue
        x = rows.width + (number + 0.5) * each
        for y in (head - LINE / 2 - 1, *([head + body + LINE / 2 + 3] if tall else [])):
            canvas.text(x, y, period, size=style.SMALL_POINTS, colour=style.QUIET, anchor="middle")
    return canvas.svg()


def _draw_legend(canvas: Canvas, legend: Sequence[tuple[str, str]]) -> None:
    """A box for each mark with its name, along the top."""
    x = 0.0
    for mark, name in legend:
        _draw_boxes(canvas, mark, [(x + 0.6, 2.0, BOX * 1.6 - 1.2, BOX - 1.0)])
        canvas.text(x + BOX * 1.6 + 5, LINE / 2, name, size=style.SMALL_POINTS)
        x += BOX * 1.6 + 5 + text_width(name, style.SMALL_POINTS) + 14


def _draw_boxes(canvas: Canvas, mark: str, boxes: Sequence[Box]) -> None:
    """All boxes of one mark: filled, half filled, crossed, or a line through where none is due. A thousand are one element."""
    whole = "".join(_rectangle(*box) for box in boxes)
    match mark:
        case "full":
            canvas.path(whole, INTERVALS, fill=style.ACCENT, stroke=style.ACCENT, width=0.6)
        case "partly":
            canvas.path(whole, JOINS, fill="#ffffff", stroke=style.ACCENT, width=0.8)
            lower = "".join(_rectangle(x, y + height / 2, width, height / 2) for x, y, width, height in boxes)
            canvas.path(lower, INTERVALS, fill="#6f9cc4")
        case "nothing":
            canvas.path(whole, JOINS, fill="#ffffff", stroke=style.INK, width=0.8)
            edges = [(x, y, x + width, y + height) for x, y, width, height in boxes]
            lines = [line for x, y, end, low in edges for line in ([(x, y), (end, low)], [(x, low), (end, y)])]
            canvas.path("".join(map(stroke, lines)), INTERVALS, stroke=style.INK, width=0.8)
        case "few":
            canvas.path(whole, INTERVALS, fill=style.RULE, stroke=style.QUIET, width=0.5)
        case _:
            lines = [
                [(x + width * 0.35, y + height / 2), (x + width * 0.65, y + height / 2)]
                for x, y, width, height in boxes
            ]
            canvas.path("".join(map(stroke, lines)), INTERVALS, stroke=style.QUIET, width=0.7)


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    return outline([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
