"""A report as a tagged PDF (PDF/UA-1), set by Typst from the same executed notebook as the HTML page.

The Typst template is static. Everything that varies reaches it as one JSON document, so that a name is never
typesetting code.
"""

import json
from dataclasses import asdict
from typing import Any

import nbformat

from likvard.language import Language
from likvard.report import press, style
from likvard.report.document import read_document
from likvard.report.meta import ReportMeta, kind_name
from likvard.report.row_heads import with_row_heads

PAGES = "report_pages.typ"
"""The template of a report's pages."""


def render_pdf(notebook: nbformat.NotebookNode, meta: ReportMeta) -> bytes:
    """The PDF of one report; what PDF/UA-1 requires and the report lacks is an error from Typst."""
    language = Language(meta.language)
    sections = [vars(section) for section in read_document(notebook, language)]
    return typeset({**about(meta, language), "sections": sections}, PAGES)


def warm_up() -> None:
    """Nothing; what sets the pages and what finishes them are loaded, before processes are forked."""
    import pikepdf  # noqa: F401

    press.warm_up()


def typeset(document: dict[str, Any], pages: str) -> bytes:
    """The PDF of a document, which has at least what ``about`` says and ``sections``; ``pages`` is the template of its pages."""
    return with_row_heads(press.set_pages((json.dumps(document, ensure_ascii=False, sort_keys=True), pages)))


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
