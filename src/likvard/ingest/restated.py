"""Rows that a later delivery sends again: the last word counts, and how often is recorded."""

from __future__ import annotations

import pandas as pd

from likvard.contracts import Table

PROVENANCE_COLUMNS = ["source_file", "source_row"]


def last_word(rows: pd.DataFrame, order: pd.Series, table: Table) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of ``table``, where a row of a later part replaces those of earlier ones with the same key; and those that replaced
    others: their part (``order``), and whether they say something else (``changed``).

    ``order`` is the place of each row's part. Two rows with the same key in one part both stay: that is for the checks to find.
    """
    key = list(table.primary_key)
    again = rows.duplicated(key, keep=False)
    if not key or not again.any():
        return rows, pd.DataFrame({"order": [], "changed": []})
    repeated = rows.loc[again].assign(order=order[again])
    each = repeated.groupby(key, dropna=False, observed=True)["order"]
    latest, first = each.transform("max"), each.transform("min")
    newer = repeated[(repeated["order"] == latest) & (first < latest)]
    older = repeated[repeated["order"] < latest]
    content = [column for column in rows.columns if column not in PROVENANCE_COLUMNS]
    known = newer.merge(older[content].drop_duplicates(), on=content, how="left", indicator=True)["_merge"]
    replacing = pd.DataFrame({"order": newer["order"].array, "changed": known.ne("both").array})
    return rows.drop(index=older.index).reset_index(drop=True), replacing
