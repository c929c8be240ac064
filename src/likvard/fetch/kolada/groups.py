"""Means over groups of municipalities, weighted anew: in Kolada's own, every municipality weighs the same."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

BY = ["kpi", "period", "gender"]
COLUMNS = [*BY, "value", "weight", "units_with_value", "units_in_group"]


def group_mean(figures: pd.DataFrame, members: Collection[str], weights: pd.DataFrame) -> pd.DataFrame:
    """The weighted mean of ``figures`` over the units ``members``, by key figure, period and gender.

    ``weights`` has ``unit_id``, ``period``, ``gender`` and ``weight``: the size of what the figure is a share or mean
    of (for instance pupils in year 9). A unit without a value, or without a weight above zero, is left out of both
    sums; ``units_with_value`` of ``units_in_group`` says how many carry the mean.
    """
    wanted = set(members)
    some = figures[figures["unit_id"].isin(wanted) & figures["value"].notna()]
    weighed = some.merge(weights, on=["unit_id", "period", "gender"], how="inner", validate="many_to_one")
    weighed = weighed[weighed["weight"] > 0]
    product = weighed.assign(_product=weighed["value"] * weighed["weight"])
    sums = product.groupby(BY, as_index=False).agg(
        _product=("_product", "sum"), weight=("weight", "sum"), units_with_value=("unit_id", "nunique")
    )
    return sums.assign(value=sums["_product"] / sums["weight"], units_in_group=len(wanted))[COLUMNS]
