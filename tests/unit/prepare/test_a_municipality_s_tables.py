"""What ``prepare`` makes of grades, support, absence, answers and staff, on frames that can be checked by hand."""

from pathlib import Path

import pandas as pd
import pytest
from period_by_period import period_by_period

from likvard.contracts import read_tables
from likvard.params import AbsenceChoice
from likvard.prepare.around import area_quarters, pupil_quarters, school_staff, survey_answers
from likvard.prepare.learning import grade_columns, with_grades, with_support
from likvard.prepare.link import dimensions
from likvard.rules import read_scales

CONTRACTS = Path(__file__).parents[3] / "data/contracts"
TABLES = read_tables(CONTRACTS)
SCALES = read_scales(CONTRACTS)
TERMS = ("2025T1", "2025T2")
CHOICE = AbsenceChoice(extensive_share=0.15, least_offered_minutes=1200, least_coverage=0.9)
SCHOOLS = [("Low", "2025T1", "1", "K", "6"), ("Low", "2025T2", "1", "K", "6"), ("High", "2025T1", "1", "7", "9")]
SCHOOLS += [("High", "2025T2", "1", "7", "9"), ("Closing", "2025T1", "2", "K", "9"), ("All", "2025T1", "2", "K", "9")]
SCHOOLS += [("All", "2025T2", "2", "K", "9")]


def staged(rows: list[tuple[object, ...]], columns: str, **types: str) -> pd.DataFrame:
    names = columns.split()
    frame = pd.DataFrame(rows, columns=names).astype({name: types.get(name, "string") for name in names})
    return frame.assign(source_file="f.csv", source_row=2)


def schools() -> pd.DataFrame:
    return staged(list(SCHOOLS), "school_id period area_id grade_from grade_to")


def roll(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Each row: pupil, term, school, grade; the linked table."""
    pupils = staged(list(rows), "pupil_id period school_id grade").assign(class_id="c", gender="girl")
    return period_by_period(pupils, schools(), None, TABLES.codes, ["gender"])


def changed(*rows: tuple[str, str, str, str]) -> object:
    return roll(*rows).set_index("period")["changed_school"]["2025T2"]


def test_a_pupil_who_goes_on_to_the_school_of_the_next_grades_has_not_changed_school() -> None:
    assert not changed(("p", "2025T1", "Low", "6"), ("p", "2025T2", "High", "7"))


def test_a_pupil_whose_school_closed_has_not_changed_school() -> None:
    assert not changed(("p", "2025T1", "Closing", "4"), ("p", "2025T2", "All", "5"))


def test_a_pupil_who_could_have_stayed_has_changed_school() -> None:
    assert changed(("p", "2025T1", "All", "6"), ("p", "2025T2", "High", "7"))
    assert changed(("p", "2025T1", "Low", "4"), ("p", "2025T2", "All", "4"))


def test_pupils_can_be_grouped_by_what_is_coded_about_them_but_not_by_grade() -> None:
    assert set(dimensions(TABLES["pupils"])) == {
        "gender",
        "ethnicity",
        "lunch",
        "background",
        "newly_arrived",
        "parental_education",
    }
    assert dimensions(TABLES["survey"]) == ("gender",)


def graded(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Pupil p in grade 9 and q in grade 8 in the spring, with the grades: pupil, term, subject, kind, mark."""
    pupils = roll(("p", "2025T1", "High", "9"), ("q", "2025T1", "High", "8"), ("q", "2025T2", "High", "9"))
    grades = staged(list(rows), "pupil_id period subject grade_kind grade_mark")
    columns = grade_columns(["2025T1"], SCALES)
    each = [
        with_grades(pupils[pupils["period"].eq(term)], grades[grades["period"].eq(term)], SCALES, columns)
        for term in TERMS
    ]
    return pd.concat(each).set_index(["pupil_id", "period"])


def test_grade_points_are_the_mean_over_the_graded_subjects_and_a_dash_is_no_grade() -> None:
    rows = graded(
        ("q", "2025T1", "MA", "term", "A"), ("q", "2025T1", "EN", "term", "F"), ("q", "2025T1", "SV", "term", "–")
    )
    assert rows["grade_points"]["q", "2025T1"] == 10
    assert not rows["all_passed"]["q", "2025T1"]


def test_a_final_grade_takes_the_place_of_the_term_s() -> None:
    rows = graded(("p", "2025T1", "MA", "term", "F"), ("p", "2025T1", "MA", "final", "E"))
    assert rows["grade_points"]["p", "2025T1"] == 10
    assert rows["all_passed"]["p", "2025T1"]
    assert rows["merit_value"]["p", "2025T1"] == 10


def test_only_final_grades_give_merit_and_eligibility_and_no_grades_give_nothing() -> None:
    rows = graded(("q", "2025T1", "MA", "term", "A"), ("p", "2025T1", "MA", "final", "A"))
    assert rows["merit_value"].isna().to_dict() == {
        ("p", "2025T1"): False,
        ("q", "2025T1"): True,
        ("q", "2025T2"): True,
    }
    assert rows.loc[("p", "2025T1"), "eligible_vocational"] == False  # noqa: E712 – one subject is not enough
    assert pd.isna(rows["eligible_vocational"]["q", "2025T1"])
    assert pd.isna(rows["grade_points"]["q", "2025T2"])


def test_support_is_unknown_in_a_term_that_it_was_not_delivered_for() -> None:
    pupils = roll(("p", "2025T1", "High", "9"), ("q", "2025T1", "High", "8"), ("q", "2025T2", "High", "9"))
    support = staged([("p", "2025T1", "adaptations")], "pupil_id period support_measure")
    each = [
        with_support(pupils[pupils["period"].eq(term)], support[support["period"].eq(term)], ["adaptations", "tutor"])
        for term in TERMS
    ]
    rows = pd.concat(each).set_index(["pupil_id", "period"])
    assert rows["support_adaptations"]["p", "2025T1"]
    assert not rows["support_adaptations"]["q", "2025T1"]
    assert pd.isna(rows["support_adaptations"]["q", "2025T2"])
    # A measure that others have in other terms is one that nobody has in this.
    assert rows["support_tutor"].isna().tolist() == [False, False, True]
    assert not rows["support_tutor"].any()


def test_what_follows_from_grades_is_the_same_columns_in_a_term_without_final_grades() -> None:
    rows = roll(("p", "2025T1", "High", "9"))
    columns = grade_columns(["2025T1", "2024T1"], SCALES)
    assert columns["merit_value"] == "Float64"
    none = staged([], "pupil_id period subject grade_kind grade_mark")
    term = staged([("p", "2025T1", "MA", "term", "A")], "pupil_id period subject grade_kind grade_mark")
    types = [with_grades(rows, grades, SCALES, columns).dtypes.astype(str).to_dict() for grades in (none, term)]
    assert types[0] == types[1] == rows.dtypes.astype(str).to_dict() | columns


def test_merit_and_eligibility_are_no_columns_where_no_final_grades_were_ever_delivered() -> None:
    assert list(grade_columns([], SCALES)) == ["grade_points", "all_passed"]


def attended(*rows: tuple[str, str, str, int, int, int]) -> pd.DataFrame:
    """Each row: pupil, month, school, offered, reported, absent; all are on the roll of the school."""
    whole = dict.fromkeys(
        ("offered_minutes", "reported_minutes", "valid_absence_minutes", "invalid_absence_minutes"), "Int64"
    )
    minutes = staged(
        [(*row, 0) for row in rows],
        "pupil_id period school_id offered_minutes reported_minutes valid_absence_minutes invalid_absence_minutes",
        **whole,
    )
    pupils = roll(*{(pupil, "2025T1", school, "8") for pupil, _, school, *_ in rows})
    return pupil_quarters(minutes, pupils, schools(), ["gender"], CHOICE).set_index(["pupil_id", "period"])


def test_the_months_of_a_quarter_are_summed_and_its_groups_are_those_of_the_term() -> None:
    rows = attended(("p", "2025-02", "High", 1000, 1000, 100), ("p", "2025-03", "High", 1000, 1000, 200))
    assert rows["absence_share"]["p", "2025Q1"] == pytest.approx(0.15)
    assert rows["extensive_absence"]["p", "2025Q1"]
    assert rows.loc[("p", "2025Q1"), ["term", "gender", "grade", "area_id"]].tolist() == ["2025T1", "girl", "8", "1"]


def test_where_the_school_reports_too_little_nobody_has_an_absence_even_who_is_fully_reported() -> None:
    rows = attended(("p", "2025-02", "High", 2000, 2000, 100), ("q", "2025-02", "High", 2000, 1000, 100))
    assert rows["absence_share"].isna().all()
    assert rows["extensive_absence"].isna().all()
    assert rows["reported_minutes"].sum() == 3000


def test_a_pupil_who_moved_in_the_quarter_counts_at_both_schools_with_the_minutes_of_each() -> None:
    rows = attended(("p", "2025-01", "High", 1500, 1500, 0), ("p", "2025-02", "All", 1500, 1500, 300))
    assert rows.reset_index().set_index("school_id")["absence_share"].to_dict() == {"All": 0.2, "High": 0.0}


def test_an_answer_gets_the_area_of_its_school_and_a_gender_that_is_not_said_is_unknown() -> None:
    survey = staged([("1", "2025T1", "All", None)], "answer_id period school_id gender")
    rows = survey_answers(survey, schools(), ["gender"], TABLES.codes)
    assert rows.loc[0, ["area_id", "gender"]].tolist() == ["2", "unknown"]


def test_staff_stands_beside_the_pupils_of_its_school() -> None:
    staff = staged([("All", "2025T1", 2.5)], "school_id period teacher_fte", teacher_fte="Float64")
    counted = pd.DataFrame({"school_id": ["All"], "period": ["2025T1"], "pupils_count": [30]})
    assert school_staff(staff, schools(), counted).loc[0, ["area_id", "teacher_fte", "pupils_count"]].tolist() == [
        "2",
        2.5,
        30,
    ]


def test_an_area_that_only_one_of_two_tells_of_keeps_its_row() -> None:
    social = staged([("1", "2025Q1", 10)], "area_id period children_count")
    housing = staged([("2", "2025Q1", 20)], "area_id period households_count")
    rows = area_quarters([social, housing])
    assert rows["area_id"].tolist() == ["1", "2"]
    assert rows["children_count"].isna().tolist() == [False, True]
