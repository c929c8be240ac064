"""Many comparisons at once: which of a report's gaps still stand when all of them are counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from likvard.equity.estimate import Estimate
from likvard.equity.intervals import Floats, normal_quantile
from likvard.equity.sums import ratio


def p_value(found: Estimate, level: float = 0.95, *, no_difference: float = 0.0) -> Floats:
    """The two-sided p-value that the interval of an estimate implies; NaN where there is no interval.

    The distance to ``no_difference`` over the standard error on that side, half width ÷ normal quantile (Altman &
    Bland 2011, BMJ 343:d2090). ``level`` is that of the interval.
    """
    from scipy.special import ndtr

    apart = found.value - no_difference
    width = np.where(apart > 0, found.value - found.low, found.high - found.value)
    z = ratio(np.abs(apart) * normal_quantile(level), width)
    return np.where((apart == 0) & np.isfinite(width), 1.0, 2 * ndtr(-z))


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """The adjusted p-values of everything that a report shows, in the same order; NaN stays NaN and is not counted.

    With p sorted upwards, the k-th of m becomes the smallest of p × m / k over itself and all larger ones. Showing
    those at or below q keeps the expected share of false findings at q or less. Source: Benjamini & Hochberg 1995, J
    R Stat Soc B 57:289.
    """
    p = np.asarray(p, dtype=float)
    flat = p.ravel()
    known = np.flatnonzero(np.isfinite(flat))
    order = known[np.argsort(-flat[known], kind="stable")]
    m = len(order)
    adjusted = np.full(flat.shape, np.nan)
    if m:
        adjusted[order] = np.minimum(np.minimum.accumulate(flat[order] * m / np.arange(m, 0, -1)), 1.0)
    return adjusted.reshape(p.shape)
