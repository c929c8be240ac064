"""What is wrong with deliveries, and what was set right on the way in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from likvard.errors import CodesError, ColumnsError, FileUnreadableError, LikvardError


@dataclass
class Faults:
    """Everything that is wrong with the deliveries, by kind."""

    unreadable: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def first_error(self) -> LikvardError | None:
        """The error to stop with: what makes the others meaningless comes first."""
        if self.unreadable:
            return FileUnreadableError(
                "Some delivered files cannot be read.",
                self.unreadable,
                advice="ask the sender for the file again, put it in its place and run the same command again.",
            )
        if self.columns:
            return ColumnsError(
                "Some delivered files do not have the columns that the source mapping names.",
                self.columns,
                advice="ask the sender for the agreed columns, or, if the name was changed for good, edit the line of the "
                "mapping in data/contracts/sources/.",
            )
        if self.codes:
            return CodesError(
                "Some delivered cells have a code or a form that the source mapping does not know.",
                self.codes,
                advice="ask the sender what the cells mean; add a new code to the line of the mapping named above.",
            )
        return None


@dataclass
class Reading:
    """What was not taken in as it stood; nothing here stops the run, all of it is recorded.

    ``left_out``: file and column that is in no contract. ``mended`` and ``ignored``: file, column and code with the number
    of cells. ``beyond``: files that were not expected in their delivery. ``restated``: table, delivery and the number of
    rows that replaced an earlier delivery's, with how many of them say something else.
    """

    left_out: list[dict[str, Any]] = field(default_factory=list)
    mended: list[dict[str, Any]] = field(default_factory=list)
    ignored: list[dict[str, Any]] = field(default_factory=list)
    beyond: list[dict[str, Any]] = field(default_factory=list)
    restated: list[dict[str, Any]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What a person at the desk should see, one line each."""
        lines = [f"left out {one['file']}: column {one['column']!r} is in no contract" for one in self.left_out]
        lines += [
            f"mended {one['file']}: {one['cells']} cells of {one['column']!r} with {one['code']!r}"
            for one in self.mended
        ]
        lines += [
            f"read as missing {one['file']}: {one['cells']} cells of {one['column']!r} with {one['code']!r}"
            for one in self.ignored
        ]
        lines += [
            f"restated: {one['delivery']} replaces {one['rows']} earlier rows of {one['table']}, {one['changed']} of them with "
            "other content"
            for one in self.restated
        ]
        return lines


Noted = TypeVar("Noted", Faults, Reading)


def together(parts: Iterable[Noted]) -> Noted:
    """All that was noted, in the order of the parts, of which there is at least one."""
    first, *others = parts
    for name in (each.name for each in fields(first)):
        for other in others:
            getattr(first, name).extend(getattr(other, name))
    return first
