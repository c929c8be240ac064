from __future__ import annotations

import io
import stat
import zipfile

import pytest

from likvard.errors import ArchiveRefusedError
from likvard.fetch.archive import ArchiveLimits, read_archive


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_an_ordinary_archive_is_read_whole() -> None:
    members = {"orgs.csv": b"a,b\n", "users.csv": b"c\n"}
    assert read_archive("x.zip", packed(members)) == members


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:evil.csv"])
def test_a_member_that_leads_outside_is_refused(name: str) -> None:
    with pytest.raises(ArchiveRefusedError, match="leads outside"):
        read_archive("x.zip", packed({name: b"x"}))


def test_a_link_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("orgs.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ArchiveRefusedError, match="link"):
        read_archive("x.zip", buffer.getvalue())


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({"orgs.csv": b"0" * 10_000_000})
    with pytest.raises(ArchiveRefusedError, match="times its size"):
        read_archive("x.zip", bomb)
    with pytest.raises(ArchiveRefusedError, match="at most 1000 are taken"):
        read_archive("x.zip", bomb, ArchiveLimits(unpacked_bytes=1000))


def test_too_many_members_and_too_many_bytes_are_refused() -> None:
    with pytest.raises(ArchiveRefusedError, match="3 members"):
        read_archive("x.zip", packed(dict.fromkeys(("a", "b", "c"), b"")), ArchiveLimits(members=2))
    with pytest.raises(ArchiveRefusedError, match="bytes"):
        read_archive("x.zip", packed({"a": b"x" * 100}, zipfile.ZIP_STORED), ArchiveLimits(packed_bytes=50))


def test_a_name_that_stands_twice_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("orgs.csv", "a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("orgs.csv", "b")
    with pytest.raises(ArchiveRefusedError, match="twice"):
        read_archive("x.zip", buffer.getvalue())


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut"])
def test_what_is_no_archive_is_refused_with_a_message(content: bytes) -> None:
    with pytest.raises(ArchiveRefusedError, match="not a zip archive"):
        read_archive("x.zip", content)


def test_a_damaged_member_is_refused() -> None:
    content = packed({"orgs.csv": b"a,b\n" * 50}, zipfile.ZIP_STORED)
    damaged = content.replace(b"a,b\na,b\n", b"a,b\nX,b\n", 1)
    with pytest.raises(ArchiveRefusedError, match="cannot be unpacked"):
        read_archive("x.zip", damaged)
