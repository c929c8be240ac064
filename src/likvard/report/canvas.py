"""The paper that charts are drawn on: a figure of fixed size in points, our typeface, and its SVG as stable bytes.

Everything is laid out in points from measured text, never by matplotlib's automatic layout, so that a long name gets
the room it needs and the same data gives the same bytes on every machine.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from likvard.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

# How matplotlib writes the type of a text: `600 8.5px 'Source Sans Pro'`.
_TYPE = re.compile(r"(?:(\d+) )?([\d.]+)px .*")


class Canvas:
    """A figure of a fixed width and a given height, in points from the top left corner."""

    def __init__(self, height: float, width: float = style.WIDTH_POINTS) -> None:
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")

    def axes(self, left: float, top: float, width: float, height: float) -> "Axes":
        """Axes in the given rectangle, without frame or ticks."""
        bounds = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        drawn = self.figure.add_axes(bounds)
        drawn.set_facecolor("none")
        for side in drawn.spines.values():
            side.set_visible(False)
        drawn.tick_params(length=0, pad=4, labelsize=style.SMALL_POINTS, labelcolor=style.QUIET)
        return drawn

    def text(self, x: float, y: float, text: str, **how: Any) -> None:
        """Text at a point measured from the top left corner."""
        self.figure.text(x / self.width, 1 - y / self.height, text, **text_style(**how))

    def mark(self, x: float, y: float, series: style.SeriesStyle) -> None:
        """The mark of a series at a point measured from the top left corner."""
        from matplotlib.lines import Line2D

        where = ([x / self.width], [1 - y / self.height])
        self.figure.add_artist(Line2D(*where, transform=self.figure.transFigure, **mark_style(series)))

    def svg(self, exhibit_id: str) -> str:
        """The drawing as one ``<svg>`` element whose ids begin with the exhibit's id."""
        import matplotlib

        buffer = io.StringIO()
        with matplotlib.rc_context({"svg.hashsalt": exhibit_id, "svg.fonttype": "none", "svg.id": None}):
            self.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
        return _compact(buffer.getvalue(), exhibit_id)


@contextmanager
def drawing() -> Iterator[None]:
    """A matplotlib whose settings are ours alone: a reader's own matplotlibrc must not change a report.

    The ground is seaborn's style for print, as in an analyst's own charts in JupyterLab; the house's type and ink lie over it.
    """
    import matplotlib
    import seaborn

    _register_fonts()
    settings = {key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith("backend")}
    settings |= seaborn.axes_style("ticks") | seaborn.plotting_context("paper")
    settings |= {
        "font.family": style.FAMILY,
        "font.size": style.TEXT_POINTS,
        "text.color": style.INK,
        "axes.unicode_minus": True,
        "text.parse_math": False,
        "path.simplify": False,
    }
    with matplotlib.rc_context(settings):
        yield


def text_style(
    size: float = style.TEXT_POINTS, colour: str = style.INK, bold: bool = False, **more: Any
) -> dict[str, Any]:
    """Matplotlib's arguments for a text of the house; a ``$`` in a name is a dollar sign, not mathematics."""
    weight = "semibold" if bold else "normal"
    return {"fontsize": size, "color": colour, "fontweight": weight, "va": "center", "parse_math": False, **more}


def mark_style(series: style.SeriesStyle, size: float = 6.0) -> dict[str, Any]:
    """Matplotlib's arguments for the mark of a series."""
    return {
        "marker": series.mark,
        "markersize": size - (0.8 if series.mark == "D" else 0),  # a diamond of the same size looks larger
        "markerfacecolor": series.colour if series.filled else "white",
        "markeredgecolor": series.colour,
        "markeredgewidth": 1.3,
        "linestyle": "none",
    }


@cache
def text_width(text: str, size: float = style.TEXT_POINTS, bold: bool = False) -> float:
    """The width of a line of text in points."""
    from matplotlib.textpath import text_to_path

    if not text:
        return 0.0
    width, _, _ = text_to_path.get_text_width_height_descent(
        text, _font("Semibold" if bold else "Regular", size), False
    )
    return float(width)


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


@cache
def _font(weight: style.Weight, size: float) -> "FontProperties":
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(style.font_file(weight)), size=size)


@cache
def _register_fonts() -> None:
    from matplotlib.font_manager import fontManager

    for weight in ("Regular", "Semibold"):
        fontManager.addfont(style.font_file(weight))


def _compact(text: str, exhibit_id: str) -> str:
    """The SVG with short own ids, no prolog, no style element or attribute, and two decimals.

    Style attributes become presentation attributes: the page's content policy forbids inline style, and a style element
    inside an SVG would reach the whole page.
    """
    root = ElementTree.fromstring(text)  # noqa: S314 – matplotlib wrote it a moment ago
    names: dict[str, str] = {}
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.text = element.text if element.tag == "text" else None
        element.tail = None
        for key in list(element.attrib):
            value = element.attrib.pop(key)
            key = key.rpartition("}")[2]
            if key == "style":
                element.attrib.update(_presentation(value))
            elif key in ("d", "transform", "x", "y", "width", "height"):
                element.set(key, _rounded(value))
            else:
                element.set(key, value)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter("text"):
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
    used = set(
        re.findall(r"(?:url\(#|\"#)([^)\"]+)", " ".join(f'"{v}"' for e in root.iter() for v in e.attrib.values()))
    )
    for element in root.iter():
        identity = element.attrib.pop("id", "")
        if identity in used:
            names[identity] = f"{exhibit_id}-{len(names):x}"
            element.set("id", names[identity])
    for element in root.iter():
        for key, value in element.attrib.items():
            element.set(key, re.sub(r"#([\w-]+)", lambda found: "#" + names.get(found[1], found[1]), value))
        _shorten_use(element)
    _unwrap(root)
    view = root.attrib.get("viewBox", "")
    width, height = (f"{float(side):g}" for side in view.split()[2:])
    root.attrib.clear()
    root.attrib.update(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": view,
            "width": width,
            "height": height,
            "stroke-linejoin": "round",
            "font-family": style.FAMILY,
        }
    )
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True).replace(" />", "/>")


def _presentation(declarations: str) -> dict[str, str]:
    pairs = (pair.split(":", 1) for pair in declarations.split(";") if ":" in pair)
    found = {key.strip(): value.strip() for key, value in pairs}
    written = _TYPE.fullmatch(found.pop("font", ""))
    if written:
        weight, size = written.groups()
        found |= {"font-size": size} | ({"font-weight": weight} if weight else {})
    # The root says the family of all texts.
    found.pop("font-family", None)
    if found.get("text-anchor") == "start":
        del found["text-anchor"]
    return found


def _rounded(value: str) -> str:
    # A scale keeps all its decimals: it is multiplied by coordinates in the thousands.
    short = re.sub(r"scale\([^)]*\)|-?\d+\.\d+", _two_decimals, value)
    return (
        re.sub(r"\s*([A-Za-z])\s*(?![a-z])", r"\1", short) if short[:1] in "Mm" and "(" not in short else short.strip()
    )


def _two_decimals(found: re.Match[str]) -> str:
    if found[0].startswith("scale"):
        return found[0]
    short = f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _shorten_use(element: ElementTree.Element) -> None:
    """A letter's place as ``x`` instead of a transform: a chart holds hundreds of letters."""
    moved = re.fullmatch(r"translate\(([-\d.]+) 0\)", element.get("transform", ""))
    if element.tag == "use" and moved and "x" not in element.attrib:
        del element.attrib["transform"]
        element.set("x", f"{float(moved[1]):.1f}".removesuffix(".0"))


def _unwrap(parent: ElementTree.Element) -> None:
    """Groups that say nothing are replaced by their children: matplotlib names every artist with a group."""
    children: list[ElementTree.Element] = []
    for child in list(parent):
        _unwrap(child)
        if child.tag == "g" and not child.attrib:
            children.extend(child)
        elif child.tag == "defs" and not len(child):
            continue
        else:
            children.append(child)
    parent[:] = children
