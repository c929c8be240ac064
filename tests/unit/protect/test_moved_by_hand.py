"""How many came to a unit or left it between two periods, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from few_rows import DEFINITIONS, record_of, row

from likvard.protect.moved import moved
from likvard.tables import write_table

THEN = {"p1": ("A", "1"), "p2": ("A", "1"), "p3": ("B", "1"), "p4": ("C", "2"), "p5": ("C", "2")}
# p2 goes from A to B, p3 from B to C and so from area 1 to 2, p5 leaves, p6 and p7 come to A.
NOW = {"p1": ("A", "1"), "p2": ("B", "1"), "p3": ("C", "2"), "p4": ("C", "2"), "p6": ("A", "1"), "p7": ("A", "1")}


def prepared(folder: Path, *, columns: tuple[str, ...] = ("pupil_id", "period", "school_id", "area_id")) -> Path:
    rows = [(who, period, *home) for period, told in (("Y1", THEN), ("Y2", NOW)) for who, home in told.items()]
    rows.append(("p1", "Y2", "A", "1"))  # twice in one period is still one pupil
    frame = pd.DataFrame(rows, columns=["pupil_id", "period", "school_id", "area_id"]).astype("string")
    write_table(frame[list(columns)], folder / f"{DEFINITIONS['score'].table}.parquet")
    return folder


def change(kind: str, unit: str, **more: object) -> dict[str, object]:
    return row(measure="change", unit_kind=kind, unit_id=unit, reference="Y1", **more)


def test_those_who_came_and_those_who_left_count(tmp_path: Path) -> None:
    units = [
        ("school", "A"),
        ("school", "B"),
        ("school", "C"),
        ("area", "1"),
        ("area", "2"),
        ("all", "all"),
        ("school", "D"),
    ]
    found = moved(record_of(*(change(*unit) for unit in units)), DEFINITIONS, prepared(tmp_path))
    # A: p2 left, p6 and p7 came. B: p3 left, p2 came. C: p5 left, p3 came. Area 1: p3, p6, p7; area 2: p3, p5. All: p5, p6, p7.
    assert found.tolist() == [3, 2, 2, 3, 2, 3, 0]


def test_what_is_no_change_has_none(tmp_path: Path) -> None:
    record = record_of(row(), row(measure="gap", reference="Y1"), change("school", "A"))
    assert moved(record, DEFINITIONS, prepared(tmp_path)).tolist() == [0, 0, 3]


def test_a_period_that_the_table_does_not_hold_is_not_counted(tmp_path: Path) -> None:
    record = record_of(
        change("school", "A", period="Y9"), change("school", "A") | {"reference": "Y0"}, change("school", "B")
    )
    assert moved(record, DEFINITIONS, prepared(tmp_path)).tolist() == [0, 0, 2]


def test_without_a_table_of_pupils_who_can_be_followed_nothing_is_counted(tmp_path: Path) -> None:
    record = record_of(change("school", "A"))
    assert moved(record, DEFINITIONS, tmp_path).tolist() == [0]
    assert moved(record, DEFINITIONS, prepared(tmp_path, columns=("period", "school_id"))).tolist() == [0]


def test_a_table_that_is_not_there_stops_no_other_from_being_counted(tmp_path: Path) -> None:
    elsewhere = DEFINITIONS["fine"].model_copy(update={"table": "absence_period"})
    record = record_of(change("school", "A", indicator="fine"), change("school", "A"))
    assert moved(record, DEFINITIONS | {"fine": elsewhere}, prepared(tmp_path)).tolist() == [0, 3]


def test_without_areas_schools_are_counted_all_the_same(tmp_path: Path) -> None:
    record = record_of(change("school", "A"), change("area", "1"), change("all", "all"))
    folder = prepared(tmp_path, columns=("pupil_id", "period", "school_id"))
    assert moved(record, DEFINITIONS, folder).tolist() == [3, 0, 3]
