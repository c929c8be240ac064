"""Merit value (meritvärde): the sum of a pupil's best grades, with a modern language on top."""

from __future__ import annotations

import pandas as pd

from likvard.rules.grade_scale import GradeScale


def merit(grades: pd.DataFrame, scale: GradeScale) -> pd.DataFrame:
    """One row per pupil: ``merit_value``, ``merit_value_16``, ``graded_count`` and ``passed_count``.

    ``grades`` has one row per pupil and subject: ``pupil_id``, ``subject`` and ``grade_mark``. ``merit_value_16`` sums the
    (at most) 16 best grades, among them a modern language like any other; ``merit_value`` sums the 16 best of the *other*
    subjects and adds the modern language as language choice (M2) as a 17th. A pupil with fewer grades has the sum of those
    there are. F counts 0. A dash is no grade. As in the national statistics a pupil without any passed grade has no merit
    value: it is missing, not 0 – such pupils are counted by ``passed_count``.
    """
    rows = grades[["pupil_id", "subject", "grade_mark"]].assign(points=scale.points_of(grades["grade_mark"]))
    rows["passed"] = rows["grade_mark"].isin(scale.passed)
    rows = rows.sort_values(["pupil_id", "points"], ascending=[True, False], na_position="last", kind="stable")
    counts = rows.groupby("pupil_id", sort=True).agg(graded_count=("points", "count"), passed_count=("passed", "sum"))
    counts = counts.astype("Int64")
    any_passed = counts["passed_count"] > 0
    sixteen = _sum_of_best(rows, scale.merit.best)
    if scale.merit.language is None:
        seventeen = sixteen
    else:
        is_language = rows["subject"] == scale.merit.language.subject
        language = rows[is_language].groupby("pupil_id")["points"].max()
        others = _sum_of_best(rows[~is_language], scale.merit.best)
        seventeen = others.reindex(counts.index).fillna(0) + language.reindex(counts.index).fillna(0)
    result = counts.assign(
        merit_value=seventeen.reindex(counts.index).where(any_passed),
        merit_value_16=sixteen.reindex(counts.index).where(any_passed),
    )
    return result[["merit_value", "merit_value_16", "graded_count", "passed_count"]].reset_index()


def _sum_of_best(rows: pd.DataFrame, best: int) -> pd.Series:
    """The sum of each pupil's best points; ``rows`` are sorted with the best first."""
    return rows[rows.groupby("pupil_id").cumcount() < best].groupby("pupil_id")["points"].sum()
