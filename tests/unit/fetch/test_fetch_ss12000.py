from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from loopback import Answer, Request, Server
from ss12000_server import CLIENT, SECRET, Register, person, unit

from likvard.errors import SourceUnavailableError
from likvard.fetch.delivery import Fetched, csv_bytes
from likvard.fetch.ss12000.importer import fetch
from likvard.fetch.web import ClientCredentials, Web

Serve = Callable[[Callable[[Request], Answer]], Server]
META = {"created": "2025-08-01T00:00:00Z", "modified": "2025-08-01T00:00:00Z"}
CLEAR, MARKED, REGISTERED, STRANGE, UNTOLD = 1, 2, 3, 4, 5


GROUP = {"startDate": "2025-08-01", "meta": META}
DUTY = {"dutyAt": {"id": unit(900)}, "dutyRole": "Lärare", "signature": "EVEK", "meta": META}
GRADE = {
    "gradeValue": "B",
    "finalGrade": True,
    "semester": "VT",
    "year": 2026,
    "syllabus": {"id": unit(300), "subjectCode": "MA"},
    "remark": {"value": "fri text"},
    "meta": META,
}


def student(number: int, **more: Any) -> dict[str, Any]:
    return {"id": unit(number), **more}


def register(**more: list[dict[str, Any]]) -> Register:
    about_each = range(CLEAR, UNTOLD + 1)
    school = {"displayName": "Björkskolan", "organisationType": "Skolenhet", "schoolTypes": ["GR"], "meta": META}
    return Register(
        {
            "organisations": [
                {"id": unit(900), "schoolUnitCode": "00000017", "municipalityCode": "0604", **school},
                {"id": unit(901), "schoolUnitCode": "00000025", "municipalityCode": "0604", **school},
            ],
            "persons": [
                person(CLEAR),
                person(MARKED, "Sekretessmarkering"),
                person(REGISTERED, "Skyddad folkbokföring"),
                person(STRANGE, "Ny kod"),
                person(UNTOLD, None),
            ],
            "groups": [
                {
                    "id": unit(800),
                    "displayName": "9A",
                    "groupType": "Klass",
                    "organisation": {"id": unit(900)},
                    "startDate": "2025-08-01",
                    "meta": META,
                    "groupMemberships": [{"person": student(n), "startDate": "2025-08-01"} for n in about_each],
                },
                {**GROUP, "id": unit(801), "displayName": "Mentor Eva Ek", "groupType": "Mentor"},
            ],
            "duties": [
                {**DUTY, "id": unit(700 + n), "person": student(n)} for n in about_each
            ],
            "attendances": [
                {"id": unit(600 + n), "student": student(n), "calendarEvent": {"id": unit(500)}, "isReported": True,
                 "validAbsenceMinutes": 60, "absenceReason": "sjuk", "meta": META}
                for n in about_each
            ],
            "aggregatedAttendance": [
                {"student": student(n), "startDate": "2025-09-01", "endDate": "2025-09-30", "invalidAbsenceSum": 30,
                 "reportedSum": 5000, "offeredSum": 5400}
                for n in about_each
            ],
            "grades": [{**GRADE, "id": unit(400 + n), "student": student(n)} for n in about_each],
            **more,
        }
    )  # fmt: skip


def fetched_from(server: Server, now: datetime, **more: Any) -> Fetched:
    credentials = ClientCredentials(f"{server.url}/token", CLIENT, SECRET)
    more = {"absence_periods": [(date(2025, 9, 1), date(2025, 9, 30))], **more}
    with Web(f"{server.url}/v2.1", credentials=credentials, sleep=lambda _: None) as web:
        return fetch(web, now, **more)


def test_every_person_comes_with_the_marking_that_the_server_tells(serve: Serve, now: datetime) -> None:
    persons = fetched_from(serve(register()), now).tables["persons"].set_index("person")["marking"]
    assert persons.fillna("").to_dict() == {
        unit(CLEAR): "Ingen",
        unit(MARKED): "Sekretessmarkering",
        unit(REGISTERED): "Skyddad folkbokföring",
        unit(STRANGE): "Ny kod",
        unit(UNTOLD): "",
    }


def test_names_addresses_and_free_texts_are_not_taken_out_of_the_answers(serve: Serve, now: datetime) -> None:
    fetched = fetched_from(serve(register()), now)
    everything = b"".join(map(csv_bytes, fetched.tables.values())).decode() + json.dumps(fetched.origin)
    for secret in ("Anna", "Andersson", "2010-01-01", "20100101", "anna@", "Eva", "EVEK", "sjuk", "fri text", SECRET):
        assert secret not in everything


def test_persons_are_named_by_their_personal_identity_number_where_the_mapping_asks_for_it(
    serve: Serve, now: datetime
) -> None:
    without = person(2)
    del without["civicNo"]
    tables = fetched_from(serve(register(persons=[person(1), without])), now, identified_by="person_number").tables
    assert tables["persons"]["person"].tolist() == ["201001010001", ""]
    assert tables["group_memberships"]["person"].tolist() == ["201001010001", "", "", "", ""]


def test_only_the_collections_that_are_wanted_are_asked_for(serve: Serve, now: datetime) -> None:
    server = serve(register())
    fetched_from(server, now, wanted=("organisations", "persons", "grades"))
    asked = {request.path.removeprefix("/v2.1/") for request in server.requests if request.method == "GET"}
    assert asked == {"organisations", "persons", "grades"}


def test_the_minutes_and_grades_arrive_whole(serve: Serve, now: datetime) -> None:
    tables = fetched_from(serve(register()), now).tables
    absence = tables["aggregated_attendance"].iloc[0]
    assert (absence["invalid_absence_minutes"], absence["reported_minutes"], absence["offered_minutes"]) == (
        30,
        5000,
        5400,
    )
    grade = tables["grades"].iloc[0]
    assert (grade["subject_code"], grade["grade_value"], grade["final_grade"]) == ("MA", "B", True)
    assert tables["organisations"]["school_unit_code"].tolist() == ["00000017", "00000025"]
    assert tables["groups"]["group_name"].fillna("").tolist() == ["9A", ""]
    assert set(tables["persons"]["birth_year"]) == {"2010"}


def test_a_marking_that_stands_only_in_a_reference_counts(serve: Serve, now: datetime) -> None:
    grade = {
        "id": unit(401),
        "student": student(CLEAR, securityMarking="Sekretessmarkering"),
        "gradeValue": "B",
        "meta": META,
    }
    persons = fetched_from(serve(register(grades=[grade])), now).tables["persons"]
    assert persons.loc[persons["person"] == unit(CLEAR), "marking"].tolist() == ["Sekretessmarkering"]


def test_a_reference_marks_one_who_is_not_listed_and_clears_none_who_is(serve: Serve, now: datetime) -> None:
    grades = [
        {"id": unit(498), "student": student(98, securityMarking="Ny kod"), "gradeValue": "B", "meta": META},
        {"id": unit(499), "student": student(MARKED, securityMarking="Ingen"), "gradeValue": "B", "meta": META},
    ]
    markings = fetched_from(serve(register(grades=grades)), now).tables["persons"].set_index("person")["marking"]
    assert markings[unit(98)] == "Ny kod"
    assert markings[unit(MARKED)] == "Sekretessmarkering"


def test_small_pages_give_the_same_rows_as_a_large_one(serve: Serve, now: datetime) -> None:
    pupils = [person(number) for number in range(1, 8)]
    whole, paged = (fetched_from(serve(register(persons=pupils)), now, limit=limit) for limit in (500, 2))
    assert len(paged.tables["persons"]) == 7
    for name, frame in whole.tables.items():
        assert csv_bytes(frame) == csv_bytes(paged.tables[name])
    assert paged.origin["received_count"] > whole.origin["received_count"]


def test_an_increment_asks_for_changes_but_always_for_all_markings(serve: Serve, now: datetime) -> None:
    late = {
        "id": unit(410),
        "student": student(CLEAR),
        "gradeValue": "A",
        "meta": {**META, "modified": "2026-06-10T00:00:00Z"},
    }
    early = {"id": unit(411), "student": student(CLEAR), "gradeValue": "C", "meta": META}
    server = serve(register(grades=[early, late]))
    fetched = fetched_from(server, now, modified_after=datetime(2026, 1, 1, tzinfo=UTC))
    assert fetched.tables["grades"]["grade_value"].tolist() == ["A"]
    asked = {
        request.path.removeprefix("/v2.1/"): request.query for request in server.requests if request.method == "GET"
    }
    assert asked["grades"]["meta.modified.after"] == "2026-01-01T00:00:00+00:00"
    assert "meta.modified.after" not in asked["persons"]
    assert len(fetched.tables["persons"]) == 5


def test_a_collection_that_the_server_lacks_is_told_and_not_an_error(serve: Serve, now: datetime) -> None:
    small = register()
    del small.offered["attendances"], small.offered["grades"]
    fetched = fetched_from(serve(small), now)
    assert fetched.origin["not_offered"] == ["syllabuses", "attendances", "grades"]
    assert len(fetched.tables["grades"]) == 0
    assert len(fetched.tables["aggregated_attendance"]) == 5


def test_without_persons_and_their_markings_nothing_about_persons_is_asked_for(serve: Serve, now: datetime) -> None:
    small = register()
    del small.offered["persons"]
    server = serve(small)
    fetched = fetched_from(server, now)
    assert "grades" in fetched.origin["not_offered"]
    asked = {request.path for request in server.requests}
    assert asked == {"/token", "/v2.1/organisations", "/v2.1/persons", "/v2.1/syllabuses"}


def test_a_busy_server_and_an_expired_token_do_not_change_the_delivery(serve: Serve, now: datetime) -> None:
    calm, busy = register(), register()
    busy.busy = [Answer(429, headers={"Retry-After": "0"}), Answer(503)]
    busy.withdrawn = {"token-1"}
    first, second = fetched_from(serve(calm), now), fetched_from(serve(busy), now)
    assert first.origin == second.origin
    assert len(busy.tokens) == 2


def test_a_server_that_leads_in_a_circle_is_stopped(serve: Serve, now: datetime) -> None:
    def circle(request: Request) -> Answer:
        if request.path == "/token":
            return Answer(200, {"access_token": "t", "expires_in": 100})
        return Answer(200, {"data": [], "pageToken": "again"})

    with pytest.raises(SourceUnavailableError, match="circle"):
        fetched_from(serve(circle), now)


def test_an_answer_of_another_form_names_the_field_and_never_its_value(serve: Serve, now: datetime) -> None:
    wrong = person(1, birthDate={"value": "20100101-1234"})
    with pytest.raises(SourceUnavailableError, match=r"data\.0\.birthDate: string_type") as told:
        fetched_from(serve(register(persons=[wrong])), now)
    assert "1234" not in str(told.value)
