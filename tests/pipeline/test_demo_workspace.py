"""``likvard demo exempelkommun`` gives a workspace of its own, which builds through DVC like any other."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from repository import REPOSITORY
from small_workspace import likvard, run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Exempelkommun, built."""
    folder = tmp_path_factory.mktemp("demo") / "exempelkommun"
    said = likvard(REPOSITORY, "demo", "exempelkommun", str(folder), "--schools", "7", "--pupils", "700")
    assert said.code == 0, said.said
    assert f"cd {folder} && likvard build" in said.said
    built = likvard(folder, "build")
    assert built.code == 0, built.said
    return folder


def test_its_reports_are_built_in_swedish(made: Path) -> None:
    page = (made / "reports/2026Q3/overview/all.html").read_text(encoding="utf-8")
    assert '<html lang="sv"' in page
    assert "Likvärdighetsrapport, kvartal 3 2026" in page
    assert len(list((made / "reports/2026Q3/area").glob("*.pdf"))) == 7


def test_every_delivery_says_that_it_is_made_up_and_how(made: Path) -> None:
    pointers = sorted((made / "data/deliveries").glob("*.dvc"))
    assert [path.stem for path in pointers][::11] == ["2023Q4", "2026Q3"]
    for pointer in pointers:
        origin = yaml.safe_load(pointer.read_text(encoding="utf-8"))["meta"]["origin"]
        assert "påhittad" in origin["title"]
        assert "--schools 7 --pupils 700" in origin["made_by"]


def test_its_flow_runs_the_code_of_this_repository(made: Path) -> None:
    stages = yaml.safe_load((made / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    code = [dep for dep in stages["prepare"]["deps"] if dep.endswith("src/likvard/prepare")]
    assert [(made / dep).resolve() for dep in code] == [REPOSITORY / "src/likvard/prepare"]


def test_nothing_of_it_is_left_for_git_but_the_workspace_itself(made: Path) -> None:
    listed = run(made, "git", "status", "--porcelain", "--untracked-files=all").said.split()[1::2]
    assert "params.yaml" in listed
    data = [name for name in listed if not name.startswith("data/contracts/")]
    assert [name for name in data if name.endswith((".csv", ".xlsx", ".parquet", ".html", ".pdf"))] == []


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    said = likvard(REPOSITORY, "demo", "exempelkommun", str(tmp_path))
    assert said.code == 15
    assert "holds something already" in said.first_line
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
