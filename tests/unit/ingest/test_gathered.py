"""What several deliveries say of one table, put together period by period."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from likvard.contracts import read_tables
from likvard.ingest.gathered import Gathered
from likvard.tables import read_table

AREAS = read_tables(Path(__file__).parents[3] / "data/contracts")["areas"]


def part(delivery: str, *rows: tuple[str, str | None, str]) -> pd.DataFrame:
    """Each row: area, period, name."""
    frame = pd.DataFrame(list(rows), columns=["area_id", "period", "area_name"]).assign(source_file=f"{delivery}/a.csv")
    return frame.astype("category").assign(source_row=range(2, 2 + len(rows)))


def gathered(folder: Path, **parts: pd.DataFrame) -> Gathered:
    held = folder / "held"
    held.mkdir()
    table = Gathered(AREAS, held)
    for delivery, rows in parts.items():
        table.add(delivery, rows)
    return table


def test_rows_are_in_the_order_of_period_and_key_and_those_without_a_period_come_last(tmp_path: Path) -> None:
    q1 = part("q1", ("02", "2024T2", "b"), ("03", None, "?"), ("01", "2024T2", "a"))
    q2 = part("q2", ("02", "2024T1", "z"))
    count, restated = gathered(tmp_path, q1=q1, q2=q2).write(tmp_path / "areas.parquet")
    rows = read_table(tmp_path / "areas.parquet")
    assert rows["area_name"].tolist() == ["z", "a", "b", "?"]
    assert rows["period"].isna().tolist() == [False, False, False, True]
    assert rows["source_row"].tolist() == [2, 4, 2, 3]
    assert (count, restated) == (4, [])


def test_what_a_delivery_restates_is_counted_over_all_periods(tmp_path: Path) -> None:
    q1 = part("q1", ("01", "2024T1", "a"), ("01", "2024T2", "a"), ("02", "2024T2", "b"))
    q2 = part("q2", ("01", "2024T1", "a"), ("02", "2024T2", "new"), ("03", "2024T2", "c"))
    q3 = part("q3", ("01", "2024T2", "a"))
    count, restated = gathered(tmp_path, q1=q1, q2=q2, q3=q3).write(tmp_path / "areas.parquet")
    assert count == 4
    assert restated == [
        {"table": "areas", "delivery": "q2", "rows": 2, "changed": 1},
        {"table": "areas", "delivery": "q3", "rows": 1, "changed": 0},
    ]


def test_a_column_that_one_sender_does_not_have_is_missing_in_its_rows(tmp_path: Path) -> None:
    q1 = part("q1", ("01", "2024T1", "a")).drop(columns="area_name")
    q2 = part("q2", ("01", "2024T2", "a")).assign(area_size=pd.array([1.5], dtype="Float64"))
    gathered(tmp_path, q1=q1, q2=q2).write(tmp_path / "areas.parquet")
    rows = read_table(tmp_path / "areas.parquet")
    assert rows["area_name"].isna().tolist() == [True, False]
    assert rows["area_size"].isna().tolist() == [True, False]
    assert rows[["period", "area_name", "area_size"]].dtypes.astype(str).tolist() == ["string", "string", "Float64"]
