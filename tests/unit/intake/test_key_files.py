"""Key files are for their owner alone and outside every repository; pseudonyms are what their definition says, digit by digit."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from likvard.errors import CannotWriteError, PseudonymKeyError
from likvard.intake.key import PseudonymKey, new_key, read_key
from likvard.intake.pseudonyms import Pseudonymiser, canonical
from likvard.key_file import KeyFile
from likvard.workspace import Workspace

SECRET = bytes(range(32))
KEY = PseudonymKey(SECRET)
HIGH = bytes(range(224, 256))
"""Its base64 has both characters that the two alphabets write differently."""
FILE = KeyFile("The file", PseudonymKeyError, "make one.")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    (tmp_path / "workspace").mkdir()
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "key"


def put(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def by_definition(secret: bytes, *parts: str) -> str:
    """HMAC-SHA-256 as RFC 2104 writes it, of each part after its length in four bytes."""
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    padded = secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).hexdigest()


def test_a_pseudonym_is_the_first_sixteen_digits_of_the_hmac_of_its_parts() -> None:
    expected = by_definition(SECRET, "likvard pseudonym v1", "pupil statistics", "person", "201204019801")[:16]
    assert Pseudonymiser(KEY)("person", "201204019801") == expected


def test_the_check_value_is_the_first_twelve_digits_of_an_hmac() -> None:
    assert KEY.check_value == hmac.digest(SECRET, b"likvard key check value v1", "sha256").hex()[:12]
    assert len(KEY.check_value) == 12


@pytest.mark.parametrize(
    ("written", "same"),
    [
        (" 20120401-9801 ", "20120401-9801"),
        ("20120401–9801", "20120401-9801"),
        ("20120401−9801", "20120401-9801"),
        ("20120401+9801", "20120401+9801"),
        ("２０１２", "2012"),
        ("2F1C9F86-7F2B-4B1E-9D59-0C8F2F5A6B10", "2f1c9f86-7f2b-4b1e-9d59-0c8f2f5a6b10"),
        ("{2F1C9F86-7F2B-4B1E-9D59-0C8F2F5A6B10}", "2f1c9f86-7f2b-4b1e-9d59-0c8f2f5a6b10"),
        ("2F1C9F867F2B4B1E9D590C8F2F5A6B10", "2F1C9F867F2B4B1E9D590C8F2F5A6B10"),
        ("Z" * 36, "Z" * 36),
    ],
)
def test_an_identifier_has_one_form(written: str, same: str) -> None:
    assert canonical(written) == same


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        b" " + SECRET.hex().encode() + b"\n",
        SECRET.hex().upper().encode(),
        base64.b64encode(HIGH),
        base64.b64encode(HIGH).rstrip(b"="),
        base64.urlsafe_b64encode(HIGH),
        base64.urlsafe_b64encode(HIGH).rstrip(b"=") + b"\n",
    ],
    ids=[
        "bytes",
        "hexadecimal",
        "capitals",
        "base64",
        "without padding",
        "for addresses",
        "for addresses, without padding",
    ],
)
def test_a_key_is_read_in_each_of_its_forms(place: Workspace, path: Path, form: bytes) -> None:
    assert read_key(place, put(path, form)).secret in (SECRET, HIGH)


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(31)),
        bytes(range(33)),
        bytes(range(7)) * 4 + bytes(4),
        SECRET.hex().encode()[:-2] + b"zz",
        b"+-" * 21 + b"A",
    ],
    ids=["31 bytes", "33 bytes", "seven different ones", "no digits", "both alphabets"],
)
def test_what_is_no_key_of_32_random_bytes_is_refused(place: Workspace, path: Path, content: bytes) -> None:
    with pytest.raises(PseudonymKeyError, match="no key of 32 random bytes"):
        read_key(place, put(path, content))


def test_eight_different_bytes_are_enough(place: Workspace, path: Path) -> None:
    assert read_key(place, put(path, bytes(range(8)) * 4)).secret == bytes(range(8)) * 4


def test_the_file_that_is_named_comes_before_the_environment_and_the_variable_before_its_file(
    place: Workspace, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = (bytes(range(first, first + 32)) for first in (1, 2, 3))
    monkeypatch.setenv("LIKVARD_KEY_FILE", str(put(tmp_path / "third", three)))
    monkeypatch.delenv("LIKVARD_KEY", raising=False)
    assert read_key(place).secret == three
    monkeypatch.setenv("LIKVARD_KEY", two.hex())
    assert read_key(place).secret == two
    assert read_key(place, put(path, one)).secret == one


def test_without_file_and_environment_there_is_no_key(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIKVARD_KEY", "LIKVARD_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(PseudonymKeyError, match="There is no key"):
        read_key(place)


def test_a_new_key_has_32_random_bytes_for_its_owner_alone(place: Workspace, path: Path, tmp_path: Path) -> None:
    made = new_key(place, path)
    assert len(made.secret) == 32
    assert path.read_bytes() == made.secret.hex().encode() + b"\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert new_key(None, tmp_path / "another").secret != made.secret


def test_a_new_key_is_never_laid_into_the_workspace(place: Workspace) -> None:
    with pytest.raises(PseudonymKeyError, match="inside a repository"):
        new_key(place, place.root / "key")
    assert not (place.root / "key").exists()


def test_a_key_cannot_be_exchanged_and_shows_nothing(path: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        KEY.secret = HIGH  # type: ignore[misc]
    assert repr(KEY) == "PseudonymKey()"


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_a_file_of_its_owner_alone_is_read(place: Workspace, path: Path, mode: int) -> None:
    assert FILE.read(place, put(path, b"secret", mode)) == b"secret"


@pytest.mark.parametrize("bit", [0o100, 0o040, 0o020, 0o010, 0o004, 0o002, 0o001])
def test_a_file_that_is_open_in_any_way_to_anybody_else_is_refused(place: Workspace, path: Path, bit: int) -> None:
    with pytest.raises(PseudonymKeyError, match="by others"):
        FILE.read(place, put(path, b"secret", 0o600 | bit))


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file to somebody else")
def test_a_file_of_somebody_else_is_refused(place: Workspace, path: Path) -> None:
    os.chown(put(path, b"secret"), os.getuid() + 1, -1)
    with pytest.raises(PseudonymKeyError, match="by others"):
        FILE.read(place, path)


def test_of_a_file_that_is_no_key_little_is_read_and_nothing_stays_open(place: Workspace, path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert FILE.read(place, put(path, b"x" * 10_000)) == b"x" * 4096
    with pytest.raises(PseudonymKeyError):
        FILE.read(place, put(path, b"x", 0o644))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_folder_a_pipe_a_link_and_what_is_not_there_are_refused(place: Workspace, path: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("folder", "pipe"):
        with pytest.raises(PseudonymKeyError, match="is not a file"):
            FILE.read(place, tmp_path / name)
    (tmp_path / "link").symlink_to(put(path, b"secret"))
    with pytest.raises(PseudonymKeyError, match="cannot be read"):
        FILE.read(place, tmp_path / "link")
    with pytest.raises(PseudonymKeyError, match=r"cannot be read: No such file"):
        FILE.read(place, tmp_path / "nothing")


def test_a_file_in_the_workspace_or_in_any_repository_above_it_is_refused(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "other/.git").mkdir(parents=True)
    (tmp_path / "other/deep/deeper").mkdir(parents=True)
    (tmp_path / "way").symlink_to(place.root)
    (place.root / "deep").mkdir()
    folders = (place.root, place.root / "deep", tmp_path / "way", tmp_path / "other", tmp_path / "other/deep/deeper")
    for folder in folders:
        with pytest.raises(PseudonymKeyError, match="inside a repository"):
            FILE.read(place, put(folder / "key", b"secret"))


def test_a_file_is_never_written_over_nor_through_a_link(path: Path, tmp_path: Path) -> None:
    FILE.write(path, b"first")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for taken in (path, tmp_path / "link"):
        with pytest.raises(CannotWriteError):
            FILE.write(taken, b"second")
    assert path.read_bytes() == b"first"
    assert not (tmp_path / "elsewhere").exists()
