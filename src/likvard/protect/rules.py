"""The rules that decide which figures are shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.indicators.record import (
    EVERYONE,
    LEVEL,
    NUMBERS,
    PROTECTS_ANOTHER,
    PUBLISHED,
    SHOWN,
    TOO_FEW,
)
from likvard.indicators.registry import Definition
from likvard.params import DisclosureChoice

FIGURE = ["unit_kind", "unit_id", "period", "indicator", "group_by"]


def protected(record: pd.DataFrame, registry: dict[str, Definition], choice: DisclosureChoice) -> pd.DataFrame:
    """The same rows, in the same order, where every figure that rests on too few has a status and no numbers.

    1. *Too few*: a level on fewer than ``min_count`` pupils; a share where those counted, or those left when they are taken
       away, are fewer than that (none and all included, as both say something about every single one); a ratio with a
       numerator below it; a level about teaching on fewer than ``min_teachers`` teachers.
    2. *Protects another*: where exactly one group of a dimension is hidden, it would follow by subtraction from everyone
       together; the smallest other group of the same unit and period is then hidden too.
    3. What is derived from levels – gaps, ratios, changes, spread between schools – is shown only where those levels are.

    What others have published (its reference is the publisher) is known to everyone and stays as it is.

    Numbers are emptied, never set to 0.
    """
    record = record.reset_index(drop=True)
    published = record["measure"].eq(PUBLISHED) | (record["measure"].eq(LEVEL) & record["reference"].ne(""))
    ours = record[~published]
    status = ours["status"].astype(object)
    status = status.mask(_too_few(ours, registry, choice), TOO_FEW)
    status = status.mask(_needed_to_protect(ours, status), PROTECTS_ANOTHER)
    status = _gaps_follow_levels(ours, status)
    result = record.astype({"status": "string"})
    result.loc[ours.index, "status"] = status.astype("string")
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


def _gaps_follow_levels(record: pd.DataFrame, status: pd.Series) -> pd.Series:
    """The statuses where each other measure is hidden if the level of its group, of its reference group or (a change) of its
    earlier period is."""
    levels = record.loc[record["measure"].eq(LEVEL), [*FIGURE, "group"]].assign(level_status=status)
    compared = record.loc[record["measure"].ne(LEVEL), [*FIGURE, "group", "reference"]]
    own = compared.merge(levels, on=[*FIGURE, "group"], how="left")["level_status"]
    reference = compared.merge(levels.rename(columns={"group": "reference"}), on=[*FIGURE, "reference"], how="left")[
        "level_status"
    ]
    earlier = compared.drop(columns="period").merge(
        levels.rename(columns={"period": "reference"}),
        on=[*(set(FIGURE) - {"period"}), "group", "reference"],
        how="left",
    )["level_status"]
    result = status.copy()
    for side in (earlier.to_numpy(), reference.to_numpy(), own.to_numpy()):
        hides = pd.Series(side, index=compared.index).isin([TOO_FEW, PROTECTS_ANOTHER])
        result.loc[compared.index[hides]] = side[hides]
    return result
