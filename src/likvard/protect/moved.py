"""How many pupils came to or left each unit between two periods: so few that a change would tell of them, or enough."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from likvard.indicators.record import CHANGE, EVERYONE
from likvard.indicators.registry import Definition
from likvard.tables import columns_of, read_table

UNITS = {"school": "school_id", "area": "area_id", EVERYONE: None}
PLACE = ["unit_kind", "unit_id", "period", "reference", "indicator"]


def moved(record: pd.DataFrame, registry: dict[str, Definition], prepared: Path) -> pd.Series:
    """Joiners and leavers of each change of the record; nought for what is no change, or not about pupils who can be followed."""
    changes = record[record["measure"].eq(CHANGE)]
    result = pd.Series(0, index=record.index)
    table_of = changes["indicator"].map({name: found.table for name, found in registry.items()})
    for table, rows in changes.groupby(table_of):
        path = prepared / f"{table}.parquet"
        if not path.is_file() or not {"pupil_id", "period", "school_id"} <= set(columns_of(path)):
            continue
        columns: list[str] = [
            name for name in ("pupil_id", "period", "school_id", "area_id") if name in columns_of(path)
        ]
        pupils = read_table(path, columns).astype(object)
        told = dict(iter(pupils.groupby("period")))
        pairs = rows[["period", "reference"]].astype(object).drop_duplicates()
        counts = [
            _between(told[now], told[then]).assign(period=now, reference=then)
            for now, then in pairs.itertuples(index=False)
            if now in told and then in told
        ]
        if counts:
            keys = ["unit_kind", "unit_id", "period", "reference"]
            found = pd.concat(counts).set_index(keys)["moved"]
            place = pd.MultiIndex.from_frame(rows[keys].astype(object))
            result.loc[rows.index] = found.reindex(place).fillna(0).to_numpy(dtype=np.int64)
    return result


def _between(now: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """unit_kind, unit_id and ``moved``: how many are in the unit in one of two periods only."""
    parts = []
    for kind, column in UNITS.items():
        if column is not None and column not in now:
            continue
        both = [
            part.assign(unit_id=part[column] if column else EVERYONE)[["pupil_id", "unit_id"]] for part in (now, then)
        ]
        either = pd.concat([part.dropna().drop_duplicates() for part in both])
        alone = either[~either.duplicated(keep=False)].groupby("unit_id").size()
        parts.append(alone.rename("moved").rename_axis("unit_id").reset_index().assign(unit_kind=kind))
    return pd.concat(parts)
