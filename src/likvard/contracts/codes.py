"""Code lists: the values that a coded field can take, with their names."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

from likvard.errors import ContractError

TWO_NAMES = re.compile(r"\b[A-ZÅÄÖÉ]\w+[\s,]+[A-ZÅÄÖÉ]\w+")
HEADER = ["code", "title_en", "title_sv", "report_group"]
HEADER_WITH_KINDS = [*HEADER, "kind", "replacement"]
GOOD, FIXABLE, IGNORED = "good", "fixable", "ignored"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class CodeList:
    """One code list.

    ``titles`` names every good code in English and Swedish; ``report_group`` says under which code reports count it, so that
    groups too small for a figure of their own are still counted. ``replacement`` says which good code a fixable code is
    read as; a code in ``ignored`` is read as missing. Both are counted when they are met.
    """

    name: str
    titles: dict[str, dict[str, str]]
    report_group: dict[str, str]
    replacement: dict[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()

    @property
    def codes(self) -> tuple[str, ...]:
        """All good codes, in the order of the file."""
        return tuple(self.titles)

    @property
    def accepted(self) -> tuple[str, ...]:
        """All codes that can be read: good, fixable and ignored."""
        return (*self.titles, *self.replacement, *sorted(self.ignored))

    @property
    def report_groups(self) -> tuple[str, ...]:
        """The codes that reports count by, in the order of the file.

        ``unknown`` is not among them even where the list has it: it is a group of its own in every report, whether the
        register says unknown or says nothing, and whoever counts adds it once.
        """
        return tuple(group for group in dict.fromkeys(self.report_group.values()) if group != UNKNOWN)


def read_codes(path: Path) -> CodeList:
    """The code list in the CSV file ``path``; the columns ``kind`` and ``replacement`` may be left out (all codes good).

    Errors: ``ContractError``.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            lines = csv.DictReader(stream)
            rows = list(lines)
            header = lines.fieldnames
    except OSError as error:
        raise ContractError(f"The code list {path} cannot be read: {error.strerror}.") from None
    if header not in (HEADER, HEADER_WITH_KINDS):
        raise ContractError(
            f"The code list {path} must have the header {','.join(HEADER)}, with or without ,kind,replacement."
        )
    of_kind: dict[str, list[dict[str, str]]] = {GOOD: [], FIXABLE: [], IGNORED: []}
    for row in rows:
        of_kind.setdefault(row.get("kind") or GOOD, []).append(row)
    good = of_kind[GOOD]
    codes = CodeList(
        name=path.stem,
        titles={row["code"]: {"en": row["title_en"], "sv": row["title_sv"]} for row in good},
        report_group={row["code"]: row["report_group"] for row in good},
        replacement={row["code"]: row["replacement"] for row in of_kind[FIXABLE]},
        ignored=frozenset(row["code"] for row in of_kind[IGNORED]),
    )
    problems = [
        f"the kind {kind!r} is not good, fixable or ignored" for kind in of_kind if kind not in (GOOD, FIXABLE, IGNORED)
    ]
    problems += [
        f"{code!r} is to be read as {to!r}, which is not a good code"
        for code, to in codes.replacement.items()
        if to not in codes.titles
    ]
    repeated = sorted({row["code"] for row in rows if [other["code"] for other in rows].count(row["code"]) > 1})
    problems += [f"the code {code!r} stands twice" for code in repeated]
    if problems:
        raise ContractError(f"The code list {path} is not well-formed.", problems, advice=f"mend {path}.")
    return codes


def shown_code(code: str) -> str:
    """The code, or, where it may be a name or a number of a person, only that there is one."""
    long_or_numbered = len(code) > 20 or sum(letter.isdigit() for letter in code) >= 6
    may_be_personal = long_or_numbered or TWO_NAMES.search(code) is not None
    return "a value that does not look like a code (not repeated here)" if may_be_personal else f"code {code!r}"
