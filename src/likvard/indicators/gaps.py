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
from likvard.indicators.cells import NOWHERE, Floats, Places
from likvard.indicators.levels import Levels, clustered_error
from likvard.indicators.record import (
    EFFECT_SIZE,
    GAP,
    MISSING,
    NOT_APPLICABLE,
    NOT_REACHING,
    RATIO,
    SHOWN,
    each,
    statuses,
)
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
    own, reference = _pairs(found, references)
    pairs = found.cells.take(own).reset_index(drop=True)
    beside = found.cells.take(reference).reset_index(drop=True).add_suffix("_ref")
    pairs = pd.concat([pairs, beside], axis=1)
    difference = pairs["value"] - pairs["value_ref"]
    low, high = _interval(definition, pairs, found, difference, level)
    status = statuses(
        pairs["status"].eq(NOT_APPLICABLE) | pairs["status_ref"].eq(NOT_APPLICABLE),
        pairs["status"].ne(SHOWN) | pairs["status_ref"].ne(SHOWN),
    )
    common = pairs[[*UNIT, "group"]].assign(
        reference=pairs["group_ref"],
        n=np.minimum(pairs["n"], pairs["n_ref"]),
        clusters=np.minimum(pairs["clusters"], pairs["clusters_ref"]),
        status=status,
    )
    ratio = (pairs["value"] / pairs["value_ref"]).where(pairs["value_ref"] > 0)
    made = {
        GAP: common.assign(numerator=np.nan, denominator=np.nan, value=difference, low=low, high=high),
        RATIO: common.assign(
            numerator=pairs["value"],
            denominator=pairs["value_ref"],
            value=ratio,
            low=np.nan,
            high=np.nan,
            status=statuses((status == NOT_APPLICABLE) | ((status == SHOWN) & ratio.isna()), status == MISSING),
        ),
    }
    if not definition.clustered:
        made[NOT_REACHING if definition.is_share else EFFECT_SIZE] = _standardised(definition, pairs, common, level)
    return pd.concat(made.values(), ignore_index=True).assign(measure=each(list(made), len(common)))


def _standardised(definition: Definition, pairs: pd.DataFrame, common: pd.DataFrame, level: float) -> pd.DataFrame:
    """The gap on a scale that other measures share, as rows of the record."""
    if definition.is_share:
        counts = [(pairs["numerator" + side], pairs["denominator" + side]) for side in ("", "_ref")]
        found = not_reaching_risk(counts[0], counts[1], level)
    else:
        means = [(pairs["n" + side], pairs["value" + side], pairs["sd" + side]) for side in ("", "_ref")]
        found = hedges_g(means[0], means[1], level)
    told = common["status"].eq(SHOWN)
    value, low, high = (np.where(told, part, np.nan) for part in (found.value, found.low, found.high))
    absent = common["status"].eq(NOT_APPLICABLE) | (told & np.isnan(found.value))
    status = statuses(absent, common["status"].eq(MISSING))
    return common.assign(numerator=np.nan, denominator=np.nan, value=value, low=low, high=high, status=status)


def _interval(
    definition: Definition, pairs: pd.DataFrame, found: Levels, difference: pd.Series, level: float
) -> Interval:
    """The interval of each gap, by the kind of indicator."""
    if found.residuals is not None:
        error, clusters = _shared_class_error(pairs, found.residuals)
        return clustered_interval(difference, error, clusters, level)
    if definition.is_share:
        return share_difference_interval(
            (pairs["numerator"], pairs["denominator"]), (pairs["numerator_ref"], pairs["denominator_ref"]), level
        )
    return mean_difference_interval(
        (pairs["n"], pairs["value"], pairs["sd"]), (pairs["n_ref"], pairs["value_ref"], pairs["sd_ref"]), level
    )


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


def _shared_class_error(pairs: pd.DataFrame, residuals: pd.DataFrame) -> tuple[Floats, Floats]:
    """The standard error of each gap where both groups sit in the same classes, and the number of classes."""
    wanted = pd.DataFrame({"pair": np.arange(len(pairs)), "place": pairs["place"], "reference": pairs["place_ref"]})
    own = wanted.merge(residuals, on="place")
    reference = wanted[["pair", "reference"]].merge(residuals, left_on="reference", right_on="place")
    width = int(residuals["cluster"].max()) + 1 if len(residuals) else 1
    shared = np.concatenate([part["pair"] * width + part["cluster"] for part in (own, reference)])
    signed = np.concatenate([own["residual"], -reference["residual"]])
    used, which = np.unique(shared, return_inverse=True)
    return clustered_error(used // width, np.bincount(which, weights=signed, minlength=len(used)), len(pairs))
