from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pandas as pd
import pytest
from loopback import Answer, Request, Server
from test_fetch_spreadsheet import workbook

from likvard.errors import CodesError, ColumnsError, FileUnreadableError, SourceUnavailableError
from likvard.fetch.delivery import table_of
from likvard.fetch.figure import FIGURE_COLUMNS
from likvard.fetch.skolverket.benchmark import benchmark_table, disagreements
from likvard.fetch.skolverket.planned_educations import (
    ACCEPT,
    fetch_statistics,
    figures_of_survey,
    read_long_csv,
)
from likvard.fetch.skolverket.salsa import salsa_disagreements
from likvard.fetch.skolverket.schools import dated_by
from likvard.fetch.skolverket.siris import read_municipalities_over_time, read_school_units
from likvard.fetch.web import Web

SIRIS = """\ufeffStatistik från Skolverket, https://www.skolverket.se;;;;;;;;;
;;;;;;;;;
Grundskola - Slutbetyg årskurs 9;;;;;;;;;
Valt läsår: 2024/25;;;;;;;;;
;;;;;;;;;
Skola;Skol-enhetskod;Skolkommun;Kommun-kod;Typ av huvudman;Huvudman;Huvudman orgnr;Antal elever;\
Andel (%) elever behöriga till yrkesprog.;Genomsnittligt meritvärde (17 ämnen)
Björken;00000017;Aneby;0604;Enskild;Björken AB;5566501796;1 024;~100;264,4
Granen;00000025;Aneby;0604;Enskild;Per Privat;6001011234;..;.;..
;;;;;;;;;
Rapportbeskrivning;;;;;;;;;
Antal elever;Antal elever som har avslutat årskurs 9.;;;;;;;;
"""


def figures(*rows: tuple[str, str, str, float | None, str, str, str]) -> pd.DataFrame:
    """Figures by unit, measure, period, value, status, basis and source."""
    names = ["school_unit_code", "measure", "period", "value", "status", "period_basis", "source"]
    return table_of([dict(zip(names, row, strict=True)) for row in rows], FIGURE_COLUMNS)


def test_a_siris_export_is_read_between_its_preamble_and_its_footnotes(now: datetime) -> None:
    fetched = read_school_units("slutbetyg.csv", SIRIS.encode(), now)
    read = fetched.tables["figures"].set_index(["school_unit_code", "measure"])[["value", "status", "period"]]
    assert len(read) == 6
    assert list(read.loc[("00000017", "pupils_year_9_count")]) == [1024, "shown", "2024/25"]
    assert list(read.loc[("00000017", "eligible_vocational_percent")]) == [100, "rounded", "2024/25"]
    assert read.loc[("00000025", "merit_value_17"), "status"] == "too_few"
    assert read.loc[("00000025", "eligible_vocational_percent"), "status"] == "missing"
    assert fetched.tables["school_units"]["municipality_code"].tolist() == ["0604", "0604"]


def test_the_organisation_number_of_a_private_person_is_not_taken(now: datetime) -> None:
    units = read_school_units("slutbetyg.csv", SIRIS.encode(), now).tables["school_units"]
    assert units["organiser_number"].tolist() == ["5566501796", ""]


def test_an_unknown_mark_is_named_and_nothing_is_read(now: datetime) -> None:
    with pytest.raises(CodesError, match=r"merit_value_17: '\?\?'"):
        read_school_units("slutbetyg.csv", SIRIS.replace("264,4", "??").encode(), now)


def test_a_code_that_lost_its_zeros_stops_the_reading(now: datetime) -> None:
    with pytest.raises(FileUnreadableError, match="row 8"):
        read_school_units(
            "slutbetyg.csv", (SIRIS.replace("00000025", "25") + "Asp;00000033;A;0604;E;A;5;1;2;3").encode(), now
        )


def test_a_row_among_the_footnotes_that_looks_like_data_stops_the_reading(now: datetime) -> None:
    with pytest.raises(FileUnreadableError, match="row 9 stands among the data"):
        read_school_units("slutbetyg.csv", (SIRIS + "Lönnen;00000033;A;0604;E;H;5;1;2;3\n").encode(), now)


def test_an_unknown_column_is_left_out_and_reported(now: datetime) -> None:
    changed = SIRIS.replace("Antal elever;Andel", "Antal måltider;Andel")
    fetched = read_school_units("slutbetyg.csv", changed.encode(), now)
    assert fetched.origin["columns_left_out"] == ["Antal måltider"]
    assert len(fetched.tables["figures"]) == 4


def test_an_export_without_its_codes_is_refused(now: datetime) -> None:
    with pytest.raises(FileUnreadableError, match="skolenhetskod"):
        read_school_units("slutbetyg.csv", SIRIS.replace("Skol-enhetskod", "Kod").encode(), now)
    with pytest.raises(ColumnsError, match="huvudman"):
        read_school_units("slutbetyg.csv", SIRIS.replace(";Huvudman;", ";Ägare;").encode(), now)


def test_the_excel_export_has_a_sheet_per_organiser_and_a_column_per_year(now: datetime) -> None:
    content = workbook(
        [
            ["Grundskola"],
            ["Typ av huvudman: Kommunal"],
            [],
            ["Kommun", "Kommunkod", "Län", "Länskod", "Uppgift", "2024/25", "2023/24"],
            ["Ale", "0440", "Västra Götalands län", "04", "Genomsnittligt meritvärde (17 ämnen)", 231.5, ".."],
            ["Ale", "0440", "Västra Götalands län", "04", "Totalt antal elever årskurs 9", "1 024", 434],
            ["Ale", "0440", "Västra Götalands län", "04", "Något nytt mått", 1, 2],
            [],
            ["Rapportbeskrivning"],
        ],
        title="Kommunal",
        others=("Rapportbeskrivning",),
    )
    fetched = read_municipalities_over_time("over_tid.xlsx", content, now)
    read = fetched.tables["municipality_figures"].set_index(["measure", "period"])
    assert read.loc[("merit_value_17", "2024/25"), "value"] == 231.5
    assert read.loc[("merit_value_17", "2023/24"), "status"] == "too_few"
    assert read.loc[("pupils_year_9_count", "2024/25"), "value"] == 1024
    assert set(read["municipality_code"]) == {"0440"}
    assert set(read["organiser_type"]) == {"Kommunal"}
    assert fetched.origin["measures_left_out"] == ["Något nytt mått"]


def test_an_unknown_reason_code_names_the_nearest_known_one(now: datetime) -> None:
    content = (
        b"school_unit_code,time_period,measure,value,value_type\n00000017,2024/25,certifiedTeachersQuota,..,OMITTED\n"
    )
    with pytest.raises(CodesError, match="reason code 'OMITTED'"):
        read_long_csv("long.csv", content, now)


def test_a_damaged_gzip_file_is_refused(now: datetime) -> None:
    with pytest.raises(FileUnreadableError, match="damaged"):
        read_long_csv("long.csv.gz", b"\x1f\x8b\x08 cut", now)


def test_a_survey_average_that_is_held_back_is_not_zero() -> None:
    body = {
        "schoolYearMetrics": [
            {"schoolUnitCode": "00000017", "semester": "VT24", "schoolYear": "ak8", "securityAverage": "-"}
        ]
    }
    read = figures_of_survey(body).set_index("measure")
    assert read.loc["pupil_survey_safety_year_8", "status"] == "too_few"
    assert read.loc["pupil_survey_calm_year_8", "status"] == "missing"
    assert read["value"].isna().all()


def test_salsa_may_differ_by_one_because_each_number_is_rounded_apart() -> None:
    rows = [("A", 264, 247, 17), ("B", 264, 246, 17), ("C", 264, 245, 17)]
    table = figures(
        *(
            (unit, measure, "2024/25", value, "shown", "stated", "s")
            for unit, *values in rows
            for measure, value in zip(
                ("salsa_merit_actual", "salsa_merit_model", "salsa_merit_deviation"), values, strict=True
            )
        )
    )
    assert salsa_disagreements(table)["school_unit_code"].tolist() == ["C"]


def test_a_figure_without_a_period_gets_the_newest_period_with_the_same_value() -> None:
    eligible = "eligible_vocational_percent"
    undated = figures(
        ("A", eligible, "", 88.0, "shown", "not_stated", "s"), ("B", eligible, "", 70.0, "shown", "not_stated", "s")
    )
    stated = figures(
        ("A", eligible, "2022/23", 88.0, "shown", "stated", "api"),
        ("A", eligible, "2023/24", 88.0, "shown", "stated", "api"),
        ("A", eligible, "2024/25", 100.0, "rounded", "stated", "api"),
        ("B", eligible, "2024/25", 71.0, "shown", "stated", "api"),
    )
    dated = dated_by(undated, stated)
    assert dated["period"].tolist() == ["2023/24", ""]
    assert dated["period_basis"].tolist() == ["matched", "not_stated"]
    assert undated["period"].tolist() == ["", ""]


def test_what_one_publication_holds_back_is_not_filled_in_from_another() -> None:
    merit = "merit_value_17"
    first = figures(
        ("A", merit, "2024/25", None, "too_few", "stated", "siris"),
        ("B", merit, "2024/25", None, "missing", "stated", "siris"),
    )
    second = figures(
        ("A", merit, "2024/25", 230.0, "shown", "stated", "schools"),
        ("B", merit, "2024/25", 210.0, "shown", "stated", "schools"),
    )
    for order in ([first, second], [second, first]):
        table = benchmark_table(order).set_index("school_unit_code")
        assert table.loc["A", "status"] == "too_few"
        assert pd.isna(table.loc["A", "value"])
        assert table.loc["B", ["value", "status", "source"]].tolist() == [210.0, "shown", "schools"]
    assert disagreements([first, second])["school_unit_code"].tolist() == ["A", "A"]


def test_the_api_is_read_over_http_with_its_own_media_type(
    serve: Callable[[Callable[[Request], Answer]], Server], now: datetime
) -> None:
    statistics = {
        "schoolUnit": "00000017",
        "certifiedTeachersQuota": [
            {"value": "*", "valueType": "TEACHERS_EXCLUDED_DUE_TO_NO_REQUIRED_LEGITIMATION", "timePeriod": "2024/25"}
        ],
    }
    salsa = {
        "timePeriod": "2022/23",
        "compulsorySchoolUnitSalsaMetricList": [
            {
                "schoolUnitCode": code,
                "name": "x",
                "salsaAverageGradesIn9thGradeDeviation": {"value": "-20", "valueType": "EXISTS"},
            }
            for code in ("00000017", "00000033")
        ],
    }

    def answer(request: Request) -> Answer:
        if request.headers["Accept"] != ACCEPT:
            return Answer(406)
        bodies = {
            "/planned-educations/v4/school-units/00000017/statistics/gr": statistics,
            "/planned-educations/v4/statistics/all-schools/salsa": salsa,
        }
        body = bodies.get(request.path)
        return Answer(404) if body is None else Answer(200, {"status": "OK", "message": "Success", "body": body})

    with Web(serve(answer).url + "/planned-educations", headers={"Accept": ACCEPT}) as web:
        fetched = fetch_statistics(web, ["00000017", "00000025"], now)
    read = fetched.tables["figures"]
    assert read[["school_unit_code", "measure", "period", "status"]].to_numpy().tolist() == [
        ["00000017", "qualified_teachers_percent", "2024/25", "not_applicable"],
        ["00000017", "salsa_merit_deviation", "2022/23", "shown"],
    ]
    assert fetched.origin["not_offered"] == {
        "/v4/school-units/{schoolUnitCode}/statistics/gr": 1,
        "/v4/school-units/{schoolUnitCode}/surveys/custodiansgr": 2,
        "/v4/school-units/{schoolUnitCode}/surveys/pupilsgr": 2,
    }
    assert "00000017" not in json.dumps(fetched.origin)


def test_an_answer_of_another_form_is_an_error_and_not_an_empty_table(
    serve: Callable[[Callable[[Request], Answer]], Server], now: datetime
) -> None:
    with Web(serve(lambda _: Answer(200, [1])).url) as web, pytest.raises(SourceUnavailableError, match="no body"):
        fetch_statistics(web, ["00000017"], now)
