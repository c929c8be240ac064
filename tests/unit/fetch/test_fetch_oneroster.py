from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from test_fetch_archive import packed

from likvard.errors import ArchiveRefusedError, CodesError, ColumnsError, FileUnreadableError
from likvard.fetch.delivery import Fetched, csv_bytes
from likvard.fetch.oneroster.importer import read_oneroster

USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.securityMarking\n"
)


def user(name: str, role: str = "student", marking: str = "Ingen", status: str = "") -> str:
    return f"{name},{status},,true,o1,{role},{name}n,,Anna,Andersson,,201001011234,a@example.org,,,g1,09,,{marking}\n"


MODES = dict.fromkeys(
    ("academicSessions", "orgs", "classes", "users", "enrollments", "results", "demographics"), "bulk"
)


def manifest(**modes: str) -> bytes:
    files = {**MODES, "courses": "absent", "lineItems": "absent", **modes}
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.1", "source.systemName,Skola"]
    return "\n".join([*lines, *(f"file.{name},{mode}" for name, mode in files.items()), ""]).encode()


def table(columns: str, *rows: str) -> str:
    return "\n".join([f"sourcedId,status,dateLastModified,{columns}", *rows, ""])


FILES = {
    "academicSessions": table(
        "title,type,startDate,endDate,parentSourcedId,schoolYear", "t1,,,HT25,term,2025-08-18,2025-12-20,,2026"
    ),
    "orgs": table("name,type,identifier,parentSourcedId", "o1,,,Björkskolan,school,00000017,"),
    "classes": table(
        "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
        "c1,,,9A,09,k1,,homeroom,,o1,t1,,,",
        "c2,,,Matematik Eva Ek,09,k1,,scheduled,,o1,t1,,MA,",
    ),
    "users": USERS
    + user("p1")
    + user("p2", marking="Sekretessmarkering")
    + user("p3", marking="")
    + user("t1", "teacher")
    + user("g1", "guardian"),
    "enrollments": table(
        "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
        *(f"e{n},,,c1,o1,{who},student,false,2025-08-18," for n, who in enumerate(("p1", "p2", "p3", "unknown"))),
    ),
    "results": table(
        "lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment",
        "r1,,,l1,p1,fully graded,15,2026-01-10,Anna är duktig",
        "r2,,,l1,p2,fully graded,20,2026-01-10,",
    ),
    "demographics": table("birthDate,sex", "p1,,,2010-05-17,female", "p2,,,2010-01-01,male"),
}


def members(**changed: str) -> dict[str, bytes]:
    files = {f"{name}.csv": text.encode() for name, text in {**FILES, **changed}.items()}
    return {**files, "manifest.csv": manifest()}


def read(now: datetime, files: dict[str, bytes] | None = None, **more: Any) -> Fetched:
    more = {"marking": "metadata.securityMarking", **more}
    return read_oneroster("export.zip", packed(files or members()), now, **more)


def test_pupils_and_staff_come_with_their_marking_and_guardians_not_at_all(now: datetime) -> None:
    tables = read(now).tables
    assert tables["users"][["person", "role", "marking"]].to_numpy().tolist() == [
        ["p1", "student", "Ingen"],
        ["p2", "student", "Sekretessmarkering"],
        ["p3", "student", ""],
        ["t1", "teacher", "Ingen"],
    ]
    assert tables["demographics"]["birth_year"].tolist() == ["2010", "2010"]
    assert tables["orgs"]["org_code"].tolist() == ["00000017"]
    assert tables["classes"]["title"].fillna("").tolist() == ["9A", ""]


def test_names_addresses_and_comments_are_not_taken_out_of_the_archive(now: datetime) -> None:
    fetched = read(now)
    everything = b"".join(map(csv_bytes, fetched.tables.values())).decode() + json.dumps(fetched.origin)
    for secret in ("Anna", "Andersson", "a@example.org", "05-17", "duktig", "Eva", "p1n", "g1"):
        assert secret not in everything


def test_rows_that_are_to_be_deleted_are_counted_and_left_out(now: datetime) -> None:
    fetched = read(now, members(users=USERS + user("p1", status="tobedeleted") + user("p4", status="active")))
    assert fetched.tables["users"]["person"].tolist() == ["p4"]
    assert fetched.origin["rows_to_be_deleted"] == {"users": 1}


def test_delta_is_named_as_not_supported(now: datetime) -> None:
    with pytest.raises(FileUnreadableError, match=r"users.csv is announced as delta.*only bulk is supported"):
        read(now, members() | {"manifest.csv": manifest(users="delta")})


def test_what_the_manifest_announces_must_be_there(now: datetime) -> None:
    with pytest.raises(FileUnreadableError) as told:
        read(now, members() | {"manifest.csv": manifest(lineItems="bulk", orgs="absent", results="bulky")})
    assert told.value.problems == (
        "results.csv is announced as 'bulky', which OneRoster 1.1 does not have",
        "lineItems.csv is announced and not in the archive",
        "orgs.csv is needed and announced as absent",
    )


def test_a_file_that_is_not_announced_is_left_out_and_told(now: datetime) -> None:
    fetched = read(now, members() | {"courses.csv": b"x", "notes.txt": b"x"})
    assert fetched.origin["members_left_out"] == ["courses.csv", "notes.txt"]
    assert fetched.origin["not_offered"] == ["courses", "lineItems"]


def test_an_archive_of_a_folder_or_another_version_is_refused(now: datetime) -> None:
    with pytest.raises(ArchiveRefusedError, match="in a folder"):
        read(now, {f"export/{name}": content for name, content in members().items()})
    other = members()["manifest.csv"].replace(b"oneroster.version,1.1", b"oneroster.version,1.2")
    with pytest.raises(ArchiveRefusedError, match=r"'1\.2'"):
        read(now, members() | {"manifest.csv": other})


def test_an_unknown_status_and_a_repeated_id_are_named_by_line_and_not_by_value(now: datetime) -> None:
    with pytest.raises(CodesError) as told:
        read(now, members(users=USERS + user("p1") + user("p1", status="inactive")))
    assert told.value.problems == (
        "1 rows have a status other than active and tobedeleted, the first on line 3",
        "1 rows have no sourcedId of their own",
    )
    assert "Anna" not in str(told.value)


def test_an_absent_column_is_named(now: datetime) -> None:
    changed = members()["users.csv"].decode().replace("metadata.securityMarking", "metadata.other")
    with pytest.raises(ColumnsError, match=r"'metadata.securityMarking' is not there"):
        read(now, members(users=changed))


def test_a_ragged_file_and_one_that_is_not_utf8_are_refused(now: datetime) -> None:
    with pytest.raises(FileUnreadableError, match="1 rows have another number"):
        read(now, members(users=USERS + "p1,too,short\n"))
    with pytest.raises(FileUnreadableError, match="UTF-8"):
        read(now, members() | {"orgs.csv": "sourcedId\nBjörk\n".encode("cp1252")})


def test_the_same_archive_gives_the_same_bytes(now: datetime) -> None:
    first, second = read(now), read(now)
    assert first.origin == second.origin
    assert [csv_bytes(one) for one in first.tables.values()] == [csv_bytes(one) for one in second.tables.values()]
