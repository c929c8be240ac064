"""Swedish personal identity numbers in one canonical form, each kind for itself; what cannot be right is named, not mended.

Personnummer and samordningsnummer (the day plus 60; month and day may be unknown) have a check digit. Interim numbers
(T- and TF-numbers) have none, and are a kind of their own: nobody knows yet whose personnummer they will become.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from likvard.intake.personal_text import DASHES, luhn_holds

Kind = Literal["personnummer", "samordningsnummer", "interim"]
Fault = Literal["id_form", "id_check_digit", "id_date", "id_age", "id_as_number"]
YOUNGEST, OLDEST = 4, 22
FORM = re.compile(
    rf"(18|19|20)?([0-9]{{2}})([0-9]{{2}})([0-9]{{2}})([{DASHES} ]?)([0-9]{{4}}|T[0-9]{{3}}|TF[0-9]{{2}})"
)
SHORTENED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+|[0-9]+[.,]0+")


@dataclass(frozen=True)
class PersonNumber:
    """A number in canonical form: century, day of birth and the last four, without dashes.

    ``completed`` says that the century was added, ``rewritten`` that dashes or spaces were not as agreed.
    """

    kind: Kind
    canonical: str
    completed: bool = False
    rewritten: bool = False


def person_number(text: str, on: date) -> PersonNumber | Fault:
    """The number in ``text`` as of the day ``on``, or what is wrong with it."""
    plain = unicodedata.normalize("NFC", text).strip()
    if SHORTENED.fullmatch(plain) or (plain.isascii() and plain.isdigit() and len(plain) in (9, 11)):
        return "id_as_number"
    match = FORM.fullmatch(plain.upper())
    if match is None:
        return "id_form"
    written, year, month, day, dash, last = match.groups()
    born = _century(written, int(year), int(month), int(day), dash, on)
    if born is None:
        return "id_date"
    century, unknown_day = born
    coordination = int(day) > 60
    if last.isdigit() and not luhn_holds(year + month + day + last):
        return "id_check_digit"
    if not unknown_day and not _of_school_age(
        century, int(year), int(month), int(day) % 60 if coordination else int(day), on
    ):
        return "id_age"
    kind: Kind = "samordningsnummer" if coordination else "personnummer"
    return PersonNumber(
        kind=kind if last.isdigit() else "interim",
        canonical=f"{century:02d}{year}{month}{day}{last}",
        completed=written is None,
        rewritten=plain != text or dash not in ("", "-", "+"),
    )


def _century(written: str | None, year: int, month: int, day: int, dash: str, on: date) -> tuple[int, bool] | None:
    """The century, and whether month or day is unknown; None where there is no such day, or it has not come yet.

    Without a century it is the latest that lies in the past; a plus sign says a hundred years before that.
    """
    coordination = day > 60
    unknown_day = coordination and (month == 0 or day == 60)
    centuries = [int(written)] if written else [on.year // 100, on.year // 100 - 1]
    real = [
        century
        for century in centuries
        if (1 <= century * 100 + year <= on.year if unknown_day else _has_come(century * 100 + year, month, day, on))
    ]
    if not real:
        return None
    century = real[0] - (1 if dash == "+" and written is None else 0)
    return (century, unknown_day) if century >= 18 else None


def _has_come(year: int, month: int, day: int, on: date) -> bool:
    day = day - 60 if day > 60 else day
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] and date(year, month, day) <= on


def _of_school_age(century: int, year: int, month: int, day: int, on: date) -> bool:
    born = century * 100 + year
    age = on.year - born - ((on.month, on.day) < (month, day))
    return YOUNGEST <= age <= OLDEST
