"""The rules that decide which figures are shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.indicators.record import (
    AGAINST_NEED,
    BEYOND,
    BEYOND_DRAWN,
    EVERYONE,
    FOLLOW_UP,
    INTAKE_CHANGE,
    LEVEL,
    NUMBERS,
    PROTECTS_ANOTHER,
    PUBLISHED,
    REAL_CHANGE,
    SHOWN,
    TOO_FEW,
)
from likvard.indicators.registry import Definition
from likvard.params import DisclosureChoice

# What is computed from how many of a unit's pupils belong to each group, hidden groups among them.
BY_INTAKE = [BEYOND, BEYOND_DRAWN, REAL_CHANGE, INTAKE_CHANGE, FOLLOW_UP]
TIMES_MIN_COUNT = 6
"""A unit with so many times ``min_count`` pupils is so large that a pupil more or less in a group drowns in the rounding."""

FIGURE = ["unit_kind", "unit_id", "period", "indicator", "group_by"]


def protected(record: pd.DataFrame, registry: dict[str, Definition], choice: DisclosureChoice) -> pd.DataFrame:
    """The same rows, in the same order, where every figure that rests on too few has a status and no numbers.

    1. *Too few*: a level on fewer than ``min_count`` pupils; a share where those counted, or those left when they are taken
       away, are fewer than that (none and all included, as both say something about every single one); a ratio with a
       numerator below it; a level about teaching on fewer than ``min_teachers`` teachers.
    2. *Protects another*: where exactly one group of a dimension is hidden, it would follow by subtraction from everyone
       together; the smallest other group of the same unit and period is then hidden too.
    3. What is derived from levels – gaps, ratios, changes, spread between schools – is shown only where those levels are, and
       what is derived from all groups of a dimension together – gradients, changes taken apart – only where all of them are.
    4. What is computed from a school's intake (``BY_INTAKE``) could tell how large a hidden group is. It is rounded as it is
       printed, and not shown for fewer pupils than ``TIMES_MIN_COUNT`` times ``min_count``. What is computed over schools, hidden
       ones among them (``against_need``), is rounded too.

    What others have published (its reference is the publisher) is known to everyone and stays as it is.

    Numbers are emptied, never set to 0.
    """
    record = record.reset_index(drop=True)
    published = record["measure"].eq(PUBLISHED) | (record["measure"].eq(LEVEL) & record["reference"].ne(""))
    ours = record[~published]
    status = ours["status"].astype(object)
    status = status.mask(_too_few(ours, registry, choice), TOO_FEW)
    status = status.mask(_needed_to_protect(ours, status), PROTECTS_ANOTHER)
    by_intake = ours["measure"].isin(BY_INTAKE)
    of_gap = ours["measure"].eq(FOLLOW_UP) & ours["group_by"].ne(EVERYONE)
    few = by_intake & ~of_gap & ours["n"].lt(TIMES_MIN_COUNT * choice.min_count) & status.eq(SHOWN)
    status = _gaps_follow_levels(ours, status.mask(few, TOO_FEW))
    result = record.astype({"status": "string"})
    result.loc[ours.index, "status"] = status.astype("string")
    result.loc[ours.index[by_intake], NUMBERS] = _as_printed(ours[by_intake], registry)
    over_schools = ours.index[ours["measure"].eq(AGAINST_NEED)]
    result.loc[over_schools, NUMBERS] = result.loc[over_schools, NUMBERS].astype("float64").round(2)
    result.loc[ours.index[status.ne(SHOWN)], NUMBERS] = np.nan
    return result


def kinds_of(registry: dict[str, Definition]) -> dict[str, str]:
    """The kind of each indicator."""
    return {name: definition.kind for name, definition in registry.items()}


def _too_few(record: pd.DataFrame, registry: dict[str, Definition], choice: DisclosureChoice) -> pd.Series:
    """Which levels rest on too few people."""
    kinds = record["indicator"].map(kinds_of(registry))
    rests_on = {name: definition.rests_on for name, definition in registry.items()}
    level = record["measure"].eq(LEVEL) & record["status"].eq(SHOWN)
    about_pupils = record["indicator"].map(rests_on).eq("pupils")
    about_teachers = record["indicator"].map(rests_on).eq("teachers")
    share = kinds.isin(["share", "composition"]) & about_pupils
    ratio = kinds.eq("ratio") & about_pupils
    rest = record["denominator"] - record["numerator"]
    few_pupils = record["n"].lt(choice.min_count)
    few_counted = (share | ratio) & record["numerator"].lt(choice.min_count)
    few_on_a_side = few_counted | (share & rest.lt(choice.min_count))
    few_teachers = about_teachers & record["clusters"].lt(choice.min_teachers)
    return level & (few_pupils | few_on_a_side | few_teachers)


def _needed_to_protect(record: pd.DataFrame, status: pd.Series) -> pd.Series:
    """Which levels must be hidden too, because a single hidden group would follow by subtraction."""
    grouped = record["measure"].eq(LEVEL) & record["group_by"].ne(EVERYONE)
    shown = grouped & status.eq(SHOWN)
    hidden = grouped & status.isin([TOO_FEW])
    keys = [record[column] for column in FIGURE]
    lonely = hidden.groupby(keys).transform("sum").eq(1)
    candidates = record[shown & lonely]
    smallest = candidates.assign(size=candidates[["numerator", "n"]].min(axis=1)).sort_values(
        ["size", "group"], kind="stable"
    )
    chosen = smallest.groupby(FIGURE, sort=False).head(1).index
    return pd.Series(record.index.isin(chosen), index=record.index)


def _as_printed(record: pd.DataFrame, registry: dict[str, Definition]) -> pd.DataFrame:
    """The numbers with as many decimals as reports print of their indicator."""
    places = {name: found.decimals + 2 * found.in_percent for name, found in registry.items()}
    unit = 10.0 ** record["indicator"].astype(object).map(places).to_numpy(float)[:, None]
    return pd.DataFrame(np.round(record[NUMBERS].to_numpy(float) * unit) / unit, record.index, NUMBERS)


def _gaps_follow_levels(record: pd.DataFrame, status: pd.Series) -> pd.Series:
    """The statuses where each other measure is hidden if a level that it is derived from is: that of its group, of its reference
    group or of its earlier period (the reference, or what follows the colon in it) – and for a measure of a whole dimension that of
    everyone and of any group."""
    levels = record.loc[record["measure"].eq(LEVEL), [*FIGURE, "group"]].assign(level_status=status)
    hidden = levels[levels["level_status"].isin([TOO_FEW, PROTECTS_ANOTHER])].sort_values(
        "level_status", ascending=False
    )
    compared = record.loc[record["measure"].ne(LEVEL), [*FIGURE, "group", "reference"]]
    compared["before"] = compared["reference"].astype(object).str.split(":").str[-1]
    result = status.copy()
    of_whole = compared["group"].eq(EVERYONE)
    unit = [column for column in FIGURE if column not in ("period", "group_by")]
    sides = [
        ([*FIGURE, "group"], {}, hidden, slice(None)),
        ([*FIGURE, "group"], {"group": "reference"}, hidden, slice(None)),
        ([*FIGURE, "group"], {"period": "before"}, hidden, slice(None)),
        (FIGURE, {}, hidden, of_whole),
        (FIGURE, {"period": "before"}, hidden, of_whole),
        ([*unit, "period"], {}, hidden[hidden["group_by"].eq(EVERYONE)], of_whole),
        ([*unit, "period"], {"period": "before"}, hidden[hidden["group_by"].eq(EVERYONE)], of_whole),
    ]
    for key, renamed, levels_hidden, rows in reversed(sides):
        said = levels_hidden.drop_duplicates(key)[[*key, "level_status"]]
        looked_up = compared[rows][[renamed.get(column, column) for column in key]].set_axis(key, axis=1)
        found = looked_up.astype(object).merge(said.astype(object), on=key, how="left")["level_status"].to_numpy()
        hides = pd.notna(found)
        result.loc[looked_up.index[hides]] = found[hides]
    return result
