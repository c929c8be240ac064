"""Written dates: year-month-day and nothing else; what a spreadsheet or another country writes is not guessed at."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/Stockholm")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
SERIAL = re.compile(r"[1-9][0-9]{4}(?:[.,][0-9]+)?")
OTHER_ORDER = re.compile(r"[0-9]{1,4}[/. -][0-9]{1,2}[/. -][0-9]{1,4}|[0-9]{1,2}[/.][0-9]{1,2}")
# What a spreadsheet makes of 3-4, 1/2 and the like.
FROM_TEXT = re.compile(
    r"(?:[0-9]{1,2}[-. /])?(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?(?:[-. /][0-9]{1,4})?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+)?",
    re.IGNORECASE,
)

Fault = Literal["date_serial", "date_ambiguous", "date_impossible", "not_agreed"]


class ReadDay(NamedTuple):
    """A day as the contracts write it; whether a time of day was left out, and whether its time zone was unclear."""

    text: str
    had_time: bool = False
    unclear: bool = False


def read_day(word: str) -> ReadDay | Fault:
    """The day in ``word``, or why there is none."""
    if DAY.fullmatch(word):
        return ReadDay(word) if _is_real(word) else "date_impossible"
    if MOMENT.fullmatch(word):
        return _day_of_moment(word)
    if SERIAL.fullmatch(word):
        return "date_serial"
    return "date_ambiguous" if OTHER_ORDER.fullmatch(word) else "not_agreed"


def _is_real(word: str) -> bool:
    try:
        date.fromisoformat(word)
    except ValueError:
        return False
    return True


def _day_of_moment(word: str) -> ReadDay | Fault:
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        return "date_impossible"
    if moment.tzinfo is not None:
        return ReadDay(moment.astimezone(HERE).date().isoformat(), had_time=True)
    here = moment.replace(tzinfo=HERE)
    midnight = moment.time().isoformat() == "00:00:00"
    skipped = here.astimezone(UTC).astimezone(HERE).replace(tzinfo=None) != moment
    twice = here.utcoffset() != here.replace(fold=1).utcoffset()
    return ReadDay(moment.date().isoformat(), had_time=True, unclear=skipped or twice or not midnight)
