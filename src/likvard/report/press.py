"""Typst, which sets the pages, once in each process that makes a report.

A process where Typst has run must not be forked: its threads do not come along, and the next page set in the fork would wait for
them for ever. So it never runs in a process that may yet fork, which only loads it. And it never stays: for each document that
it has set it keeps memory, and the next takes it longer.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from likvard.apart import TaskLostError, each, is_apart
from likvard.report import style

if TYPE_CHECKING:
    import typst

TIMESTAMP = 0
"""A fixed moment: the time of a run would give every run different bytes."""

Document = tuple[str, str]
"""A document as JSON and the name of its pages' template."""


def set_pages(document: Document) -> bytes:
    """The PDF of a document. Errors: Typst's own, where PDF/UA-1 requires what the document lacks; ``TaskLostError``."""
    if is_apart():
        return _set_here(document)
    warm_up()
    (ended,) = each(_set_here, [document])
    if ended.error is not None or ended.value is None:
        raise ended.error or TaskLostError("Typst made nothing")
    return ended.value


def warm_up() -> None:
    """Nothing; Typst and its fonts are loaded once, before processes are forked."""
    _compiler()


def _set_here(document: Document) -> bytes:
    told, pages = document
    made = _compiler().compile(
        _template(pages), format="pdf", sys_inputs={"report": told}, pdf_standards="ua-1", timestamp=TIMESTAMP
    )
    if not isinstance(made, bytes):
        raise TypeError(f"Typst made {type(made).__name__} instead of one PDF")
    return made


@cache
def _compiler() -> typst.Compiler:
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(style.font_directory())]
    )
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


def _template(pages: str) -> bytes:
    folder = files(__package__).joinpath("templates")
    return folder.joinpath("report.typ").read_bytes() + folder.joinpath(pages).read_bytes()
