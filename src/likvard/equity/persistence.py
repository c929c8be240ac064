"""Gaps over time: trends, gaps that persist, and regression to the mean.

Values come as units × periods, oldest first; a period without a value is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats, normal_quantile, t_quantile
from likvard.equity.shrinkage import between_variance
from likvard.equity.sums import Labels, ratio, units_of

LEAST_PERIODS = 4


def change_since(
    value: ArrayLike, error: ArrayLike, lag: int, level: float = 0.95, *, breaks: ArrayLike = ()
) -> Estimate:
    """The change of each unit from ``lag`` periods ago to the last: 1 for last quarter, 4 for the same quarter last
    year.

    Interval: normal, from the two standard errors, the two periods' pupils taken as different (for the same pupils it
    is too wide). ``breaks`` are the positions of periods that start a new series: a change that would cross one is
    ``not_applicable``.
    """
    value, error = np.atleast_2d(np.asarray(value, dtype=float)), np.atleast_2d(np.asarray(error, dtype=float))
    last = value.shape[1] - 1
    then = last - lag
    blank = np.full(len(value), np.nan)
    if then < 0:
        return estimate(blank, (blank, blank), 0)
    moved = value[:, last] - value[:, then]
    known = np.isfinite(moved)
    crossed = bool(np.any((np.asarray(breaks) > then) & (np.asarray(breaks) <= last)))
    half = normal_quantile(level) * np.sqrt(error[:, last] ** 2 + error[:, then] ** 2)
    shown = blank if crossed else moved
    return estimate(shown, (moved - half, moved + half), np.where(known, 2.0, 0.0))


def trend(value: ArrayLike, error: ArrayLike, level: float = 0.95, *, breaks: ArrayLike = ()) -> Estimate:
    """The trend of each unit: change per period since the last break, by least squares weighted with 1 ÷ error².

    Interval: Student's t with periods − 2 degrees of freedom, from the scatter around the line, and never narrower
    than the errors alone would make it. n counts the periods used. Degenerate: fewer than four known periods since
    the break gives ``too_few``.
    Coverage: 98, 97 and 96.6 % with 6, 12 and 20 periods: the wider of two is taken, as a few quarters that happen to
    lie on a line prove nothing.
    """
    value, error = np.atleast_2d(np.asarray(value, dtype=float)), np.atleast_2d(np.asarray(error, dtype=float))
    starts = np.asarray(breaks, dtype=int).ravel()
    start = int(starts.max()) if starts.size else 0
    y, spread = value[:, start:], np.broadcast_to(error, value.shape)[:, start:]
    known = np.isfinite(y) & (spread > 0)
    weight = np.where(known, ratio(1, np.where(known, spread, 1.0) ** 2), 0.0)
    safe = np.where(known, y, 0.0)
    time = np.arange(y.shape[1], dtype=float)
    total = weight.sum(axis=1)
    apart = time - ratio((weight * time).sum(axis=1), total)[:, None]
    lift = safe - ratio((weight * safe).sum(axis=1), total)[:, None]
    n = known.sum(axis=1).astype(float)
    square = np.where(n > 1, (weight * np.nan_to_num(apart) ** 2).sum(axis=1), 0.0)
    slope = ratio((weight * np.nan_to_num(apart * lift)).sum(axis=1), square)
    rest = (weight * np.nan_to_num(lift - slope[:, None] * apart) ** 2).sum(axis=1)
    scatter = ratio(rest, np.where(n > 2, n - 2, 0))
    half = np.maximum(
        t_quantile(level, n - 2) * np.sqrt(ratio(scatter, square)), normal_quantile(level) * np.sqrt(ratio(1, square))
    )
    return estimate(slope, (slope - half, slope + half), n, least=LEAST_PERIODS)


def reliability(value: ArrayLike, error: ArrayLike) -> Floats:
    """How much of each unit's distance from the mean is expected to be there again: τ² ÷ (τ² + error²), from 0 to 1.

    τ² is the variance of the true values (``shrinkage.between_variance``). NaN for fewer than two units.
    """
    error = np.asarray(error, dtype=float)
    tau2 = between_variance(value, error)[0]
    square = np.where(error > 0, error, np.nan) ** 2
    return ratio(tau2, tau2 + square)


def regressed(value: ArrayLike, error: ArrayLike) -> Floats:
    """What each unit's next value would be if nothing changed: mean + reliability × (value − mean).

    A unit picked because it was far from the mean comes nearer by itself; only what goes beyond that is a change.
    Source: Galton 1886; Davis 1976, Am J Epidemiol 104:493. The mean is weighted with 1 ÷ (error² + τ²). NaN for
    fewer than two units.
    """
    value, error = np.asarray(value, dtype=float), np.asarray(error, dtype=float)
    known = np.isfinite(value) & (error > 0)
    if known.sum() < 2:
        return np.full(value.shape, np.nan)
    tau2 = between_variance(value, error)[0]
    weight = (
        np.where(known, 1 / (np.where(known, error, 1.0) ** 2 + tau2), 0.0)
        if tau2 > 0
        else np.where(known, 1 / np.where(known, error, 1.0) ** 2, 0.0)
    )
    mean = (weight * np.where(known, value, 0.0)).sum() / weight.sum()
    return np.where(known, mean + reliability(value, error) * (value - mean), np.nan)


def persistent_gap(
    gap: ArrayLike,
    error: ArrayLike,
    *,
    smallest: float = 0.0,
    least_periods: int = 3,
    level: float = 0.95,
    by: Labels = None,
) -> tuple[Estimate, NDArray[np.bool_]]:
    """Each unit's lasting gap, and whether it is flagged as persistent.

    The lasting gap is the mean of the last ``least_periods`` periods (weighted with 1 ÷ error²) drawn towards the
    mean of all units by its unreliability (Morris 1983, as ``shrinkage``), so that a gap that was large by chance is
    not flagged for it.
    Flagged: known and on the same side in each of these periods, and the whole interval of the lasting gap lies beyond
    ``smallest`` on that side. n counts periods known. ``beside``: ``raw``, the mean before it is drawn.
    Degenerate: fewer than ``least_periods`` known gives ``too_few``; fewer than four units are not drawn at all, and
    the interval is that of the raw mean. ``by`` groups the units that are drawn together.
    """
    from likvard.equity.shrinkage import shrunken

    gap, error = np.atleast_2d(np.asarray(gap, dtype=float)), np.atleast_2d(np.asarray(error, dtype=float))
    late, spread = gap[:, -least_periods:], error[:, -least_periods:]
    known = np.isfinite(late) & (spread > 0)
    weight = np.where(known, 1 / np.where(known, spread, 1.0) ** 2, 0.0)
    n = known.sum(axis=1).astype(float)
    raw = ratio((weight * np.where(known, late, 0.0)).sum(axis=1), weight.sum(axis=1))
    raw_error = np.sqrt(ratio(1, weight.sum(axis=1)))
    full = n >= least_periods
    drawn = shrunken(np.where(full, raw, np.nan), raw_error, by, level)
    units = units_of(by, np.zeros(len(gap)))
    alone = np.ones(len(gap), dtype=bool)
    alone[units.kept] = (units.sum(full[units.kept]) < 4)[units.codes]
    half = normal_quantile(level) * raw_error
    value = np.where(alone, raw, drawn.value)
    interval = np.where(alone, raw - half, drawn.low), np.where(alone, raw + half, drawn.high)
    found = estimate(np.where(full, value, np.nan), interval, n, least=least_periods, beside={"raw": raw})
    above = np.where(known, late > 0, False).all(axis=1) & (found.low > smallest)
    below = np.where(known, late < 0, False).all(axis=1) & (found.high < -smallest)
    return found, full & (above | below)
