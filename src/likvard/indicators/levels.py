"""Levels: the value of an indicator for each unit, period and group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from likvard.equity.intervals import clustered_interval, mean_interval, wilson_interval
from likvard.indicators.record import EVERYONE, MISSING, NOT_APPLICABLE, SHOWN
from likvard.indicators.registry import Definition
from likvard.prepare.link import GROUPED, UNKNOWN

UNITS = {"school": "school_id", "area": "area_id", "all": None}
CELL = ["unit_kind", "unit_id", "period", "group_by", "group"]


def observed(definition: Definition, pupils: pd.DataFrame) -> pd.Series:
    """Each pupil's contribution: the value for a mean, 1 or 0 for a share; missing where the pupil does not count."""
    if definition.kind in ("count", "composition") or definition.column is None:
        return pd.Series(1.0, index=pupils.index)
    column = pupils[definition.column]
    if definition.column in GROUPED:
        # Prepared tables hold a group for those not known; they are missing in a share of those known.
        column = column.mask(column.eq(UNKNOWN))
    if definition.among is not None:
        hit = column.isin(list(definition.among))
        return hit.astype("float64").where(column.notna())
    if definition.at_least is not None:
        least = pupils[definition.at_least.by].map(definition.at_least.values)
        reached = column.astype("Float64") >= least
        return reached.astype("Float64").astype("float64").where(column.notna() & least.notna())
    return column.astype("Float64").astype("float64")


def long_cells(pupils: pd.DataFrame, dimensions: Iterable[str]) -> pd.DataFrame:
    """One row per pupil-period and cell that the row counts in: every unit kind times everyone and every dimension.

    Columns: those of ``CELL`` and ``row``, the position in ``pupils``.
    """
    parts = []
    for unit_kind, unit_column in UNITS.items():
        unit = pupils[unit_column] if unit_column else pd.Series(EVERYONE, index=pupils.index)
        for group_by in (EVERYONE, *dimensions):
            group = pupils[group_by] if group_by != EVERYONE else pd.Series(EVERYONE, index=pupils.index)
            parts.append(
                pd.DataFrame(
                    {
                        "unit_kind": unit_kind,
                        "unit_id": unit.astype(object),
                        "period": pupils["period"].astype(object),
                        "group_by": group_by,
                        "group": group.astype(object),
                        "row": np.arange(len(pupils)),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def all_cells(cells: pd.DataFrame, groups: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Every cell that a reader may ask for: each unit in each of its periods, times every group, even one without pupils."""
    units = cells.loc[cells["group_by"] == EVERYONE, ["unit_kind", "unit_id", "period"]].drop_duplicates()
    wanted = pd.DataFrame(
        [(EVERYONE, EVERYONE), *((group_by, group) for group_by, names in groups.items() for group in names)],
        columns=["group_by", "group"],
    )
    return units.merge(wanted, how="cross")


@dataclass(frozen=True)
class Levels:
    """An indicator's levels, and what gaps are computed from.

    ``cells``: columns of ``CELL``, numerator, denominator, n, clusters, value, low, high, status and ``sd`` (sample standard
    deviation). ``residuals``, for indicators that are the same for a whole class: columns of ``CELL``, ``cluster`` and
    ``residual``, each class's part in the error of the cell's mean.
    """

    cells: pd.DataFrame
    residuals: pd.DataFrame | None


def levels(
    definition: Definition, pupils: pd.DataFrame, cells: pd.DataFrame, grid: pd.DataFrame, level: float
) -> Levels:
    """The indicator for every cell of ``grid``.

    n is the number of pupils that count; clusters the number of their classes. A cell without pupils is ``not_applicable``,
    one with pupils of whom none counts is ``missing``.
    """
    contribution = observed(definition, pupils).to_numpy()
    class_code = pd.factorize(pupils["class_id"].astype(object) + " " + pupils["period"].astype(object))[0]
    rows = cells.assign(x=contribution[cells["row"]], cluster=class_code[cells["row"]])
    if definition.clustered:
        rows.loc[rows["cluster"] < 0, "x"] = np.nan
    cell = rows.groupby(CELL, sort=False, observed=True)
    result = pd.DataFrame(
        {"pupils": cell.size(), "n": cell["x"].count(), "numerator": cell["x"].sum(), "sd": cell["x"].std()}
    )
    counted = rows[rows["x"].notna() & (rows["cluster"] >= 0)]
    result["clusters"] = counted.groupby(CELL, sort=False, observed=True)["cluster"].nunique()
    result = result.reset_index()
    residuals = _class_residuals(counted, result) if definition.clustered else None
    if residuals is not None:
        result = result.merge(clustered_error(residuals, CELL), on=CELL, how="left")
    result = grid.merge(result, on=CELL, how="left").fillna({"pupils": 0, "n": 0, "numerator": 0, "clusters": 0})
    return Levels(_valued(definition, result, level), residuals)


def _class_residuals(counted: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Each class's part in the error of each cell's mean: (sum − size x mean) ÷ n."""
    by_class = counted.groupby([*CELL, "cluster"], sort=False, observed=True)["x"].agg(["sum", "size"]).reset_index()
    by_class = by_class.merge(cells[[*CELL, "n", "numerator"]], on=CELL, how="left")
    residual = (by_class["sum"] - by_class["size"] * by_class["numerator"] / by_class["n"]) / by_class["n"]
    return by_class[[*CELL, "cluster"]].assign(residual=residual)


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
