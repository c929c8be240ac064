"""The real exports, where they are at hand: every row is read, and every mark has a status."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from likvard.fetch.delivery import Fetched, csv_bytes
from likvard.fetch.figure import STATUSES, WITH_VALUE
from likvard.fetch.skolverket.benchmark import benchmark_table, disagreements
from likvard.fetch.skolverket.planned_educations import (
    figures_of_salsa,
    figures_of_statistics,
    figures_of_survey,
    read_long_csv,
)
from likvard.fetch.skolverket.salsa import salsa_disagreements, salsa_table
from likvard.fetch.skolverket.schools import dated_by, read_schools
from likvard.fetch.skolverket.siris import read_municipalities_over_time, read_school_units


@pytest.fixture(scope="module")
def siris(shared: Path) -> Fetched:
    return _read(read_school_units, shared / "data/skolverket/slutbetyg_ak9_2024_25_skolenhet.csv")


@pytest.fixture(scope="module")
def api(shared: Path) -> Fetched:
    return _read(read_long_csv, shared / "data/skolverket/skolenhet_statistik_gr_long.csv.gz")


@pytest.fixture(scope="module")
def schools(shared: Path) -> Fetched:
    return _read(read_schools, shared / "data/skolverket/schools_se.csv")


@pytest.fixture(scope="module")
def over_time(shared: Path) -> Fetched:
    return _read(read_municipalities_over_time, shared / "data/skolverket/betygsresultat_over_tid_2025_kommun_ak9.xlsx")


def _read(reader, path: Path) -> Fetched:  # type: ignore[no-untyped-def]
    return reader(path.name, path.read_bytes(), datetime.fromisoformat("2026-11-22T08:00:00+00:00"))


def test_all_1714_school_units_are_read_with_whole_codes(siris: Fetched) -> None:
    units = siris.tables["school_units"]
    assert len(units) == units["school_unit_code"].nunique() == 1714
    assert units["school_unit_code"].str.fullmatch(r"\d{8}").all()
    assert units["municipality_code"].str.fullmatch(r"\d{4}").all()
    assert units["municipality_code"].str.startswith("0").any()
    assert units["municipality_code"].nunique() == 290


def test_every_mark_of_the_siris_export_has_the_status_that_the_raw_file_counts(siris: Fetched, shared: Path) -> None:
    raw = (shared / "data/skolverket/slutbetyg_ak9_2024_25_skolenhet.csv").read_text(encoding="utf-8-sig")
    cells = [cell for line in raw.splitlines()[6:1720] for cell in line.split(";")[7:]]
    counted = siris.tables["figures"]["status"].value_counts()
    assert counted["too_few"] == cells.count("..") == 478
    assert counted["missing"] == cells.count(".") == 116
    assert counted["rounded"] == cells.count("~100") == 354
    assert counted["shown"] == sum(bool(re.fullmatch(r"\d+(,\d+)?", cell)) for cell in cells) == 5908
    assert counted.sum() == len(cells) == 1714 * 4


def test_the_excel_export_covers_290_municipalities_and_ten_years(over_time: Fetched) -> None:
    read = over_time.tables["municipality_figures"]
    assert len(read) == (2610 + 2610 + 1251) * 10
    assert read["municipality_code"].nunique() == 290
    assert read["status"].value_counts().to_dict() == {"shown": 60724, "too_few": 2912, "rounded": 555, "missing": 519}
    assert over_time.origin["measures_left_out"] == []


def test_the_flattened_api_statistics_are_read_whole(api: Fetched) -> None:
    read = api.tables["figures"]
    assert len(read) == 87386
    assert read["school_unit_code"].nunique() == 1674
    assert read["status"].value_counts().to_dict() == {
        "shown": 64034,
        "too_few": 9530,
        "missing": 7663,
        "rounded": 3366 + 1670,
        "not_applicable": 1123,
    }


def test_every_figure_has_a_known_status_and_a_value_exactly_where_it_says_so(
    siris: Fetched, api: Fetched, schools: Fetched, over_time: Fetched
) -> None:
    for fetched, table in (
        (siris, "figures"),
        (api, "figures"),
        (schools, "figures"),
        (over_time, "municipality_figures"),
    ):
        read = fetched.tables[table]
        assert set(read["status"]) <= set(STATUSES)
        assert (read["value"].notna() == read["status"].isin(WITH_VALUE)).all()


def test_the_newest_column_of_schools_is_dated_by_the_exports(siris: Fetched, api: Fetched, schools: Fetched) -> None:
    stated = pd.concat([siris.tables["figures"], api.tables["figures"]])
    dated = dated_by(schools.tables["figures"], stated)
    eligible = dated[(dated["measure"] == "eligible_vocational_percent") & dated["value"].notna()]
    periods = eligible["period"].value_counts().to_dict()
    assert periods == {"2024/25": 1161, "2023/24": 64, "2021/22": 35, "2022/23": 33, "2020/21": 20, "": 132}


def test_salsa_agrees_within_one_point_in_every_school(schools: Fetched) -> None:
    table = salsa_table(schools.tables["figures"])
    assert len(table) == 1487
    assert set(table["period"]) == {"2024/25"}
    assert (table["difference"].abs() == 1).sum() == 367
    assert len(salsa_disagreements(schools.tables["figures"])) == 0


def test_survey_semesters_are_kept(schools: Fetched) -> None:
    read = schools.tables["figures"]
    safety = read[read["measure"].str.startswith("pupil_survey_safety")]
    assert safety["period"].value_counts().to_dict() == {"VT25": 762, "VT26": 748, "VT24": 1}


def test_the_publications_agree_and_make_one_benchmark_table(siris: Fetched, api: Fetched, schools: Fetched) -> None:
    publications = [one.tables["figures"] for one in (siris, api, schools)]
    assert len(disagreements(publications)) == 0
    table = benchmark_table(publications)
    assert not table.duplicated(["school_unit_code", "measure", "period"]).any()
    withheld = pd.concat(publications).query("status == 'too_few'")[["school_unit_code", "measure", "period"]]
    kept = table.merge(withheld.drop_duplicates(), on=["school_unit_code", "measure", "period"])
    assert len(kept) > 500
    assert kept["value"].isna().all()
    assert csv_bytes(table) == csv_bytes(benchmark_table(publications))


def test_the_examples_of_the_api_description_are_read(shared: Path) -> None:
    description = json.loads((shared / "reference/planned_educations_v4_openapi.json").read_text(encoding="utf-8"))

    def body(path: str) -> dict[str, object]:
        content = description["paths"][path]["get"]["responses"]["200"]["content"]
        return next(iter(content.values()))["example"]["body"]

    unit = "/v4/school-units/{schoolUnitCode}"
    assert len(figures_of_statistics(body(f"{unit}/statistics/gr"))) == 76
    assert len(figures_of_salsa(body("/v4/statistics/all-schools/salsa"))) == 27
    survey = figures_of_survey(body(f"{unit}/surveys/pupilsgr")).set_index(["measure", "period"])["value"]
    assert survey["pupil_survey_safety_year_8", "VT24"] == 8.3
    assert survey["pupil_survey_answers_year_5", "VT24"] == 159
