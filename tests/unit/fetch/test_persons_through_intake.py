"""``likvard fetch ss12000`` and ``oneroster``: what they bring of persons enters through intake, and as pseudonyms only."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dvc.repo import Repo
from loopback import Answer, Request, Server
from ss12000_server import CLIENT, SECRET, Register, person, unit
from test_fetch_archive import packed
from test_fetch_oneroster import FILES, members, table

from likvard.contracts import read_tables
from likvard.errors import ContractError, CredentialsMissingError
from likvard.fetch.oneroster.act import fetch_oneroster
from likvard.fetch.ss12000.act import fetch_ss12000
from likvard.intake.run import Outcome, take_in
from likvard.workspace import Workspace
from repository import REPOSITORY

Serve = Callable[[Callable[[Request], Answer]], Server]
META = {"created": "2025-08-01T00:00:00Z", "modified": "2025-08-01T00:00:00Z"}
SCHOOLS = ("00100001", "00100002")
SINCE, ON = "2026-08-17", date(2026, 9, 15)
PUPILS = range(1, 61)
PROTECTED, STRANGE, LEFT, YOUNG = 7, 8, 9, 10
SUBJECT = 300


@pytest.fixture
def workspace(tmp_path: Path, key: Path) -> Workspace:
    """A workspace that knows its areas and schools, as the municipality keeps them."""
    root = tmp_path / "municipality"
    shutil.copytree(REPOSITORY / "data/contracts", root / "data/contracts")
    params = (REPOSITORY / "src/likvard/demo/exempelkommun/params.yaml").read_text(encoding="utf-8")
    (root / "params.yaml").write_text(params.replace("source: exempelkommun", "source: ss12000"), encoding="utf-8")
    shutil.copy(REPOSITORY / "dvc.yaml", root / "dvc.yaml")
    Repo.init(str(root), no_scm=True).close()
    for source in ("ss12000", "oneroster"):
        inbox = tmp_path / "inbox" / source
        inbox.mkdir(parents=True)
        areas = {
            "area_id": ["01"],
            "period": ["2026T2"],
            "area_name": ["Åsen"],
            "area_kind": ["own_district"],
            "area_type": ["1"],
        }
        schools = {
            "school_id": SCHOOLS,
            "period": "2026T2",
            "school_name": ["Åsens skola", "Söderskolan"],
            "area_id": "01",
            "organiser_kind": "municipal",
            "organiser_name": "Provkommun",
            "grade_from": "K",
            "grade_to": "9",
            "valid_from": "1970-07-01",
        }
        for name, rows in {"areas": pd.DataFrame(areas), "schools": pd.DataFrame(schools)}.items():
            fields = list(read_tables(root / "data/contracts")[name].fields)
            rows.reindex(columns=fields).to_csv(inbox / f"{name}.csv", index=False)
    take_in(Workspace(root), tmp_path / "inbox/ss12000", "ss12000", "2026Q3", on=date(2026, 10, 1), key_file=key)
    return Workspace(root)


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("safe") / "key"
    path.write_text(secrets.token_hex(32), encoding="ascii")
    path.chmod(0o600)
    return path


def pupil(number: int) -> dict[str, Any]:
    marking = {PROTECTED: "Sekretessmarkering", STRANGE: "Ny kod"}.get(number, "Ingen")
    enrolment = {
        "enroledAt": {"id": unit(900 + number % 2)},
        "schoolYear": None if number == YOUNG else 7 + number % 3,
        "schoolType": "FKLASS" if number == YOUNG else "GR",
        "startDate": SINCE,
        "endDate": "2026-09-14" if number == LEFT else None,
    }
    return person(number, marking, sex=("Kvinna", "Man")[number // 2 % 2], enrolments=[enrolment])


def grade(number: int, value: str, registered: str) -> dict[str, Any]:
    return {
        "id": unit(400 + number * 10 + int(registered[-1])),
        "student": {"id": unit(number)},
        "organisation": {"id": unit(900 + number % 2)},
        "registeredDate": registered,
        "gradeValue": value,
        "finalGrade": False,
        "semester": "HT",
        "year": 2026,
        "syllabus": {"id": unit(SUBJECT)},
        "meta": META,
    }


def absence(number: int, activity: int, month: str) -> dict[str, Any]:
    return {
        "student": {"id": unit(number)},
        "activity": {"id": unit(500 + activity)},
        "startDate": f"{month}-01",
        "endDate": f"{month}-30",
        "offeredSum": 2500 + number,
        "reportedSum": 2400 + number,
        "validAbsenceSum": 10 * activity + number,
        "invalidAbsenceSum": number % 5,
    }


def system() -> Register:
    """A school system of two schools with sixty pupils in classes, and what is known of them."""
    school = {"displayName": "Skolan", "organisationType": "Skolenhet", "meta": META}
    classes = [
        {
            "id": unit(800 + place),
            "displayName": f"{7 + place // 2} a",
            "groupType": "Klass",
            "organisation": {"id": unit(900 + place % 2)},
            "startDate": SINCE,
            "meta": META,
            "groupMemberships": [
                {"person": {"id": unit(n)}, "startDate": SINCE}
                for n in PUPILS
                if n % 2 == place % 2 and n % 3 == place // 2
            ],
        }
        for place in range(6)
    ]
    return Register(
        {
            "organisations": [
                {"id": unit(900 + place), "schoolUnitCode": code, **school} for place, code in enumerate(SCHOOLS)
            ],
            "persons": [pupil(number) for number in PUPILS],
            "syllabuses": [{"id": unit(SUBJECT), "subjectCode": "MA", "meta": META}],
            "groups": classes,
            "aggregatedAttendance": [absence(n, activity, "2026-09") for n in PUPILS for activity in (1, 2)],
            "grades": [
                *(grade(n, "FE"[n % 2], "2026-12-01") for n in PUPILS),
                *(grade(n, "ABCD"[n % 4], "2026-12-02") for n in PUPILS),
            ],
        }
    )


def brought(
    workspace: Workspace, serve: Serve, key: Path, monkeypatch: pytest.MonkeyPatch, register: Register | None = None
) -> Outcome:
    server = serve(register or system())
    monkeypatch.setenv("SS12000_TOKEN_URL", f"{server.url}/token")
    monkeypatch.setenv("SS12000_CLIENT_ID", CLIENT)
    monkeypatch.setenv("SS12000_CLIENT_SECRET", SECRET)
    months = [date(2026, 9, 1)]
    return fetch_ss12000(workspace, "ss12000", "2026Q3", f"{server.url}/v2.1", on=ON, months=months, key_file=key)


def rows(workspace: Workspace, file: str) -> pd.DataFrame:
    return pd.read_csv(workspace.deliveries / "2026Q3" / file, dtype="string", encoding="utf-8-sig")


def test_the_pupils_of_the_day_come_in_as_pseudonyms_with_their_school_class_and_grade(
    workspace: Workspace, serve: Serve, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = brought(workspace, serve, key, monkeypatch)
    assert not outcome.refused
    pupils = rows(workspace, "ss12000_pupils.csv")
    assert len(pupils) == 57  # sixty without the two who are marked and the one who had left
    assert pupils["pupil"].str.fullmatch("[0-9a-f]{16}").all()
    assert set(pupils["marking"]) == {"Ingen"}
    assert pupils["grade"].value_counts().to_dict() == {"7": 19, "8": 18, "9": 19, "F": 1}
    assert set(pupils["class"].dropna()) == {f"{code}-{grade}A" for code in SCHOOLS for grade in "789"}
    assert sorted(path.name for path in (workspace.deliveries / "2026Q3").iterdir()) == [
        "areas.csv", "origin.json", "schools.csv", "ss12000_absence.csv", "ss12000_grades.csv", "ss12000_pupils.csv",
    ]  # fmt: skip


def test_of_two_grades_the_later_counts_and_the_minutes_of_all_activities_are_added(
    workspace: Workspace, serve: Serve, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(workspace, serve, key, monkeypatch)
    grades, minutes = rows(workspace, "ss12000_grades.csv"), rows(workspace, "ss12000_absence.csv")
    assert set(grades["subject"]) == {"MA"}
    assert grades["grade_value"].isin(list("ABCD")).all()
    assert set(grades["term"]) == {"HT2026"}
    assert len(grades) == len(minutes) == 57
    offered = minutes["offered_minutes"].astype(int).sort_values().tolist()
    assert offered == [2 * (2500 + n) for n in PUPILS if n not in (PROTECTED, STRANGE, LEFT)]
    assert set(minutes["month"]) == {"202609"}


def test_no_identifier_of_the_server_is_in_any_file_of_the_workspace(
    workspace: Workspace, serve: Serve, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(workspace, serve, key, monkeypatch)
    everything = b"".join(path.read_bytes() for path in sorted(workspace.root.rglob("*")) if path.is_file())
    assert b"ss12000_v2.1" in everything  # the origin is there, with its receipts
    for secret in (*map(unit, PUPILS), "Andersson", "20100101", "anna@example.org", SECRET):
        assert secret.encode() not in everything


def test_a_marking_that_comes_later_takes_the_pupil_out_of_what_was_there(
    workspace: Workspace, serve: Serve, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(workspace, serve, key, monkeypatch)
    later = system()
    later.offered["persons"][0] = {**pupil(1), "securityMarking": "Sekretessmarkering", "enrolments": []}
    del later.offered["grades"]
    outcome = brought(workspace, serve, key, monkeypatch, later)
    assert "ss12000_grades.csv" in outcome.kept
    for file in ("ss12000_pupils.csv", "ss12000_grades.csv", "ss12000_absence.csv"):
        assert len(rows(workspace, file)) == 56


def test_the_same_answers_again_change_nothing(
    workspace: Workspace, serve: Serve, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(workspace, serve, key, monkeypatch)
    pointer = (workspace.deliveries / "2026Q3.dvc").read_text(encoding="utf-8")
    assert not brought(workspace, serve, key, monkeypatch).changed
    assert (workspace.deliveries / "2026Q3.dvc").read_text(encoding="utf-8") == pointer


def test_a_server_is_not_asked_without_credentials_and_a_mapping_that_reads_it(
    workspace: Workspace, serve: Serve, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(system())
    with pytest.raises(CredentialsMissingError, match="SS12000_TOKEN_URL"):
        fetch_ss12000(workspace, "ss12000", "2026Q3", server.url, on=ON, key_file=key)
    monkeypatch.setenv("SS12000_TOKEN_URL", f"{server.url}/token")
    monkeypatch.setenv("SS12000_CLIENT_ID", CLIENT)
    monkeypatch.setenv("SS12000_CLIENT_SECRET", SECRET)
    with pytest.raises(ContractError, match=r"exempelkommun\.yaml does not take in"):
        fetch_ss12000(workspace, "exempelkommun", "2026Q3", server.url, on=ON, key_file=key)
    assert server.requests == []


def archive(folder: Path) -> Path:
    """An export of forty pupils, one of whom is marked; guardians and teachers are in it too."""
    users = FILES["users"].splitlines()[0] + "\n"
    users += "".join(
        f"p{n},,,true,o1,student,u{n},,Anna,Andersson,,2010010112{n:02d},a@example.org,,,g1,0{7 + n % 3},,"
        f"{'Skyddad folkbokföring' if n == PROTECTED else 'Ingen'}\n"
        for n in range(1, 41)
    )
    users += "t1,,,true,o1,teacher,t1n,,Eva,Ek,,,,,,,,,Ingen\n"
    content = members(
        users=users,
        orgs=table("name,type,identifier,parentSourcedId", "o1,,,Björkskolan,school,00100001,"),
        enrollments=table(
            "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
            *(f"e{n},,,c1,o1,p{n},student,false,{SINCE}," for n in range(1, 41)),
            *(f"f{n},,,c2,o1,p{n},student,false,{SINCE}," for n in range(1, 41)),
            "t1e,,,c1,o1,t1,teacher,true,2026-08-17,",
        ),
        demographics=table("birthDate,sex", *(f"p{n},,,2010-05-17,{('female', 'male')[n % 2]}" for n in range(1, 41))),
    )
    path = folder / "export.zip"
    path.write_bytes(packed(content))
    return path


def test_the_pupils_of_an_archive_come_in_as_pseudonyms(workspace: Workspace, tmp_path: Path, key: Path) -> None:
    shutil.rmtree(workspace.deliveries)
    take_in(workspace, tmp_path / "inbox/oneroster", "oneroster", "2026Q3", on=date(2026, 10, 1), key_file=key)
    outcome = fetch_oneroster(workspace, "oneroster", "2026Q3", archive(tmp_path), on=ON, key_file=key)
    assert not outcome.refused
    pupils = rows(workspace, "oneroster_pupils.csv")
    assert len(pupils) == 39
    assert set(pupils["class"]) == {"00100001-9A"}
    assert pupils["grade"].value_counts().to_dict() == {"07": 13, "08": 13, "09": 13}
    everything = b"".join(path.read_bytes() for path in sorted(workspace.root.rglob("*")) if path.is_file())
    for secret in ("Andersson", "2010010112", "a@example.org", "2010-05-17"):
        assert secret.encode() not in everything


def test_what_was_fetched_beside_a_delivery_stays_when_more_is_taken_in(
    workspace: Workspace, serve: Serve, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    benchmarks = workspace.deliveries / "2026Q3/kolada_benchmarks.csv"
    benchmarks.write_text("publisher\n", encoding="utf-8")
    brought(workspace, serve, key, monkeypatch)
    assert benchmarks.read_text(encoding="utf-8") == "publisher\n"
