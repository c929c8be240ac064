"""Code lists: the values that a coded field can take, with their names."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from likvard.errors import ContractError

TWO_NAMES = re.compile(r"\b[A-ZÅÄÖÉ]\w+[\s,]+[A-ZÅÄÖÉ]\w+")
HEADER = ["code", "title_en", "title_sv", "report_group"]


@dataclass(frozen=True)
class CodeList:
    """One code list.

    ``titles`` names every code in English and Swedish; ``report_group`` says under which code reports count it, so that
    groups too small for a figure of their own are still counted.
    """

    name: str
    titles: dict[str, dict[str, str]]
    report_group: dict[str, str]

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in the order of the file."""
        return tuple(self.titles)

    @property
    def report_groups(self) -> tuple[str, ...]:
        """The codes that reports count by, in the order of the file."""
        return tuple(dict.fromkeys(self.report_group.values()))


def read_codes(path: Path) -> CodeList:
    """The code list in the CSV file ``path``. Errors: ``ContractError``."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            lines = csv.DictReader(stream)
            rows = list(lines)
            header = lines.fieldnames
    except OSError as error:
        raise ContractError(f"The code list {path} cannot be read: {error.strerror}.") from None
    if header != HEADER:
        raise ContractError(f"The code list {path} must have the header {','.join(HEADER)}.")
    return CodeList(
        name=path.stem,
        titles={row["code"]: {"en": row["title_en"], "sv": row["title_sv"]} for row in rows},
        report_group={row["code"]: row["report_group"] for row in rows},
    )


def shown_code(code: str) -> str:
    """The code, or, where it may be a name or a number of a person, only that there is one."""
    long_or_numbered = len(code) > 20 or sum(letter.isdigit() for letter in code) >= 6
    may_be_personal = long_or_numbered or TWO_NAMES.search(code) is not None
    return "a value that does not look like a code (not repeated here)" if may_be_personal else f"code {code!r}"
