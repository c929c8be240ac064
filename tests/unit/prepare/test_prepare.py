import json
from pathlib import Path

import pandas as pd
import pytest
from period_by_period import period_by_period

from likvard.contracts import read_tables
from likvard.errors import QualityGateClosedError, StageInputMissingError
from likvard.params import read_params
from likvard.prepare import area_periods, pupils_of_schools, run, school_periods
from likvard.tables import read_table
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).parents[3]
CODES = read_tables(REPOSITORY / "data/contracts").codes
GROUPED = ("gender", "ethnicity", "lunch")
YEARS = ("Y1", "Y2", "Y3")


def text(rows: list[tuple[object, ...]], columns: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns.split()).astype("string")
    return frame.assign(source_file="f.csv", source_row=2)


def pupils(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Each row: pupil, period, school, class, lunch."""
    frame = text(list(rows), "pupil_id period school_id class_id lunch")
    return frame.assign(gender="girl", ethnicity="asian", grade="3")


SCHOOLS = text(
    [(school, year, area) for year in YEARS for school, area in (("A", "1"), ("B", "2"))], "school_id period area_id"
)
AREAS = text([(area, year) for year in YEARS for area in ("1", "2")], "area_id period")
TEACHERS = text(
    [("A-1", year, "A", "phd") for year in YEARS] + [("B-1", "Y2", "B", None)], "class_id period school_id degree"
).assign(experience_years=pd.array([7, 8, 9, 0], dtype="Int64"))


def prepared(*rows: tuple[object, ...]) -> pd.DataFrame:
    return period_by_period(pupils(*rows), SCHOOLS, TEACHERS, CODES, GROUPED)


def values(frame: pd.DataFrame, column: str) -> list[object]:
    return [None if pd.isna(value) else value for value in frame[column]]


def test_a_pupil_has_the_area_of_the_school_and_the_teacher_of_the_class() -> None:
    rows = prepared(("p", "Y1", "A", "A-1", "free"), ("q", "Y2", "B", "B-1", "free"), ("r", "Y2", "B", None, "free"))
    assert values(rows, "area_id") == ["1", "2", "2"]
    assert values(rows, "teacher_degree") == ["master", None, None]
    assert values(rows, "teacher_experience_years") == [7, 0, None]


def test_where_a_row_came_from_ends_with_the_staged_tables() -> None:
    assert {"source_file", "source_row"}.isdisjoint(prepared(("p", "Y1", "A", "A-1", "free")))


def test_class_size_is_the_number_of_pupils_in_the_class_that_year() -> None:
    rows = prepared(
        ("p", "Y1", "A", "A-1", "free"),
        ("q", "Y1", "A", "A-1", "free"),
        ("r", "Y1", "A", "A-2", "free"),
        ("p", "Y2", "A", "A-1", "free"),
        ("s", "Y1", "A", None, "free"),
        ("t", "Y1", "A", None, "free"),
    )
    sizes = rows.set_index(["pupil_id", "period"])["class_size"]
    assert sizes["p", "Y1"] == sizes["q", "Y1"] == 2
    assert sizes["r", "Y1"] == sizes["p", "Y2"] == 1
    assert pd.isna(sizes["s", "Y1"])  # pupils whose class is not known are no class together
    assert pd.isna(sizes["t", "Y1"])


def test_a_pupil_who_moves_counts_in_each_school_in_its_own_year() -> None:
    rows = prepared(("p", "Y1", "A", "A-1", "free"), ("p", "Y2", "B", "B-1", "free"), ("p", "Y3", "B", None, "free"))
    assert values(rows, "school_id") == ["A", "B", "B"]
    assert values(rows, "changed_school") == [None, True, False]


def test_a_change_is_only_seen_from_one_period_to_the_next() -> None:
    rows = prepared(("p", "Y1", "A", "A-1", "free"), ("p", "Y3", "B", None, "paid"), ("q", "Y2", "A", "A-1", "free"))
    assert values(rows[rows["pupil_id"] == "p"], "changed_school") == [None, None]
    assert values(rows[rows["pupil_id"] == "p"], "changed_lunch") == [None, None]


def test_a_pupil_is_in_the_lunch_group_of_each_year() -> None:
    rows = prepared(("p", "Y1", "A", "A-1", "paid"), ("p", "Y2", "A", "A-1", "free"), ("p", "Y3", "A", "A-1", "free"))
    assert values(rows, "lunch") == ["paid", "free", "free"]
    assert values(rows, "changed_lunch") == [None, True, False]


def test_an_unknown_lunch_status_is_a_group_and_no_change() -> None:
    rows = prepared(("p", "Y1", "A", "A-1", "paid"), ("p", "Y2", "A", "A-1", None), ("p", "Y3", "A", "A-1", "free"))
    assert values(rows, "lunch") == ["paid", "unknown", "free"]
    assert values(rows, "changed_lunch") == [None, None, None]
    assert values(rows, "changed_school") == [None, False, False]


def test_groups_are_those_that_reports_count_by() -> None:
    assert values(prepared(("p", "Y1", "A", "A-1", "free")), "ethnicity") == ["other"]


def test_no_row_is_added_lost_or_changed_on_the_way() -> None:
    given = pupils(("q", "Y1", "A", "A-1", "free"), ("p", "Y2", "B", "B-1", None), ("p", "Y1", "A", "A-1", "paid"))
    before = given.copy(deep=True)
    rows = period_by_period(given, SCHOOLS, TEACHERS, CODES, GROUPED)
    assert list(zip(rows["pupil_id"], rows["period"], strict=True)) == [("p", "Y1"), ("q", "Y1"), ("p", "Y2")]
    pd.testing.assert_frame_equal(given, before)


def test_schools_and_areas_count_their_pupils_classes_and_schools() -> None:
    rows = prepared(
        ("p", "Y1", "A", "A-1", "free"),
        ("q", "Y1", "A", "A-1", "free"),
        ("r", "Y1", "A", "A-2", "free"),
        ("s", "Y1", "A", None, "free"),
        ("p", "Y2", "B", "B-1", "free"),
    )
    schools = school_periods(SCHOOLS, pupils_of_schools(rows))
    areas = area_periods(AREAS, schools)
    counted = schools.set_index(["school_id", "period"])[["pupils_count", "classes_count"]]
    assert counted.loc[("A", "Y1")].tolist() == [4, 2]
    assert counted.loc[("B", "Y2")].tolist() == [1, 1]
    assert counted.loc[("B", "Y1")].tolist() == [0, 0]  # a school without pupils has none; that is not "not known"
    assert len(schools) == 6
    counted = areas.set_index(["area_id", "period"])[["schools_count", "pupils_count"]]
    assert counted.loc[("1", "Y1")].tolist() == [1, 4]  # an area with a single school
    assert counted.loc[("2", "Y1")].tolist() == [1, 0]


def test_an_area_without_a_school_is_still_there_with_none() -> None:
    areas = area_periods(
        text([("9", "Y1")], "area_id period"),
        school_periods(SCHOOLS, pupils_of_schools(prepared(("p", "Y1", "A", "A-1", "free")))),
    )
    assert areas[["schools_count", "pupils_count"]].iloc[0].tolist() == [0, 0]


def test_real_pupils_change_school_and_lunch_status(star_workspace: Workspace) -> None:
    rows = read_table(star_workspace.prepared / "pupil_period.parquet")
    assert not rows.duplicated(["pupil_id", "period"]).any()
    assert rows["area_id"].notna().all()
    assert rows["changed_school"].sum() > 100
    assert rows["changed_lunch"].sum() > 500
    first_year = rows["period"] == rows["period"].min()
    assert rows.loc[first_year, ["changed_school", "changed_lunch"]].isna().all(axis=None)


def test_three_in_four_areas_have_a_single_school(star_workspace: Workspace) -> None:
    areas = read_table(star_workspace.prepared / "area_period.parquet")
    now = areas[areas["period"] == "1988-89"]
    assert (now["schools_count"] == 1).mean() == pytest.approx(0.75, abs=0.05)


def test_nothing_is_prepared_from_data_that_failed_its_checks(own_workspace: Workspace) -> None:
    path = own_workspace.quality / "results.json"
    before = (own_workspace.prepared / "pupil_period.parquet").read_bytes()
    path.write_text(json.dumps({"status": "failed"}), encoding="utf-8")
    with pytest.raises(QualityGateClosedError, match=r"failing_rows\.csv") as stop:
        run(own_workspace, read_params(own_workspace.params))
    assert stop.value.exit_code == 3
    assert (own_workspace.prepared / "pupil_period.parquet").read_bytes() == before


@pytest.mark.parametrize(
    ("lost", "stage"), [("quality/results.json", "validate"), ("staged/teachers.parquet", "ingest")]
)
def test_what_an_earlier_stage_has_not_made_is_named(own_workspace: Workspace, lost: str, stage: str) -> None:
    (own_workspace.root / "data" / lost).unlink()
    with pytest.raises(StageInputMissingError, match=f"data/{lost}.*'{stage}' makes it"):
        run(own_workspace, read_params(own_workspace.params))
