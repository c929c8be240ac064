"""Ratios of sums, and what others have published, as figures of the record."""

from __future__ import annotations

import pandas as pd
import pytest
from small_school import REGISTRY

from likvard.indicators.cells import cells_of
from likvard.indicators.levels import levels
from likvard.indicators.published import published_figures
from likvard.indicators.run import is_told
from likvard.params import DisclosureChoice
from likvard.protect import protected

CHOICE = DisclosureChoice(profile="internal", min_count=5, min_teachers=3)
NO_SCHOOLS = pd.DataFrame(columns=["school_id", "period", "area_id"])

QUALIFIED = REGISTRY["qualified_teacher_share"]
REPORTS = REGISTRY["concern_reports_per_1000_children"]


def staff(*rows: tuple[str, float, float | None, int]) -> pd.DataFrame:
    """Each row: school (all in area 1), teachers' and qualified teachers' full-time equivalents, persons."""
    frame = pd.DataFrame(rows, columns=["school_id", "teacher_fte", "qualified_teacher_fte", "teachers_count"])
    return frame.assign(period="2025T2", area_id="1").astype({"qualified_teacher_fte": "Float64"})


def ratios(rows: pd.DataFrame, definition: object = QUALIFIED) -> pd.DataFrame:
    found = levels(definition, rows, cells_of(rows, {}), 0.95).cells  # type: ignore[arg-type]
    return found.set_index(["unit_kind", "unit_id"])


def test_a_ratio_of_an_area_is_that_of_the_sums_and_not_the_mean_of_ratios() -> None:
    rows = ratios(staff(("A", 10, 10, 12), ("B", 30, 10, 33)))
    assert rows["value"]["area", "1"] == 0.5
    assert rows["value"]["school", "B"] == pytest.approx(1 / 3)
    assert rows["low"]["area", "1"] == rows["high"]["area", "1"] == 0.5
    assert rows["n"]["area", "1"] == rows["clusters"]["area", "1"] == 45


def test_a_sum_with_a_part_that_is_not_told_is_missing_and_never_too_small() -> None:
    rows = ratios(staff(("A", 10, 10, 12), ("B", 30, None, 33)))
    assert rows["status"].to_dict() == {
        ("school", "A"): "shown",
        ("school", "B"): "missing",
        ("area", "1"): "missing",
        ("all", "all"): "missing",
    }
    assert rows["value"].notna().sum() == 1


def test_nothing_to_divide_by_is_not_applicable_and_not_infinite() -> None:
    assert ratios(staff(("A", 0, 0, 3)))["status"]["school", "A"] == "not_applicable"


def test_a_rate_is_told_per_thousand_and_an_area_table_has_no_schools() -> None:
    rows = pd.DataFrame(
        {"area_id": ["1", "2"], "period": "2025Q1", "concern_reports_count": [6, 4], "children_count": [500, 500]}
    )
    found = ratios(rows, REPORTS)
    assert found["value"].to_dict() == {("area", "1"): 12.0, ("area", "2"): 8.0, ("all", "all"): 10.0}


def test_a_rate_of_fewer_than_five_and_a_ratio_of_two_teachers_are_held_back() -> None:
    areas = pd.DataFrame(
        {"area_id": ["1", "2"], "period": "2025Q1", "concern_reports_count": [6, 4], "children_count": [500, 500]}
    )
    parts = [
        ratios(areas, REPORTS).assign(indicator=REPORTS.id),
        ratios(staff(("A", 2, 1, 2), ("B", 30, 10, 33))).assign(indicator=QUALIFIED.id),
    ]
    record = pd.concat(parts).reset_index().assign(measure="level", reference="", figure_id="f")
    found = protected(record, REGISTRY, CHOICE, NO_SCHOOLS).released
    of_area = found[found["indicator"] == REPORTS.id].set_index("unit_id")["status"]
    assert of_area[["1", "2"]].tolist() == [
        "held_back",
        "held_back",
    ]  # the one shown would tell the other from their sum
    of_school = found[found["indicator"] == QUALIFIED.id].set_index("unit_id")["status"]
    assert of_school[["A", "B"]].tolist() == ["held_back", "held_back"]


def test_an_indicator_is_told_only_by_its_own_table_with_all_its_columns() -> None:
    rows = staff(("A", 10, 10, 12))
    assert is_told(QUALIFIED, "school_staff", rows)
    assert not is_told(QUALIFIED, "pupil_period", rows)
    assert not is_told(QUALIFIED, "school_staff", rows.drop(columns="teachers_count"))


def published(*rows: tuple[str, str, str, float | None, str]) -> pd.DataFrame:
    """Each row: measure, kind and id of the unit, value, status; of all pupils and one year, by Skolverket."""
    columns = ["measure", "unit_kind", "unit_id", "value", "status"]
    return pd.DataFrame(rows, columns=columns).assign(publisher="skolverket", period="2024-25", group="all")


SCHOOLS = pd.DataFrame({"school_id": ["00000001"]})
AREAS = pd.DataFrame({"area_id": ["0180"]})


def test_a_published_figure_of_what_we_compute_stands_beside_our_own() -> None:
    rows = published_figures(
        published(("merit_value_mean", "school", "00000001", 221.5, "shown")),
        REGISTRY,
        SCHOOLS,
        AREAS,
        {"merit_value_mean"},
    )
    assert rows.loc[0, ["measure", "reference", "unit_kind", "value"]].tolist() == [
        "published",
        "skolverket",
        "school",
        221.5,
    ]


def test_a_mark_stays_a_status_without_a_value_and_an_unknown_measure_is_left_out() -> None:
    rows = published_figures(
        published(
            ("merit_value_mean", "country", "0000", 0.0, "too_few"), ("shoe_size", "country", "0000", 39, "shown")
        ),
        REGISTRY,
        SCHOOLS,
        AREAS,
        {"merit_value_mean"},
    )
    assert rows["status"].tolist() == ["too_few"]
    assert rows["value"].isna().all()


def test_what_others_have_published_is_never_hidden_and_hides_nothing_of_ours() -> None:
    given = published(("merit_value_mean", "school", "00000001", None, "too_few"))
    record = published_figures(given, REGISTRY, SCHOOLS, AREAS, {"merit_value_mean"}).assign(figure_id="f")
    found = protected(record, REGISTRY, CHOICE, NO_SCHOOLS).released
    pd.testing.assert_frame_equal(found[list(record)], record, check_dtype=False)


def test_what_we_do_not_compute_is_the_unit_s_own_level_as_its_publisher_has_it() -> None:
    given = published(
        ("merit_value_mean", "school", "00000001", 221.5, "shown"),
        ("merit_value_mean", "municipality", "0180", 250.0, "shown"),
        ("merit_value_mean", "country", "0000", 228.5, "shown"),
    )
    rows = published_figures(given, REGISTRY, SCHOOLS, AREAS, set())
    assert set(rows["measure"]) == {"level"}
    assert set(rows["reference"]) == {"skolverket"}
    assert rows.set_index(["unit_kind", "unit_id"])["value"].to_dict() == {
        ("school", "00000001"): 221.5,
        ("area", "0180"): 250.0,
        ("all", "all"): 228.5,
    }
    assert rows[["n", "low", "high"]].isna().all(axis=None)


def test_the_country_is_not_everyone_where_the_areas_are_no_municipalities() -> None:
    given = published(
        ("merit_value_mean", "municipality", "0180", 250.0, "shown"),
        ("merit_value_mean", "country", "0000", 228.5, "shown"),
    )
    rows = published_figures(given, REGISTRY, SCHOOLS, pd.DataFrame({"area_id": ["01"]}), set())
    assert rows[["measure", "unit_kind", "unit_id"]].to_numpy().tolist() == [
        ["published", "country", "0000"],
        ["published", "municipality", "0180"],
    ]


def test_schools_and_municipalities_that_are_not_in_the_edition_are_left_out() -> None:
    given = published(
        ("merit_value_mean", "school", "00000002", 200.0, "shown"),
        ("merit_value_mean", "municipality", "0180", 250.0, "shown"),
        ("merit_value_mean", "municipality", "0604", 210.0, "shown"),
    )
    assert published_figures(given, REGISTRY, SCHOOLS, AREAS, set())["unit_id"].tolist() == ["0180"]


def test_of_two_publications_of_one_level_the_most_careful_wins() -> None:
    open_one = published(("merit_value_mean", "school", "00000001", 221.5, "shown"))
    careful = published(("merit_value_mean", "school", "00000001", None, "too_few")).assign(publisher="kolada")
    blank = published(("merit_value_mean", "school", "00000001", None, "missing")).assign(publisher="scb")
    rows = published_figures(pd.concat([open_one, careful, blank]), REGISTRY, SCHOOLS, AREAS, set())
    assert rows["status"].tolist() == ["too_few"]
    rows = published_figures(pd.concat([blank, open_one]), REGISTRY, SCHOOLS, AREAS, set())
    assert rows["value"].tolist() == [221.5]


def test_a_record_of_published_levels_alone_passes_the_rules_as_it_is() -> None:
    given = published(("merit_value_mean", "school", "00000001", 221.5, "rounded"))
    record = published_figures(given, REGISTRY, SCHOOLS, AREAS, set()).assign(figure_id="f")
    found = protected(record, REGISTRY, CHOICE, NO_SCHOOLS).released
    pd.testing.assert_frame_equal(found, record, check_dtype=False)
