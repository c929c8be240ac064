"""Cells become typed under contract; what is mended or ignored is counted, and what is not known is marked."""

from __future__ import annotations

import pandas as pd
import pytest

from likvard.contracts import CodeList, Field, SourceField, SourceTable
from likvard.ingest.typed import GoodCodes, in_good_codes, typed_column

TITLES = {"en": "", "sv": ""}
LANGUAGES = CodeList(
    "subject", {"M2": TITLES, "SV": TITLES}, {"M2": "M2", "SV": "SV"}, {"MSPR": "M2"}, frozenset({"XX"})
)


def typed(cells: list[str], kind: str = "string", decimal: str = ".", **origin: object) -> tuple[pd.Series, pd.Series]:
    described = {
        "name": "a",
        "type": kind,
        "title": "",
        "description": "",
        "likvard:sv": {"title": "", "description": ""},
    }
    contract = Field.model_validate(described | {"likvard:class": "open"})
    field = SourceField.model_validate({"column": "A"} | origin)
    table = SourceTable.model_validate(
        {"file": "a.csv", "decimal": decimal, "missing": ["", ".."], "fields": {"a": field}}
    )
    return typed_column(pd.Series(cells, dtype="str"), contract, field, table)


def coded(*cells: str | None) -> GoodCodes:
    return in_good_codes(pd.Series(cells, dtype="string"), LANGUAGES)


def test_a_fixable_code_is_mended_and_counted() -> None:
    found = coded("MSPR", "SV", "MSPR")
    assert found.column.tolist() == ["M2", "SV", "M2"]
    assert (found.mended, found.ignored) == ({"MSPR": 2}, {})


def test_an_ignored_code_is_missing_counted_and_no_fault() -> None:
    found = coded("XX", "SV")
    assert found.column.isna().tolist() == [True, False]
    assert found.ignored == {"XX": 1}
    assert not found.unread.any()


def test_a_code_that_nobody_knows_is_marked() -> None:
    assert coded("SV", "QQ", None).unread.tolist() == [False, True, False]


def test_the_senders_codes_go_through_the_mapping_first() -> None:
    column, unread = typed(["M2SPA", "gammal", "okänd kod"], codes={"M2SPA": "M2", "gammal": "MSPR"})
    assert unread.tolist() == [False, False, True]
    assert in_good_codes(column, LANGUAGES).column.tolist()[:2] == ["M2", "M2"]


@pytest.mark.parametrize(
    ("form", "sent", "ours"),
    [
        ("swedish_term", "HT2024", "2024T2"),
        ("swedish_term", "VT 2025", "2025T1"),
        ("compact_month", "202410", "2024-10"),
        ("scb_quarter", "2024K4", "2024Q4"),
        ("slashed_school_year", "2024/25", "2024-25"),
    ],
)
def test_periods_are_read_in_the_senders_form(form: str, sent: str, ours: str) -> None:
    assert typed([sent], form=form)[0].item() == ours


@pytest.mark.parametrize(
    ("form", "sent"), [("swedish_term", "HT24"), ("compact_month", "202413"), ("scb_quarter", "2024Q4")]
)
def test_a_period_in_another_form_is_marked_not_guessed(form: str, sent: str) -> None:
    assert typed([sent], form=form)[1].item()


def test_dates_must_be_real_days() -> None:
    column, unread = typed(["2024-02-29", "2025-02-29", "29/2 2024", ".."], kind="date")
    assert column.dt.strftime("%Y-%m-%d").tolist()[0] == "2024-02-29"
    assert unread.tolist() == [False, True, True, False]


def test_a_decimal_comma_is_read_only_where_it_is_agreed() -> None:
    assert typed(["7,5"], kind="number", decimal=",")[0].item() == 7.5
    assert typed(["7.5"], kind="number", decimal=",")[1].item()


def test_yes_and_no_go_through_the_mapping() -> None:
    column, unread = typed(["J", "N", "?"], kind="boolean", codes={"J": "true", "N": "false"})
    assert column.tolist()[:2] == [True, False]
    assert unread.tolist() == [False, False, True]
