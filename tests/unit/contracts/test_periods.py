"""Periods: text that sorts in time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from likvard.contracts.periods import GRAINS, PATTERNS, days, following, is_period, title, within

MONTHS = st.builds(lambda year, month: f"{year}-{month:02d}", st.integers(1990, 2098), st.integers(1, 12))


def test_a_month_lies_in_its_quarter_term_and_school_year() -> None:
    assert [within("2024-10", "month", grain) for grain in GRAINS] == ["2024-25", "2024T2", "2024Q4", "2024-10"]
    assert [within("2025-01", "month", grain) for grain in GRAINS] == ["2024-25", "2025T1", "2025Q1", "2025-01"]


def test_a_school_year_is_an_autumn_term_and_the_spring_term_after_it() -> None:
    assert within("2023T2", "term", "school_year") == within("2024T1", "term", "school_year") == "2023-24"
    assert days("2023-24", "school_year") == (date(2023, 7, 1), date(2024, 6, 30))


def test_a_school_year_has_two_years_that_follow_each_other() -> None:
    assert is_period("1999-00", "school_year")
    assert not is_period("2023-25", "school_year")


def test_periods_have_names_in_both_languages() -> None:
    assert (title("2024T2", "term", "sv"), title("2024T2", "term", "en")) == ("HT 2024", "autumn term 2024")
    assert (title("2026Q3", "quarter", "sv"), title("2023-24", "school_year", "sv")) == (
        "kvartal 3 2026",
        "läsåret 2023/24",
    )


def test_a_coarse_period_lies_in_no_finer_one() -> None:
    with pytest.raises(ValueError, match="does not lie within one month"):
        within("2024T1", "term", "month")


@given(MONTHS, st.sampled_from(GRAINS))
def test_every_month_lies_between_the_days_of_each_of_its_periods(month: str, grain: str) -> None:
    period = within(month, "month", grain)
    first, last = days(period, grain)
    assert first <= date(int(month[:4]), int(month[5:]), 15) <= last
    assert is_period(period, grain)


@given(MONTHS, st.sampled_from(GRAINS))
def test_the_following_period_sorts_just_after(month: str, grain: str) -> None:
    period = within(month, "month", grain)
    after = following(period, grain)
    assert period < after
    assert days(after, grain)[0].toordinal() == days(period, grain)[1].toordinal() + 1
    assert PATTERNS[grain]
