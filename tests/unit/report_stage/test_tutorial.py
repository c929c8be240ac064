"""The notebook that teaches analysts runs as it stands, on the workspace that a newcomer has."""

from pathlib import Path

import nbformat
import papermill
import pytest

from likvard.workspace import Workspace
from repository import REPOSITORY

TUTORIAL = REPOSITORY / "notebooks/tutorial.ipynb"


@pytest.fixture(scope="module")
def executed(star_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    done = tmp_path_factory.mktemp("tutorial") / "tutorial.ipynb"
    with pytest.MonkeyPatch.context() as here:
        here.delenv("MPLBACKEND", raising=False)  # other tests of the same process build reports, which draw on nothing
        papermill.execute_notebook(str(TUTORIAL), str(done), cwd=str(star_workspace.root), progress_bar=False)
    return nbformat.read(done, as_version=4)


def shown(notebook: nbformat.NotebookNode, beginning: str) -> dict[str, str]:
    """All forms of what the cell that holds this text shows."""
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code" and beginning in cell.source)
    forms: dict[str, str] = {}
    for output in cell.outputs:
        forms |= output.get("data", {})
    return forms


def test_every_cell_of_the_tutorial_shows_what_its_text_promises(executed: nbformat.NotebookNode) -> None:
    assert "<svg" in shown(executed, 'exhibit("gaps_now")')["text/html"]
    assert "1985-86" in shown(executed, "rows = report.table")["text/html"]
    assert "paid" in shown(executed, "lunch.pivot")["text/html"]
    assert "image/png" in shown(executed, "seaborn.pointplot")


def test_the_exhibit_that_the_tutorial_adds_is_one_as_all_others(executed: nbformat.NotebookNode) -> None:
    page = shown(executed, "def behind_the_means")["text/html"]
    assert "How many pupils does each figure rest on?" in page
    assert 'data-figure="' in page
    assert "School 63" in page


def test_the_tutorial_is_kept_without_outputs() -> None:
    cells = nbformat.read(TUTORIAL, as_version=4).cells
    assert not any(cell.get("outputs") for cell in cells)


def test_the_modules_that_the_tutorial_names_are_there() -> None:
    text = "\n".join(cell.source for cell in nbformat.read(TUTORIAL, as_version=4).cells)
    for name in ("src/likvard/report/content/", "notebooks/reports/", "src/likvard/language/sv.po"):
        assert name in text
        assert (REPOSITORY / Path(name)).exists()
