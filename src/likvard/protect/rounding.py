"""How figures are released that are shown: rounded by how many pupils they rest on, and no more exact than a report prints them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.disclosure.profiles import Strictness
from likvard.disclosure.rules import coded_share, mean_step, rounded_count
from likvard.disclosure.system import Floats
from likvard.indicators.record import (
    AGAINST_NEED,
    BETWEEN,
    BEYOND,
    BEYOND_DRAWN,
    CHANGE,
    COMPOSITIONAL,
    EFFECT_SIZE,
    FOLLOW_UP,
    GAP,
    IF_ALL_ANSWERED,
    INTAKE_CHANGE,
    LEVEL,
    RATIO,
    REAL_CHANGE,
    SLOPE,
    WITHIN,
)
from likvard.indicators.registry import Definition
from likvard.protect.rules import FIGURE

ENDS = ["value", "low", "high"]
# What is measured in the unit of its indicator: of pupils, and between schools.
OF_PUPILS = [
    LEVEL,
    GAP,
    CHANGE,
    BEYOND,
    BEYOND_DRAWN,
    REAL_CHANGE,
    INTAKE_CHANGE,
    FOLLOW_UP,
    IF_ALL_ANSWERED,
    SLOPE,
    WITHIN,
]
BETWEEN_SCHOOLS = [BETWEEN, COMPOSITIONAL]
# Whose numerator and denominator are two results in that unit, and no sums.
OF_TWO_RESULTS = [BEYOND, FOLLOW_UP]
OTHER_DECIMALS = {RATIO: 2, EFFECT_SIZE: 2, AGAINST_NEED: 2}
USUAL_DECIMALS = 3


def rounded(record: pd.DataFrame, registry: dict[str, Definition], strict: Strictness) -> pd.DataFrame:
    """The same rows with value, low and high as they are released; what they were computed from stays behind.

    A mean is rounded to its decimals from 50 pupils on, to twice that from 20 and to five times that below; a gap or change as the
    coarser of its two levels, and so what else is measured in the unit of its indicator; a share to its decimals, or to the
    profile's whole percentages and coded at its ends. In a rounded profile counts are multiples. Sums (``numerator`` and
    ``denominator``) are emptied.
    """
    kinds = record["indicator"].map({name: found.kind for name, found in registry.items()})
    digits = record["indicator"].map({name: float(found.digits) for name, found in registry.items()})
    unit = 10.0 ** -digits.to_numpy(dtype=np.float64)
    step = np.where(kinds.eq("mean"), mean_step(_fewest(record), 1.0) * unit, unit)
    other = record["measure"].map(OTHER_DECIMALS).fillna(USUAL_DECIMALS).to_numpy(dtype=np.float64)
    part = kinds.isin(["share", "composition"]).to_numpy()
    step = np.where(part, np.maximum(step, strict.share_step), step)
    step = np.where(record["measure"].isin(BETWEEN_SCHOOLS), unit, step)
    step = np.where(record["measure"].isin([*OF_PUPILS, *BETWEEN_SCHOOLS]), step, 10.0**-other)
    result = record.copy()
    share = part & record["measure"].eq(LEVEL).to_numpy()
    count = (kinds.eq("count") & record["measure"].isin([LEVEL, CHANGE])).to_numpy()
    for column in ENDS:
        values = record[column].to_numpy(dtype=np.float64)
        fine = np.round(np.round(values / step) * step, 10)
        fine = np.where(share, np.round(coded_share(fine, strict), 10), fine)
        result[column] = np.where(count, rounded_count(values, strict), fine)
    result["n"] = (
        rounded_count(record["n"].to_numpy(dtype=np.float64), strict) if strict.rounded_to > 1 else record["n"]
    )
    of_two = record["measure"].isin(OF_TWO_RESULTS).to_numpy()
    for column in ("numerator", "denominator"):
        values = record[column].to_numpy(dtype=np.float64)
        result[column] = np.where(of_two, np.round(np.round(values / step) * step, 10), np.nan)
    return result


def coded(record: pd.DataFrame, registry: dict[str, Definition], strict: Strictness) -> pd.Series:
    """Which shares are given as the limit that they lie beyond."""
    kinds = record["indicator"].map({name: found.kind for name, found in registry.items()})
    beyond = record["value"].lt(strict.coded_at) | record["value"].gt(1 - strict.coded_at)
    return kinds.isin(["share", "composition"]) & record["measure"].eq(LEVEL) & beyond


def _fewest(record: pd.DataFrame) -> Floats:
    """The pupils of each figure, or of the smaller of the two levels that it is made of."""
    level = record[record["measure"].eq(LEVEL)]
    of_group = level.set_index([*FIGURE, "group"])["n"]
    keys = record[FIGURE].assign(group=record["reference"])
    reference = of_group.reindex(pd.MultiIndex.from_frame(keys)).to_numpy(dtype=np.float64)
    before = record[FIGURE].assign(period=record["reference"], group=record["group"])
    earlier = of_group.reindex(pd.MultiIndex.from_frame(before)).to_numpy(dtype=np.float64)
    own = of_group.reindex(pd.MultiIndex.from_frame(record[[*FIGURE, "group"]])).to_numpy(dtype=np.float64)
    everything = [record["n"].to_numpy(dtype=np.float64), own, reference, earlier]
    return np.asarray(np.fmin.reduce(everything))
