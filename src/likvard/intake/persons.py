"""Persons on their way in: the protected leave first and without a trace, then numbers become pseudonyms.

Nothing that is said or written afterwards tells which rows left, how many they were or which school they belonged to:
every other check runs on the rows that stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

from likvard.contracts import SourceField, SourceTable, Table
from likvard.intake.cells import FEW_ROWS, MOST_UNREAD
from likvard.intake.characters import in_plain_characters
from likvard.intake.distinct import Distinct, Mask, Rows
from likvard.intake.finding import Findings
from likvard.intake.person_number import PersonNumber, person_number
from likvard.intake.pseudonyms import Pseudonymiser, canonical

ListState = Literal["here", "earlier", "refused", "none"]
MALFORMED = "malformed"
MOST_NOT_CLEARED = 0.05


@dataclass
class PupilList:
    """Who is protected and who is not, by pseudonym, as the newest list of pupils says.

    ``state`` tells where the list is from: this delivery, an earlier one (``edition``), or that it was refused.
    """

    state: ListState = "none"
    edition: str = ""
    file: str = ""
    flagged: set[str] = field(default_factory=set)
    cleared: set[str] = field(default_factory=set)


def person_field(mapped: SourceTable) -> tuple[str, SourceField] | None:
    """The field of the table that is made of a person's identifier, where it has one."""
    found = [(name, origin) for name, origin in mapped.fields.items() if origin.pseudonym_of]
    return found[0] if found else None


def flag_field(mapped: SourceTable, table: Table) -> SourceField | None:
    """The field that marks protected identities, where the sender delivers it."""
    names = [name for name, one in table.fields.items() if one.data_class == "protected_flag"]
    return next((mapped.fields[name] for name in names if name in mapped.fields), None)


def pseudonymous(
    rows: Rows,
    mapped: SourceTable,
    table: Table,
    pseudonymise: Pseudonymiser,
    on: date,
    pupils: PupilList,
    findings: Findings,
) -> tuple[Rows, Mask]:
    """The rows without protected persons and with pseudonyms, and the mask of those to be quarantined.

    ``pupils`` learns from a table that carries the marking.
    """
    found = person_field(mapped)
    assert found is not None
    origin = found[1]
    received_as = origin.received_as
    column = in_plain_characters(rows, received_as, True, findings)
    read = {word: _read(word, origin, on) for word in column.words}
    alias = {word: _pseudonym(word, one, pseudonymise) for word, one in read.items()}
    _see_that_none_is_shared(read, alias)
    names = column.renamed([alias[word] for word in column.words])
    flag = flag_field(mapped, table)
    if flag is not None:
        protected = _protected(rows, flag, mapped, findings)
        pupils.flagged |= {names.words[code] for code in np.unique(names.codes[protected])}
    stays = names.where(lambda word: word not in pupils.flagged)
    rows, column, names = rows.kept(stays), column.kept(stays), names.kept(stays)
    if flag is not None:
        pupils.cleared = set(names.words)
        no = [theirs for theirs, ours in (flag.codes or {}).items() if ours == "false"] or ["false"]
        rows = rows.with_column(flag.column, Distinct(np.zeros(len(rows), dtype=np.int64), (no[0],)))
    left_out = _faults(rows, received_as, column, read, findings)
    rows = rows.with_column(origin.column, names, instead_of=received_as)
    if flag is None:
        rows, left_out = _only_listed(rows, names, left_out, origin.column, pupils, findings)
    return rows, left_out


def _read(word: str, origin: SourceField, on: date) -> PersonNumber | str:
    """The person's number; what is wrong with it; or, for a local identifier, an empty text where it is well-formed."""
    assert origin.pseudonym_of is not None
    if origin.pseudonym_of.kind == "person_number":
        return person_number(word, on)
    return "" if 0 < len(word.strip()) <= 64 and word.isprintable() else "id_form"


def _pseudonym(word: str, read: PersonNumber | str, pseudonymise: Pseudonymiser) -> str:
    if isinstance(read, PersonNumber):
        return pseudonymise(read.kind, read.canonical)
    return pseudonymise(MALFORMED if read else "local", canonical(word))


def _see_that_none_is_shared(read: dict[str, PersonNumber | str], alias: dict[str, str]) -> None:
    persons = {
        (one.kind, one.canonical) if isinstance(one, PersonNumber) else (one, canonical(word))
        for word, one in read.items()
    }
    if len(persons) > len(set(alias.values())):
        raise RuntimeError("two persons share a pseudonym; the pseudonyms must be made longer")


def _protected(rows: Rows, flag: SourceField, mapped: SourceTable, findings: Findings) -> Mask:
    """The mask of the rows that are, or may be, marked: everything but a clear no."""
    codes = {theirs.casefold(): ours for theirs, ours in (flag.codes or {"true": "true", "false": "false"}).items()}
    column = rows.columns[flag.column if flag.column in rows.columns else flag.received_as]
    read = {word: codes.get(word.strip().casefold()) for word in column.words}
    unknown = column.where(lambda word: read[word] is None)
    if unknown.sum() > max(MOST_UNREAD * len(column), FEW_ROWS) or 0 < len(column) <= 2 * unknown.sum():
        findings.add("column_domain", flag.received_as)
    elif unknown.any():
        findings.add("flag_unknown", flag.received_as)  # no rows: they would point at the protected
    return column.where(lambda word: read[word] != "false")


def _faults(rows: Rows, name: str, column: Distinct, read: dict[str, PersonNumber | str], findings: Findings) -> Mask:
    left_out = np.zeros(len(rows), dtype=bool)
    for code in ("id_as_number", "id_form", "id_check_digit", "id_date", "id_age"):
        mask = column.among({word for word, found in read.items() if found == code})
        if code != "id_as_number" and mask.sum() > max(MOST_UNREAD * len(column), FEW_ROWS):
            findings.add("column_domain", name, rows.numbers_of(mask))
        elif mask.any():
            findings.add(code, name, rows.numbers_of(mask))
        left_out |= mask
    for code, attribute in (("id_century", "completed"), ("id_written", "rewritten")):
        mask = column.among({word for word, found in read.items() if getattr(found, attribute, False)}) & ~left_out
        if mask.any():
            findings.add(code, name, rows.numbers_of(mask))
    return left_out


def _only_listed(
    rows: Rows, names: Distinct, left_out: Mask, name: str, pupils: PupilList, findings: Findings
) -> tuple[Rows, Mask]:
    """The rows about pupils whom the list clears.

    Where the list is of this delivery the others are quarantined by row. Where it is older they may be protected by now:
    they leave like the protected, without being told from them.
    """
    if pupils.state in ("none", "refused"):
        findings.add("list_missing") if pupils.state == "none" else findings.add("waits_for_list", list=pupils.file)
        return rows, left_out
    listed = names.where(lambda word: word in pupils.cleared)
    if pupils.state == "here":
        fresh = ~listed & ~left_out
        if fresh.any():
            findings.add("not_on_list", name, rows.numbers_of(fresh))
        return rows, left_out | ~listed
    findings.add("only_cleared", edition=pupils.edition)
    sound = ~left_out
    if (~listed & sound).sum() > max(MOST_NOT_CLEARED * sound.sum(), FEW_ROWS):
        findings.add("list_missing")
    kept = listed | left_out
    return rows.kept(kept), left_out[kept]
