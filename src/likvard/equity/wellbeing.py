"""Wellbeing from surveys, with what the silent could change, and absence: chronic and unbroken."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats, mean_interval
from likvard.equity.levels import summarised
from likvard.equity.sums import Labels, ratio, units_of

CHRONIC = 0.10


def index_of_items(items: ArrayLike, *, lowest: float, highest: float, least_answered: float = 0.5) -> Floats:
    """Each pupil's index from 0 to 100: the mean of the answered items, moved from ``lowest``–``highest``.

    Items: pupils × items, turned so that high is good. NaN where fewer than ``least_answered`` of the items are
    answered.
    """
    items = np.asarray(items, dtype=float)
    answered = np.isfinite(items) & (items >= lowest) & (items <= highest)
    mean = ratio(np.where(answered, items, 0.0).sum(axis=1), answered.sum(axis=1))
    enough = answered.mean(axis=1) >= least_answered if items.shape[1] else np.zeros(len(items), dtype=bool)
    return np.where(enough, 100 * (mean - lowest) / (highest - lowest), np.nan)


def survey_index(index: ArrayLike, by: Labels = None, level: float = 0.95, *, warn_below: float = 0.7) -> Estimate:
    """The mean index of each unit among those who answered, with what those who did not could make of it.

    One row per invited pupil, NaN for no answer. Interval: Student's t, as if silence were chance. ``beside``:
    ``response_rate``, ``warning`` (1 where it is below ``warn_below``), and ``least_possible`` and ``most_possible``:
    the mean if all the silent had answered 0, or 100 (Manski 1989, J Hum Resour 24:343); no assumption can fail them.
    n counts answers. Degenerate: nobody answered gives ``missing`` – with bounds of 0 and 100.
    """
    n, mean, sd, _ = summarised(index, by)
    invited = units_of(by, np.zeros(len(np.asarray(index)))).sum()
    rate = ratio(n, invited)
    held = np.where(n > 0, rate * mean, 0.0)
    beside = {
        "response_rate": rate,
        "warning": np.where(rate >= warn_below, 0.0, 1.0),
        "least_possible": held,
        "most_possible": held + 100 * (1 - rate),
    }
    units = units_of(by, index).labels
    return estimate(mean, mean_interval(n, mean, sd, level), n, units=units, beside=beside)


def chronically_absent(
    absent: ArrayLike, possible: ArrayLike, *, threshold: float = CHRONIC, least_possible: float = 1
) -> Floats:
    """1 for each pupil absent for ``threshold`` or more of the possible time, 0 for the others; NaN where it cannot
    be said.

    Inclusive: exactly 10 % absent (90.0 % attendance) is chronic absence. Source: US Department of Education, EDFacts
    FS195. ``absent`` and ``possible`` in the same unit (days, minutes), all reasons for absence together. Compared
    with a tolerance for rounding in binary fractions only. NaN where the possible time is below ``least_possible`` or
    0, or more was absent than possible.
    """
    absent, possible = np.broadcast_arrays(np.asarray(absent, dtype=float), np.asarray(possible, dtype=float))
    known = (possible > 0) & (possible >= least_possible) & (absent >= 0) & (absent <= possible)
    return np.where(known, (absent >= threshold * possible - 1e-9 * possible).astype(float), np.nan)


def unbroken_absence(
    pupil: Labels, day: ArrayLike, absent: ArrayLike, *, least_days: int | None = None
) -> pd.DataFrame:
    """Each pupil's longest unbroken absence, in school days.

    Long form, one row per pupil and school day; days follow each other as the pupil's own rows do, so that weekends
    and holidays break nothing. A day of which it is not known whether the pupil was absent ends the stretch. Columns:
    ``pupil``, ``longest_days``, ``days`` (known) and with ``least_days`` also ``reached``.
    """
    rows = pd.DataFrame(
        {"pupil": pd.Series(pupil).to_numpy(), "day": np.asarray(day), "absent": pd.Series(absent).to_numpy()}
    )
    rows = rows.dropna(subset=["pupil", "day"]).sort_values(["pupil", "day"], kind="stable", ignore_index=True)
    away = rows["absent"].notna() & rows["absent"].fillna(0).astype(float).gt(0)
    new = rows["pupil"].ne(rows["pupil"].shift()) | ~away
    length = away.astype("int64").groupby(new.cumsum()).cumsum()
    per = pd.DataFrame({"pupil": rows["pupil"], "longest_days": length, "days": rows["absent"].notna().astype("int64")})
    result = per.groupby("pupil", sort=True).agg({"longest_days": "max", "days": "sum"}).reset_index()
    return result if least_days is None else result.assign(reached=result["longest_days"] >= least_days)


def bounds_of_share(count: ArrayLike, answered: ArrayLike, invited: ArrayLike) -> tuple[Floats, Floats]:
    """The lowest and highest share that all the invited could have, whatever the silent would have said (Manski
    1989)."""
    count, answered, invited = (np.asarray(part, dtype=float) for part in (count, answered, invited))
    silent = np.maximum(invited - answered, 0)
    return ratio(count, invited), ratio(count + silent, invited)


def warned(response_rate: ArrayLike, *, warn_below: float = 0.7) -> NDArray[np.bool_]:
    """Where a response rate calls for a warning: below ``warn_below`` or not known."""
    return np.asarray(~(np.asarray(response_rate, dtype=float) >= warn_below))
