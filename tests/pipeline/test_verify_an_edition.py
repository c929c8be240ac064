"""``likvard verify``: one flipped byte in any class of file is found and named; an untouched edition raises no alarm."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from likvard.audit.artefacts import artefacts
from likvard.audit.keys import signing_key
from likvard.audit.log import append
from likvard.audit.pack import unpacked, write_pack
from likvard.audit.questions import ten_answers
from likvard.audit.record import Version, make_record, version_named, versions
from likvard.audit.verify import verify
from likvard.errors import NoSuchFigureError, ReleaseStateError
from likvard.language import Language
from likvard.lineage import file_hash
from likvard.params import read_params
from likvard.workspace import Workspace
from small_workspace import EDITION, key_of, likvard

CLASSES = {
    "delivery": f"data/deliveries/{EDITION}/pupils.csv",
    "pointer": f"data/deliveries/{EDITION}.dvc",
    "cache": ".dvc/cache/files/md5/*/*",
    "contract": "data/contracts/indicators/pupils_count.yaml",
    "decision": "params.yaml",
    "staged": "data/staged/pupils.parquet",
    "quality": "data/quality/checks.csv",
    "prepared": "data/prepared/pupil_period.parquet",
    "indicators": "data/indicators/figures.parquet",
    "disclosure": "data/disclosure/decisions.parquet",
    "released": "data/released/figures.parquet",
    "released, kept": f"audit/{EDITION}/1/released/figures.parquet",
    "notebook": "notebooks/reports/school.ipynb",
    "html": f"reports/{EDITION}/school/01.html",
    "pdf": f"reports/{EDITION}/school/01.pdf",
    "workbook": f"reports/{EDITION}/school/01.xlsx",
    "table": f"reports/{EDITION}/school/01.csv",
    "manifest": f"reports/{EDITION}/school/01.manifest.json",
    "open data": f"reports/{EDITION}/open-data.zip",
    "register": f"reports/{EDITION}/meeting/*.xlsx",
    "record": f"audit/{EDITION}/1/record.json",
    "log": "audit/log.jsonl",
    "head": f"audit/{EDITION}/head.txt",
    "key": "audit/keys/anna-ek.json",
    "software": "requirements.lock",
}


@pytest.fixture
def version(signed: Workspace) -> Version:
    return version_named(signed, EDITION)


@pytest.fixture
def flipped(signed: Workspace) -> Iterator[Callable[[str], str]]:
    """A function that flips one bit in the middle of a file, and says which file it was."""
    before: list[tuple[Path, bytes, os.stat_result]] = []

    def flip(pattern: str) -> str:
        path = max(signed.root.glob(pattern), key=lambda one: (one.stat().st_size, one.name))
        content, about = path.read_bytes(), path.stat()
        before.append((path, content, about))
        middle = len(content) // 2
        path.chmod(0o644)
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        # Not even the time of the file tells.
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
        return signed.shown(path)

    yield flip
    for path, content, about in before:
        path.write_bytes(content)
        path.chmod(about.st_mode)


def test_an_untouched_edition_raises_no_alarm_however_often_it_is_asked(signed: Workspace, version: Version) -> None:
    for _ in range(20):
        verdict = verify(signed, version)
        assert verdict.found == ()
    assert {"delivery", "cache", "staged", "released", "html", "pdf", "manifest"} <= set(verdict.checked)


def test_a_draft_is_not_recorded(signed: Workspace) -> None:
    draft = read_params(signed.params).model_copy(update={"draft": True})
    with pytest.raises(ReleaseStateError, match="is built as a draft") as stop:
        make_record(signed, draft, signing_key(signed, key_of(signed, "Anna Ek")))
    assert stop.value.exit_code == 32
    assert [one.number for one in versions(signed, EDITION)] == [1]


@pytest.mark.parametrize("kind", CLASSES)
def test_one_flipped_byte_is_found_and_the_file_is_named(
    signed: Workspace, version: Version, flipped: Callable[[str], str], kind: str
) -> None:
    path = flipped(CLASSES[kind])
    assert path in {one.path for one in verify(signed, version).found}


def test_the_command_names_the_file_and_stops_with_its_own_code(
    signed: Workspace, flipped: Callable[[str], str]
) -> None:
    path = flipped(CLASSES["cache"])
    told = likvard(signed.root, "verify", EDITION)
    assert told.code == 30, told.said
    assert path in told.said


def test_a_file_that_was_added_or_is_gone_is_named(signed: Workspace, version: Version, tmp_path: Path) -> None:
    added, gone = signed.reports(EDITION) / "school/99.html", signed.reports(EDITION) / "area/11.pdf"
    added.write_text("made up", encoding="utf-8")
    gone.rename(tmp_path / "kept")
    try:
        found = {(one.path, one.what) for one in verify(signed, version).found}
    finally:
        added.unlink()
        (tmp_path / "kept").rename(gone)
    assert found == {(signed.shown(added), "added"), (signed.shown(gone), "missing")}


def test_a_log_that_was_cut_and_chained_anew_is_noticed(signed: Workspace, version: Version) -> None:
    path = signed.audit / "log.jsonl"
    content = path.read_bytes()
    path.unlink()
    append(signed, "run", EDITION, "somebody", {})
    try:
        assert "log" in {one.kind for one in verify(signed, version).found}
    finally:
        path.write_bytes(content)


def test_an_edition_without_changes_is_recorded_once(signed: Workspace) -> None:
    key = signing_key(signed, key_of(signed, "Anna Ek"))
    assert make_record(signed, read_params(signed.params), key).number == 1
    assert [one.number for one in versions(signed, EDITION)] == [1]


def test_a_record_names_every_file_and_what_it_rests_on(signed: Workspace, version: Version) -> None:
    import base64

    statement = json.loads(base64.b64decode(json.loads(version.record.read_bytes())["payload"]))
    predicate = statement["predicate"]
    assert {one["path"] for one in predicate["artefacts"]} == {one.path for one in artefacts(signed, EDITION)}
    assert f"reports/{EDITION}/school/01.html" in {one["name"] for one in statement["subject"]}
    assert predicate["parameters"]["edition"] == EDITION
    assert sorted(predicate["deliveries"]) == ["1987-88", EDITION]


def test_an_edition_that_nobody_recorded_is_not_known(signed: Workspace) -> None:
    with pytest.raises(NoSuchFigureError, match="there is no record of it"):
        version_named(signed, "1999Q1")


@pytest.fixture(scope="module")
def pack(signed: Workspace) -> Path:
    target = signed.root.parent / "pack.zip"
    write_pack(signed, version_named(signed, EDITION), target, {}, "Anna Ek")
    return target


def test_an_audit_pack_is_verified_alone(pack: Path, tmp_path: Path) -> None:
    alone = tmp_path / "fresh machine"
    alone.mkdir()
    shutil.copyfile(pack, alone / "pack.zip")
    told = likvard(alone, "verify", "pack.zip")
    assert told.code == 0, told.said
    assert "This is an audit pack" in told.said


@pytest.mark.parametrize(
    "kind",
    ["contract", "decision", "quality", "released", "notebook", "html", "pdf", "manifest", "record", "log", "key"],
)
def test_one_flipped_byte_in_a_pack_is_found(pack: Path, kind: str) -> None:
    with unpacked(pack) as (place, name):
        path = place.root / CLASSES[kind]
        content = path.read_bytes()
        path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        assert place.shown(path) in {one.path for one in verify(place, version_named(place, name)).found}


def test_a_trace_from_a_pack_names_every_delivered_file_by_its_hash(signed: Workspace, pack: Path) -> None:
    with (signed.reports(EDITION) / "school/01.csv").open(encoding="utf-8-sig", newline="") as stream:
        figure = next(csv.DictReader(stream))["figure_id"]
    alone = pack.parent / "nothing else"
    alone.mkdir(exist_ok=True)
    told = likvard(alone, "trace", figure, "--edition", str(pack), "--language", "sv")
    assert told.code == 0, told.said
    assert "Leveranserna" in told.said
    path = f"data/deliveries/{EDITION}/pupils.csv"
    assert f"{path}: SHA-256 {file_hash(signed.root / path)}" in told.said


def test_the_answers_of_a_pack_are_commands_that_an_auditor_can_type(pack: Path) -> None:
    with unpacked(pack) as (place, name):
        answers = ten_answers(place, version_named(place, name), Language("en"))
    told = dict(answers[-1].facts)
    words = told["Try it"].split()
    assert words[:2] == ["likvard", "rebuild"]
    assert words[3:] == ["--edition", pack.name]


def test_a_pack_holds_no_data_about_persons(pack: Path) -> None:
    with unpacked(pack) as (place, _):
        held = {path.relative_to(place.root).as_posix() for path in place.root.rglob("*") if path.is_file()}
        assert not [
            name for name in held if name.startswith(("data/deliveries", "data/staged", "data/prepared", ".dvc"))
        ]
        assert not [name for name in held if b"c0ffee" in (place.root / name).read_bytes()]
