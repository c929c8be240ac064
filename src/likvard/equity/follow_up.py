"""Follow-up of an action: what was to be expected without it, beside what happened, and a plain verdict."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.gaps import Mean
from likvard.equity.intervals import Floats, t_quantile
from likvard.equity.sums import ratio
from likvard.indicators.record import SHOWN

CLEAR, UNCLEAR, CANNOT_BE_SAID = "clear", "unclear", "cannot_be_said"
LEAST_PEERS = 5


def verdict(difference: Estimate) -> NDArray[np.str_]:
    """The plain verdict of a difference: ``clear`` where its interval leaves out 0, ``unclear`` where it holds 0.

    ``cannot_be_said`` where there is no value or no interval. It says that something differs from what was expected,
    not why.
    """
    known = (difference.status == SHOWN) & np.isfinite(difference.low)
    away = (difference.low > 0) | (difference.high < 0)
    return np.where(known, np.where(away, CLEAR, UNCLEAR), CANNOT_BE_SAID)


def beyond_expected(before: ArrayLike, after: ArrayLike, with_action: ArrayLike, level: float = 0.95) -> Estimate:
    """How far each unit with the action lies, after it, from what units without it that began alike would have reached.

    Among units without the action, ``after`` is regressed on ``before``; the line gives the expected value at the
    unit's own ``before``, which takes both the common development and regression to the mean into account (Barnett,
    van der Pols & Dobson 2005, Int J Epidemiol 34:215). Interval: that of a prediction, t with peers − 2 degrees of
    freedom. One row per unit with the action, in the order given. ``beside``: ``before``, ``after``, ``expected``. n
    counts peers. Degenerate: fewer than five peers gives ``too_few``; peers that all began alike ``not_applicable``.
    Coverage: within 93–97 %.
    """
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    acted = np.asarray(with_action, dtype=bool)
    peer = ~acted & np.isfinite(before) & np.isfinite(after)
    x, y = before[peer], after[peer]
    n = float(len(x))
    own, reached = before[acted], after[acted]
    blank = np.full(len(own), np.nan)
    if n < LEAST_PEERS:
        return estimate(
            blank, (blank, blank), n, least=LEAST_PEERS, beside={"before": own, "after": reached, "expected": blank}
        )
    apart = x - x.mean()
    square = float(apart @ apart)
    slope = ratio(apart @ (y - y.mean()), square if square > 1e-18 * float(x @ x) else 0.0)
    expected = y.mean() + slope * (own - x.mean())
    rest = y - y.mean() - slope * apart
    variance = float(rest @ rest) / (n - 2) * (1 + 1 / n + ratio((own - x.mean()) ** 2, square))
    half = t_quantile(level, n - 2) * np.sqrt(variance)
    value = reached - expected
    known = np.where(np.isfinite(own) & np.isfinite(reached), n, 0.0)
    return estimate(
        value, (value - half, value + half), known, beside={"before": own, "after": reached, "expected": expected}
    )


def beyond_peers(
    traits: ArrayLike, change: ArrayLike, with_action: ArrayLike, level: float = 0.95, *, peers: int = 10
) -> Estimate:
    """How much more each unit with the action changed than its nearest ``peers`` without it.

    Nearest in ``traits`` (units × columns, as before-value, intake, size), each divided by its standard deviation; a
    unit's expected change is the mean of its peers' (Rubin 1973, Biometrics 29:159). Interval: that of a prediction
    from the peers, t × sd × √(1 + 1 / peers). ``beside``: ``change``, ``expected``. n counts peers. Degenerate: fewer
    than five peers gives ``too_few``, an unknown trait or change ``missing``. Coverage: within 93–97 % when the
    change depends on the traits smoothly.
    """
    traits = np.asarray(traits, dtype=float)
    traits = traits[:, None] if traits.ndim == 1 else traits
    change, acted = np.asarray(change, dtype=float), np.asarray(with_action, dtype=bool)
    known = np.isfinite(change) & np.isfinite(traits).all(axis=1)
    pool = np.flatnonzero(known & ~acted)
    own, moved = traits[acted], change[acted]
    count = min(peers, len(pool))
    blank = np.full(len(own), np.nan)
    if count < LEAST_PEERS:
        return estimate(blank, (blank, blank), count, least=LEAST_PEERS, beside={"change": moved, "expected": blank})
    scale = traits[pool].std(axis=0, ddof=1)
    scale = np.where(scale > 0, scale, 1.0)
    distance = (((own[:, None, :] - traits[None, pool, :]) / scale) ** 2).sum(axis=2)
    nearest = change[pool[np.argsort(np.nan_to_num(distance), axis=1, kind="stable")[:, :count]]]
    expected = nearest.mean(axis=1)
    half = t_quantile(level, count - 1) * nearest.std(axis=1, ddof=1) * np.sqrt(1 + 1 / count)
    value = moved - expected
    there = np.where(known[acted], float(count), 0.0)
    return estimate(value, (value - half, value + half), there, beside={"change": moved, "expected": expected})


def difference_in_differences(
    group_before: Mean, group_after: Mean, peers_before: Mean, peers_after: Mean, level: float = 0.95
) -> Estimate:
    """How much more the group with the action changed than its peers: (after − before) − (peers' after − before).

    Each is (n, mean, sample standard deviation); arrays broadcast. Interval: t with Satterthwaite's degrees of
    freedom, the four taken as different pupils. Where whole schools had the action, give one mean per school and use
    n = schools: pupils of a school are not independent (Bertrand, Duflo & Mullainathan 2004, Q J Econ 119:249), or
    better ``change_of_schools``. It needs that both would have developed alike; ``parallel_before`` looks at that.
    ``beside``: the four means. n is the smallest of the four.
    """
    parts = np.broadcast_arrays(
        *(
            np.asarray(part, dtype=float)
            for four in (group_before, group_after, peers_before, peers_after)
            for part in four
        )
    )
    n, mean, sd = (np.stack(parts[start::3]) for start in range(3))
    value = (mean[1] - mean[0]) - (mean[3] - mean[2])
    square = ratio(sd**2, n)
    variance = square.sum(axis=0)
    degrees = ratio(variance**2, ratio(square**2, n - 1).sum(axis=0))
    degrees = np.where(variance == 0, n.sum(axis=0) - 4, degrees)
    half = t_quantile(level, degrees) * np.sqrt(variance)
    names = ("group_before", "group_after", "peers_before", "peers_after")
    return estimate(value, (value - half, value + half), n.min(axis=0), beside=dict(zip(names, mean, strict=True)))


def change_of_schools(change: ArrayLike, with_action: ArrayLike, level: float = 0.95) -> Estimate:
    """Difference-in-differences with schools as the cases: mean change of schools with the action − that of those
    without.

    Interval: Welch's over schools, which lets a school's pupils and quarters vary together. n is the smaller number
    of schools.
    """
    from likvard.equity.gaps import mean_gap
    from likvard.equity.levels import summarised

    acted = np.asarray(with_action, dtype=bool)
    change = np.asarray(change, dtype=float)
    groups = []
    for chosen in (change[acted], change[~acted]):
        n, mean, sd, _ = summarised(chosen)
        groups.append((n[0], mean[0], sd[0]))
    return mean_gap(groups[0], groups[1], level)


def parallel_before(change_before: ArrayLike, with_action: ArrayLike, level: float = 0.95) -> Estimate:
    """The same difference in the time before the action, where it should be none: a check of ``change_of_schools``."""
    return change_of_schools(change_before, with_action, level)


def beyond_series(value: ArrayLike, first_after: int, level: float = 0.95) -> Estimate:
    """How far each unit's first period after the action lies from the line of its periods before (interrupted series).

    Values: units × periods, oldest first. A straight line through the periods before ``first_after`` is carried one
    step on; interval: that of a prediction, t with periods − 2 degrees of freedom. Source: Wagner et al. 2002, J Clin
    Pharm Ther 27:299. ``beside``: ``expected``, ``after``. n counts the periods before. Degenerate: fewer than four
    gives ``too_few``.
    Coverage: within 93–97 % when quarters err independently; lower when they follow each other, so that a season is
    best taken out first by comparing with the same quarter.
    """
    value = np.atleast_2d(np.asarray(value, dtype=float))
    earlier = value[:, :first_after]
    known = np.isfinite(earlier)
    n = known.sum(axis=1).astype(float)
    time = np.arange(first_after, dtype=float)
    y = np.where(known, earlier, 0.0)
    mean_time, mean_y = ratio((known * time).sum(axis=1), n), ratio(y.sum(axis=1), n)
    apart = np.where(known, time - mean_time[:, None], 0.0)
    lift = np.where(known, y - mean_y[:, None], 0.0)
    square = (apart**2).sum(axis=1)
    slope = ratio((apart * lift).sum(axis=1), square)
    ahead: Floats = first_after - mean_time
    expected = mean_y + slope * ahead
    rest = ((lift - np.nan_to_num(slope)[:, None] * apart) ** 2).sum(axis=1)
    variance = ratio(rest, np.where(n > 2, n - 2, 0)) * (1 + ratio(1, n) + ratio(ahead**2, square))
    half = t_quantile(level, n - 2) * np.sqrt(variance)
    reached = value[:, first_after] if first_after < value.shape[1] else np.full(len(value), np.nan)
    result = reached - expected
    there = np.where(np.isfinite(reached), n, 0.0)
    return estimate(
        result, (result - half, result + half), there, least=4, beside={"expected": expected, "after": reached}
    )
