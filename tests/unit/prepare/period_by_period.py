"""The linked table of pupils over several periods, made as the stage makes it: one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from likvard.contracts import CodeList
from likvard.prepare import pupil_periods


def period_by_period(
    pupils: pd.DataFrame,
    schools: pd.DataFrame,
    teachers: pd.DataFrame | None,
    codes: dict[str, CodeList],
    grouped: Sequence[str],
) -> pd.DataFrame:
    """``pupil_periods`` of every period of ``pupils``, each after the one before it."""
    made: list[pd.DataFrame] = []
    for _, rows in pupils.groupby("period"):
        before = made[-1] if made else None
        made.append(pupil_periods(rows, before, schools, teachers, codes, grouped))
    return pd.concat(made, ignore_index=True)
