"""Rows that a later delivery sends again: the last word counts, and how often is recorded."""

from __future__ import annotations

import pandas as pd

from likvard.contracts import Table
from likvard.ingest.faults import Reading

PROVENANCE_COLUMNS = ["source_file", "source_row"]


def last_word(frames: list[tuple[str, pd.DataFrame]], table: Table, reading: Reading) -> pd.DataFrame:
    """One frame of the parts of ``table`` (delivery and rows, in order), where a row of a later delivery replaces those of
    earlier ones with the same key. Two rows with the same key in one delivery both stay: that is for the checks to find.
    """
    rows = pd.concat([frame for _, frame in frames], ignore_index=True)
    if len(frames) < 2 or not table.primary_key:
        return rows
    key = list(table.primary_key)
    order = pd.concat(
        [pd.Series(place, index=frame.index) for place, (_, frame) in enumerate(frames)], ignore_index=True
    )
    again = rows.duplicated(key, keep=False)
    if not again.any():
        return rows
    repeated = rows.loc[again].assign(order=order[again])
    latest = repeated.groupby(key, dropna=False)["order"].transform("max")
    first = repeated.groupby(key, dropna=False)["order"].transform("min")
    newer = repeated[(repeated["order"] == latest) & (first < latest)]
    older = repeated[repeated["order"] < latest]
    content = [column for column in rows.columns if column not in PROVENANCE_COLUMNS]
    unchanged = newer.merge(older[content].drop_duplicates(), on=content, how="left", indicator=True)["_merge"].eq(
        "both"
    )
    for place, (delivery, _) in enumerate(frames):
        here = (newer["order"] == place).to_numpy()
        if here.any():
            changed = int((here & ~unchanged.to_numpy()).sum())
            reading.restated.append(
                {"table": table.name, "delivery": delivery, "rows": int(here.sum()), "changed": changed}
            )
    return rows.drop(index=older.index).reset_index(drop=True)
