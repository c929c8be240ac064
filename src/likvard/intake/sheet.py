"""A delivered table as rows of text, before anything is known about its columns."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_COLUMNS = 500
MOST_ROWS = 5_000_000


@dataclass
class Sheet:
    """The rows of a file in their order, and the row number of each in the sender's file (the first is 1).

    ``dated`` tells, by place of the column, in which rows a workbook holds a date and not a text.
    """

    rows: list[list[str]]
    numbers: list[int]
    dated: dict[int, set[int]] = field(default_factory=dict)


def is_blank(row: list[str]) -> bool:
    """Whether the row holds nothing."""
    return not any(cell.strip() for cell in row)
