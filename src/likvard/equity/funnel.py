"""The funnel: how far a unit of each size may lie from the whole by chance. Never a league table."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats, Interval, normal_quantile
from likvard.equity.sums import ratio

LEAST_UNITS = 10


def exact_share_limits(n: ArrayLike, target: float, level: float = 0.95) -> Interval:
    """The shares between which a unit of ``n`` pupils lies with probability ``level`` if its true share is ``target``.

    Exact binomial limits, interpolated between whole pupils: (r − a) ÷ n, r being the smallest count with F(r) at or
    above the tail and a = (F(r) − tail) ÷ (F(r) − F(r − 1)). Source: Spiegelhalter 2005, Stat Med 24:1185, appendix.
    Within 0 and 1; NaN for n = 0 or a target outside 0 to 1. As the interpolation follows F, the upper limit lies up
    to one pupil nearer to the target than the mirrored lower one would.
    Coverage: within 93–97 % at n = 10, 30 and 200.
    """
    from scipy.stats import binom

    n = np.asarray(n, dtype=float)
    known = (n > 0) & (0 <= target <= 1)
    size = np.where(known, n, 1)
    chance = target if 0 <= target <= 1 else 0.5
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        count = np.maximum(binom.ppf(tail, size, chance), 0)
        at, before = binom.cdf(count, size, chance), binom.cdf(count - 1, size, chance)
        part = np.nan_to_num(ratio(at - tail, at - before))
        ends.append(np.where(known, np.clip((count - part) / size, 0, 1), np.nan))
    return ends[0], ends[1]


def mean_limits(n: ArrayLike, target: float, sd: float, level: float = 0.95) -> Interval:
    """The means between which a unit of ``n`` pupils lies with probability ``level``: target ± quantile × sd ÷ √n."""
    n = np.asarray(n, dtype=float)
    half = normal_quantile(level) * sd * np.sqrt(ratio(1, np.where(n > 0, n, 0)))
    return target - half, target + half


def over_dispersion(z: ArrayLike, *, winsorised: float = 0.1) -> float:
    """φ: how much more units differ than chance lets them; 1 is chance alone.

    The mean of z², z = (value − target) ÷ standard error, with the lowest and highest 10 % set to those percentiles
    so that the few that truly differ do not widen the funnel for all. Source: Spiegelhalter 2005, section 4. NaN for
    fewer than ten units.
    """
    scores = np.asarray(z, dtype=float)
    known = scores[np.isfinite(scores)]
    if len(known) < LEAST_UNITS:
        return float("nan")
    low, high = np.quantile(known, [winsorised, 1 - winsorised])
    return float(np.mean(np.clip(known, low, high) ** 2))


def extra_variance(value: ArrayLike, error: ArrayLike, target: float, *, winsorised: float = 0.1) -> float:
    """τ²: the variance between units that is left when chance is taken off, by moments; never below 0.

    (k φ − (k − 1)) ÷ (Σ w − Σ w² ÷ Σ w), w = 1 ÷ error², and 0 where k φ is below k − 1. Source: Spiegelhalter 2005,
    section 4.2; DerSimonian & Laird 1986. NaN for fewer than ten units.
    """
    seen, wrong = np.asarray(value, dtype=float), np.asarray(error, dtype=float)
    known = np.isfinite(seen) & (wrong > 0)
    phi = over_dispersion((seen[known] - target) / wrong[known], winsorised=winsorised)
    weight = 1 / wrong[known] ** 2
    k = int(known.sum())
    room = weight.sum() - (weight**2).sum() / weight.sum() if k else 0.0
    if not np.isfinite(phi) or room <= 0:
        return float("nan")
    return max((k * phi - (k - 1)) / float(room), 0.0)


def funnel(
    value: ArrayLike, error: ArrayLike, target: float, level: float = 0.95, *, exact: Interval | None = None
) -> Estimate:
    """Each unit's value with the limits of the funnel at its size as ``low`` and ``high``.

    Limits: target ± quantile × √(error² + τ²), with τ² from ``extra_variance``; where τ² is 0 or cannot be told, the
    ``exact`` limits if given. ``beside``: ``outside``, −1 below the funnel, 1 above it and 0 inside, in no order of
    units. ``error`` is the standard error at the target, √(target (1 − target) ÷ n) for a share. n is the number of
    units.
    """
    value, error = np.asarray(value, dtype=float), np.asarray(error, dtype=float)
    extra = extra_variance(value, error, target)
    half = normal_quantile(level) * np.sqrt(np.where(error > 0, error, np.nan) ** 2 + np.nan_to_num(extra))
    low, high = target - half, target + half
    if exact is not None and not extra > 0:
        low, high = exact
    units: Floats = np.where(np.isfinite(value), float(np.isfinite(value).sum()), 0.0)
    outside = np.where(value < low, -1.0, np.where(value > high, 1.0, 0.0))
    return estimate(value, (low, high), units, beside={"outside": np.where(np.isfinite(low * value), outside, np.nan)})
