"""Two snapshots of Kolada compared: what was revised without being announced."""

from __future__ import annotations

import pandas as pd

from likvard.fetch.kolada.importer import KEY

COLUMNS = [*KEY, "earlier_value", "earlier_status", "later_value", "later_status", "change"]


def restated(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """One row for each figure of ``earlier`` that says something else in ``later``, or is gone from it.

    ``change`` is ``revised`` (another value), ``filled`` (a value where there was none), ``withdrawn`` (no value any
    more) or ``status`` (no value in either, for another reason). Figures that are only in ``later`` are news, not
    restatements.
    """
    old = earlier[[*KEY, "value", "status"]].rename(columns={"value": "earlier_value", "status": "earlier_status"})
    new = later[[*KEY, "value", "status"]].rename(columns={"value": "later_value", "status": "later_status"})
    both = old.merge(new, on=KEY, how="left", validate="one_to_one")
    had, has = both["earlier_value"].notna(), both["later_value"].notna()
    differs = had & has & (both["earlier_value"] != both["later_value"]).fillna(False).astype(bool)
    other_status = ~had & ~has & (both["earlier_status"] != both["later_status"].fillna("")).astype(bool)
    change = pd.Series(pd.NA, index=both.index, dtype="string")
    change = change.mask(differs, "revised").mask(~had & has, "filled").mask(had & ~has, "withdrawn")
    change = change.mask(other_status, "status")
    return both.assign(change=change)[change.notna()].sort_values(KEY, ignore_index=True)[COLUMNS]
