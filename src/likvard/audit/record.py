"""The record of an edition: everything that it rests on and consists of, signed by the person who made it."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from likvard.audit.artefacts import Artefact, artefacts, deliveries_until
from likvard.audit.envelope import Signed, opened, sealed
from likvard.audit.keys import SigningKey, known_keys
from likvard.audit.log import append, append_once, entries_of, printed_head
from likvard.errors import AlteredError, NoSuchFigureError, ReleaseStateError, StageInputMissingError, unknown
from likvard.lineage import code_hash
from likvard.params import Params
from likvard.tables import read_table
from likvard.tracking import recorded_origin
from likvard.workspace import Workspace, alone_with_edition, write_atomically, writing_folder

SUBJECTS = ("released", "html", "pdf", "workbook", "table", "manifest")
RELEASED = ("figures.parquet", "units.parquet", "edition.json", "quality.json")


@dataclass(frozen=True)
class Version:
    """One record of an edition; a corrected edition has several, each a version."""

    edition: str
    number: int
    folder: Path

    @property
    def name(self) -> str:
        """How people write it: ``2026Q3/1``."""
        return f"{self.edition}/{self.number}"

    @property
    def record(self) -> Path:
        """The envelope."""
        return self.folder / "record.json"

    @property
    def released(self) -> Path:
        """What was released then: figures, units and what the edition says about itself."""
        return self.folder / "released"


def versions(workspace: Workspace, edition: str) -> list[Version]:
    """The records of an edition, oldest first."""
    folders = [path for path in (workspace.audit / edition).glob("*") if path.name.isdecimal()]
    found = [Version(edition, int(path.name), path) for path in folders if (path / "record.json").is_file()]
    return sorted(found, key=lambda one: one.number)


def version_named(workspace: Workspace, name: str) -> Version:
    """The version that ``2026Q3/1`` names, or the newest of ``2026Q3``. Errors: ``NoSuchFigureError``."""
    edition, _, number = name.partition("/")
    found = versions(workspace, edition)
    chosen = [one for one in found if not number or str(one.number) == number]
    if chosen:
        return chosen[-1]
    folders = sorted(path for path in workspace.audit.glob("*") if path.is_dir())
    known = [one.name for path in folders for one in versions(workspace, path.name)]
    raise NoSuchFigureError(
        f"{unknown('the edition', name, known)}: there is no record of it.",
        advice="`likvard record` makes one of the edition that is built"
        + (f"; recorded are {', '.join(known)}." if known else "."),
    )


def read_record(workspace: Workspace, version: Version) -> Signed:
    """The record, where its signature holds. Errors: ``AlteredError``, ``SigningKeyError``."""
    try:
        return opened(version.record.read_bytes(), known_keys(workspace))
    except AlteredError as error:
        raise AlteredError(
            f"{workspace.shown(version.record)}: {error.what}.", advice="bring it back from git or an audit pack."
        ) from None


def make_record(workspace: Workspace, params: Params, key: SigningKey) -> Version:
    """The record of the edition that is built; the newest one where nothing has changed since.

    Errors: ``StageInputMissingError`` where the edition is not built; ``ReleaseStateError`` where it is a draft; ``AlteredError``
    where the log is broken; ``LockedError``; ``CannotWriteError``.
    """
    with alone_with_edition(workspace, params.edition):
        return _recorded(workspace, params, key)


def _recorded(workspace: Workspace, params: Params, key: SigningKey) -> Version:
    edition = params.edition
    workspace.made_by("index", workspace.reports(edition) / "index.html")
    if params.draft:
        raise ReleaseStateError(
            f"{edition} is built as a draft, and only what is meant to be passed on is recorded.",
            advice="set `draft: false` in params.yaml, run `make report` and look at what has come of it.",
        )
    there = artefacts(workspace, edition)
    known = versions(workspace, edition)
    if known:
        newest = read_record(workspace, known[-1])
        if newest.predicate["artefacts"] == [one.as_record() for one in there]:
            _log(workspace, known[-1], newest)
            return known[-1]
    see_that_it_is_whole(workspace, edition, there)
    version = Version(edition, len(known) + 1, workspace.audit / edition / str(len(known) + 1))
    entries = entries_of(workspace)
    predicate = facts(workspace, params, there) | {
        "version": version.number,
        "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "log": {"lines": len(entries), "head": entries[-1].hash if entries else ""},
        "printed_head": printed_head(workspace, edition),
    }
    subjects = {one.path: one.sha256 for one in there if one.kind in SUBJECTS}
    envelope = sealed("record", subjects, predicate, key)
    with writing_folder(version.folder) as folder:
        (folder / "released").mkdir()
        for name in RELEASED:
            shutil.copyfile(workspace.released / name, folder / "released" / name)
        write_atomically(folder / "record.json", envelope)
    _log(workspace, version, read_record(workspace, version))
    return version


def _log(workspace: Workspace, version: Version, signed: Signed) -> None:
    """Nothing; the record is in the log, behind the waivers that it rests on, also where the run that made it was killed."""
    # Tables are not for git: DVC has them, and an audit pack.
    write_atomically(workspace.audit / ".gitignore", b"/*/*/released/\n")
    entries = entries_of(workspace)
    noted = [(one.who, one.facts) for one in entries if (one.kind, one.edition) == ("waiver", version.edition)]
    for waiver in signed.predicate["checks"]["waivers"]:
        told = {"version": version.number, "check": waiver["check"], "scope": waiver["scope"]}
        if (waiver["who"], told) not in noted:
            append(workspace, "waiver", version.edition, waiver["who"], told)
    told = {"version": version.number, "keyid": signed.keyid}
    append_once(workspace, "record", version.edition, signed.person, version.record.read_bytes(), told)


def see_that_it_is_whole(workspace: Workspace, edition: str, there: list[Artefact]) -> None:
    """Nothing. Errors: ``StageInputMissingError`` where a report is not as its manifest says, or prints another head of the log."""
    known, head = {one.path: one.sha256 for one in there}, printed_head(workspace, edition)
    wrong = []
    for path in (one.path for one in there if one.kind == "manifest"):
        content, folder = json.loads((workspace.root / path).read_bytes()), path.rpartition("/")[0]
        outputs = content["outputs"].items()
        wrong += [f"{folder}/{name}" for name, made in outputs if known.get(f"{folder}/{name}") != made]
        if content["inputs"]["sha256"].get("log", "") != head:
            wrong.append(f"{path} prints another head of the log, or none")
    if wrong:
        raise StageInputMissingError(
            "Some reports are not as they should be, so there is nothing to sign.",
            wrong,
            advice="run `likvard report`, which makes them anew, and then `likvard build`.",
        )


def facts(workspace: Workspace, params: Params, there: list[Artefact]) -> dict[str, Any]:
    """What the record says of the edition, apart from the moment: code, parameters, software, deliveries, checks, protection."""
    results = json.loads((workspace.quality / "results.json").read_bytes())
    statuses = read_table(workspace.released / "figures.parquet", ["status"])["status"].value_counts()
    deliveries = {}
    for folder in deliveries_until(workspace, params.edition):
        inside = f"{workspace.shown(folder)}/"
        deliveries[folder.name] = {
            "origin": _plain(recorded_origin(folder)),
            "sha256": {one.path.removeprefix(inside): one.sha256 for one in there if one.path.startswith(inside)},
        }
    return {
        "edition": params.edition,
        "municipality": params.municipality,
        "parameters": _plain(yaml.safe_load(workspace.params.read_bytes())),
        "code": code_of(workspace, there),
        "software": {
            "python": platform.python_version(),
            "system": platform.system(),
            "lock": next((one.sha256 for one in there if one.kind == "software"), ""),
        },
        "deliveries": deliveries,
        "checks": {
            "status": results["status"],
            "counts": results["counts"],
            "great_expectations": results.get("great_expectations", ""),
            "failed": _failed(workspace, results),
            "waivers": _plain(results["waivers"]),
        },
        "protection": {
            "rules": params.disclosure.model_dump(),
            "figures": {str(status): int(count) for status, count in statuses.items()},
        },
        "artefacts": [one.as_record() for one in there],
    }


def code_of(workspace: Workspace, there: list[Artefact]) -> dict[str, Any]:
    """The code that built the reports: its hash, and its commit where the code is still the one that is here."""
    manifests = [workspace.root / one.path for one in there if one.kind == "manifest"]
    built_by = sorted({str(json.loads(path.read_bytes())["inputs"]["sha256"]["likvard"]) for path in manifests})
    commit = commit_of(Path(__file__).parent) if built_by == [code_hash()] else {}
    return {"likvard": ", ".join(built_by), "workspace": commit_of(workspace.root), **commit}


def commit_of(folder: Path) -> dict[str, Any]:
    """The commit of the git repository that ``folder`` is in, and whether files of it differ; nothing outside of one."""
    git = shutil.which("git")

    def said(*words: str) -> str | None:
        done = subprocess.run([str(git), *words], cwd=folder, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    commit = said("rev-parse", "HEAD") if git else None
    return {} if commit is None else {"commit": commit, "changed": bool(said("status", "--porcelain", "--", "."))}


def _failed(workspace: Workspace, results: dict[str, Any]) -> list[dict[str, Any]]:
    """The checks that found something, in the words of the quality report, which are in the edition's language."""
    page = workspace.quality / "page.json"
    told = {one["check"]: one["message"] for one in json.loads(page.read_bytes())["found"]} if page.is_file() else {}
    return [
        {key: one[key] for key in ("check", "table", "column", "severity", "result")}
        | {"message": told.get(one["check"], one["message"])}
        for one in results["checks"]
        if one["result"] != "passed"
    ]


def _plain(content: Any) -> Any:
    """The same content with days and times as text, as JSON has neither."""
    return json.loads(json.dumps(content, default=str))
