"""The characters of cells: accents put together, what cannot be seen taken out or refused, line breaks told."""

from __future__ import annotations

import unicodedata

from likvard.intake.distinct import Distinct, Rows
from likvard.intake.finding import Findings


def visible(word: str) -> str:
    """The word without characters that cannot be seen: zero-width, direction marks, soft hyphens."""
    return "".join(letter for letter in word if unicodedata.category(letter) != "Cf")


def in_plain_characters(rows: Rows, name: str, is_id: bool, findings: Findings) -> Distinct:
    """The column in composed letters, and without invisible characters where it holds no identifiers."""
    column = rows.columns[name]
    breaks = column.where(lambda word: "\n" in word)
    if breaks.any():
        findings.add("line_break_in_id" if is_id else "line_break", name, rows.numbers_of(breaks))
    loose = column.where(lambda word: unicodedata.normalize("NFC", word) != word)
    if loose.any():
        findings.add("decomposed", name, rows.numbers_of(loose))
        column = column.mapped(lambda word: unicodedata.normalize("NFC", word))
    unseen = column.where(lambda word: visible(word) != word)
    if unseen.any():
        findings.add("invisible_in_id" if is_id else "invisible", name, rows.numbers_of(unseen))
        column = column if is_id else column.mapped(visible)
    if is_id:
        wide = column.where(lambda word: unicodedata.normalize("NFKC", word.strip()) != word.strip())
        if wide.any():
            findings.add("wide_in_id", name, rows.numbers_of(wide))
    return column
