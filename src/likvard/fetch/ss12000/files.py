"""An SS 12000 server's tables as the files of a delivery: the pupils of one day, the grades of its term, absence by month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import pandas as pd

from likvard.fetch.roll import rows_on, term_of
from likvard.fetch.ss12000.importer import NO_MARKING
from likvard.fetch.ss12000.tables import PERSON

# Preschool class and compulsory school. Pupils of other types of school follow other syllabuses.
SCHOOL_TYPES = ("FKLASS", "GR", "SAM", "SP")
PRESCHOOL_CLASS = ("FKLASS", "F")
MINUTES = ("offered_minutes", "reported_minutes", "valid_absence_minutes", "invalid_absence_minutes")


def files_of(tables: Mapping[str, pd.DataFrame], on: date, class_pattern: str) -> dict[str, pd.DataFrame]:
    """``pupils``, ``grades`` and ``absence`` with the columns that the source mapping ``ss12000`` reads; all cells are texts.

    ``tables`` are those of ``importer.fetch``. A pupil belongs to the school and class that she is enrolled in ``on`` that day;
    a class whose name does not become a ``class_pattern`` is left blank. Grades and absence are of those pupils only. Everyone who
    is marked is among the pupils, enrolled or not, so that intake learns of the marking.
    """
    codes = tables["organisations"].set_index("organisation")["school_unit_code"].dropna()
    pupils = _pupils(tables, codes, on, class_pattern)
    listed = pupils[[PERSON, "school_unit_code"]].dropna().drop_duplicates(PERSON)
    return {
        "pupils": pupils,
        "grades": _grades(tables, codes, listed, on),
        "absence": _absence(tables["aggregated_attendance"], listed),
    }


def _pupils(tables: Mapping[str, pd.DataFrame], codes: pd.Series, on: date, class_pattern: str) -> pd.DataFrame:
    enrolled = rows_on(tables["enrolments"], on)
    enrolled = enrolled[enrolled["school_type"].isin(SCHOOL_TYPES) & ~enrolled["cancelled"].fillna(False).astype(bool)]
    grade = enrolled["school_year"].astype("string").mask(enrolled["school_type"].eq(PRESCHOOL_CLASS[0]), "0")
    enrolled = enrolled.assign(
        grade=grade.replace("0", PRESCHOOL_CLASS[1]), school_unit_code=enrolled["organisation"].map(codes)
    )
    classes = tables["groups"].query("group_type == 'Klass'")[["group", "group_name", "organisation"]]
    members = rows_on(tables["group_memberships"], on).merge(classes, on="group")
    members["class"] = (
        members["organisation"].map(codes) + "-" + members["group_name"].str.replace(r"\s", "", regex=True).str.upper()
    )
    one_class = (
        members.drop_duplicates([PERSON, "class"]).drop_duplicates(PERSON, keep=False).set_index(PERSON)["class"]
    )
    persons = tables["persons"].drop_duplicates(PERSON).set_index(PERSON)
    rows = enrolled[[PERSON, "grade", "school_unit_code"]].assign(
        term=term_of(on),
        marking=enrolled[PERSON].map(persons["marking"]),
        sex=enrolled[PERSON].map(persons["sex"]),
        **{"class": enrolled[PERSON].map(one_class)},
    )
    rows["class"] = rows["class"].where(rows["class"].map(lambda name: bool(re.fullmatch(class_pattern, str(name)))))
    marked = persons.index[persons["marking"].fillna("").ne(NO_MARKING) & ~persons.index.isin(rows[PERSON])]
    others = pd.DataFrame(
        {PERSON: marked, "term": term_of(on), "marking": persons["marking"].reindex(marked).to_numpy()}
    )
    columns = [PERSON, "term", "marking", "grade", "school_unit_code", "class", "sex"]
    return pd.concat([rows, others], ignore_index=True).reindex(columns=columns)


def _grades(tables: Mapping[str, pd.DataFrame], codes: pd.Series, listed: pd.DataFrame, on: date) -> pd.DataFrame:
    """One row per pupil, subject and kind of grade of the term: of several, the one that was registered last."""
    subjects = tables["syllabuses"].set_index("syllabus")["subject_code"].dropna()
    rows = tables["grades"]
    rows = rows.assign(
        term=rows["semester"] + rows["year"].astype("string"),
        subject=rows["subject_code"].fillna(rows["syllabus"].map(subjects)),
        kind=rows["final_grade"].fillna(False).map({True: "final", False: "term"}).astype("string"),
        school_unit_code=rows["organisation"].map(codes),
    )
    rows = rows[rows["term"].eq(term_of(on)) & rows[PERSON].isin(listed[PERSON])]
    rows = rows.sort_values(["registered_date", "grade"], na_position="first").drop_duplicates(
        [PERSON, "subject", "kind"], keep="last"
    )
    own_school = rows[PERSON].map(listed.set_index(PERSON)["school_unit_code"])
    rows = rows.assign(school_unit_code=rows["school_unit_code"].fillna(own_school))
    return rows[[PERSON, "term", "school_unit_code", "subject", "kind", "grade_value"]]


def _absence(sums: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """One row per pupil and month: all activities together, at the school where the pupil is enrolled."""
    rows = sums[sums[PERSON].isin(listed[PERSON])]
    rows = rows.assign(month=rows["start_date"].str.slice(0, 7).str.replace("-", ""))
    added = rows.groupby([PERSON, "month"], as_index=False)[list(MINUTES)].sum(min_count=1)
    schools = added[PERSON].map(listed.set_index(PERSON)["school_unit_code"])
    return added.assign(school_unit_code=schools)[[PERSON, "month", "school_unit_code", *MINUTES]]
