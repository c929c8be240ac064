"""Typst in processes that stay and set one document after the other.

Typst takes a quarter of a second for the first page that it sets in a process. And a process where it has run must not be
forked: its threads do not come along, and the next page set in the fork would wait for them for ever. So it never runs in a
process that may yet fork, and where many documents are printed it runs beside those that make them.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import socket
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import TYPE_CHECKING

from likvard.report import style
from likvard.report.apart import METHOD, TaskLostError, each, follow_parent, is_apart

if TYPE_CHECKING:
    import typst

TIMESTAMP = 0
"""A fixed moment: the time of a run would give every run different bytes."""

Document = tuple[str, str]
"""A document as JSON and the name of its pages' template."""

_address = ""


@contextlib.contextmanager
def press(count: int = 1) -> Iterator[None]:
    """While the block runs, so many processes set what ``set_pages`` is given here and in the processes forked from here.

    Where processes are not forked each has its own Typst, which stays as they do.
    """
    global _address
    if METHOD != "fork":
        yield
        return
    _compiler()
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder) / "press")
        door = socket.socket(socket.AF_UNIX)
        door.bind(address)
        door.listen(128)
        context = multiprocessing.get_context("fork")
        serving = [context.Process(target=_serve, args=(door,), daemon=True) for _ in range(count)]
        for process in serving:
            process.start()
        before, _address = _address, address
        door.close()  # only those who serve hold it open: where none of them is left, whoever asks is refused at once
        try:
            yield
        finally:
            _address = before
            for process in serving:
                process.kill()
                process.join()


def set_pages(document: Document) -> bytes:
    """The PDF of a document. Errors: Typst's own, where PDF/UA-1 requires what the document lacks; ``TaskLostError``."""
    if _address:
        with contextlib.suppress(EOFError, OSError), Client(_address) as asked:
            asked.send(document)
            made = asked.recv()
            if isinstance(made, Exception):
                raise made
            return bytes(made)
    if is_apart():
        return _set_here(document)
    (ended,) = each(_set_here, [document])
    if ended.error is not None or ended.value is None:
        raise ended.error or TaskLostError("Typst made nothing")
    return ended.value


def _serve(door: socket.socket) -> None:
    """Nothing; one document after the other is set, until the process that started this one ends."""
    follow_parent()
    while True:
        with contextlib.suppress(EOFError, OSError), Connection(door.accept()[0].detach()) as asked:
            document = asked.recv()
            try:
                asked.send(_set_here(document))
            except Exception as failure:
                asked.send(failure)


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


@cache
def _template(pages: str) -> bytes:
    folder = files(__package__).joinpath("templates")
    return folder.joinpath("report.typ").read_bytes() + folder.joinpath(pages).read_bytes()
