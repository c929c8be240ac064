"""What its time has passed is removed with DVC's copies of it; hashes and a signed note remain."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from likvard.audit.artefacts import cache_folder
from likvard.audit.envelope import opened
from likvard.audit.keys import SigningKey, known_keys, new_signing_key, signing_key
from likvard.audit.log import entries_of, log_file
from likvard.errors import ParamsError, StageInputMissingError
from likvard.language import Language
from likvard.lineage import file_hash
from likvard.params import read_params
from likvard.release.duties import pages
from likvard.release.processing import Processing, read_processing
from likvard.release.purge import outdated, purge
from likvard.workspace import Workspace
from repository import REPOSITORY
from small_workspace import git

PARAMS = read_params(REPOSITORY / "params.yaml").model_copy(update={"edition": "2026Q3", "source": "exempelkommun"})
STATED = {
    "controller": {"name": "Nämnden", "contact": "skola@example.org"},
    "data_protection_officer": {"name": "Ombudet", "contact": "dso@example.org"},
    "purposes": ["Uppföljning av likvärdighet"],
    "legal_basis": "Art. 6.1 e",
    "dpia": "KS 2026/123",
    "retention": {"deliveries": 365, "reports": 3650, "outbox": 30},
}
PROCESSING = Processing.model_validate(STATED)


def under_dvc(workspace: Workspace, name: str, content: bytes) -> Path:
    """A delivery of one file, with its pointer and its two copies in DVC's cache; the path of the file's copy."""
    folder = workspace.deliveries / name
    folder.mkdir(parents=True)
    (folder / "elever.csv").write_bytes(content)
    place, md5 = workspace.root / ".dvc/cache/files/md5", hashlib.md5(content).hexdigest()
    for held, written in (
        (md5, content),
        (f"{name:0<30}.dir", json.dumps([{"md5": md5, "relpath": "elever.csv"}]).encode()),
    ):
        (place / held[:2]).mkdir(parents=True, exist_ok=True)
        (place / held[:2] / held[2:]).write_bytes(written)
    pointer = {"outs": [{"md5": f"{name:0<30}.dir", "path": name}]}
    (workspace.deliveries / f"{name}.dvc").write_text(yaml.safe_dump(pointer), encoding="utf-8")
    return place / md5[:2] / md5[2:]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path / "workspace")
    found.root.mkdir()
    return found


@pytest.fixture
def annas(workspace: Workspace, tmp_path: Path) -> SigningKey:
    new_signing_key(workspace, "Anna Ek", tmp_path / "anna.key")
    return signing_key(workspace, tmp_path / "anna.key")


def test_a_delivery_is_kept_until_its_last_day_has_passed_by_the_days_that_are_stated(workspace: Workspace) -> None:
    under_dvc(workspace, "2024Q4", b"old")
    assert outdated(workspace, PARAMS, PROCESSING.retention, date(2025, 12, 31)) == []
    found = outdated(workspace, PARAMS, PROCESSING.retention, date(2026, 1, 1))
    assert [one.path.name for one in found] == ["2024Q4", "2024Q4.dvc"]


def test_the_delivery_of_the_edition_that_is_built_is_never_removed(workspace: Workspace) -> None:
    under_dvc(workspace, "2026Q3", b"new")
    assert outdated(workspace, PARAMS, PROCESSING.retention, date(2040, 1, 1)) == []


def test_a_purge_removes_the_files_and_their_copies_and_leaves_a_signed_note(
    workspace: Workspace, annas: SigningKey
) -> None:
    copy = under_dvc(workspace, "2024Q4", b"old")
    digest = file_hash(workspace.deliveries / "2024Q4/elever.csv")
    purge(workspace, PARAMS, PROCESSING, date(2026, 1, 1), annas)
    assert not copy.exists()
    assert not (workspace.deliveries / "2024Q4").exists()
    (note,) = (workspace.audit / "purges").glob("*.json")
    signed = opened(note.read_bytes(), known_keys(workspace))
    assert signed.subjects["data/deliveries/2024Q4/elever.csv"] == digest
    assert signed.subjects[workspace.shown(copy)] == digest
    assert b"old" not in note.read_bytes()
    assert entries_of(workspace)[-1].kind == "purge"


def test_a_pointer_without_its_delivery_goes_too_as_the_next_build_would_bring_the_delivery_back(
    workspace: Workspace, annas: SigningKey
) -> None:
    copy = under_dvc(workspace, "2024Q4", b"old")
    shutil.rmtree(workspace.deliveries / "2024Q4")
    gone = purge(workspace, PARAMS, PROCESSING, date(2026, 1, 1), annas)
    assert [one.path.name for one in gone.removed] == ["2024Q4.dvc"]
    assert not copy.exists()


def test_a_note_that_an_interrupted_purge_did_not_log_is_logged_by_the_next(
    workspace: Workspace, annas: SigningKey
) -> None:
    under_dvc(workspace, "2024Q4", b"old")
    purge(workspace, PARAMS, PROCESSING, date(2026, 1, 1), annas)
    log_file(workspace).write_bytes(b"")
    under_dvc(workspace, "2023Q4", b"older")
    purge(workspace, PARAMS, PROCESSING, date(2026, 1, 2), annas)
    notes = {workspace.shown(path) for path in (workspace.audit / "purges").glob("*.json")}
    assert {one.facts["file"] for one in entries_of(workspace)} == notes
    assert len(notes) == 2


def test_a_bundle_is_as_old_as_it_was_when_another_beside_it_is_removed(workspace: Workspace) -> None:
    folder = workspace.root / "outbox/2026Q3-1"
    folder.mkdir(parents=True)
    (folder / "a.age").write_bytes(b"locked")
    os.utime(folder / "a.age", (0, 0))
    found = outdated(workspace, PARAMS, PROCESSING.retention, date(1970, 3, 1))
    assert [one.path for one in found] == [folder]


def test_a_copy_that_another_delivery_shares_stays(workspace: Workspace, annas: SigningKey) -> None:
    copy = under_dvc(workspace, "2024Q4", b"the same")
    under_dvc(workspace, "2026Q3", b"the same")
    purge(workspace, PARAMS, PROCESSING, date(2026, 1, 1), annas)
    assert copy.exists()


def pushed(workspace: Workspace, deliveries: dict[str, bytes]) -> Path:
    """The remote that the deliveries are in, by what their first file says; the workspace has two more, out of reach."""
    from dvc.repo import Repo

    for name, content in deliveries.items():
        delivered(workspace, name, content)
    git(workspace.root, "init", "--quiet")
    near = workspace.root.with_name("near")
    near.mkdir()
    with Repo.init(str(workspace.root)) as repo:
        with repo.config.edit() as config:
            config["core"] = {"remote": "near", "analytics": False}
            config["remote"] = {"near": {"url": str(near)}, "usb": {"url": str(near.with_name("taken out"))}}
            config["remote"]["cloud"] = {"url": "s3://bucket/folder"}
        repo.add([str(path) for path in sorted(workspace.deliveries.glob("*/"))])
        repo.push()
    return near


def delivered(workspace: Workspace, name: str, content: bytes) -> None:
    (workspace.deliveries / name).mkdir(parents=True)
    (workspace.deliveries / name / "elever.csv").write_bytes(content)
    (workspace.deliveries / name / "skolor.csv").write_bytes(b"what both deliveries say")


def held_in(folder: Path) -> set[bytes]:
    """What the files under a folder hold, without DVC's lists."""
    return {path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".dir"}


def test_a_remote_on_this_machine_is_cleared_and_one_that_is_not_is_named(
    workspace: Workspace, annas: SigningKey, tmp_path: Path
) -> None:
    near = pushed(workspace, {"2024Q4": b"old", "2026Q3": b"new"})
    assert held_in(near) == {b"old", b"new", b"what both deliveries say"}
    done = purge(workspace, PARAMS, PROCESSING, date(2026, 1, 1), annas)
    assert held_in(near) == held_in(cache_folder(workspace)) == {b"new", b"what both deliveries say"}
    assert len(list(near.rglob("*.dir"))) == 1
    assert (done.copies, done.beyond) == ({"near": 2}, ["cloud", "usb"])
    (note,) = (workspace.audit / "purges").glob("*.json")
    signed = opened(note.read_bytes(), known_keys(workspace))
    assert signed.predicate["remotes"] == {"cleared": {"near": 2}, "out_of_reach": ["cloud", "usb"]}
    (name,) = [name for name in signed.subjects if name.startswith("remote near: ") and not name.endswith(".dir")]
    assert signed.subjects[name] == hashlib.sha256(b"old").hexdigest()
    assert str(tmp_path) not in json.dumps([signed.subjects, signed.predicate])


def test_a_delivery_that_only_the_remote_holds_is_removed_there(workspace: Workspace, annas: SigningKey) -> None:
    near = pushed(workspace, {"2024Q4": b"old", "2026Q3": b"new"})
    shutil.rmtree(workspace.deliveries / "2024Q4")
    shutil.rmtree(cache_folder(workspace))
    done = purge(workspace, PARAMS, PROCESSING, date(2026, 1, 1), annas)
    assert held_in(near) == {b"new", b"what both deliveries say"}
    assert [one.path.name for one in done.removed] == ["2024Q4.dvc"]


def test_what_is_delivered_again_after_a_purge_reaches_the_remote_again(
    workspace: Workspace, annas: SigningKey
) -> None:
    from dvc.repo import Repo

    near = pushed(workspace, {"2024Q4": b"old"})
    purge(workspace, PARAMS, PROCESSING, date(2026, 1, 1), annas)
    assert held_in(near) == set()
    delivered(workspace, "2024Q4", b"old")
    with Repo(str(workspace.root)) as repo:
        repo.add(str(workspace.deliveries / "2024Q4"))
        repo.push()
    assert held_in(near) == {b"old", b"what both deliveries say"}


def test_a_cache_elsewhere_is_found_where_dvc_s_configuration_says(workspace: Workspace, tmp_path: Path) -> None:
    assert cache_folder(workspace) == workspace.root / ".dvc/cache/files/md5"
    (workspace.root / ".dvc").mkdir()
    (workspace.root / ".dvc/config").write_text(
        "[core]\n    remote = x\n['remote \"x\"']\n    url = y\n", encoding="utf-8"
    )
    (workspace.root / ".dvc/config.local").write_text(f"[cache]\n    dir = {tmp_path}/elsewhere\n", encoding="utf-8")
    assert cache_folder(workspace) == tmp_path / "elsewhere/files/md5"


def test_where_nothing_is_outdated_nothing_is_signed(workspace: Workspace, annas: SigningKey) -> None:
    with pytest.raises(StageInputMissingError, match="Nothing is kept longer"):
        purge(workspace, PARAMS, PROCESSING, date(2026, 1, 1), annas)


def test_everything_wrong_in_processing_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "processing.yaml"
    path.write_text(
        yaml.safe_dump(STATED | {"purposes": [], "retention": {"deliveries": 0}, "owner": "x"}), encoding="utf-8"
    )
    with pytest.raises(ParamsError) as stopped:
        read_processing(path)
    assert len(stopped.value.problems) == 5


@pytest.mark.parametrize("code", ["en", "sv"])
def test_the_drafts_for_the_data_protection_officer_are_written_from_configuration(code: str) -> None:
    made = pages(Workspace(REPOSITORY), PARAMS, PROCESSING, None, Language(code))
    assert sorted(made) == ["article-30.md", "dpia-draft.md", "measures.md"]
    assert "Nämnden, skola@example.org" in made["article-30.md"]
    assert "pupils.background" in made["article-30.md"]
    assert "KS 2026/123" in made["dpia-draft.md"]
    assert f"| {PARAMS.disclosure.min_count} | params.yaml |" in made["measures.md"]
