"""The stage ``report``: every report of a kind that is not current is built, several at a time."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from likvard.errors import LikvardError, ReportsFailedError
from likvard.params import Params
from likvard.report.build import build_report, still_surroundings
from likvard.report.manifest import Ingredients, is_current
from likvard.report.notebook import NotebookFailedError, check_parameters
from likvard.report.released import KINDS, Released, no_such_unit, released_in
from likvard.workspace import Workspace, alone


def run(
    workspace: Workspace,
    params: Params,
    kinds: tuple[str, ...] = KINDS,
    only: tuple[str, ...] = (),
    force: bool = False,
    jobs: int | None = None,
) -> None:
    """The reports of ``kinds`` in ``reports/<edition>/<kind>``; with ``only``, those of these units and no others.

    A report whose manifest says that nothing it is made from has changed is left as it is, unless ``force``. One report's
    failure never stops another's. Errors: ``UnknownUnitError``, ``ParamsError``, ``LockedError``, ``CannotWriteError``,
    ``ReportsFailedError`` (with the list of those that failed; all others are built).
    """
    workspace.made_by("protect", workspace.released / "edition.json")
    released = released_in(workspace.released)
    wanted = chosen_units(released, kinds, only)
    failed: list[str] = []
    with alone(workspace, "report", f"Another run is building the reports of {params.edition}."):
        still_surroundings()
        for kind, units in wanted.items():
            ingredients = Ingredients(workspace, released, workspace.templates / f"{kind}.ipynb", params.language)
            check_parameters(ingredients.template, ingredients.parameters(""))
            folder = workspace.reports(params.edition) / kind
            clear_away(folder, keep=None if only else units)
            stale = [
                unit_id
                for unit_id in units
                if force or not is_current(folder / f"{unit_id}.manifest.json", ingredients, unit_id)
            ]
            failed += build_all(ingredients, kind, stale, folder, jobs or os.cpu_count() or 1)
            print(f"{kind}: {len(stale)} built, {len(units) - len(stale)} unchanged", flush=True)  # noqa: T201
    if failed:
        raise ReportsFailedError(
            f"{len(failed)} {'report' if len(failed) == 1 else 'reports'} could not be built; the others were.",
            failed,
            advice="mend what the messages name and run the same command again: it builds only what is missing.",
        )


def chosen_units(released: Released, kinds: tuple[str, ...], only: tuple[str, ...]) -> dict[str, list[str]]:
    """The unit ids to build, by kind. Errors: ``UnknownUnitError`` where ``only`` names a unit that no kind has."""
    known = {kind: [unit.id for unit in released.units_with_reports(kind)] for kind in kinds}
    strange = [unit_id for unit_id in only if not any(unit_id in ids for ids in known.values())]
    if strange:
        raise no_such_unit(" or ".join(kinds), strange, sorted({unit_id for ids in known.values() for unit_id in ids}))
    if not only:
        return known
    chosen = {kind: [unit_id for unit_id in ids if unit_id in only] for kind, ids in known.items()}
    return {kind: ids for kind, ids in chosen.items() if ids}


def build_all(ingredients: Ingredients, kind: str, units: list[str], folder: Path, jobs: int) -> list[str]:
    """One line per report that failed. Errors: ``LikvardError`` that is nobody's own fault (disk full) stops all."""
    if not units:
        return []
    failed = []
    warm_up(ingredients)
    # macOS cannot fork without harm and Windows not at all; there each process loads for itself.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(min(jobs, len(units)), mp_context=context, initializer=follow_parent) as pool:
        running = {pool.submit(build_report, ingredients, kind, unit_id, folder): unit_id for unit_id in units}
        try:
            for done in progress(running, kind):
                try:
                    done.result()
                except NotebookFailedError as error:
                    failed.append(f"{kind} {running[done]}: {error}")
        except (KeyboardInterrupt, LikvardError):
            # Those that run are waited for: left behind, their pool falls over its own closed pipe when Python ends.
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return sorted(failed)


def follow_parent() -> None:
    """Nothing; this process finishes its report when the user interrupts, and ends at once when its parent is killed.

    Left alone, it would show a traceback after Ctrl-C, and after ``kill -9`` of the parent wait for ever and keep the lock.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        raise RuntimeError("this is for processes that multiprocessing has started")

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()


def warm_up(ingredients: Ingredients) -> None:
    """Nothing; what every report needs is loaded once, before the processes that build them are forked."""
    import matplotlib.pyplot  # noqa: F401
    import seaborn  # noqa: F401

    released = ingredients.released
    released.places, released.units, released.edition, released.newest, released.published  # noqa: B018
    ingredients.hashes  # noqa: B018


def progress(running: dict[Future[None], str], kind: str) -> Iterator[Future[None]]:
    """The futures as they finish, with a bar on a terminal and a plain line now and then elsewhere."""
    from tqdm import tqdm

    on_terminal = sys.stderr.isatty()
    total = len(running)
    for count, done in enumerate(
        tqdm(as_completed(running), total=total, desc=kind, unit="report", disable=not on_terminal), start=1
    ):
        yield done
        if not on_terminal and (count % max(total // 5, 1) == 0 or count == total):
            print(f"{kind}: {count} of {total}", flush=True)  # noqa: T201


def clear_away(folder: Path, keep: list[str] | None) -> None:
    """Nothing; what an interrupted run left half-written is gone, and (with ``keep``) reports of units not in the edition."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith("."):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        elif keep is not None and re.sub(r"\.(manifest\.json|html|pdf|xlsx|csv)$", "", path.name) not in keep:
            path.unlink()
