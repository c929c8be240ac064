"""A report as a tagged PDF (PDF/UA-1), set by Typst from the same executed notebook as the HTML page.

The Typst template is static. Everything that varies reaches it as one JSON document, so that a name is never
typesetting code.
"""

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import nbformat

from likvard.language import Language
from likvard.report import style
from likvard.report.apart import TaskLostError, each, is_apart
from likvard.report.document import read_document
from likvard.report.meta import ReportMeta, kind_name
from likvard.report.row_heads import with_row_heads

if TYPE_CHECKING:
    import typst

PAGES = "report_pages.typ"
"""The template of a report's pages."""
TIMESTAMP = 0
"""A fixed moment: the time of a run would give every run different bytes."""


def render_pdf(notebook: nbformat.NotebookNode, meta: ReportMeta) -> bytes:
    """The PDF of one report; what PDF/UA-1 requires and the report lacks is an error from Typst."""
    language = Language(meta.language)
    sections = [asdict(section) for section in read_document(notebook, language)]
    return typeset({**about(meta, language), "sections": sections}, PAGES)


def typeset(document: dict[str, Any], pages: str) -> bytes:
    """The PDF of a document, which has at least what ``about`` says and ``sections``; ``pages`` is the template of its pages.

    Typst never runs in a process that may yet fork: its threads do not come along, and the next page set in the fork would wait for
    them for ever. So it runs here only where this process is one that was made for a task, else in one of its own.
    Errors: ``TaskLostError``.
    """
    told = json.dumps(document, ensure_ascii=False, sort_keys=True), pages
    if is_apart():
        return _typeset(told)
    (ended,) = each(_typeset, [told])
    if ended.error is not None or ended.value is None:
        raise ended.error or TaskLostError("Typst made nothing")
    return ended.value


def _typeset(told: tuple[str, str]) -> bytes:
    report, pages = told
    made = _compiler().compile(
        _template(pages), format="pdf", sys_inputs={"report": report}, pdf_standards="ua-1", timestamp=TIMESTAMP
    )
    if not isinstance(made, bytes):
        raise TypeError(f"Typst made {type(made).__name__} instead of one PDF")
    return with_row_heads(made)


def about(meta: ReportMeta, language: Language) -> dict[str, Any]:
    """What every printed document knows of itself: whose it is, the words around its parts, the visual language."""
    return {
        "meta": asdict(meta),
        "kind_name": kind_name(meta.unit_kind, language, meta.area_kind),
        "words": {
            "draft": language.text("Draft"),
            "quality": language.text("Quality of the data"),
            "source": language.text("Source: {source}"),
            "figures": language.text("The figures behind the charts"),
            "ids": language.text("The ids of the figures"),
            "ids_explained": language.text(
                "Line by line and from left to right in each table. The index page of the edition tells what a figure is by its id,"
                " and the command likvard trace where it comes from."
            ),
            "figures_at": language.text("Figures: page {page}."),
            "page": language.text("Page {page} of {pages}"),
            "log": language.text("Log"),
        },
        "style": {
            "family": style.FAMILY,
            "ink": style.INK,
            "quiet": style.QUIET,
            "rule": style.RULE,
            "tint": style.TINT,
            "accent": style.ACCENT,
        },
    }


def warm_up() -> None:
    """Nothing; Typst has read its fonts."""
    _compiler()
    _template(PAGES)


@cache
def _compiler() -> "typst.Compiler":
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(style.font_directory())]
    )
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


@cache
def _template(pages: str) -> bytes:
    folder = files(__package__).joinpath("templates")
    return folder.joinpath("report.typ").read_bytes() + folder.joinpath(pages).read_bytes()
