"""An edition as an RO-Crate: what is in it, what is only named, and that a validator takes it and refuses a broken one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import rocrate

from likvard.audit.crate import write_crate
from likvard.audit.record import version_named
from likvard.lineage import file_hash
from likvard.workspace import Workspace
from repository import REPOSITORY
from small_workspace import EDITION

# The Python of an environment with roc-validator in it, as docs/audit.md says.
VALIDATOR = os.environ.get("LIKVARD_ROCRATE_PYTHON")
VOCABULARY = Path(rocrate.__file__).parent / "data/ro-crate.jsonld"


@pytest.fixture(scope="module")
def crate(signed: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("crates") / "crate"
    about = {"contact": "dso@example.org", "dpia": "KS 2026/123", "licence": ""}
    write_crate(signed, version_named(signed, EDITION), target, about)
    return target


@pytest.fixture(scope="module")
def entities(crate: Path) -> dict[str, dict[str, object]]:
    graph = json.loads((crate / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    return {one["@id"]: one for one in graph}


def test_every_file_is_described_with_its_hash_and_lies_in_the_crate(
    crate: Path, entities: dict[str, dict[str, object]]
) -> None:
    files = {name: one for name, one in entities.items() if "sha256" in one}
    assert f"reports/{EDITION}/school/01.pdf" in files
    assert {name for name, one in files.items() if file_hash(crate / name) != one["sha256"]} == set()


def test_the_run_says_who_built_what_from_what(entities: dict[str, dict[str, object]]) -> None:
    (action,) = (one for one in entities.values() if one["@type"] == "CreateAction")
    assert action["agent"] == {"@id": "#Anna-Ek"}
    assert {"@id": f"#delivery-{EDITION}"} in action["object"]  # type: ignore[operator]
    assert {"@id": f"reports/{EDITION}/overview/all.html"} in action["result"]  # type: ignore[operator]
    assert "CC0" in str(entities[f"#delivery-{EDITION}"].get("license", "CC0"))
    assert entities["#contact"]["name"] == "dso@example.org"
    assert "KS 2026/123" in str(entities["#dpia"]["name"])


def test_a_crate_holds_no_data_about_persons(crate: Path) -> None:
    held = [path for path in crate.rglob("*") if path.is_file()]
    assert [path for path in held if b"c0ffee" in path.read_bytes()] == []
    assert not (crate / "data/deliveries").exists()
    assert not (crate / "data/staged").exists()


def broken_rules(folder: Path) -> list[str]:
    """The REQUIRED rules that the crate breaks."""
    words = [str(VALIDATOR), str(REPOSITORY / "tests/rocrate_offline.py"), str(VOCABULARY), str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return [
        line.split()[0] for line in done.stdout.splitlines() if line.startswith(("ro-crate", "process", "workflow"))
    ]


@pytest.mark.skipif(VALIDATOR is None, reason="needs roc-validator in an environment of its own")
def test_the_validator_takes_the_crate(crate: Path) -> None:
    assert broken_rules(crate) == []


@pytest.mark.skipif(VALIDATOR is None, reason="needs roc-validator in an environment of its own")
def test_the_validator_refuses_a_broken_crate(crate: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(crate, tmp_path / "broken"))
    path = broken / "ro-crate-metadata.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for one in content["@graph"]:
        if one["@type"] == "CreateAction":
            del one["instrument"]
        if one["@id"] == "./":
            del one["license"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert {"process-run-crate-0.5_1.1", "ro-crate-1.1_8.3"} <= set(broken_rules(broken))
