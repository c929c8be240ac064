"""Whether a text looks like a person: a personal identity number, a name, an address or contact details."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

Kind = Literal["number", "name", "address", "contact"]

DASHES = "-+\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
NUMBER = re.compile(
    rf"(?<![0-9])(?:(1[89]|20)[ ]?)?([0-9]{{2}})[ ]?([0-9]{{2}})[ ]?([0-9]{{2}})[ ]?([{DASHES}/]?)[ ]?"
    r"(TF[0-9]{2}|[A-Z][0-9]{3}|[0-9]{4})(?![0-9])"
)
CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<![0-9])(?:\+46|0046|0)[ ]?\(?0?\)?[ ]?7[0-9](?:[ -]?[0-9]){7}(?![0-9])"
)
STREET = re.compile(
    r"\b[^\W\d_]{2,}(?:gatan|gata|vägen|väg|gränden|gränd|stigen|stig|torget|torg|allén|backen|plan|platsen|leden|kajen|"
    r"stråket|ringen|terrassen)\s+[0-9]{1,4}(?:\s?[A-Z])?\b|"
    r"\b(?:box|c/o|lgh)\s+[0-9a-zåäö]+\b",
    re.IGNORECASE,
)
POSTAL = re.compile(r"(?<![0-9])(?:SE?-?)?[1-9][0-9]{2}[ ]?[0-9]{2}\s+[A-ZÅÄÖ][^\W\d_]{2,}")
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# After a person's name these make it the name of a place or an institution.
INSTITUTIONS = re.compile(
    r"skol|gymnasi|elementar|akademi|college|school|förskol|montessori|stiftelse|kyrk|församling|kommun|universitet|"
    r"gård|hem|park|plats|center|centrum|institut|område|stad|torp|hus|bolag",
    re.IGNORECASE,
)
# Schools and districts are named after them.
KINGS = {
    (one, other)
    for one in ("karl", "carl", "gustav", "gustaf")
    for other in ("johan", "gustav", "gustaf", "adolf", "vasa")
}
SURNAME_END = re.compile(r"[a-zåäö]{2,}(?:sson|ström|berg|qvist|kvist|lund|gren|stedt|vić|oğlu)$", re.IGNORECASE)


def personal(text: str) -> Kind | None:
    """What in ``text`` looks like a person, or None."""
    plain = unicodedata.normalize("NFKC", text)
    if has_personal_number(plain):
        return "number"
    if CONTACT.search(plain):
        return "contact"
    if STREET.search(plain) or POSTAL.search(plain):
        return "address"
    return "name" if _has_name(plain) else None


def has_personal_number(text: str) -> bool:
    """Whether the text has a number with a day of birth in it and, without a separator, the right check digit."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    for match in NUMBER.finditer(plain):
        century, year, month, day, dash, last = match.groups()
        if not _is_day(century or "20", int(year), int(month), int(day)):
            continue
        if dash or not last.isdigit() or luhn_holds(year + month + day + last):
            return True
    return False


def luhn_holds(ten_digits: str) -> bool:
    """Whether the last of ten digits is the check digit of the nine before."""
    total = 0
    for place, digit in enumerate(ten_digits):
        product = int(digit) * (2 - place % 2)
        total += product // 10 + product % 10
    return total % 10 == 0


def _is_day(century: str, year: int, month: int, day: int) -> bool:
    day = day - 60 if day > 60 else day
    try:
        date(int(century) * 100 + year, month, day)
    except ValueError:
        return False
    return True


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """Common given names and common surnames, in small letters."""
    text = files(__package__).joinpath("names.txt").read_text(encoding="utf-8")
    given, surnames = text.split("\n\n", 1)
    return frozenset(given.split()), frozenset(surnames.split())


def _has_name(text: str) -> bool:
    """Whether a given name and a surname stand beside each other, in any order, and are no institution's."""
    given, surnames = _names()
    words = list(WORD.finditer(text))
    for first, second in pairwise(words):
        between = text[first.end() : second.start()]
        if between.strip(" ,\t\u00a0") or not (first[0][0].isupper() or second[0][0].isupper()):
            continue
        if INSTITUTIONS.search(second[0]) or INSTITUTIONS.search(text[second.end() : second.end() + 25]):
            continue
        pair = (first[0].casefold(), second[0].casefold())
        for one, other in (pair, pair[::-1]):
            known = other in surnames or bool(SURNAME_END.search(other)) or other in given
            if _parts(one) & given and known and pair not in KINGS:
                return True
    return False


def _parts(name: str) -> set[str]:
    return {name, *re.split(r"[-'’]", name)}
