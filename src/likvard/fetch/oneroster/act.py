"""``likvard fetch oneroster``: the pupils of an archive go through intake, without lying anywhere before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from likvard.fetch.oneroster.files import files_of
from likvard.fetch.oneroster.importer import read_oneroster
from likvard.fetch.persons import bring, pupil_file
from likvard.intake.run import Outcome
from likvard.workspace import Workspace

NAME = "oneroster"


def fetch_oneroster(
    workspace: Workspace, source: str, edition: str, archive: Path, *, on: date, key_file: Path | None = None
) -> Outcome:
    """What became of ``oneroster_pupils.csv``. ``on`` is the day whose pupils count.

    Errors: those of ``read_oneroster`` and of ``intake.run.take_in``.
    """
    pupils = pupil_file(workspace, source, NAME)
    fetched = read_oneroster(archive.name, archive.read_bytes(), datetime.now(UTC), marking=pupils.marking)
    files = files_of(fetched.tables, on, pupils.class_pattern, pupils.identified_by, pupils.clear)
    marked = {name: rows.rename(columns={"marking": pupils.marking}) for name, rows in files.items()}
    return bring(workspace, source, edition, NAME, marked, fetched.origin, key_file)
