"""Skolverket's figures in the terms of the contracts, on tables small enough to check by hand, and on the real exports."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from test_fetch_skolverket import SIRIS
from test_fetch_spreadsheet import workbook

from likvard.fetch.skolverket.exports import Exports, exports_of, files_at, read_files
from likvard.fetch.skolverket.into_contracts import delivered_tables, left_out, school_year
from likvard.fetch.skolverket.weighed import weighed

KEY = ["publisher", "measure", "unit_kind", "unit_id", "period", "group"]


def benchmarks(*rows: tuple[str, str, str, str, float]) -> pd.DataFrame:
    """Shown benchmarks by measure, kind of unit, unit, period and value."""
    frame = pd.DataFrame(rows, columns=["measure", "unit_kind", "unit_id", "period", "value"])
    return frame.assign(publisher="skolverket", group="all", status="shown")


def by_unit(frame: pd.DataFrame, measure: str) -> dict[tuple[str, str], float]:
    some = frame[frame["measure"] == measure]
    return {(row["unit_id"], row["period"]): row["value"] for row in some.to_dict("records")}


@pytest.fixture
def small(now: datetime) -> Exports:
    over_time = workbook(
        [
            ["Typ av huvudman: Samtliga"],
            ["Kommun", "Kommunkod", "Län", "Länskod", "Uppgift", "2024/25", "2023/24"],
            ["Aneby", "0604", "J", "06", "Genomsnittligt meritvärde (17 ämnen)", 231.5, ".."],
            ["Aneby", "0604", "J", "06", "Totalt antal elever årskurs 9", 300, 290],
            ["Ale", "0440", "V", "14", "Genomsnittligt meritvärde (17 ämnen)", 211.5, 208],
            ["Ale", "0440", "V", "14", "Totalt antal elever årskurs 9", 100, 90],
        ],
        title="Samtliga",
    )
    return exports_of(read_files({"slutbetyg.csv": SIRIS.encode(), "over_tid.xlsx": over_time}, now))


def test_a_share_becomes_a_part_of_one_and_a_mark_a_status(small: Exports) -> None:
    table = delivered_tables(small)["benchmarks"]
    school = table[table["unit_kind"] == "school"].set_index(["measure", "unit_id"])
    assert school.loc[("eligible_vocational_share", "00000017"), ["value", "status", "period"]].tolist() == [
        1.0,
        "rounded",
        "2024-25",
    ]
    assert school.loc[("merit_value_mean", "00000017"), "value"] == 264.4
    assert school.loc[("merit_value_mean", "00000025"), "status"] == "too_few"
    assert pd.isna(school.loc[("merit_value_mean", "00000025"), "value"])


def test_schools_lie_in_municipalities_whose_codes_keep_their_zeros(small: Exports) -> None:
    tables = delivered_tables(small)
    assert tables["schools"]["municipality_code"].tolist() == ["0604", "0604"]
    assert tables["municipalities"].to_dict("records") == [
        {"municipality_code": "0604", "period": "2024-25", "municipality": "Aneby", "kind": "municipality"}
    ]


def test_the_country_is_the_municipalities_weighed_by_their_pupils_and_says_that_skolverket_did_not_print_it(
    small: Exports,
) -> None:
    table = delivered_tables(small)["benchmarks"]
    country = table[(table["unit_kind"] == "country") & (table["measure"] == "merit_value_mean")].set_index("period")
    assert country.loc["2024-25", "value"] == (300 * 231.5 + 100 * 211.5) / 400 == 226.5
    assert country.loc["2023-24", "value"] == 208
    assert set(country["publisher"]) == {"skolverket_weighed"}


def test_only_the_municipality_that_is_asked_for_its_schools_and_the_country_are_kept(small: Exports) -> None:
    tables = delivered_tables(small, "0440", schools=["00000025"])
    assert set(tables["benchmarks"]["unit_id"]) == {"0000", "0440", "00000025"}
    assert tables["schools"].empty


def test_a_municipality_s_survey_index_is_its_schools_weighed_by_their_answers() -> None:
    year = "2024-25"
    rows = benchmarks(
        ("survey_safety_year_8", "school", "A", year, 8.0),
        ("survey_answers_year_8", "school", "A", year, 30.0),
        ("survey_safety_year_8", "school", "B", year, 6.0),
        ("survey_answers_year_8", "school", "B", year, 10.0),
        ("survey_safety_year_8", "school", "C", year, 2.0),
    )
    made = by_unit(weighed(rows, {"A": "0604", "B": "0604", "C": "0604"}), "survey_safety_year_8")
    assert made == {("0604", year): 7.5, ("0000", year): 7.5}


def test_what_few_schools_tell_does_not_pass_for_the_country() -> None:
    rows = [("survey_safety_year_8", "school", unit, "2024-25", 7.0) for unit in "ABCDE"]
    rows += [("survey_answers_year_8", "school", unit, "2024-25", 10.0) for unit in "ABCDE"]
    rows += [
        ("survey_safety_year_8", "school", "A", "2023-24", 1.0),
        ("survey_answers_year_8", "school", "A", "2023-24", 9.0),
    ]
    made = by_unit(weighed(benchmarks(*rows), dict.fromkeys("ABCDE", "0604")), "survey_safety_year_8")
    assert set(made) == {("0604", "2024-25"), ("0000", "2024-25")}


def test_what_is_printed_is_not_weighed_together_again() -> None:
    rows = benchmarks(
        ("merit_value_mean", "country", "0000", "2024-25", 228.0),
        ("merit_value_mean", "municipality", "0604", "2024-25", 200.0),
        ("pupils_year_9_count", "municipality", "0604", "2024-25", 100.0),
    )
    assert by_unit(weighed(rows, {}), "merit_value_mean") == {}


@pytest.mark.parametrize(
    ("printed", "ours"), [("2024/25", "2024-25"), ("HT24", "2024-25"), ("VT25", "2024-25"), ("", "")]
)
def test_a_term_lies_in_its_school_year(printed: str, ours: str) -> None:
    assert school_year(printed) == ours


@pytest.fixture(scope="module")
def real(shared: Path) -> Exports:
    moment = datetime.fromisoformat("2026-11-22T08:00:00+00:00")
    return exports_of(read_files(files_at([shared / "data/skolverket"]), moment))


def test_the_real_exports_give_1567_schools_in_287_municipalities(real: Exports) -> None:
    tables = delivered_tables(real)
    assert len(tables["schools"]) == tables["schools"]["school_unit_code"].nunique() == 1567
    assert len(tables["municipalities"]) == tables["schools"]["municipality_code"].nunique() == 287
    assert tables["schools"]["school_unit_code"].str.fullmatch("[0-9]{8}").all()
    assert tables["schools"]["municipality_code"].str.fullmatch("[0-9]{4}").all()
    assert len(left_out(real)) == 1


def test_the_real_benchmarks_have_one_row_for_each_key_and_a_value_exactly_where_the_status_says_so(
    real: Exports,
) -> None:
    table = delivered_tables(real)["benchmarks"]
    assert not table.duplicated(KEY).any()
    assert (table["value"].notna() == table["status"].isin(["shown", "rounded"])).all()
    held_back = table[(table["measure"] == "merit_value_mean") & (table["period"] == "2024-25")]
    assert (held_back.loc[held_back["unit_kind"] == "school", "status"] == "too_few").sum() == 114


def test_the_country_weighed_from_the_real_exports_is_where_the_municipalities_are(real: Exports) -> None:
    table = delivered_tables(real)["benchmarks"].set_index(["measure", "unit_id", "period"])["value"]
    assert table["merit_value_mean", "0000", "2024-25"] == pytest.approx(228.5, abs=0.1)
    assert table["pupils_year_9_count", "0000", "2024-25"] == 124_337
