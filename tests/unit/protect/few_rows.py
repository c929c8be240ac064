"""Records of a few rows, written by hand: one line per figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from likvard.indicators.record import COLUMNS
from small_registry import REGISTRY, definition, registry

DEFINITIONS = REGISTRY | registry(
    definition("fine", "mean", column="reading_score", decimals=1),
    definition("teaching", "mean", column="teacher_experience_years", rests_on="teachers"),
)
USUAL = {
    **{
        "edition": "E1",
        "period": "Y2",
        "unit_kind": "school",
        "unit_id": "A",
        "indicator": "score",
        "definition_version": 1,
    },
    **{"measure": "level", "group_by": "all", "group": "all", "reference": "", "status": "shown", "figure_id": ""},
    **{"numerator": np.nan, "denominator": np.nan, "n": 60.0, "clusters": 9.0, "value": 1.0, "low": 1.0, "high": 1.0},
}


def row(**facts: Any) -> dict[str, Any]:
    """A level of everyone at school A in Y2, but for what is said; ``lunch`` is its group."""
    if "lunch" in facts:
        facts |= {"group_by": "lunch", "group": facts.pop("lunch")}
    return USUAL | facts


def record_of(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)
