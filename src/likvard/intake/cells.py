"""The cells of one delivered table against its contract: mended where nothing can be mistaken, else named with their rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from likvard.contracts import CodeList, Field, SourceField, SourceTable, Table
from likvard.ingest.typed import in_good_codes, typed_column
from likvard.intake.characters import in_plain_characters
from likvard.intake.dates import FROM_TEXT, ReadDay, read_day
from likvard.intake.distinct import Distinct, Mask, Rows
from likvard.intake.finding import Findings
from likvard.intake.numbers import SCIENTIFIC, in_agreed_numbers
from likvard.intake.received import is_safe_name

MOST_UNREAD = 0.2
FEW_ROWS = 3


@dataclass
class CellsOf:
    """One column on its way in: what the contract and the mapping say of it, and what is found in it."""

    name: str
    field: Field
    origin: SourceField
    mapped: SourceTable
    codes: CodeList | None
    rows: Rows
    findings: Findings
    left_out: Mask

    def note(self, code: str, mask: Mask) -> None:
        """Nothing; the rows of the mask are a finding, and are left out where its ruling says so."""
        fresh = mask & ~self.left_out
        if not fresh.any():
            return
        self.findings.add(code, self.name, self.rows.numbers_of(fresh))
        if self.findings.found[-1].act == "quarantine":
            self.left_out |= fresh


def checked_cells(
    rows: Rows,
    table: Table,
    mapped: SourceTable,
    codes: Mapping[str, CodeList],
    on: date,
    findings: Findings,
    left_out: Mask,
) -> Rows:
    """The rows with their cells in the agreed form. ``left_out`` gets the rows that are to be quarantined."""
    keys = {*table.primary_key, *(column for key in table.foreign_keys for column in key.fields)}
    for name, field in table.fields.items():
        origin = mapped.fields.get(name)
        if origin is None or origin.pseudonym_of is not None or field.data_class == "protected_flag":
            continue
        is_id = (
            origin.codes is None
            and origin.form is None
            and field.type == "string"
            and (field.data_class in ("unit", "quasi_identifier") or name in keys)
        )
        column = in_plain_characters(rows, origin.column, is_id, findings)
        rows = rows.with_column(origin.column, column)
        code_list = codes.get(field.codes or "")
        one = CellsOf(origin.column, field, origin, mapped, code_list, rows, findings, left_out)
        rows = rows.with_column(origin.column, _checked(one, column, is_id, on))
    return rows


def _checked(one: CellsOf, column: Distinct, is_id: bool, on: date) -> Distinct:
    kind = one.field.type
    if kind in ("integer", "number"):
        column = in_agreed_numbers(column, one.rows, one.name, one.field, one.mapped, one.findings)
    elif kind == "date":
        column = _days(one, column, on)
    else:
        column = _tidy(one, column)
    if kind != "date" and one.name in one.rows.dated:
        one.note("date_from_text", np.isin(one.rows.numbers, sorted(one.rows.dated[one.name])))
    if is_id:
        one.note("unsafe_id", column.where(lambda word: word not in one.mapped.missing and not is_safe_name(word)))
    _judge(one, column)
    return column


def _tidy(one: CellsOf, column: Distinct) -> Distinct:
    """Coded and patterned cells without spaces around them, in capitals or small letters as agreed."""
    if one.origin.codes is None and not one.codes and not one.field.constraints.pattern and not one.origin.pattern:
        return column
    words = [word for word, wrong in zip(column.words, _unread(list(column.words), one), strict=True) if wrong]
    tidied: dict[str, str] = {}
    for change in (_bare, lambda word: _in_agreed_case(_bare(word), one)):
        left = [word for word in words if word not in tidied and change(word) != word]
        fits = ~_unread([change(word) for word in left], one)
        tidied |= {word: change(word) for word, good in zip(left, fits, strict=True) if good}
    one.note("padded", column.where(lambda word: word in tidied))
    return column.mapped(lambda word: tidied.get(word, word))


def _bare(word: str) -> str:
    """The word without spaces around it."""
    return " ".join(word.split())


def _in_agreed_case(word: str, one: CellsOf) -> str:
    """The only agreed code that differs from the word by capitals alone; a single letter as a capital."""
    if one.origin.codes is not None:
        same = [code for code in one.origin.codes if code.casefold() == word.casefold()]
        return same[0] if len(same) == 1 else word
    return word.upper() if len(word) == 1 else word


def _unread(words: list[str], one: CellsOf) -> Mask:
    """The mask of the words that ingest would not read, or that break the pattern of the contract or the mapping."""
    if not words:
        return np.zeros(0, dtype=bool)
    text = pd.Series(words, dtype="str")
    column, unread = typed_column(text, one.field, one.origin, one.mapped)
    if one.codes:
        good = in_good_codes(column, one.codes)
        unread = unread | good.unread
    wrong = unread.to_numpy(dtype=bool)
    for pattern in (one.field.constraints.pattern, one.origin.pattern):
        if pattern and one.field.type == "string" and not one.codes:
            kept = column.fillna("").astype(str)
            # A mapping's pattern for a column that has another form in the delivery is about the form that we write.
            wrong = wrong | (column.notna().to_numpy() & ~kept.str.fullmatch(pattern).to_numpy(dtype=bool))
    return np.asarray(wrong, dtype=bool)


def _days(one: CellsOf, column: Distinct, on: date) -> Distinct:
    read = {word: read_day(word.strip()) for word in column.words if word not in one.mapped.missing}
    days = {word: found for word, found in read.items() if isinstance(found, ReadDay)}
    one.note("time_of_day", column.where(lambda word: word in days and days[word].had_time))
    one.note("time_unclear", column.where(lambda word: word in days and days[word].unclear))
    one.note("padded", column.where(lambda word: word in days and word != word.strip()))
    for code in ("date_serial", "date_ambiguous", "date_impossible"):
        one.note(code, column.among({word for word, found in read.items() if found == code}))
    if not one.field.may_lie_ahead:
        one.note("date_future", column.where(lambda word: word in days and days[word].text > on.isoformat()))
    return column.mapped(lambda word: days[word].text if word in days else word)


def _judge(one: CellsOf, column: Distinct) -> None:
    """Nothing; what ingest would not read is told, and why, as far as it can be seen."""
    words = list(column.words)
    limits = one.field.constraints
    empty = column.where(lambda word: word in one.mapped.missing)
    if limits.required or one.origin.required:
        one.note("required_empty", empty)
    wrong = dict(zip(words, _unread(words, one).tolist(), strict=True)) if words else {}
    unread = column.where(lambda word: wrong[word])
    if one.field.type == "string":
        one.note("scientific", column.where(lambda word: wrong[word] and SCIENTIFIC.fullmatch(word.strip())))
        lost = _without_zeros([word for word in words if wrong[word]], one)
        one.note("lost_zero", column.where(lambda word: word in lost))
        one.note("date_from_text", column.where(lambda word: wrong[word] and FROM_TEXT.fullmatch(word.strip())))
    bad = int((unread & ~one.left_out).sum())
    if unread.sum() > max(MOST_UNREAD * len(column), FEW_ROWS) or 0 < len(column) <= 2 * unread.sum():
        one.findings.add("column_domain", one.name, one.rows.numbers_of(unread))
        return
    coded = one.origin.codes is not None or one.codes is not None
    if bad:
        one.note("unknown_code" if coded else "not_agreed", unread)
    if limits.minimum is not None or limits.maximum is not None:
        one.note("out_of_range", column.where(lambda word: not wrong[word] and _is_out(word, one)))


def _without_zeros(words: list[str], one: CellsOf) -> set[str]:
    """The words that would be of the agreed form with zeros before them, as before a spreadsheet took them."""
    digits = [word for word in words if word.strip().isascii() and word.strip().isdigit()]
    found: set[str] = set()
    for more in (1, 2, 3):
        padded = ["0" * more + word.strip() for word in digits]
        found |= {word for word, wrong in zip(digits, _unread(padded, one), strict=True) if not wrong}
    return found


def _is_out(word: str, one: CellsOf) -> bool:
    if word in one.mapped.missing:
        return False
    value = float(word.replace(one.mapped.decimal, ".")) * one.origin.factor
    low, high = one.field.constraints.minimum, one.field.constraints.maximum
    return re.fullmatch(r"[+-]?[0-9.]+", word.replace(one.mapped.decimal, ".")) is not None and (
        (low is not None and value < low) or (high is not None and value > high)
    )
