"""The primary rules: which figures are dangerous in themselves. Whole columns in, one flag or number per row out."""

from __future__ import annotations

import numpy as np

from likvard.disclosure.profiles import Strictness
from likvard.disclosure.system import Flags, Floats, Whole


def too_few(count: Floats, least: int) -> Flags:
    """Counts from 1 to ``least`` − 1. A count of 0 is about nobody."""
    return np.asarray((count > 0) & (count < least))


def too_few_on_a_side(counted: Floats, out_of: Floats, least: int) -> Flags:
    """Shares with fewer than ``least`` counted or not counted, none and all included (group disclosure).

    0 % and 100 % say something about every single pupil. A share of nobody is no share.
    """
    return np.asarray((out_of > 0) & ((counted < least) | (out_of - counted < least)))


def dominated(largest: Floats, total: Floats, second: Floats, amount_share: float) -> Flags:
    """Sums of amounts that tell too much of the largest part (the p % rule).

    Who gave the second largest part and takes it from the total knows the largest one to within what all the others gave together.
    That must be at least ``amount_share`` of it. Source: Hundepool et al. (2012), Statistical Disclosure Control, 4.2.
    """
    return np.asarray((largest > 0) & (total - largest - second < amount_share * largest))


def left_without(whole: Floats, own: Floats, least: int) -> Flags:
    """Counts of an area that, less one school's own, leave 1 to ``least`` − 1: that school's principal knows the rest."""
    rest = whole - own
    return np.asarray((own > 0) & (rest > 0) & (rest < least))


def few_schools(schools: Whole, least_schools: int) -> Flags:
    """Areas with so few schools that one could work out another's: they show no overview by group."""
    return np.asarray(schools < least_schools)


def change_allowed(joiners: Whole, leavers: Whole, least: int) -> Flags:
    """Whether a change between two periods can be shown: nobody came or went, or enough did.

    One pupil who joins a group of ten is otherwise read from the two counts and means.
    """
    moved = joiners + leavers
    return np.asarray((moved == 0) | (moved >= least))


def mean_step(n: Floats, smallest: float) -> Floats:
    """What a mean of n pupils is rounded to: ``smallest`` from 50 pupils on, twice that from 20, five times that below.

    Times n, that is how closely the sum can be known; it is never finer than ten times ``smallest`` where n is at least 2.
    """
    return np.select([n >= 50, n >= 20], [smallest, 2 * smallest], default=5 * smallest)


def rounded_mean(mean: Floats, n: Floats, decimals: int) -> Floats:
    """The mean as it is shown for n pupils: to the nearest multiple of its step, halves to the even one."""
    step = mean_step(n, 10.0**-decimals)
    return np.round(np.round(mean / step) * step, 10)


def coded_share(share: Floats, strict: Strictness) -> Floats:
    """The share as it is shown: rounded, and at top and bottom given as the limit that it is beyond."""
    shown = np.round(share / strict.share_step) * strict.share_step if strict.share_step else share
    return np.clip(shown, strict.coded_at, 1 - strict.coded_at)


def rounded_count(count: Floats, strict: Strictness) -> Floats:
    """The count as it is shown: to the nearest multiple, halves up."""
    return np.floor(count / strict.rounded_to + 0.5) * strict.rounded_to
