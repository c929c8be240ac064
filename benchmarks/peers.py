"""How others make reports of the same notebook: ``python benchmarks/peers.py WAY WORKSPACE FOLDER UNIT …``; HTML alone.

WAY: ``commands`` (papermill and jupyter nbconvert on the command line), ``python`` (both in one process), ``ploomber``
(ploomber-engine in this process; the benchmark starts as many as it is to have).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TEMPLATE = "notebooks/reports/school.ipynb"


def by_commands(folder: Path, unit: str) -> None:
    executed = folder / f"{unit}.ipynb"
    papermill = ["papermill", "--no-progress-bar", "-k", "python3", TEMPLATE, str(executed), "-r", "unit_id", unit]
    subprocess.run([sys.executable, "-m", *papermill, "-r", "language", "sv"], check=True, stderr=subprocess.DEVNULL)
    nbconvert = ["nbconvert", "--to", "html", "--output-dir", str(folder), str(executed)]
    subprocess.run([sys.executable, "-m", *nbconvert], check=True, stderr=subprocess.DEVNULL)


def by_python(folder: Path, unit: str) -> None:
    import papermill

    executed = folder / f"{unit}.ipynb"
    parameters = {"unit_id": unit, "language": "sv"}
    papermill.execute_notebook(TEMPLATE, executed, parameters, kernel_name="python3", progress_bar=False)
    to_html(executed)


def by_ploomber(folder: Path, unit: str) -> None:
    from ploomber_engine import execute_notebook

    executed = folder / f"{unit}.ipynb"
    execute_notebook(
        TEMPLATE, str(executed), parameters={"unit_id": unit, "language": "sv"}, progress_bar=False, verbose=False
    )
    to_html(executed)


def to_html(executed: Path) -> None:
    from nbconvert.exporters import HTMLExporter

    page, _ = HTMLExporter().from_filename(str(executed))
    executed.with_suffix(".html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    way, workspace, out, *units = sys.argv[1:]
    target = Path(out).resolve()
    os.chdir(workspace)
    for one in units:
        {"commands": by_commands, "python": by_python, "ploomber": by_ploomber}[way](target, one)
