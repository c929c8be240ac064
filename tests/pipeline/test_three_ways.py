"""A report template gives the same outputs in JupyterLab's kernel, under plain papermill and in likvard's own engine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from likvard.errors import UnknownUnitError
from likvard.report.released import Released
from likvard.report.view import open_report
from small_workspace import surroundings

UNIT = "01"


def outputs(path: Path) -> list[Any]:
    """The outputs of every code cell that shows something, without what may differ: counters, times, memory addresses."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    shown = []
    for cell in cells:
        if cell["cell_type"] != "code" or not cell["outputs"]:
            continue
        for output in cell["outputs"]:
            data = {kind: joined(content) for kind, content in output.get("data", {}).items()}
            shown.append((output["output_type"], {kind: text for kind, text in data.items() if kind != "text/plain"}))
    return shown


def joined(content: Any) -> Any:
    """A text that a notebook holds as a list of lines, or anything else as it is."""
    return "".join(content) if isinstance(content, list) else content


@pytest.fixture(scope="module")
def executed(built, tmp_path_factory) -> dict[str, Path]:
    """The school notebook executed in three ways, by the name of the way."""
    folder = tmp_path_factory.mktemp("executed")
    # nbconvert runs a notebook where it lies, so it needs a workspace that it may lie in.
    root = shutil.copytree(built, folder / "workspace", symlinks=True)
    template = built / "notebooks/reports/school.ipynb"
    notebook = json.loads(template.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = f'unit_id = "{UNIT}"\nlanguage = "en"'
    opened = (
        root / "notebooks/reports/opened.ipynb"
    )  # as somebody who has typed the school into JupyterLab would have it
    opened.write_text(json.dumps(notebook), encoding="utf-8")
    papermill = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3", "-r", "unit_id", UNIT]
    ways = {
        "kernel": [*papermill, "--cwd", str(built), str(template), str(folder / "kernel.ipynb")],
        "engine": [*papermill, "--engine", "likvard", "--cwd", str(built), str(template), str(folder / "engine.ipynb")],
        "nbconvert": [
            *(sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", str(opened)),
            *("--output-dir", str(folder), "--output", "nbconvert.ipynb"),
        ],
    }
    running = {
        name: subprocess.Popen(
            words,
            cwd=built,
            env=surroundings(PYTHONHASHSEED="0", MPLBACKEND="agg"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, words in ways.items()
    }
    for name, process in running.items():
        said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, f"{name}: {said}"
    return {name: folder / f"{name}.ipynb" for name in ways}


@pytest.mark.parametrize("way", ["kernel", "nbconvert"])
def test_the_engine_gives_the_outputs_that_a_kernel_gives(executed, way):
    engine = outputs(executed["engine"])
    assert len(engine) > 5
    assert outputs(executed[way]) == engine


def test_a_school_that_papermill_has_made_a_number_of_is_named_with_the_one_that_was_meant(built):
    # `papermill -p unit_id 01` passes on the number 1; `papermill -r unit_id 01` the text.
    with pytest.raises(UnknownUnitError, match="school 1 is not known – did you mean '01'"):
        open_report("school", 1, released=Released(built / "data/released"))  # type: ignore[arg-type]
