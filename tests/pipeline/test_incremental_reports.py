"""A report is built anew when its own inputs have changed and only then, and nothing outdated lies beside what is new."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from small_workspace import EDITION, REPORTS, digests, faults_of_reports, likvard, missing_reports

EVERY = {f"{kind}/{unit}" for kind, units in REPORTS.items() for unit in units}


def manifests(root: Path) -> dict[str, bytes]:
    """The manifests that lie there, by kind and unit."""
    folder = root / "reports" / EDITION
    return {
        f"{path.parent.name}/{path.name.removesuffix('.manifest.json')}": path.read_bytes()
        for path in folder.glob("*/*.manifest.json")
    }


def late(root: Path, school: str) -> None:
    """Nothing; one figure of one school has come late, and the sums have not changed by it."""
    path = root / "data/released/figures.parquet"
    figures = pd.read_parquet(path)
    own = figures["unit_kind"].eq("school") & figures["unit_id"].eq(school) & figures["measure"].eq("level")
    row = figures.index[own & figures["status"].eq("shown") & figures["indicator"].eq("reading_mean")][-1]
    figures.loc[row, "value"] += 1.5
    figures.to_parquet(path, index=False)


def built_after(root: Path, *words: str) -> set[str]:
    """The reports that ``likvard report`` has written anew."""
    before = manifests(root)
    said = likvard(root, "report", *words)
    assert said.code == 0, said.said
    return {name for name, content in manifests(root).items() if before.get(name) != content}


def test_nothing_is_built_where_nothing_has_changed(workspace):
    before = digests(workspace, "reports")
    said = likvard(workspace, "report")
    assert "reports: 0 built, 10 unchanged, 0 failed" in said.said
    assert digests(workspace, "reports") == before


def test_a_late_figure_of_one_school_rebuilds_that_school_its_area_and_the_overview(workspace):
    late(workspace, "05")
    assert built_after(workspace) == {"school/05", "area/12", "overview/all"}
    assert missing_reports(workspace) == faults_of_reports(workspace) == []


def test_what_the_whole_shows_rebuilds_all_as_all_print_it(workspace):
    path = workspace / "data/released/figures.parquet"
    figures = pd.read_parquet(path)
    row = figures.index[figures["unit_kind"].eq("all") & figures["status"].eq("shown")][0]
    figures.loc[row, "value"] += 1.5
    figures.to_parquet(path, index=False)
    assert built_after(workspace) == EVERY


def test_a_new_hash_of_the_deliveries_alone_rebuilds_nothing(workspace, edit):
    edit("data/released/edition.json", '"data_hash": "', '"data_hash": "0')
    assert built_after(workspace) == set()


@pytest.mark.parametrize(
    ("name", "old", "new", "rebuilt"),
    [
        ("notebooks/reports/area.ipynb", "## ", "## Om: ", {f"area/{unit}" for unit in REPORTS["area"]}),
        ("data/released/edition.json", '"interval_level": 0.95', '"interval_level": 0.9', EVERY),
        ("params.yaml", "language: en", "language: sv", EVERY),
    ],
)
def test_a_template_a_choice_and_the_language_rebuild_what_uses_them(workspace, edit, name, old, new, rebuilt):
    edit(name, old, new)
    assert built_after(workspace) == rebuilt


@pytest.mark.parametrize("words", [["--only", "05"], ["--only", "05", "--force"], ["--kind", "area", "--jobs", "2"]])
def test_whatever_was_asked_for_nothing_outdated_lies_beside_what_is_new(workspace, words):
    old = manifests(workspace)
    late(workspace, "05")
    said = likvard(workspace, "report", *words)
    assert said.code == 0, said.said
    outdated = {"school/05", "area/12", "overview/all"}
    assert {name for name, content in manifests(workspace).items() if old[name] == content} == EVERY - outdated
    assert faults_of_reports(workspace) == []
    assert "2 other reports were out of date and are taken away; `likvard report` builds them" in said.said
    index = likvard(workspace, "index")
    assert index.code == 12, index.said
    assert built_after(workspace) <= outdated
    assert missing_reports(workspace) == faults_of_reports(workspace) == []
    again = shutil.copytree(workspace, workspace.parent / "again", symlinks=True)
    assert likvard(again, "report", "--force", "--jobs", "1").code == 0
    assert digests(again, "reports") == digests(workspace, "reports")


def test_a_report_that_fails_does_not_leave_the_one_it_should_replace(workspace, edit):
    edit("notebooks/reports/school.ipynb", 'report.exhibit(\\"headline\\")', "1 / (unit_id != '05');")
    said = likvard(workspace, "report")
    assert said.code == 4, said.said
    assert "  - school 05: cell " in said.said
    assert set(manifests(workspace)) == EVERY - {"school/05"}
    assert not list(workspace.glob(f"reports/{EDITION}/school/05.*"))
