"""What Skolverket's marks and reason codes mean, as value and status.

The meanings come from the footnotes of the SIRIS exports and from the reason codes of Planned Educations v4:

==========  ===========================================  ================  =======
mark        reason code in the API                       status            value
==========  ===========================================  ================  =======
a number    EXISTS                                       shown             itself
``cirka N`` EXISTS                                       rounded           N
``~100``    ROUNDED_OFF_DUE_TO_FEW_PUPILS_NOT_ELIGIBLE   rounded           100
``..``      OMITTED_DUE_TO_BASED_ON_FEW_PUPILS           too_few           none
``..``      (boys or girls, the other is ``~100``)       protects_another  none
``.``       MISSING                                      missing           none
empty       MISSING                                      missing           none
``*``       TEACHERS_EXCLUDED_DUE_TO_NO_REQUIRED_…       not_applicable    none
``-``       (SIRIS tables: nothing that could be told)   not_applicable    none
``-``       (Skolenkäten: an answer share held back)     too_few           none
==========  ===========================================  ================  =======

- ``~100``: »om antalet EJ behöriga är 1–4, så visas andelen behöriga som ~100«. The true share is below 100, so 100
  is a coarse value, never an exact one.
- ``..``: since 2023/24 fewer than 10 pupils in a school unit, or 5 in a municipality; before that 10 everywhere.
- ``..`` for one gender where the other has ``~100``: the footnote says that it is there to protect the other.
- ``.`` stands with MISSING only, in all 7,181 cells of the export; the API gives no finer reason.
- ``*``: no teacher of the school needs a licence (for instance Waldorf teachers), so there is no share to tell.
- ``-`` in Skolenkäten stands beside real ``0%``, two shares at a time, and the printed shares still add up to 100 with
  »inget svar« (all 15 questions in the API's examples): it is held back, not zero.
  In SIRIS tables it follows official statistics' convention; the exports that we have hold none.

No mark is ever read as a number that was not printed: absent is never 0.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from likvard.errors import CodesError, unknown
from likvard.fetch.figure import MISSING, NOT_APPLICABLE, PROTECTS_ANOTHER, ROUNDED, SHOWN, TOO_FEW
from likvard.fetch.written_number import plain_number

Table = Literal["statistics", "survey"]

REASONS: dict[str, tuple[str, ...]] = {
    "EXISTS": (SHOWN, ROUNDED),
    "MISSING": (MISSING,),
    "OMITTED_DUE_TO_BASED_ON_FEW_PUPILS": (TOO_FEW,),
    "ROUNDED_OFF_DUE_TO_FEW_PUPILS_NOT_ELIGIBLE": (ROUNDED,),
    "TEACHERS_EXCLUDED_DUE_TO_NO_REQUIRED_LEGITIMATION": (NOT_APPLICABLE,),
}
_MARKS = {"": MISSING, ".": MISSING, "..": TOO_FEW, "*": NOT_APPLICABLE}
_DASHES = ("-", "–", "−")
_COARSE = re.compile(r"(?:~|cirka\s+|ca\.?\s+)(.+)")


class PublishedValue(NamedTuple):
    """A printed value as number and status; the number is there only where the status is shown or rounded."""

    value: float | None
    status: str


def published_value(text: str, table: Table = "statistics") -> PublishedValue | None:
    """What the printed ``text`` says, or None where it is no known mark and no number."""
    text = text.strip()
    if text in _MARKS:
        return PublishedValue(None, _MARKS[text])
    if text in _DASHES:
        return PublishedValue(None, NOT_APPLICABLE if table == "statistics" else TOO_FEW)
    coarse = _COARSE.fullmatch(text)
    number = plain_number((coarse.group(1) if coarse else text).removesuffix("%"))
    if number is None:
        return None
    return PublishedValue(float(number), ROUNDED if coarse else SHOWN)


def with_reason(text: str, reason: str) -> PublishedValue | None:
    """What ``text`` with the API's ``reason`` code says, or None where either is unknown or they contradict."""
    read = published_value(text)
    if read is None or read.status not in REASONS.get(reason, ()):
        return None
    return read


def for_both_genders(girls: str, boys: str) -> tuple[PublishedValue | None, PublishedValue | None]:
    """The values of girls and boys printed beside each other, where ``..`` may be there to protect the other."""
    first, second = published_value(girls), published_value(boys)
    if first is None or second is None:
        return first, second
    if first.status == ROUNDED and second.status == TOO_FEW:
        return first, PublishedValue(None, PROTECTS_ANOTHER)
    if second.status == ROUNDED and first.status == TOO_FEW:
        return PublishedValue(None, PROTECTS_ANOTHER), second
    return first, second


def unread_marks(name: str, unread: list[str]) -> CodesError:
    """The error for cells that are no known mark. These are official statistics, so the cells may be repeated."""
    return CodesError(
        f"{name} has cells that are neither numbers nor known marks.",
        sorted(set(unread)),
        advice="see the footnotes of the export; add the mark with its meaning to fetch/skolverket/marks.py.",
    )


def unread_reason(place: str, text: str, reason: str) -> str:
    """One line about a value and reason code that cannot be read together."""
    if reason not in REASONS:
        return f"{place}: {unknown('the reason code', reason, REASONS)}"
    return f"{place}: the value {text!r} does not go with the reason code {reason}"
