"""Overlapping groups: pupils by sex × parents' education × background, and by fewer of these where the group is
small."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def with_fallback(pupils: pd.DataFrame, dimensions: Sequence[str], least: int, by: Sequence[str] = ()) -> pd.DataFrame:
    """Each pupil's group: the finest combination of ``dimensions`` that has at least ``least`` pupils in the pupil's
    unit.

    Dimensions are given up from the last; order them by what matters most. Columns, one row per pupil: ``group``
    (values joined by `` × ``, ``all`` when every dimension was given up, missing when even the unit is too small),
    ``dimensions`` (how many are left) and ``n`` (pupils of the unit in that combination, of whom some may show up in
    a finer group instead). A pupil whose value in a dimension is missing counts in the coarser groups only. ``by``
    are the columns that make a unit.
    """
    group = pd.Series(pd.NA, index=pupils.index, dtype="string")
    used = pd.Series(0, index=pupils.index, dtype="int64")
    size = pd.Series(0.0, index=pupils.index)
    for count in range(len(dimensions), -1, -1):
        kept = list(dimensions[:count])
        keys = [*by, *kept]
        known = pupils[keys].notna().all(axis=1) if keys else pd.Series(True, index=pupils.index)
        if keys:
            there = pupils.loc[known].groupby(keys, observed=True, sort=False)[keys[0]].transform("size")
            n = there.reindex(pupils.index).fillna(0).astype(float)
        else:
            n = pd.Series(float(len(pupils)), index=pupils.index)
        fits = group.isna() & known & (n >= least)
        label = _joined(pupils, kept)
        group = group.where(~fits, label)
        used = used.where(~fits, count)
        size = size.where(~fits, n)
    return pd.DataFrame(
        {"group": group, "dimensions": used, "n": np.where(group.isna(), np.nan, size)}, index=pupils.index
    )


def _joined(pupils: pd.DataFrame, columns: list[str]) -> pd.Series:
    if not columns:
        return pd.Series("all", index=pupils.index, dtype="string")
    label = pupils[columns[0]].astype("string")
    for column in columns[1:]:
        label = label + " × " + pupils[column].astype("string")
    return label
