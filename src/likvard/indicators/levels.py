"""Levels: the value of an indicator for each unit, period and group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likvard.contracts.codes import UNKNOWN
from likvard.equity.intervals import clustered_interval, mean_interval, wilson_interval
from likvard.indicators.cells import NOWHERE, Cells, Floats, Moments
from likvard.indicators.record import EVERYONE, SHOWN, statuses
from likvard.indicators.registry import Definition


@dataclass(frozen=True)
class Levels:
    """An indicator's levels, and what its other measures are computed from.

    ``cells``: columns of ``CELL``, numerator, denominator, n, clusters, value, low, high, status, ``sd`` (sample standard
    deviation) and ``place``, the row of the grid of ``of`` that the cell is. ``moments``: those of its atoms and groups; empty for
    a ratio of sums. ``residuals``, for indicators that are the same for a whole class: columns ``place``, ``cluster`` and
    ``residual``, each class's part in the error of the cell's mean.
    """

    cells: pd.DataFrame
    of: Cells
    moments: Moments | None
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
        return Levels(in_told_periods(_ratios(definition, observations, cells)), cells, None, None)
    x = observed(definition, observations)
    in_class = _classes(observations) if definition.clustered else None
    if in_class is not None:
        x = np.where(in_class < 0, np.nan, x)
    moments = cells.moments(x, spread=definition.kind == "mean")
    found = cells.in_cells(moments)
    result = cells.grid.assign(
        place=np.arange(len(cells.grid)), pupils=cells.rows, n=found.n, numerator=found.total, sd=found.deviation
    )
    if in_class is None:
        result["clusters"] = np.nan
        return Levels(in_told_periods(_valued(definition, result, level)), cells, moments, None)
    by_class = _by_class(cells, x, in_class)
    result["clusters"] = np.bincount(by_class["place"], minlength=len(result)).astype(float)
    residuals = _class_residuals(by_class, found)
    result["error"], result["error_clusters"] = clustered_error(
        residuals["place"].to_numpy(), residuals["residual"].to_numpy(), len(result)
    )
    return Levels(in_told_periods(_valued(definition, result, level)), cells, moments, residuals)


def in_told_periods(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of those periods in which any cell has a value that counts."""
    codes = cells["period"].cat.codes.to_numpy()
    told = np.unique(codes[cells["n"].to_numpy() > 0])
    return cells[np.isin(codes, told)].reset_index(drop=True)


def _classes(observations: pd.DataFrame) -> NDArray[np.int64]:
    """A number for the class of each row, −1 where there is none; a class of two periods is two."""
    name, period = pd.factorize(observations["class_id"])[0], pd.factorize(observations["period"])[0]
    return np.where(name < 0, -1, name * (period.max(initial=0) + 1) + period)


def _by_class(cells: Cells, x: Floats, in_class: NDArray[np.int64]) -> pd.DataFrame:
    """One row per cell and class that has rows in it: place, cluster, sum and size."""
    width = int(in_class.max(initial=0)) + 1
    atoms = []
    for places in cells.places:
        there = (places != NOWHERE) & ~np.isnan(x)
        atoms.append(_summed(places[there] * width + in_class[there], x[there], np.ones(there.sum())))
    pair, total, size = (np.concatenate(part) for part in zip(*atoms, strict=True))
    found = []
    for into in cells.within:
        place = into[pair // width]
        there = place != NOWHERE
        found.append(_summed(place[there] * width + pair[there] % width, total[there], size[there]))
    pair, total, size = (np.concatenate(part) for part in zip(*found, strict=True))
    return pd.DataFrame({"place": pair // width, "cluster": pair % width, "sum": total, "size": size})


def _summed(pair: NDArray[np.int64], *values: Floats) -> tuple[Floats, ...]:
    """The pairs that occur, in order, and the sum of each of the values over the rows of each pair."""
    used, which = np.unique(pair, return_inverse=True)
    return used, *(np.bincount(which, weights=part, minlength=len(used)) for part in values)


def _class_residuals(by_class: pd.DataFrame, cells: Moments) -> pd.DataFrame:
    """Each class's part in the error of each cell's mean: (sum − size x mean) ÷ n."""
    place = by_class["place"].to_numpy()
    residual = (by_class["sum"] - by_class["size"] * cells.mean[place]) / cells.n[place]
    return by_class[["place", "cluster"]].assign(residual=residual)


def clustered_error(place: NDArray[np.int64], residual: Floats, size: int) -> tuple[Floats, Floats]:
    """The standard error in each of ``size`` places when whole classes vary together, and the number of classes.

    The square is the sum of squared residuals of the G classes times G / (G − 1); NaN for a single class.
    """
    clusters = np.bincount(place, minlength=size).astype(float)
    squares = np.bincount(place, weights=residual**2, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(squares * clusters / np.where(clusters > 1, clusters - 1, np.nan))
    return error, np.where(clusters > 0, clusters, np.nan)


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
    status = statuses(none_there, cells["n"].eq(0))
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
        place=np.arange(len(cells.grid)),
        numerator=cells.counted(np.where(told, over, np.nan)),
        denominator=cells.counted(np.where(told, under, np.nan)),
        n=cells.counted(np.where(told, people, np.nan)),
        parts=cells.rows,
        untold=cells.counted((~told).astype(float)),
    )
    result = result[result["group_by"] == EVERYONE]
    status = statuses(
        result["parts"].eq(0) | (result["untold"].eq(0) & result["denominator"].le(0)), result["untold"].gt(0)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (definition.per * result["numerator"] / result["denominator"]).where(status == SHOWN)
    clusters = result["n"] if definition.rests_on == "teachers" else np.nan
    return result.assign(clusters=clusters, value=value, low=value, high=value, sd=np.nan, status=status).drop(
        columns=["parts", "untold"]
    )
