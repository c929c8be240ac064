"""The command ``intake``: an identified delivery outside the workspace becomes a pseudonymous snapshot inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from likvard.contracts import Source, Tables, read_source, read_tables
from likvard.contracts.rules import read_rules
from likvard.errors import DeliveryMissingError, ParamsError, PseudonymKeyError, WorkspaceError
from likvard.ingest.delivered_file import read_delivered_file
from likvard.ingest.run import expected
from likvard.intake.earlier import Earlier, earlier_deliveries
from likvard.intake.finding import Finding, Findings
from likvard.intake.key import PseudonymKey, read_key
from likvard.intake.personal_text import personal
from likvard.intake.persons import PupilList, flag_field, person_field
from likvard.intake.pseudonyms import Pseudonymiser
from likvard.intake.reading import Desk, Taken, in_reading_order, read_table
from likvard.intake.received import Brought, received_files, still_the_same
from likvard.intake.snapshot import file_bytes, table_bytes, write_snapshot
from likvard.waivers import Waiver, Waivers, read_waivers
from likvard.workspace import Workspace, alone

EDITION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
SOURCE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass
class Outcome:
    """What became of a delivery: what was found by file, the tables that may enter, and, once it is written, the number of
    rows by file, the files kept from before, and whether the snapshot changed.
    """

    edition: str
    tables: dict[str, Taken] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    findings: list[Findings] = field(default_factory=list)
    waived: list[Waiver] = field(default_factory=list)
    waiting: dict[str, list[Finding]] = field(default_factory=dict)
    changed: bool = False

    @property
    def refused(self) -> list[Findings]:
        """The files that were refused."""
        return [one for one in self.findings if one.refused]


def take_in(
    workspace: Workspace,
    place: Path | Brought,
    source_name: str,
    edition: str,
    *,
    on: date,
    sender: str = "",
    key_file: Path | None = None,
    new_key: bool = False,
) -> Outcome:
    """What became of the delivery at ``place``. Files that were refused leave what was taken in before as it is.

    Errors: ``ParamsError``, ``WorkspaceError`` (the inbox lies in the workspace), ``ContractError``, ``PseudonymKeyError``,
    ``DeliveryMissingError``, ``LockedError``, ``CannotWriteError``, ``PipelineError``; nothing has been written then.
    """
    desk = open_desk(workspace, place, source_name, edition, on, sender, key_file, new_key)
    with _alone(workspace):
        outcome = read_delivery(workspace, place, desk)
        _write(workspace, desk, sender or desk.source.source, outcome)
    return outcome


def open_desk(
    workspace: Workspace,
    place: Path | Brought,
    source_name: str,
    edition: str,
    on: date,
    sender: str,
    key_file: Path | None,
    new_key: bool,
) -> Desk:
    """The contracts, and everything that reading needs. Errors: as for ``take_in``."""
    for what, text, pattern in (("edition", edition, EDITION), ("source", source_name, SOURCE)):
        if not pattern.fullmatch(text) or text.endswith("."):
            raise ParamsError(f"--{what} is not a name that is allowed.", advice=f"write it as {pattern.pattern}.")
    if sender and (personal(sender) or len(sender) > 120 or not sender.isprintable()):
        raise ParamsError("--sender looks like a person.", advice="name the office or the system that sent the files.")
    if isinstance(place, Path) and place.resolve().is_relative_to(workspace.root.resolve()):
        raise WorkspaceError(
            "The delivery lies inside the workspace, where nothing identified may be.",
            advice="move it to an inbox outside, and make sure that neither git nor DVC has taken note of it.",
        )
    tables = read_tables(workspace.contracts)
    source = read_source(workspace.contracts, source_name, tables)
    if not re.fullmatch(source.deliveries, edition):
        raise ParamsError(
            f"--edition is not a name that deliveries of {source_name} have.",
            advice=f"write it as {source.deliveries}.",
        )
    earlier = earlier_deliveries(workspace, source, edition)
    key = read_key(workspace, key_file) if any(map(person_field, source.tables.values())) else None
    if key is not None and not new_key:
        _see_that_it_is_the_same(key, earlier)
    pupils = _list_of_before(source, tables, earlier, key)
    return Desk(
        source=source,
        tables=tables,
        rules=read_rules(workspace.contracts, tables),
        earlier=earlier,
        edition=edition,
        on=on,
        pseudonymise=Pseudonymiser(key) if key else None,
        pupils=pupils,
    )


def _see_that_it_is_the_same(key: PseudonymKey, earlier: Earlier) -> None:
    """Nothing. Errors: ``PseudonymKeyError`` where other deliveries were read with other keys only."""
    known = set(earlier.check_values().values())
    if known and key.check_value not in known:
        raise PseudonymKeyError(
            f"This is another key than the one that earlier deliveries were taken in with (check value {key.check_value} "
            f"instead of {', '.join(sorted(known))}); the same pupil would get two pseudonyms. Nothing was written.",
            advice="name the right key; to change keys, take every delivery in again with --new-key.",
        )


def _list_of_before(source: Source, tables: Tables, earlier: Earlier, key: PseudonymKey | None) -> PupilList:
    """The pupils whom the newest snapshot under the same key clears."""
    for name, mapped in source.tables.items():
        found = person_field(mapped)
        if key is None or found is None or flag_field(mapped, tables[name]) is None:
            continue
        there = earlier.newest_with(name)
        if there is None or earlier.records.get(there[0], {}).get("key_check") != key.check_value:
            continue
        cells = earlier.column(name, found[0])
        if cells is not None:
            return PupilList("earlier", cells[0], mapped.file, cleared=set(cells[1]))
    return PupilList()


def read_delivery(workspace: Workspace, place: Path | Brought, desk: Desk) -> Outcome:
    """What is found in the files at ``place``, and the rows that may enter; nothing is written.

    Errors: ``DeliveryMissingError`` where no file is one that the source names; ``ContractError`` (the waivers).
    """
    source = desk.source
    by_file = {mapped.file: name for name, mapped in source.tables.items()}
    files, refused, others = received_files(place, set(by_file))
    if not files and not refused:
        raise DeliveryMissingError(
            "The delivery has no file that the source names.",
            [f"expected: {', '.join(sorted(by_file))}"],
            advice="see that the inbox holds the files under their agreed names.",
        )
    outcome = Outcome(desk.edition, findings=refused)
    waivers = read_waivers(workspace.waivers)
    received = {by_file[one.name]: one for one in files}
    for name in in_reading_order(source, desk.tables):
        mapped = source.tables[name]
        marks = flag_field(mapped, desk.tables[name]) is not None and person_field(mapped) is not None
        if name not in received:
            if marks and any(one.file == mapped.file for one in refused):
                desk.pupils = PupilList("refused", desk.edition, mapped.file)
            continue
        if marks:
            desk.pupils = PupilList("here", desk.edition, mapped.file)
        findings = Findings(mapped.file)
        outcome.findings.append(findings)
        table = read_table(received[name], name, desk, findings)
        if table is not None and not findings.refused and _may_pass(findings, waivers, desk, outcome):
            outcome.tables[name] = table
            desk.registers.learn(table.rows, source, desk.tables[name])
        elif marks:
            desk.pupils.state = "refused"
    for name, one in received.items():
        if not still_the_same(one):
            outcome.tables.pop(name, None)
            next(each for each in outcome.findings if each.file == one.name).add("changed_while_read")
    _say_what_lacks(workspace, desk, others, outcome)
    return outcome


def _may_pass(findings: Findings, waivers: Waivers, desk: Desk, outcome: Outcome) -> bool:
    """Whether nothing in the file waits for somebody to confirm it, or all that does is waived."""
    stops = findings.of("stop")
    covering = {one: waivers.covering(one.code, scope_of(one, desk.edition), desk.on) for one in stops}
    outcome.waived += [waiver for waiver in covering.values() if waiver is not None]
    open_ones = [one for one, waiver in covering.items() if waiver is None]
    if open_ones:
        outcome.waiting[findings.file] = open_ones
    return not open_ones


def scope_of(one: Finding, edition: str) -> str:
    """What a waiver for the finding must name as its scope."""
    return "/".join(part for part in (edition, one.file, one.column) if part)


def _write(workspace: Workspace, desk: Desk, sender: str, outcome: Outcome) -> None:
    """Nothing; the snapshot has what was taken in, of the files from before those that nothing replaces, and what was fetched."""
    source, taken = desk.source, outcome.tables
    if not taken:
        return
    before = desk.earlier.records.get(desk.edition, {})
    known: dict[str, Any] = dict(before.get("files", {}))
    key_check = desk.pseudonymise.key.check_value if desk.pseudonymise else None
    files: dict[str, bytes] = {}
    for name, mapped in source.tables.items():
        if name in taken:
            files[mapped.file] = file_bytes(taken[name].rows, mapped)
            record = taken[name].record | {"sender": sender}
            old = known.get(mapped.file, {})
            if old.get("sha256") == record["sha256"]:
                record |= {name: old[name] for name in ("received_at", "sender", "brought") if name in old}
            waived = [one for one in outcome.waived if one.scope.startswith(f"{desk.edition}/{mapped.file}")]
            if waived:
                record["waived"] = [one.model_dump(mode="json") for one in waived]
            known[mapped.file] = record
            outcome.taken[mapped.file] = len(taken[name].rows)
        else:
            _keep(workspace, name, source, desk, before.get("key_check") == key_check, files, known, outcome)
    record = {
        "source": source.source,
        "sender": sender if len({one["sender"] for one in known.values()} | {sender}) == 1 else "several",
        "received_at": max(one["received_at"] for one in known.values()),
        "files": {name: known[name] for name in sorted(files)},
    } | ({"key_check": key_check} if key_check else {})
    folder = workspace.deliveries / desk.edition
    beside = {mapped.file for one in source.all_sources[1:] for mapped in one.tables.values()}
    files |= {name: (folder / name).read_bytes() for name in sorted(beside) if (folder / name).is_file()}
    outcome.changed = write_snapshot(workspace, desk.edition, files, record)


def _keep(
    workspace: Workspace,
    name: str,
    source: Source,
    desk: Desk,
    same_key: bool,
    files: dict[str, bytes],
    known: dict[str, Any],
    outcome: Outcome,
) -> None:
    """Nothing; the file that was taken in before stays, without anybody who is marked as protected by now."""
    mapped = source.tables[name]
    path = workspace.deliveries / desk.edition / mapped.file
    found = person_field(mapped)
    if not path.is_file() or mapped.file not in known or (found is not None and not same_key):
        known.pop(mapped.file, None)
        return
    files[mapped.file] = path.read_bytes()
    outcome.kept.append(mapped.file)
    if found is None or not desk.pupils.flagged:
        return
    rows = read_delivered_file(path, mapped).drop(columns="source_row")
    stays = ~rows[found[1].column].isin(desk.pupils.flagged)
    if not stays.all():
        files[mapped.file] = table_bytes(
            [str(name) for name in rows], list(rows[stays].itertuples(index=False, name=None)), mapped
        )
        known[mapped.file] = {**known[mapped.file], "rows": int(stays.sum())}


def _say_what_lacks(workspace: Workspace, desk: Desk, others: int, outcome: Outcome) -> None:
    """Nothing; the outcome tells of expected files that are nowhere, and of others that were not read."""
    told = {one.file for one in outcome.findings}
    folder = workspace.deliveries / desk.edition
    for name, mapped in desk.source.tables.items():
        due = expected(name, desk.edition, desk.source) and not (folder / mapped.file).is_file()
        if due and mapped.file not in told:
            outcome.findings.append(Findings(mapped.file))
            outcome.findings[-1].add("file_missing")
    if others:
        outcome.findings.append(Findings("–"))
        outcome.findings[-1].add("unknown_file", count=others)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """While the block runs no other intake is at work in the workspace. Errors: ``LockedError``, ``WorkspaceError``."""
    if not (workspace.root / ".dvc").is_dir():
        raise WorkspaceError("This workspace is not set up for DVC.", advice="run `dvc init` in it, or clone it anew.")
    with alone(workspace, "intake", "Another intake is at work in this workspace."):
        yield
