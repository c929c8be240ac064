"""Gaps: how far each group is from its reference group, in each unit and period."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd

from likvard.contracts.codes import UNKNOWN
from likvard.equity.estimate import Estimate
from likvard.equity.gaps import hedges_g, not_reaching_risk
from likvard.equity.intervals import (
    Interval,
    clustered_interval,
    mean_difference_interval,
    share_difference_interval,
)
from likvard.equity.sums import ratio
from likvard.indicators.cells import NOWHERE, Floats, Places
from likvard.indicators.levels import Levels, clustered_error
from likvard.indicators.record import (
    EFFECT_SIZE,
    GAP,
    MISSING,
    NOT_APPLICABLE,
    NOT_REACHING,
    RATIO,
    categories,
    each,
    statuses,
)
from likvard.indicators.registry import Definition

Columns: TypeAlias = dict[str, Floats]

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
    own, reference = _pairs(found, references)
    cells = found.cells
    told = {
        name: cells[name].to_numpy() for name in ("place", "numerator", "denominator", "n", "clusters", "value", "sd")
    }
    group, beside = ({name: part[rows] for name, part in told.items()} for rows in (own, reference))
    absent, unknown = (cells["status"].eq(status).to_numpy() for status in (NOT_APPLICABLE, MISSING))
    absent, unknown = absent[own] | absent[reference], unknown[own] | unknown[reference]
    shown, nothing = ~(absent | unknown), np.full(len(own), np.nan)
    difference = group["value"] - beside["value"]
    low, high = _interval(definition, group, beside, found, difference, level)
    by = ratio(group["value"], np.where(beside["value"] > 0, beside["value"], 0.0))
    made = {
        GAP: (nothing, nothing, difference, low, high, absent),
        RATIO: (group["value"], beside["value"], by, nothing, nothing, absent | (shown & np.isnan(by))),
    }
    if not definition.clustered:
        of = _standardised(definition, group, beside, level)
        value, low, high = (np.where(shown, part, np.nan) for part in (of.value, of.low, of.high))
        measure = NOT_REACHING if definition.is_share else EFFECT_SIZE
        made[measure] = (nothing, nothing, value, low, high, absent | (shown & np.isnan(value)))
    times = len(made)
    names = {column: np.tile(cells[column].cat.codes.to_numpy()[own], times) for column in [*UNIT, "group"]}
    names["reference"] = np.tile(cells["group"].cat.codes.to_numpy()[reference], times)
    numerator, denominator, value, low, high, undefined = (
        np.concatenate(parts) for parts in zip(*made.values(), strict=True)
    )
    return pd.DataFrame(
        {
            **{
                column: categories(codes, list(cells["group" if column == "reference" else column].cat.categories))
                for column, codes in names.items()
            },
            "measure": each(list(made), len(own)),
            "numerator": numerator,
            "denominator": denominator,
            "n": np.tile(np.minimum(group["n"], beside["n"]), times),
            "clusters": np.tile(np.minimum(group["clusters"], beside["clusters"]), times),
            "value": value,
            "low": low,
            "high": high,
            "status": statuses(undefined, np.tile(unknown, times)),
        }
    )


def _standardised(definition: Definition, group: Columns, beside: Columns, level: float) -> Estimate:
    """The gap on a scale that other measures share."""
    if definition.is_share:
        counts = [(of["numerator"], of["denominator"]) for of in (group, beside)]
        return not_reaching_risk(counts[0], counts[1], level)
    means = [(of["n"], of["value"], of["sd"]) for of in (group, beside)]
    return hedges_g(means[0], means[1], level)


def _interval(
    definition: Definition, group: Columns, beside: Columns, found: Levels, difference: Floats, level: float
) -> Interval:
    """The interval of each gap, by the kind of indicator."""
    if found.residuals is not None:
        error, clusters = _shared_class_error(group["place"], beside["place"], found.residuals)
        return clustered_interval(difference, error, clusters, level)
    if definition.is_share:
        counts = [(of["numerator"], of["denominator"]) for of in (group, beside)]
        return share_difference_interval(counts[0], counts[1], level)
    means = [(of["n"], of["value"], of["sd"]) for of in (group, beside)]
    return mean_difference_interval(means[0], means[1], level)


def _pairs(found: Levels, references: dict[str, str]) -> tuple[Places, Places]:
    """The cells of every group that is compared, and beside each the cell of its reference group, as rows of ``found.cells``."""
    wanted = found.of.wanted
    beside = np.array(
        [
            wanted.index((group_by, references[group_by]))
            if group_by in references and group not in (UNKNOWN, references[group_by])
            else NOWHERE
            for group_by, group in wanted
        ]
    )
    place = found.cells["place"].to_numpy()
    row = np.full(len(found.of.grid), NOWHERE)
    row[place] = np.arange(len(place))
    of_group = place % len(wanted)
    compared = np.flatnonzero(beside[of_group] != NOWHERE)
    reference = row[place[compared] - of_group[compared] + beside[of_group[compared]]]
    return compared[reference != NOWHERE], reference[reference != NOWHERE]


def _shared_class_error(group: Places, beside: Places, residuals: pd.DataFrame) -> tuple[Floats, Floats]:
    """The standard error of each gap where both groups sit in the same classes, and the number of classes."""
    wanted = pd.DataFrame({"pair": np.arange(len(group)), "place": group, "reference": beside})
    own = wanted.merge(residuals, on="place")
    reference = wanted[["pair", "reference"]].merge(residuals, left_on="reference", right_on="place")
    width = int(residuals["cluster"].max()) + 1 if len(residuals) else 1
    shared = np.concatenate([part["pair"] * width + part["cluster"] for part in (own, reference)])
    signed = np.concatenate([own["residual"], -reference["residual"]])
    used, which = np.unique(shared, return_inverse=True)
    return clustered_error(used // width, np.bincount(which, weights=signed, minlength=len(used)), len(group))
