"""Statements that people sign: other tools verify them, and no byte of them can change unseen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from likvard.audit.envelope import canonical, opened, sealed
from likvard.audit.keys import SigningKey, known_keys, new_signing_key, signing_key
from likvard.errors import AlteredError, CannotWriteError, SigningKeyError
from likvard.workspace import Workspace

SUBJECTS = {"reports/2026Q3/index.html": "ab" * 32}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "workspace").mkdir()
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def annas(workspace: Workspace, tmp_path: Path) -> SigningKey:
    new_signing_key(workspace, "Anna Ek", tmp_path / "anna.key")
    return signing_key(workspace, tmp_path / "anna.key")


def as_others_read_it(key: SigningKey) -> SSlibKey:
    return SSlibKey.from_dict(key.public.keyid, key.public.as_key())


def test_securesystemslib_verifies_our_envelope_and_reads_the_same_statement(annas: SigningKey) -> None:
    envelope = Envelope.from_dict(json.loads(sealed("record", SUBJECTS, {"edition": "2026Q3"}, annas)))
    assert set(envelope.verify([as_others_read_it(annas)], threshold=1)) == {annas.public.keyid}
    statement = json.loads(envelope.payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [{"name": "reports/2026Q3/index.html", "digest": {"sha256": "ab" * 32}}]


def test_securesystemslib_refuses_our_envelope_where_the_statement_is_another(annas: SigningKey) -> None:
    content = json.loads(sealed("record", SUBJECTS, {"edition": "2026Q3"}, annas))
    other = json.loads(sealed("record", SUBJECTS, {"edition": "2026Q4"}, annas))
    with pytest.raises(VerificationError):
        Envelope.from_dict(content | {"payload": other["payload"]}).verify([as_others_read_it(annas)], threshold=1)


def test_an_envelope_says_what_was_signed_and_by_whom(workspace: Workspace, annas: SigningKey) -> None:
    signed = opened(sealed("record", SUBJECTS, {"edition": "2026Q3"}, annas), known_keys(workspace))
    assert (signed.name, signed.person, signed.subjects) == ("record", "Anna Ek", SUBJECTS)
    assert signed.predicate == {"edition": "2026Q3"}


def test_every_flipped_byte_of_an_envelope_is_noticed(workspace: Workspace, annas: SigningKey) -> None:
    envelope = sealed("record", SUBJECTS, {"edition": "2026Q3"}, annas)
    keys = known_keys(workspace)
    for place in range(len(envelope)):
        flipped = envelope[:place] + bytes([envelope[place] ^ 1]) + envelope[place + 1 :]
        with pytest.raises(AlteredError):
            opened(flipped, keys)


def test_a_statement_by_a_stranger_is_not_believed(workspace: Workspace, annas: SigningKey) -> None:
    with pytest.raises(AlteredError, match="not known here"):
        opened(sealed("record", SUBJECTS, {}, annas), {})


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "å"}) == canonical({"a": "å", "b": 1}) == '{"a":"å","b":1}'.encode()


def test_a_private_key_is_for_its_owner_alone_and_never_in_the_workspace(workspace: Workspace, tmp_path: Path) -> None:
    new_signing_key(workspace, "Bo Al", tmp_path / "bo.key")
    assert (tmp_path / "bo.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(SigningKeyError, match="inside a repository"):
        new_signing_key(workspace, "Cy", workspace.root / "cy.key")
    (tmp_path / "bo.key").chmod(0o644)
    with pytest.raises(SigningKeyError, match="read or changed by others"):
        signing_key(workspace, tmp_path / "bo.key")


def test_a_person_has_one_key_and_a_key_file_is_never_written_over(
    workspace: Workspace, annas: SigningKey, tmp_path: Path
) -> None:
    with pytest.raises(SigningKeyError, match="has a key already"):
        new_signing_key(workspace, "anna ek", tmp_path / "other.key")
    with pytest.raises(CannotWriteError):
        new_signing_key(workspace, "Bo Al", tmp_path / "anna.key")


def test_a_key_whose_public_part_is_not_in_the_workspace_signs_nothing(
    workspace: Workspace, annas: SigningKey, tmp_path: Path
) -> None:
    (workspace.audit / "keys/anna-ek.json").unlink()
    with pytest.raises(SigningKeyError, match="Nobody in this workspace"):
        signing_key(workspace, tmp_path / "anna.key")


def test_a_public_key_that_was_exchanged_is_named(workspace: Workspace, annas: SigningKey) -> None:
    path = workspace.audit / "keys/anna-ek.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {"keyval": {"public": "00" * 32}}), encoding="utf-8")
    with pytest.raises(SigningKeyError, match="is not the key that its id names"):
        known_keys(workspace)


def test_the_secret_is_in_no_text_of_a_key(annas: SigningKey) -> None:
    assert "secret" not in repr(annas)
