"""Change: how far each level is from the period before and from the same part of the year before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.contracts.periods import before, grain_of, year_before
from likvard.equity.intervals import clustered_interval, mean_difference_interval, share_difference_interval
from likvard.indicators.record import CHANGE, EVERYONE, MISSING, NOT_APPLICABLE, SHOWN
from likvard.indicators.registry import Definition

UNIT = ["unit_kind", "unit_id"]


def changes(definition: Definition, cells: pd.DataFrame, level: float) -> pd.DataFrame:
    """Two rows per unit and period (one where both are the same): the level minus that of ``reference``, an earlier period.

    Of everyone together; groups have gaps that can be followed. The interval takes the two periods for independent: where many
    pupils are in both it is wider than it need be. A period before a break in the series is never compared with one after it.
    """
    if definition.kind == "composition":
        return pd.DataFrame()
    rows = cells[cells["group_by"].eq(EVERYONE)]
    parts = []
    for period in sorted(rows["period"].unique()):
        grain = grain_of(period)
        for reference in dict.fromkeys([before(period, grain), year_before(period, grain)]):
            if any(reference < place <= period for place in definition.breaks):
                continue
            now, then = rows[rows["period"] == period], rows[rows["period"] == reference]
            parts.append(now.merge(then, on=UNIT, suffixes=("", "_then")).assign(reference=reference))
    if not parts:
        return pd.DataFrame()
    pairs = pd.concat(parts, ignore_index=True)
    difference = pairs["value"] - pairs["value_then"]
    low, high = _interval(definition, pairs, difference, level)
    status = np.select(
        [
            pairs["status"].eq(NOT_APPLICABLE) | pairs["status_then"].eq(NOT_APPLICABLE),
            pairs["status"].ne(SHOWN) | pairs["status_then"].ne(SHOWN),
        ],
        [NOT_APPLICABLE, MISSING],
        default=SHOWN,
    )
    found: pd.DataFrame = pairs[[*UNIT, "period", "group_by", "group", "reference"]]
    return found.assign(
        measure=CHANGE,
        numerator=np.nan,
        denominator=np.nan,
        n=np.minimum(pairs["n"], pairs["n_then"]),
        clusters=np.minimum(pairs["clusters"], pairs["clusters_then"]),
        value=difference,
        low=low,
        high=high,
        status=status,
    )


def _interval(
    definition: Definition, pairs: pd.DataFrame, difference: pd.Series, level: float
) -> tuple[np.ndarray | pd.Series, np.ndarray | pd.Series]:
    """The interval of each change, by the kind of indicator; a count and a ratio are no sample, so it is the change itself."""
    if definition.kind in ("count", "ratio"):
        return difference, difference
    if definition.clustered:
        error = np.sqrt(pairs["error"] ** 2 + pairs["error_then"] ** 2)
        fewest = np.minimum(pairs["error_clusters"], pairs["error_clusters_then"])
        return clustered_interval(difference, error, fewest, level)
    if definition.is_share:
        return share_difference_interval(
            (pairs["numerator"], pairs["denominator"]), (pairs["numerator_then"], pairs["denominator_then"]), level
        )
    return mean_difference_interval(
        (pairs["n"], pairs["value"], pairs["sd"]), (pairs["n_then"], pairs["value_then"], pairs["sd_then"]), level
    )
