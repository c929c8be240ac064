"""Records of SS 12000 as rows of tables. A row about a person has the server's id of the person under ``PERSON``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from likvard.fetch.ss12000.records import (
    AggregatedAttendance,
    Attendance,
    Duty,
    Grade,
    Group,
    Organisation,
    Person,
    PersonReference,
    Reference,
    Syllabus,
)

# The column that holds the id of the person: everything that has it goes through intake, and nowhere else.
PERSON = "person"
# Only a class has a name that is needed; the name of a mentor's group is often the mentor's.
NAMED_GROUPS = ("Klass",)

_DATES = {"start_date": "string", "end_date": "string"}
_MINUTES = {
    "attendance_minutes": "Int64",
    "valid_absence_minutes": "Int64",
    "invalid_absence_minutes": "Int64",
    "other_attendance_minutes": "Int64",
}
COLUMNS: dict[str, dict[str, str]] = {
    "organisations": {
        "organisation": "string",
        "organisation_type": "string",
        "organisation_name": "string",
        "parent": "string",
        "school_unit_code": "string",
        "municipality_code": "string",
        "school_types": "string",
        **_DATES,
    },
    "persons": {
        PERSON: "string",
        "marking": "string",
        "birth_year": "string",
        "sex": "string",
        "person_status": "string",
    },
    "enrolments": {
        PERSON: "string",
        "organisation": "string",
        "school_type": "string",
        "school_year": "Int64",
        "cancelled": "boolean",
        **_DATES,
    },
    "groups": {
        "group": "string",
        "group_type": "string",
        "group_name": "string",
        "school_type": "string",
        "organisation": "string",
        **_DATES,
    },
    "group_memberships": {PERSON: "string", "group": "string", **_DATES},
    "duties": {
        PERSON: "string",
        "organisation": "string",
        "duty_role": "string",
        "duty_percent": "Float64",
        **_DATES,
    },
    "attendances": {PERSON: "string", "calendar_event": "string", "is_reported": "boolean", **_MINUTES},
    "aggregated_attendance": {
        PERSON: "string",
        "activity": "string",
        **_DATES,
        **_MINUTES,
        "reported_minutes": "Int64",
        "offered_minutes": "Int64",
    },
    "syllabuses": {"syllabus": "string", "subject_code": "string"},
    "grades": {
        PERSON: "string",
        "grade": "string",
        "organisation": "string",
        "syllabus": "string",
        "subject_code": "string",
        "registered_date": "string",
        "grade_value": "string",
        "final_grade": "boolean",
        "trial": "boolean",
        "adapted_study_plan": "boolean",
        "semester": "string",
        "year": "Int64",
    },
}

Row = dict[str, Any]


def organisation_row(one: Organisation) -> Row:
    """The row of an organisation."""
    return {
        "organisation": one.id,
        "organisation_type": one.kind,
        "organisation_name": one.name,
        "parent": _id(one.parent),
        "school_unit_code": one.school_unit_code,
        "municipality_code": one.municipality_code,
        "school_types": " ".join(sorted(one.school_types or [])),
        **_dates(one),
    }


def person_row(one: Person) -> Row:
    """The row of a person, with the marking of protected identity as told, and of the day of birth the year only."""
    return {
        PERSON: one.id,
        "marking": one.marking,
        "birth_year": (one.birth_date or "")[:4] or None,
        "sex": one.sex,
        "person_status": one.status,
    }


def enrolment_rows(one: Person) -> Iterator[Row]:
    """The rows of a person's enrolments."""
    for enrolment in one.enrolments or []:
        yield {
            PERSON: one.id,
            "organisation": enrolment.enroled_at.id,
            "school_type": enrolment.school_type,
            "school_year": enrolment.school_year,
            "cancelled": enrolment.cancelled,
            **_dates(enrolment),
        }


def group_row(one: Group) -> Row:
    """The row of a group; only classes keep their name."""
    return {
        "group": one.id,
        "group_type": one.kind,
        "group_name": one.name if one.kind in NAMED_GROUPS else None,
        "school_type": one.school_type,
        "organisation": _id(one.organisation),
        **_dates(one),
    }


def membership_rows(one: Group) -> Iterator[Row]:
    """The rows of a group's members."""
    for membership in one.memberships or []:
        yield {PERSON: membership.person.id, "group": one.id, **_dates(membership)}


def duty_row(one: Duty) -> Row:
    """The row of a duty."""
    return {
        PERSON: one.person.id if one.person else None,
        "organisation": _id(one.duty_at),
        "duty_role": one.role,
        "duty_percent": one.percent,
        **_dates(one),
    }


def attendance_row(one: Attendance) -> Row:
    """The row of an attendance; the reason of absence is not taken."""
    return {
        PERSON: one.student.id,
        "calendar_event": one.calendar_event.id,
        "is_reported": one.is_reported,
        **{name: getattr(one, name) for name in _MINUTES},
    }


def aggregated_row(one: AggregatedAttendance) -> Row:
    """The row of an aggregated attendance."""
    minutes = (*_MINUTES, "reported_minutes", "offered_minutes")
    return {
        PERSON: one.student.id,
        "activity": _id(one.activity),
        **_dates(one),
        **{name: getattr(one, name) for name in minutes},
    }


def syllabus_row(one: Syllabus) -> Row:
    """The row of a syllabus."""
    return {"syllabus": one.id, "subject_code": one.subject_code}


def grade_row(one: Grade) -> Row:
    """The row of a grade. Its own id is kept, for a correction in a later delivery replaces it."""
    return {
        PERSON: one.student.id,
        "grade": one.id,
        "organisation": _id(one.organisation),
        "syllabus": one.syllabus.id if one.syllabus else None,
        "subject_code": one.syllabus.subject_code if one.syllabus else None,
        "registered_date": one.registered_date,
        "grade_value": one.value,
        "final_grade": one.is_final,
        "trial": one.is_trial,
        "adapted_study_plan": one.adapted_study_plan,
        "semester": one.semester,
        "year": one.year,
    }


def references_in(one: object) -> list[PersonReference]:
    """The references to persons that the rows of ``one`` carry."""
    if isinstance(one, Group):
        return [membership.person for membership in one.memberships or []]
    if isinstance(one, Duty):
        return [one.person] if one.person else []
    if isinstance(one, Attendance | AggregatedAttendance | Grade):
        return [one.student]
    return []


def _id(reference: Reference | None) -> str | None:
    return reference.id if reference else None


def _dates(one: Any) -> dict[str, str | None]:
    return {"start_date": one.start_date, "end_date": one.end_date}
