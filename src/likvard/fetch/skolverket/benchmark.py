"""The benchmark table: what a report can set beside a school, from Skolverket's publications."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from likvard.fetch.figure import FIGURE_COLUMNS, MISSING, NOT_YET, PROTECTS_ANOTHER, ROUNDED, TOO_FEW
from likvard.fetch.skolverket.measures import (
    ALL_PASSED,
    ELIGIBLE,
    MERIT,
    PUPILS,
    PUPILS_YEAR_9,
    QUALIFIED,
    SALSA_ACTUAL,
    SALSA_DEVIATION,
    SALSA_MODEL,
)
from likvard.fetch.skolverket.schools import dated_by

_RESULTS = (MERIT, ELIGIBLE, ALL_PASSED, PUPILS_YEAR_9)
_AROUND = (SALSA_ACTUAL, SALSA_MODEL, SALSA_DEVIATION, QUALIFIED, PUPILS)
BENCHMARK_MEASURES = tuple(one.name for one in (*_RESULTS, *_AROUND))
BENCHMARK_PREFIXES = ("pupil_survey_",)
KEY = ["school_unit_code", "measure", "period"]
COLUMNS = [*KEY, "unit", "value", "status", "source", "period_basis"]

# When publications differ, what is held back or coarse in one stays so, whatever another one prints.
_CAUTION = {TOO_FEW: 0, PROTECTS_ANOTHER: 0, ROUNDED: 1, MISSING: 3, NOT_YET: 3}
_PLAIN = 2


def benchmark_table(publications: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One row per school unit × measure × period: value, status and source, long.

    ``publications`` are frames of figures, the one to trust most first. Figures without a period are dated by the
    others where they can be; where not, their period is an empty text and ``period_basis`` is ``not_stated``. Of
    several rows for a key the most careful status wins (held back, then rounded, then shown), then the earlier
    publication; a blank never hides a value. So nothing that one publication holds back is filled in from another.
    """
    chosen = _chosen(publications)
    order = chosen["status"].map(_CAUTION).fillna(_PLAIN).astype(int)
    ranked = chosen.assign(_order=order).sort_values([*KEY, "_order", "_publication"], kind="stable")
    table = ranked.drop_duplicates(KEY)[COLUMNS]
    undated_blank = (table["period"] == "") & table["value"].isna()
    return table[~undated_blank].reset_index(drop=True)


def disagreements(publications: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The keys that two publications give different values or statuses for, blanks aside: one row per publication."""
    chosen = _chosen(publications)
    told = chosen[chosen["status"] != MISSING]
    kinds = told.assign(_value=told["value"].fillna(-1.0)).groupby(KEY)[["_value", "status"]].transform("nunique")
    return (
        told[(kinds > 1).any(axis=1)].sort_values([*KEY, "_publication"], kind="stable")[COLUMNS].reset_index(drop=True)
    )


def _chosen(publications: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The benchmark's measures of all publications in one frame, dated, with the rank of their publication."""
    together = pd.concat([frame.assign(_publication=i) for i, frame in enumerate(publications)], ignore_index=True)
    wanted = together["measure"].isin(BENCHMARK_MEASURES)
    for prefix in BENCHMARK_PREFIXES:
        wanted |= together["measure"].str.startswith(prefix)
    some = together[wanted].reset_index(drop=True)
    return dated_by(some, some)[[*FIGURE_COLUMNS, "_publication"]]
