from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from likvard.fetch.figure import STATUSES, WITH_VALUE
from likvard.fetch.skolverket.marks import for_both_genders, published_value, with_reason


@pytest.mark.parametrize(
    ("printed", "value", "status"),
    [
        ("264,4", 264.4, "shown"),
        ("1 234", 1234, "shown"),
        ("-20", -20, "shown"),
        ("0", 0, "shown"),
        ("~100", 100, "rounded"),
        ("cirka 1110", 1110, "rounded"),
        ("..", None, "too_few"),
        (".", None, "missing"),
        ("", None, "missing"),
        ("*", None, "not_applicable"),
        ("-", None, "not_applicable"),
    ],
)
def test_every_mark_of_a_siris_table_is_a_value_and_a_status(printed: str, value: float | None, status: str) -> None:
    assert published_value(printed) == (value, status)


def test_a_dash_in_the_survey_is_a_share_held_back_and_not_zero() -> None:
    assert published_value("-", "survey") == (None, "too_few")
    assert published_value("0%", "survey") == (0, "shown")


@pytest.mark.parametrize("printed", ["...", "x", "~", "cirka", "12.5", "99 9", "<5", "i.u."])
def test_a_mark_that_nobody_has_explained_is_not_read(printed: str) -> None:
    assert published_value(printed) is None


@given(st.text(max_size=8))
def test_there_is_a_number_exactly_where_the_status_says_so(printed: str) -> None:
    read = published_value(printed)
    assert read is None or (read.status in STATUSES and (read.value is not None) == (read.status in WITH_VALUE))


@pytest.mark.parametrize(
    ("printed", "reason", "status"),
    [
        ("84,6", "EXISTS", "shown"),
        ("cirka 590", "EXISTS", "rounded"),
        ("..", "OMITTED_DUE_TO_BASED_ON_FEW_PUPILS", "too_few"),
        ("~100", "ROUNDED_OFF_DUE_TO_FEW_PUPILS_NOT_ELIGIBLE", "rounded"),
        ("*", "TEACHERS_EXCLUDED_DUE_TO_NO_REQUIRED_LEGITIMATION", "not_applicable"),
        ("", "MISSING", "missing"),
    ],
)
def test_every_reason_code_of_the_api_has_a_status(printed: str, reason: str, status: str) -> None:
    read = with_reason(printed, reason)
    assert read is not None
    assert read.status == status


def test_a_value_and_a_reason_that_contradict_each_other_are_not_read() -> None:
    assert with_reason("..", "EXISTS") is None
    assert with_reason("84,6", "MISSING") is None
    assert with_reason("84,6", "BRAND_NEW_REASON") is None


def test_dots_for_one_gender_protect_the_other_where_the_other_is_rounded() -> None:
    assert for_both_genders("~100", "..") == ((100, "rounded"), (None, "protects_another"))
    assert for_both_genders("..", "~100") == ((None, "protects_another"), (100, "rounded"))
    assert for_both_genders("..", "88,1") == ((None, "too_few"), (88.1, "shown"))
    assert for_both_genders("?", "..")[0] is None
