"""The primary rules on the record: which levels are dangerous in themselves, and what goes with a level that is hidden."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from likvard.disclosure.profiles import PROFILES, Strictness
from likvard.indicators.record import (
    BEYOND,
    BEYOND_DRAWN,
    CHANGE,
    EVERYONE,
    FOLLOW_UP,
    IF_ALL_ANSWERED,
    INTAKE_CHANGE,
    LEVEL,
    PUBLISHED,
    REAL_CHANGE,
    RESPONSE,
    SHOWN,
)
from likvard.indicators.registry import Definition
from likvard.params import DisclosureChoice

# What is computed from how many of a unit's pupils belong to each group, hidden groups among them.
BY_INTAKE = [BEYOND, BEYOND_DRAWN, REAL_CHANGE, INTAKE_CHANGE, FOLLOW_UP]
TIMES_LEAST = 6
"""A unit with so many times ``least`` pupils is so large that a pupil more or less in a group drowns in the rounding."""
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
    moved: pd.Series,
) -> pd.Series:
    """The rule that each of our own levels, and of what rests on more than levels, falls under, "" for none.

    ``few_pupils``: fewer than ``strict.least``. ``few_counted``: so few are counted in a share or ratio, or left in a share (none
    and all included, as both say something about every single one). ``few_teachers``: a level about teaching on fewer than
    ``least_teachers``. ``few_schools``: a group in an area where one of few schools could work out the others'.
    ``few_by_intake``: what rests on a unit's intake, which could tell how large a hidden group is, on fewer than ``TIMES_LEAST``
    times ``strict.least``. ``few_silent``: a survey that too few have not answered, as that says something of every single one.
    ``few_moved``: a change between two periods in which so few came or went (``moved``, of every row) that it would tell of them.
    ``schools``: columns school_id, period, area_id.
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
    ours = record["status"].eq(SHOWN) & is_ours(record)
    of_gap = record["measure"].eq(FOLLOW_UP) & record["group_by"].ne(EVERYONE)
    by_intake = ours & record["measure"].isin(BY_INTAKE) & ~of_gap
    # Bounds tell the rate that they stand beside.
    answers = ours & record["measure"].isin([RESPONSE, IF_ALL_ANSWERED])
    silent = rest.where(record["measure"].eq(RESPONSE))
    silent = silent.groupby([record[column] for column in FIGURE]).transform("max")
    more = {
        "few_by_intake": by_intake & record["n"].lt(TIMES_LEAST * strict.least),
        "few_silent": answers & silent.lt(strict.least),
        "few_moved": ours & record["measure"].eq(CHANGE) & moved.gt(0) & moved.lt(strict.least),
    }
    found = pd.Series(NO_RULE, index=record.index, dtype=object)
    for name, falls in [*reversed(rules.items()), *more.items()]:
        where = falls.fillna(value=False).astype(bool)
        found = found.mask(where if name in more else level & where, name)
    return found


def lonely(record: pd.DataFrame, hidden: pd.Series, least: int, counted: pd.Series) -> pd.Series:
    """Which figures must be hidden too, as those hidden of one kind of unit would follow by subtraction from the total.

    For figures that are in no system (ratios, response rates): where one unit alone is hidden, or those hidden have fewer than
    ``least`` together of what is ``counted``, the smallest other one goes with them.
    """
    keys = [record[column] for column in ("unit_kind", "period", "indicator", "measure", "group_by", "group")]
    part = record["unit_kind"].ne(EVERYONE)
    many = (hidden & part).groupby(keys).transform("sum")
    together = counted.where(hidden & part, 0.0).groupby(keys).transform("sum")
    open_ones = record.assign(counted=counted)
    open_ones = open_ones[part & ~hidden & record["status"].eq(SHOWN) & many.gt(0) & (many.eq(1) | together.lt(least))]
    chosen = open_ones.sort_values(["counted", "unit_id"], kind="stable").groupby(
        [key.loc[open_ones.index] for key in keys]
    )
    return pd.Series(record.index.isin(chosen.head(1).index), index=record.index)
