"""Segregation: how unevenly groups of pupils are spread over schools, in each area.

All functions take counts in long form, one row per school and group: ``school``, ``group``, ``count`` and ``by`` (the
area); rows of the same school and group are added. Logarithms are natural. n counts pupils.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likvard.equity.estimate import NO_INTERVAL, Estimate, estimate
from likvard.equity.intervals import Floats
from likvard.equity.sums import Labels, ratio, units_of, within

MEASURES = ("D", "isolation", "exposure", "M", "H")


@dataclass(frozen=True)
class Allocation:
    """Pupils by school and group, in areas.

    ``counts``: schools × groups. ``area``: the area of each school, a code into ``areas``; ``schools`` and ``groups``
    name rows and columns. Schools without pupils are left out; an area stays without any.
    """

    counts: Floats
    area: NDArray[np.intp]
    schools: pd.Index
    groups: pd.Index
    areas: pd.Index

    def sum(self, values: Floats) -> Floats:
        """The sum over each area's schools."""
        if values.ndim == 1:
            return np.bincount(self.area, weights=values, minlength=len(self.areas)).astype(np.float64)
        return (
            np.stack([self.sum(column) for column in values.T], axis=1)
            if values.shape[1]
            else np.zeros((len(self.areas), 0))
        )

    @property
    def size(self) -> Floats:
        """Pupils of each school."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def margin(self) -> Floats:
        """Areas × groups."""
        return self.sum(self.counts)

    @property
    def total(self) -> Floats:
        """Pupils of each area."""
        return self.sum(self.size)

    def column(self, group: Hashable) -> Floats:
        """The pupils of one group in each school; 0 where nobody has that group."""
        # Asked for once per draw of a bootstrap, and a list of a few names is searched sooner than an index.
        names = self.groups.tolist()
        return self.counts[:, names.index(group)] if group in names else np.zeros(len(self.counts))

    def with_counts(self, counts: Floats) -> Allocation:
        """The same schools with other counts."""
        return Allocation(counts, self.area, self.schools, self.groups, self.areas)


def allocation(school: Labels, group: Labels, count: ArrayLike, by: Labels = None) -> Allocation:
    """Counts in long form as an ``Allocation``. A count that is missing, not finite or below 0 is no pupil."""
    number = np.asarray(count, dtype=float)
    number = np.where(np.isfinite(number) & (number > 0), number, 0.0)
    units = units_of(by, number, np.asarray(group))
    schools, area = within(units, school)
    codes, groups = pd.factorize(pd.Series(group).reset_index(drop=True)[schools.kept], sort=True)
    counts = np.bincount(
        schools.codes * len(groups) + codes, weights=number[schools.kept], minlength=len(schools) * len(groups)
    ).reshape(len(schools), len(groups))
    used = counts.sum(axis=1) > 0
    return Allocation(
        counts[used].astype(float), area[used], schools.labels[used], pd.Index(groups, dtype=object), units.labels
    )


def measure(of: Allocation, name: str, group: Hashable = None, other: Hashable = None) -> Floats:
    """One of ``MEASURES`` for each area, NaN where it is not defined; ``group`` and ``other`` as in the function of
    that name."""
    if name in ("M", "H"):
        mutual = ratio(of.sum(of.size * local_values(of)), of.total)
        mutual = np.where(np.abs(mutual) < 1e-14, 0.0, mutual)
        mixed = entropy(of.margin)
        return ratio(mutual, mixed) if name == "H" else np.where(mixed > 0, mutual, np.nan)
    first = of.column(group)
    if name == "D":
        second = of.size - first if other is None else of.column(other)
        share1 = ratio(first, of.sum(first)[of.area])
        share2 = ratio(second, of.sum(second)[of.area])
        return of.sum(np.abs(share1 - share2)) / 2
    met = first if name == "isolation" else (of.size - first if other is None else of.column(other))
    return ratio(of.sum(np.where(of.size > 0, ratio(first * met, of.size), 0.0)), of.sum(first))


def local_values(of: Allocation) -> Floats:
    """The local segregation L_i of each school, without status; 0 for a school without pupils."""
    share, overall = ratio(of.counts, of.size[:, None]), ratio(of.margin, of.total[:, None])[of.area]
    share = np.where(np.isnan(share), 0.0, share)
    return np.asarray((share * np.log(np.where(share > 0, ratio(share, overall), 1.0))).sum(axis=1))


def entropy(counts: Floats) -> Floats:
    """The entropy of each row's shares: −Σ p ln p."""
    share = ratio(counts, counts.sum(axis=1)[:, None])
    share = np.where(np.isnan(share), 0, share)
    return np.asarray(np.maximum(-(share * np.log(np.where(share > 0, share, 1.0))).sum(axis=1), 0.0))


def _single(of: Allocation, name: str, group: Hashable = None, other: Hashable = None) -> Estimate:
    """A measure without interval; that comes from ``bootstrap``."""
    return estimate(measure(of, name, group, other), NO_INTERVAL, of.total, units=of.areas)


def dissimilarity(of: Allocation, group: Hashable, other: Hashable = None) -> Estimate:
    """D of each area: the share of ``group`` that would have to change school for all schools to have the same mix, 0
    to 1.

    ½ Σ |school's share of the group − school's share of ``other``|; without ``other`` everyone else. Source: Duncan &
    Duncan 1955, Am Sociol Rev 20:210. Above 0 by chance alone where schools are small: see ``expected_by_chance``.
    Degenerate: no pupil gives ``missing``; an area without one of the groups ``not_applicable``; one school has 0.
    """
    return _single(of, "D", group, other)


def isolation(of: Allocation, group: Hashable) -> Estimate:
    """The isolation of a group: the mean share of the own group in a pupil's school, from the group's share of the
    area to 1.

    Σ (school's part of the group) × (group's share of the school). Source: Bell 1954; Lieberson 1981. Degenerate as D.
    """
    return _single(of, "isolation", group)


def exposure(of: Allocation, group: Hashable, other: Hashable = None) -> Estimate:
    """The exposure of ``group`` to ``other``: the mean share of ``other`` in the schools of the group's pupils.

    Without ``other`` everyone else, so that isolation + exposure = 1. Source and degenerate cases as ``isolation``.
    """
    return _single(of, "exposure", group, other)


def mutual_information(of: Allocation) -> Estimate:
    """M of each area: how much knowing a pupil's school says of the group; 0 is an even spread, at most the groups'
    entropy.

    Σ over schools of (share of pupils) × L_i (see ``local``). Source: Theil & Finizza 1971; Mora & Ruiz-Castillo 2011,
    Sociol Methodol 41:159. Degenerate: no pupil gives ``missing``; a single group ``not_applicable``.
    """
    return _single(of, "M")


def theil_h(of: Allocation) -> Estimate:
    """Theil's H of each area: M ÷ entropy of the groups, from 0 (even) to 1 (no school is mixed).

    Source: Theil & Finizza 1971, J Math Sociol 1:187. Degenerate as M.
    """
    return _single(of, "H")


def local(of: Allocation) -> Estimate:
    """L_i of each school: how far its mix is from its area's; 0 is the same mix. The area's M is their mean over
    pupils.

    Σ over groups of p ln (p ÷ area's p). Source: Mora & Ruiz-Castillo 2011. ``beside``: ``share`` of the area's pupils.
    Degenerate: a school of an area with a single group has 0. A small school is far from the mix by chance.
    """
    value = local_values(of)
    part = ratio(of.size, of.total[of.area])
    value = np.where(np.abs(value) < 1e-14, 0.0, value)
    return estimate(value, NO_INTERVAL, of.size, units=of.schools, beside={"share": part})


@dataclass(frozen=True)
class Nested:
    """Segregation taken apart: ``total`` = ``between`` clusters of schools + ``within`` them, as M; and as shares of
    H."""

    total: Estimate
    between: Estimate
    within: Estimate
    h_total: Estimate
    h_between: Estimate
    h_within: Estimate


def between_and_within(school: Labels, cluster: Labels, group: Labels, count: ArrayLike, by: Labels = None) -> Nested:
    """How much of each area's segregation lies between clusters (municipalities, providers) and how much within them.

    M total = M between clusters + Σ cluster's share of pupils × M of its schools. For H each part is divided by the
    entropy of the area, so that they add up. Source: Mora & Ruiz-Castillo 2011. A school with pupils in two clusters
    counts as two.
    Degenerate as M.
    """
    both = pd.MultiIndex.from_arrays([pd.Series(cluster), pd.Series(school)]).to_flat_index()
    known = ~(pd.isna(pd.Series(cluster)) | pd.isna(pd.Series(school)))
    number = np.where(known, np.asarray(count, dtype=float), 0.0)
    fine = allocation(pd.Series(both), group, number, by)
    coarse = allocation(cluster, group, number, by)
    total, between = measure(fine, "M"), measure(coarse, "M")
    mixed = entropy(fine.margin)
    parts = (total, between, np.maximum(total - between, 0))
    found = [estimate(part, NO_INTERVAL, fine.total, units=fine.areas) for part in parts]
    as_share = [estimate(ratio(part, mixed), NO_INTERVAL, fine.total, units=fine.areas) for part in parts]
    return Nested(*found, *as_share)
