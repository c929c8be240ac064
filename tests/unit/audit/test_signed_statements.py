"""Statements that people sign: other tools verify them, and no byte of them can change unseen."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from likvard.audit.envelope import canonical, opened, pre_authentication, sealed
from likvard.audit.keys import SigningKey, file_name, known_keys, new_signing_key, signing_key
from likvard.audit.log import entries_of, log_file
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
    with pytest.raises(AlteredError, match=rf"not known here \({annas.public.keyid[:12]}\)$"):
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


def call_keys_new(workspace: Workspace, person: str, place: Path) -> None:
    words = [str(Path(sys.executable).with_name("likvard")), "keys", "new", person, str(place)]
    subprocess.run(words, cwd=workspace.root, check=True, capture_output=True)


@pytest.mark.parametrize("lost", ["nothing", "the line of the log", "the public part and the line"])
def test_a_key_whose_making_was_killed_is_completed_by_making_it_again(
    workspace: Workspace, tmp_path: Path, lost: str
) -> None:
    for name in ("params.yaml", "dvc.yaml"):
        (workspace.root / name).touch()
    place, public = tmp_path / "anna.key", workspace.audit / "keys/anna-ek.json"
    call_keys_new(workspace, "Anna Ek", place)
    before = (place.read_bytes(), public.read_bytes(), entries_of(workspace)[-1].facts)
    if lost != "nothing":
        log_file(workspace).unlink()
    if "public" in lost:
        public.unlink()
    call_keys_new(workspace, "Anna Ek", place)
    assert (place.read_bytes(), public.read_bytes(), entries_of(workspace)[-1].facts) == before
    assert [(one.kind, one.who) for one in entries_of(workspace)] == [("key", "Anna Ek")]


def test_a_key_that_somebody_has_is_not_given_to_another_person(
    workspace: Workspace, annas: SigningKey, tmp_path: Path
) -> None:
    for name in ("Bo Al", "anna  ek 2"):
        with pytest.raises(CannotWriteError):
            new_signing_key(workspace, name, tmp_path / "anna.key")
    with pytest.raises(SigningKeyError, match="has a key already"):
        new_signing_key(workspace, "ANNA EK", tmp_path / "anna.key")
    assert list(known_keys(workspace).values()) == [annas.public]


def test_a_file_that_is_no_key_is_neither_taken_nor_written_over(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "notes").write_bytes(b"mine")
    (tmp_path / "notes").chmod(0o600)
    with pytest.raises(CannotWriteError):
        new_signing_key(workspace, "Bo Al", tmp_path / "notes")
    assert (tmp_path / "notes").read_bytes() == b"mine"
    assert known_keys(workspace) == {}


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


def test_keys_cannot_be_exchanged(annas: SigningKey) -> None:
    with pytest.raises(FrozenInstanceError):
        annas.public.public = "00" * 32  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        annas.public = annas.public  # type: ignore[misc]


def test_a_public_key_is_a_file_that_people_can_read(workspace: Workspace, annas: SigningKey) -> None:
    new_signing_key(workspace, "Åsa Öst", workspace.root.parent / "asa.key")
    text = (workspace.audit / "keys/asa-ost.json").read_text(encoding="utf-8")
    assert '"person": "Åsa Öst"' in text
    assert list(json.loads(text)) == ["keyid", "keytype", "keyval", "person", "scheme"]
    assert {key.person for key in known_keys(workspace).values()} == {"Anna Ek", "Åsa Öst"}


@pytest.mark.parametrize("name", ["Anna Ek", "ANNA EK", "Anna-Ek", "Ánna Ek"])
def test_two_persons_never_have_one_key_file_or_one_name(workspace: Workspace, annas: SigningKey, name: str) -> None:
    with pytest.raises(SigningKeyError, match="has a key already"):
        new_signing_key(workspace, name, workspace.root.parent / "other.key")


def test_a_name_that_is_taken_in_another_file_is_taken(workspace: Workspace, annas: SigningKey, tmp_path: Path) -> None:
    (workspace.audit / "keys/anna-ek.json").rename(workspace.audit / "keys/ae.json")
    with pytest.raises(SigningKeyError, match="has a key already"):
        new_signing_key(workspace, "anna ek", tmp_path / "other.key")


def test_a_person_without_a_letter_has_no_key(workspace: Workspace, tmp_path: Path) -> None:
    assert file_name(" Åsa  B. Ö-2 ") == "asa-b-o-2.json"
    with pytest.raises(SigningKeyError, match="name of a person"):
        new_signing_key(workspace, "···", tmp_path / "key")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"person": "x", "keyval": null, "keyid": "x"}',
        b'{"person": "x", "keyval": {"public": "zz"}, "keyid": "x"}',
    ],
)
def test_every_file_that_is_no_public_key_is_named(workspace: Workspace, annas: SigningKey, content: bytes) -> None:
    for name in ("b", "c"):
        (workspace.audit / f"keys/{name}.json").write_bytes(content)
    with pytest.raises(SigningKeyError, match="not as they were made") as stopped:
        known_keys(workspace)
    assert [line.split(" ")[0] for line in stopped.value.problems] == ["audit/keys/b.json", "audit/keys/c.json"]


def test_a_public_key_that_is_a_folder_is_named(workspace: Workspace) -> None:
    (workspace.audit / "keys/a.json").mkdir(parents=True)
    with pytest.raises(SigningKeyError, match="not as they were made"):
        known_keys(workspace)


@pytest.mark.parametrize("length", [31, 33])
def test_a_public_key_of_another_length_is_none_though_its_id_fits(
    workspace: Workspace, annas: SigningKey, length: int
) -> None:
    other = type(annas.public)("Cy", "ab" * length)
    content = {"person": "Cy", "keyid": other.keyid, **other.as_key()}
    (workspace.audit / "keys/cy.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(SigningKeyError, match=r"cy\.json"):
        known_keys(workspace)


def test_the_key_that_is_named_comes_before_that_of_the_environment(
    workspace: Workspace, annas: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIKVARD_SIGNING_KEY_FILE", raising=False)
    with pytest.raises(SigningKeyError, match="no key to sign with"):
        signing_key(workspace)
    new_signing_key(workspace, "Bo Al", tmp_path / "bo.key")
    monkeypatch.setenv("LIKVARD_SIGNING_KEY_FILE", str(tmp_path / "bo.key"))
    assert signing_key(workspace).public.person == "Bo Al"
    assert signing_key(workspace, tmp_path / "anna.key").public.person == "Anna Ek"


def test_what_is_no_private_ed25519_key_without_a_password_signs_nothing(
    workspace: Workspace, annas: SigningKey, tmp_path: Path
) -> None:
    path = tmp_path / "other.key"
    locked = annas.secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    other = Ed448PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content, said in (
        (b"nonsense", "no signing key"),
        (locked, "no signing key"),
        (other, "another kind than Ed25519"),
    ):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(SigningKeyError, match=said):
            signing_key(workspace, path)


def test_what_was_read_from_an_envelope_cannot_be_changed_afterwards(workspace: Workspace, annas: SigningKey) -> None:
    signed = opened(sealed("record", SUBJECTS, {}, annas), known_keys(workspace))
    with pytest.raises(FrozenInstanceError):
        signed.person = "Bo Al"  # type: ignore[misc]


def test_what_is_signed_is_the_type_and_the_body_with_their_lengths() -> None:
    assert pre_authentication(b"{}") == b"DSSEv1 28 application/vnd.in-toto+json 2 {}"


def rewritten(envelope: bytes, **parts: object) -> bytes:
    return canonical(json.loads(envelope) | parts) + b"\n"


def test_an_envelope_that_means_the_same_in_other_bytes_is_not_what_was_signed(
    workspace: Workspace, annas: SigningKey
) -> None:
    envelope, keys = sealed("record", SUBJECTS, {}, annas), known_keys(workspace)
    content = json.loads(envelope)
    mark = content["signatures"][0]
    # Base64 leaves bits of its last digit unused, and readers that are not strict skip what is no digit.
    assert mark["sig"].endswith("==")
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    unused = mark["sig"][:-3] + digits[digits.index(mark["sig"][-3]) + 1] + "=="
    assert base64.b64decode(unused) == base64.b64decode(mark["sig"])
    others = [
        json.dumps(content).encode() + b"\n",
        envelope + b"\n",
        rewritten(envelope, payload="\n" + content["payload"]),
        rewritten(envelope, signatures=[mark | {"sig": unused}]),
        rewritten(envelope, signatures=[mark | {"sig": mark["sig"][:4] + "*" + mark["sig"][4:]}]),
    ]
    for other in others:
        with pytest.raises(AlteredError, match=r"not written as it was signed|no signed statement"):
            opened(other, keys)


def test_a_payload_with_unused_bits_is_not_what_was_signed(workspace: Workspace, annas: SigningKey) -> None:
    keys = known_keys(workspace)
    texts = (sealed("record", {}, {"x": "x" * more}, annas) for more in range(3))
    envelope = next(text for text in texts if json.loads(text)["payload"].endswith("=="))
    payload = json.loads(envelope)["payload"]
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    unused = payload[:-3] + digits[digits.index(payload[-3]) + 1] + "=="
    with pytest.raises(AlteredError, match="not written as it was signed"):
        opened(rewritten(envelope, payload=unused), keys)


def test_an_envelope_has_one_signature_and_our_type(workspace: Workspace, annas: SigningKey) -> None:
    envelope, keys = sealed("record", SUBJECTS, {}, annas), known_keys(workspace)
    mark = json.loads(envelope)["signatures"][0]
    for other in (rewritten(envelope, signatures=[mark, mark]), rewritten(envelope, payloadType="text/plain")):
        with pytest.raises(AlteredError, match="another kind of statement"):
            opened(other, keys)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"{}\n", b"[]\n", b'{"payload":"","signatures":[]}\n', b"\xff"])
def test_what_is_no_envelope_is_told(content: bytes) -> None:
    with pytest.raises(AlteredError, match="no signed statement"):
        opened(content, {})
