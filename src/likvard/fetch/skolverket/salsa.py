"""SALSA: what the pupils' background lets expect, and whether the three published numbers agree."""

from __future__ import annotations

import pandas as pd

from likvard.fetch.skolverket.measures import SALSA_ACTUAL, SALSA_DEVIATION, SALSA_MODEL

# Actual, model value and deviation are each rounded to a whole point after the subtraction, so |a − m − d| < 1.5.
LARGEST_ROUNDING_DIFFERENCE = 1.0


def salsa_table(figures: pd.DataFrame) -> pd.DataFrame:
    """One row per school unit and period with ``actual``, ``model``, ``deviation`` and ``difference`` = a − m − d."""
    names = {SALSA_ACTUAL.name: "actual", SALSA_MODEL.name: "model", SALSA_DEVIATION.name: "deviation"}
    some = figures[figures["measure"].isin(names) & figures["value"].notna()]
    wide = some.pivot_table(index=["school_unit_code", "period"], columns="measure", values="value", aggfunc="first")
    wide = wide.rename(columns=names).reindex(columns=list(names.values()))
    return wide.assign(difference=wide["actual"] - wide["model"] - wide["deviation"]).reset_index()


def salsa_disagreements(figures: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``salsa_table`` whose three numbers cannot come from one calculation, rounding allowed for."""
    table = salsa_table(figures)
    return table[table["difference"].abs() > LARGEST_ROUNDING_DIFFERENCE].reset_index(drop=True)
