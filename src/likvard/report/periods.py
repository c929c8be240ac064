"""Periods as reports write them."""

from __future__ import annotations

from typing import Any

from likvard.contracts.periods import grain_of, title
from likvard.language import Language


def period_name(period: dict[str, Any], language: Language) -> str:
    """A period as it is written: a school year with its grade where there is only one."""
    if period["grain"] != "school_year":
        return title(period["id"], period["grain"], language.code)
    year = str(period["id"]).replace("-", "/")
    grades = period["grades"]
    return f"{grades[0][language.code]} {year}" if len(grades) == 1 else year


def period_tick(period: str, language: Language) -> str:
    """A period as it is written where there is little room."""
    match grain_of(period):
        case "school_year":
            return period.replace("-", "/")
        case "quarter":
            return language.text("{year}Q{quarter}", year=period[:4], quarter=period[-1])
        case _:
            return title(period, grain_of(period), language.code)
