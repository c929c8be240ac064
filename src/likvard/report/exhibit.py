"""The parts that a report is made of: figures and tables with their data, headline numbers, text, definitions.

Each part shows itself in JupyterLab and carries, in its own MIME type, everything that the HTML and PDF reports need,
so that an executed notebook is the only thing that passes between analysis and form.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from likvard.report.fragments import lab_html

MIME_TYPE = "application/vnd.likvard.exhibit+json"
STATUSES = ("shown", "held_back", "too_few", "protects_another", "rounded", "missing", "not_applicable", "not_yet")
SHORTEST_ALT = 40

_ID = re.compile(r"[a-z][a-z0-9_-]*")


class _Part:
    """Something that a notebook cell can end with."""

    kind: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """The part as plain JSON values, with its kind."""
        return {"kind": self.kind, **_plain(vars(self))}

    def plain(self) -> str:
        """The part as plain text, for a terminal or a screen without HTML."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        payload = self.payload()
        return {"text/html": lab_html(payload), MIME_TYPE: payload, "text/plain": self.plain()}


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text as printed, why it is absent or coarse, and the figure it can be traced to.

    A cell that is not shown holds the short word for why ("too few") as its text: never 0 and never nothing.
    """

    text: str
    status: str = "shown"
    figure_id: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"unknown status {self.status!r}; a cell is one of: {', '.join(STATUSES)}")
        if self.status not in ("shown", "rounded") and self.text.strip() in ("", "0"):
            raise ValueError(f"a cell with status {self.status!r} says why in words; it had {self.text!r}")


@dataclass(frozen=True)
class Table:
    """A table as printed: the first column names the rows, the others hold figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str

    def __post_init__(self) -> None:
        uneven = [number for number, row in enumerate(self.rows, start=1) if len(row) != len(self.columns)]
        if uneven:
            raise ValueError(f"table {self.caption!r}: rows {uneven} do not have {len(self.columns)} cells")

    def plain(self) -> str:
        """The table as tab-separated lines under its caption."""
        lines = [self.caption, "\t".join(self.columns), *("\t".join(cell.text for cell in row) for row in self.rows)]
        return "\n".join(lines)


@dataclass(frozen=True)
class Comment:
    """What somebody in the unit wants to have said beside an exhibit: the text, its language, and who wrote which version when."""

    text: str
    language: str
    signed: str


@dataclass(frozen=True)
class Exhibit(_Part):
    """A figure, or a table where ``svg`` is None, with all that makes it readable: question, caption, alt, data, comments."""

    kind: ClassVar[str] = "exhibit"
    id: str
    title: str
    question: str
    caption: str
    alt: str
    source: str
    table: Table
    svg: str | None = None
    comments: tuple[Comment, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.id)
        if self.svg is not None and len(self.alt) < SHORTEST_ALT:
            raise ValueError(
                f"exhibit {self.id!r}: its alt text has {len(self.alt)} characters; say in at least {SHORTEST_ALT} what"
                " is seen: the measure and how it differs"
            )

    def plain(self) -> str:
        """Title, question, table and caption as lines."""
        said = [f"{comment.text} ({comment.signed})" for comment in self.comments]
        return "\n".join([self.title, self.question, "", self.table.plain(), "", self.caption, self.source, *said])


@dataclass(frozen=True)
class Facts(_Part):
    """A strip of three to five headline numbers, each as (label, value, note)."""

    kind: ClassVar[str] = "facts"
    id: str
    items: tuple[tuple[str, str, str], ...]

    def __post_init__(self) -> None:
        _check_id(self.id)

    def plain(self) -> str:
        """One line per number."""
        return "\n".join(
            f"{label}: {value} ({note})" if note else f"{label}: {value}" for label, value, note in self.items
        )


@dataclass(frozen=True)
class Prose(_Part):
    """Generated paragraphs; plain text, never markup."""

    kind: ClassVar[str] = "prose"
    paragraphs: tuple[str, ...]

    def plain(self) -> str:
        """The paragraphs with an empty line between them."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True)
class Messages(_Part):
    """Key messages, each as (certainty, word for it, text, question, id of its figure), and a note on how they are chosen."""

    kind: ClassVar[str] = "messages"
    id: str
    items: tuple[tuple[str, str, str, str, str], ...]
    note: str
    note_href: str

    def __post_init__(self) -> None:
        _check_id(self.id)

    def plain(self) -> str:
        """Each message with its certainty, and below it the question."""
        return "\n".join(f"{word}: {text}\n  {question}" for _, word, text, question, _ in self.items)


@dataclass(frozen=True)
class Definitions(_Part):
    """Terms with what they mean, each as (term, text)."""

    kind: ClassVar[str] = "definitions"
    id: str
    items: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        _check_id(self.id)

    def plain(self) -> str:
        """One line per term."""
        return "\n".join(f"{term}: {text}" for term, text in self.items)


@dataclass(frozen=True)
class Nothing(_Part):
    """In place of a part that the edition has no figures for; a report leaves it out, and a section of nothing else too."""

    kind: ClassVar[str] = "nothing"

    def plain(self) -> str:
        """That there is nothing."""
        return "This edition has no figures for this part."


def _plain(value: Any) -> Any:
    """The same with plain mappings in place of our own types; ``dataclasses.asdict`` copies every text on the way."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return {name: _plain(one) for name, one in (value if isinstance(value, dict) else vars(value)).items()}


def _check_id(identity: str) -> None:
    if not _ID.fullmatch(identity):
        raise ValueError(f"exhibit id {identity!r}: use a lower-case letter, then letters, digits, - or _")
