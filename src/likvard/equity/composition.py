"""School composition: how a school's intake differs from that of its municipality."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import wilson_interval


def school_index(
    foreign_background: ArrayLike,
    low_education: ArrayLike,
    municipal_foreign_background: ArrayLike,
    municipal_low_education: ArrayLike,
    n: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Kornhall & Bender's school index: how much more favoured a school's intake is than its municipality's, in points.

    (municipality's − school's per cent with foreign background) + (municipality's − school's per cent whose parents
    lack education beyond upper secondary). Above 0: a more favoured intake; below 0: a less favoured one; from −200
    to 200.
    Source: Kornhall & Bender 2018, Ett söndrat land. All in per cent, 0 to 100.
    Interval: with ``n`` pupils, the two Wilson distances added, which is right when the same pupils have both and
    cautious otherwise; the municipality is taken as known. Degenerate: a missing part gives ``missing``, one outside
    0 to 100 ``not_applicable``; without n there is no interval and n is 1. Coverage: 95 % or more.
    """
    school = np.asarray(foreign_background, dtype=float), np.asarray(low_education, dtype=float)
    area = np.asarray(municipal_foreign_background, dtype=float), np.asarray(municipal_low_education, dtype=float)
    pupils = np.asarray(np.nan if n is None else n, dtype=float)
    parts = np.broadcast_arrays(*school, *area, pupils)
    known = np.isfinite(np.stack(parts[:4])).all(axis=0)
    possible = (
        known
        & (np.nan_to_num(np.stack(parts[:4])) >= 0).all(axis=0)
        & (np.nan_to_num(np.stack(parts[:4])) <= 100).all(axis=0)
    )
    first, second, area1, area2 = (np.where(possible, part, np.nan) for part in parts[:4])
    value = (area1 - first) + (area2 - second)
    below, above = np.zeros_like(value), np.zeros_like(value)
    for share in (first, second):
        low, high = wilson_interval(share / 100 * parts[4], parts[4], level)
        below, above = below + 100 * high - share, above + share - 100 * low
    size = np.where(known, np.where(parts[4] > 0, parts[4], 1.0 if n is None else 0.0), 0.0)
    return estimate(value, (value - below, value + above), size)
