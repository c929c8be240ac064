"""How checks speak: in one language, and without the numbers that are too small to be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from likvard.contracts import Field, Table
from likvard.contracts.periods import is_period, title
from likvard.language import Language

MOST_NAMED = 5


@dataclass(frozen=True)
class Telling:
    """The words of checks in ``language``. Of fewer rows than ``fewest`` only that is said: they may be one school's pupils.

    The sender must know how many rows to look for, and is told with ``fewest`` 0; readers of reports are not. With ``ids``
    periods are called as in the data, otherwise as people write them.
    """

    language: Language
    fewest: int = 0
    ids: bool = False

    def say(self, msgid: str, **named: object) -> str:
        """The text in the language, with its placeholders filled in."""
        return self.language.text(msgid, **named)

    def count(self, count: int) -> str:
        """A number of rows at fault; nothing where the fault is not a matter of rows."""
        if not count:
            return ""
        if count < self.fewest:
            return self.say("fewer than {count}", count=self.fewest)
        return self.language.number(count)

    def rows(self, count: int) -> str:
        """A number of rows in words."""
        if 0 < count < self.fewest:
            return self.say("fewer than {count} rows", count=self.fewest)
        return self.say("1 row") if count == 1 else self.say("{count} rows", count=self.language.number(count))

    def have(self, count: int) -> str:
        """The verb that goes with a number of rows."""
        return self.say("has") if count == 1 and self.fewest < 2 else self.say("have")

    def per_cent(self, share: float, *, decimals: int = 0) -> str:
        """A share as a percentage, never rounded up, so that 79.96 does not read as a full 80."""
        scale = 10**decimals
        written = self.language.number(math.floor(round(share * 100 * scale, 6)) / scale, decimals)
        return self.say("{number} %", number=written)

    def some_of(self, names: Sequence[str]) -> str:
        """The first few of the names, and how many more there are."""
        first, more = ", ".join(names[:MOST_NAMED]), len(names) - MOST_NAMED
        return self.say("{names} and {count} more", names=first, count=more) if more > 0 else first

    def all_of(self, names: Sequence[str]) -> str:
        """All of the names, joined."""
        return (
            self.say("{names} and {last}", names=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else names[0]
        )

    def title(self, of: Field | Table) -> str:
        """The name of a table or a column in the language."""
        return of.swedish.title if self.language.code == "sv" else of.title

    def owner(self, table: Table) -> str:
        """Who sends the table."""
        return table.swedish.owner if self.language.code == "sv" else table.owner

    def unit(self, field: Field) -> str:
        """What the column is measured in, after a space; nothing where it has no unit."""
        unit = field.swedish.unit if self.language.code == "sv" else field.unit
        return f" {unit}" if unit else ""

    def period(self, name: str | None, table: Table) -> str:
        """A period of the table as it is written; what is no period is called by its own name."""
        grains = [grain for field in table.fields.values() for grain in field.period if is_period(str(name), grain)]
        return str(name) if self.ids or not grains else title(str(name), grains[0], self.language.code)

    def called(self, field: Field) -> str:
        """The column as people know it."""
        return f"'{field.name}' ({self.title(field)})"
