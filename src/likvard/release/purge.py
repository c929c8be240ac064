"""What its time has passed is removed from workspace, outbox and DVC's cache; hashes and a signed note remain."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from likvard.audit.artefacts import cached
from likvard.audit.envelope import Signed, digest, opened, sealed
from likvard.audit.keys import SigningKey, known_keys
from likvard.audit.log import append, entries_of, is_logged
from likvard.audit.record import versions
from likvard.contracts.periods import GRAINS, days, is_period
from likvard.errors import AlteredError, CannotWriteError, StageInputMissingError
from likvard.lineage import file_hash
from likvard.params import Params
from likvard.release.processing import Processing, Retention
from likvard.workspace import Workspace, alone_with_edition, write_atomically


@dataclass(frozen=True)
class Outdated:
    """A folder or file whose time has passed, by the rule and the day on which it passed."""

    path: Path
    rule: str
    since: date


def outdated(workspace: Workspace, params: Params, retention: Retention, on: date) -> list[Outdated]:
    """Everything whose time has passed on that day. Of the edition that is built, no reports are."""
    found = list(_deliveries(workspace, params, retention, on))
    editions = {path.name for path in (workspace.root / "reports").glob("*") if path.is_dir()}
    editions |= {path.name for path in workspace.audit.glob("*") if versions(workspace, path.name)}
    for edition in sorted(editions - {params.edition}):
        since = _last_day(edition) + timedelta(days=retention.reports)
        if since < on:
            places = [workspace.reports(edition), *(one.released for one in versions(workspace, edition))]
            found += [Outdated(path, "reports", since) for path in places if path.is_dir()]
    for path in sorted((workspace.root / "outbox").glob("*/")):
        newest = max(one.stat().st_mtime for one in (*_files(path), *([] if _files(path) else [path])))
        since = date.fromtimestamp(newest) + timedelta(days=retention.outbox)  # noqa: DTZ012 – the day at the desk
        if since < on:
            found.append(Outdated(path, "outbox", since))
    return found


def purge(workspace: Workspace, params: Params, processing: Processing, on: date, key: SigningKey) -> list[Outdated]:
    """What was removed; a note, signed with ``key``, names each file with its hash and the rule.

    The note is written and logged before anything is removed, so that a run that is killed leaves files that are named and are
    removed by the next. Errors: ``StageInputMissingError`` where nothing is outdated; ``LockedError``; ``CannotWriteError``.
    """
    with alone_with_edition(workspace, params.edition):
        return _purged(workspace, params, processing, on, key)


def _purged(workspace: Workspace, params: Params, processing: Processing, on: date, key: SigningKey) -> list[Outdated]:
    for path in sorted((workspace.audit / "purges").glob("*.json")):
        with suppress(AlteredError):  # `likvard verify` names it
            _log(workspace, path, opened(path.read_bytes(), known_keys(workspace)))
    found = outdated(workspace, params, processing.retention, on)
    if not found:
        raise StageInputMissingError(
            "Nothing is kept longer than processing.yaml says.",
            advice="run the command again when an edition is older.",
        )
    places = {path: one for one in found for path in _files(one.path)}
    cache = _only_of(workspace, [_folder_of(one.path) for one in found if one.rule == "deliveries"])
    subjects = {workspace.shown(path): file_hash(path) for path in [*places, *cache]}
    note = {
        "on": on.isoformat(),
        "retention_days": processing.retention.model_dump(),
        "removed": [
            {"path": workspace.shown(one.path), "rule": one.rule, "since": one.since.isoformat()} for one in found
        ],
    }
    envelope = sealed("purge", subjects, note, key)
    path = workspace.audit / "purges" / f"{on.isoformat()}-{digest(envelope)[:8]}.json"
    write_atomically(path, envelope)
    _log(workspace, path, opened(envelope, {key.public.keyid: key.public}))
    try:
        for one in (*cache, *(outdated_one.path for outdated_one in found)):
            if one.is_dir():
                shutil.rmtree(one)
            else:
                one.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWriteError(
            f"Cannot remove {error.filename}: {error.strerror}.",
            advice="see that the folder belongs to you, then run the same command again: it goes on from here.",
        ) from error
    return found


def _log(workspace: Workspace, path: Path, signed: Signed) -> None:
    """Nothing; the signed note is in the log, once."""
    envelope = path.read_bytes()
    if not is_logged(entries_of(workspace), envelope):
        told = {"file": workspace.shown(path), "sha256": digest(envelope), "files": len(signed.subjects)}
        append(workspace, "purge", "", signed.person, told)


def _deliveries(workspace: Workspace, params: Params, retention: Retention, on: date) -> Iterator[Outdated]:
    """Deliveries whose time has passed, each with the ``.dvc`` file that would bring it back, which goes last."""
    for folder in _all_deliveries(workspace):
        since = _last_day(folder.name) + timedelta(days=retention.deliveries)
        if folder.name == params.edition or since >= on:
            continue
        pointer = folder.with_name(f"{folder.name}.dvc")
        yield from (Outdated(path, "deliveries", since) for path in (folder, pointer) if path.exists())


def _all_deliveries(workspace: Workspace) -> list[Path]:
    """The folders of all deliveries, also of those that only DVC has."""
    there = {_folder_of(path) for path in workspace.deliveries.glob("*")}
    return sorted(path for path in there if not path.name.startswith(".") and not path.is_file())


def _folder_of(path: Path) -> Path:
    """The folder of a delivery, of which ``path`` is the folder or the ``.dvc`` file."""
    return path.with_suffix("") if path.suffix == ".dvc" else path


def _only_of(workspace: Workspace, gone: list[Path]) -> list[Path]:
    """The files of DVC's cache that hold these deliveries and nothing that stays; last those that name the others."""
    staying = [path for path in _all_deliveries(workspace) if path not in gone]
    found = set(cached(workspace, gone)) - set(cached(workspace, staying)) - set(cached(workspace, []))
    return sorted(found, key=lambda path: (path.suffix == ".dir", path))


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())


def _last_day(edition: str) -> date:
    """The last day of the period that an edition or delivery is named after; far away where the name is no period."""
    for grain in GRAINS:
        if is_period(edition, grain):
            return days(edition, grain)[1]
    return date.max - timedelta(days=36_500)
