"""A municipality's very first edition has one delivery and nothing to compare it with."""

import importlib

import pytest

from likvard.params import read_params
from likvard.report.notebook import execute
from likvard.tables import read_table
from likvard.workspace import Workspace

FIRST = "1985-86"


@pytest.fixture
def first_edition(own_workspace: Workspace) -> Workspace:
    text = own_workspace.params.read_text(encoding="utf-8")
    own_workspace.params.write_text(text.replace("edition: 1988-89", f"edition: {FIRST}"), encoding="utf-8")
    for stage in ("ingest", "prepare", "indicators", "protect"):
        importlib.import_module(f"likvard.{stage}.run").run(own_workspace, read_params(own_workspace.params))
    return own_workspace


def test_the_first_edition_has_reports_and_no_changes_yet(first_edition: Workspace) -> None:
    rows = read_table(first_edition.prepared / "pupil_period.parquet")
    assert set(rows["period"]) == {FIRST}
    assert rows[["changed_school", "changed_lunch"]].isna().all(axis=None)
    figures = read_table(first_edition.released / "figures.parquet")
    changed = figures[figures["indicator"] == "changed_school_share"]
    assert set(changed["status"]) <= {"missing", "not_applicable"}
    for kind, unit_id in (("overview", "all"), ("area", "11"), ("school", "63")):
        notebook = execute(
            first_edition.templates / f"{kind}.ipynb", {"unit_id": unit_id, "language": "sv"}, first_edition.root
        )
        assert any(cell.get("outputs") for cell in notebook.cells)
