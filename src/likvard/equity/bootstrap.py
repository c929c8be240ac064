"""Segregation with its uncertainty: bootstrap debiasing and intervals, the same for the same seed."""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likvard.equity.chance import expected_by_chance
from likvard.equity.estimate import Estimate, estimate
from likvard.equity.segregation import Allocation, measure

BOUNDED = {"D", "H", "isolation", "exposure"}


def debiased(
    of: Allocation,
    name: str,
    group: Hashable = None,
    other: Hashable = None,
    *,
    seed: int,
    level: float = 0.95,
    draws: int = 400,
) -> Estimate:
    """An index (``segregation.MEASURES``) of each area without the part that small schools give it by chance.

    Pupils of an area are drawn anew, as many as there are, with the observed share of each school and group. What the
    draws have on average above the observed value is taken off it: 2 × observed − mean of draws. Interval: the
    debiased value, and around it the spread of the draws: value ± (quantiles of draws − mean of draws), cut at the
    bounds of the index. ``beside``: ``raw``, the index as observed, and ``by_chance``, its mean under random placing
    (``chance``).
    Source: Elbers 2021, Sociol Methods Res 52:1443; Allen et al. 2015, Sociol Methodol 45:1. An area's draws depend
    on ``seed`` and its name alone, so that other areas change nothing.
    Coverage (20 schools, two groups): H 92–95 % at schools of 10, 30 and 200 pupils; D 86, 90 and 93 %, as one
    bootstrap cannot take off all the bias of a sum of absolute values. Used with ``by_chance`` beside it; prefer H
    where schools are small.
    Degenerate as the index; an area of one school has the value of no segregation and an interval that says so.
    """
    return _debiased(of, name, group, other, _redrawn(of, seed, draws), draws, level)


def debiased_groups(
    of: Allocation, name: str, groups: Sequence[Hashable], *, seed: int, level: float = 0.95, draws: int = 400
) -> list[Estimate]:
    """``debiased`` of each of several groups: the same figures, with pupils drawn anew once for all of them."""
    drawn = _redrawn(of, seed, draws)
    return [_debiased(of, name, group, None, drawn, draws, level) for group in groups]


def _debiased(
    of: Allocation, name: str, group: Hashable, other: Hashable, samples: Allocation, draws: int, level: float
) -> Estimate:
    """``debiased``, from what has been drawn."""
    raw = measure(of, name, group, other)
    drawn = measure(samples, name, group, other).reshape(draws, len(of.areas))
    tails = [(1 - level) / 2, (1 + level) / 2]
    known = np.isfinite(drawn).sum(axis=0)
    filled = np.where(np.isfinite(drawn), drawn, np.where(np.isfinite(raw), raw, 0.0))
    middle = filled.mean(axis=0)
    low_draw, high_draw = np.quantile(filled, tails, axis=0)
    value = 2 * raw - middle
    low, high = value - (high_draw - middle), value + (middle - low_draw)
    top = 1.0 if name in BOUNDED else np.inf
    enough = known > draws / 2
    interval = np.where(enough, np.clip(low, 0, top), np.nan), np.where(enough, np.clip(high, 0, top), np.nan)
    chance = expected_by_chance(of, name, group, other)
    return estimate(
        np.clip(value, 0, top), interval, of.total, units=of.areas, beside={"raw": raw, "by_chance": chance}
    )


def _redrawn(of: Allocation, seed: int, draws: int) -> Allocation:
    """The same schools drawn anew ``draws`` times, each time as areas of their own: draw by draw."""
    order = np.argsort(of.area, kind="stable")
    ends = np.cumsum(np.bincount(of.area, minlength=len(of.areas)))
    groups = of.counts.shape[1]
    sample = np.zeros((draws, *of.counts.shape))
    for place, name in enumerate(of.areas):
        rows: NDArray[np.intp] = order[(ends[place - 1] if place else 0) : ends[place]]
        cells = of.counts[rows].ravel()
        # Only cells that hold pupils take part, so that an empty group or school does not shift the draws.
        held = np.flatnonzero(cells)
        total = cells.sum()
        if total >= 1:
            generator = np.random.default_rng([seed, zlib.crc32(str(name).encode())])
            drawn = np.zeros((draws, len(cells)))
            drawn[:, held] = generator.multinomial(round(total), cells[held] / total, size=draws)
            sample[:, rows] = drawn.reshape(draws, len(rows), groups)
    area = np.arange(draws)[:, None] * len(of.areas) + of.area
    schools, areas = (pd.RangeIndex(draws * len(names)) for names in (of.schools, of.areas))
    return Allocation(sample.reshape(draws * len(of.schools), groups), area.ravel(), schools, of.groups, areas)
