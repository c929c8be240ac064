"""Change: how far each level is from the period before and from the same part of the year before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd

from likvard.contracts.periods import before, grain_of, year_before
from likvard.equity.intervals import (
    Floats,
    Interval,
    clustered_interval,
    mean_difference_interval,
    share_difference_interval,
)
from likvard.indicators.record import CHANGE, EVERYONE, MISSING, NOT_APPLICABLE, each, statuses
from likvard.indicators.registry import Definition

Columns: TypeAlias = dict[str, Floats]

UNIT = ["unit_kind", "unit_id"]
NUMBERS = ["numerator", "denominator", "n", "clusters", "value", "sd", "error", "error_clusters"]


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
        parts.append(_between(definition, now[known], then.take(place[known]), reference, level))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _between(
    definition: Definition, now: pd.DataFrame, then: pd.DataFrame, reference: str, level: float
) -> pd.DataFrame:
    """The change of each unit from ``then``, its row in the period ``reference``, to ``now``."""
    late, early = ({name: part[name].to_numpy() for name in NUMBERS if name in part} for part in (now, then))
    difference = late["value"] - early["value"]
    low, high = _interval(definition, late, early, difference, level)
    absent, unknown = (
        now["status"].eq(one).to_numpy() | then["status"].eq(one).to_numpy() for one in (NOT_APPLICABLE, MISSING)
    )
    nothing = np.full(len(now), np.nan)
    return pd.DataFrame(
        {
            **{column: now[column].array for column in [*UNIT, "period", "group_by", "group"]},
            "reference": each([reference], len(now)),
            "measure": each([CHANGE], len(now)),
            "numerator": nothing,
            "denominator": nothing,
            "n": np.minimum(late["n"], early["n"]),
            "clusters": np.minimum(late["clusters"], early["clusters"]),
            "value": difference,
            "low": low,
            "high": high,
            "status": statuses(absent, unknown),
        }
    )


def _interval(definition: Definition, late: Columns, early: Columns, difference: Floats, level: float) -> Interval:
    """The interval of each change, by the kind of indicator; a count and a ratio are no sample, so it is the change itself."""
    if definition.kind in ("count", "ratio"):
        return difference, difference
    if definition.clustered:
        error = np.sqrt(late["error"] ** 2 + early["error"] ** 2)
        return clustered_interval(difference, error, np.minimum(late["error_clusters"], early["error_clusters"]), level)
    if definition.is_share:
        counts = [(of["numerator"], of["denominator"]) for of in (late, early)]
        return share_difference_interval(counts[0], counts[1], level)
    means = [(of["n"], of["value"], of["sd"]) for of in (late, early)]
    return mean_difference_interval(means[0], means[1], level)
