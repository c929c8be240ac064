"""The record of an edition that is laid out by hand: what it says, when it is made, and when it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from likvard.audit.artefacts import artefacts
from likvard.audit.log import entries_of, log_file
from likvard.audit.record import make_record, read_record, version_named, versions
from likvard.errors import AlteredError, NoSuchFigureError, ReleaseStateError, StageInputMissingError
from likvard.lineage import code_hash
from likvard.workspace import Workspace
from signed_edition import (
    KINDS,
    SIGNED,
    corrected,
    key_for,
    lay_out_edition,
    params_of,
    put,
    record,
    sha256,
    write_reports,
)


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_edition(tmp_path_factory.mktemp("laid-out") / "workspace").root.parent


@pytest.fixture
def workspace(laid_out: Path, tmp_path: Path) -> Workspace:
    """An edition that nobody has signed."""
    return Workspace(shutil.copytree(laid_out, tmp_path / "made") / "workspace")


def test_a_record_says_what_the_edition_rests_on(workspace: Workspace) -> None:
    there = [one.as_record() for one in artefacts(workspace, SIGNED)]
    before = len(entries_of(workspace))
    version = record(workspace)
    said = read_record(workspace, version)
    assert (version.name, version.number, said.name, said.person) == (f"{SIGNED}/1", 1, "record", "Anna Ek")
    facts = said.predicate
    assert facts["artefacts"] == there
    assert (facts["version"], facts["edition"], facts["parameters"]["edition"]) == (1, SIGNED, SIGNED)
    assert facts["log"] == {"lines": before, "head": entries_of(workspace)[before - 1].hash}
    assert facts["printed_head"] == (workspace.audit / SIGNED / "head.txt").read_text(encoding="ascii").strip()
    assert facts["deliveries"] == {
        SIGNED: {
            "origin": {"sender": "Exempelkommun"},
            "sha256": {"elever.csv": sha256(workspace.root / KINDS["delivery"])},
        }
    }
    assert facts["software"]["lock"] == sha256(workspace.software_lock)
    assert facts["protection"]["figures"] == {"shown": 1, "too_few": 1}
    assert facts["code"] == {"likvard": "c0de", "workspace": {}}


def test_the_subjects_of_a_record_are_the_released_data_and_the_reports(workspace: Workspace) -> None:
    subjects = read_record(workspace, record(workspace)).subjects
    assert subjects[KINDS["pdf"]] == sha256(workspace.root / KINDS["pdf"])
    assert {name.split("/")[0] for name in subjects} == {"data", "reports"}
    assert {name for name in subjects if name.startswith("data")} == {
        f"data/released/{name}" for name in ("edition.json", "figures.parquet", "quality.json", "units.parquet")
    }


def test_a_record_names_the_checks_that_found_something_in_the_words_of_the_quality_report(
    workspace: Workspace,
) -> None:
    told = {"found": [{"check": "c1", "message": "två rader"}]}
    put(workspace.quality / "page.json", json.dumps(told).encode())
    checks = read_record(workspace, record(workspace)).predicate["checks"]
    assert [(one["check"], one["message"]) for one in checks["failed"]] == [("c1", "två rader")]
    assert checks["waivers"] == [{"check": "c1", "scope": "t", "who": "Cy"}]
    assert (checks["status"], checks["great_expectations"]) == ("passed", "")


def test_without_a_quality_report_the_checks_speak_for_themselves(workspace: Workspace) -> None:
    checks = read_record(workspace, record(workspace)).predicate["checks"]
    assert [one["message"] for one in checks["failed"]] == ["two rows"]


@pytest.mark.parametrize("built_by", ["0000", "ffff", code_hash()])
def test_the_code_has_its_commit_only_where_it_is_the_code_that_is_here(workspace: Workspace, built_by: str) -> None:
    for path in workspace.reports(SIGNED).rglob("*.manifest.json"):
        put(path, path.read_bytes().replace(b"c0de", built_by.encode()))
    code = read_record(workspace, record(workspace)).predicate["code"]
    assert code["likvard"] == built_by
    assert ("commit" in code) == (built_by == code_hash())


def test_the_released_data_is_kept_beside_the_record_and_not_in_git(workspace: Workspace) -> None:
    version = record(workspace)
    kept = {path.name: path.read_bytes() for path in version.released.glob("*")}
    assert kept == {path.name: path.read_bytes() for path in workspace.released.glob("*")}
    assert (workspace.audit / ".gitignore").read_bytes() == b"/*/*/released/\n"


def test_the_record_and_each_waiver_are_in_the_log(workspace: Workspace) -> None:
    version = record(workspace)
    waiver, made = entries_of(workspace)[-2:]
    assert (waiver.kind, waiver.edition, waiver.who, waiver.facts) == (
        "waiver",
        SIGNED,
        "Cy",
        {"version": 1, "check": "c1", "scope": "t"},
    )
    assert (made.kind, made.edition, made.who) == ("record", SIGNED, "Anna Ek")
    keyid = key_for(workspace, "Anna Ek").public.keyid
    assert made.facts == {"version": 1, "sha256": sha256(version.record), "keyid": keyid}


def test_what_has_not_changed_is_not_signed_again(workspace: Workspace) -> None:
    first, lines = record(workspace), len(entries_of(workspace))
    assert record(workspace) == first
    assert len(entries_of(workspace)) == lines


def test_the_lines_of_the_log_that_a_killed_run_has_not_written_are_written_by_the_next(workspace: Workspace) -> None:
    record(workspace)
    log = log_file(workspace)
    whole = log.read_bytes()
    *before, waiver, last = whole.splitlines(keepends=True)
    kinds = [json.loads(line)["kind"] for line in (waiver, last)]
    for left in (b"".join(before), b"".join([*before, waiver]), whole):
        log.write_bytes(left)
        record(workspace)
        assert kinds == [one.kind for one in entries_of(workspace)[len(before) :]] == ["waiver", "record"]


def test_what_has_changed_is_the_next_version(workspace: Workspace) -> None:
    record(workspace)
    assert corrected(workspace).name == f"{SIGNED}/2"
    assert record(workspace).name == f"{SIGNED}/2"
    assert [one.number for one in versions(workspace, SIGNED)] == [1, 2]


def test_a_draft_is_not_recorded_nor_what_is_not_built(workspace: Workspace) -> None:
    params, key = params_of(workspace), key_for(workspace, "Anna Ek")
    with pytest.raises(ReleaseStateError, match="built as a draft"):
        make_record(workspace, params.model_copy(update={"draft": True}), key)
    (workspace.reports(SIGNED) / "index.html").unlink()
    with pytest.raises(StageInputMissingError, match="'index' makes it"):
        make_record(workspace, params, key)
    assert versions(workspace, SIGNED) == []


def test_reports_that_are_not_as_their_manifests_say_are_named_and_not_signed(workspace: Workspace) -> None:
    put(workspace.root / KINDS["pdf"], b"another")
    with pytest.raises(StageInputMissingError, match="not as they should be") as stopped:
        record(workspace)
    assert stopped.value.problems == (KINDS["pdf"],) or list(stopped.value.problems) == [KINDS["pdf"]]
    assert versions(workspace, SIGNED) == []


def test_reports_that_print_another_head_of_the_log_are_not_signed(workspace: Workspace) -> None:
    write_reports(workspace, "another")
    with pytest.raises(StageInputMissingError) as stopped:
        record(workspace)
    assert len(stopped.value.problems) == 4
    assert all("prints another head of the log, or none" in line for line in stopped.value.problems)


def test_versions_come_in_the_order_of_their_numbers(workspace: Workspace) -> None:
    for name in ("10", "9", "draft"):
        put(workspace.audit / SIGNED / name / "record.json", b"{}")
    (workspace.audit / SIGNED / "11").mkdir()
    assert [one.number for one in versions(workspace, SIGNED)] == [9, 10]
    assert version_named(workspace, SIGNED).number == 10
    assert version_named(workspace, f"{SIGNED}/9").number == 9


def test_a_version_that_nobody_made_is_told_with_those_that_are_there(workspace: Workspace) -> None:
    with pytest.raises(NoSuchFigureError, match="there is no record of it") as stopped:
        version_named(workspace, SIGNED)
    assert "recorded are" not in str(stopped.value.advice)
    record(workspace)
    for name in (f"{SIGNED}/2", "2026Q4"):
        with pytest.raises(NoSuchFigureError, match=name) as stopped:
            version_named(workspace, name)
        assert f"recorded are {SIGNED}/1." in str(stopped.value.advice)


def test_a_record_that_was_changed_is_named(workspace: Workspace) -> None:
    version = record(workspace)
    put(version.record, version.record.read_bytes() + b" ")
    with pytest.raises(AlteredError, match=rf"^audit/{SIGNED}/1/record.json: it is "):
        read_record(workspace, version)
