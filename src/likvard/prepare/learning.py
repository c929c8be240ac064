"""What is known of each pupil's learning and support in a term: grades, merit value, eligibility, support measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from likvard.rules.eligibility import eligibility
from likvard.rules.grade_scale import GradeScale, scale_of
from likvard.rules.merit import merit

FINAL = "final"


def grade_columns(terms_with_final_grades: Iterable[str], scales: dict[str, GradeScale]) -> dict[str, str]:
    """What ``with_grades`` adds in every term, and its types: merit value and eligibility where final grades are set in any."""
    rule_sets = [name for term in terms_with_final_grades for name in scale_of(term, scales).eligibility.rule_sets]
    final = {"merit_value": "Float64"} | {f"eligible_{name}": "boolean" for name in rule_sets} if rule_sets else {}
    return {"grade_points": "Float64", "all_passed": "boolean"} | final


def with_grades(
    pupil_period: pd.DataFrame, grades: pd.DataFrame, scales: dict[str, GradeScale], columns: Mapping[str, str]
) -> pd.DataFrame:
    """The rows of one term with what follows from the grades of the term: the ``columns`` with their types.

    ``grade_points``: the pupil's mean points over the graded subjects; ``all_passed``: whether no subject lacks a pass;
    and, from final grades only, ``merit_value`` and ``eligible_<rule set>``. Missing for pupils without grades in the term.
    """
    known = grades[["pupil_id"]]
    if len(grades):
        scale = scale_of(str(grades["period"].iloc[0]), scales)
        each = grades.assign(
            points=scale.points_of(grades["grade_mark"]), passed=grades["grade_mark"].isin(scale.passed)
        )
        # Who has a final grade in a subject has no other that counts.
        each = each.sort_values("grade_kind", key=lambda kind: kind.ne(FINAL), kind="stable")
        of_pupil = each.drop_duplicates(["pupil_id", "subject"]).groupby("pupil_id", sort=True)
        known = pd.DataFrame({"grade_points": of_pupil["points"].mean(), "all_passed": of_pupil["passed"].all()})
        final = grades[grades["grade_kind"].eq(FINAL)]
        if len(final):
            known = known.join(merit(final, scale).set_index("pupil_id")[["merit_value"]])
            known = known.join(eligibility(final, scale).set_index("pupil_id"))
        known = known.reset_index()
    known = known.reindex(columns=["pupil_id", *columns]).astype({"pupil_id": "string", **columns})
    return pupil_period.merge(known, on="pupil_id", how="left")


def with_support(pupil_period: pd.DataFrame, support: pd.DataFrame, measures: Iterable[str]) -> pd.DataFrame:
    """The rows of one term with ``support_<measure>`` of each of the measures: whether the pupil has it; missing in a term that no
    support is delivered for.
    """
    columns = {}
    for measure in measures:
        has = pupil_period["pupil_id"].isin(support.loc[support["support_measure"].eq(measure), "pupil_id"])
        columns[f"support_{measure}"] = has.astype("boolean").where(pd.Series(len(support) > 0, index=has.index))
    return pupil_period.assign(**columns)
