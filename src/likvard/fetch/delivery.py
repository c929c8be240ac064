"""What an importer hands over: tidy tables and the record of their origin."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Fetched:
    """Tidy tables by name, and where they come from. ``origin`` never holds a value about a person."""

    tables: dict[str, pd.DataFrame]
    origin: dict[str, Any]


@dataclass(frozen=True)
class Receipt:
    """That something was received: where from, and the SHA-256 and size of exactly the bytes that came."""

    location: str
    sha256: str
    byte_count: int


def receipt(location: str, content: bytes) -> Receipt:
    """The receipt for ``content``; ``location`` is a file name or the path of a URL, no machine path, no query."""
    return Receipt(location, hashlib.sha256(content).hexdigest(), len(content))


def origin_of(
    source: str,
    retrieved_at: datetime,
    receipts: Sequence[Receipt],
    tables: Mapping[str, pd.DataFrame],
    **more: Any,
) -> dict[str, Any]:
    """The record of origin: source, place, time, hash of the bytes as received, and rows of each table.

    For one receipt ``sha256`` is the hash of its bytes; for several it is the hash of their hashes, one a line, in the
    order in which they came. ``retrieved_at`` needs a time zone. ``more`` adds what only this source can tell.
    """
    if retrieved_at.tzinfo is None:
        raise ValueError("retrieved_at has no time zone")
    listing = "".join(f"{one.sha256}\n" for one in receipts)
    combined = receipts[0].sha256 if len(receipts) == 1 else hashlib.sha256(listing.encode()).hexdigest()
    return {
        "source": source,
        "locations": list(dict.fromkeys(one.location for one in receipts)),
        "retrieved_at": retrieved_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sha256": combined,
        "received_count": len(receipts),
        "received_bytes": sum(one.byte_count for one in receipts),
        "rows": {name: len(frame) for name, frame in tables.items()},
        **more,
    }


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """``frame`` as UTF-8 CSV with ``,`` and LF, sorted by its columns from left to right: equal rows, equal bytes."""
    ordered = frame.sort_values(list(frame.columns), kind="stable", na_position="first") if len(frame) else frame
    return ordered.to_csv(index=False, lineterminator="\n").encode()


def table_of(rows: Iterable[Mapping[str, object]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame of ``rows`` with exactly ``columns`` (name → pandas type) in their order, also without rows."""
    frame = pd.DataFrame(list(rows), columns=list(columns))
    return frame.astype(dict(columns))
