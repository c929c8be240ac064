"""The primary rules on the record: which levels are dangerous in themselves, and what goes with a level that is hidden."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from likvard.disclosure.profiles import PROFILES, Strictness
from likvard.indicators.record import EVERYONE, LEVEL, PUBLISHED, SHOWN
from likvard.indicators.registry import Definition
from likvard.params import DisclosureChoice

FIGURE = ["unit_kind", "unit_id", "period", "indicator", "group_by"]
NO_RULE = ""


def strictness(choice: DisclosureChoice) -> Strictness:
    """What the profile asks, and of small numbers no less than ``min_count``."""
    profile = PROFILES[choice.profile]
    return replace(profile, least=max(profile.least, choice.min_count))


def is_ours(record: pd.DataFrame) -> pd.Series:
    """Which rows are computed here; what others have published (its reference is the publisher) is known to everyone."""
    return ~(record["measure"].eq(PUBLISHED) | (record["measure"].eq(LEVEL) & record["reference"].ne("")))


def primary_rules(
    record: pd.DataFrame,
    registry: dict[str, Definition],
    schools: pd.DataFrame,
    strict: Strictness,
    least_teachers: int,
) -> pd.Series:
    """The rule that each of our own levels falls under, "" for none.

    ``few_pupils``: fewer than ``strict.least``. ``few_counted``: so few are counted in a share or ratio, or left in a share (none
    and all included, as both say something about every single one). ``few_teachers``: a level about teaching on fewer than
    ``least_teachers``. ``few_schools``: a group in an area where one of few schools could work out the others'. ``schools``:
    columns school_id, period, area_id.
    """
    kinds = record["indicator"].map({name: found.kind for name, found in registry.items()})
    rests_on = record["indicator"].map({name: found.rests_on for name, found in registry.items()})
    level = record["measure"].eq(LEVEL) & record["status"].eq(SHOWN) & is_ours(record)
    about_pupils = rests_on.eq("pupils")
    share = kinds.isin(["share", "composition"]) & about_pupils
    ratio = kinds.eq("ratio") & about_pupils
    rest = record["denominator"] - record["numerator"]
    many = schools.groupby(["period", "area_id"])["school_id"].nunique()
    few = many[(many > 1) & (many < strict.least_schools)]
    place = pd.MultiIndex.from_frame(record[["period", "unit_id"]].astype(object))
    in_few = pd.Series(place.isin(few.index), index=record.index) & record["unit_kind"].eq("area")
    rules = {
        "few_pupils": record["n"].lt(strict.least),
        "few_counted": ((share | ratio) & record["numerator"].lt(strict.least)) | (share & rest.lt(strict.least)),
        "few_teachers": rests_on.eq("teachers") & record["clusters"].lt(least_teachers),
        "few_schools": in_few & record["group_by"].ne(EVERYONE),
    }
    found = pd.Series(NO_RULE, index=record.index, dtype=object)
    for name, falls in reversed(rules.items()):
        found = found.mask(level & falls.fillna(value=False).astype(bool), name)
    return found


def lonely(record: pd.DataFrame, hidden: pd.Series, least: int) -> pd.Series:
    """Which levels must be hidden too, as those hidden of one kind of unit would follow by subtraction from the total.

    For figures that are in no system (ratios): where one unit alone is hidden, or those hidden have fewer than ``least``
    together, the smallest other one goes with them.
    """
    keys = [record[column] for column in ("unit_kind", "period", "indicator", "group_by", "group")]
    level = record["measure"].eq(LEVEL) & record["unit_kind"].ne(EVERYONE)
    many = (hidden & level).groupby(keys).transform("sum")
    together = record["numerator"].where(hidden & level, 0.0).groupby(keys).transform("sum")
    open_ones = record[level & ~hidden & record["status"].eq(SHOWN) & many.gt(0) & (many.eq(1) | together.lt(least))]
    chosen = open_ones.sort_values(["numerator", "unit_id"], kind="stable").groupby(
        [key.loc[open_ones.index] for key in keys]
    )
    return pd.Series(record.index.isin(chosen.head(1).index), index=record.index)


def followers(record: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    """Which of what is derived from levels – gaps, ratios, changes, spread between schools – goes with a hidden level.

    A level of its group, of its reference group or (a change) of its earlier period.
    """
    levels = record.loc[record["measure"].eq(LEVEL), [*FIGURE, "group"]].assign(gone=hidden)
    compared = record.loc[record["measure"].ne(LEVEL), [*FIGURE, "group", "reference"]]
    own = compared.merge(levels, on=[*FIGURE, "group"], how="left")["gone"]
    to_reference = levels.rename(columns={"group": "reference"})
    reference = compared.merge(to_reference, on=[*FIGURE, "reference"], how="left")["gone"]
    before = levels.rename(columns={"period": "reference"})
    with_group = [*(column for column in FIGURE if column != "period"), "group", "reference"]
    earlier = compared.drop(columns="period").merge(before, on=with_group, how="left")["gone"]
    result = pd.Series(data=False, index=record.index)
    for side in (own, reference, earlier):
        result.loc[compared.index[side.eq(True).to_numpy()]] = True
    return result
