"""A meeting pack as slides: one HTML file that works from disk, with reveal.js inside it and nothing from any host.

nbconvert's own template fetches reveal.js and more from the web. Ours puts the copy in that the package ``pyreveal`` carries
(reveal.js, MIT), and reads as one plain page where no script runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from likvard.language import Language
from likvard.report.exhibit import MIME_TYPE
from likvard.report.fragments import part_html
from likvard.report.meeting.pages import Block, Page
from likvard.report.meta import ReportMeta
from likvard.report.style import TEMPLATES, content_policy, style_sheet

if TYPE_CHECKING:
    from nbconvert.exporters import SlidesExporter

MESSAGES_ON_A_SLIDE = 3
_INSIDE_A_CHART = re.compile(r'\bid="|href="#|url\(#')
"""Where a chart names its own pieces: the same chart comes once per unit, and a piece of a hidden slide is not drawn."""


def render_slides(pages: Sequence[Page], meta: ReportMeta) -> str:
    """The slides of the pages: side by side one stack per page, below each other its blocks."""
    language = Language(meta.language)
    style, script = (
        style_sheet() + reveal_file("reveal.css") + own_file("slides.css"),
        reveal_file("reveal.js") + own_file("slides.js"),
    )
    deck = {
        "title": f"{meta.unit_name} – {meta.edition_label}",
        "meta": meta,
        "text": language.text,
        "style": style,
        "script": script,
        "policy": content_policy(style, script),
        "slide": lambda cell: _slide_html(cell, language),
    }
    made, _ = _exporter().from_notebook_node(as_notebook(pages), resources={"deck": deck})
    return str(made)


def as_notebook(pages: Sequence[Page]) -> nbformat.NotebookNode:
    """The pages as a notebook with nbconvert's metadata of slides: a cell per slide, with its blocks as an output."""
    cells: list[nbformat.NotebookNode] = []
    for page in pages:
        slides = list(_slides(page))
        for place, blocks in enumerate(slides):
            content = {
                "kicker": page.kicker,
                "title": page.title,
                "subtitle": page.subtitle,
                "first": place == 0,
                "blocks": blocks,
            }
            cell = new_code_cell(id=f"slide-{len(cells)}", outputs=[new_output("display_data", {MIME_TYPE: content})])
            # What nbconvert's own template for slides makes of "slide" and "subslide" before it begins.
            cell.metadata |= {"slide_start": place == 0, "slide_end": place == len(slides) - 1}
            cells.append(cell)
    return new_notebook(cells=cells)


def _slides(page: Page) -> Iterator[list[Block]]:
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


def _slide_html(cell: nbformat.NotebookNode, language: Language) -> str:
    """One slide as HTML, everything in it escaped; ids are the slide's own, as the same exhibit comes once per unit."""
    content = cell.outputs[0].data[MIME_TYPE]
    first = content["first"]
    tag, number = ("h1" if cell.id == "slide-0" else "h2"), cell.id.removeprefix("slide-")
    head = f'<p class="kicker">{escape(content["kicker"])}</p><{tag}>{escape(content["title"])}</{tag}>'
    under = f'<p class="subtitle">{escape(content["subtitle"])}</p>' if content["subtitle"] else ""
    again = f'<p class="kicker">{escape(content["kicker"])} <span>{escape(content["title"])}</span></p>'
    body = "".join(_block_html(block, language, number) for block in content["blocks"])
    return (head + under if first else again) + body


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
    exporter = SlidesExporter(**own)
    exporter.environment.autoescape = True  # as in the reports: a name is never markup
    exporter.environment.trim_blocks = True
    exporter.environment.lstrip_blocks = True
    return exporter
