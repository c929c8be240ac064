"""What every measure gives: a value for each unit, with interval, n and a status that says why a value is absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likvard.equity.intervals import Floats, Interval
from likvard.indicators.record import MISSING, NOT_APPLICABLE, SHOWN, TOO_FEW

NO_INTERVAL: Interval = (np.array(np.nan), np.array(np.nan))


@dataclass(frozen=True)
class Estimate:
    """A measure for each unit; all arrays have the same shape.

    ``n`` is how many pupils (or schools, where the measure is about schools) the value rests on. ``status`` is one of
    the record's: ``shown``; ``missing`` where nothing is known (n = 0); ``too_few`` where there are fewer than the
    measure needs; ``not_applicable`` where the measure is not defined for these data, as a share of nothing.
    ``value`` is NaN unless shown; ``low`` and ``high`` are NaN also where the data carry a value but no interval (a
    mean of one pupil). ``units`` names the units where the measure was computed from pupils; ``beside`` holds what
    must stand beside the value.
    """

    value: Floats
    low: Floats
    high: Floats
    n: Floats
    status: NDArray[np.str_]
    units: pd.Index | None = None
    beside: dict[str, Floats] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """The same as a frame with one row per unit: what stands beside the value, n, value, low, high and status."""
        columns = {
            **self.beside,
            "n": self.n,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "status": self.status,
        }
        return pd.DataFrame({name: np.ravel(part) for name, part in columns.items()}, index=self.units)

    def through(self, function: Callable[[Floats], Floats]) -> Estimate:
        """The estimate of ``function`` of the value, for a function that never turns: the ends of the interval go
        through it."""
        ends = function(self.low), function(self.high)
        return estimate(
            function(self.value),
            (np.minimum(*ends), np.maximum(*ends)),
            self.n,
            status=self.status,
            units=self.units,
            beside=self.beside,
        )


def estimate(
    value: ArrayLike,
    interval: tuple[ArrayLike, ArrayLike],
    n: ArrayLike,
    *,
    least: float = 1,
    status: NDArray[np.str_] | None = None,
    units: pd.Index | None = None,
    beside: dict[str, Floats] | None = None,
) -> Estimate:
    """An ``Estimate`` in which nothing is infinite and every absent value has its reason.

    ``least`` is the smallest n that the measure is defined for; ``status`` keeps the reasons of an earlier step.
    """
    value, low, high, n = np.broadcast_arrays(
        *(np.asarray(part, dtype=float) for part in (value, interval[0], interval[1], n))
    )
    reason = np.select([~(n > 0), n < least, ~np.isfinite(value)], [MISSING, TOO_FEW, NOT_APPLICABLE], default=SHOWN)
    if status is not None:
        reason = np.where(np.asarray(status) == SHOWN, reason, status)
    shown = reason == SHOWN
    both = shown & np.isfinite(low) & np.isfinite(high)
    return Estimate(
        np.where(shown, value, np.nan),
        np.where(both, low, np.nan),
        np.where(both, high, np.nan),
        np.where(n > 0, n, 0.0),
        reason.astype(np.str_),
        units,
        {name: np.asarray(part, dtype=float) for name, part in (beside or {}).items()},
    )
