"""The other tables that indicators are computed from: attendance, survey answers, staff, and what surrounds the schools."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from likvard.contracts import CodeList
from likvard.contracts.periods import within
from likvard.params import AbsenceChoice
from likvard.prepare.link import PROVENANCE, in_report_groups
from likvard.rules.absence import AbsenceRule, absence, unit_coverage


def pupil_quarters(
    minutes: pd.DataFrame,
    pupil_period: pd.DataFrame,
    schools: pd.DataFrame,
    grouped: Sequence[str],
    choice: AbsenceChoice,
) -> pd.DataFrame:
    """One row per pupil, school and quarter with the minutes of its months and what follows from them.

    Area, class and groups are those of the term that the quarter lies in. Where a school did not report enough of its
    teaching in a quarter, nobody there has an absence: the figure would show how it reports.
    """
    quarter = minutes["period"].map({month: within(month, "month", "quarter") for month in minutes["period"].unique()})
    rows = minutes.drop(columns=PROVENANCE).assign(period=quarter.astype("string"))
    rule = AbsenceRule(choice.extensive_share, choice.least_offered_minutes, choice.least_coverage)
    coverage = unit_coverage(rows, ["school_id", "period"])
    low = coverage.loc[coverage["coverage"].fillna(0) < rule.least_coverage, ["school_id", "period"]]
    rows = absence(rows, ["pupil_id", "school_id", "period"], rule)
    unsaid = pd.MultiIndex.from_frame(rows[["school_id", "period"]]).isin(pd.MultiIndex.from_frame(low))
    figures = ["absence_share", "invalid_absence_share", "extensive_absence"]
    rows = rows.assign(**{name: rows[name].mask(unsaid) for name in figures})
    rows["term"] = rows["period"].map({one: within(one, "quarter", "term") for one in rows["period"].unique()})
    roll = pupil_period[["pupil_id", "period", "grade", "class_id", *grouped]].rename(columns={"period": "term"})
    places = schools[["school_id", "period", "area_id"]].rename(columns={"period": "term"})
    rows = rows.merge(roll, on=["pupil_id", "term"], how="left").merge(places, on=["school_id", "term"], how="left")
    return rows.sort_values(["period", "pupil_id", "school_id"], ignore_index=True)


def survey_answers(
    survey: pd.DataFrame, schools: pd.DataFrame, grouped: Sequence[str], codes: dict[str, CodeList]
) -> pd.DataFrame:
    """One row per answer, with the school's area. An answer belongs to no pupil that we know."""
    rows = in_report_groups(survey.drop(columns=PROVENANCE), grouped, codes)
    return _with_area(rows, schools).sort_values(["answer_id"], ignore_index=True)


def school_staff(staff: pd.DataFrame, schools: pd.DataFrame, school_period: pd.DataFrame) -> pd.DataFrame:
    """One row per school and term with its staff, its area and its pupils."""
    pupils = school_period[["school_id", "period", "pupils_count"]]
    rows = _with_area(staff.drop(columns=PROVENANCE), schools).merge(pupils, on=["school_id", "period"], how="left")
    return rows.sort_values(["school_id", "period"], ignore_index=True)


def area_quarters(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One row per area and quarter with all that the social services and the housing company tell of it."""
    rows, *others = (part.drop(columns=PROVENANCE) for part in parts)
    for other in others:
        rows = rows.merge(other, on=["area_id", "period"], how="outer")
    return rows.sort_values(["area_id", "period"], ignore_index=True)


def actions(register: pd.DataFrame) -> pd.DataFrame:
    """One row per action, as it stood in the newest quarter that tells of it."""
    rows = register.drop(columns=PROVENANCE).sort_values(["action_id", "period"]).groupby("action_id").tail(1)
    return rows.reset_index(drop=True)


def _with_area(rows: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    return rows.merge(schools[["school_id", "period", "area_id"]], on=["school_id", "period"], how="left")
