"""What earlier editions released, and what that leaves to this one to show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from likvard.disclosure.ledger import NOT_SAID, carried_on, frozen, history
from likvard.disclosure.profiles import PROFILES
from likvard.indicators.record import HELD_BACK, KEY, LEVEL, NUMBERS, SHOWN
from likvard.indicators.registry import Definition
from likvard.protect.rounding import rounded
from likvard.protect.rules import is_ours

# A figure is the same in every edition.
SAME = [column for column in KEY if column != "edition"]
HIDDEN_BEFORE, RESTATED = "hidden_before", "restated"


@dataclass(frozen=True)
class Past:
    """Flags of every row of the record.

    ``shown`` or ``hidden`` by an earlier edition; ``restated``: in a period of which an earlier edition showed a level that is now
    another, as the delivery was corrected.
    """

    shown: pd.Series
    hidden: pd.Series
    restated: pd.Series

    def of(self, rows: pd.Index) -> Past:
        """The flags of these rows alone."""
        return Past(self.shown.loc[rows], self.hidden.loc[rows], self.restated.loc[rows])

    def rules(self, rule: pd.Series) -> pd.Series:
        """The rules of the rows, where what was hidden stays hidden, and a restated period shows nothing that is not out already:
        beside what is out it would tell who the correction is about."""
        rule = rule.mask(rule.eq("") & self.hidden, HIDDEN_BEFORE)
        return rule.mask(rule.eq("") & self.restated & ~self.shown, RESTATED)


def past_of(record: pd.DataFrame, released: pd.DataFrame, registry: dict[str, Definition]) -> Past:
    """What the ledger (``released``, all figures of all editions with their profile) says of each row of the record."""
    nothing = pd.Series(data=False, index=record.index)
    if released.empty:
        return Past(nothing, nothing, nothing)
    flags = carried_on(record, history(released, SAME, frozenset({HELD_BACK})), SAME)
    ours = is_ours(record)
    level = ours & record["measure"].eq(LEVEL) & flags["was_shown"]
    return Past(flags["was_shown"], flags["was_hidden"] & ours, _restated(record, released, registry, level))


def _restated(
    record: pd.DataFrame, released: pd.DataFrame, registry: dict[str, Definition], level: pd.Series
) -> pd.Series:
    """Rows of the periods in which a level that is out is now another, rounded as the edition that first showed it was.

    Without its profile it is another where it is in every one: an exact 15 is no 13 that is now rounded to 15.
    """
    out = frozen(record.assign(n=np.nan, value=np.nan), released, SAME, ["n", "value"])[level]
    profile = frozen(record.assign(profile=NOT_SAID), released, SAME, ["profile"]).loc[out.index, "profile"]
    same = pd.Series(data=False, index=out.index)
    for name, strict in PROFILES.items():
        now = rounded(record, registry, strict).loc[out.index]
        asked = profile.isin([name, NOT_SAID])
        same |= asked & np.isclose(now["value"], out["value"]) & np.isclose(now["n"], out["n"])
    return record["period"].isin(set(record.loc[same.index[~same], "period"]))


def as_first_shown(found: pd.DataFrame, released: pd.DataFrame) -> pd.DataFrame:
    """The same figures, where those that were shown before have the numbers of the first edition that showed them."""
    if released.empty:
        return found
    shown = found["status"].eq(SHOWN) & is_ours(found)
    result = found.copy()
    result.loc[shown, NUMBERS] = frozen(found[shown], released, SAME, NUMBERS)[NUMBERS].to_numpy()
    return result
