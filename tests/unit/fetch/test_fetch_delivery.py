from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likvard.fetch.delivery import csv_bytes, origin_of, receipt
from likvard.fetch.written_number import plain_number

SCHOOLS = pd.DataFrame({"code": ["0885", "0604"], "name": ["Borgholm, norra", None]}, dtype="string")


def test_a_delivery_is_sorted_utf8_csv_with_line_feeds_and_keeps_leading_zeros() -> None:
    assert csv_bytes(SCHOOLS) == b'code,name\n0604,\n0885,"Borgholm, norra"\n'


def test_the_order_of_the_rows_does_not_change_the_bytes() -> None:
    assert csv_bytes(SCHOOLS) == csv_bytes(SCHOOLS.iloc[::-1])


def test_the_origin_says_where_the_bytes_came_from_and_how_many_rows_they_gave(now: datetime) -> None:
    content = b"what came"
    record = origin_of("test", now, [receipt("schools.xlsx", content)], {"schools": SCHOOLS})
    assert record["sha256"] == hashlib.sha256(content).hexdigest()
    assert record["rows"] == {"schools": 2}
    assert record["locations"] == ["schools.xlsx"]


def test_the_time_of_retrieval_is_told_in_universal_time(now: datetime) -> None:
    swedish = now.astimezone(timezone(timedelta(hours=1)))
    assert origin_of("test", swedish, [receipt("a", b"")], {})["retrieved_at"] == "2026-11-22T08:00:00Z"
    with pytest.raises(ValueError, match="time zone"):
        origin_of("test", now.replace(tzinfo=None), [receipt("a", b"")], {})


def test_several_answers_have_one_hash_that_depends_on_each(now: datetime) -> None:
    one, two, other = receipt("/p", b"1"), receipt("/p", b"2"), receipt("/p", b"3")
    first = origin_of("test", now, [one, two], {})
    assert first["sha256"] != origin_of("test", now, [one, other], {})["sha256"]
    assert first["received_count"] == 2
    assert first["locations"] == ["/p"]


@pytest.mark.parametrize(
    ("written", "number"),
    [("1 234,5", "1234.5"), ("1\u00a0234", "1234"), ("−3,0", "-3.0"), ("0604", "0604"), ("+7", "7")],
)
def test_swedish_numbers_are_read(written: str, number: str) -> None:
    assert plain_number(written) == number


@pytest.mark.parametrize("written", ["12 34", "1.5", "", "~100", "1,", ",5", "1 2345", "nan", "1e3", "١"])
def test_what_is_not_a_swedish_number_is_not_guessed(written: str) -> None:
    assert plain_number(written) is None


@given(st.integers(min_value=-(10**12), max_value=10**12), st.integers(min_value=0, max_value=999))
def test_every_number_survives_being_written_in_swedish(whole: int, decimals: int) -> None:
    written = f"{whole:,}".replace(",", "\u00a0") + f",{decimals:03d}"
    assert float(plain_number(written) or "") == float(f"{whole}.{decimals:03d}")
