"""Gaps that last: on the same side three periods in a row, and beyond what chance and the return to the mean would give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from likvard.equity.intervals import normal_quantile
from likvard.equity.persistence import persistent_gap
from likvard.indicators.record import GAP, PERSISTENT, SHOWN, each
from likvard.indicators.registry import Definition

PERIODS = 3
PLACE = ["unit_kind", "unit_id", "group_by", "group"]


def gaps_of(definition: Definition, rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """The gaps of one period that can be followed, found by unit and group, with ``error``, half the width of a standard
    interval."""
    if rows.empty or not definition.about_learning or definition.clustered:
        return pd.DataFrame()
    found = rows[rows["measure"].eq(GAP) & rows["status"].eq(SHOWN)]
    unit_kind, unit_id, group_by, group = (found[column].to_numpy(dtype=object) for column in PLACE)
    key = pd.Index(unit_kind + "/" + unit_id + "/" + group_by + "/" + group, dtype=object)
    return found.assign(error=(found["high"] - found["low"]) / (2 * normal_quantile(level))).set_index(key)


def lasting(
    definition: Definition, now: pd.DataFrame, earlier: Mapping[str, pd.DataFrame], level: float
) -> pd.DataFrame:
    """One row per gap that has lasted: ``persistent_gap`` is 1 where the gap was on the same side in this period of the
    indicator and the two before it, and where their mean, drawn towards that of all units of the kind as far as it is
    uncertain, lies beyond 0 with its whole interval (``persistence.persistent_gap``). ``now`` and ``earlier`` (by period) are
    as ``gaps_of`` gives them; none cross a break.
    """
    if now.empty:
        return pd.DataFrame()
    period = str(now["period"].iloc[0])
    past = sorted(earlier)[-(PERIODS - 1) :]
    if len(past) < PERIODS - 1 or any(past[0] < place <= period for place in definition.breaks):
        return pd.DataFrame()
    series = [*(earlier[place].reindex(now.index) for place in past), now]
    gap, error = (np.column_stack([part[name].to_numpy(float) for part in series]) for name in ("value", "error"))
    kind = now["unit_kind"].astype(object) + "/" + now["group_by"].astype(object) + "/" + now["group"].astype(object)
    _, lasts = persistent_gap(gap, error, least_periods=PERIODS, level=level, by=kind)
    rows = now[lasts].reset_index(drop=True)
    empty = dict.fromkeys(("low", "high", "numerator", "denominator"), np.nan)
    return rows.assign(value=1.0, measure=each([PERSISTENT], len(rows)), **empty)
