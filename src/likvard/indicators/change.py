"""Change: how far each level is from the period before and from the same part of the year before."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from likvard.contracts.periods import before, grain_of, year_before
from likvard.equity.intervals import clustered_interval, mean_difference_interval, share_difference_interval
from likvard.indicators.record import CHANGE, EVERYONE, NOT_APPLICABLE, SHOWN, each, statuses
from likvard.indicators.registry import Definition

UNIT = ["unit_kind", "unit_id"]


def of_everyone(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of everyone together, found by their unit."""
    rows = cells[cells["group_by"].eq(EVERYONE)]
    kinds, units = (rows[column].to_numpy(dtype=object) for column in UNIT)
    return rows.set_index(pd.Index(kinds + "/" + units, dtype=object))


def changes(
    definition: Definition, now: pd.DataFrame, earlier: Mapping[str, pd.DataFrame], level: float
) -> pd.DataFrame:
    """Two rows per unit (one where both are the same): the level ``now`` minus that of ``reference``, an earlier period.

    ``now``: the levels of everyone (``of_everyone``) in one period; ``earlier``: those of earlier periods. Groups have gaps
    that can be followed. The interval takes the two periods for independent: where many pupils are in both it is wider than it
    need be. A period before a break in the series is never compared with one after it.
    """
    if definition.kind == "composition" or now.empty:
        return pd.DataFrame()
    period = str(now["period"].iloc[0])
    grain = grain_of(period)
    parts = []
    for reference in dict.fromkeys([before(period, grain), year_before(period, grain)]):
        if reference not in earlier or any(reference < place <= period for place in definition.breaks):
            continue
        then = earlier[reference]
        place = then.index.get_indexer(now.index)
        known = place >= 0
        pairs = pd.concat(
            [part.reset_index(drop=True) for part in (now[known], then.take(place[known]).add_suffix("_then"))], axis=1
        )
        parts.append(pairs.assign(reference=each([reference], len(pairs))))
    if not parts:
        return pd.DataFrame()
    pairs = pd.concat(parts, ignore_index=True)
    difference = pairs["value"] - pairs["value_then"]
    low, high = _interval(definition, pairs, difference, level)
    status = statuses(
        pairs["status"].eq(NOT_APPLICABLE) | pairs["status_then"].eq(NOT_APPLICABLE),
        pairs["status"].ne(SHOWN) | pairs["status_then"].ne(SHOWN),
    )
    found: pd.DataFrame = pairs[[*UNIT, "period", "group_by", "group", "reference"]]
    return found.assign(
        measure=each([CHANGE], len(pairs)),
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
