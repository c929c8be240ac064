"""Confidence intervals, for whole arrays at once.

Every function takes arrays that broadcast together and gives ``(low, high)``; where the data cannot carry an interval
(n of 0, or of 1 for a mean) both are NaN.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Interval: TypeAlias = tuple[Floats, Floats]


def normal_quantile(level: float) -> float:
    """The point that a standard normal variable stays within, on both sides of 0, with probability ``level``."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def t_quantile(level: float, degrees: ArrayLike) -> Floats:
    """The same for Student's t; NaN where ``degrees`` is not positive."""
    from scipy.special import stdtrit

    degrees = np.asarray(degrees, dtype=float)
    allowed = degrees > 0
    return np.where(allowed, stdtrit(np.where(allowed, degrees, 1.0), 0.5 + level / 2), np.nan)


def mean_interval(n: ArrayLike, mean: ArrayLike, sd: ArrayLike, level: float) -> Interval:
    """Student's t interval of a mean. ``sd`` is the sample standard deviation (n − 1)."""
    n, mean, sd = (np.asarray(part, dtype=float) for part in (n, mean, sd))
    with np.errstate(divide="ignore", invalid="ignore"):
        half = t_quantile(level, n - 1) * sd / np.sqrt(n)
    return mean - half, mean + half


def wilson_interval(count: ArrayLike, n: ArrayLike, level: float) -> Interval:
    """Wilson's score interval of a share, in [0, 1] (Wilson 1927, J Am Stat Assoc 22:209; Newcombe 1998, method 3)."""
    count, n = np.asarray(count, dtype=float), np.asarray(n, dtype=float)
    z2 = normal_quantile(level) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / n
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # At 0 and at n one end is exactly the share; rounding must not push it past.
    low = np.where(count == 0, np.where(n > 0, 0.0, np.nan), middle - half)
    high = np.where(count == n, np.where(n > 0, 1.0, np.nan), middle + half)
    return low, high


def mean_difference_interval(
    first: tuple[ArrayLike, ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike, ArrayLike], level: float
) -> Interval:
    """Welch's interval of ``first`` − ``second``; each is (n, mean, sample standard deviation).

    Source: Welch 1947, Biometrika 34:28 (degrees of freedom by Satterthwaite).
    """
    n1, mean1, sd1 = (np.asarray(part, dtype=float) for part in first)
    n2, mean2, sd2 = (np.asarray(part, dtype=float) for part in second)
    with np.errstate(divide="ignore", invalid="ignore"):
        v1, v2 = sd1**2 / n1, sd2**2 / n2
        degrees = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
        # Both groups without any spread: the difference is exact, and any degrees of freedom say so.
        degrees = np.where((v1 + v2) == 0, n1 + n2 - 2, degrees)
        half = t_quantile(level, degrees) * np.sqrt(v1 + v2)
    return mean1 - mean2 - half, mean1 - mean2 + half


def share_difference_interval(
    first: tuple[ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike], level: float
) -> Interval:
    """Newcombe's hybrid score interval of ``first`` − ``second``; each is (count, n).

    Source: Newcombe 1998, Stat Med 17:873, method 10.
    """
    count1, n1 = (np.asarray(part, dtype=float) for part in first)
    count2, n2 = (np.asarray(part, dtype=float) for part in second)
    low1, high1 = wilson_interval(count1, n1, level)
    low2, high2 = wilson_interval(count2, n2, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        share1, share2 = count1 / n1, count2 / n2
    difference = share1 - share2
    low = difference - np.sqrt((share1 - low1) ** 2 + (high2 - share2) ** 2)
    high = difference + np.sqrt((high1 - share1) ** 2 + (share2 - low2) ** 2)
    return low, high


def clustered_interval(value: ArrayLike, error: ArrayLike, clusters: ArrayLike, level: float) -> Interval:
    """Interval of an estimate whose standard error ``error`` is robust to clusters: t with clusters − 1 degrees of
    freedom.

    Source: Cameron & Miller 2015, J Hum Resour 50:317.
    """
    value, error = np.asarray(value, dtype=float), np.asarray(error, dtype=float)
    half = t_quantile(level, np.asarray(clusters, dtype=float) - 1) * error
    return value - half, value + half


def exact_interval(count: ArrayLike, n: ArrayLike, level: float) -> Interval:
    """The exact interval of a share: the shares that neither tail of the binomial would reject.

    Source: Clopper & Pearson 1934, Biometrika 26:404, through quantiles of the beta distribution. Covers at least
    ``level`` whatever the share, and more than that for small n.
    """
    from scipy.special import betaincinv

    count, n = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(n, dtype=float))
    tail = (1 - level) / 2
    known = (n > 0) & (count >= 0) & (count <= n)
    inner_low, inner_high = known & (count > 0), known & (count < n)
    low = betaincinv(np.where(inner_low, count, 1), np.where(inner_low, n - count + 1, 1), tail)
    high = betaincinv(np.where(inner_high, count + 1, 1), np.where(inner_high, n - count, 1), 1 - tail)
    return (
        np.where(known, np.where(inner_low, low, 0.0), np.nan),
        np.where(known, np.where(inner_high, high, 1.0), np.nan),
    )


def on_log_scale(value: ArrayLike, half: ArrayLike) -> Interval:
    """The interval of something above 0 with half width ``half``, built on the logarithm: value × e^(± half ÷ value).

    It covers better than value ± half where the estimate's spread grows with its size. A value of 0 keeps 0 to
    ``half``.
    """
    value, half = np.broadcast_arrays(np.asarray(value, dtype=float), np.asarray(half, dtype=float))
    above = value > 0
    factor = np.exp(np.minimum(half / np.where(above, value, 1.0), 700.0))
    low = np.where(above, value / factor, np.where(value == 0, 0.0 * half, np.nan))
    high = np.where(above, value * factor, np.where(value == 0, half, np.nan))
    return low, np.where(np.isfinite(high), high, np.nan)


def on_logit_scale(value: ArrayLike, half: ArrayLike) -> Interval:
    """The interval of something between 0 and 1 with half width ``half``, built on the logit and so never outside.

    A value of 0 or 1 keeps value ± half, cut at 0 and 1.
    """
    from scipy.special import expit, logit

    value, half = np.broadcast_arrays(np.asarray(value, dtype=float), np.asarray(half, dtype=float))
    inside = (value > 0) & (value < 1)
    safe = np.where(inside, value, 0.5)
    width = half / (safe * (1 - safe))
    low = np.where(inside, expit(logit(safe) - width), np.clip(value - half, 0, 1))
    high = np.where(inside, expit(logit(safe) + width), np.clip(value + half, 0, 1))
    return low, high
