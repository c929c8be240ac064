"""Sums per unit: pupils in rows, units as codes, every sum for all units in one pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likvard.equity.intervals import Floats, Interval, t_quantile

Labels = ArrayLike | pd.Series | None


@dataclass(frozen=True)
class Units:
    """The unit of each row: ``codes`` into ``labels``, and which rows of the input are ``kept``."""

    codes: NDArray[np.intp]
    labels: pd.Index
    kept: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)

    def sum(self, values: ArrayLike | None = None) -> Floats:
        """The sum of ``values`` in each unit, or the number of rows."""
        weights = None if values is None else np.asarray(values, dtype=float)
        return np.bincount(self.codes, weights=weights, minlength=len(self.labels)).astype(np.float64)

    def mean(self, values: ArrayLike, weights: Floats | None = None) -> Floats:
        """The (weighted) mean in each unit; NaN in a unit without rows or without weight."""
        values = np.asarray(values, dtype=float)
        return ratio(self.sum(values if weights is None else values * weights), self.sum(weights))

    def running(self, values: Floats) -> Floats:
        """The running sum within each unit, for rows that stand unit by unit."""
        total = np.cumsum(values)
        before = np.concatenate([[0.0], np.cumsum(self.sum(values))])[:-1]
        return np.asarray(total - before[self.codes])


def units_of(by: Labels, *needed: ArrayLike) -> Units:
    """The units of the rows in which every array of ``needed`` is known; without ``by`` all rows are one unit, ``all``.

    Rows whose unit is missing are left out. A unit stays even if none of its rows is kept, so that it can say
    ``missing``.
    """
    length = len(np.asarray(needed[0]))
    kept = np.ones(length, dtype=bool)
    for part in needed:
        kept &= ~pd.isna(np.asarray(part))
    if by is None:
        codes, labels = np.zeros(length, dtype=np.intp), pd.Index(["all"])
    else:
        codes, found = pd.factorize(pd.Series(by).reset_index(drop=True), sort=True)
        labels = pd.Index(found)
    kept &= codes >= 0
    return Units(codes[kept], labels, kept)


def within(units: Units, by: Labels) -> tuple[Units, NDArray[np.intp]]:
    """Smaller units inside larger ones (schools in areas): the smaller units, and the larger one that each lies in.

    A label that occurs in two larger units is two smaller ones.
    """
    inner = pd.Series(by).reset_index(drop=True)[units.kept]
    small, found = pd.factorize(inner, sort=True)
    pair = units.codes.astype(np.int64) * max(len(found), 1) + np.where(small < 0, 0, small)
    keep = small >= 0
    kept = units.kept.copy()
    kept[units.kept] = keep
    unique, codes = np.unique(pair[keep], return_inverse=True)
    labels = pd.Index(found)[unique % max(len(found), 1)]
    return Units(codes.astype(np.intp), labels, kept), (unique // max(len(found), 1)).astype(np.intp)


def values_of(values: ArrayLike, units: Units) -> Floats:
    """The numbers of the kept rows."""
    return np.asarray(values, dtype=float)[units.kept]


def ratio(upper: ArrayLike, lower: ArrayLike) -> Floats:
    """``upper`` ÷ ``lower``; NaN where ``lower`` is 0."""
    upper, lower = np.asarray(upper, dtype=float), np.asarray(lower, dtype=float)
    upper, lower = np.broadcast_arrays(upper, lower)
    return np.asarray(np.divide(upper, lower, out=np.full(lower.shape, np.nan), where=lower != 0))


def totals_of(parts: Floats, unit: NDArray[np.intp], count: int) -> Floats:
    """The sums of each unit: ``parts`` (clusters × sums) added over the clusters of each of ``count`` units."""
    columns = [np.bincount(unit, weights=column, minlength=count) for column in parts.T]
    return np.stack(columns, axis=1).astype(np.float64)


def jackknife_interval(
    parts: Floats, unit: NDArray[np.intp], count: int, measure: Callable[[Floats], Floats], level: float
) -> Interval:
    """The interval of a measure that is a function of sums over clusters, by leaving out one cluster at a time.

    ``parts``: clusters × sums; ``unit``: the unit of each cluster, of ``count``; ``measure``: sums (rows × sums) to
    values. Variance (G − 1) / G × Σ (value without the cluster − value)², Student's t with G − 1 degrees of freedom.
    NaN for a single cluster. Source: MacKinnon, Nielsen & Webb 2023, J Appl Econometrics 38:671 (CV3); Bell &
    McCaffrey 2002.
    """
    totals = totals_of(parts, unit, count)
    clusters = np.bincount(unit, minlength=count).astype(float)
    value = measure(totals)
    apart = measure(totals[unit] - parts) - value[unit]
    spread = np.bincount(unit, weights=apart**2, minlength=count)
    half = t_quantile(level, clusters - 1) * np.sqrt(spread * ratio(clusters - 1, clusters))
    return value - half, value + half
