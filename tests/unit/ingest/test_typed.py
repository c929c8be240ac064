from typing import Any

import pandas as pd
import pytest

from likvard.contracts import Field, SourceField, SourceTable
from likvard.ingest.typed import rows_named, typed_column

ABSENT = pd.NA


def read(cells: list[str], kind: str, mapped: dict[str, Any] | None = None, **origin: Any) -> list[tuple[Any, bool]]:
    """Each cell's value under contract, and whether it could not be read."""
    field = Field.model_validate(
        {
            "name": "x",
            "type": kind,
            "title": "X",
            "description": "",
            "likvard:sv": {"title": "X", "description": ""},
            "likvard:class": "open",
        }
    )
    table = SourceTable(file="x.csv", fields={}, **(mapped or {}))
    column, unread = typed_column(pd.Series(cells, dtype="str"), field, SourceField(column="x", **origin), table)
    return [(None if pd.isna(value) else value, bool(mark)) for value, mark in zip(column, unread, strict=True)]


def test_text_is_taken_as_it_stands_and_na_is_text() -> None:
    assert read(["NA", "nan", "007", " "], "string") == [(text, False) for text in ["NA", "nan", "007", " "]]


def test_only_what_the_mapping_calls_missing_is_missing() -> None:
    assert read(["", "9"], "number") == [(None, False), (9.0, False)]
    assert read(["", "9"], "number", {"missing": ("", "9")}) == [(None, False), (None, False)]
    assert read([".."], "number") == [(None, True)]


def test_codes_become_ours_and_an_unknown_one_is_marked() -> None:
    assert read(["F", "M", "f", ""], "string", codes={"F": "girl", "M": "boy"}) == [
        ("girl", False),
        ("boy", False),
        (None, True),
        (None, False),
    ]


@pytest.mark.parametrize(
    "text", ["1,5", "1e3", "1 000", " 5", "5 ", "0x10", "inf", "nan", "NA", ".5", "5.", "--5", "٣x"]
)
def test_what_is_not_written_as_a_number_is_marked_and_never_guessed(text: str) -> None:
    assert read([text], "number") == [(None, True)]


def test_numbers_may_have_a_sign_and_decimals() -> None:
    assert read(["5", "-5", "+5.25", "0"], "number") == [(5.0, False), (-5.0, False), (5.25, False), (0.0, False)]


def test_a_decimal_comma_is_read_where_the_mapping_says_so() -> None:
    comma = {"decimal": ","}
    assert read(["1,5", "1", "1.5", "1.000,5"], "number", comma) == [
        (1.5, False),
        (1.0, False),
        (None, True),
        (None, True),
    ]


def test_a_factor_turns_the_sender_s_unit_into_ours() -> None:
    assert read(["1.5", "2"], "number", factor=60, unit="hours") == [(90.0, False), (120.0, False)]


def test_an_integer_with_decimals_is_marked() -> None:
    assert read(["7", "7.0", "7.5", "x"], "integer") == [(7, False), (7, False), (None, True), (None, True)]


def test_an_integer_by_a_factor_must_still_be_an_integer() -> None:
    assert read(["1", "2"], "integer", factor=0.5) == [(None, True), (1, False)]


def test_only_true_and_false_are_booleans() -> None:
    assert read(["true", "false", "True", "1", ""], "boolean") == [
        (True, False),
        (False, False),
        (None, True),
        (None, True),
        (None, False),
    ]


def test_columns_have_the_types_that_can_be_missing() -> None:
    field = {
        "name": "x",
        "title": "",
        "description": "",
        "likvard:sv": {"title": "", "description": ""},
        "likvard:class": "open",
    }
    mapped = SourceTable(file="x.csv", fields={})
    types = {
        kind: str(
            typed_column(
                pd.Series(["", ""], dtype="str"),
                Field.model_validate(field | {"type": kind}),
                SourceField(column="x"),
                mapped,
            )[0].dtype
        )
        for kind in ("string", "integer", "number", "boolean")
    }
    assert types == {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([7], "line 7"),
        ([2, 3], "lines 2, 3"),
        ([2, 3, 4, 5, 6], "lines 2, 3, 4, 5, 6"),
        ([2, 3, 4, 5, 6, 7, 8], "lines 2, 3, 4, 5, 6 and 2 more"),
    ],
)
def test_the_first_lines_at_fault_are_named_and_the_others_counted(rows: list[int], said: str) -> None:
    assert rows_named(pd.Series(rows)) == said
