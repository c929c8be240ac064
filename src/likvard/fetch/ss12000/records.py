"""The parts of SS 12000:2020 v2.1 that are read. What is not named here is never taken out of an answer:

names, addresses, e-mail, telephone, photographs, free texts (remarks, reasons of absence) and signatures.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item", bound=BaseModel)


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Page(_Record, Generic[Item]):
    """One answer of a collection."""

    data: list[Item]
    page_token: str | None = Field(default=None, alias="pageToken")


class Reference(_Record):
    """A reference to another object."""

    id: str


class PersonReference(_Record):
    """A reference to a person; some servers repeat the marking here."""

    id: str
    marking: str | None = Field(default=None, alias="securityMarking")


class Organisation(_Record):
    """A unit of the organisation: principal organiser, school, school unit."""

    id: str
    name: str = Field(default="", alias="displayName")
    kind: str = Field(default="", alias="organisationType")
    parent: Reference | None = Field(default=None, alias="parentOrganisation")
    school_unit_code: str | None = Field(default=None, alias="schoolUnitCode")
    municipality_code: str | None = Field(default=None, alias="municipalityCode")
    school_types: list[str] | None = Field(default=None, alias="schoolTypes")
    start_date: str | None = Field(default=None, alias="startDate")
    end_date: str | None = Field(default=None, alias="endDate")


class Enrolment(_Record):
    """That a person is a pupil of a school unit for a time."""

    enroled_at: Reference = Field(alias="enroledAt")
    school_year: int | None = Field(default=None, alias="schoolYear")
    school_type: str | None = Field(default=None, alias="schoolType")
    start_date: str | None = Field(default=None, alias="startDate")
    end_date: str | None = Field(default=None, alias="endDate")
    cancelled: bool = False


class CivicNumber(_Record):
    """A personal identity number, or another number of the same kind."""

    value: str | None = None


class Person(_Record):
    """A person as far as we need one. ``birth_date`` leaves only as a year."""

    id: str
    civic_number: CivicNumber | None = Field(default=None, alias="civicNo")
    marking: str | None = Field(default=None, alias="securityMarking")
    birth_date: str | None = Field(default=None, alias="birthDate")
    sex: str | None = None
    status: str | None = Field(default=None, alias="personStatus")
    enrolments: list[Enrolment] | None = None


class Membership(_Record):
    """That a person is in a group for a time."""

    person: PersonReference
    start_date: str | None = Field(default=None, alias="startDate")
    end_date: str | None = Field(default=None, alias="endDate")


class Group(_Record):
    """A class or teaching group."""

    id: str
    name: str = Field(default="", alias="displayName")
    kind: str = Field(default="", alias="groupType")
    school_type: str | None = Field(default=None, alias="schoolType")
    organisation: Reference | None = None
    start_date: str | None = Field(default=None, alias="startDate")
    end_date: str | None = Field(default=None, alias="endDate")
    memberships: list[Membership] | None = Field(default=None, alias="groupMemberships")


class Duty(_Record):
    """That a person works at a school in a role."""

    id: str
    person: PersonReference | None = None
    duty_at: Reference | None = Field(default=None, alias="dutyAt")
    role: str | None = Field(default=None, alias="dutyRole")
    percent: float | None = Field(default=None, alias="dutyPercent")
    start_date: str | None = Field(default=None, alias="startDate")
    end_date: str | None = Field(default=None, alias="endDate")


class Attendance(_Record):
    """The attendance of one pupil at one calendar event, in minutes."""

    id: str
    student: PersonReference
    calendar_event: Reference = Field(alias="calendarEvent")
    is_reported: bool = Field(alias="isReported")
    attendance_minutes: int | None = Field(default=None, alias="attendanceMinutes")
    valid_absence_minutes: int | None = Field(default=None, alias="validAbsenceMinutes")
    invalid_absence_minutes: int | None = Field(default=None, alias="invalidAbsenceMinutes")
    other_attendance_minutes: int | None = Field(default=None, alias="otherAttendanceMinutes")


class AggregatedAttendance(_Record):
    """The attendance of one pupil in one activity over a time, in minutes."""

    student: PersonReference
    activity: Reference | None = None
    start_date: str = Field(alias="startDate")
    end_date: str = Field(alias="endDate")
    attendance_minutes: int | None = Field(default=None, alias="attendanceSum")
    valid_absence_minutes: int | None = Field(default=None, alias="validAbsenceSum")
    invalid_absence_minutes: int | None = Field(default=None, alias="invalidAbsenceSum")
    other_attendance_minutes: int | None = Field(default=None, alias="otherAttendanceSum")
    reported_minutes: int | None = Field(default=None, alias="reportedSum")
    offered_minutes: int | None = Field(default=None, alias="offeredSum")


class Syllabus(_Record):
    """The syllabus of a grade; in a reference ``subject_code`` only where the server embeds it."""

    id: str
    subject_code: str | None = Field(default=None, alias="subjectCode")


class Grade(_Record):
    """One grade of one pupil."""

    id: str
    student: PersonReference
    organisation: Reference | None = None
    syllabus: Syllabus | None = None
    registered_date: str | None = Field(default=None, alias="registeredDate")
    value: str | None = Field(default=None, alias="gradeValue")
    is_final: bool | None = Field(default=None, alias="finalGrade")
    is_trial: bool | None = Field(default=None, alias="trial")
    adapted_study_plan: bool | None = Field(default=None, alias="adaptedStudyPlan")
    semester: str | None = None
    year: int | None = None
