"""The linked tables, one per grain, from the staged tables."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from likvard.contracts import CodeList

UNKNOWN = "unknown"
GROUPED = ("gender", "ethnicity", "lunch")


def pupil_periods(
    pupils: pd.DataFrame, schools: pd.DataFrame, teachers: pd.DataFrame, codes: dict[str, CodeList]
) -> pd.DataFrame:
    """One row per pupil and period, with area, class size and teacher, and with what changed since the period before.

    ``gender``, ``ethnicity`` and ``lunch`` hold report groups; not known is the group ``unknown``. ``changed_school`` and
    ``changed_lunch`` compare with the pupil's row of the period just before and are missing where there is none (or where
    either lunch status is unknown). A pupil's groups are those of the period itself: one who got free lunch in the second
    year counts as such from then on.
    """
    rows = pupils.drop(columns=["source_file", "source_row"])
    rows = rows.merge(schools[["school_id", "period", "area_id"]], on=["school_id", "period"], how="left")
    teacher = teachers[["class_id", "period", "degree", "experience_years"]].rename(
        columns={"degree": "teacher_degree", "experience_years": "teacher_experience_years"}
    )
    rows = rows.merge(teacher, on=["class_id", "period"], how="left")
    rows["teacher_degree"] = rows["teacher_degree"].map(codes["degree"].report_group).astype("string")
    in_class = rows.groupby(["class_id", "period"])["pupil_id"].transform("size")
    rows["class_size"] = in_class.astype("Int64")
    for column in GROUPED:
        rows[column] = rows[column].map(codes[column].report_group).astype("string").fillna(UNKNOWN)
    return _with_changes(rows).sort_values(["pupil_id", "period"], ignore_index=True)


def _with_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows with ``changed_school`` and ``changed_lunch``."""
    periods = sorted(rows["period"].unique())
    following = dict(pairwise(periods))
    before = rows[["pupil_id", "period", "school_id", "lunch"]].assign(
        # The type is set because of the first delivery, after which nothing follows: an empty map has no type of its own.
        period=lambda frame: frame["period"].map(following).astype(frame["period"].dtype)
    )
    rows = rows.merge(
        before.rename(columns={"school_id": "school_before", "lunch": "lunch_before"}),
        on=["pupil_id", "period"],
        how="left",
    )
    was_there = rows["school_before"].notna()
    lunch_known = was_there & rows["lunch"].ne(UNKNOWN) & rows["lunch_before"].ne(UNKNOWN)
    rows["changed_school"] = (rows["school_id"] != rows["school_before"]).where(was_there).astype("boolean")
    rows["changed_lunch"] = (rows["lunch"] != rows["lunch_before"]).where(lunch_known).astype("boolean")
    return rows.drop(columns=["school_before", "lunch_before"])


def school_periods(schools: pd.DataFrame, pupil_period: pd.DataFrame) -> pd.DataFrame:
    """One row per school and period, with how many pupils and known classes it has."""
    counted = pupil_period.groupby(["school_id", "period"], as_index=False).agg(
        pupils_count=("pupil_id", "size"), classes_count=("class_id", "nunique")
    )
    rows = schools.drop(columns=["source_file", "source_row"]).merge(counted, on=["school_id", "period"], how="left")
    return _counts_filled(rows).sort_values(["school_id", "period"], ignore_index=True)


def area_periods(areas: pd.DataFrame, school_period: pd.DataFrame) -> pd.DataFrame:
    """One row per area and period, with how many schools and pupils it has."""
    counted = school_period.groupby(["area_id", "period"], as_index=False).agg(
        schools_count=("school_id", "size"), pupils_count=("pupils_count", "sum")
    )
    rows = areas.drop(columns=["source_file", "source_row"]).merge(counted, on=["area_id", "period"], how="left")
    return _counts_filled(rows).sort_values(["area_id", "period"], ignore_index=True)


def _counts_filled(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows where a unit that nothing was counted in has the count 0 (a count of rows is known, not missing)."""
    counts = [column for column in rows.columns if column.endswith("_count")]
    return rows.assign(**{column: rows[column].fillna(0).astype("Int64") for column in counts})
