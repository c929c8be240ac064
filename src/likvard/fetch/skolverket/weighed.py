"""What Skolverket does not print for a municipality or the country, weighed together from what it does print."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

PUBLISHER = "skolverket_weighed"
COUNTRY_CODE = "0000"
KEY = ["publisher", "measure", "unit_kind", "unit_id", "period", "group"]

# Results of the country: municipalities weighed by their pupils in year 9, which is what the results are about.
BY_PUPILS_YEAR_9 = (
    "merit_value_mean",
    "eligible_vocational_share",
    "all_passed_year_9_share",
    "foreign_background_year_9_share",
    "parents_post_secondary_year_9_share",
)
PUPILS_YEAR_9, PUPILS, ANSWERS = "pupils_year_9_count", "pupils_published_count", "survey_answers_year_8"
SURVEY = tuple(f"survey_{index}_year_8" for index in ("safety", "calm", "support", "satisfaction", "stimulation"))
LICENSED = "licensed_teacher_share"
DECIMALS = 6
# Of the units that ever have the figure; below it, what a few tell would pass for all.
LEAST_SHARE_OF_UNITS = 0.25


def weighed(benchmarks: pd.DataFrame, municipality_of: Mapping[str, str]) -> pd.DataFrame:
    """Rows as those of ``benchmarks`` for what is not among them, with the publisher ``skolverket_weighed``.

    The country's results are the municipalities' by pupils in year 9. Survey indices of municipality and country are the
    schools' by number of answers, and their share of licensed teachers the schools' by pupils (the newest number of pupils
    weighs every year): the share that a pupil meets on average. A unit without a value, or without a weight, is left out of
    both sums; and nothing is told where fewer than a quarter of the units that ever have the figure have it in the year.
    ``municipality_of`` gives the municipality of each school unit.
    """
    told = benchmarks[benchmarks["value"].notna() & benchmarks["group"].eq("all")]
    municipal = told[told["unit_kind"].eq("municipality")]
    schools = told[told["unit_kind"].eq("school")]
    schools = schools.assign(place=schools["unit_id"].map(municipality_of))
    parts = [_means(municipal, name, _weights(municipal, PUPILS_YEAR_9), None) for name in BY_PUPILS_YEAR_9]
    parts.append(_sums(municipal, PUPILS_YEAR_9))
    by_school = [(name, _weights(schools, ANSWERS)) for name in SURVEY]
    by_school.append((LICENSED, _newest(_weights(schools, PUPILS))))
    for name, weights in by_school:
        parts += [_means(schools, name, weights, "place"), _means(schools, name, weights, None)]
    made = pd.concat(parts, ignore_index=True).assign(publisher=PUBLISHER, group="all", status="shown")
    printed = pd.MultiIndex.from_frame(told[KEY[1:]])
    new = ~pd.MultiIndex.from_frame(made[KEY[1:]]).isin(printed)
    return made.loc[new, list(benchmarks.columns)].reset_index(drop=True)


def _weights(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The values of ``measure`` as ``unit_id``, ``period`` and ``weight``; only those above zero."""
    found = rows.loc[rows["measure"].eq(measure) & rows["value"].gt(0), ["unit_id", "period", "value"]]
    return found.rename(columns={"value": "weight"})


def _newest(weights: pd.DataFrame) -> pd.DataFrame:
    """The newest weight of each unit, for every period."""
    return weights.sort_values("period").drop_duplicates("unit_id", keep="last").drop(columns="period")


def _means(rows: pd.DataFrame, measure: str, weights: pd.DataFrame, place: str | None) -> pd.DataFrame:
    """The weighted means of ``measure`` by period: per municipality (the column ``place``), or of the country."""
    on = [column for column in ("unit_id", "period") if column in weights]
    some = rows[rows["measure"].eq(measure)].merge(weights, on=on, how="inner", validate="many_to_one")
    some = some.assign(_product=some["value"] * some["weight"], _place=some[place] if place else COUNTRY_CODE)
    some["_ever"] = some.groupby("_place")["unit_id"].transform("nunique").astype("Int64")
    sums = some.groupby(["_place", "period"], as_index=False).agg(
        _product=("_product", "sum"), weight=("weight", "sum"), units=("unit_id", "nunique"), ever=("_ever", "max")
    )
    sums = sums[sums["units"] >= LEAST_SHARE_OF_UNITS * sums["ever"]]
    return pd.DataFrame(
        {
            "measure": measure,
            "unit_kind": "municipality" if place else "country",
            "unit_id": sums["_place"],
            "period": sums["period"],
            "value": (sums["_product"] / sums["weight"]).round(DECIMALS),
        }
    )


def _sums(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The country's sum of ``measure`` by period."""
    sums = rows[rows["measure"].eq(measure)].groupby("period", as_index=False)["value"].sum()
    return pd.DataFrame(sums.assign(measure=measure, unit_kind="country", unit_id=COUNTRY_CODE))
