"""Reports built on a Dask cluster that is there already: released data goes to each worker once, and files come back.

Only this process writes, so that a report lies there whole or not at all, whatever becomes of the worker that made it.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, as_completed, get_worker
from distributed.scheduler import KilledWorker

from likvard.apart import Ended, TaskLostError, here
from likvard.audit.log import head_file
from likvard.errors import SchedulerError
from likvard.lineage import code_hash
from likvard.report.build import ingredients_of, report_files, still_surroundings, write_report
from likvard.report.manifest import Ingredients
from likvard.report.released import released_in
from likvard.scheduler import SAME_CODE, connected
from likvard.workspace import Workspace

if TYPE_CHECKING:
    from distributed import Worker

_one_at_a_time = threading.Lock()
"""A worker may have several threads; what a notebook prints and shows belongs to the whole process."""


class Parcel(WorkerPlugin):  # type: ignore[misc]
    """All that reports are made from, unpacked in each worker that there is and in each that comes later: a small workspace."""

    def __init__(self, files: dict[str, bytes], language: str, draft: bool) -> None:
        self.files, self.language, self.draft = files, language, draft
        parts = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
        named = hashlib.sha256(f"{language} {draft}\n{parts}".encode())
        self.name = f"likvard-{named.hexdigest()[:16]}"

    def setup(self, worker: Worker) -> None:
        """Nothing; the files lie in the worker's own folder."""
        self.root = Path(worker.local_directory).resolve() / self.name
        for name, content in self.files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_bytes(content)
        self.files = {}
        workspace = Workspace(self.root)
        self.made_from = ingredients_of(workspace, released_in(workspace.released), self.language, self.draft)

    def teardown(self, worker: Worker) -> None:
        """Nothing; the files are gone."""
        shutil.rmtree(self.root, ignore_errors=True)


def parcel_of(made_from: dict[str, Ingredients]) -> Parcel:
    """What reports are made from: released data, templates, software lock, head of the log, and what makes a workspace."""
    one = next(iter(made_from.values()))
    workspace = one.workspace
    paths = [
        *sorted(path for path in workspace.released.iterdir() if path.is_file()),
        *(ingredients.template for ingredients in made_from.values()),
        workspace.software_lock,
        workspace.params,
        workspace.root / "dvc.yaml",
        head_file(workspace, one.released.edition["edition"]),
    ]
    return Parcel(
        {workspace.shown(path): path.read_bytes() for path in paths if path.is_file()}, one.language, one.draft
    )


def made_on_worker(parcel: str, kind: str, unit_id: str, code: str) -> tuple[dict[str, bytes], float]:
    """The files of one report, made by the worker that this runs in, and the seconds that it took."""
    if code != code_hash():
        raise SchedulerError(f"The worker {get_worker().address} has another likvard than this.", advice=SAME_CODE)
    made_from = get_worker().plugins[parcel].made_from
    with _one_at_a_time, here():
        began = time.monotonic()
        still_surroundings()
        return report_files(made_from[kind], unit_id), time.monotonic() - began


def built_on_cluster(
    address: str, made_from: dict[str, Ingredients], edition: str, stale: list[tuple[str, str]]
) -> Iterator[Ended[tuple[str, str], None]]:
    """What came of each report, as they end; each is written here. Errors: ``SchedulerError``, ``CannotWriteError``."""
    with connected(address) as client:
        parcel = parcel_of(made_from)
        client.register_plugin(parcel, name=parcel.name)
        futures: dict[Any, tuple[str, str]] = {}
        try:
            code = code_hash()
            futures |= {
                client.submit(
                    made_on_worker, parcel.name, *key, code, pure=False, key=f"{parcel.name}-{'-'.join(key)}"
                ): key
                for key in stale
            }
            ended = as_completed(list(futures), loop=client.loop)
            for future in ended:
                key = futures.pop(future)
                error = future.exception()
                if isinstance(error, SchedulerError):
                    raise error
                if error is not None:
                    yield Ended(key, 0.0, error=lost(error))
                    continue
                files, seconds = future.result()
                write_report(made_from[key[0]].workspace.reports(edition) / key[0], files)
                future.release()
                yield Ended(key, seconds)
        finally:
            client.cancel(list(futures))
            client.unregister_worker_plugin(parcel.name)


def lost(error: BaseException) -> BaseException:
    """The error of one report, told as it is told of a report that was built here."""
    if isinstance(error, KilledWorker):
        return TaskLostError("each worker that tried it has died")
    return error
