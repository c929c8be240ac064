"""The languages that reports are written in: texts, numbers and order of names, the same on every machine.

The English text in the source *is* the message id. Swedish lives beside this file in ``sv.po``. Update the catalogue
after changing a text (run at the repository root; ``babel.cfg`` says where the texts are)::

    pybabel extract -F babel.cfg -k text -k say --no-location --sort-output -o likvard.pot .
    pybabel update -i likvard.pot -o src/likvard/language/sv.po -l sv --no-fuzzy-matching
"""

import datetime
import gettext
import io
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.numbers import NumberPattern

LANGUAGES = ("en", "sv")
MINUS = "\N{MINUS SIGN}"
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
RANGE_DASH = "\N{EN DASH}"


class Language:
    """One language of the reports, by its code; an unknown code is a ``ValueError`` that lists the codes."""

    def __init__(self, code: str) -> None:
        if code not in LANGUAGES:
            raise ValueError(f"unknown language {code!r}; the reports are written in: {', '.join(LANGUAGES)}")
        self.code = code

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and other.code == self.code

    def __hash__(self) -> int:
        return hash(self.code)

    def text(self, msgid: str, **named: object) -> str:
        """The text in this language, with ``{name}`` placeholders filled in; without a translation, the English."""
        found = _catalogue(self.code).gettext(msgid) if msgid else ""
        return found.format(**named) if named else found

    def number(self, value: float, decimals: int = 0) -> str:
        """The number with this language's decimal mark and a real minus sign; halves are rounded away from zero."""
        return _number(self, value, decimals)

    def signed(self, value: float, decimals: int = 0) -> str:
        """The number with a plus or minus sign; no sign when it rounds to zero."""
        return ("+" if _rounded(value, decimals) > 0 else "") + self.number(value, decimals)

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share (0–1) as per cent: ``26%`` in English, ``26 %`` with a narrow no-break space in Swedish.

        Some are never printed as none, nor nearly all as all: those are ``<1%`` and ``>99%``.
        """
        step = Decimal(1).scaleb(-decimals)
        rounded = _rounded(_hundredfold(share), decimals)
        if share > 0 and rounded == 0:
            return f"<{self._digits(step, decimals)}{self._percent_sign}"
        if share < 1 and rounded == 100:
            return f">{self._digits(100 - step, decimals)}{self._percent_sign}"
        return self.number(_hundredfold(share), decimals) + self._percent_sign

    def interval(self, low: float, high: float, decimals: int = 0) -> str:
        """The two ends of an interval: ``12–15``, in words when an end is negative (a dash would look like a minus)."""
        return self._joined(self.number(low, decimals), self.number(high, decimals))

    def percent_interval(self, low: float, high: float, decimals: int = 0) -> str:
        """The two ends of an interval of shares (0–1), with one per cent sign: ``21–31 %``."""
        return self.interval(_hundredfold(low), _hundredfold(high), decimals) + self._percent_sign

    def percentage_points(self, share: float, decimals: int = 0) -> str:
        """A difference between two shares, with its sign and unit: ``−12 percentage points``."""
        return self.text("{points} percentage points", points=self.signed(_hundredfold(share), decimals))

    def listed(self, names: Sequence[str]) -> str:
        """One or more names joined as in a sentence: ``A, B and C``."""
        return (
            names[0]
            if len(names) == 1
            else self.text("{first} and {last}", first=", ".join(names[:-1]), last=names[-1])
        )

    def date(self, day: datetime.date) -> str:
        """The day as an ISO date: read the same way in both languages."""
        return day.isoformat()[:10]

    def sort_key(self, name: str) -> tuple[tuple[int, int, str], ...]:
        """A key that sorts names as a reader expects: School 9 before School 63, and å ä ö last in Swedish."""
        return tuple(
            (0, int(part), "") if part.isdecimal() else (1, 0, self._letters(part))
            for part in re.split(r"(\d+)", name)
            if part
        )

    def _letters(self, text: str) -> str:
        text = text.casefold()
        if self.code == "sv":
            # The three letters stand last in the alphabet; '{|}' are the ASCII characters that follow 'z'.
            text = unicodedata.normalize("NFC", text).translate(str.maketrans("åäöæø", "{|}|}"))
        return "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))

    @property
    def _percent_sign(self) -> str:
        return f"{NARROW_SPACE}%" if self.code == "sv" else "%"

    def _digits(self, value: Decimal, decimals: int) -> str:
        written = str(_pattern(decimals).apply(value, self.code))
        return written.replace("\N{NO-BREAK SPACE}", NARROW_SPACE)

    def _joined(self, low: str, high: str) -> str:
        if MINUS in low + high:
            return self.text("{low} to {high}", low=low, high=high)
        return f"{low}{RANGE_DASH}{high}"


@lru_cache(maxsize=4096)
def _number(language: Language, value: float, decimals: int) -> str:
    """A number stands in a chart, its table and a sentence; Babel writes it once."""
    rounded = _rounded(value, decimals)
    return (MINUS if rounded < 0 else "") + language._digits(abs(rounded), decimals)


def _rounded(value: float, decimals: int) -> Decimal:
    exact = Decimal(repr(float(value)))  # the decimal that a person sees, not the binary fraction behind it
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _hundredfold(share: float) -> float:
    return float(Decimal(repr(float(share))) * 100)  # 100 * 0.145 is 14.499… in binary and would round down


@cache
def _pattern(decimals: int) -> "NumberPattern":
    from babel.numbers import parse_pattern

    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with files(__package__).joinpath(f"{code}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
