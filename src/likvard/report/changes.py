"""What has changed most clearly since a year ago, over all units of an edition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from likvard.contracts.periods import grain_of, year_before
from likvard.equity.estimate import Estimate
from likvard.equity.multiplicity import benjamini_hochberg, p_value
from likvard.indicators.record import CHANGE, EVERYONE, SHOWN
from likvard.language import Language
from likvard.report.content.frames import difference_cell, records
from likvard.report.content.results import one_cohort
from likvard.report.released import UNIT_KIND, Released
from likvard.report.view import open_report

FALSE_SHARE = 0.05
"""Of the changes that are told, this share at most is to be expected by chance alone."""
MOST_TOLD = 12
REPORT_KIND = {unit: kind for kind, unit in UNIT_KIND.items()}


@dataclass(frozen=True)
class Change:
    """One change, with the report that tells of it."""

    unit_name: str
    href: str
    text: str
    """What has changed, from when to when, and how much, with the interval."""


def clearest_changes(language: Language, released: Released) -> tuple[list[Change], int]:
    """The changes of schools, areas and all that stand when every change of the edition is counted, by name of the unit, and how
    many were looked at.

    Of each indicator's newest figure against that of the year before; false findings are held at 5 per cent (Benjamini & Hochberg
    1995); of more than twelve the surest. Nothing where an edition follows a single cohort, whose grades change.
    """
    overview = open_report("overview", "all", language=language.code, released=released)
    if one_cohort(overview):
        return [], 0
    newest = released.edition["current"]
    before = {name: year_before(period, grain_of(period)) for name, period in newest.items()}
    rows = released.figures_where(measure=(CHANGE,), group_by=(EVERYONE,), status=(SHOWN,))
    rows = rows[rows["period"].eq(rows["indicator"].map(newest)) & rows["reference"].eq(rows["indicator"].map(before))]
    rows = rows[rows["low"].lt(rows["high"])]
    listed = [(unit.kind, unit.id) for kind in UNIT_KIND for unit in released.units_with_reports(kind)]
    rows = rows[pd.MultiIndex.from_frame(rows[["unit_kind", "unit_id"]]).isin(listed)]
    value, low, high, n = rows[["value", "low", "high", "n"]].to_numpy(dtype=float).T
    found = Estimate(value, low, high, n, status=np.full(len(rows), SHOWN))
    p = p_value(found, released.edition["interval_level"])
    stands = rows.assign(p=p)[benjamini_hochberg(p) <= FALSE_SHARE]
    stands = stands.sort_values(["p", "figure_id"], kind="stable").head(MOST_TOLD)
    told = []
    for row in records(stands):
        unit = released.units[row.unit_kind, row.unit_id]
        kind = REPORT_KIND[row.unit_kind]
        text = language.text(
            "{indicator}, {first} to {last}: {change} {unit}",
            indicator=overview.title_of(row.indicator),
            first=overview.periods[row.reference],
            last=overview.periods[row.period],
            change=difference_cell(overview, row, row.value).text,
            unit=language.text("percentage points")
            if overview.is_share(row.indicator)
            else overview.unit_of(row.indicator),
        )
        told.append(Change(unit.name, f"{kind}/{unit.id}.html", text))
    return sorted(told, key=lambda one: (language.sort_key(one.unit_name), one.text)), len(rows)
