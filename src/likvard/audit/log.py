"""The log of acts: one line of canonical JSON each, chained, so that no line can be changed, taken out or put in unseen."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from likvard.audit.envelope import canonical, digest
from likvard.errors import AlteredError, LockedError
from likvard.workspace import Workspace, alone, alone_with_edition, write_atomically

Kind = Literal[
    "begin", "key", "run", "record", "review", "approve", "publish", "correct", "withdraw", "distribute", "verify", "waiver",
    "purge", "pack",
]  # fmt: skip
BEFORE_THE_FIRST = "0" * 64
SECONDS_TO_WAIT = 10


@dataclass(frozen=True)
class Entry:
    """One act: what (``kind``), about which edition (may be empty), who (a person or a command), when (UTC), and its facts."""

    number: int
    time: str
    kind: str
    edition: str
    who: str
    facts: dict[str, Any]
    before: str
    hash: str


def log_file(workspace: Workspace) -> Path:
    """Where the log is."""
    return workspace.audit / "log.jsonl"


def append(workspace: Workspace, kind: Kind, edition: str, who: str, facts: Mapping[str, Any]) -> Entry:
    """The act, written as the log's last line. Errors: ``AlteredError`` where the log is broken; ``LockedError``."""
    with ExitStack() as held:
        _wait_for(held, workspace)
        path = log_file(workspace)
        content = path.read_bytes() if path.is_file() else b""
        lines, faults = read_log(content)
        if faults:
            raise AlteredError(
                "The log is not whole, so nothing is added to it.",
                faults,
                advice="bring audit/log.jsonl back from git or from an audit pack, and find out who changed it.",
            )
        made = _entry(
            {
                "number": len(lines) + 1,
                "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "kind": kind,
                "edition": edition,
                "who": who,
                "facts": dict(facts),
                "before": lines[-1].hash if lines else BEFORE_THE_FIRST,
            }
        )
        write_atomically(path, content + canonical(made.__dict__) + b"\n")
    return made


def read_log(content: bytes) -> tuple[list[Entry], list[str]]:
    """The entries in order, and a line for each that is not what was written there."""
    entries: list[Entry] = []
    faults: list[str] = []
    before = BEFORE_THE_FIRST
    lines = content.split(b"\n")
    if lines[-1]:
        faults.append(f"line {len(lines)} is cut off")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            found = Entry(**json.loads(line))
            sound = line == canonical(found.__dict__) and found.hash == _hash_of(found.__dict__)
        except (ValueError, TypeError):
            faults.append(f"line {number} cannot be read")
            before = ""
            continue
        if not sound:
            faults.append(f"line {number} is not what was written")
        elif before and (found.before, found.number) != (before, number):
            faults.append(f"line {number} does not follow the line before it")
        before = found.hash
        entries.append(found)
    return entries, faults


def entries_of(workspace: Workspace) -> list[Entry]:
    """The log's entries. Errors: ``AlteredError`` where the log is broken."""
    path = log_file(workspace)
    entries, faults = read_log(path.read_bytes() if path.is_file() else b"")
    if faults:
        raise AlteredError("The log is not as it was written.", faults, advice="bring audit/log.jsonl back from git.")
    return entries


def begin(workspace: Workspace, edition: str) -> str:
    """The head of the log that the edition's reports print: that of the day on which the edition was begun.

    It is fixed for the edition, as a head that moved with every act would give every run other bytes.
    """
    path = head_file(workspace, edition)
    with alone_with_edition(workspace, edition):
        if not path.is_file():
            begun = [one for one in entries_of(workspace) if (one.kind, one.edition) == ("begin", edition)]
            made = begun[0] if begun else append(workspace, "begin", edition, "likvard log begin", {})
            write_atomically(path, f"{made.hash}\n".encode())
    return path.read_text(encoding="ascii").strip()


def head_file(workspace: Workspace, edition: str) -> Path:
    """Where the head that an edition's reports print is."""
    return workspace.audit / edition / "head.txt"


def printed_head(workspace: Workspace, edition: str) -> str:
    """The head that the edition's reports print; an empty text where no log was begun."""
    path = head_file(workspace, edition)
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def note(workspace: Workspace, kind: Kind, edition: str, who: str, facts: Mapping[str, Any]) -> None:
    """Nothing; the act is in the log, where the workspace keeps one."""
    if log_file(workspace).is_file():
        append(workspace, kind, edition, who, facts)


def append_once(
    workspace: Workspace, kind: Kind, edition: str, who: str, content: bytes, facts: Mapping[str, Any]
) -> None:
    """Nothing; the act that made a file of this content is in the log with its SHA-256, once, also where a run was killed."""
    if not is_logged(entries_of(workspace), content):
        append(workspace, kind, edition, who, {**facts, "sha256": digest(content)})


def is_logged(entries: list[Entry], content: bytes) -> bool:
    """Whether the log has the act that made a file of this content: it comes last, so who is killed leaves a file without it."""
    return digest(content) in {one.facts.get("sha256") for one in entries}


def head_at(entries: list[Entry], number: int) -> str:
    """The hash of the line ``number``; an empty text where there is no such line."""
    return entries[number - 1].hash if 0 < number <= len(entries) else ""


def _entry(content: dict[str, Any]) -> Entry:
    return Entry(**content, hash=_hash_of(content))


def _hash_of(content: Mapping[str, Any]) -> str:
    return digest(canonical({key: value for key, value in content.items() if key != "hash"}))


def _wait_for(held: ExitStack, workspace: Workspace) -> None:
    last = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            held.enter_context(alone(workspace, "log", "Another act is being written to the log."))
            return
        except LockedError:
            if time.monotonic() > last:
                raise
            time.sleep(0.05)
