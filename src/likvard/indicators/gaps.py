"""Gaps: how far each group is from its reference group, in each unit and period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.contracts.codes import UNKNOWN
from likvard.equity.gaps import hedges_g, not_reaching_risk
from likvard.equity.intervals import (
    Interval,
    clustered_interval,
    mean_difference_interval,
    share_difference_interval,
)
from likvard.indicators.levels import Levels, clustered_error
from likvard.indicators.record import EFFECT_SIZE, GAP, MISSING, NOT_APPLICABLE, NOT_REACHING, RATIO, SHOWN
from likvard.indicators.registry import Definition

UNIT = ["unit_kind", "unit_id", "period", "group_by"]


def gaps(definition: Definition, found: Levels, references: dict[str, str], level: float) -> pd.DataFrame:
    """Three rows per group other than the reference: ``gap`` (group − reference, with interval), ``ratio`` (group ÷ reference) and,
    for a mean of pupils, ``effect_size`` (the gap in standard deviations) or, for a share, ``not_reaching_risk`` (how many times as
    often the group is among those who do not reach), both with interval.

    Numerator and denominator are those that the value is derived from: for a ratio the two levels; a gap has none, as it is the
    difference of two rows. n is the smaller of the two groups' n, so that what a gap rests on is never overstated. Pupils whose
    group is not known are no group to compare.
    """
    if definition.kind in ("count", "composition", "ratio"):
        return pd.DataFrame()
    grouped = found.cells[found.cells["group_by"].isin(references) & found.cells["group"].ne(UNKNOWN)]
    reference = grouped["group_by"].map(references)
    pairs = grouped[grouped["group"] != reference].merge(
        grouped[grouped["group"] == reference], on=UNIT, suffixes=("", "_ref"), how="inner"
    )
    difference = pairs["value"] - pairs["value_ref"]
    low, high = _interval(definition, pairs, found.residuals, difference, level)
    status = np.select(
        [
            pairs["status"].eq(NOT_APPLICABLE) | pairs["status_ref"].eq(NOT_APPLICABLE),
            pairs["status"].ne(SHOWN) | pairs["status_ref"].ne(SHOWN),
        ],
        [NOT_APPLICABLE, MISSING],
        default=SHOWN,
    )
    common = pairs[[*UNIT, "group"]].assign(
        reference=pairs["group_ref"],
        n=np.minimum(pairs["n"], pairs["n_ref"]),
        clusters=np.minimum(pairs["clusters"], pairs["clusters_ref"]),
        status=status,
    )
    ratio = (pairs["value"] / pairs["value_ref"]).where(pairs["value_ref"] > 0)
    parts = [] if definition.clustered else [_standardised(definition, pairs, common, level)]
    return pd.concat(
        [
            *parts,
            common.assign(measure=GAP, numerator=np.nan, denominator=np.nan, value=difference, low=low, high=high),
            common.assign(
                measure=RATIO,
                numerator=pairs["value"],
                denominator=pairs["value_ref"],
                value=ratio,
                low=np.nan,
                high=np.nan,
                status=np.where((status == SHOWN) & ratio.isna(), NOT_APPLICABLE, status),
            ),
        ],
        ignore_index=True,
    )


def _standardised(definition: Definition, pairs: pd.DataFrame, common: pd.DataFrame, level: float) -> pd.DataFrame:
    """The gap on a scale that other measures share, as rows of the record."""
    if definition.is_share:
        measure, found = (
            NOT_REACHING,
            not_reaching_risk(
                (pairs["numerator"], pairs["denominator"]), (pairs["numerator_ref"], pairs["denominator_ref"]), level
            ),
        )
    else:
        measure, found = (
            EFFECT_SIZE,
            hedges_g(
                (pairs["n"], pairs["value"], pairs["sd"]), (pairs["n_ref"], pairs["value_ref"], pairs["sd_ref"]), level
            ),
        )
    told = common["status"].eq(SHOWN)
    return common.assign(
        measure=measure,
        numerator=np.nan,
        denominator=np.nan,
        value=np.where(told, found.value, np.nan),
        low=np.where(told, found.low, np.nan),
        high=np.where(told, found.high, np.nan),
        status=np.where(told & np.isnan(found.value), NOT_APPLICABLE, common["status"]),
    )


def _interval(
    definition: Definition, pairs: pd.DataFrame, residuals: pd.DataFrame | None, difference: pd.Series, level: float
) -> Interval:
    """The interval of each gap, by the kind of indicator."""
    if residuals is not None:
        error = _shared_class_error(pairs, residuals)
        return clustered_interval(difference, error["error"], error["error_clusters"], level)
    if definition.is_share:
        return share_difference_interval(
            (pairs["numerator"], pairs["denominator"]), (pairs["numerator_ref"], pairs["denominator_ref"]), level
        )
    return mean_difference_interval(
        (pairs["n"], pairs["value"], pairs["sd"]), (pairs["n_ref"], pairs["value_ref"], pairs["sd_ref"]), level
    )


def _shared_class_error(pairs: pd.DataFrame, residuals: pd.DataFrame) -> pd.DataFrame:
    """The standard error of each gap where both groups sit in the same classes, one row per row of ``pairs``."""
    key = [*UNIT, "group"]
    wanted = pairs[[*key, "group_ref"]]
    own = wanted.merge(residuals, on=key)[[*key, "cluster", "residual"]]
    reference = wanted.merge(residuals.rename(columns={"group": "group_ref"}), on=[*UNIT, "group_ref"])
    reference = reference[[*key, "cluster", "residual"]].assign(residual=lambda rows: -rows["residual"])
    per_class = pd.concat([own, reference]).groupby([*key, "cluster"], sort=False)[["residual"]].sum().reset_index()
    return wanted[key].merge(clustered_error(per_class, key), on=key, how="left")
