"""Written numbers in the agreed form: spaces and another decimal sign are mended where nothing can be mistaken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from likvard.contracts import Field, SourceTable
from likvard.intake.distinct import Distinct, Mask, Rows
from likvard.intake.finding import Findings

MARK = re.compile(r"\.{1,3}|[-–—−*:x]|(?:~|cirka |ca\.? )\s*[0-9]+(?:[.,][0-9]+)?|…|<\s*[0-9]+")
SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
GROUPED_BY_SPACE = re.compile(r"([+-]?[0-9]{1,3})((?:[ \u00a0\u2007\u2009\u202f][0-9]{3})+)((?:[.,][0-9]+)?)")
PLAIN = re.compile(r"[+-]?[0-9]+(?:([.,])([0-9]+))?")
BOTH_SIGNS = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{3})+(?:[.,][0-9]+)?")


def in_agreed_numbers(
    column: Distinct, rows: Rows, name: str, field: Field, mapped: SourceTable, findings: Findings
) -> Distinct:
    """The column with every number in the mapping's form; what is no number stays as it is, for others to judge."""

    def note(code: str, test: Callable[[str], object]) -> Mask:
        mask = column.where(lambda word: word not in mapped.missing and test(word))
        if mask.any():
            findings.add(code, name, rows.numbers_of(mask))
        return mask

    marks = column.where(lambda word: word in mapped.missing and word.strip())
    if marks.any():
        findings.add("mark", name, rows.numbers_of(marks))
    if note("wide_digits", lambda word: _narrow(word) != word and PLAIN.fullmatch(_narrow(word))).any():
        column = column.mapped(lambda word: _narrow(word) if PLAIN.fullmatch(_narrow(word)) else word)
    if note("spaces_in_number", lambda word: _closed(word) != word).any():
        column = column.mapped(lambda word: word if word in mapped.missing else _closed(word))
    note("scientific", SCIENTIFIC.fullmatch)
    note("mixed_units", lambda word: "%" in word)
    note("mark_not_agreed", MARK.fullmatch)
    column = _one_decimal_sign(column, rows, name, mapped, findings)
    if field.type == "integer":
        note("decimals_in_count", lambda word: (match := PLAIN.fullmatch(word)) and match[1])
    if field.unit in ("share", "per cent", "percent") and _units_mixed(column, field, mapped):
        findings.add("mixed_units", name)
    return column


def _narrow(word: str) -> str:
    """The word with ordinary digits and an ordinary minus sign; an agreed mark such as ``–`` is no number and stays."""
    plain = unicodedata.normalize("NFKC", word.strip())
    return plain.replace("−", "-") if plain[1:] else word


def _closed(word: str) -> str:
    """The number without spaces around it and between its thousands; any other word as it is."""
    bare = word.strip()
    if GROUPED_BY_SPACE.fullmatch(bare):
        return re.sub(r"\s", "", bare)
    return bare if PLAIN.fullmatch(bare) else word


def _one_decimal_sign(column: Distinct, rows: Rows, name: str, mapped: SourceTable, findings: Findings) -> Distinct:
    other = "," if mapped.decimal == "." else "."
    signs = {word: match[1] for word in column.words if (match := PLAIN.fullmatch(word)) and match[1]}
    unclear = column.where(
        lambda word: word not in mapped.missing and not PLAIN.fullmatch(word) and BOTH_SIGNS.fullmatch(word)
    )
    if unclear.any():
        findings.add("thousands_ambiguous", name, rows.numbers_of(unclear))
    found = set(signs.values())
    if len(found) == 2:
        findings.add("decimal_mixed", name, rows.numbers_of(column.where(lambda word: signs.get(word) == other)))
        return column
    if found != {other}:
        return column
    written = column.where(lambda word: word in signs)
    if all(_may_be_thousands(word, other) for word in signs):
        findings.add("thousands_ambiguous", name, rows.numbers_of(written))
        return column
    findings.add("decimal_sign", name, rows.numbers_of(written))
    return column.mapped(lambda word: word.replace(other, mapped.decimal) if word in signs else word)


def _may_be_thousands(word: str, sign: str) -> bool:
    whole, _, rest = word.lstrip("+-").partition(sign)
    return len(rest) == 3 and 1 <= len(whole) <= 3 and whole != "0"


def _units_mixed(column: Distinct, field: Field, mapped: SourceTable) -> bool:
    """Whether some cells are shares of 1 and others of 100; the limits of the contract tell which is meant."""
    values = [
        float(word.replace(",", ".")) for word in column.words if word not in mapped.missing and PLAIN.fullmatch(word)
    ]
    fractions, whole = [v for v in values if 0 < abs(v) < 1], [v for v in values if abs(v) > 1]
    return bool(fractions and whole) or bool(whole and field.unit == "share")
