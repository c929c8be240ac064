"""The states of an edition's version: draft, reviewed, approved, published, corrected or withdrawn; each signed by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from likvard.audit.envelope import digest, opened, sealed
from likvard.audit.keys import SigningKey, known_keys
from likvard.audit.log import Entry, append_once, entries_of
from likvard.audit.record import Version, version_named, versions
from likvard.audit.verify import see_that_nothing_is_altered
from likvard.disclosure.ledger import record_edition
from likvard.errors import AlteredError, ReleaseStateError
from likvard.release.diff import difference
from likvard.workspace import Workspace, alone_with_edition, write_atomically

Act = Literal["review", "approve", "publish", "correct", "withdraw"]
BEGINS_FROM: dict[Act, tuple[str, ...]] = {
    "review": ("draft",),
    "approve": ("reviewed",),
    "publish": ("approved",),
    "correct": ("published",),
    "withdraw": ("published", "corrected"),
}
STATE: dict[Act, str] = {
    "review": "reviewed",
    "approve": "approved",
    "publish": "published",
    "correct": "corrected",
    "withdraw": "withdrawn",
}
IN_ORDER = ("reviewed", "approved", "published", "corrected", "withdrawn")


@dataclass(frozen=True)
class Signature:
    """Who brought a version into a state, with which key, and what the statement says."""

    state: str
    person: str
    keyid: str
    facts: dict[str, Any]


def signatures(workspace: Workspace, version: Version) -> list[Signature]:
    """The states that the version has been brought into, in their order. Errors: ``AlteredError``."""
    keys, found = known_keys(workspace), []
    record = digest(version.record.read_bytes())
    for state in IN_ORDER:
        path = version.folder / f"{state}.json"
        if not path.is_file():
            continue
        try:
            signed = opened(path.read_bytes(), keys)
        except AlteredError as error:
            raise AlteredError(f"{workspace.shown(path)}: {error.what}.", advice="bring it back from git.") from None
        if signed.predicate["state"] != state or signed.subjects != {version.name: record}:
            raise AlteredError(f"{workspace.shown(path)} is about another version.", advice="bring it back from git.")
        found.append(Signature(state, signed.person, signed.keyid, signed.predicate))
    return found


def state_of(workspace: Workspace, version: Version) -> str:
    """The state that the version is in."""
    found = signatures(workspace, version)
    return found[-1].state if found else "draft"


def bring(workspace: Workspace, version: Version, act: Act, key: SigningKey, reason: str = "") -> list[str]:
    """What people should know, in lines; the version is in the state that ``act`` leads to, signed with ``key``.

    Nothing is signed that was altered. Who approves must be another person than who reviewed. What is published goes into the
    ledger that every later edition is held against. The same act by the same person again completes one that was interrupted, and
    else changes nothing. Errors: ``ReleaseStateError``, ``AlteredError``, ``LedgerDamagedError``, ``LockedError``,
    ``CannotWriteError``.
    """
    with alone_with_edition(workspace, version.edition):
        return _brought(workspace, version, act, key, reason)


def _brought(workspace: Workspace, version: Version, act: Act, key: SigningKey, reason: str) -> list[str]:
    signed = signatures(workspace, version)
    if signed and (signed[-1].state, signed[-1].keyid) == (STATE[act], key.public.keyid):
        _log(workspace, version, act, key)
        return _told(version, signed[-1].facts)
    state = signed[-1].state if signed else "draft"
    if state not in BEGINS_FROM[act]:
        raise ReleaseStateError(
            f"{version.name} is {state}; only what is {' or '.join(BEGINS_FROM[act])} can be {STATE[act]}.",
            advice="`likvard release show EDITION` tells what has been done, and by whom.",
        )
    if act in ("correct", "withdraw") and len(reason.strip()) < 10:
        raise ReleaseStateError(f"To {act} needs a reason that others understand.", advice='add --reason "…".')
    if act == "approve":
        _see_that_it_is_another_person(version, signed[-1], key)
    later = [one for one in versions(workspace, version.edition) if one.number > version.number]
    if act == "correct" and (not later or state_of(workspace, later[-1]) != "published"):
        raise ReleaseStateError(
            f"There is no published version after {version.name} that corrects it.",
            advice="build the corrected edition, then record, review, approve and publish it.",
        )
    see_that_nothing_is_altered(workspace, version, f"likvard release {act}")
    if act == "publish":
        in_ledger = version.edition if version.number == 1 else f"{version.edition}.{version.number}"
        record_edition(version.released / "figures.parquet", workspace.ledger, in_ledger)
    entries = entries_of(workspace)
    facts: dict[str, Any] = {
        "state": STATE[act],
        "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "log": {"lines": len(entries), "head": entries[-1].hash},
    }
    if reason:
        facts["reason"] = reason.strip()
    if act in ("correct", "withdraw"):
        facts["recipients"] = recipients_of(entries, version)
    if act == "correct":
        change = difference(workspace, version, later[-1])
        facts |= {"corrected_by": later[-1].name, "changed_figures": change.ids}
    envelope = sealed("state", {version.name: digest(version.record.read_bytes())}, facts, key)
    write_atomically(version.folder / f"{STATE[act]}.json", envelope)
    _log(workspace, version, act, key)
    return _told(version, facts)


def _log(workspace: Workspace, version: Version, act: Act, key: SigningKey) -> None:
    """Nothing; the signed state is in the log, once."""
    path = version.folder / f"{STATE[act]}.json"
    told = {"version": version.number, "file": workspace.shown(path)}
    append_once(workspace, act, version.edition, key.public.person, path.read_bytes(), told)


def _told(version: Version, facts: dict[str, Any]) -> list[str]:
    """What people should know of an act, in lines."""
    changed = facts.get("changed_figures")
    figures = (
        [] if changed is None else [f"{len(changed)} figures changed from {version.name} to {facts['corrected_by']}."]
    )
    return figures + [f"{one} has received {version.name} and must be told." for one in facts.get("recipients", [])]


def recipients_of(entries: list[Entry], version: Version) -> list[str]:
    """Everyone who has received a version."""
    return sorted(
        {
            str(one.facts["recipient"])
            for one in entries
            if one.kind == "distribute" and one.edition == version.edition and one.facts["version"] == version.number
        }
    )


def published(workspace: Workspace, name: str) -> Version:
    """The version that ``name`` names, which must be published. Errors: ``ReleaseStateError``, ``NoSuchFigureError``."""
    version = version_named(workspace, name)
    state = state_of(workspace, version)
    if state != "published":
        raise ReleaseStateError(
            f"{version.name} is {state}, and only what is published is sent.",
            advice="two persons must review and approve it, and one of them publish it: `likvard release`.",
        )
    return version


def _see_that_it_is_another_person(version: Version, reviewer: Signature, key: SigningKey) -> None:
    person = key.public.person
    if reviewer.keyid == key.public.keyid or reviewer.person.casefold() == person.casefold():
        raise ReleaseStateError(
            f"{person} has reviewed {version.name} and cannot approve it too.",
            advice="let somebody else look at it and approve it.",
        )
