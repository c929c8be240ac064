"""What others have published, as figures of the record."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from likvard.indicators.record import EVERYONE, LEVEL, PUBLISHED, SHOWN
from likvard.indicators.registry import Definition

COUNTRY, MUNICIPALITY, SCHOOL = "country", "municipality", "school"
GENDER = "gender"
ROUNDED = "rounded"

# Of several publications of one level the most careful wins: withheld before rounded before shown, a blank last.
_CAUTION = {"too_few": 0, "protects_another": 0, ROUNDED: 1, SHOWN: 2, "not_applicable": 3, "not_yet": 4, "missing": 4}


def published_figures(
    published: pd.DataFrame,
    registry: dict[str, Definition],
    schools: pd.DataFrame,
    areas: pd.DataFrame,
    computed: Collection[str],
) -> pd.DataFrame:
    """The published figures whose measure is an indicator of the registry.

    They stand beside our own as the measure ``published``, with the publisher as reference, about the unit that the publisher
    names (a country, a group of municipalities, a municipality, a school). Where the edition does not compute the indicator
    itself (it is not among ``computed``) and the unit is one of the edition's – a school; a municipality that is an area; the
    country, where the areas are municipalities – the figure is the unit's own level, still with the publisher as reference.
    There is no n and no interval: the publisher gives none. Figures about schools that are not in the
    edition are left out, and so are those about other municipalities where the areas are municipalities.
    """
    rows = published[published["measure"].isin(registry)].reset_index(drop=True)
    known = {SCHOOL: set(schools["school_id"]), MUNICIPALITY: set(areas["area_id"])}
    by_municipality = bool(rows.loc[rows["unit_kind"].eq(MUNICIPALITY), "unit_id"].isin(known[MUNICIPALITY]).any())
    elsewhere = rows["unit_kind"].eq(SCHOOL) & ~rows["unit_id"].isin(known[SCHOOL])
    if by_municipality:
        elsewhere |= rows["unit_kind"].eq(MUNICIPALITY) & ~rows["unit_id"].isin(known[MUNICIPALITY])
    rows = rows[~elsewhere].reset_index(drop=True)
    own = ~rows["measure"].isin(computed)
    unit_kind, unit_id = rows["unit_kind"].astype(object), rows["unit_id"].astype(object)
    if by_municipality:
        unit_kind = unit_kind.mask(own & rows["unit_kind"].eq(MUNICIPALITY), "area")
        whole = own & rows["unit_kind"].eq(COUNTRY)
        unit_kind, unit_id = unit_kind.mask(whole, EVERYONE), unit_id.mask(whole, EVERYONE)
    own &= unit_kind.isin(["school", "area", EVERYONE])
    value = rows["value"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    value = np.where(rows["status"].isin([SHOWN, ROUNDED]), value, np.nan)
    versions = rows["measure"].map({name: definition.version for name, definition in registry.items()})
    figures = pd.DataFrame(
        {
            "period": rows["period"],
            "unit_kind": unit_kind,
            "unit_id": unit_id,
            "indicator": rows["measure"],
            "definition_version": versions,
            "measure": np.where(own, LEVEL, PUBLISHED),
            "group_by": np.where(rows["group"].eq(EVERYONE), EVERYONE, GENDER),
            "group": rows["group"],
            "reference": rows["publisher"],
            "numerator": np.nan,
            "denominator": np.nan,
            "n": np.nan,
            "clusters": np.nan,
            "value": value,
            "low": np.nan,
            "high": np.nan,
            "status": rows["status"],
        }
    )
    return _one_level_each(figures)


def _one_level_each(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures where several publications of one level have become the most careful; else the first publisher's."""
    key = ["indicator", "unit_kind", "unit_id", "period", "measure", "group_by", "group"]
    ranked = figures.assign(_caution=figures["status"].map(_CAUTION))
    ranked = ranked.sort_values([*key, "_caution", "reference"], kind="stable")
    again = ranked["measure"].eq(LEVEL) & ranked.duplicated(key)
    return ranked[~again].drop(columns="_caution").reset_index(drop=True)
