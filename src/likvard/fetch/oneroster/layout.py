"""The files of OneRoster 1.1 that are read, the columns that they must have, and what becomes of each.

What is not named here is not taken: names, user names, e-mail, telephone, guardians, free texts.
"""

from __future__ import annotations

from typing import NamedTuple

SOURCED_ID = "sourcedId"
STATUS = "status"
MODIFIED = "dateLastModified"


class File(NamedTuple):
    """One file: our table, and for each column of it the column of the file.

    ``title_only_for`` is a column and the value of it for which a title is
    kept: the title of a teaching group is often its teacher's name.
    """

    table: str
    columns: dict[str, str]
    required: bool
    title_only_for: tuple[str, str] | None = None


FILES: dict[str, File] = {
    "academicSessions": File(
        "academic_sessions",
        {
            "academic_session": "sourcedId",
            "title": "title",
            "session_type": "type",
            "start_date": "startDate",
            "end_date": "endDate",
            "parent": "parentSourcedId",
            "school_year": "schoolYear",
        },
        True,
    ),
    "orgs": File(
        "orgs",
        {
            "org": "sourcedId",
            "org_name": "name",
            "org_type": "type",
            "org_code": "identifier",
            "parent": "parentSourcedId",
        },
        True,
    ),
    "courses": File(
        "courses",
        {"course": "sourcedId", "title": "title", "course_code": "courseCode", "org": "orgSourcedId"},
        False,
    ),
    "classes": File(
        "classes",
        {
            "class": "sourcedId",
            "title": "title",
            "class_type": "classType",
            "course": "courseSourcedId",
            "school": "schoolSourcedId",
            "terms": "termSourcedIds",
            "grades": "grades",
            "subject_codes": "subjectCodes",
        },
        True,
        title_only_for=("class_type", "homeroom"),
    ),
    "users": File(
        "users",
        {
            "person": "sourcedId",
            "person_number": "identifier",
            "enabled": "enabledUser",
            "orgs": "orgSourcedIds",
            "role": "role",
            "grades": "grades",
        },
        True,
    ),
    "enrollments": File(
        "enrollments",
        {
            "enrollment": "sourcedId",
            "class": "classSourcedId",
            "school": "schoolSourcedId",
            "person": "userSourcedId",
            "role": "role",
            "is_primary": "primary",
            "begin_date": "beginDate",
            "end_date": "endDate",
        },
        True,
    ),
    "demographics": File(
        "demographics",
        {"person": "sourcedId", "birth_year": "birthDate", "sex": "sex"},
        False,
    ),
    "lineItems": File(
        "line_items",
        {
            "line_item": "sourcedId",
            "assign_date": "assignDate",
            "due_date": "dueDate",
            "class": "classSourcedId",
            "grading_period": "gradingPeriodSourcedId",
            "result_value_min": "resultValueMin",
            "result_value_max": "resultValueMax",
        },
        False,
    ),
    "results": File(
        "results",
        {
            "result": "sourcedId",
            "line_item": "lineItemSourcedId",
            "person": "studentSourcedId",
            "score_status": "scoreStatus",
            "score": "score",
            "score_date": "scoreDate",
        },
        False,
    ),
}
# Guardians and relatives are not needed, and so they do not leave the archive.
ROLES = ("student", "teacher", "aide", "administrator", "proctor")
