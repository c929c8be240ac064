"""A later delivery has the last word about a row, and how often it says something else is recorded."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from likvard.contracts import read_tables
from likvard.ingest.faults import Reading
from likvard.ingest.restated import last_word

AREAS = read_tables(Path(__file__).parents[3] / "data/contracts")["areas"]


def delivered(name: str, *rows: tuple[str, str]) -> tuple[str, pd.DataFrame]:
    frame = pd.DataFrame(rows, columns=["area_id", "area_name"]).assign(period="2024T1")
    return name, frame.assign(source_file=f"{name}/a.csv", source_row=range(2, 2 + len(rows)))


def test_a_row_that_comes_again_replaces_the_earlier_one() -> None:
    reading = Reading()
    rows = last_word(
        [delivered("q1", ("01", "Gamla"), ("02", "Torget")), delivered("q2", ("01", "Nya"))], AREAS, reading
    )
    assert rows[["area_id", "area_name", "source_file"]].to_dict("list") == {
        "area_id": ["02", "01"],
        "area_name": ["Torget", "Nya"],
        "source_file": ["q1/a.csv", "q2/a.csv"],
    }
    assert reading.restated == [{"table": "areas", "delivery": "q2", "rows": 1, "changed": 1}]


def test_a_row_that_says_the_same_again_is_replaced_but_not_called_changed() -> None:
    reading = Reading()
    rows = last_word(
        [delivered("q1", ("01", "Torget")), delivered("q2", ("01", "Torget"), ("02", "Ny"))], AREAS, reading
    )
    assert rows["source_file"].tolist() == ["q2/a.csv", "q2/a.csv"]
    assert reading.restated == [{"table": "areas", "delivery": "q2", "rows": 1, "changed": 0}]


def test_two_rows_with_one_key_in_the_same_delivery_both_stay_for_the_checks() -> None:
    reading = Reading()
    rows = last_word([delivered("q1", ("01", "A"), ("01", "B")), delivered("q2", ("02", "C"))], AREAS, reading)
    assert len(rows) == 3
    assert reading.restated == []


def test_of_three_deliveries_the_last_one_counts() -> None:
    rows = last_word([delivered(name, ("01", name)) for name in ("q1", "q2", "q3")], AREAS, reading := Reading())
    assert rows["area_name"].tolist() == ["q3"]
    assert [one["delivery"] for one in reading.restated] == ["q3"]
