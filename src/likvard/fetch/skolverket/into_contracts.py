"""Skolverket's figures in the terms of the contracts: schools, municipalities and benchmarks."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import pandas as pd

from likvard.contracts.periods import within
from likvard.fetch.delivery import table_of
from likvard.fetch.receive import kept
from likvard.fetch.skolverket.benchmark import benchmark_table
from likvard.fetch.skolverket.exports import Exports
from likvard.fetch.skolverket.measures import (
    ALL_PASSED,
    ELIGIBLE,
    MERIT,
    PUPILS,
    PUPILS_YEAR_9,
    QUALIFIED,
    SALSA_ACTUAL,
    SALSA_DEVIATION,
    SALSA_MODEL,
    SIRIS,
    SURVEY_INDICES,
    survey_answers,
    survey_measure,
)
from likvard.fetch.skolverket.weighed import COUNTRY_CODE, DECIMALS, weighed

SOURCE = "skolverket"
PUBLISHER = "skolverket"
ALL_ORGANISERS = "Samtliga"
PERCENT = 0.01

BENCHMARK_COLUMNS = {
    **dict.fromkeys(("publisher", "measure", "unit_kind", "unit_id", "period", "group"), "string"),
    "value": "Float64",
    "status": "string",
}
SCHOOL_COLUMNS = ["school_unit_code", "period", "school_name", "municipality_code", "organiser_type"]
MUNICIPALITY_COLUMNS = ["municipality_code", "period", "municipality", "kind"]

# Our indicator for each of the importers' measures, and what turns its value into the indicator's. The id is that of an indicator
# which we compute ourselves only where the definition is the same; docs/importers.md says why where it is not.
INDICATORS: dict[str, tuple[str, float]] = {
    MERIT.name: ("merit_value_mean", 1),
    ELIGIBLE.name: ("eligible_vocational_share", PERCENT),
    ALL_PASSED.name: ("all_passed_year_9_share", PERCENT),
    PUPILS_YEAR_9.name: ("pupils_year_9_count", 1),
    PUPILS.name: ("pupils_published_count", 1),
    QUALIFIED.name: ("licensed_teacher_share", PERCENT),
    SALSA_ACTUAL.name: ("salsa_merit_actual", 1),
    SALSA_MODEL.name: ("salsa_merit_model", 1),
    SALSA_DEVIATION.name: ("salsa_merit_residual", 1),
    SIRIS["- andel (%) elever med utländsk bakgrund"].name: ("foreign_background_year_9_share", PERCENT),
    SIRIS["- andel (%) med föräldrar med eftergymnasial utbildning"].name: (
        "parents_post_secondary_year_9_share",
        PERCENT,
    ),
    survey_answers("pupil", "ak8").name: ("survey_answers_year_8", 1),
} | {survey_measure("pupil", index, "ak8").name: (f"survey_{index}_year_8", 1) for index in SURVEY_INDICES.values()}


def delivered_tables(
    exports: Exports, municipality: str | None = None, schools: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """The tables ``municipalities``, ``schools`` and ``benchmarks``, as the source mapping ``skolverket`` reads them.

    With ``municipality`` (a code) only it, its schools, the ``schools`` that were asked for by code, and the country. The units
    are told for the newest school year of the figures. Units whose municipality nobody tells, and figures without a school year,
    are left out; ``left_out`` counts them.
    """
    units = exports.units[exports.units["municipality_code"].notna()]
    published = pd.concat([_of_schools(exports), _of_municipalities(exports)], ignore_index=True)
    municipality_of = dict(zip(units["school_unit_code"], units["municipality_code"], strict=True))
    benchmarks = pd.concat([published, weighed(published, municipality_of)], ignore_index=True)
    newest = str(benchmarks["period"].max()) if len(benchmarks) else ""
    if municipality:
        units = units[units["municipality_code"].eq(municipality)]
        kept_units = {COUNTRY_CODE, municipality, *units["school_unit_code"], *schools}
        benchmarks = benchmarks[benchmarks["unit_id"].isin(kept_units)]
    listed = units.assign(period=newest)[SCHOOL_COLUMNS]
    places = units.drop_duplicates("municipality_code").assign(period=newest, kind="municipality")
    return {
        "municipalities": places[MUNICIPALITY_COLUMNS].reset_index(drop=True),
        "schools": listed.reset_index(drop=True),
        "benchmarks": benchmarks.astype(BENCHMARK_COLUMNS)[list(BENCHMARK_COLUMNS)].reset_index(drop=True),
    }


def left_out(exports: Exports) -> list[str]:
    """What the exports say that is not taken, one line each."""
    lines = []
    lost = int(exports.units["municipality_code"].isna().sum())
    if lost:
        lines.append(f"{lost:,} schools, as no export says in which municipality they lie")
    table = benchmark_table(exports.publications) if exports.publications else pd.DataFrame({"period": []})
    undated = int(table["period"].eq("").sum())
    if undated:
        lines.append(f"{undated:,} figures, as no export says of which school year they are")
    for name, fetched in exports.fetched.items():
        for key in ("columns_left_out", "measures_left_out"):
            lines += [f"{name}: {heading!r} is no measure that we know" for heading in fetched.origin.get(key, [])]
    return lines


def origin_of_delivery(exports: Exports) -> dict[str, Any]:
    """Where the delivery comes from: publisher, and each file with its SHA-256 and when it was received."""
    return {
        "source": SOURCE,
        "title": "Skolverket, statistik om grundskolan",
        "publisher": "Skolverket",
        "files": [kept(fetched.origin) for fetched in exports.fetched.values()],
    }


def school_year(period: str) -> str:
    """The period as the contracts write it: ``2024/25`` and the term ``VT25`` are both 2024-25; an empty text stays empty."""
    term = re.fullmatch(r"(VT|HT)([0-9]{2})", period)
    if term:
        return within(f"20{term[2]}T{'1' if term[1] == 'VT' else '2'}", "term", "school_year")
    return period.replace("/", "-")


def _of_schools(exports: Exports) -> pd.DataFrame:
    """The benchmarks of school units; of several publications of one figure the most careful wins."""
    if not exports.publications:
        return table_of([], BENCHMARK_COLUMNS)
    figures = benchmark_table(exports.publications)
    return _benchmarks(figures.rename(columns={"school_unit_code": "unit_id"}), "school")


def _of_municipalities(exports: Exports) -> pd.DataFrame:
    """The benchmarks of municipalities: all their schools, whoever runs them."""
    figures = exports.municipality_figures
    every = figures[figures["organiser_type"].eq(ALL_ORGANISERS)]
    return _benchmarks(every.rename(columns={"municipality_code": "unit_id"}), "municipality")


def _benchmarks(figures: pd.DataFrame, unit_kind: str) -> pd.DataFrame:
    """The figures with a school year and an indicator, in the contract's columns; of two terms of a year the later."""
    some = figures[figures["measure"].isin(INDICATORS) & figures["period"].ne("")]
    some = some.sort_values(["unit_id", "measure", "period"], kind="stable")
    names = some["measure"].map({theirs: ours for theirs, (ours, _) in INDICATORS.items()})
    factors = some["measure"].map({theirs: factor for theirs, (_, factor) in INDICATORS.items()}).astype("Float64")
    years = some["period"].map({period: school_year(period) for period in some["period"].unique()})
    rows = pd.DataFrame(
        {
            "publisher": PUBLISHER,
            "measure": names,
            "unit_kind": unit_kind,
            "unit_id": some["unit_id"],
            "period": years,
            "group": "all",
            "value": (some["value"] * factors).round(DECIMALS),
            "status": some["status"],
        }
    ).astype(BENCHMARK_COLUMNS)
    key = [name for name in BENCHMARK_COLUMNS if name not in ("value", "status")]
    return rows.drop_duplicates(key, keep="last", ignore_index=True)
