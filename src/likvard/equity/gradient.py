"""The socio-economic gradient: how results follow pupils' background, within schools, between schools and together.

Everywhere ``result`` is the pupil's result and ``background`` an index that rises with advantage. Pupils for whom
either is not known are left out. Slopes are in units of the result per unit of the index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats, Interval, normal_quantile, t_quantile
from likvard.equity.sums import Labels, Units, jackknife_interval, ratio, totals_of, units_of, values_of, within


def slope(
    result: ArrayLike, background: ArrayLike, by: Labels = None, level: float = 0.95, *, clusters: Labels = None
) -> Estimate:
    """The slope of the gradient in each unit: how much the result rises per unit of background (ordinary least
    squares).

    Interval: Student's t with n − 2 degrees of freedom; with ``clusters`` (schools) by leaving out one school at a
    time, so that pupils of a school may vary together. Source: OECD, PISA 2022 Technical Report, ch. 9 (slope of the
    gradient).
    Degenerate: fewer than three pupils gives ``too_few``; no spread in background ``not_applicable``.
    Coverage: within 93–97 % at 10, 30 and 200 pupils, or schools.
    """
    units = units_of(by, result, background) if clusters is None else units_of(by, result, background, clusters)
    y, x = _centred(values_of(result, units), units), _centred(values_of(background, units), units)
    n = units.sum()
    sxx = _cleared(units.sum(x * x), n, units.sum(values_of(background, units) ** 2))
    value = ratio(units.sum(x * y), sxx)
    if clusters is not None:
        schools, unit = within(units, clusters)
        parts = np.stack([schools.sum(part) for part in (np.ones_like(x), x, y, x * x, x * y)], axis=1)
        return estimate(
            value, jackknife_interval(parts, unit, len(units), _slope_of, level), n, least=3, units=units.labels
        )
    rest = np.maximum(units.sum(y * y) - value * units.sum(x * y), 0)
    error = np.sqrt(ratio(ratio(rest, np.where(n > 2, n - 2, 0)), sxx))
    half = t_quantile(level, n - 2) * error
    return estimate(value, (value - half, value + half), n, least=3, units=units.labels)


def strength(result: ArrayLike, background: ArrayLike, by: Labels = None, level: float = 0.95) -> Estimate:
    """The strength of the gradient (R²): the share of the results' variance that goes with background, from 0 to 1.

    The square of the correlation. Interval: that of the correlation by Fisher's z (Fisher 1921), squared; when it
    holds both signs the low end is 0. Degenerate: fewer than four pupils gives ``too_few``; no spread in either
    ``not_applicable``.
    Coverage: within 93–97 % at n = 30 and 200 for normal variables; 97.3 % at n = 10, cautious because of the cut at 0.
    """
    units = units_of(by, result, background)
    r, n = _correlation(values_of(result, units), values_of(background, units), units)
    return _strength(r, n, units.labels, level)


def _strength(r: Floats, n: Floats, labels: pd.Index, level: float) -> Estimate:
    low, high = correlation_interval(r, n, level)
    square = np.maximum(low**2, high**2)
    lowest = np.where(low * high > 0, np.minimum(low**2, high**2), 0.0 * square)
    return estimate(r**2, (lowest, square), n, least=4, units=labels)


def correlation_interval(r: ArrayLike, n: ArrayLike, level: float) -> Interval:
    """The interval of a correlation by Fisher's z: tanh(artanh r ± quantile ÷ √(n − 3)); NaN for n below 4."""
    r, n = np.broadcast_arrays(np.asarray(r, dtype=float), np.asarray(n, dtype=float))
    inside = np.clip(r, -1 + 1e-15, 1 - 1e-15)
    half = normal_quantile(level) / np.sqrt(np.where(n > 3, n - 3, np.nan))
    return np.tanh(np.arctanh(inside) - half), np.tanh(np.arctanh(inside) + half)


@dataclass(frozen=True)
class SchoolGradient:
    """The gradient taken apart by school.

    ``within``: how much the result rises per unit of background among pupils of the same school. ``between``: how
    much a school's mean result rises per unit of its mean background, schools weighted by pupils. ``compositional``:
    between − within, what the school's intake adds over the pupil's own background.
    """

    within: Estimate
    between: Estimate
    compositional: Estimate


def by_school(
    result: ArrayLike, background: ArrayLike, school: Labels, by: Labels = None, level: float = 0.95
) -> SchoolGradient:
    """The gradient within schools, between schools and compositional, in each unit.

    Source: Raudenbush & Bryk 2002, Hierarchical Linear Models, ch. 5; OECD, PISA 2022, vol. II. Intervals: by leaving
    out one school at a time (t with schools − 1 degrees of freedom). n counts pupils within schools, and schools for
    the other two.
    Degenerate: one or two schools gives ``too_few`` between; no spread within any school ``not_applicable`` within.
    Coverage: within 93–97 % at 10, 30 and 200 schools.
    It is an association: a compositional slope also holds whatever else differs between such schools.
    """
    units = units_of(by, result, background)
    schools, unit = within(units, school)
    rows = schools.kept[units.kept]
    y = _centred(values_of(result, units), units)[rows]
    x = _centred(values_of(background, units), units)[rows]
    n_school = schools.sum()
    mean_x, mean_y = schools.mean(x), schools.mean(y)
    inside = x - mean_x[schools.codes]
    parts = np.stack(
        [
            _cleared(schools.sum(inside**2), n_school, schools.sum(x**2)),
            schools.sum(inside * (y - mean_y[schools.codes])),
            n_school,
            n_school * mean_x,
            n_school * mean_y,
            n_school * mean_x**2,
            n_school * mean_x * mean_y,
        ],
        axis=1,
    )
    return _taken_apart(parts, unit, units, level)


def _taken_apart(parts: Floats, unit: NDArray[np.intp], units: Units, level: float) -> SchoolGradient:
    """The gradient by school from each school's sums: within it of x² and xy, and of 1, x, y, x² and xy of its means."""
    count = len(units)
    totals = totals_of(parts, unit, count)
    number = np.bincount(unit, minlength=count).astype(float)

    def found(measure: Callable[[Floats], Floats], n: Floats, least: int) -> Estimate:
        interval = jackknife_interval(parts, unit, count, measure, level)
        return estimate(measure(totals), interval, n, least=least, units=units.labels)

    return SchoolGradient(
        found(_within_of, totals[:, 2], 3),
        found(_between_of, number, 3),
        found(lambda sums: _between_of(sums) - _within_of(sums), number, 3),
    )


@dataclass(frozen=True)
class Gradient:
    """``slope`` (with schools as clusters), ``strength`` and the slope taken ``apart`` by school."""

    slope: Estimate
    strength: Estimate
    apart: SchoolGradient


def of_groups(
    n: Floats, total: Floats, squares: Floats, index: ArrayLike, school: Labels, by: Labels = None, level: float = 0.95
) -> Gradient:
    """The same measures where the background is a few groups, from their sums and without going through the pupils again.

    ``n``, ``total`` and ``squares`` (parts of schools × groups): number, sum of the results and sum of squares about their mean;
    ``index`` the background of each group; ``school`` and ``by`` name the school and the unit of each part.
    """
    x = np.asarray(index, dtype=float)
    middle = ratio(total.sum(), n.sum())
    mean = np.where(n > 0, ratio(total, n) - middle, 0.0)
    sums = np.stack(
        [n.sum(1), n @ x, (n * mean).sum(1), n @ x**2, (n * mean) @ x, (squares + n * mean**2).sum(1)], axis=1
    )
    units = units_of(by, np.where(sums[:, 0] > 0, 0.0, np.nan))
    schools, unit = within(units, school)
    of = np.stack([schools.sum(column[schools.kept]) for column in sums.T], axis=1)
    each, mx, my = of[:, 0], ratio(of[:, 1], of[:, 0]), ratio(of[:, 2], of[:, 0])
    inside = [_cleared(of[:, 3] - each * mx**2, each, of[:, 3]), of[:, 4] - each * mx * my]
    parts = np.stack([*inside, each, of[:, 1], of[:, 2], each * mx**2, each * mx * my], axis=1)
    totals = totals_of(of, unit, len(units))
    found = jackknife_interval(of[:, :5], unit, len(units), _slope_of, level)
    count, sx, sy, sxx, sxy, syy = totals.T
    spread_x = _cleared(sxx - ratio(sx * sx, count), count, sxx)
    spread_y = _cleared(syy - ratio(sy * sy, count), count, syy)
    r = np.clip(ratio(sxy - ratio(sx * sy, count), np.sqrt(spread_x * spread_y)), -1, 1)
    return Gradient(
        estimate(_slope_of(totals[:, :5]), found, count, least=3, units=units.labels),
        _strength(r, count, units.labels, level),
        _taken_apart(parts, unit, units, level),
    )


def _within_of(sums: Floats) -> Floats:
    return ratio(sums[:, 1], sums[:, 0])


def _between_of(sums: Floats) -> Floats:
    return _slope_of(sums[:, 2:])


def _slope_of(sums: Floats) -> Floats:
    """The slope from the sums of 1, x, y, x² and xy."""
    n, x, y, xx, xy = sums.T
    sxx = _cleared(xx - ratio(x * x, n), n, xx)
    return ratio(xy - ratio(x * y, n), sxx)


def _cleared(spread: Floats, n: Floats, scale: Floats) -> Floats:
    """Sums of squares in which what is only rounding is 0."""
    return np.where(spread > 1e-12 * np.maximum(scale, 0) * np.maximum(n, 1) ** 0.5, spread, 0.0)


def _centred(values: Floats, units: Units) -> Floats:
    return values - units.mean(values)[units.codes]


def _correlation(y: Floats, x: Floats, units: Units) -> tuple[Floats, NDArray[np.float64]]:
    """Each unit's correlation and n."""
    n = units.sum()
    dy, dx = _centred(y, units), _centred(x, units)
    syy = _cleared(units.sum(dy * dy), n, units.sum(y * y))
    sxx = _cleared(units.sum(dx * dx), n, units.sum(x * x))
    return np.clip(ratio(units.sum(dx * dy), np.sqrt(sxx * syy)), -1, 1), n


def correlation(first: ArrayLike, second: ArrayLike, by: Labels = None, level: float = 0.95) -> Estimate:
    """The correlation of two measures in each unit, from −1 to 1; an association, which says nothing of what causes
    what.

    Interval by Fisher's z. Degenerate: fewer than four pupils gives ``too_few``; no spread in either
    ``not_applicable``.
    """
    units = units_of(by, first, second)
    r, n = _correlation(values_of(first, units), values_of(second, units), units)
    return estimate(r, correlation_interval(r, n, level), n, least=4, units=units.labels)
