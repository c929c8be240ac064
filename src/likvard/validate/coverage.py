"""How much of what it should every school has reported: the check, and the classes that the picture of it shows."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

import pandas as pd

from likvard.contracts.periods import GRAINS, days, is_period, within
from likvard.contracts.rules import CoverageRule
from likvard.validate.coded import plain, renamed, stands_in
from likvard.validate.rule import DELIVERY, MarkedRule
from likvard.validate.telling import Telling

Reported = Literal["full", "partly", "nothing", "few", "not_due"]
CLASSES: tuple[Reported, ...] = ("full", "partly", "nothing", "few", "not_due")


@dataclass(frozen=True, kw_only=True)
class Covered(MarkedRule):
    """Every school reports enough of what it should in every period. ``sound`` are the columns that can be judged."""

    kind: ClassVar[str] = "coverage"
    about_rows: ClassVar[bool] = False
    rule: CoverageRule
    sound: frozenset[str]

    @property
    def name(self) -> str:
        return self.rule.rule

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        share = self.shares(frame, frame[DELIVERY])
        few = share[share < self.rule.share].index.to_frame(index=False)
        return ~stands_in(frame[[DELIVERY, "school_id"]], few).fillna(False)

    def shares(self, frame: pd.DataFrame, period: pd.Series) -> pd.Series:
        """The share that is reported, by period and school; nothing where nothing was to be reported."""
        if self.rule.part and self.rule.whole:
            reported, due = frame[self.rule.part], frame[self.rule.whole]
        else:
            wanted = [name for name, field in self.table.fields.items() if field.required_share and name in self.sound]
            reported = frame[wanted].notna().sum(axis="columns")
            due = pd.Series(len(wanted), index=frame.index)
        sums = pd.DataFrame({"part": reported, "whole": due}).groupby([period, frame["school_id"]], observed=True).sum()
        return (sums["part"] / sums["whole"].where(sums["whole"] > 0)).dropna()

    def reported(self, frame: pd.DataFrame, open_until: Mapping[str, date], fewest: int) -> pd.DataFrame:
        """What every school (row) has reported in every period (column), as one of ``CLASSES``; months are taken by quarter.

        ``few`` is a school with fewer pupils than ``fewest``, of whom nothing is said. A school is not due before it first
        reported and after the last day that ``open_until`` has for it.
        """
        names = frame[DELIVERY].dropna().unique()
        grain = next((grain for grain in GRAINS if len(names) and all(is_period(name, grain) for name in names)), None)
        if grain is None:
            return pd.DataFrame()
        wanted = "quarter" if grain == "month" else grain
        period = renamed(frame[DELIVERY], {name: within(name, grain, wanted) for name in names})
        told = plain(self.shares(frame, period).rename_axis(["period", "school_id"]).rename("share").reset_index())
        share = told.pivot_table(index="school_id", columns="period", values="share", aggfunc="first")
        places = frame["pupil_id"].groupby([period.rename("period"), frame["school_id"]], observed=True)
        counted = plain(places.nunique().reset_index())
        pupils = counted.pivot_table(index="school_id", columns="period", values="pupil_id").reindex_like(share)
        found = pd.DataFrame("nothing", index=share.index, columns=share.columns)
        found = found.mask(share > 0, "partly").mask(share >= self.rule.share, "full")
        # A school that has pupils, but of whom nothing is to be reported, has nothing to report.
        found = found.mask(share.isna() & (pupils > 0), "not_due").mask((pupils > 0) & (pupils < fewest), "few")
        begun = share.notna().cummax(axis="columns")
        last = pd.Series({school: open_until.get(str(school), date.max) for school in share.index})
        for name in found.columns:
            found[name] = found[name].where(begun[name] & (last >= days(str(name), wanted)[0]), "not_due")
        return found.sort_index()

    def holds(self, tell: Telling) -> str:
        return tell.say(
            "every school reports at least {share} in every period: {title}",
            share=tell.per_cent(self.rule.share),
            title=self.title(tell),
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        share = self.shares(frame, frame[DELIVERY])
        few = [
            tell.say("{school} in {period}", school=school, period=tell.period(periods[0], self.table))
            if len(periods) == 1
            else tell.say("{school} in {count} periods", school=school, count=len(periods))
            for school, periods in _periods_by_school(share[share < self.rule.share])
        ]
        return tell.say(
            "{title}: less than {share} is reported by {schools}",
            title=self.title(tell),
            share=tell.per_cent(self.rule.share),
            schools=tell.some_of(few),
        )

    def title(self, tell: Telling) -> str:
        """What is reported, in words."""
        return self.rule.title.sv if tell.language.code == "sv" else self.rule.title.en

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} to see that these schools report, and to send the file again.", owner=tell.owner(self.table)
        )


def _periods_by_school(share: pd.Series) -> list[tuple[str, list[str]]]:
    """The schools and the periods of each, both in their order."""
    by_school: dict[str, list[str]] = {}
    for period, school in share.index:
        by_school.setdefault(str(school), []).append(str(period))
    return sorted(by_school.items())


def open_until(schools: pd.DataFrame | None) -> dict[str, date]:
    """The last day on which each school is known to be open, for those that have closed or left the register."""
    if schools is None or not {"school_id", DELIVERY} <= set(schools):
        return {}
    newest = schools[DELIVERY].max()
    last = schools.dropna(subset=["school_id", DELIVERY]).groupby("school_id", observed=True)[DELIVERY].max()
    until = {
        str(school): days(period, grain)[1]
        for school, period in last.items()
        for grain in GRAINS
        if period < newest and is_period(period, grain)
    }
    if "valid_to" in schools and len(last):
        ended = schools.dropna(subset=["valid_to"]).groupby("school_id", observed=True)["valid_to"].max()
        until |= {str(school): day.date() for school, day in ended.items()}
    return until


def picture(rule: Covered, frame: pd.DataFrame, schools: pd.DataFrame | None, tell: Telling) -> dict[str, Any]:
    """What every school has reported in every period, with the schools' names, as the picture of it shows."""
    reported = rule.reported(frame, open_until(schools), tell.fewest)
    names = _names(schools)
    return {
        "rule": rule.rule.rule,
        "title": rule.title(tell),
        "share": rule.rule.share,
        "classes": list(CLASSES),
        "periods": [str(period) for period in reported.columns],
        "schools": [
            {"id": str(school), "name": names.get(str(school), str(school)), "reported": list(row)}
            for school, row in zip(reported.index, reported.to_numpy().tolist(), strict=True)
        ],
    }


def _names(schools: pd.DataFrame | None) -> dict[str, str]:
    """The newest name of each school."""
    if schools is None or not {"school_id", "school_name"} <= set(schools):
        return {}
    newest = schools.dropna(subset=["school_id", "school_name"]).sort_values(DELIVERY).groupby("school_id").tail(1)
    return dict(zip(newest["school_id"].astype(str), newest["school_name"].astype(str), strict=True))
