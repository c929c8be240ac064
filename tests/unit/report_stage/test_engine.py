"""The fast engine against the real thing: the same notebook through plain papermill and a kernel."""

import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat import NotebookNode, v4
from papermill.exceptions import PapermillExecutionError

from likvard.errors import ParamsError
from likvard.report.notebook import NotebookFailedError, check_parameters, execute

CELLS = [
    "import sys\nprint('one')\nprint('two', end='')\nprint('err', file=sys.stderr)\nprint('three')",
    "from IPython.display import HTML, Markdown, display",
    "print('before')\ndisplay(HTML('<b>x</b>'))\nprint('after')\n{'a': unit_id}",
    "unit_id + language;",
    "None",
    "display(Markdown('# x'), metadata={'key': 'value'})\n1 + 1",
    "_ + 1",
    "%%capture found\nprint('hidden')",
    "found.stdout",
    "import os\nos.path.basename(os.getcwd())",
    "def divide(by):\n    return 1 / by\n\nprint('soon')\ndivide(0)",
    "print('never')",
]


def write_notebook(folder: Path, cells: list[str]) -> Path:
    parameters = v4.new_code_cell("unit_id = 'default'\nlanguage = 'en'", metadata={"tags": ["parameters"]})
    notebook = v4.new_notebook(
        cells=[parameters, v4.new_markdown_cell("# Some words"), *map(v4.new_code_cell, cells)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    path = folder / "template.ipynb"
    nbformat.write(notebook, path)
    return path


def run_by(engine: str | None, template: Path, output: Path) -> tuple[NotebookNode, PapermillExecutionError | None]:
    """The executed notebook as it is saved, and how it failed."""
    error = None
    try:
        papermill.execute_notebook(
            str(template),
            str(output),
            {"unit_id": "63"},
            engine_name=engine,
            cwd=str(template.parent),
            progress_bar=False,
        )
    except PapermillExecutionError as failure:
        error = failure
    return nbformat.read(output, as_version=4), error


def said_in(traceback: list[str]) -> list[str]:
    """The lines of a traceback that say something: without colours and without the lines of code around the fault."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback)).splitlines()
    return [line for line in lines if line.strip() and not re.match(r"\s+\d+( |$)", line)]


def outputs(notebook: NotebookNode) -> list[list[Any]]:
    """Every cell's outputs; streams joined by name, as a kernel may send them in pieces and in either order."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        streams: dict[str, str] = {}
        others = []
        for output in cell.outputs:
            if output.output_type == "stream":
                streams[output.name] = streams.get(output.name, "") + output.text
            elif output.output_type == "error":
                others.append((output.ename, output.evalue, said_in(output.traceback)))
            else:
                others.append((output.output_type, dict(output.data), dict(output.metadata)))
        found.append([streams, others])
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[NotebookNode, PapermillExecutionError | None]]:
    """The same notebook through the project's engine and through a kernel."""
    folder = tmp_path_factory.mktemp("engine")
    template = write_notebook(folder, CELLS)
    return {
        name: run_by(engine, template, folder / f"{name}.ipynb")
        for name, engine in (("ours", "likvard"), ("kernel", None))
    }


def test_the_outputs_are_those_of_a_kernel(both: dict[str, Any]) -> None:
    ours, kernel = outputs(both["ours"][0]), outputs(both["kernel"][0])
    assert len(ours) == len(kernel) > len(CELLS)
    for mine, theirs in zip(ours, kernel, strict=True):
        assert mine == theirs


def test_the_order_of_what_a_cell_shows_is_kept(both: dict[str, Any]) -> None:
    kinds = {
        name: [output.output_type for cell in notebook.cells if "'before'" in cell.source for output in cell.outputs]
        for name, (notebook, _) in both.items()
    }
    assert kinds["ours"] == kinds["kernel"] == ["stream", "display_data", "stream", "execute_result"]


def test_the_cells_and_their_numbers_are_those_of_a_kernel(both: dict[str, Any]) -> None:
    cells = {
        name: [(cell.cell_type, cell.source, cell.get("execution_count")) for cell in notebook.cells]
        for name, (notebook, _) in both.items()
    }
    assert [kind for kind, _, _ in cells["ours"]] == [kind for kind, _, _ in cells["kernel"]]
    assert [count for _, _, count in cells["ours"]] == [count for _, _, count in cells["kernel"]]


def test_the_error_is_that_of_a_kernel_and_nothing_runs_after_it(both: dict[str, Any]) -> None:
    errors = {name: error for name, (_, error) in both.items()}
    assert errors["ours"].ename == errors["kernel"].ename == "ZeroDivisionError"
    assert errors["ours"].evalue == errors["kernel"].evalue == "division by zero"
    assert errors["ours"].exec_count == errors["kernel"].exec_count
    assert outputs(both["ours"][0])[-1] == [{}, []]


def test_the_template_is_left_as_it_was(tmp_path: Path) -> None:
    template = write_notebook(tmp_path, ["print(unit_id)"])
    before = template.read_bytes()
    notebook = execute(template, {"unit_id": "63", "language": "en"}, tmp_path)
    assert template.read_bytes() == before
    assert notebook.cells[-1].outputs[0].text == "63\n"


def test_one_notebook_sees_nothing_of_the_one_before(tmp_path: Path) -> None:
    parameters = {"unit_id": "63", "language": "en"}
    execute(write_notebook(tmp_path, ["left_over = 1"]), parameters, tmp_path)
    notebook = execute(write_notebook(tmp_path, ["'left_over' in globals()"]), parameters, tmp_path)
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "False"
    assert (
        notebook.cells[-1].execution_count
        == execute(write_notebook(tmp_path, ["1"]), parameters, tmp_path).cells[-1].execution_count
    )


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def (", "SyntaxError"),
        ("raise ValueError('no such school')", "ValueError: no such school"),
    ],
)
def test_a_cell_that_fails_is_named_with_its_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str, said: str
) -> None:
    with pytest.raises(NotebookFailedError, match=rf"cell \d+: {said}"):
        execute(write_notebook(tmp_path, [cell]), {"unit_id": "63", "language": "en"}, tmp_path)
    assert "Traceback" not in capsys.readouterr().out


def test_parameters_that_fit_are_taken(tmp_path: Path) -> None:
    check_parameters(write_notebook(tmp_path, []), {"unit_id": "63", "language": "en"})


def test_unknown_and_missing_parameters_are_named_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(ParamsError) as stop:
        check_parameters(write_notebook(tmp_path, []), {"unitid": "63", "colour": "red"})
    assert stop.value.exit_code == 5
    assert stop.value.problems == (
        "the parameter 'unitid' is not known – did you mean 'unit_id'?",
        "the parameter 'colour' is not known",
        "the parameter 'unit_id' is not given",
        "the parameter 'language' is not given",
    )


def test_an_analysts_matplotlib_line_runs_here_too(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path, ["%matplotlib inline", "1 + 1"])
    executed = execute(notebook, {"unit_id": "63", "language": "en"}, tmp_path)
    assert executed.cells[-1].outputs[0].data["text/plain"] == "2"
