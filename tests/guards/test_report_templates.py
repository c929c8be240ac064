"""Report templates are thin, and reports read nothing but released data."""

import ast
import json
import shutil
from pathlib import Path

import nbformat
import pytest

from likvard.params import read_params
from likvard.report.notebook import NotebookFailedError, execute
from likvard.report.run import run
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).parents[2]
TEMPLATES = sorted((REPOSITORY / "notebooks/reports").glob("*.ipynb"))
UNITS = {"overview": "all", "area": "11", "school": "63"}


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.stem)
def template(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def released_only(star_workspace: Workspace, tmp_path: Path) -> Workspace:
    """A workspace with the released data and no other."""
    for name in ("params.yaml", "dvc.yaml", "requirements.lock"):
        shutil.copy(star_workspace.root / name, tmp_path)
    shutil.copytree(star_workspace.released, tmp_path / "data/released")
    shutil.copytree(star_workspace.templates, tmp_path / "notebooks/reports")
    return Workspace(tmp_path)


def code_of(template: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(template, as_version=4).cells if cell.cell_type == "code"]


def test_there_are_three_templates() -> None:
    assert [path.stem for path in TEMPLATES] == ["area", "overview", "school"]


def test_a_template_defines_and_decides_nothing(template: Path) -> None:
    not_thin = (
        ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.For | ast.While | ast.If | ast.Try
    )
    nodes = [node for cell in code_of(template) for node in ast.walk(ast.parse(cell))]
    assert [ast.unparse(node) for node in nodes if isinstance(node, not_thin)] == []


def test_a_template_imports_open_report_and_nothing_else(template: Path) -> None:
    nodes = [node for cell in code_of(template) for node in ast.walk(ast.parse(cell))]
    imports = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["from likvard import open_report"]


def test_a_template_has_no_outputs_and_no_execution_counts(template: Path) -> None:
    cells = [cell for cell in nbformat.read(template, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.id for cell in cells if cell.outputs or cell.execution_count is not None] == []


def test_a_template_is_named_in_its_own_call(template: Path) -> None:
    assert f'open_report("{template.stem}"' in "\n".join(code_of(template))


def test_a_template_keeps_its_bytes_when_jupyter_saves_it(template: Path) -> None:
    notebook = nbformat.read(template, as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook).rstrip("\n") == template.read_text(encoding="utf-8").rstrip("\n")


def test_the_lab_notebook_carries_no_trace_of_a_kernel_or_a_version(template: Path) -> None:
    metadata = json.loads(template.read_text(encoding="utf-8"))["metadata"]
    assert metadata["language_info"] == {"name": "python"}
    assert metadata["kernelspec"]["name"] == "python3"


def test_a_report_is_made_where_there_is_no_data_but_the_released(template: Path, released_only: Workspace) -> None:
    parameters = {"unit_id": UNITS[template.stem], "language": "en"}
    notebook = execute(template, parameters, released_only.root)
    exhibits = [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs if "data" in output
    ]
    assert len(exhibits) == sum("exhibit(" in source for source in code_of(template))


def test_without_released_data_the_same_notebook_fails(template: Path, released_only: Workspace) -> None:
    (released_only.released / "figures.parquet").unlink()
    parameters = {"unit_id": UNITS[template.stem], "language": "en"}
    with pytest.raises(NotebookFailedError, match="no released data"):
        execute(template, parameters, released_only.root)


def test_the_whole_stage_runs_on_released_data_alone(released_only: Workspace) -> None:
    run(released_only, read_params(released_only.params), ("overview",), jobs=1)
    made = sorted(path.name for path in (released_only.root / "reports/1988-89/overview").iterdir())
    assert made == ["all.csv", "all.html", "all.manifest.json", "all.pdf", "all.xlsx"]
