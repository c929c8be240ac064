"""What ``verify`` says of an edition that was signed by hand: exactly the files at fault, in the right words, and no others."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from likvard.audit.envelope import sealed
from likvard.audit.log import append, entries_of, log_file
from likvard.audit.pack import unpacked, write_pack
from likvard.audit.record import Version, version_named
from likvard.audit.verify import Finding, see_that_nothing_is_altered, verify
from likvard.errors import AlteredError
from likvard.workspace import Workspace
from signed_edition import KINDS, SIGNED, corrected, key_for, put, sha256


@pytest.fixture
def version(signed: Workspace) -> Version:
    return version_named(signed, SIGNED)


def faults(workspace: Workspace, version: Version) -> list[str]:
    return [one.text() for one in verify(workspace, version).found]


def flip(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])


def test_of_an_untouched_edition_everything_is_read_and_nothing_is_found(signed: Workspace, version: Version) -> None:
    verdict = verify(signed, version)
    assert (verdict.found, verdict.notes) == ((), ())
    assert verdict.checked == {
        **dict.fromkeys(("software", "contract", "staged", "quality", "prepared", "indicators", "disclosure"), 1),
        **dict.fromkeys(("notebook", "other", "cache", "decision", "log", "record"), 1),
        **dict.fromkeys(("pdf", "workbook", "table", "manifest"), 4),
        **{"delivery": 2, "released": 4, "html": 5, "state": 0, "key": 2},
    }
    assert [one.person for one in verdict.signers] == ["Anna Ek"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_file_is_named_alone(signed: Workspace, version: Version, kind: str) -> None:
    flip(signed.root / KINDS[kind])
    assert faults(signed, version) == [f"{kind}: {KINDS[kind]} is altered"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "cache"])
def test_a_file_that_is_gone_is_named_alone(signed: Workspace, version: Version, kind: str) -> None:
    (signed.root / KINDS[kind]).unlink()
    assert faults(signed, version) == [f"{kind}: {KINDS[kind]} is missing"]


def test_what_dvc_has_cleared_from_its_cache_is_no_alteration(signed: Workspace, version: Version) -> None:
    (signed.root / KINDS["cache"]).unlink()
    verdict = verify(signed, version)
    assert (verdict.found, verdict.notes) == ((), ("DVC's cache no longer holds ab/cdef.",))


def test_a_copy_in_the_cache_that_no_pointer_names_any_more_is_still_read(signed: Workspace, version: Version) -> None:
    put(signed.deliveries / f"{SIGNED}.dvc", b"outs: []\n")
    assert faults(signed, version) == [f"delivery: data/deliveries/{SIGNED}.dvc is altered"]
    flip(signed.root / KINDS["cache"])
    assert f"cache: {KINDS['cache']} is altered" in faults(signed, version)


def test_a_file_that_was_added_is_named(signed: Workspace, version: Version) -> None:
    put(signed.reports(SIGNED) / "school/99.html", b"made up")
    assert faults(signed, version) == [f"html: reports/{SIGNED}/school/99.html is added"]


def test_what_the_cache_holds_since_then_is_nothing_that_was_added(signed: Workspace, version: Version) -> None:
    put(signed.root / "dvc.lock", b"stages:\n  ingest:\n    outs:\n    - md5: '123456'\n")
    put(signed.root / ".dvc/cache/files/md5/12/3456", b"new")
    assert faults(signed, version) == ["decision: dvc.lock is added"]


@pytest.mark.parametrize(("name", "what"), [("figures.parquet", "altered"), ("units.parquet", "missing")])
def test_what_is_kept_beside_the_record_is_read_too(signed: Workspace, version: Version, name: str, what: str) -> None:
    path = version.released / name
    flip(path) if what == "altered" else path.unlink()
    assert faults(signed, version) == [f"released: audit/{SIGNED}/1/released/{name} is {what}"]


def test_the_whole_folder_beside_the_record_is_named_once(signed: Workspace, version: Version) -> None:
    shutil.rmtree(version.released)
    assert faults(signed, version) == [f"released: audit/{SIGNED}/1/released is missing"]


def test_without_its_record_nothing_else_is_judged(signed: Workspace, version: Version) -> None:
    version.record.unlink()
    verdict = verify(signed, version)
    assert verdict.found == (Finding("record", f"audit/{SIGNED}/1/record.json", "missing"),)
    assert verdict.checked == {"log": 1, "key": 2, "record": 1}
    assert verdict.signers == ()
    assert len(verdict.notes) == 1


def test_a_changed_record_is_named_with_the_reason(signed: Workspace, version: Version) -> None:
    flip(version.record)
    (line,) = faults(signed, version)
    assert line.startswith(f"record: audit/{SIGNED}/1/record.json is altered (it is ")


def test_a_record_that_the_log_does_not_know_is_not_believed(signed: Workspace, version: Version) -> None:
    path = log_file(signed)
    put(path, b"".join(line for line in path.read_bytes().splitlines(keepends=True) if b'"kind":"record"' not in line))
    unknown = "the log knows of no such act; if a command of Anna Ek was interrupted, run it again"
    assert f"record: audit/{SIGNED}/1/record.json is altered ({unknown})" in faults(signed, version)


def test_the_missing_log_is_named(signed: Workspace, version: Version) -> None:
    log_file(signed).unlink()
    assert "log: audit/log.jsonl is missing" in faults(signed, version)
    assert verify(signed, version).checked["html"] == 5


def test_a_line_of_the_log_that_was_changed_is_named(signed: Workspace, version: Version) -> None:
    path = log_file(signed)
    put(path, path.read_bytes().replace(b'"who":"Cy"', b'"who":"Di"'))
    (line,) = faults(signed, version)
    assert line == "log: audit/log.jsonl is altered (line 4 is not what was written)"


def test_a_log_that_was_written_anew_does_not_hold_what_it_held(signed: Workspace, version: Version) -> None:
    log_file(signed).unlink()
    append(signed, "run", SIGNED, "somebody", {})
    found = faults(signed, version)
    assert "log: audit/log.jsonl is altered (it no longer holds what it held when the record was signed)" in found
    assert "log: audit/log.jsonl is altered (the head that the reports print is not in it)" in found


def test_the_head_beside_the_reports_is_the_one_that_they_print(signed: Workspace, version: Version) -> None:
    head = signed.audit / SIGNED / "head.txt"
    flip(head)
    assert faults(signed, version) == [f"log: audit/{SIGNED}/head.txt is altered"]
    head.unlink()
    assert faults(signed, version) == [f"log: audit/{SIGNED}/head.txt is altered"]


def test_a_key_that_nobody_noted_is_named_and_one_that_is_gone(signed: Workspace, version: Version) -> None:
    key = json.loads((signed.audit / "keys/bo-al.json").read_bytes())
    put(signed.audit / "keys/cy.json", json.dumps(key | {"person": "Cy"}).encode())
    (signed.audit / "keys/bo-al.json").unlink()
    assert faults(signed, version) == ["key: audit/keys/bo-al.json is missing", "key: audit/keys/cy.json is added"]


def test_a_changed_key_is_named_and_nothing_that_it_signed_is_believed(signed: Workspace, version: Version) -> None:
    flip(signed.audit / "keys/anna-ek.json")
    found = faults(signed, version)
    assert found[0] == "key: audit/keys/anna-ek.json is altered"
    assert any(line.startswith("record:") and "not known here" in line for line in found)


def test_a_state_that_is_gone_or_changed_is_named(signed: Workspace, version: Version) -> None:
    envelope = sealed("state", {}, {"state": "reviewed"}, key_for(signed, "Bo Al"))
    path = version.folder / "reviewed.json"
    put(path, envelope)
    unknown = "the log knows of no such act; if a command of Bo Al was interrupted, run it again"
    assert faults(signed, version) == [f"state: audit/{SIGNED}/1/reviewed.json is altered ({unknown})"]
    append(signed, "review", SIGNED, "Bo Al", {"file": signed.shown(path), "sha256": sha256(path)})
    verdict = verify(signed, version)
    assert (verdict.found, verdict.checked["state"]) == ((), 1)
    assert {one.person for one in verdict.signers} == {"Anna Ek", "Bo Al"}
    path.unlink()
    assert faults(signed, version) == [f"state: audit/{SIGNED}/1/reviewed.json is missing"]


def test_the_state_of_another_edition_is_not_missed(signed: Workspace, version: Version) -> None:
    append(signed, "review", "2025Q3", "Bo Al", {"file": "audit/2025Q3/1/reviewed.json", "sha256": "ab"})
    assert faults(signed, version) == []


def test_what_was_purged_with_a_signed_note_is_no_alteration(signed: Workspace, version: Version) -> None:
    path = signed.root / KINDS["html"]
    note = sealed("purge", {KINDS["html"]: sha256(path)}, {}, key_for(signed, "Anna Ek"))
    put(signed.audit / "purges/1.json", note)
    append(signed, "purge", "", "Anna Ek", {"sha256": sha256(signed.audit / "purges/1.json")})
    path.unlink()
    verdict = verify(signed, version)
    assert verdict.found == ()
    assert verdict.notes == ("1 files have been purged; their hashes and a signed note remain.",)
    (signed.root / KINDS["pdf"]).unlink()
    assert faults(signed, version) == [f"pdf: {KINDS['pdf']} is missing"]


def test_a_statement_of_another_kind_purges_nothing(signed: Workspace, version: Version) -> None:
    path = signed.root / KINDS["html"]
    put(signed.audit / "purges/1.json", sealed("state", {KINDS["html"]: sha256(path)}, {}, key_for(signed, "Anna Ek")))
    append(signed, "purge", "", "Anna Ek", {"sha256": sha256(signed.audit / "purges/1.json")})
    path.unlink()
    assert faults(signed, version) == [f"html: {KINDS['html']} is missing"]


def test_a_purge_of_other_bytes_excuses_nothing(signed: Workspace, version: Version) -> None:
    put(signed.audit / "purges/1.json", sealed("purge", {KINDS["html"]: "ab" * 32}, {}, key_for(signed, "Anna Ek")))
    append(signed, "purge", "", "Anna Ek", {"sha256": sha256(signed.audit / "purges/1.json")})
    (signed.root / KINDS["html"]).unlink()
    assert faults(signed, version) == [f"html: {KINDS['html']} is missing"]


def test_the_first_version_is_sound_after_the_second_whose_reports_took_its_place(
    signed: Workspace, version: Version
) -> None:
    second = corrected(signed)
    for one in (version, second):
        assert faults(signed, one) == []
    assert verify(signed, second).notes == ()
    assert len(verify(signed, version).notes) == 1
    flip(signed.root / KINDS["html"])
    flip(signed.root / KINDS["staged"])
    assert faults(signed, version) == []
    assert (
        faults(signed, second) == [f"html: {KINDS['html']} is altered", f"staged: {KINDS['staged']} is altered"][::-1]
    )
    flip(signed.root / KINDS["delivery"])
    assert faults(signed, version) == [f"delivery: {KINDS['delivery']} is altered"]


def test_when_the_workspace_has_moved_on_the_reports_of_the_old_edition_are_still_read(
    signed: Workspace, version: Version
) -> None:
    append(signed, "record", "2026Q4", "Anna Ek", {"version": 1, "sha256": "ab" * 32})
    flip(signed.root / KINDS["staged"])
    flip(signed.root / KINDS["html"])
    assert faults(signed, version) == [f"html: {KINDS['html']} is altered"]


def test_who_verifies_is_in_the_log_with_what_was_found(signed: Workspace, version: Version) -> None:
    verdict = see_that_nothing_is_altered(signed, version, "Cy")
    last = entries_of(signed)[-1]
    assert (last.kind, last.edition, last.who) == ("verify", SIGNED, "Cy")
    assert last.facts == {"version": 1, "files": sum(verdict.checked.values()), "found": 0}


def test_all_files_at_fault_are_told_at_once(signed: Workspace, version: Version) -> None:
    flip(signed.root / KINDS["pdf"])
    with pytest.raises(AlteredError, match=r"^1 file of 2026Q3/1 is not as signed"):
        see_that_nothing_is_altered(signed, version, "Cy")
    assert entries_of(signed)[-1].facts["found"] == 1
    flip(signed.root / KINDS["html"])
    with pytest.raises(AlteredError, match=r"^2 files of 2026Q3/1 are not as signed") as stopped:
        see_that_nothing_is_altered(signed, version, "Cy")
    assert len(stopped.value.problems) == 2


def test_a_broken_log_is_told_and_left_as_it_is(signed: Workspace, version: Version) -> None:
    path = log_file(signed)
    put(path, path.read_bytes()[:-5])
    broken = path.read_bytes()
    with pytest.raises(AlteredError, match="not as signed"):
        see_that_nothing_is_altered(signed, version, "Cy")
    assert path.read_bytes() == broken


@pytest.fixture
def pack(signed: Workspace, version: Version, tmp_path: Path) -> Path:
    write_pack(signed, version, tmp_path / "pack.zip", {"index.html": b"page"}, "Anna Ek")
    return tmp_path / "pack.zip"


def test_a_pack_is_sound_alone_and_nothing_is_written_into_it(pack: Path) -> None:
    with unpacked(pack) as (place, name):
        version = version_named(place, name)
        before = log_file(place).read_bytes()
        verdict = see_that_nothing_is_altered(place, version, "Cy")
        assert log_file(place).read_bytes() == before
        assert len(verdict.notes) == 1
        assert "delivery" not in verdict.checked
        assert verdict.checked["html"] == 5


@pytest.mark.parametrize("kind", ["contract", "decision", "quality", "released", "html", "other"])
def test_a_file_of_a_pack_that_was_changed_is_named(pack: Path, kind: str) -> None:
    with unpacked(pack) as (place, name):
        flip(place.root / KINDS[kind])
        assert faults(place, version_named(place, name)) == [f"{kind}: {KINDS[kind]} is altered"]


def test_a_page_of_a_pack_that_was_changed_or_is_gone_is_named(pack: Path) -> None:
    with unpacked(pack) as (place, name):
        flip(place.root / "index.html")
        assert faults(place, version_named(place, name)) == ["page: index.html is altered"]
        (place.root / "index.html").unlink()
        assert faults(place, version_named(place, name)) == ["page: index.html is missing"]
        put(place.root / "audit-pack.json", b"[]")
        assert faults(place, version_named(place, name)) == ["page: audit-pack.json is altered"]
