"""How senders write periods, and how the project does: each form is a pattern and what it becomes."""

from __future__ import annotations

import pandas as pd

from likvard.contracts.source import Form

TERM_NUMBER = {"VT": "1", "HT": "2"}
PATTERNS: dict[Form, str] = {
    "swedish_term": r"(VT|HT) ?([0-9]{4})",
    "compact_month": r"([0-9]{4})(0[1-9]|1[0-2])",
    "scb_quarter": r"([0-9]{4})K([1-4])",
    "slashed_school_year": r"([0-9]{4})/([0-9]{2})",
}


def in_our_form(text: pd.Series, form: Form) -> pd.Series:
    """The periods in ``text`` as the contracts write them; missing where a cell is not of the sender's form."""
    part = text.astype("string").str.extract(rf"^(?:{PATTERNS[form]})$")
    if form == "swedish_term":
        return part[1] + "T" + part[0].map(TERM_NUMBER).astype("string")
    between = {"compact_month": "-", "scb_quarter": "Q", "slashed_school_year": "-"}[form]
    return part[0] + between + part[1]
