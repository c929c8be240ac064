"""Whether anything of an edition was altered since it was signed."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from likvard.audit.artefacts import ABOUT_PERSONS, FLOW, Artefact, artefacts, by_path, cache_folder
from likvard.audit.envelope import Signed, digest, opened
from likvard.audit.keys import PublicKey, known_keys
from likvard.audit.log import Entry, head_at, head_file, is_logged, log_file, note, read_log
from likvard.audit.record import Version
from likvard.errors import AlteredError, CannotWriteError, LockedError, SigningKeyError
from likvard.lineage import file_hash
from likvard.workspace import Workspace

PACK = "audit-pack.json"
"""The file that says that a folder is an audit pack and not a workspace."""


@dataclass(frozen=True)
class Finding:
    """A file that is not as it was signed."""

    kind: str
    path: str
    what: Literal["altered", "missing", "added", "broken"]
    detail: str = ""

    def text(self) -> str:
        """The finding as a line."""
        return f"{self.kind}: {self.path} is {self.what}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class Verdict:
    """What was looked at, by kind, what was found, and what could not be looked at here."""

    version: Version
    checked: dict[str, int]
    found: tuple[Finding, ...]
    notes: tuple[str, ...]
    signers: tuple[PublicKey, ...]


def verify(workspace: Workspace, version: Version) -> Verdict:
    """The verdict on one version of an edition; every byte that was signed and is here is read."""
    found: list[Finding] = []
    keys, faults = keys_there(workspace)
    found += faults
    entries, faults = log_there(workspace)
    found += faults
    found += keys_as_logged(workspace, entries)
    record = envelope_there(workspace, version.record, keys, entries, found)
    if record is None:
        checked = {"log": 1, "key": len(keys), "record": 1}
        return Verdict(version, checked, tuple(found), ("Without its record, nothing else can be checked.",), ())
    found += log_as_signed(workspace, record, entries)
    counted: Counter[str] = Counter()
    notes = compare(workspace, version, record, keys, entries, found, counted)
    states = sorted(path for path in version.folder.glob("*.json") if path != version.record)
    signed = [envelope_there(workspace, path, keys, entries, found) for path in states]
    acts = {str(one.facts["file"]) for one in entries if one.edition == version.edition and "file" in one.facts}
    found += [Finding("state", name, "missing") for name in sorted(acts) if not (workspace.root / name).is_file()]
    checked = dict(counted) | {"record": 1, "state": len(states), "log": 1, "key": len(keys)}
    people = {one.keyid for one in [record, *signed] if one is not None}
    return Verdict(
        version, checked, tuple(dict.fromkeys(found)), tuple(notes), tuple(keys[one] for one in sorted(people))
    )


def see_that_nothing_is_altered(workspace: Workspace, version: Version, who: str) -> Verdict:
    """The verdict, which is in the log too. Errors: ``AlteredError`` that names every file at fault."""
    verdict = verify(workspace, version)
    broken_log = any(one.kind == "log" for one in verdict.found)
    if not broken_log and not (workspace.root / PACK).is_file():
        told = {"version": version.number, "files": sum(verdict.checked.values()), "found": len(verdict.found)}
        with suppress(CannotWriteError, LockedError, PermissionError):  # who may only read may verify too
            note(workspace, "verify", version.edition, who, told)
    if verdict.found:
        raise AlteredError(
            f"{len(verdict.found)} {'file' if len(verdict.found) == 1 else 'files'} of {version.name} "
            f"{'is' if len(verdict.found) == 1 else 'are'} not as signed.",
            [one.text() for one in verdict.found],
            advice="use nothing of it; find out who changed the files, and bring them back from git, DVC or an audit pack.",
        )
    return verdict


def keys_there(workspace: Workspace) -> tuple[dict[str, PublicKey], list[Finding]]:
    """The public keys that are whole, and those that are not."""
    try:
        return known_keys(workspace), []
    except SigningKeyError as error:
        names = [problem.split(" ")[0] for problem in error.problems]
        return {}, [Finding("key", name, "altered") for name in names]


def log_there(workspace: Workspace) -> tuple[list[Entry], list[Finding]]:
    """The log, and what is wrong with it."""
    path = log_file(workspace)
    if not path.is_file():
        return [], [Finding("log", workspace.shown(path), "missing")]
    entries, faults = read_log(path.read_bytes())
    return entries, [Finding("log", workspace.shown(path), "altered", fault) for fault in faults]


def keys_as_logged(workspace: Workspace, entries: list[Entry]) -> list[Finding]:
    """The files of keys that are not what the log says was added."""
    added = {str(one.facts["file"]): str(one.facts["sha256"]) for one in entries if one.kind == "key"}
    there = {workspace.shown(path): file_hash(path) for path in (workspace.audit / "keys").glob("*.json")}
    return _differences("key", added, there)


def envelope_there(
    workspace: Workspace, path: Path, keys: dict[str, PublicKey], entries: list[Entry], found: list[Finding]
) -> Signed | None:
    """What an envelope says; None where it is not as it was signed, which is then among ``found``."""
    name, kind = workspace.shown(path), "record" if path.name == "record.json" else "state"
    if not path.is_file():
        found.append(Finding(kind, name, "missing"))
        return None
    content = path.read_bytes()
    try:
        signed = opened(content, keys)
    except AlteredError as error:
        found.append(Finding(kind, name, "altered", error.what))
        return None
    if not is_logged(entries, content):
        told = f"the log knows of no such act; if a command of {signed.person} was interrupted, run it again"
        found.append(Finding(kind, name, "altered", told))
    return signed


def log_as_signed(workspace: Workspace, record: Signed, entries: list[Entry]) -> list[Finding]:
    """Whether the log still begins as it did when the record was signed, and with the head that the reports print."""
    said, path = record.predicate["log"], workspace.shown(log_file(workspace))
    found = []
    if said["lines"] and head_at(entries, said["lines"]) != said["head"]:
        found.append(Finding("log", path, "altered", "it no longer holds what it held when the record was signed"))
    head = record.predicate["printed_head"]
    if head and head not in {one.hash for one in entries}:
        found.append(Finding("log", path, "altered", "the head that the reports print is not in it"))
    place = head_file(workspace, str(record.predicate["edition"]))
    if (place.read_text(encoding="utf-8", errors="replace") if place.is_file() else "") != (
        f"{head}\n" if head else ""
    ):
        found.append(Finding("log", workspace.shown(place), "altered"))
    return found


def compare(
    workspace: Workspace,
    version: Version,
    record: Signed,
    keys: dict[str, PublicKey],
    entries: list[Entry],
    found: list[Finding],
    counted: Counter[str],
) -> list[str]:
    """What could not be looked at here, in words; what differs from the record is appended to ``found``, and what was looked at
    is ``counted`` by kind.
    """
    signed = by_path(record.predicate)
    is_pack = (workspace.root / PACK).is_file()
    later = [one for one in entries if one.kind == "record"]
    moved_on = bool(later) and later[-1].facts.get("sha256") != digest(version.record.read_bytes())
    replaced = moved_on and later[-1].edition == version.edition
    skipped: set[str] = set(ABOUT_PERSONS) if is_pack else set()
    notes = []
    if is_pack:
        notes.append("This is an audit pack: of data about persons it holds the hashes and not the files.")
        found += pages_of_pack(workspace)
    if moved_on:
        # The next edition is made in the same folders; what this one was released as is kept beside its record.
        skipped |= {*FLOW, "decision", "contract", "software", "notebook"}
        skipped |= {"html", "pdf", "workbook", "table", "manifest", "other"} if replaced else set()
        notes.append(
            "The workspace has moved on to another edition; of what it makes anew, this edition's own is kept beside its record."
        )
    purged = purged_files(workspace, keys, entries, found)
    here = {one.path: one for one in artefacts(workspace, version.edition)}
    here |= _as_cached(workspace, {path for path, one in signed.items() if one.kind == "cache"} - here.keys())
    compared = {path: one for path, one in signed.items() if one.kind not in skipped}
    held = {path: one for path, one in here.items() if one.kind not in skipped}
    for path in sorted(compared.keys() | held.keys()):
        before, now = compared.get(path), held.get(path)
        if now is not None:
            counted[now.kind] += 1
        if before is None and now is not None:
            if now.kind != "cache":
                found.append(Finding(now.kind, path, "added"))
        elif before is not None and now is None:
            if purged.get(path) == before.sha256:
                continue
            if before.kind == "cache":
                notes.append(f"DVC's cache no longer holds {path.rpartition('md5/')[2]}.")
            else:
                found.append(Finding(before.kind, path, "missing"))
        elif before is not None and now is not None and before.sha256 != now.sha256:
            found.append(Finding(before.kind, path, "altered"))
    found += kept_beside(workspace, version, signed, purged)
    if purged.keys() & signed.keys():
        notes.append(
            f"{len(purged.keys() & signed.keys())} files have been purged; their hashes and a signed note remain."
        )
    return notes


def kept_beside(
    workspace: Workspace, version: Version, signed: dict[str, Artefact], purged: dict[str, str]
) -> list[Finding]:
    """What differs in the released data that is kept beside the record."""
    inside = f"{workspace.shown(workspace.released)}/"
    kept = {path.name: path for path in version.released.glob("*")}
    wanted = {path.removeprefix(inside): one.sha256 for path, one in signed.items() if one.kind == "released"}
    there = {workspace.shown(path): file_hash(path) for path in kept.values()}
    told = {workspace.shown(version.released / name): sha256 for name, sha256 in wanted.items()}
    if not there and not all(name in purged for name in told) and not (version.released).is_dir():
        return [Finding("released", workspace.shown(version.released), "missing")]
    return [one for one in _differences("released", told, there) if purged.get(one.path) is None]


def pages_of_pack(workspace: Workspace) -> list[Finding]:
    """The pages of an audit pack that are not what was packed. (Nobody signs them: `likvard audit PACK` makes them anew.)"""
    try:
        wanted = dict(json.loads((workspace.root / PACK).read_bytes())["pages"])
    except (ValueError, KeyError, TypeError):
        return [Finding("page", PACK, "altered")]
    return _differences(
        "page", wanted, {name: file_hash(workspace.root / name) for name in wanted if (workspace.root / name).is_file()}
    )


def purged_files(
    workspace: Workspace, keys: dict[str, PublicKey], entries: list[Entry], found: list[Finding]
) -> dict[str, str]:
    """The SHA-256 of what was purged, by path, as the signed notes say."""
    purged: dict[str, str] = {}
    for path in sorted((workspace.audit / "purges").glob("*.json")):
        signed = envelope_there(workspace, path, keys, entries, found)
        if signed is not None and signed.name == "purge":
            purged |= signed.subjects
    return purged


def _as_cached(workspace: Workspace, paths: set[str]) -> dict[str, Artefact]:
    """Files of the cache that nothing in the workspace names any more, which a record still knows."""
    place = cache_folder(workspace)
    there = [(workspace.root / path).resolve() for path in sorted(paths)]
    return {
        workspace.shown(path): Artefact("cache", workspace.shown(path), file_hash(path), path.stat().st_size)
        for path in there
        if path.is_relative_to(place) and path.is_file()
    }


def _differences(kind: str, wanted: dict[str, str], there: dict[str, str]) -> list[Finding]:
    return [
        Finding(kind, path, "missing" if path not in there else "added" if path not in wanted else "altered")
        for path in sorted(wanted.keys() | there.keys())
        if wanted.get(path) != there.get(path)
    ]
