"""The linked tables, one per grain, from the staged tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from likvard.contracts import CodeList, Table
from likvard.contracts.codes import UNKNOWN

PROVENANCE = ["source_file", "source_row"]


def dimensions(table: Table) -> tuple[str, ...]:
    """The columns that pupils can be grouped by: what is coded and says something about a person, but for the grade."""
    return tuple(
        name
        for name, field in table.fields.items()
        if field.codes and name != "grade" and field.data_class in ("quasi_identifier", "sensitive")
    )


def in_report_groups(rows: pd.DataFrame, columns: Sequence[str], codes: dict[str, CodeList]) -> pd.DataFrame:
    """The same rows with report groups in ``columns``; not known is the group ``unknown``."""
    named = {name: rows[name].map(codes[name].report_group).astype("string").fillna(UNKNOWN) for name in columns}
    return rows.assign(**named)


def pupil_periods(
    pupils: pd.DataFrame,
    before: pd.DataFrame | None,
    schools: pd.DataFrame,
    teachers: pd.DataFrame | None,
    codes: dict[str, CodeList],
    grouped: Sequence[str],
) -> pd.DataFrame:
    """One row per pupil of one period, with area, class size and teacher, and with what changed since the period before.

    The columns ``grouped`` hold report groups. ``before`` is what this function made of the period just before (None for the
    first): ``changed_school`` and ``changed_lunch`` compare with the pupil's row in it and are missing where there is none (or
    where either lunch status is unknown). A pupil's groups are those of the period itself: one who got free lunch in the second
    year counts as such from then on.
    """
    rows = pupils.drop(columns=PROVENANCE)
    rows = rows.merge(schools[["school_id", "period", "area_id"]], on=["school_id", "period"], how="left")
    if teachers is not None:
        teacher = teachers[["class_id", "period", "degree", "experience_years"]].rename(
            columns={"degree": "teacher_degree", "experience_years": "teacher_experience_years"}
        )
        rows = rows.merge(teacher, on=["class_id", "period"], how="left")
        rows["teacher_degree"] = rows["teacher_degree"].map(codes["degree"].report_group).astype("string")
    in_class = rows.groupby(["class_id", "period"])["pupil_id"].transform("size")
    rows["class_size"] = in_class.astype("Int64")
    rows = in_report_groups(rows, grouped, codes)
    rows = _with_changes(rows, rows.head(0) if before is None else before, schools, codes)
    return rows.sort_values("pupil_id", ignore_index=True)


def _with_changes(
    rows: pd.DataFrame, before: pd.DataFrame, schools: pd.DataFrame, codes: dict[str, CodeList]
) -> pd.DataFrame:
    """The same rows with ``changed_school`` and, where lunch is delivered, ``changed_lunch``."""
    followed = ["school_id", *(["lunch"] if "lunch" in rows else [])]
    names = {column: f"{column}_before" for column in followed}
    rows = rows.merge(before[["pupil_id", *followed]].rename(columns=names), on="pupil_id", how="left")
    was_there = rows["school_id_before"].notna()
    moved = (rows["school_id"] != rows["school_id_before"]) & ~_had_to_leave(rows, schools, codes)
    rows["changed_school"] = moved.where(was_there).astype("boolean")
    if "lunch" in rows:
        lunch_known = was_there & rows["lunch"].ne(UNKNOWN) & rows["lunch_before"].ne(UNKNOWN)
        rows["changed_lunch"] = (rows["lunch"] != rows["lunch_before"]).where(lunch_known).astype("boolean")
    return rows.drop(columns=list(names.values()))


def _had_to_leave(rows: pd.DataFrame, schools: pd.DataFrame, codes: dict[str, CodeList]) -> pd.Series:
    """Whether the school before has closed or does not teach the pupil's grade; false where schools do not tell their grades."""
    if "grade_to" not in schools:
        return pd.Series(False, index=rows.index)
    order = {grade: place for place, grade in enumerate(codes["grade"].codes)}
    highest = schools[["school_id", "period", "grade_to"]].rename(columns={"school_id": "school_id_before"})
    found = rows[["school_id_before", "period", "grade"]].merge(highest, on=["school_id_before", "period"], how="left")
    closed = found["grade_to"].isna()
    too_old = found["grade"].map(order).gt(found["grade_to"].map(order)).fillna(False).astype(bool)
    return pd.Series((closed | too_old).to_numpy(), index=rows.index)


def pupils_of_schools(pupil_period: pd.DataFrame) -> pd.DataFrame:
    """How many pupils and known classes each school has in each period, where it has any."""
    return pupil_period.groupby(["school_id", "period"], as_index=False).agg(
        pupils_count=("pupil_id", "size"), classes_count=("class_id", "nunique")
    )


def school_periods(schools: pd.DataFrame, counted: pd.DataFrame | None) -> pd.DataFrame:
    """One row per school and period, with ``pupils_of_schools`` (where pupils are delivered)."""
    if counted is None:
        return schools.drop(columns=PROVENANCE).sort_values(["school_id", "period"], ignore_index=True)
    rows = schools.drop(columns=PROVENANCE).merge(counted, on=["school_id", "period"], how="left")
    return _counts_filled(rows).sort_values(["school_id", "period"], ignore_index=True)


def area_periods(areas: pd.DataFrame, school_period: pd.DataFrame) -> pd.DataFrame:
    """One row per area and period, with how many schools and pupils it has."""
    counts = {"schools_count": ("school_id", "size"), "pupils_count": ("pupils_count", "sum")}
    told = {name: of for name, of in counts.items() if of[0] in school_period}
    counted = school_period.groupby(["area_id", "period"], as_index=False).agg(**told)
    rows = areas.drop(columns=PROVENANCE).merge(counted, on=["area_id", "period"], how="left")
    return _counts_filled(rows).sort_values(["area_id", "period"], ignore_index=True)


def _counts_filled(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows where a unit that nothing was counted in has the count 0 (a count of rows is known, not missing)."""
    counts = [column for column in rows.columns if column.endswith("_count")]
    return rows.assign(**{column: rows[column].fillna(0).astype("Int64") for column in counts})
