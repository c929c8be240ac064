"""The whole flow through DVC: fetch the deliveries, run the stages that are out of date, say what came of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from likvard.errors import PipelineError
from likvard.params import read_params
from likvard.workspace import Workspace


def bring_up_to_date(workspace: Workspace, force: bool = False) -> None:
    """Nothing; afterwards ``data/`` and ``reports/`` are what ``params.yaml``, the deliveries and the code make.

    Errors: ``ParamsError`` before anything runs; ``PipelineError`` where DVC itself fails. Where a stage stops, its own message
    has been shown and the process ends with the stage's exit code.
    """
    params = read_params(workspace.params)
    tracked = sorted(workspace.shown(path) for path in workspace.deliveries.glob("*.dvc"))
    if any(not (workspace.root / path.removesuffix(".dvc")).is_dir() for path in tracked):
        fetched, message = _dvc(workspace, "pull", "--quiet", *tracked)
        if fetched != 0:
            raise PipelineError(
                f"DVC could not fetch the deliveries: {_last_line(message)}",
                advice="see that the default remote (`dvc remote list`) is the right one and that you may read it.",
            )
    before = _lock(workspace)
    code, message = _dvc(workspace, "repro", *(["--force"] if force else []))
    if code != 0:
        stopped = re.search(r"exited with (-?\d+)", message)
        if stopped is None:
            raise PipelineError(f"DVC stopped: {_last_line(message)}", advice="run `dvc repro --verbose` to see why.")
        sys.exit(int(stopped[1]))
    index = workspace.reports(params.edition) / "index.html"
    count = len(list(workspace.reports(params.edition).glob("*/*.manifest.json")))
    said = "is up to date, nothing was changed" if _lock(workspace) == before and not force else "is built"
    print(f"Edition {params.edition} {said}: {count} reports. Open {workspace.shown(index)}")  # noqa: T201


def _dvc(workspace: Workspace, *words: str) -> tuple[int, str]:
    """DVC's exit code and what it said on standard error, which is also shown, less what the stages have said already."""
    # The stages are called by name: the likvard that runs them must be this one.
    here = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
    with subprocess.Popen(
        [sys.executable, "-m", "dvc", *words],
        cwd=workspace.root,
        env=here,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as running:
        lines = []
        try:
            for line in running.stderr or ():
                lines.append(line)
                if not line.startswith(("ERROR: failed to reproduce", "ERROR: failed to pull")):
                    sys.stderr.write(line)
        except KeyboardInterrupt:
            # The stage has had the same signal: let it and DVC end in order before we do.
            running.wait()
            raise
        return running.wait(), "".join(lines)


def _last_line(message: str) -> str:
    """The last line of a message that says something."""
    lines = [line.strip().removeprefix("ERROR: ") for line in message.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def _lock(workspace: Workspace) -> str:
    """What ``dvc.lock`` says, or nothing."""
    path = workspace.root / "dvc.lock"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
