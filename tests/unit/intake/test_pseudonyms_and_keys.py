"""Pseudonyms depend on the person and the key alone; the key is where nobody else can read it."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inbox import EARLIER, EDITION, good, number, snapshot, take, write

from likvard.errors import PseudonymKeyError, WorkspaceError
from likvard.ingest.run import see_that_the_key_is_one
from likvard.intake.key import PseudonymKey, new_key, read_key
from likvard.intake.person_number import PersonNumber, person_number
from likvard.intake.pseudonyms import Pseudonymiser
from likvard.intake.run import take_in
from likvard.workspace import Workspace

ON = date(2026, 4, 10)
KEY = PseudonymKey(bytes(range(32)))
DASHES = ["-", "", "‐", "‑", "‒", "–", "—", "−"]


def read(text: str) -> PersonNumber:
    found = person_number(text, ON)
    assert isinstance(found, PersonNumber), found
    return found


@given(st.integers(0, 300), st.sampled_from(DASHES), st.booleans(), st.sampled_from(["", " ", "\N{NO-BREAK SPACE}"]))
def test_a_person_has_one_canonical_number_however_it_is_written(
    seat: int, dash: str, century: bool, around: str
) -> None:
    whole = number(seat)
    written = around + (whole[:8] if century else whole[2:8]) + dash + whole[8:] + around
    assert read(written).canonical == whole
    assert read(written).kind == "personnummer"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (number(3)[:-1] + str((int(number(3)[-1]) + 5) % 10), "id_check_digit"),
        ("20121332" + "9800", "id_date"),
        ("20130229" + "9803", "id_date"),
        (number(3, 1986), "id_age"),
        (number(3, 2024), "id_age"),
        (number(3, 2027), "id_date"),
        (number(3)[3:], "id_as_number"),
        ("2,01E+11", "id_as_number"),
        ("2.01204E+11", "id_as_number"),
        ("", "id_form"),
        ("Anna Andersson", "id_form"),
        ("0" * 12, "id_form"),
        ("２０１２" + number(3)[4:], "id_form"),
    ],
)
def test_a_number_that_cannot_be_is_told_and_not_mended(text: str, fault: str) -> None:
    assert person_number(text, ON) == fault


def test_a_plus_sign_is_a_hundred_years() -> None:
    assert person_number(f"{number(3)[2:8]}+{number(3)[8:]}", ON) == "id_age"


def test_interim_and_coordination_numbers_are_kinds_of_their_own() -> None:
    interim, other = read(number(3)[:8] + "-T012"), read(number(3)[:8] + "TF12")
    assert {interim.kind, other.kind} == {"interim"}
    assert interim.canonical != other.canonical


def test_pseudonyms_are_16_hexadecimal_digits_and_differ_by_kind_purpose_and_key() -> None:
    other_key, other_purpose = Pseudonymiser(PseudonymKey(bytes(range(1, 33)))), Pseudonymiser(KEY, purpose="another")
    all_four = {
        Pseudonymiser(KEY)("person", "a"),
        Pseudonymiser(KEY)("grade", "a"),
        other_key("person", "a"),
        other_purpose("person", "a"),
    }
    assert len(all_four) == 4
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in all_four)


def test_the_parts_of_a_message_cannot_be_moved_from_one_to_another() -> None:
    assert Pseudonymiser(KEY)("person", "ab") != Pseudonymiser(KEY)("persona", "b")


def test_a_uuid_is_the_same_person_in_capitals() -> None:
    uuid = "2f1c9f86-7f2b-4b1e-9d59-0c8f2f5a6b10"
    assert Pseudonymiser(KEY)("person", uuid) == Pseudonymiser(KEY)("person", f" {uuid.upper()} ")


def test_the_key_is_in_no_text_of_it() -> None:
    assert KEY.secret.hex() not in repr(KEY) + str(Pseudonymiser(KEY)) + KEY.check_value


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o700])
def test_a_key_that_others_may_read_is_refused(workspace: Workspace, tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text(secrets.token_hex(32), encoding="ascii")
    path.chmod(mode)
    with pytest.raises(PseudonymKeyError, match="others"):
        read_key(workspace, path)


def test_a_key_in_the_workspace_or_another_repository_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "other/.git").mkdir(parents=True)
    for folder in (workspace.root / "data", tmp_path / "other"):
        with pytest.raises(PseudonymKeyError, match="inside a repository"):
            new_key(workspace, folder / "key")


@pytest.mark.parametrize("content", ["", "x" * 64, "00" * 32, "ab" * 31, "password"])
def test_what_is_no_key_is_refused(workspace: Workspace, tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content, encoding="ascii")
    path.chmod(0o600)
    with pytest.raises(PseudonymKeyError, match="no key"):
        read_key(workspace, path)


def test_a_key_may_be_raw_hexadecimal_or_base64_and_in_the_environment(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = [
        KEY.secret,
        KEY.secret.hex().encode(),
        base64.b64encode(KEY.secret),
        base64.urlsafe_b64encode(KEY.secret) + b"\n",
    ]
    for form in forms:
        path = tmp_path / "key"
        path.unlink(missing_ok=True)
        path.write_bytes(form)
        path.chmod(0o600)
        assert read_key(workspace, path).secret == KEY.secret
    monkeypatch.setenv("LIKVARD_KEY", KEY.secret.hex())
    assert read_key(workspace).secret == KEY.secret


def test_a_new_key_is_readable_by_its_owner_alone_and_never_overwritten(workspace: Workspace, tmp_path: Path) -> None:
    made = new_key(workspace, tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert read_key(workspace, tmp_path / "key").secret == made.secret
    with pytest.raises(Exception, match="Cannot write"):
        new_key(workspace, tmp_path / "key")


def test_another_key_stops_before_anything_is_written(workspace: Workspace, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in workspace.deliveries.rglob("*") if path.is_file()}
    new_key(workspace, tmp_path / "other")
    with pytest.raises(PseudonymKeyError, match="another key"):
        take(workspace, write(tmp_path / "inbox", good()), tmp_path / "other")
    assert before == {path: path.read_bytes() for path in workspace.deliveries.rglob("*") if path.is_file()}


def test_keys_are_changed_by_taking_every_delivery_in_again(workspace: Workspace, key: Path, tmp_path: Path) -> None:
    new_key(workspace, tmp_path / "new")
    old = snapshot(workspace, EARLIER)
    take(workspace, write(tmp_path / "old", good()), key)
    for edition in (EARLIER, EDITION):
        place = write(tmp_path / edition, good(edition))
        outcome = take_in(workspace, place, "provkommun", edition, on=ON, key_file=tmp_path / "new", new_key=True)
        assert not outcome.refused
        deliveries = [workspace.deliveries / name for name in (EARLIER, EDITION)]
        if edition == EARLIER:
            # Half-way, the flow refuses to take two keys for one.
            with pytest.raises(PseudonymKeyError, match="different keys"):
                see_that_the_key_is_one(workspace, deliveries)
    see_that_the_key_is_one(workspace, deliveries)
    assert snapshot(workspace, EARLIER)["elever.csv"] != old["elever.csv"]
    # From now on the old key is the wrong one.
    with pytest.raises(PseudonymKeyError, match="another key"):
        take(workspace, write(tmp_path / "inbox", good()), key)


def test_without_a_key_nobody_is_taken_in(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIKVARD_KEY", raising=False)
    monkeypatch.delenv("LIKVARD_KEY_FILE", raising=False)
    with pytest.raises(PseudonymKeyError, match="no key"):
        take_in(workspace, write(tmp_path / "inbox", good()), "provkommun", EDITION, on=ON)


def test_an_inbox_inside_the_workspace_is_refused(workspace: Workspace, key: Path) -> None:
    with pytest.raises(WorkspaceError, match="inside the workspace"):
        take(workspace, write(workspace.root / "inbox", good()), key)


def test_a_pupil_has_the_same_pseudonym_in_every_table_and_quarter(
    workspace: Workspace, key: Path, tmp_path: Path
) -> None:
    take(workspace, write(tmp_path / "inbox", good()), key)
    now, before = snapshot(workspace), snapshot(workspace, EARLIER)

    def persons(content: bytes) -> set[str]:
        return {line.split(";")[0] for line in content.decode("utf-8-sig").splitlines()[1:]}

    assert (
        persons(now["elever.csv"])
        == persons(before["elever.csv"])
        == persons(now["betyg.csv"])
        == persons(now["franvaro.csv"])
    )
