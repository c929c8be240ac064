"""Who is where on one day, as registers with first and last days tell it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from likvard.contracts.periods import days, within


def term_of(day: date) -> str:
    """The Swedish term that the day lies in, such as ``HT2026``."""
    year, part = within(f"{day:%Y-%m}", "month", "term").split("T")
    return f"{'VT' if part == '1' else 'HT'}{year}"


def rows_on(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows whose ``start_date`` and ``end_date`` (ISO texts; missing is open) hold the day, the last day included."""
    starts, ends = rows["start_date"].str.slice(0, 10), rows["end_date"].str.slice(0, 10)
    there = starts.fillna("").le(day.isoformat()) & ends.fillna("9999").ge(day.isoformat())
    return rows[there.astype(bool)]


def months_of_quarter(day: date) -> list[date]:
    """The first days of the three months of the quarter that the day lies in."""
    first, _ = days(within(f"{day:%Y-%m}", "month", "quarter"), "quarter")
    return [first.replace(month=month) for month in range(first.month, first.month + 3)]


def class_names(units: pd.Series, names: pd.Series, class_pattern: str) -> pd.Series:
    """The names of classes as intake knows them, ``98345601-7A``; missing where that is no ``class_pattern``."""
    made = units + "-" + names.str.replace(r"\s", "", regex=True).str.upper()
    return made.where(made.str.fullmatch(class_pattern).fillna(False).astype(bool))
