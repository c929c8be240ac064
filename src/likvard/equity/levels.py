"""Levels: the mean, share, median or quantile of each unit, with interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats, clustered_interval, exact_interval, mean_interval, wilson_interval
from likvard.equity.sums import Labels, Units, ratio, units_of, values_of, within


def mean(values: ArrayLike, by: Labels = None, level: float = 0.95, *, clusters: Labels = None) -> Estimate:
    """The mean of each unit.

    Interval: Student's t with n − 1 degrees of freedom; with ``clusters`` (classes) one that lets a whole class vary
    together: the standard error is the root of Σ (class sum of deviations from the mean)² × G / (G − 1) ÷ n, with t
    and G − 1 degrees of freedom. Source: Cameron & Miller 2015, J Hum Resour 50:317.
    Shape: pupils in, one value per unit out. Unit: that of ``values``. Missing values are left out; rows without a
    cluster too.
    Degenerate: no pupil gives ``missing``; one pupil (or one class) a value without interval.
    Coverage: within 93–97 % at n = 10, 30 and 200 pupils or classes; for a very skewed scale (exponential) 90 % at n
    = 10 and 93 % at 30: give the median beside it. With fewer than ten classes the clustered interval covers less;
    ignoring classes covers far less still.
    """
    units = units_of(by, values) if clusters is None else units_of(by, values, clusters)
    kept = values_of(values, units)
    n = units.sum()
    value = units.mean(kept)
    deviation = kept - value[units.codes]
    if clusters is None:
        sd = np.sqrt(ratio(units.sum(deviation**2), np.where(n > 1, n - 1, 0)))
        return estimate(value, mean_interval(n, value, sd, level), n, units=units.labels)
    classes, unit = within(units, clusters)
    summed = classes.sum(deviation)
    count = np.bincount(unit, minlength=len(units)).astype(float)
    square = np.bincount(unit, weights=summed**2, minlength=len(units)) * ratio(
        count, np.where(count > 1, count - 1, 0)
    )
    return estimate(value, clustered_interval(value, ratio(np.sqrt(square), n), count, level), n, units=units.labels)


def share(count: ArrayLike, n: ArrayLike, level: float = 0.95, *, exact_below: float = 0) -> Estimate:
    """The share ``count`` ÷ ``n``, from 0 to 1.

    Interval: Wilson's score interval (Wilson 1927; Newcombe 1998, Stat Med 17:857, method 3), and where n is below
    ``exact_below`` the exact one (Clopper & Pearson 1934, Biometrika 26:404).
    Shape: arrays that broadcast. Degenerate: n = 0 gives ``missing``; a count outside 0 to n ``not_applicable``.
    Coverage: Wilson within 93–97 % on average over shares from 10 to 90 %; the exact interval never covers less than
    the level, and at n = 10 about 98 % – used where a report must not overstate what a small group shows.
    """
    count, n = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(n, dtype=float))
    possible = (count >= 0) & (count <= n)
    counted = np.where(possible, count, np.nan)
    wilson, exact = wilson_interval(counted, n, level), exact_interval(counted, n, level)
    few = n < exact_below
    low, high = np.where(few, exact[0], wilson[0]), np.where(few, exact[1], wilson[1])
    return estimate(ratio(counted, n), (low, high), n)


def median(values: ArrayLike, by: Labels = None, level: float = 0.95) -> Estimate:
    """The median of each unit; see ``quantile``."""
    return quantile(values, 0.5, by, level)


def quantile(values: ArrayLike, at: float, by: Labels = None, level: float = 0.95) -> Estimate:
    """The value that the share ``at`` of a unit's pupils lies below.

    Between two pupils the value is interpolated linearly (Hyndman & Fan 1996, type 7). Interval: from the order
    statistics, whatever the distribution, interpolated between neighbouring ranks so that its level is close to the
    one asked for (Nyblom 1992, Stat Probab Lett 14:129; for the median Hettmansperger & Sheather 1986, Stat Probab
    Lett 4:75).
    Shape: pupils in, one value per unit out. Degenerate: no pupil gives ``missing``; too few for the ranks that the
    level needs (fewer than 6 for a median at 95 %) a value without interval.
    Coverage: within 93–97 % for a continuous scale; more where many pupils share a value. A quartile has no interval
    at n = 10.
    """
    if not 0 < at < 1:
        raise ValueError("a quantile lies between 0 and 1")
    units = units_of(by, values)
    kept = values_of(values, units)
    order = np.lexsort((kept, units.codes))
    ranked = kept[order]
    n = units.sum()
    start = np.concatenate([[0], np.cumsum(n)])[:-1].astype(np.intp)
    low = _order_limit(ranked, start, n, at, (1 - level) / 2)
    # The upper limit is the lower one of the values turned round.
    high = -_order_limit(-ranked[::-1], len(ranked) - start - n.astype(np.intp), n, 1 - at, (1 - level) / 2)
    place = (n - 1) * at
    below = np.floor(np.where(n > 0, place, 0))
    first = _at_rank(ranked, start, n, below)
    value = first + (place - below) * (_at_rank(ranked, start, n, np.minimum(below + 1, n - 1)) - first)
    return estimate(value, (low, high), n, units=units.labels)


def _at_rank(ranked: Floats, start: np.ndarray, n: Floats, rank: Floats) -> Floats:
    """The value with ``rank`` (from 0) in each unit; NaN where the unit has no such rank."""
    there = (rank >= 0) & (rank < n)
    position = np.where(there, start + np.where(there, rank, 0).astype(np.intp), 0)
    if not len(ranked):
        return np.full(n.shape, np.nan)
    return np.where(there, ranked[position], np.nan)


def _order_limit(ranked: Floats, start: np.ndarray, n: Floats, at: float, tail: float) -> Floats:
    """The lower limit of the quantile, below which it lies with probability ``tail``."""
    from scipy.stats import binom

    size = np.maximum(n, 1)
    rank = binom.ppf(tail, size, at)
    possible = (rank >= 1) & (rank < n)
    rank = np.where(possible, rank, 1)
    # The chance that the quantile lies below the value of this rank, and of the next.
    here, beyond = binom.cdf(rank - 1, size, at), binom.cdf(rank, size, at)
    part = rank * (1 - at) * (beyond - tail)
    whole = part + (size - rank) * at * (tail - here)
    weight = 1 - ratio(part, whole)
    low, next_up = _at_rank(ranked, start, n, rank - 1), _at_rank(ranked, start, n, rank)
    return np.where(possible, low + weight * (next_up - low), np.nan)


def summarised(values: ArrayLike, by: Labels = None) -> tuple[Floats, Floats, Floats, Units]:
    """Each unit's n, mean and sample standard deviation (n − 1; NaN for one pupil), and the units."""
    units = units_of(by, values)
    kept = values_of(values, units)
    n = units.sum()
    value = units.mean(kept)
    sd = np.sqrt(ratio(units.sum((kept - value[units.codes]) ** 2), np.where(n > 1, n - 1, 0)))
    return n, value, sd, units
