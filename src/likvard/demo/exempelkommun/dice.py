"""Chance that is the same on every machine: only raw 64-bit numbers of PCG64, whole-number arithmetic and + − × ÷.

NumPy may change how it draws normal or binomial numbers between versions, and logarithms differ in the last digit between
processors; raw numbers and the four operations do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]

# Four 16-bit numbers sum to a bell shape: mean 131 070 and standard deviation 65 536 ÷ √3.
BELL_MEAN, BELL_DEVIATION = 131_070.0, 37_837.227


class Dice:
    """Draws that depend on the seed and the place alone, so that one table's draws never shift another's."""

    def __init__(self, seed: int, *place: int) -> None:
        self._raw = np.random.PCG64(np.random.SeedSequence([seed, *place]))

    def raw(self, count: int) -> NDArray[np.uint64]:
        """``count`` numbers of 64 random bits."""
        return np.asarray(self._raw.random_raw(count), dtype=np.uint64)

    def uniform(self, count: int) -> Floats:
        """Numbers from 0 up to, but not, 1."""
        return (self.raw(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def bell(self, count: int) -> Floats:
        """Numbers around 0 with standard deviation 1, never beyond 3.5: near enough to normal."""
        parts = self.raw(count).view(np.uint16).reshape(count, 4).astype(np.int64)
        total = (parts[:, 0] + parts[:, 1] + parts[:, 2] + parts[:, 3]).astype(np.float64)
        return (total - BELL_MEAN) / BELL_DEVIATION

    def chance(self, share: Floats | float, count: int) -> Truths:
        """True with the probability ``share``."""
        return np.asarray(self.uniform(count) < share)

    def pick(self, shares: Sequence[Sequence[float]], row: Whole) -> Whole:
        """For each element of ``row`` a column of ``shares``, drawn with the shares of that row (which sum to 1)."""
        limits = np.cumsum(np.asarray(shares, dtype=np.float64), axis=1)[:, :-1]
        drawn = self.uniform(len(row))
        return np.asarray((drawn[:, None] >= limits[row]).sum(axis=1), dtype=np.int64)

    def order(self, count: int) -> Whole:
        """The numbers 0 … ``count`` − 1 in random order."""
        return np.argsort(self.raw(count), kind="stable").astype(np.int64)


def pseudonyms(seed: int, first: int, count: int) -> list[str]:
    """``count`` different pseudonyms of 16 hexadecimal digits for the persons from number ``first`` on.

    The finalizer of splitmix64 maps 64-bit numbers one to one, so no two persons of one seed share a pseudonym.
    """
    number = np.arange(first, first + count, dtype=np.uint64) + np.uint64(
        (seed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    )
    with np.errstate(over="ignore"):
        mixed = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return [f"{one:016x}" for one in (mixed ^ (mixed >> np.uint64(31))).tolist()]
