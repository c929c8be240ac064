"""Numbers as people write them: decimal comma, spaces between thousands, a typographic minus."""

from __future__ import annotations

import re
from functools import cache

_SPACES = " \u00a0\u2007\u2009\u202f"


@cache
def _form(decimal: str) -> re.Pattern[str]:
    whole = rf"(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d+)"
    return re.compile(rf"[+\-−–]?{whole}(?:{re.escape(decimal)}\d+)?", re.ASCII)


def plain_number(text: str, decimal: str = ",") -> str | None:
    """The number with a decimal point and no spaces, or None where ``text`` is not a number of the agreed form.

    ``1 234,5`` is a number, ``12 34`` is not, and neither is ``1.5`` where the decimal sign is a comma.
    """
    text = text.strip()
    if not _form(decimal).fullmatch(text):
        return None
    bare = re.sub(rf"[{_SPACES}]", "", text).replace(decimal, ".")
    return bare.replace("−", "-").replace("–", "-").removeprefix("+")
