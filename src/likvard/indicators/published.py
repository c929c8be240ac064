"""What others have published, as figures of the record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.indicators.record import EVERYONE, LEVEL, PUBLISHED, SHOWN
from likvard.indicators.registry import Definition

COUNTRY, MUNICIPALITY, SCHOOL = "country", "municipality", "school"
GENDER = "gender"


def published_figures(
    published: pd.DataFrame, registry: dict[str, Definition], schools: pd.DataFrame, areas: pd.DataFrame
) -> pd.DataFrame:
    """The published figures whose measure is an indicator of the registry.

    They stand beside our own as the measure ``published``, with the publisher as reference, about the unit that the publisher
    names (a country, a group of municipalities, a municipality, a school). Where the indicator itself is of the kind
    ``published`` and the unit is one of the edition's (a school; a municipality that is an area; the country, which is all),
    the figure is the unit's own level. There is no interval and no n: the publisher gives none.
    """
    rows = published[published["measure"].isin(registry)].reset_index(drop=True)
    kinds = rows["measure"].map({name: definition.kind for name, definition in registry.items()})
    versions = rows["measure"].map({name: definition.version for name, definition in registry.items()})
    ours = {SCHOOL: ("school", set(schools["school_id"])), MUNICIPALITY: ("area", set(areas["area_id"]))}
    unit_kind, unit_id = rows["unit_kind"].astype(object), rows["unit_id"].astype(object)
    own = pd.Series(False, index=rows.index)
    for theirs, (kind, ids) in ours.items():
        here = kinds.eq("published") & rows["unit_kind"].eq(theirs) & rows["unit_id"].isin(ids)
        unit_kind, own = unit_kind.mask(here, kind), own | here
    if own.any():
        everyone = kinds.eq("published") & rows["unit_kind"].eq(COUNTRY)
        unit_kind, unit_id, own = unit_kind.mask(everyone, EVERYONE), unit_id.mask(everyone, EVERYONE), own | everyone
    value = rows["value"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    value = np.where(rows["status"].eq(SHOWN) | rows["status"].eq("rounded"), value, np.nan)
    return pd.DataFrame(
        {
            "period": rows["period"],
            "unit_kind": unit_kind,
            "unit_id": unit_id,
            "indicator": rows["measure"],
            "definition_version": versions,
            "measure": np.where(own, LEVEL, PUBLISHED),
            "group_by": np.where(rows["group"].eq(EVERYONE), EVERYONE, GENDER),
            "group": rows["group"],
            "reference": np.where(own, "", rows["publisher"]),
            "numerator": np.nan,
            "denominator": np.nan,
            "n": np.nan,
            "clusters": np.nan,
            "value": value,
            "low": value,
            "high": value,
            "status": rows["status"],
        }
    )
