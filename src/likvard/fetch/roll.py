"""Who is where on one day, as registers with first and last days tell it."""

from __future__ import annotations

from datetime import date

import pandas as pd

FIRST_MONTH_OF_AUTUMN = 7


def term_of(day: date) -> str:
    """The Swedish term that the day lies in, such as ``HT2026``."""
    return f"{'HT' if day.month >= FIRST_MONTH_OF_AUTUMN else 'VT'}{day.year}"


def rows_on(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows whose ``start_date`` and ``end_date`` (ISO texts; missing is open) hold the day, the last day included."""
    starts, ends = rows["start_date"].str.slice(0, 10), rows["end_date"].str.slice(0, 10)
    there = starts.fillna("").le(day.isoformat()) & ends.fillna("9999").ge(day.isoformat())
    return rows[there.astype(bool)]


def months_of_quarter(day: date) -> list[date]:
    """The first days of the three months of the quarter that the day lies in."""
    first = (day.month - 1) // 3 * 3 + 1
    return [date(day.year, month, 1) for month in range(first, first + 3)]
