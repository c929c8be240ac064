"""What is known of each pupil's learning and support in a term: grades, merit value, eligibility, support measures."""

from __future__ import annotations

import pandas as pd

from likvard.rules.eligibility import eligibility
from likvard.rules.grade_scale import GradeScale, scale_of
from likvard.rules.merit import merit

FINAL = "final"


def with_grades(pupil_period: pd.DataFrame, grades: pd.DataFrame, scales: dict[str, GradeScale]) -> pd.DataFrame:
    """The same rows with what follows from the term's grades.

    ``grade_points``: the pupil's mean points over the graded subjects; ``all_passed``: whether no subject lacks a pass;
    and, from final grades only, ``merit_value`` and ``eligible_<rule set>``. Missing for pupils without grades in the term.
    """
    parts = []
    for term, rows in grades.groupby("period"):
        scale = scale_of(str(term), scales)
        each = rows.assign(points=scale.points_of(rows["grade_mark"]), passed=rows["grade_mark"].isin(scale.passed))
        # Who has a final grade in a subject has no other that counts.
        each = each.sort_values("grade_kind", key=lambda kind: kind.ne(FINAL), kind="stable")
        each = each.drop_duplicates(["pupil_id", "subject"])
        of_pupil = each.groupby("pupil_id", sort=True)
        found = pd.DataFrame({"grade_points": of_pupil["points"].mean(), "all_passed": of_pupil["passed"].all()})
        final = rows[rows["grade_kind"].eq(FINAL)]
        if len(final):
            found = found.join(merit(final, scale).set_index("pupil_id")[["merit_value"]])
            found = found.join(eligibility(final, scale).set_index("pupil_id"))
        parts.append(found.reset_index().assign(period=term))
    known = pd.concat(parts, ignore_index=True)
    types = {str(name): "boolean" for name in known if str(name).startswith("eligible_") or name == "all_passed"}
    types |= {str(name): "Float64" for name in known if name in ("grade_points", "merit_value")}
    known = known.astype(types | {"period": "string", "pupil_id": "string"})
    return pupil_period.merge(known, on=["pupil_id", "period"], how="left")


def with_support(pupil_period: pd.DataFrame, support: pd.DataFrame) -> pd.DataFrame:
    """The same rows with ``support_<measure>``: whether the pupil has it, missing in terms that support is not delivered for."""
    delivered = pupil_period["period"].isin(support["period"].unique())
    key = pd.MultiIndex.from_frame(pupil_period[["pupil_id", "period"]])
    columns = {}
    for measure, rows in support.groupby("support_measure"):
        has = key.isin(pd.MultiIndex.from_frame(rows[["pupil_id", "period"]]))
        columns[f"support_{measure}"] = pd.Series(has, index=pupil_period.index, dtype="boolean").where(delivered)
    return pupil_period.assign(**columns)
