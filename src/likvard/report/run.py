"""The stage ``report``: every report that is not current is built, several at a time, and what is no longer current is gone."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Generator
from functools import partial

from likvard.apart import Ended, Limits, each
from likvard.errors import LikvardError, ReportsFailedError
from likvard.params import Params
from likvard.report.build import build_report, ingredients_of, still_surroundings, warm_up
from likvard.report.manifest import MANIFEST, Ingredients, is_current
from likvard.report.notebook import check_parameters
from likvard.report.progress import Tally, shown
from likvard.report.released import KINDS, Released, no_such_unit, released_in
from likvard.scheduler import cores
from likvard.workspace import Workspace, alone_with_edition, cannot_write

ReportKey = tuple[str, str]
"""The kind of a report and the id of the unit that it is about."""

LIMITS = Limits(seconds=300.0, gib=4.0)
"""What one report may take."""

MANY = 3
"""From more reports than this at a time on, it pays to make every exhibit once before the processes are forked."""


def run(
    workspace: Workspace,
    params: Params,
    kinds: tuple[str, ...] = KINDS,
    only: tuple[str, ...] = (),
    force: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
) -> None:
    """The reports of ``kinds`` in ``reports/<edition>/<kind>``; with ``only``, those of these units and no others.

    A report whose manifest says that nothing it is made from has changed is left as it is, unless ``force``. Before anything is
    built, every report of the edition that is no longer current is taken away, whatever was asked for, so that what lies
    there is never stale and never of two editions. One report's failure never stops another's. With ``scheduler`` (an
    address) they are built on a Dask cluster. Errors: ``UnknownUnitError``, ``ParamsError``, ``LockedError``,
    ``CannotWriteError``, ``SchedulerError``, ``ReportsFailedError`` (with the list of those that failed; all others are built).
    """
    began = time.monotonic()
    workspace.made_by("protect", workspace.released / "edition.json")
    released = released_in(workspace.released)
    wanted = chosen_reports(released, kinds, only)
    with alone_with_edition(workspace, params.edition):
        still_surroundings()
        made_from = ingredients_of(workspace, released, params.language, params.draft)
        for kind in dict.fromkeys(kind for kind, _ in wanted):
            check_parameters(made_from[kind].template, made_from[kind].parameters(""))
        current, cleared = clear_away(made_from, params.edition)
        stale = [key for key in wanted if force or key not in current]
        what = kinds[0] if len(kinds) == 1 else "reports"
        tally = Tally(what, len(wanted) - len(stale))
        jobs = jobs or cores()
        with contextlib.closing(built(made_from, params.edition, stale, jobs, scheduler)) as ended:
            for one in shown(ended, len(stale), what):
                if isinstance(one.error, LikvardError):
                    raise one.error
                tally.add(one)
        left = len(cleared - set(wanted))
        print(tally.text(time.monotonic() - began, left), flush=True)  # noqa: T201
    if tally.failed:
        raise ReportsFailedError(
            f"{len(tally.failed)} {'report' if len(tally.failed) == 1 else 'reports'} could not be built; the others were.",
            sorted(tally.failed),
            advice="mend what the messages name and run the same command again: it builds only what is missing.",
        )


def chosen_reports(released: Released, kinds: tuple[str, ...], only: tuple[str, ...]) -> list[ReportKey]:
    """The reports to build. Errors: ``UnknownUnitError`` where ``only`` names a unit that no kind has."""
    known = [(kind, unit.id) for kind in kinds for unit in released.units_with_reports(kind)]
    ids = {unit_id for _, unit_id in known}
    strange = [unit_id for unit_id in only if unit_id not in ids]
    if strange:
        raise no_such_unit(" or ".join(kinds), strange, sorted(ids))
    return [(kind, unit_id) for kind, unit_id in known if not only or unit_id in only]


def built(
    made_from: dict[str, Ingredients], edition: str, stale: list[ReportKey], jobs: int, scheduler: str | None
) -> Generator[Ended[ReportKey, None], None, None]:
    """What came of each report, as they end."""
    if not stale:
        return
    if scheduler:
        from likvard.report.cluster import built_on_cluster

        yield from built_on_cluster(scheduler, made_from, edition, stale)
        return
    first = dict(reversed(stale))
    warm_up([made_from[kind] for kind in first], first.values(), with_exhibits=len(stale) > MANY * jobs)
    yield from each(partial(_build, made_from, edition), stale, min(jobs, len(stale)), LIMITS)


def _build(made_from: dict[str, Ingredients], edition: str, key: ReportKey) -> None:
    kind, unit_id = key
    build_report(made_from[kind], unit_id, made_from[kind].workspace.reports(edition) / kind)


def clear_away(made_from: dict[str, Ingredients], edition: str) -> tuple[set[ReportKey], set[ReportKey]]:
    """The reports that are current, and those that are not and are now gone, with all that an interrupted run left half-written."""
    current: set[ReportKey] = set()
    cleared: set[ReportKey] = set()
    for kind, ingredients in made_from.items():
        folder = ingredients.workspace.reports(edition) / kind
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            key = kind, re.sub(r"\.(manifest\.json|html|pdf|xlsx|csv)$", "", path.name)
            if key not in current | cleared:
                kept = is_current(folder / f"{key[1]}{MANIFEST}", ingredients, key[1])
                (current if kept else cleared).add(key)
            if key in cleared:
                try:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                except OSError as error:
                    raise cannot_write(path, error) from error
    return current, cleared
