"""Eligibility (behörighet) for the national programmes of upper-secondary school."""

from __future__ import annotations

import pandas as pd

from likvard.rules.grade_scale import EligibilityByMean, EligibilityByPasses, GradeScale


def eligibility(grades: pd.DataFrame, scale: GradeScale) -> pd.DataFrame:
    """One row per pupil, and for each rule set of the scale a boolean column ``eligible_<rule set>``.

    ``grades`` has one row per pupil and subject: ``pupil_id``, ``subject`` and ``grade_mark``. On the scale A to F a pupil
    needs a pass in Swedish or Swedish as a second language, English and mathematics, in the subjects that the rule set names,
    and in a number of others: 8 subjects in all for vocational programmes (yrkesprogram) and 12 for the programmes that
    prepare for higher education. A subject counts once. A modern language as the pupil's choice and as language choice are
    two subjects, Swedish and Swedish as a second language are one. The exception for pupils who came late and lack English
    is decided by the principal and is not in the data.
    """
    pupils = pd.Index(sorted(grades["pupil_id"].unique()), name="pupil_id")
    rules = scale.eligibility
    columns = (
        _by_passes(grades, scale, rules, pupils)
        if isinstance(rules, EligibilityByPasses)
        else _by_mean(grades, scale, rules, pupils)
    )
    return pd.DataFrame(columns, index=pupils).astype("boolean").reset_index()


def _by_passes(
    grades: pd.DataFrame, scale: GradeScale, rules: EligibilityByPasses, pupils: pd.Index
) -> dict[str, pd.Series]:
    """Eligibility by passed subjects."""
    scale.points_of(grades["grade_mark"])
    passed = grades.loc[grades["grade_mark"].isin(scale.passed), ["pupil_id", "subject"]]
    # Subjects that stand for each other, such as Swedish and Swedish as a second language, are counted as one.
    same = {subject: group[0] for group in rules.core for subject in group}
    passed = passed.assign(subject=passed["subject"].replace(same)).drop_duplicates()
    core = [group[0] for group in rules.core]

    def passed_among(subjects: list[str]) -> pd.Series:
        return passed[passed["subject"].isin(subjects)].groupby("pupil_id").size().reindex(pupils, fill_value=0)

    all_passed = passed.groupby("pupil_id").size().reindex(pupils, fill_value=0)
    result = {}
    for name, rule in rules.rule_sets.items():
        needed = [*core, *rule.named]
        result[f"eligible_{name}"] = (passed_among(needed) == len(needed)) & (all_passed >= len(needed) + rule.others)
    return result


def _by_mean(
    grades: pd.DataFrame, scale: GradeScale, rules: EligibilityByMean, pupils: pd.Index
) -> dict[str, pd.Series]:
    """Eligibility by the mean of all grades; a pupil without any grade is not eligible."""
    mean = scale.points_of(grades["grade_mark"]).groupby(grades["pupil_id"]).mean().reindex(pupils)
    return {f"eligible_{name}": (mean >= rule.at_least).fillna(False) for name, rule in rules.rule_sets.items()}
