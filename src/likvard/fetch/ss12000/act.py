"""``likvard fetch ss12000``: what a school system's server holds goes through intake, without lying anywhere before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from likvard.fetch.persons import bring, pupil_file
from likvard.fetch.roll import months_of_quarter
from likvard.fetch.ss12000.files import files_of
from likvard.fetch.ss12000.importer import fetch
from likvard.fetch.web import Web, credentials_from_environment
from likvard.intake.run import Outcome
from likvard.workspace import Workspace

NAME = "ss12000"
WANTED = ("organisations", "persons", "syllabuses", "groups", "aggregatedAttendance", "grades")


def fetch_ss12000(
    workspace: Workspace,
    source: str,
    edition: str,
    address: str,
    *,
    on: date,
    months: Sequence[date] = (),
    key_file: Path | None = None,
) -> Outcome:
    """What became of ``ss12000_pupils.csv``, ``_grades`` and ``_absence``, those of them that the mapping ``source`` reads.

    ``on`` is the day whose pupils count; absence is of the ``months`` (their first days), by default those of the day's quarter.
    Credentials are in the environment under ``SS12000``. Errors: those of ``importer.fetch`` and of ``intake.run.take_in``;
    ``CredentialsMissingError``.
    """
    credentials = credentials_from_environment("SS12000")
    pupils = pupil_file(workspace, source, NAME)
    periods = [(first, _last_day(first)) for first in months or months_of_quarter(on)]
    with Web(address, credentials=credentials) as web:
        now = datetime.now(UTC)
        fetched = fetch(web, now, wanted=WANTED, identified_by=pupils.identified_by, absence_periods=periods)
    files = files_of(fetched.tables, on, pupils.class_pattern)
    return bring(workspace, source, edition, NAME, files, fetched.origin, key_file)


def _last_day(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
