"""Skolverket's names of measures, and ours with their units."""

from __future__ import annotations

from typing import NamedTuple


class Measure(NamedTuple):
    """One measure: our name, and the unit of its values. Shares are percentages, as they are published."""

    name: str
    unit: str


MERIT = Measure("merit_value_17", "points")
ELIGIBLE = Measure("eligible_vocational_percent", "percent")
ALL_PASSED = Measure("all_subjects_passed_year_9_percent", "percent")
PUPILS_YEAR_9 = Measure("pupils_year_9_count", "pupils")
PUPILS = Measure("pupils_count", "pupils")
QUALIFIED = Measure("qualified_teachers_percent", "percent")
SALSA_ACTUAL = Measure("salsa_merit_actual", "points")
SALSA_MODEL = Measure("salsa_merit_model", "points")
SALSA_DEVIATION = Measure("salsa_merit_deviation", "points")
SALSA_PASSED_DEVIATION = Measure("salsa_all_passed_deviation", "percentage_points")
SALSA_PARENTS = Measure("salsa_parents_education", "index_1_3")

# Column headings of the SIRIS exports, spaces and line-break hyphens aside.
SIRIS = {
    "Antal elever": PUPILS_YEAR_9,
    "Totalt antal elever årskurs 9": PUPILS_YEAR_9,
    "Andel (%) elever som uppfyllt betygskriterierna i alla ämnen": ALL_PASSED,
    "Andel (%) som fått godkänt betyg i alla ämnen": ALL_PASSED,
    "Andel (%) elever behöriga till yrkesprog.": ELIGIBLE,
    "Andel (%) behöriga till yrkesprogram": ELIGIBLE,
    "Genomsnittligt meritvärde (17 ämnen)": MERIT,
    "Genomsnittligt meritvärde (16 ämnen)": Measure("merit_value_16", "points"),
    "- andel (%) flickor": Measure("girls_percent", "percent"),
    "- andel (%) pojkar": Measure("boys_percent", "percent"),
    "- andel (%) elever med utländsk bakgrund": Measure("foreign_background_percent", "percent"),
    "- andel (%) med föräldrar med eftergymnasial utbildning": Measure("parents_higher_education_percent", "percent"),
}

# Planned Educations v4, /school-units/{code}/statistics/gr.
STATISTICS = {
    "averageGradesMeritRating9thGrade": MERIT,
    "ratioOfPupils9thGradeEligibleForNationalProgramYR": ELIGIBLE,
    "ratioOfPupils9thGradeEligibleForNationalProgramES": Measure("eligible_arts_percent", "percent"),
    "ratioOfPupils9thGradeEligibleForNationalProgramNATE": Measure("eligible_science_technology_percent", "percent"),
    "ratioOfPupils9thGradeEligibleForNationalProgramSAEKHU": Measure(
        "eligible_social_economics_humanities_percent", "percent"
    ),
    "ratioOfPupilsIn9thGradeWithAllSubjectsPassed": ALL_PASSED,
    "ratioOfPupilsIn6thGradeWithAllSubjectsPassed": Measure("all_subjects_passed_year_6_percent", "percent"),
    "certifiedTeachersQuota": QUALIFIED,
    "specialEducatorsQuota": Measure("special_educators_percent", "percent"),
    "specialTeacherPositions": Measure("special_teachers_fte", "full_time_equivalents"),
    "studentsPerTeacherQuota": Measure("pupils_per_teacher", "pupils_per_full_time_equivalent"),
    "totalNumberOfPupils": PUPILS,
} | {
    f"averageResultNationalTestsSubject{subject}{year}thGrade": Measure(
        f"national_test_{name}_year_{year}_points", "grade_points"
    )
    for subject, name in {"SVE": "swedish", "SVA": "swedish_second", "ENG": "english", "MA": "mathematics"}.items()
    for year in (6, 9)
}

# Planned Educations v4, /statistics/all-schools/salsa.
SALSA = {
    "salsaAverageGradesIn9thGradeActual": SALSA_ACTUAL,
    "salsaAverageCalculated": SALSA_MODEL,
    "salsaAverageGradesIn9thGradeDeviation": SALSA_DEVIATION,
    "salsaRequirementsReachedActual": Measure("salsa_all_passed_actual", "percent"),
    "salsaRequirementsReachedCalculated": Measure("salsa_all_passed_model", "percent"),
    "salsaRequirementsReachedDeviation": SALSA_PASSED_DEVIATION,
    "salsaParentsEducation": SALSA_PARENTS,
    "salsaNewlyImmigratedQuota": Measure("salsa_newly_immigrated_percent", "percent"),
    "salsaBoysQuota": Measure("salsa_boys_percent", "percent"),
}

# The five indices of Skolenkäten, 0–10, and the ending of their names here.
SURVEY_INDICES = {
    "security": "safety",
    "satisfaction": "satisfaction",
    "workingEnvironment": "calm",
    "support": "support",
    "inspiration": "stimulation",
}


def survey_measure(who: str, index: str, school_year: str) -> Measure:
    """The index of Skolenkäten as answered by ``who`` (pupil or guardian), with the year group where one is told."""
    ending = f"_year_{school_year.removeprefix('ak')}" if school_year else ""
    return Measure(f"{who}_survey_{index}{ending}", "index_0_10")


def survey_answers(who: str, school_year: str) -> Measure:
    """How many answers the indices rest on."""
    return Measure(survey_measure(who, "answers", school_year).name, "answers")
