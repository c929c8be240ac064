"""SALSA: the Swedish National Agency for Education's model of what a school's results would be given its intake.

The published residual is taken in and given an interval; it is never fitted anew on a dozen schools.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats, normal_quantile
from likvard.equity.sums import ratio

# Skolverket 2017, SALSA 2015/16, merit value (17 subjects): constant, parents' education, boys, newly arrived.
CONSTANT, EDUCATION, BOYS, NEWLY_ARRIVED = 93.567, 69.846, -35.271, -83.641
ROUNDING_VARIANCE = 1 / 12


def expected_merit_2016(education: ArrayLike, boys_share: ArrayLike, newly_arrived_share: ArrayLike) -> Floats:
    """The merit value that the model of 2015/16 expects of a school.

    93.567 + 69.846 × parents' mean education (1 to 3) − 35.271 × share of boys − 83.641 × share newly arrived (shares
    0 to 1).
    Source: Skolverket 2017, SALSA coefficients 2015/16. NaN where a part is missing or outside its range.
    """
    education, boys, newly = (np.asarray(part, dtype=float) for part in (education, boys_share, newly_arrived_share))
    possible = (education >= 1) & (education <= 3) & (boys >= 0) & (boys <= 1) & (newly >= 0) & (newly <= 1)
    return np.where(possible, CONSTANT + EDUCATION * education + BOYS * boys + NEWLY_ARRIVED * newly, np.nan)


def residual(
    actual: ArrayLike,
    model: ArrayLike,
    published: ArrayLike | None = None,
    *,
    n: ArrayLike | None = None,
    sd: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """How far a school lies from what SALSA expects of it: the ``published`` deviation, or actual − model where none
    is.

    The three are rounded separately, so that actual − model may differ from the published one by 1; the published one
    is nearer.
    Interval: ± quantile × √(sd² ÷ n + rounding), ``n`` pupils who finished and ``sd`` their standard deviation around
    the model (1/12 for one rounding, 1/6 for two); the model's own uncertainty is not published and not in it. ``n``
    of the result is that of pupils, or 1 where it is not known. Degenerate: no deviation at all is ``missing``;
    without n or sd there is no interval. ``beside``: ``actual``, ``model``.
    """
    actual, model = np.broadcast_arrays(np.asarray(actual, dtype=float), np.asarray(model, dtype=float))
    given = np.broadcast_to(np.nan if published is None else np.asarray(published, dtype=float), actual.shape)
    value = np.where(np.isfinite(given), given, actual - model)
    rounding = np.where(np.isfinite(given), ROUNDING_VARIANCE, 2 * ROUNDING_VARIANCE)
    pupils = np.broadcast_to(np.nan if n is None else np.asarray(n, dtype=float), actual.shape)
    spread = np.broadcast_to(np.nan if sd is None else np.asarray(sd, dtype=float), actual.shape)
    half = normal_quantile(level) * np.sqrt(ratio(spread**2, np.where(pupils > 0, pupils, np.nan)) + rounding)
    known = np.where(np.isfinite(value), np.where(pupils > 0, pupils, 1.0), 0.0)
    return estimate(value, (value - half, value + half), known, beside={"actual": actual, "model": model})


def agrees(actual: ArrayLike, model: ArrayLike, published: ArrayLike) -> NDArray[np.bool_]:
    """Whether a published deviation can be actual − model with all three rounded to whole points: at most 1 apart.

    True where one of them is missing, as there is nothing to disagree.
    """
    apart = np.asarray(actual, dtype=float) - np.asarray(model, dtype=float) - np.asarray(published, dtype=float)
    return np.asarray(~(np.abs(apart) > 1 + 1e-9))
