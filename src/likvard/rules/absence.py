"""Absence from minutes: a share only where enough of the teaching was reported, and a threshold that is declared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SHOWN = "shown"
LOW_COVERAGE = "low_coverage"
SHORT_EXPOSURE = "short_exposure"
MISSING = "missing"
MINUTES = ("offered_minutes", "reported_minutes", "valid_absence_minutes", "invalid_absence_minutes")


@dataclass(frozen=True)
class AbsenceRule:
    """What counts as extensive absence, and when it can be said at all. All limits are inclusive.

    ``extensive_share``: absent for at least this share of the reported minutes. ``least_offered_minutes``: fewer offered
    minutes say nothing about a pupil (a few days before a move). ``least_coverage``: reported ÷ offered; below it the figure
    would show how a school reports, not who is absent.
    """

    extensive_share: float = 0.15
    least_offered_minutes: int = 1200
    least_coverage: float = 0.9


def absence(minutes: pd.DataFrame, by: list[str], rule: AbsenceRule) -> pd.DataFrame:
    """One row per ``by`` (such as pupil and term) with the summed minutes and what follows from them.

    ``coverage`` = reported ÷ offered; ``absence_share`` = (valid + invalid) ÷ reported, ``invalid_absence_share`` likewise;
    ``extensive_absence`` whether the share reaches the threshold; ``absence_status`` why there is no share: ``missing``
    (nothing was offered), ``low_coverage``, ``short_exposure``, else ``shown``. Coverage is judged first, because too few
    reported lessons make every other figure look better than it is. The three figures are missing unless shown.
    """
    rows = minutes.groupby(by, sort=True, dropna=False)[list(MINUTES)].sum().reset_index()
    offered, reported = rows["offered_minutes"].astype("float64"), rows["reported_minutes"].astype("float64")
    absent = (rows["valid_absence_minutes"] + rows["invalid_absence_minutes"]).astype("float64")
    invalid = rows["invalid_absence_minutes"].astype("float64")
    coverage = (reported / offered.where(offered > 0)).astype("float64")
    status = np.select(
        [~(offered > 0), ~(reported > 0) | (coverage < rule.least_coverage), offered < rule.least_offered_minutes],
        [MISSING, LOW_COVERAGE, SHORT_EXPOSURE],
        default=SHOWN,
    )
    shown = pd.Series(status == SHOWN, index=rows.index)
    # Minutes are whole numbers, so the threshold is compared without dividing: 15 % of 1 200 is reached by exactly 180.
    extensive = absent >= _least_minutes(reported, rule.extensive_share)
    return rows.assign(
        coverage=coverage.astype("Float64"),
        absence_share=(absent / reported.where(reported > 0)).where(shown).astype("Float64"),
        invalid_absence_share=(invalid / reported.where(reported > 0)).where(shown).astype("Float64"),
        extensive_absence=extensive.astype("boolean").where(shown),
        absence_status=pd.Series(status, index=rows.index, dtype="string"),
    )


def unit_coverage(minutes: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """One row per ``by`` (such as school and month) with ``coverage``, what every figure of the unit is judged by first."""
    rows = minutes.groupby(by, sort=True, dropna=False)[["offered_minutes", "reported_minutes"]].sum().reset_index()
    offered = rows["offered_minutes"].astype("float64")
    return rows.assign(
        coverage=(rows["reported_minutes"].astype("float64") / offered.where(offered > 0)).astype("Float64")
    )


def _least_minutes(reported: pd.Series, share: float) -> pd.Series:
    """The least whole number of minutes that is at least ``share`` of the reported ones; the share is read to 0.0001."""
    ten_thousandths = round(share * 10_000)
    return -((-reported.astype("int64") * ten_thousandths) // 10_000)
