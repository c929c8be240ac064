"""Follow-up of actions: what happened beside what was to be expected without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from likvard.contracts.periods import first_month, grain_of, year_before
from likvard.equity.estimate import Estimate
from likvard.equity.follow_up import beyond_expected
from likvard.indicators.record import EVERYONE, FOLLOW_UP, SHOWN, rows_of
from likvard.indicators.registry import Definition

KINDS = {"school": "school_id", "area": "area_id"}


def followed(
    definition: Definition,
    cells: pd.DataFrame,
    earlier: Mapping[str, pd.DataFrame],
    beyond: Mapping[str, pd.DataFrame],
    actions: pd.DataFrame,
    references: Mapping[str, str],
    level: float,
) -> pd.DataFrame:
    """One row per action that is meant to change the indicator: ``follow_up``, what happened − what was to be expected.

    Before is the same part of the year, the last time before the action began; after is the period of ``cells``, which has
    begun after it (a period that the action began in is neither). What is expected is what those schools (or areas) without an
    action came to that began alike, which takes the common development and the return to the mean into account
    (``follow_up.beyond_expected``). Where schools are compared fairly (``beyond``: by period, ``value``, ``actual`` and ``n``
    of each school) they begin and end with what lies beyond what their intake leads one to expect, so that neither a new intake
    nor one odd year group is taken for an effect. An action that is to close a gap is followed by the gap: everyone else whose
    group is known − the reference group. Numerator and denominator are what happened and what was expected; n is that of the
    unit, the smaller of the two periods. ``reference`` is the action and the period before, as ``A0001:2024T1``.
    """
    if cells.empty or actions.empty or definition.kind not in ("mean", "share", "ratio"):
        return pd.DataFrame()
    period = str(cells["period"].iloc[0])
    mine = actions[actions["indicator"].eq(definition.id)]
    parts, known = [], dict[tuple[str, str, str, bool], pd.DataFrame]()
    rows: Iterator[Any] = mine.itertuples(index=False)
    for action in rows:
        begun = action.starts_on.date()
        then = _before(period, begun, earlier)
        crossed = then is not None and any(then < place <= period for place in definition.breaks)
        if then is None or crossed or not _first_day(period) > begun:
            continue
        kind = "school" if isinstance(action.school_id, str) else "area"
        group_by = action.group_by if isinstance(action.group_by, str) else EVERYONE
        fairly = kind == "school" and group_by == EVERYONE and {then, period} <= set(beyond)
        for at, part in ((period, cells), (then, earlier[then])):
            if (at, kind, group_by, fairly) not in known:
                known[at, kind, group_by, fairly] = beyond[at] if fairly else _values(part, kind, group_by, references)
        now, before = (known[at, kind, group_by, fairly] for at in (period, then))
        both = now.add_suffix("_now").join(before.add_suffix("_then"), how="outer")
        unit = getattr(action, KINDS[kind])
        if unit not in both.index:
            continue
        others = set(mine[KINDS[kind]].dropna()) - {unit}
        both = both[~both.index.isin(others)]
        found = beyond_expected(both["value_then"], both["value_now"], both.index == unit, level)
        n = both.loc[[unit], ["n_then", "n_now"]].min(axis=1).to_numpy()
        found = Estimate(found.value, found.low, found.high, n, found.status, pd.Index([unit]), found.beside)
        made = rows_of(found, FOLLOW_UP, kind, group_by=group_by, reference=f"{action.action_id}:{then}")
        happened = both["actual_now"] if fairly else both["value_now"]
        made = made.assign(numerator=happened.get(unit))
        parts.append(made.assign(denominator=made["numerator"] - made["value"]))
    return pd.concat(parts, ignore_index=True).assign(period=period) if parts else pd.DataFrame()


def _before(period: str, begun: date, earlier: Mapping[str, pd.DataFrame]) -> str | None:
    """The last same part of a year that was over when the action began and that the indicator is told for."""
    then, grain = period, grain_of(period)
    while then >= min(earlier, default=period):
        following = year_before(then, grain)
        if then in earlier and _last_day(then) < begun:
            return then
        then = following
    return None


def _first_day(period: str) -> date:
    year, month = first_month(period, grain_of(period))
    return date(year, month, 1)


def _last_day(period: str) -> date:
    """The day after the last of the period, less one: no month is counted in days here."""
    months = {"school_year": 12, "term": 6, "quarter": 3}[grain_of(period)]
    first = _first_day(period)
    month = first.month - 1 + months
    return date.fromordinal(date(first.year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def _values(cells: pd.DataFrame, kind: str, group_by: str, references: Mapping[str, str]) -> pd.DataFrame:
    """``value`` and ``n`` of each unit: its level, or the gap of everyone else whose group is known to the reference group."""
    rows = cells[cells["unit_kind"].eq(kind) & cells["group_by"].eq(group_by) & cells["group"].ne("unknown")]
    unit = rows["unit_id"].astype(object)
    if group_by == EVERYONE:
        told = rows["status"].eq(SHOWN)
        return pd.DataFrame({"value": rows["value"].where(told).to_numpy(), "n": rows["n"].to_numpy()}, index=unit)
    top = rows["group"].eq(references[group_by])
    sums = {
        name: rows.loc[chosen, ["numerator", "denominator", "n"]].groupby(unit[chosen]).sum()
        for name, chosen in (("others", ~top), ("reference", top))
    }
    means = {
        name: part["numerator"] / part["denominator"].where(part["denominator"] > 0) for name, part in sums.items()
    }
    both = pd.DataFrame(means)
    n = np.minimum(sums["others"]["n"].reindex(both.index), sums["reference"]["n"].reindex(both.index))
    return pd.DataFrame({"value": both["others"] - both["reference"], "n": n})
