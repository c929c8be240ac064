"""Levels: the value of an indicator for each unit, period and group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likvard.contracts.codes import UNKNOWN
from likvard.equity.intervals import clustered_interval, mean_interval, wilson_interval
from likvard.indicators.cells import CELL, NOWHERE, Cells, Floats
from likvard.indicators.record import EVERYONE, MISSING, NOT_APPLICABLE, SHOWN
from likvard.indicators.registry import Definition


@dataclass(frozen=True)
class Levels:
    """An indicator's levels, and what gaps are computed from.

    ``cells``: columns of ``CELL``, numerator, denominator, n, clusters, value, low, high, status and ``sd`` (sample standard
    deviation). ``residuals``, for indicators that are the same for a whole class: columns of ``CELL``, ``cluster`` and
    ``residual``, each class's part in the error of the cell's mean.
    """

    cells: pd.DataFrame
    residuals: pd.DataFrame | None


def observed(definition: Definition, observations: pd.DataFrame) -> Floats:
    """What each row contributes: the value for a mean, 1 or 0 for a share; NaN where the row does not count."""
    if definition.column is None:
        return np.ones(len(observations))
    column = observations[definition.column]
    if isinstance(column.dtype, pd.StringDtype):
        # Prepared tables hold a group for those not known; they are missing in a share of those known.
        column = column.mask(column.eq(UNKNOWN))
    known = column.notna()
    if definition.among is not None:
        return column.isin(list(definition.among)).astype("float64").where(known).to_numpy()
    numbers = column.astype("Float64")
    if definition.at_least is not None:
        least = observations[definition.at_least.by].map(definition.at_least.values)
        return (numbers >= least).astype("Float64").where(known & least.notna()).to_numpy("float64", na_value=np.nan)
    return numbers.to_numpy("float64", na_value=np.nan)


def levels(definition: Definition, observations: pd.DataFrame, cells: Cells, level: float) -> Levels:
    """The indicator for every cell that it can be told for.

    n is the number of rows (pupils, answers) that count; clusters the number of their classes, for indicators that rest on
    classes or teachers. A cell without rows is ``not_applicable``, one with rows of which none counts is ``missing``. A period
    in which no row of the whole table counts (a spring's final grades, in autumn) is no period of the indicator.
    """
    if definition.kind == "ratio":
        return Levels(in_told_periods(_ratios(definition, observations, cells)), None)
    x = observed(definition, observations)
    in_class = _classes(observations) if definition.clustered else None
    if in_class is not None:
        x = np.where(in_class < 0, np.nan, x)
    counts = ~np.isnan(x)
    n, numerator = cells.counted(counts), cells.counted(counts, x)
    result = cells.grid.assign(pupils=cells.counted(), n=n, numerator=numerator, sd=_deviations(cells, x, n, numerator))
    if in_class is None:
        result["clusters"] = np.nan
        return Levels(in_told_periods(_valued(definition, result, level)), None)
    by_class = _by_class(cells, x, counts, in_class)
    result["clusters"] = np.bincount(by_class["place"], minlength=len(result)).astype(float)
    residuals = _class_residuals(by_class, result)
    result = result.merge(clustered_error(residuals, CELL), on=CELL, how="left")
    return Levels(in_told_periods(_valued(definition, result, level)), residuals)


def in_told_periods(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of those periods in which any cell has a value that counts."""
    return cells[cells["n"].gt(0).groupby(cells["period"]).transform("any")].reset_index(drop=True)


def _classes(observations: pd.DataFrame) -> np.ndarray:
    """A number for the class of each row, −1 where there is none."""
    return pd.factorize(observations["class_id"].astype(object) + " " + observations["period"].astype(object))[0]


def _deviations(cells: Cells, x: Floats, n: Floats, total: Floats) -> Floats:
    """The sample standard deviation in each cell; NaN for fewer than two."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        squares = np.zeros(len(n))
        for places in cells.places:
            there = (places != NOWHERE) & ~np.isnan(x)
            distance = x[there] - mean[places[there]]
            squares += np.bincount(places[there], weights=distance**2, minlength=len(n))
        return np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)


def _by_class(cells: Cells, x: Floats, chosen: np.ndarray, in_class: np.ndarray) -> pd.DataFrame:
    """One row per cell and class that has rows in it: place, cluster, sum and size."""
    parts = []
    width = int(in_class.max(initial=0)) + 1
    for places in cells.places:
        there = (places != NOWHERE) & chosen
        pairs, which = np.unique(places[there] * width + in_class[there], return_inverse=True)
        sums = np.bincount(which, weights=x[there], minlength=len(pairs))
        sizes = np.bincount(which, minlength=len(pairs))
        parts.append(pd.DataFrame({"place": pairs // width, "cluster": pairs % width, "sum": sums, "size": sizes}))
    return pd.concat(parts, ignore_index=True)


def _class_residuals(by_class: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Each class's part in the error of each cell's mean: (sum − size x mean) ÷ n."""
    cell = cells.iloc[by_class["place"]].reset_index(drop=True)
    residual = (by_class["sum"] - by_class["size"] * cell["numerator"] / cell["n"]) / cell["n"]
    return cell[CELL].assign(cluster=by_class["cluster"], residual=residual)


def clustered_error(residuals: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The standard error when whole classes vary together: columns ``by``, ``error`` and ``error_clusters``.

    The square is the sum of squared residuals of the G classes times G / (G − 1); NaN for a single class.
    """
    squared = residuals.assign(square=residuals["residual"] ** 2).groupby(by, sort=False, observed=True)["square"]
    result = squared.agg(["sum", "size"])
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(result["sum"] * result["size"] / (result["size"] - 1).where(result["size"] > 1))
    return pd.DataFrame({"error": error, "error_clusters": result["size"]}).reset_index()


def _valued(definition: Definition, cells: pd.DataFrame, level: float) -> pd.DataFrame:
    """The same cells with denominator, value, interval and status."""
    if definition.kind == "composition":
        cells = cells[~cells["group"].isin([EVERYONE, UNKNOWN])].copy()
        whole = cells.groupby(["unit_kind", "unit_id", "period", "group_by"])["numerator"].transform("sum")
        cells["denominator"] = cells["n"] = whole
    elif definition.kind == "count":
        cells = cells[cells["group_by"] == EVERYONE].assign(denominator=1.0)
    else:
        cells = cells[~cells["group_by"].isin(definition.not_by)].assign(denominator=lambda rows: rows["n"])
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (cells["numerator"] / cells["denominator"]).where(cells["denominator"] > 0)
    low: Any
    high: Any
    if definition.kind == "count":
        low = high = value
    elif definition.clustered:
        low, high = clustered_interval(value, cells["error"], cells["error_clusters"], level)
        if definition.is_share:
            low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    elif definition.is_share:
        low, high = wilson_interval(cells["numerator"], cells["denominator"], level)
    else:
        low, high = mean_interval(cells["n"], value, cells["sd"], level)
    none_there = cells["pupils"].eq(0) if definition.kind != "composition" else cells["denominator"].eq(0)
    status = np.select([none_there, cells["n"].eq(0)], [NOT_APPLICABLE, MISSING], default=SHOWN)
    return cells.assign(value=value, low=low, high=high, status=status).drop(columns="pupils")


def _ratios(definition: Definition, observations: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """The sum of one column over the sum of another, for everyone in each unit and period.

    All is counted and nothing sampled, so the interval is the value. A unit of which one part is not told has no ratio: what
    is missing (a count that was too small to be delivered, say) is never taken for 0.
    """
    over, under, people = (
        np.ones(len(observations))
        if name is None
        else observations[name].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        for name in (definition.numerator, definition.denominator, definition.people)
    )
    told = ~np.isnan(over) & ~np.isnan(under) & ~np.isnan(people)
    result = cells.grid.assign(
        numerator=cells.counted(told, over),
        denominator=cells.counted(told, under),
        n=cells.counted(told, people),
        parts=cells.counted(),
        untold=cells.counted(~told),
    )
    result = result[result["group_by"] == EVERYONE]
    status = np.select(
        [result["parts"].eq(0), result["untold"].gt(0), result["denominator"].le(0)],
        [NOT_APPLICABLE, MISSING, NOT_APPLICABLE],
        default=SHOWN,
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (definition.per * result["numerator"] / result["denominator"]).where(status == SHOWN)
    clusters = result["n"] if definition.rests_on == "teachers" else np.nan
    return result.assign(clusters=clusters, value=value, low=value, high=value, sd=np.nan, status=status).drop(
        columns=["parts", "untold"]
    )
