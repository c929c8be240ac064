"""Segregation by chance: what an index would be on average if pupils were placed in schools at random."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from likvard.equity.intervals import Floats
from likvard.equity.segregation import Allocation, entropy
from likvard.equity.sums import ratio


def expected_dissimilarity(size: ArrayLike, share: ArrayLike) -> Floats:
    """The D to expect of schools of ``size`` (last axis) when each pupil is of the group with probability ``share``.

    Σ E|x − t p| ÷ (2 T p (1 − p)), x binomial with t pupils: exact, by De Moivre's mean deviation 2 v (1 − p) P(x =
    v), v = ⌊t p⌋ + 1. Source: Winship 1977, Soc Forces 55:1058, table 2 (schools of one size: any number of schools
    gives the same). NaN for a share of 0 or 1 and where there are no pupils.
    """
    from scipy.stats import binom

    size, share = np.atleast_1d(np.asarray(size, dtype=float)), np.asarray(share, dtype=float)[..., None]
    size, share = np.broadcast_arrays(np.where(size > 0, size, 0.0), share)
    inside = (share > 0) & (share < 1)
    p = np.where(inside, share, 0.5)
    turn = np.floor(size * p) + 1
    apart = np.where(turn <= size, 2 * turn * (1 - p) * binom.pmf(turn, size, p), 0.0)
    whole = 2 * size.sum(axis=-1) * p[..., 0] * (1 - p[..., 0])
    return np.where(inside[..., 0], ratio(apart.sum(axis=-1), whole), np.nan)


def expected_by_chance(
    of: Allocation,
    name: str,
    group: Hashable = None,
    other: Hashable = None,
    *,
    margins: Literal["fixed", "binomial"] = "fixed",
) -> Floats:
    """The mean of an index (``segregation.MEASURES``) in each area over all ways to place its pupils in its schools.

    ``fixed``: schools keep their size and the area its groups, so that a school's pupils of a group are
    hypergeometric. Every index is then a sum over schools, and its mean exact: for D by the mean deviation, for
    isolation and exposure by second moments, for M and H by the mean of x ln x. D against one other group: only
    pupils of those two change places. ``binomial`` (D against everyone else only) is Winship's: the area's share is a
    probability. Source: Winship 1977; Carrington & Troske 1997, J Bus Econ Stat 15:402. NaN where the index is not
    defined.
    """
    total = of.total
    first = of.column(group) if name not in ("M", "H") else of.size
    members = of.sum(first)
    if name == "D" and margins == "binomial":
        return _binomial(of, members)
    if margins == "binomial":
        raise ValueError("only D has an expected value by the binomial")
    if name == "D":
        if other is not None:
            keep = first + of.column(other)
            pair = of.with_counts(np.stack([first, of.column(other)], axis=1))
            return _hypergeometric(pair, keep, members, of.sum(keep))
        return _hypergeometric(of, of.size, members, total)
    if name in ("isolation", "exposure"):
        same = of.sum(
            np.where(of.size > 0, 1.0 + ratio((of.size - 1) * (members - 1)[of.area], (total - 1)[of.area]), 0.0)
        )
        alone = ratio(same, total)
        if name == "isolation":
            return np.where(members > 0, np.where(total == 1, 1.0, alone), np.nan)
        met = total - members if other is None else of.sum(of.column(other))
        return np.where(members > 0, ratio(of.sum(of.size - 1) * ratio(met, total - 1), total), np.nan)
    mixed = entropy(of.margin)
    mutual = np.where(mixed > 0, np.maximum(mixed + _mean_of_logs(of), 0), np.nan)
    return ratio(mutual, mixed) if name == "H" else mutual


def _binomial(of: Allocation, members: Floats) -> Floats:
    """Winship's value for each area."""
    from scipy.stats import binom

    share = ratio(members, of.total)
    inside = (share > 0) & (share < 1)
    p = np.where(inside, share, 0.5)[of.area]
    turn = np.floor(of.size * p) + 1
    apart = np.where(turn <= of.size, 2 * turn * (1 - p) * binom.pmf(turn, of.size, p), 0.0)
    return np.where(inside, ratio(of.sum(apart), 2 * of.total * share * (1 - share)), np.nan)


def _hypergeometric(of: Allocation, size: Floats, members: Floats, total: Floats) -> Floats:
    """The mean of D where sizes and groups are kept: Σ E|x − t P| ÷ (2 T P (1 − P)), x hypergeometric."""
    share = ratio(members, total)
    inside = (share > 0) & (share < 1)
    use = inside[of.area] & (size > 0)
    t, x, whole = size[use], members[of.area][use], total[of.area][use]
    # E|x − m| by the mean deviation of the hypergeometric distribution (Ramasubban 1958, Biometrika 45:549).
    turn = np.floor(t * x / whole + 1e-9) + 1
    apart = 2 * turn * (whole - x - t + turn) / whole * _placed(turn, whole, x, t)
    spread = np.zeros(len(size))
    spread[use] = apart
    return np.where(inside, ratio(of.sum(spread), 2 * total * share * (1 - share)), np.nan)


def _placed(count: Floats, whole: Floats, members: Floats, size: Floats) -> Floats:
    """The chance that ``count`` of the ``members`` are among ``size`` pupils drawn from ``whole``; 0 where it cannot be."""
    from scipy.special import gammaln

    parts = (count, members - count, size - count, whole - members - size + count)
    possible = np.logical_and.reduce([part >= 0 for part in parts])
    logs = [gammaln(np.maximum(part, 0) + 1) for part in parts]
    ways = gammaln(members + 1) + gammaln(whole - members + 1) + gammaln(size + 1) + gammaln(whole - size + 1)
    return np.where(possible, np.exp(ways - gammaln(whole + 1) - sum(logs)), 0.0)


def _mean_of_logs(of: Allocation) -> Floats:
    """The mean of Σ (x ÷ T) ln (x ÷ t) over schools and groups, for each area, x hypergeometric.

    Counts up x for all schools at once, by the ratio of one probability to the one before; from the most likely x
    outwards, so that nothing vanishes in rounding.
    """
    result = np.zeros(len(of.areas))
    for column in range(of.counts.shape[1]):
        members = of.margin[:, column][of.area]
        size, total = of.size, of.total[of.area]
        use = (members > 0) & (size > 0)
        if not use.any():
            continue
        t, x, whole, area = size[use], members[use], total[use], of.area[use]
        mode = np.floor((t + 1) * (x + 1) / (whole + 2))
        top = np.minimum(t, x)
        mode = np.clip(mode, np.maximum(0, t - (whole - x)), top)
        start = _placed(mode, whole, x, t)
        value = np.zeros(len(t))
        for step in (1, -1):
            k, chance = mode.copy(), start.copy()
            while True:
                if step == 1 or (k != mode).any():
                    first_time = (step == 1) | (k != mode)
                    value += np.where(first_time & (k > 0), chance * k * np.log(np.maximum(k, 1) / t), 0.0)
                if step == 1:
                    chance = chance * (x - k) * (t - k) / ((k + 1) * (whole - x - t + k + 1).clip(1))
                else:
                    chance = chance * k * np.maximum(whole - x - t + k, 0) / ((x - k + 1) * (t - k + 1))
                k = k + step
                chance = np.where((k >= 0) & (k <= top), chance, 0.0)
                if (chance < 1e-17).all():
                    break
        result += np.bincount(area, weights=value, minlength=len(of.areas))
    return ratio(result, of.total)
