"""What its time has passed is removed from workspace, outbox, DVC's cache and remotes; hashes and a signed note remain."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from likvard.audit.artefacts import cache_folder, copies_in, objects
from likvard.audit.envelope import Signed, digest, opened, sealed
from likvard.audit.keys import SigningKey, known_keys
from likvard.audit.log import append_once
from likvard.audit.record import versions
from likvard.contracts.periods import GRAINS, days, is_period
from likvard.errors import AlteredError, CannotWriteError, StageInputMissingError
from likvard.lineage import file_hash
from likvard.params import Params
from likvard.release.processing import Processing, Retention
from likvard.release.remotes import Remote, remotes
from likvard.workspace import Workspace, alone_with_edition, write_atomically


@dataclass(frozen=True)
class Outdated:
    """A folder or file whose time has passed, by the rule and the day on which it passed."""

    path: Path
    rule: str
    since: date


@dataclass(frozen=True)
class Purged:
    """What was removed, how many of DVC's copies by remote, and the remotes that somebody else must clear of deliveries."""

    removed: list[Outdated]
    copies: dict[str, int]
    beyond: list[str]


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
        newest = max((one.stat().st_mtime for one in path.rglob("*")), default=path.stat().st_mtime)
        since = date.fromtimestamp(newest) + timedelta(days=retention.outbox)  # noqa: DTZ012 – the day at the desk
        if since < on:
            found.append(Outdated(path, "outbox", since))
    return found


def purge(workspace: Workspace, params: Params, processing: Processing, on: date, key: SigningKey) -> Purged:
    """What was removed; a note, signed with ``key``, names each file with its hash and the rule.

    Of DVC's remotes those on disks of this machine are cleared too, and the others are named. The note is written before anything
    is removed, and what lists the copies of a delivery is removed last, so that the next run ends what a killed one began.
    Errors: ``StageInputMissingError`` where nothing is outdated; ``LockedError``; ``CannotWriteError``.
    """
    with alone_with_edition(workspace, params.edition):
        return _logged_and_purged(workspace, params, processing, on, key)


def _logged_and_purged(
    workspace: Workspace, params: Params, processing: Processing, on: date, key: SigningKey
) -> Purged:
    for path in sorted((workspace.audit / "purges").glob("*.json")):
        with suppress(AlteredError):  # `likvard verify` names it
            _log(workspace, path, opened(path.read_bytes(), known_keys(workspace)))
    found = outdated(workspace, params, processing.retention, on)
    if not found:
        raise StageInputMissingError(
            "Nothing is kept longer than processing.yaml says.",
            advice="run the command again when an edition is older.",
        )
    with remotes(workspace) as (here, beyond):
        return _purge(workspace, processing, on, key, found, here, beyond)


def _purge(
    workspace: Workspace,
    processing: Processing,
    on: date,
    key: SigningKey,
    found: list[Outdated],
    here: list[Remote],
    beyond: list[str],
) -> Purged:
    gone = [one.path.with_suffix("") for one in found if one.rule == "deliveries" and one.path.suffix == ".dvc"]
    place = cache_folder(workspace)
    names = _only_of(workspace, gone, [place, *(one.folder for one in here)])
    cache = copies_in(place, names)
    copies = {one.name: copies_in(one.folder, names) for one in here}
    subjects = {workspace.shown(path): file_hash(path) for path in [*_files(found), *cache]}
    subjects |= {one.shown(path): file_hash(path) for one in here for path in copies[one.name]}
    note = {
        "remotes": {
            "cleared": {name: len(paths) for name, paths in copies.items()},
            "out_of_reach": beyond if gone else [],
        },
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
        for remote in here:
            remote.remove(copies[remote.name])
        for path in (*cache, *(one.path for one in found)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWriteError(
            f"Cannot remove {error.filename}: {error.strerror}.",
            advice="see that the folder belongs to you, then run the same command again: it goes on from here.",
        ) from error
    return Purged(found, {name: len(paths) for name, paths in copies.items()}, beyond if gone else [])


def _log(workspace: Workspace, path: Path, signed: Signed) -> None:
    """Nothing; the signed note is in the log, once."""
    told = {"file": workspace.shown(path), "files": len(signed.subjects)}
    append_once(workspace, "purge", "", signed.person, path.read_bytes(), told)


def _deliveries(workspace: Workspace, params: Params, retention: Retention, on: date) -> Iterator[Outdated]:
    """Deliveries whose time has passed, here or only in DVC, each with the ``.dvc`` file that would bring it back."""
    pointers = {path.with_suffix("") for path in workspace.deliveries.glob("*.dvc")}
    for folder in sorted(pointers | {path for path in workspace.deliveries.glob("*") if path.is_dir()}):
        since = _last_day(folder.name) + timedelta(days=retention.deliveries)
        if folder.name.startswith(".") or folder.name == params.edition or since >= on:
            continue
        if folder.is_dir():
            yield Outdated(folder, "deliveries", since)
        pointer = folder.with_name(f"{folder.name}.dvc")
        if pointer.is_file():
            yield Outdated(pointer, "deliveries", since)


def _only_of(workspace: Workspace, gone: list[Path], places: list[Path]) -> list[str]:
    """The names of DVC's copies that hold these deliveries and nothing that stays, as any of the places lists them."""
    pointers = (path.with_suffix("") for path in workspace.deliveries.glob("*.dvc"))
    staying = [path for path in pointers if path not in gone]
    held = {name for place in places for name in objects(workspace, gone, place)}
    gone_here = held - {name for place in places for name in objects(workspace, staying, place)}
    return sorted(gone_here, key=lambda name: (name.endswith(".dir"), name))


def _files(found: list[Outdated]) -> list[Path]:
    places = [one.path for one in found]
    inside = [path for place in places if place.is_dir() for path in place.rglob("*")]
    return [path for path in sorted({*places, *inside}) if path.is_file()]


def _last_day(edition: str) -> date:
    """The last day of the period that an edition or delivery is named after; far away where the name is no period."""
    for grain in GRAINS:
        if is_period(edition, grain):
            return days(edition, grain)[1]
    return date.max - timedelta(days=36_500)
