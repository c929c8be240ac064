"""What a PDF says of its own structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf


def structure(node: Any) -> Iterator[Any]:
    """Every element of a PDF's structure tree."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from structure(kid)
