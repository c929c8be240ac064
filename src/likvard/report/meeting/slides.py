"""A meeting pack as slides: one HTML file that works from disk, with reveal.js inside it and nothing from any host.

nbconvert's own template fetches reveal.js and more from the web. Ours puts the copy in that the package ``pyreveal`` carries
(reveal.js, MIT), and reads as one plain page where no script runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_notebook

from likvard.language import Language
from likvard.report.fragments import part_html
from likvard.report.meeting.pages import Block, Page
from likvard.report.meta import ReportMeta
from likvard.report.style import TEMPLATES, content_policy, style_sheet

if TYPE_CHECKING:
    from nbconvert.exporters import SlidesExporter

MESSAGES_ON_A_SLIDE = 3
_INSIDE_A_CHART = re.compile(r'\bid="|href="#|url\(#')
"""Where a chart names its own pieces: the same chart comes once per unit, and a piece of a hidden slide is not drawn."""


@dataclass(frozen=True)
class Slide:
    """Some blocks of a page on a slide of their own, which starts or ends the page's stack."""

    number: int
    page: Page
    blocks: list[Block]
    starts: bool
    ends: bool


def render_slides(pages: Sequence[Page], meta: ReportMeta) -> str:
    """The slides of the pages: side by side one stack per page, below each other its blocks."""
    language = Language(meta.language)
    deck = {
        "title": f"{meta.unit_name} – {meta.edition_label}",
        "meta": meta,
        "text": language.text,
        "slides": slides_of(pages),
        "slide": lambda slide: _slide_html(slide, language),
        **_inside(),
    }
    # nbconvert copies the notebook that it is given, and compares it with its schema; all slides are in the deck.
    made, _ = _exporter().from_notebook_node(new_notebook(), resources={"deck": deck})
    return str(made)


def slides_of(pages: Sequence[Page]) -> list[Slide]:
    """The slides of the pages in order."""
    slides: list[Slide] = []
    for page in pages:
        blocks = list(_blocks_of_slides(page))
        slides += [
            Slide(len(slides) + place, page, some, starts=place == 0, ends=place == len(blocks) - 1)
            for place, some in enumerate(blocks)
        ]
    return slides


def _blocks_of_slides(page: Page) -> Iterator[list[Block]]:
    """The blocks of each slide of a page: an exhibit or three messages have one of their own, what else there is goes together."""
    together: list[Block] = []
    for block in page.blocks:
        alone = block["kind"] in ("exhibit", "messages", "form")
        opens = block["kind"] == "heading"
        if together and (alone or opens):
            yield together
            together = []
        if block["kind"] == "messages":
            items = block["items"]
            for start in range(0, len(items), MESSAGES_ON_A_SLIDE):
                yield [block | {"id": f"{block['id']}-{start}", "items": items[start : start + MESSAGES_ON_A_SLIDE]}]
        elif alone:
            yield [block]
        else:
            together.append(block)
    if together:
        yield together


def _slide_html(slide: Slide, language: Language) -> str:
    """One slide as HTML, everything in it escaped; ids are the slide's own, as the same exhibit comes once per unit."""
    page, tag = slide.page, "h1" if slide.number == 0 else "h2"
    head = f'<p class="kicker">{escape(page.kicker)}</p><{tag}>{escape(page.title)}</{tag}>'
    under = f'<p class="subtitle">{escape(page.subtitle)}</p>' if page.subtitle else ""
    again = f'<p class="kicker">{escape(page.kicker)} <span>{escape(page.title)}</span></p>'
    body = "".join(_block_html(block, language, str(slide.number)) for block in slide.blocks)
    return (head + under if slide.starts else again) + body


def _block_html(block: Block, language: Language, slide: str) -> str:
    match block["kind"]:
        case "heading":
            return f"<h3>{_text(block['runs'])}</h3>"
        case "paragraph":
            return f"<p>{_text(block['runs'])}</p>"
        case "list":
            return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in block["items"]) + "</ul>"
        case "form":
            return "<ul>" + "".join(f"<li>{escape(name)}</li>" for name in block["columns"]) + "</ul>"
        case "messages":
            items = part_html(block | {"note": "", "note_href": "#"}, language)
            return re.sub(r'<p class="note">.*?</p>', "", items).replace('id="', f'id="s{slide}-')
        case _:
            part = block | {"id": f"s{slide}-{block['id']}"}
            if block.get("svg"):
                part["svg"] = _INSIDE_A_CHART.sub(rf"\g<0>s{slide}-", block["svg"])
            return part_html(part, language, 3)


def _text(runs: Sequence[dict[str, Any]]) -> str:
    return "".join(f"<em>{escape(run['text'])}</em>" if run["emphasis"] else escape(run["text"]) for run in runs)


def warm_up() -> None:
    """Nothing; what all slides have in common, and the template, are loaded before processes are forked."""
    new_notebook()
    _inside()
    _exporter().template  # noqa: B018


@cache
def _inside() -> dict[str, str]:
    """What every file of slides carries: the style sheet, the script, and the policy that lets nothing else in."""
    style = style_sheet() + reveal_file("reveal.css") + own_file("slides.css")
    script = reveal_file("reveal.js") + own_file("slides.js")
    return {"style": style, "script": script, "policy": content_policy(style, script)}


@cache
def reveal_file(name: str) -> str:
    """A file of the built reveal.js that the package carries."""
    found = distribution("pyreveal").locate_file(f"pyreveal/revealjs/dist/{name}")
    return Path(str(found)).read_text(encoding="utf-8") + "\n"


@cache
def own_file(name: str) -> str:
    """A file of our own beside the templates."""
    return files("likvard.report").joinpath(f"templates/html/{name}").read_text(encoding="utf-8")


@cache
def _exporter() -> SlidesExporter:
    from nbconvert.exporters import SlidesExporter

    own: dict[str, Any] = {"template_paths": [str(TEMPLATES)], "template_file": "slides.html.j2"}
    own["default_preprocessors"] = []  # there are no cells for them
    exporter = SlidesExporter(**own)
    exporter.environment.autoescape = True  # as in the reports: a name is never markup
    exporter.environment.trim_blocks = True
    exporter.environment.lstrip_blocks = True
    return exporter
