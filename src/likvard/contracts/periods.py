"""Periods as text that sorts in time: ``2024-25`` (school year), ``2024T2`` (term), ``2024Q4`` (quarter), ``2024-10`` (month).

Term 1 of a calendar year is the spring term (vårterminen, January to June) and term 2 the autumn term (höstterminen, July
to December), so a school year is an autumn term and the spring term after it, and a term is two whole quarters. July belongs
to the autumn term although nobody is taught then: every month lies in exactly one term.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Literal

Grain = Literal["school_year", "term", "quarter", "month"]

# From coarse to fine; a period lies within one period of every coarser grain.
GRAINS: tuple[Grain, ...] = ("school_year", "term", "quarter", "month")
PATTERNS: dict[Grain, str] = {
    "school_year": r"[0-9]{4}-[0-9]{2}",
    "term": r"[0-9]{4}T[12]",
    "quarter": r"[0-9]{4}Q[1-4]",
    "month": r"[0-9]{4}-(?:0[1-9]|1[0-2])",
}
MONTHS_SV = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec")


def is_period(text: str, grain: Grain) -> bool:
    """Whether ``text`` is a period of that grain. ``2009-10`` can be a school year and a month: only the column knows."""
    if re.fullmatch(PATTERNS[grain], text) is None:
        return False
    return grain != "school_year" or (int(text[:4]) + 1) % 100 == int(text[5:])


def grain_of(period: str) -> Grain:
    """How long a period of the record is: a school year, a term or a quarter (months are summed to quarters before).

    Errors: ``ValueError`` where ``period`` is none of them.
    """
    for grain in GRAINS[:3]:
        if is_period(period, grain):
            return grain
    raise ValueError(f"{period!r} is no school year, term or quarter")


def first_month(period: str, grain: Grain) -> tuple[int, int]:
    """Year and month in which the period begins. A school year begins in July, when the autumn term does.

    Errors: ``ValueError`` where ``period`` is not of that grain.
    """
    if not is_period(period, grain):
        raise ValueError(f"{period!r} is not a {grain.replace('_', ' ')}")
    year = int(period[:4])
    if grain == "school_year":
        return year, 7
    if grain == "term":
        return year, 1 if period.endswith("1") else 7
    if grain == "quarter":
        return year, 3 * int(period[-1]) - 2
    return year, int(period[5:])


def within(period: str, grain: Grain, wanted: Grain) -> str:
    """The period of the coarser grain ``wanted`` that ``period`` lies in: the month 2024-10 lies in the term 2024T2."""
    if GRAINS.index(wanted) > GRAINS.index(grain):
        raise ValueError(f"a {grain.replace('_', ' ')} does not lie within one {wanted}")
    year, month = first_month(period, grain)
    if wanted == "month":
        return period
    if wanted == "quarter":
        return f"{year}Q{(month + 2) // 3}"
    if wanted == "term":
        return f"{year}T{1 if month < 7 else 2}"
    start = year if month >= 7 else year - 1
    return f"{start}-{(start + 1) % 100:02d}"


def days(period: str, grain: Grain) -> tuple[date, date]:
    """The first and the last day of the period."""
    year, month = first_month(period, grain)
    length = {"school_year": 12, "term": 6, "quarter": 3, "month": 1}[grain]
    last_year, last_month = year + (month + length - 2) // 12, (month + length - 2) % 12 + 1
    return date(year, month, 1), date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


def last_day(name: str) -> date | None:
    """The last day of what is called so, at its finest grain; None where the name is no period."""
    ends = [days(name, grain)[1] for grain in GRAINS if is_period(name, grain)]
    return ends[-1] if ends else None


def first_day(name: str) -> date | None:
    """The first day of what is called so, at its coarsest grain; None where the name is no period."""
    begins = [days(name, grain)[0] for grain in GRAINS if is_period(name, grain)]
    return begins[0] if begins else None


def following(period: str, grain: Grain) -> str:
    """The period of the same grain just after."""
    last = days(period, grain)[1]
    year, month = (last.year + 1, 1) if last.month == 12 else (last.year, last.month + 1)
    return within(f"{year}-{month:02d}", "month", grain)


def before(period: str, grain: Grain) -> str:
    """The period of the same grain just before."""
    first = days(period, grain)[0]
    year, month = (first.year - 1, 12) if first.month == 1 else (first.year, first.month - 1)
    return within(f"{year}-{month:02d}", "month", grain)


def year_before(period: str, grain: Grain) -> str:
    """The same part of the year before: the spring term before the last, the third quarter of last year."""
    year, month = first_month(period, grain)
    return within(f"{year - 1}-{month:02d}", "month", grain)


def title(period: str, grain: Grain, language: str) -> str:
    """The period as readers write it: ``VT 2024`` or ``spring term 2024``."""
    year, month = first_month(period, grain)
    if grain == "school_year":
        return f"läsåret {year}/{period[5:]}" if language == "sv" else f"{year}–{period[5:]}"
    if grain == "term":
        name = {"sv": ("VT", "HT"), "en": ("spring term", "autumn term")}["sv" if language == "sv" else "en"]
        return f"{name[0 if month < 7 else 1]} {year}"
    if grain == "quarter":
        return f"kvartal {period[-1]} {year}" if language == "sv" else f"quarter {period[-1]} of {year}"
    return f"{MONTHS_SV[month - 1]} {year}" if language == "sv" else f"{calendar.month_name[month]} {year}"
