"""The visual language of the reports: one typeface, one quiet palette, one set of sizes, for every form.

Every colour of a series differs from its neighbours in lightness as well as in hue, and every series has its own
mark, so that a colour-blind reader and a grey printer see the same chart. No colour means good or bad.
"""

import base64
import hashlib
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jinja2 import Template

FAMILY = "Source Sans Pro"

INK = "#1b2430"
"""Text: 15.6:1 on white."""
QUIET = "#56606d"
"""Secondary text: 6.4:1 on white."""
RULE = "#d5dae0"
"""Hairlines and grids: never carries meaning."""
TINT = "#f3f5f7"
"""Background of strips and table heads."""
ACCENT = "#0b4a7d"
"""Links, the unit that the report is about: 9.0:1 on white."""

Weight = Literal["Regular", "Semibold"]


@dataclass(frozen=True)
class SeriesStyle:
    """How one series is drawn: colour, form of the mark, and whether the mark is filled."""

    colour: str
    mark: Literal["circle", "square", "diamond", "up", "down"]
    filled: bool
    text_colour: str
    """The colour for words, dark enough for small type: at least 4.5:1 on white."""


SERIES = (
    SeriesStyle(ACCENT, "circle", True, ACCENT),
    SeriesStyle("#c9731b", "square", False, "#8f500f"),
    SeriesStyle("#7b8591", "diamond", True, QUIET),
    SeriesStyle("#3c8f82", "up", False, "#256b60"),
    SeriesStyle("#8a4f8c", "down", True, "#8a4f8c"),
)
"""The unit itself, its area, the whole, then further series in order."""

TEMPLATES = Path(__file__).parent / "templates" / "html"

WIDTH_POINTS = 493.0
"""Width of a chart: the text width of an A4 page with 18 mm margins, so that a chart is never scaled in print."""
TEXT_POINTS = 8.5
SMALL_POINTS = 7.5
HEAD_POINTS = 9.0

ENGLISH = 0x0409
"""The language in which a font is named."""

_RANGES = ((0x20, 0x7E), (0xA0, 0x17F))
_EXTRA = "\u2009\u202f\u2010\u2011–—‘’‚“”„…•‹›€™−×≤≥≈→←½²³′″"


def font_directory() -> Path:
    """The directory of the typeface's TTF files, inside its Python package."""
    return Path(str(files("font_source_sans_pro"))) / "files"


def font_file(weight: Weight) -> Path:
    """The TTF file of one weight."""
    return font_directory() / f"SourceSansPro-{weight}.ttf"


@cache
def font_data_uri(weight: Weight) -> str:
    """One weight, cut down to the Latin letters that names and texts need, as a ``data:`` address for a style sheet."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.layout_features = ["kern", "mark", "locl", "ccmp"]
    options.hinting = False
    options.notdef_outline = True
    # A time stamp would change the bytes of every report; what the cut leaves out need not be read.
    font = TTFont(font_file(weight), recalcTimestamp=False, lazy=True)
    cut = subset.Subsetter(options)
    wanted = {code for first, last in _RANGES for code in range(first, last + 1)} | {ord(mark) for mark in _EXTRA}
    cut.populate(unicodes=wanted)
    # Which of its names the rest of the font refers to (none) would take a third of the time to find out.
    names = font["name"]
    del font["name"]
    cut.subset(font)
    names.names = [one for one in names.names if one.nameID in (1, 2) and one.isUnicode() and one.langID == ENGLISH]
    font["name"] = names
    font.flavor = "woff"
    packed = io.BytesIO()
    font.save(packed)
    return "data:font/woff;base64," + base64.b64encode(packed.getvalue()).decode("ascii")


@cache
def style_sheet() -> str:
    """The whole inline style sheet of a page: typeface, palette as variables, rules."""
    faces = "".join(
        f'@font-face{{font-family:"{FAMILY}";font-weight:{number};font-style:normal;src:url({font_data_uri(weight)})'
        ' format("woff")}\n'
        for number, weight in ((400, "Regular"), (600, "Semibold"))
    )
    palette = f":root{{--ink:{INK};--quiet:{QUIET};--rule:{RULE};--tint:{TINT};--accent:{ACCENT}}}\n"
    rules = files(__package__).joinpath("templates/html/report.css").read_text(encoding="utf-8")
    return faces + palette + rules


def content_policy(style: str, script: str = "") -> str:
    """The content security policy of a page that may use this style, this script, embedded fonts: nothing else."""
    rules = ["default-src 'none'", f"style-src '{_digest(style)}'", "font-src data:", "img-src data:"]
    if script:
        rules.append(f"script-src '{_digest(script)}'")
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@cache
def page_template(name: str) -> "Template":
    """The template of a page beside the reports."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
