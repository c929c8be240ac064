"""Rank-based gaps: how often a pupil of one group lies above a pupil of another, whatever the scale of the grades."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats, Interval, normal_quantile
from likvard.equity.sums import Labels, ratio, units_of


def superiority(
    values: ArrayLike, in_group: ArrayLike, by: Labels = None, level: float = 0.95, *, among: ArrayLike | None = None
) -> Estimate:
    """The probability that a pupil of the group lies above one of its reference; ties count half. 0.5 is no difference.

    From midranks: (rank sum of the group − n1 (n1 + 1) / 2) ÷ (n1 n2). It is the same for every scale that keeps the
    order, so that a change of grade scale does not break it. Source: Mann & Whitney 1947; McGraw & Wong 1992, Psychol
    Bull 111:361. ``in_group`` is true for the group and false for its reference; ``among`` leaves out pupils of
    neither.
    Interval: Newcombe's method 5 (Newcombe 2006, Stat Med 25:559), which exists also when all of one group lie above
    all of the other. Degenerate: an empty group gives ``missing``. Coverage: within 93–97 % at n = 10, 30 and 200 in
    each group.
    """
    inside = np.asarray(in_group, dtype=float)
    if among is not None:
        inside = np.where(np.asarray(among, dtype=bool), inside, np.nan)
    units = units_of(by, values, inside)
    kept, group = np.asarray(values, dtype=float)[units.kept], inside[units.kept] > 0
    ranks = pd.Series(kept).groupby(units.codes).rank(method="average").to_numpy(dtype=float)
    n1, n2 = units.sum(group), units.sum(~group)
    value = ratio(units.sum(np.where(group, ranks, 0.0)) - n1 * (n1 + 1) / 2, n1 * n2)
    return estimate(value, superiority_interval(value, n1, n2, level), np.minimum(n1, n2), units=units.labels)


def cliffs_delta(
    values: ArrayLike, in_group: ArrayLike, by: Labels = None, level: float = 0.95, *, among: ArrayLike | None = None
) -> Estimate:
    """How much more often a pupil of the group lies above than below one of its reference, from −1 to 1.

    2 × superiority − 1. Source: Cliff 1993, Psychol Bull 114:494. Otherwise as ``superiority``.
    """
    return superiority(values, in_group, by, level, among=among).through(lambda part: 2 * part - 1)


def superiority_interval(value: ArrayLike, n1: ArrayLike, n2: ArrayLike, level: float) -> Interval:
    """Newcombe's method 5 for a probability of superiority: the values that the observed one would not reject.

    The variance at θ is θ (1 − θ) ÷ (n1 n2) × (1 + (N / 2 − 1) × ((1 − θ) / (2 − θ) + θ / (1 + θ))), N = n1 + n2
    (Hanley & McNeil 1982, averaged over the two groups' sizes). Solved by bisection for all values at once.
    """
    value, n1, n2 = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (value, n1, n2)))
    known = np.isfinite(value) & (n1 > 0) & (n2 > 0)
    seen, pairs = np.where(known, value, 0.5), np.where(known, n1 * n2, 1)
    extra = np.where(known, (n1 + n2) / 2 - 1, 0)
    z = normal_quantile(level)

    def half(theta: Floats) -> Floats:
        spread = 1 + extra * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return z * np.sqrt(theta * (1 - theta) / pairs * spread)

    low, low_end = np.zeros_like(seen), seen.copy()
    high, high_end = np.ones_like(seen), seen.copy()
    for _ in range(60):
        middle = (low + low_end) / 2
        too_far = seen - middle > half(middle)
        low, low_end = np.where(too_far, middle, low), np.where(too_far, low_end, middle)
        middle = (high + high_end) / 2
        too_far = middle - seen > half(middle)
        high, high_end = np.where(too_far, middle, high), np.where(too_far, high_end, middle)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
