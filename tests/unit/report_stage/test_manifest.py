import json
import shutil
from pathlib import Path

import pytest

from likvard.report.manifest import Ingredients, is_current, manifest
from likvard.report.released import Released
from likvard.workspace import Workspace

OUTPUTS = {"63.html": b"<html>", "63.pdf": b"%PDF"}


@pytest.fixture
def workspace(star_workspace: Workspace, tmp_path: Path) -> Workspace:
    """The few files that a manifest speaks of."""
    shutil.copytree(star_workspace.released, tmp_path / "data/released")
    shutil.copytree(star_workspace.templates, tmp_path / "notebooks/reports")
    shutil.copy(star_workspace.software_lock, tmp_path)
    return Workspace(tmp_path)


def ingredients(workspace: Workspace, language: str = "en") -> Ingredients:
    return Ingredients(workspace, Released(workspace.released), workspace.templates / "school.ipynb", language)


@pytest.fixture
def built(workspace: Workspace) -> Path:
    """The manifest of a report that lies there as it was made."""
    folder = workspace.root / "reports"
    folder.mkdir()
    for name, content in OUTPUTS.items():
        (folder / name).write_bytes(content)
    path = folder / "63.manifest.json"
    path.write_bytes(manifest(ingredients(workspace), "63", OUTPUTS))
    return path


def test_a_report_is_current_as_long_as_nothing_changes(workspace: Workspace, built: Path) -> None:
    assert is_current(built, ingredients(workspace), "63")


@pytest.mark.parametrize("changed", ["notebooks/reports/school.ipynb", "requirements.lock"])
def test_a_changed_input_makes_the_report_stale(workspace: Workspace, built: Path, changed: str) -> None:
    with (workspace.root / changed).open("ab") as stream:
        stream.write(b"\n")
    assert not is_current(built, ingredients(workspace), "63")


def test_a_changed_code_makes_the_report_stale(
    workspace: Workspace, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("likvard.report.manifest.code_hash", lambda: "0" * 64)
    assert not is_current(built, ingredients(workspace), "63")


def test_another_template_s_change_does_not(workspace: Workspace, built: Path) -> None:
    (workspace.templates / "area.ipynb").write_text("{}", encoding="utf-8")
    assert is_current(built, ingredients(workspace), "63")


def test_another_parameter_makes_the_report_stale(workspace: Workspace, built: Path) -> None:
    assert not is_current(built, ingredients(workspace, language="sv"), "63")
    assert not is_current(built, ingredients(workspace), "64")


@pytest.mark.parametrize("name", sorted(OUTPUTS))
def test_one_altered_byte_of_an_output_makes_it_stale(workspace: Workspace, built: Path, name: str) -> None:
    content = bytearray((built.parent / name).read_bytes())
    content[-1] ^= 1
    (built.parent / name).write_bytes(content)
    assert not is_current(built, ingredients(workspace), "63")


@pytest.mark.parametrize("name", [*sorted(OUTPUTS), "63.manifest.json"])
def test_a_file_that_is_gone_makes_it_stale(workspace: Workspace, built: Path, name: str) -> None:
    (built.parent / name).unlink()
    assert not is_current(built, ingredients(workspace), "63")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b'{"inputs": {}}', b"\xff"])
def test_a_manifest_that_is_no_manifest_makes_it_stale(workspace: Workspace, built: Path, content: bytes) -> None:
    built.write_bytes(content)
    assert not is_current(built, ingredients(workspace), "63")


def test_a_manifest_says_what_went_in_and_what_came_out(workspace: Workspace, built: Path) -> None:
    found = json.loads(built.read_text(encoding="utf-8"))
    assert set(found) == {"edition", "kind", "unit_id", "data_hash", "definitions", "quality", "inputs", "outputs"}
    assert found["inputs"]["parameters"] == {"unit_id": "63", "language": "en"}
    assert set(found["inputs"]["sha256"]) == {
        "data/released",
        "likvard",
        "notebooks/reports/school.ipynb",
        "requirements.lock",
    }
    assert set(found["outputs"]) == set(OUTPUTS)


def test_the_same_ingredients_give_the_same_bytes(workspace: Workspace, built: Path) -> None:
    assert manifest(ingredients(workspace), "63", dict(reversed(OUTPUTS.items()))) == built.read_bytes()
