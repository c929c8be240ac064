"""The whole flow through DVC: fetch the deliveries, run the stages that are out of date, say what came of it."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from pathlib import Path

from likvard.audit.log import note
from likvard.errors import LockedError, PipelineError
from likvard.lineage import file_hash
from likvard.params import read_params
from likvard.workspace import Workspace


def bring_up_to_date(workspace: Workspace, force: bool = False) -> None:
    """Nothing; afterwards ``data/`` and ``reports/`` are what ``params.yaml``, the deliveries and the code make.

    Errors: ``ParamsError`` before anything runs; ``LockedError``; ``PipelineError`` where DVC itself fails. Where a stage stops,
    its own message has been shown and the process ends with the stage's exit code.
    """
    params = read_params(workspace.params)
    # The stages are called by name: the likvard that runs them must be this one.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    changed = _reproduce(workspace, force)
    if changed:
        note(workspace, "run", params.edition, "likvard build", {"dvc.lock": file_hash(workspace.root / "dvc.lock")})
    folder = workspace.reports(params.edition)
    count = len(list(folder.glob("*/*.manifest.json")))
    said = "is built" if changed else "is up to date, nothing was changed"
    print(f"Edition {params.edition} {said}: {count} reports. Open {workspace.shown(folder / 'index.html')}")  # noqa: T201


def _reproduce(workspace: Workspace, force: bool) -> bool:
    """Whether any stage had to run."""
    from dvc.exceptions import DvcException
    from dvc.lock import LockError
    from dvc.repo import Repo

    # DVC tells of its own work as it goes; the stages speak for themselves, and what goes wrong comes as an error.
    logging.getLogger("dvc").setLevel(logging.ERROR)
    deliveries = sorted(workspace.deliveries.glob("*.dvc"))
    absent = [workspace.shown(path) for path in deliveries if not path.with_suffix("").is_dir()]
    mend_lock_table(workspace.root / ".dvc/tmp")
    try:
        with Repo(str(workspace.root)) as repo:
            if absent:
                print(f"Fetching {len(absent)} deliveries", flush=True)  # noqa: T201
                repo.pull(absent)
            stages = repo.reproduce(force=force)
    except DvcException as error:
        causes = _causes(error)
        if any(isinstance(cause, KeyboardInterrupt) for cause in causes):
            raise KeyboardInterrupt from error
        if any(isinstance(cause, LockError) for cause in (error, *causes)):
            raise LockedError(
                "Another run is at work in this workspace.",
                advice="wait until it has finished and run the same command again.",
            ) from error
        reasons = [str(error), *(str(cause) for cause in causes)]
        stopped = [re.search(r"exited with (-?\d+)$", reason) for reason in reasons]
        code = next((int(found[1]) for found in stopped if found), None)
        if code is not None:
            # A stage that was killed has no code of its own; 128 + signal is what a shell would say.
            sys.exit(code if code >= 0 else 128 - code)
        raise PipelineError(
            "DVC could not run the flow.",
            reasons,
            advice="run `dvc repro --verbose` to see why; for deliveries, see that `dvc remote list` names a remote you may read.",
        ) from error
    return any(not stage.is_data_source for stage in stages)


def mend_lock_table(folder: Path) -> None:
    """Nothing; DVC's table of who reads and writes what is gone where a run that was interrupted left it half-written.

    DVC would otherwise refuse every later run. A table that another run holds at the moment is left alone.
    """
    from zc.lockfile import LockError, LockFile

    table = folder / "rwlock"
    if not table.is_file():
        return
    try:
        guard = LockFile(str(folder / "rwlock.lock"))
    except LockError:
        return
    try:
        json.loads(table.read_text(encoding="utf-8"))
    except ValueError:
        table.unlink()
    finally:
        guard.close()


def _causes(error: BaseException) -> list[BaseException]:
    """The errors behind an error, nearest first."""
    found: list[BaseException] = []
    while (cause := error.__cause__ or error.__context__) is not None and cause not in found:
        found.append(cause)
        error = cause
    return found
