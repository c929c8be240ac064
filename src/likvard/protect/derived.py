"""What is derived from levels, and with which of them it is hidden: a rule for every measure of the record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.errors import DisclosureError
from likvard.indicators.lasting import PERIODS
from likvard.indicators.record import (
    AGAINST_NEED,
    BETWEEN,
    BEYOND,
    BEYOND_DRAWN,
    BY_CHANCE,
    CHANGE,
    COMPOSITIONAL,
    DEBIASED,
    DISSIMILARITY,
    EFFECT_SIZE,
    EVERYONE,
    FOLLOW_UP,
    GAP,
    ICC,
    IF_ALL_ANSWERED,
    INTAKE_CHANGE,
    LEVEL,
    NOT_REACHING,
    PERSISTENT,
    PUBLISHED,
    RATIO,
    REAL_CHANGE,
    RESPONSE,
    SLOPE,
    STRENGTH,
    WITHIN,
)
from likvard.protect.rules import FIGURE

# The levels that a measure is made of: its group's; its reference group's; its group's in the earlier period; those of everyone
# and of all groups of its dimension, now and earlier; its gap's in the periods that it lasted; and those of single schools.
OWN, BESIDE, EARLIER = "own", "beside", "earlier"
WHOLE, WHOLE_EARLIER = "whole", "whole_earlier"
LASTED, SCHOOLS = "lasted", "schools"

RULES: dict[str, frozenset[str]] = {
    **dict.fromkeys((LEVEL, PUBLISHED), frozenset()),
    **dict.fromkeys((GAP, RATIO, EFFECT_SIZE, NOT_REACHING), frozenset({OWN, BESIDE})),
    PERSISTENT: frozenset({OWN, BESIDE, LASTED}),
    CHANGE: frozenset({OWN, EARLIER}),
    **dict.fromkeys((ICC, DISSIMILARITY, BY_CHANCE, DEBIASED), frozenset({OWN, SCHOOLS})),
    **dict.fromkeys((SLOPE, STRENGTH), frozenset({WHOLE})),
    **dict.fromkeys((WITHIN, BETWEEN, COMPOSITIONAL, AGAINST_NEED), frozenset({WHOLE, SCHOOLS})),
    **dict.fromkeys((BEYOND, BEYOND_DRAWN), frozenset({WHOLE})),
    **dict.fromkeys((REAL_CHANGE, INTAKE_CHANGE, FOLLOW_UP), frozenset({WHOLE, WHOLE_EARLIER})),
    **dict.fromkeys((RESPONSE, IF_ALL_ANSWERED), frozenset({OWN})),
}
MANY_SCHOOLS = 5
"""So many hidden schools leave even the principal of one of them two unknown numbers more than there are equations."""
MANY_COMPARED = 20
"""Over so many schools a resource against need, in whole per cent, tells the resource of one to a fifth of the mean at best."""
UNIT = ["unit_kind", "unit_id", "period", "indicator"]


def followers(record: pd.DataFrame, hidden: pd.Series, schools: pd.DataFrame) -> pd.Series:
    """Which of what is derived from levels goes with a hidden one, by ``RULES``.

    What is computed over schools (``SCHOOLS``) is one more equation about those that are hidden: it is shown where none is, or
    ``MANY_SCHOOLS`` at least. ``hidden``: of every row. ``schools``: columns school_id, period, area_id.
    Errors: ``DisclosureError`` where the record holds a measure without a rule.
    """
    without = sorted(set(record["measure"]) - set(RULES))
    if without:
        raise DisclosureError(
            "There are measures that disclosure control has no rule for.",
            without,
            advice="say in likvard.protect.derived which levels each is made of.",
        )
    levels = record[record["measure"].eq(LEVEL) & hidden].astype(dict.fromkeys([*FIGURE, "group"], object))
    rows = record[~record["measure"].isin([LEVEL, PUBLISHED])]
    rows = rows.astype(dict.fromkeys([*FIGURE, "group", "reference", "measure"], object))
    beside = rows.assign(group=rows["reference"])
    # The earlier period is the reference, or what follows the colon in it.
    before = rows.assign(period=rows["reference"].str.split(":").str[-1])
    group = [*FIGURE, "group"]
    # A resource over many schools is rounded to more than the resource of one of them would move it.
    over_many = rows["measure"].eq(AGAINST_NEED) & rows["n"].ge(MANY_COMPARED)
    found = {
        OWN: _among(rows, levels, group),
        BESIDE: _among(beside, levels, group),
        EARLIER: _among(before, levels, group),
        WHOLE: _of_whole(rows, levels),
        WHOLE_EARLIER: _of_whole(before, levels),
        LASTED: _lasted(rows, record, levels) | _lasted(beside, record, levels),
        SCHOOLS: _few_schools(rows, levels, schools) & ~over_many,
    }
    result = pd.Series(data=False, index=record.index)
    for side, falls in found.items():
        by_rule = rows["measure"].isin([measure for measure, sides in RULES.items() if side in sides])
        result.loc[rows.index[by_rule & falls]] = True
    return result


def _among(rows: pd.DataFrame, levels: pd.DataFrame, key: list[str]) -> pd.Series:
    """Whether each row's level is among these."""
    return pd.Series(pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(levels[key])), index=rows.index)


def _of_whole(rows: pd.DataFrame, levels: pd.DataFrame) -> pd.Series:
    """Whether any group of each row's dimension, or everyone in its unit, is among these levels."""
    return _among(rows, levels, FIGURE) | _among(rows, levels[levels["group_by"].eq(EVERYONE)], UNIT)


def _lasted(rows: pd.DataFrame, record: pd.DataFrame, levels: pd.DataFrame) -> pd.Series:
    """Whether a row's level is among these in one of the periods before that a gap must have lasted."""
    told = record.loc[record["measure"].eq(LEVEL), ["indicator", "period"]].drop_duplicates().astype(object)
    told = told.sort_values(["indicator", "period"])
    result = pd.Series(data=False, index=rows.index)
    for back in range(1, PERIODS):
        of = told.assign(then=told.groupby("indicator")["period"].shift(back))
        then = rows[["indicator", "period"]].merge(of, on=["indicator", "period"], how="left")["then"].to_numpy()
        result |= _among(rows.assign(period=then), levels, [*FIGURE, "group"])
    return result


def _few_schools(rows: pd.DataFrame, levels: pd.DataFrame, schools: pd.DataFrame) -> pd.Series:
    """Whether some, but fewer than ``MANY_SCHOOLS``, of the schools in a row's unit have a hidden level of its groups."""
    homes = schools.astype(object).rename(columns={"school_id": "unit_id"})
    of_school = levels[levels["unit_kind"].eq("school")].merge(homes, on=["unit_id", "period"], how="left")
    of_school = of_school.rename(columns={"unit_id": "school"})
    above = pd.concat(
        [
            of_school.assign(unit_kind="area", unit_id=of_school["area_id"]),
            of_school.assign(unit_kind=EVERYONE, unit_id=EVERYONE),
        ]
    )
    # A resource has no groups: its dimension is that of need.
    asked = rows.assign(group_by=rows["group_by"].mask(rows["measure"].eq(AGAINST_NEED), EVERYONE))
    result = pd.Series(data=False, index=rows.index)
    for key, whole in (([*FIGURE, "group"], False), (FIGURE, True)):
        many = above.groupby(key)["school"].nunique()
        count = many.reindex(pd.MultiIndex.from_frame(asked[key])).fillna(0).to_numpy()
        result |= np.isin(rows["group"], [EVERYONE], invert=not whole) & (count > 0) & (count < MANY_SCHOOLS)
    return result
