"""A change taken apart: how much of it is the pupils' results, and how much who the pupils are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from likvard.contracts.periods import grain_of, year_before
from likvard.equity.decomposition import kitagawa
from likvard.indicators.background import Scale
from likvard.indicators.record import INTAKE_CHANGE, REAL_CHANGE, rows_of
from likvard.indicators.registry import Definition

PLACE = ["unit_kind", "unit_id", "group"]


def by_intake(
    definition: Definition, cells: pd.DataFrame, earlier: Mapping[str, pd.DataFrame], scale: Scale, level: float
) -> pd.DataFrame:
    """Two rows per unit: the change since the same part of last year, split into ``real_change`` (results within the groups of the
    scale) and ``intake_change`` (how large the groups are). Together they are the change (Kitagawa 1955).

    ``cells``: those of one period; ``earlier``: those of periods before. ``group_by`` is the dimension; those whose group is
    not known are a group of their own. No change crosses a break in the series.
    """
    if definition.kind not in ("mean", "share") or not definition.about_learning or definition.clustered or cells.empty:
        return pd.DataFrame()
    period = str(cells["period"].iloc[0])
    then = year_before(period, grain_of(period))
    if then not in earlier or any(then < place <= period for place in definition.breaks):
        return pd.DataFrame()
    now, before = (_of_groups(definition, part, scale) for part in (cells, earlier[then]))
    both = now.merge(before, on=PLACE, suffixes=("", "_then"))
    parts = []
    for kind, rows in both.groupby("unit_kind"):
        found = kitagawa(
            (rows["n_then"], rows["value_then"], rows["sd_then"]),
            (rows["n"], rows["value"], rows["sd"]),
            rows["unit_id"],
            level,
        )
        for measure, part in ((REAL_CHANGE, found.real), (INTAKE_CHANGE, found.intake)):
            parts.append(rows_of(part, measure, str(kind), group_by=scale.group_by, reference=then))
    return pd.concat(parts, ignore_index=True).assign(period=period) if parts else pd.DataFrame()


def _of_groups(definition: Definition, cells: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """n, value and standard deviation of every group of the scale's dimension."""
    rows = cells.loc[cells["group_by"].eq(scale.group_by), [*PLACE, "n", "value", "sd"]]
    if definition.is_share:
        rows = rows.assign(sd=np.sqrt(rows["value"] * (1 - rows["value"])))
    # The one pupil of a group has no spread of his own: it is taken to be that of the group everywhere.
    everywhere = rows[rows["unit_kind"].eq("all")].set_index("group")["sd"].to_dict()
    rows = rows.assign(sd=rows["sd"].fillna(rows["group"].astype(object).map(everywhere)))
    return rows.astype(dict.fromkeys(PLACE, object))
