"""A difference taken apart: how much comes from who the pupils are and how much from how each group does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats, normal_quantile, t_quantile
from likvard.equity.sums import Labels, Units, ratio, units_of


@dataclass(frozen=True)
class Kitagawa:
    """A change of a mean or share: ``change`` = ``real`` (results within groups) + ``intake`` (the mix of groups)."""

    change: Estimate
    real: Estimate
    intake: Estimate


def kitagawa(
    before: tuple[ArrayLike, ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike, ArrayLike],
    by: Labels = None,
    level: float = 0.95,
) -> Kitagawa:
    """The change of each unit from ``before`` to ``after``, split into real change and change of intake.

    Long form, one row per unit and group; each year is (n, mean, standard deviation) – for a share p the last is √(p
    (1 − p)). real = Σ (change of the group's mean) × (mean of its two shares of pupils); intake = Σ (change of its
    share) × (mean of its two means). Source: Kitagawa 1955, J Am Stat Assoc 50:1168. A group that lacks pupils in a
    year did as in the other year: its coming or going is all intake. Interval: by the delta method, the groups'
    shares as multinomial. n is the smaller year's pupils. Degenerate: a unit without pupils in a year is ``missing``;
    a group of one pupil leaves no interval.
    Coverage: within 93–97 % at 10, 30 and 200 pupils per group.
    """
    n1, m1, s1 = (np.asarray(part, dtype=float) for part in before)
    n2, m2, s2 = (np.asarray(part, dtype=float) for part in after)
    n1, n2 = np.where(n1 > 0, n1, 0.0), np.where(n2 > 0, n2, 0.0)
    units = units_of(by, n1 + n2)
    n1, m1, s1, n2, m2, s2 = (part[units.kept] for part in np.broadcast_arrays(n1, m1, s1, n2, m2, s2))
    code = units.codes
    nobody = (n1 == 0) & (n2 == 0)
    first = np.where(nobody, 0.0, np.where(n1 > 0, m1, m2))
    second = np.where(nobody, 0.0, np.where(n2 > 0, m2, m1))
    total1, total2 = units.sum(n1), units.sum(n2)
    share1, share2 = ratio(n1, total1[code]), ratio(n2, total2[code])
    v1 = np.where(n1 > 0, ratio(s1**2, n1), 0.0)
    v2 = np.where(n2 > 0, ratio(s2**2, n2), 0.0)
    # Where a group lacks a year its one mean stands for both, and errs in both alike.
    both = (n1 > 0) & (n2 > 0)
    mid_share, mid_mean = (share1 + share2) / 2, (first + second) / 2
    real = units.sum((second - first) * mid_share)
    intake = units.sum((share2 - share1) * mid_mean)
    moved = second - first
    var_real = units.sum(np.where(both, mid_share**2 * (v1 + v2), 0.0))
    var_intake = units.sum((share2 - share1) ** 2 * np.where(both, (v1 + v2) / 4, v1 + v2))
    for share, total in ((share1, total1), (share2, total2)):
        var_intake = var_intake + ratio(_spread(share, mid_mean, units), total)
        var_real = var_real + ratio(_spread(share, moved / 2, units), total)
    change = units.sum(share2 * second) - units.sum(share1 * first)
    var_change = units.sum(share1**2 * v1 + share2**2 * v2)
    var_change = (
        var_change + ratio(_spread(share1, first, units), total1) + ratio(_spread(share2, second, units), total2)
    )
    n = np.minimum(total1, total2)
    z = normal_quantile(level)

    def found(value: Floats, variance: Floats) -> Estimate:
        half = z * np.sqrt(np.maximum(variance, 0))
        return estimate(value, (value - half, value + half), n, units=units.labels)

    return Kitagawa(found(change, var_change), found(real, var_real), found(intake, var_intake))


def _spread(share: Floats, value: Floats, units: Units) -> Floats:
    """The variance of ``value`` over groups with these shares."""
    middle = units.sum(share * value)
    return np.maximum(units.sum(share * value**2) - middle**2, 0)


@dataclass(frozen=True)
class Published:
    """A change between two publications: ``change`` = ``real`` + ``intake`` + ``revision`` + ``definition``, all in
    the value's unit."""

    change: Floats
    real: Floats
    intake: Floats
    revision: Floats
    definition: Floats


def published_change(
    then: ArrayLike, then_revised: ArrayLike, then_redefined: ArrayLike, now: ArrayLike, intake: ArrayLike
) -> Published:
    """What the difference between two published values is made of.

    ``then``: the earlier value as it was published; ``then_revised``: the same computed from the data as they are
    now; ``then_redefined``: the same by the definition of now; ``now``: the later value; ``intake``: that part of the
    rest from ``kitagawa``. revision = revised − published; definition = redefined − revised; real = now − redefined −
    intake. NaN where a part that it needs is missing.
    """
    then, revised, redefined, now, intake = np.broadcast_arrays(
        *(np.asarray(part, dtype=float) for part in (then, then_revised, then_redefined, now, intake))
    )
    return Published(now - then, now - redefined - intake, np.asarray(intake), revised - then, redefined - revised)


@dataclass(frozen=True)
class Oaxaca:
    """A gap between two groups' means: ``gap`` = ``endowments`` + ``coefficients`` + ``interaction`` = ``explained``
    + ``unexplained``.

    The first three: three-fold, from the reference group's viewpoint. The last two: two-fold, with the coefficients
    of a model of both groups together. "Explained" means that the background goes with it, not that it causes it.
    """

    gap: Estimate
    endowments: Estimate
    coefficients: Estimate
    interaction: Estimate
    explained: Estimate
    unexplained: Estimate


def oaxaca(result: ArrayLike, background: ArrayLike, in_group: ArrayLike, level: float = 0.95) -> Oaxaca:
    """The Oaxaca–Blinder decomposition of mean result in the group − mean result in its reference.

    With a linear model in each group: endowments = (difference of mean background) × reference's coefficients;
    coefficients = reference's mean background × (difference of coefficients), constant included; interaction =
    difference × difference. Two-fold: explained = difference of mean background × coefficients of a model of all
    pupils that also holds the group (Jann's pooled); unexplained = the rest. Source: Blinder 1973; Oaxaca 1973; Jann
    2008, Stata J 8:453, for variances (delta method). ``background``: pupils × columns; ``in_group``: true for the
    group. Interval: t with n − 2 × coefficients degrees of freedom. n is the smaller group's.
    Degenerate: an empty group gives ``missing``; fewer pupils than coefficients + 2 in a group ``too_few``; a column
    without spread in a group, or one that follows from the others, ``not_applicable``. Coverage: 91 and 92.5 % at 10
    and 30 per group and 95 % at 200: a part is a product of two estimates, whose spread is not symmetric; used as the
    published variance.
    """
    x = np.asarray(background, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    y, inside = np.asarray(result, dtype=float), np.asarray(in_group, dtype=float)
    kept = np.isfinite(y) & np.isfinite(x).all(axis=1) & ~pd.isna(inside)
    y, design, group = y[kept], np.column_stack([np.ones(kept.sum()), x[kept]]), inside[kept] > 0
    columns = design.shape[1]
    n = min(group.sum(), (~group).sum())
    pooled = np.column_stack([design, group])
    sound = n >= columns + 2 and all(
        np.linalg.matrix_rank(part) == part.shape[1] for part in (design[group], design[~group], pooled)
    )
    if not sound:
        blank = estimate(np.nan, (np.nan, np.nan), n, least=columns + 2)
        return Oaxaca(blank, blank, blank, blank, blank, blank)
    beta1, var1, mean1, spread1 = _model(y[group], design[group])
    beta2, var2, mean2, spread2 = _model(y[~group], design[~group])
    beta, var = _model(y, pooled)[:2]
    beta, var = beta[:columns], var[:columns, :columns]
    apart, turn = mean1 - mean2, beta1 - beta2
    both_spread, both_var = spread1 + spread2, var1 + var2
    z = float(t_quantile(level, len(y) - 2 * columns))

    def found(value: float, variance: float) -> Estimate:
        half = z * np.sqrt(max(variance, 0.0))
        return estimate(value, (value - half, value + half), n)

    own = mean1 @ var1 @ mean1 + beta1 @ spread1 @ beta1
    others = mean2 @ var2 @ mean2 + beta2 @ spread2 @ beta2
    rest1, rest2 = beta1 - beta, beta2 - beta
    unexplained = mean1 @ rest1 - mean2 @ rest2
    return Oaxaca(
        found(float(y[group].mean() - y[~group].mean()), float(own + others)),
        found(float(apart @ beta2), float(apart @ var2 @ apart + beta2 @ both_spread @ beta2)),
        found(float(mean2 @ turn), float(mean2 @ both_var @ mean2 + turn @ spread2 @ turn)),
        found(float(apart @ turn), float(apart @ both_var @ apart + turn @ both_spread @ turn)),
        found(float(apart @ beta), float(apart @ var @ apart + beta @ both_spread @ beta)),
        found(
            float(unexplained),
            float(mean1 @ var1 @ mean1 + mean2 @ var2 @ mean2 + rest1 @ spread1 @ rest1 + rest2 @ spread2 @ rest2),
        ),
    )


def _model(y: Floats, design: NDArray[np.float64]) -> tuple[Floats, Floats, Floats, Floats]:
    """Coefficients and their variance, means of the columns and their variance."""
    gram = np.linalg.inv(design.T @ design)
    beta = gram @ (design.T @ y)
    rest = y - design @ beta
    mean = design.mean(axis=0)
    apart = design - mean
    return beta, gram * (rest @ rest) / (len(y) - design.shape[1]), mean, apart.T @ apart / (len(y) - 1) / len(y)
