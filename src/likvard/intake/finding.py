"""What intake found in a delivered file: by code, with file, row and column, and never with what a cell holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from likvard.intake.rulings import RULINGS, Act
from likvard.language import Language

MOST_ROWS_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was found. ``rows`` are those of the sender's file, the first is 1; ``named`` fills in the text."""

    code: str
    file: str
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int = 0
    named: tuple[tuple[str, str], ...] = ()

    @property
    def act(self) -> Act:
        """What is done about it."""
        return RULINGS[self.code].act

    def place(self, language: Language) -> str:
        """File, rows and column as people say them."""
        parts = [self.file]
        if self.rows:
            first = ", ".join(str(row) for row in self.rows[:MOST_ROWS_NAMED])
            more = self.count - min(len(self.rows), MOST_ROWS_NAMED)
            one = self.count == 1
            named = language.text("row {rows}", rows=first) if one else language.text("rows {rows}", rows=first)
            parts.append(named + (" " + language.text("and {count} more", count=more) if more > 0 else ""))
        if self.column:
            parts.append(language.text("column “{column}”", column=self.column))
        return ", ".join(parts)

    def what(self, language: Language) -> str:
        """What was found."""
        return language.text(RULINGS[self.code].what, **self._named(language))

    def ask(self, language: Language) -> str:
        """What to ask the sender for; empty where nothing is needed."""
        text = RULINGS[self.code].ask
        return language.text(text, **self._named(language)) if text else ""

    def _named(self, language: Language) -> dict[str, str]:
        """What fills in the text; a name that ends in the code of the language goes before the one without."""
        named = dict(self.named)
        own = {name: named.get(f"{name}_{language.code}", value) for name, value in named.items()}
        return {"count": str(self.count), "column": self.column, **own}

    def line(self, language: Language) -> str:
        """The finding as one line: where, what and what to ask for."""
        ask = self.ask(language)
        return f"{self.place(language)}: {self.what(language)}" + (f" {ask}" if ask else "")


@dataclass
class Findings:
    """All that was found in one file; ``merged_rows`` are the rows of a workbook that have merged cells."""

    file: str
    found: list[Finding] = field(default_factory=list)
    merged_rows: set[int] = field(default_factory=set)

    def add(
        self, code: str, column: str = "", rows: Iterable[int] = (), count: int | None = None, **named: str
    ) -> None:
        """Note one finding; ``count`` is by default the number of ``rows``."""
        places = tuple(sorted(int(row) for row in rows))
        number = len(places) if count is None else count
        self.found.append(Finding(code, self.file, column, places, number, tuple(named.items())))

    @property
    def refused(self) -> bool:
        """Whether the file as a whole cannot be taken in."""
        return any(one.act == "refuse" for one in self.found)

    def of(self, *acts: Act) -> list[Finding]:
        """The findings with one of these consequences."""
        return [one for one in self.found if one.act in acts]
