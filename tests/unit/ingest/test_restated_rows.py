"""A later delivery has the last word about a row, and how often it says something else is recorded."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import pandas as pd

from likvard.contracts import read_tables
from likvard.ingest.restated import last_word

AREAS = read_tables(Path(__file__).parents[3] / "data/contracts")["areas"]


def replaced(*parts: list[tuple[str, str]]) -> tuple[list[dict[Hashable, object]], list[dict[Hashable, object]]]:
    """What stays of areas (id, name) that came in so many parts, and what is said of those that replaced others."""
    rows = pd.DataFrame([row for part in parts for row in part], columns=["area_id", "area_name"])
    order = pd.Series([place for place, part in enumerate(parts) for _ in part])
    rows = rows.assign(period="2024T1", source_file=order.map("{}.csv".format), source_row=2)
    stays, replacing = last_word(rows, order, AREAS)
    return stays[["area_id", "area_name", "source_file"]].to_dict("records"), replacing.to_dict("records")


def test_a_row_that_comes_again_replaces_the_earlier_one() -> None:
    stays, replacing = replaced([("01", "Gamla"), ("02", "Torget")], [("01", "Nya")])
    assert stays == [
        {"area_id": "02", "area_name": "Torget", "source_file": "0.csv"},
        {"area_id": "01", "area_name": "Nya", "source_file": "1.csv"},
    ]
    assert replacing == [{"order": 1, "changed": True}]


def test_a_row_that_says_the_same_again_is_replaced_but_not_called_changed() -> None:
    stays, replacing = replaced([("01", "Torget")], [("01", "Torget"), ("02", "Ny")])
    assert [row["source_file"] for row in stays] == ["1.csv", "1.csv"]
    assert replacing == [{"order": 1, "changed": False}]


def test_two_rows_with_one_key_in_the_same_delivery_both_stay_for_the_checks() -> None:
    stays, replacing = replaced([("01", "A"), ("01", "B")], [("02", "C")])
    assert len(stays) == 3
    assert replacing == []


def test_of_three_deliveries_the_last_one_counts() -> None:
    stays, replacing = replaced([("01", "first")], [("01", "second")], [("01", "third")])
    assert [row["area_name"] for row in stays] == ["third"]
    assert replacing == [{"order": 2, "changed": True}]
