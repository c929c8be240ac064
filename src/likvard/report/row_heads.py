"""The first cell of every line of a table as its heading, in a PDF that Typst has made.

Typst tags the heads of columns; what it could tag as the head of a row is not reached from Python yet. Without it a screen
reader says a figure without saying whose it is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any


def with_row_heads(pdf: bytes) -> bytes:
    """The same PDF, smaller and with the same bytes each time, where the first cell of each line in a table's body is a heading.

    Cells no longer list their headings one by one: with a scope in every heading a reader finds both (ISO 14289-1, 7.5).
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        for body in elements(document.Root.StructTreeRoot, "/TBody"):
            for line in children(body):
                first, *others = children(line)
                first.S = pikepdf.Name.TH
                first.A = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
                for cell in others:
                    cell.A = pikepdf.Array()
        saved = io.BytesIO()
        document.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return saved.getvalue()


def children(element: Any) -> list[Any]:
    """The elements just below an element of the structure."""
    import pikepdf

    kids = element.get("/K", [])
    kids = kids if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def elements(element: Any, kind: str = "") -> Iterator[Any]:
    """All elements below an element of the structure, in the order of reading; or those of one kind, and none inside of them."""
    for kid in children(element):
        if kind in ("", str(kid.S)):
            yield kid
        if str(kid.S) != kind:
            yield from elements(kid, kind)
