"""The commands that write, one after another from a built edition on, and what may not come of them whatever happens."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import papermill  # noqa: F401 – it loads its engines, ours among them
import pikepdf
import pyrage
import pytest
import yaml
from in_trouble import NONE, Ended, Trouble, ended

import likvard.protect.publish  # noqa: F401 – loaded once, for all processes that are forked from this one
from likvard.audit.envelope import opened
from likvard.audit.keys import known_keys
from likvard.audit.log import Entry, entries_of, log_file
from likvard.audit.record import versions
from likvard.audit.verify import Finding, verify
from likvard.disclosure.ledger import ever_released
from likvard.errors import AlteredError
from likvard.workspace import Workspace
from small_workspace import EDITION, key_of

IDENTITY = pyrage.x25519.Identity.generate()
ANNA, BO = ("--key", "{place}/Anna Ek.key"), ("--key", "{place}/Bo Al.key")
ACTS: dict[str, tuple[str, ...]] = {
    "log begin": ("log", "begin"),
    "record": ("record", *ANNA),
    "release review": ("release", "review", EDITION, *ANNA),
    "release approve": ("release", "approve", EDITION, *BO),
    "release publish": ("release", "publish", EDITION, *BO),
    "publish": ("publish",),
    "distribute": ("distribute", EDITION, "--passwords", "{place}/passwords.csv"),
    "purge": ("purge", "--on", "2090-01-01", "--remove", *ANNA),
    "report": ("report", "--kind", "area", "--only", "11", "--only", "12", "--jobs", "2"),
}
NOTHING_LEFT = {"distribute": (11, "File exists"), "purge": (12, "Nothing is kept longer")}
"""What the command says when it is run again after it had come to its end."""
RECIPIENTS = {
    "rektor": {"role": "principal", "school": ["01"], "format": "age", "key": str(IDENTITY.to_public())},
    "chef": {"role": "area_lead", "schools_of": ["11"], "format": "age", "key": str(IDENTITY.to_public())},
    "namnd": {"role": "politician", "overview": True, "format": "pdf"},
}
ROLES = {"principal": ["school"], "area_lead": ["schools_of"], "politician": ["overview"]}
STATED = {
    "controller": {"name": "Nämnden", "contact": "skola@example.org"},
    "data_protection_officer": {"name": "Ombudet", "contact": "dso@example.org"},
    "purposes": ["Uppföljning"],
    "legal_basis": "Art. 6.1 e",
    "retention": {"deliveries": 1, "reports": 1, "outbox": 1},
}


@dataclass(frozen=True)
class Course:
    """An act, the place where it begins, with the workspace and the keys, and what an undisturbed run makes of it."""

    act: str
    begin: Path
    end: Path
    run: Ended


def copied(place: Path, target: Path) -> Path:
    """A copy that shares its files with ``place``: what writes into one, and not beside it, is found out."""
    return shutil.copytree(place, target, symlinks=True, copy_function=os.link, ignore=shutil.ignore_patterns("tmp"))


def run(place: Path, act: str, trouble: Trouble = NONE) -> Ended:
    """How the act ended that began in ``place``."""
    return ended(place, place / "workspace", tuple(word.format(place=place) for word in ACTS[act]), trouble)


def told_again(again: Ended, act: str) -> str:
    """What is wrong with how a command ended that was run once more."""
    code, said = NOTHING_LEFT.get(act, (0, ""))
    return "" if again.code == 0 or (again.code == code and said in again.said) else f"{again.code}: {again.said}"


def contents(place: Path) -> dict[str, bytes]:
    """Every file that people or DVC see, by its path."""
    found = {path.relative_to(place): path for path in sorted(place.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in found.items()
        if not any(part.startswith(".") for part in name.parts if part != ".dvc") and ".dvc/tmp" not in name.as_posix()
    }


def left_behind(place: Path) -> list[str]:
    return [path.as_posix() for form in ("part", "old") for path in place.rglob(f".*.{form}")]


def one_after_another(signed: Workspace, base: Path) -> dict[str, Course]:
    """Each act after the one before it, from a built edition on; the last one makes two reports anew, as drafts."""
    place = base / "recorded"
    place.mkdir()
    for person in ("Anna Ek", "Bo Al"):
        shutil.copy2(key_of(signed, person), place)
    shutil.copytree(signed.root, place / "workspace", symlinks=True, ignore=shutil.ignore_patterns("tmp"))
    workspace = Workspace(place / "workspace")
    workspace.access.write_text(yaml.safe_dump({"roles": ROLES, "recipients": RECIPIENTS}), encoding="utf-8")
    workspace.processing.write_text(yaml.safe_dump(STATED), encoding="utf-8")
    built = back_to(copied(place, base / "built"), lines=3)
    found = {}
    for act in ACTS:
        begin = built
        if act == "log begin":
            begin = back_to(copied(place, base / "keys"), lines=2)
        if act == "publish":
            begin = copied(built, base / "unpublished")
            shutil.rmtree(begin / "workspace/reports/published" / EDITION)
        if act == "report":
            begin = copied(built, base / "drafts")
            params = begin / "workspace/params.yaml"
            text = params.read_text(encoding="utf-8")
            params.unlink()
            params.write_text(text.replace("draft: false", "draft: true"), encoding="utf-8")
        end = copied(begin, base / act)
        done = run(end, act)
        assert done.code == 0, done.said
        found[act] = Course(act, begin, end, done)
        built = built if act == "log begin" else end
    return found


def back_to(place: Path, lines: int) -> Path:
    """``place`` as it was when the log had so many lines: two keys, then the beginning of the edition, then its record."""
    workspace = Workspace(place / "workspace")
    shutil.rmtree(workspace.audit / EDITION / "1")
    if lines == 2:
        shutil.rmtree(workspace.audit / EDITION)
    kept = b"".join(log_file(workspace).read_bytes().splitlines(keepends=True)[:lines])
    log_file(workspace).unlink()
    log_file(workspace).write_bytes(kept)
    return place


def faults_of(course: Course, place: Path) -> list[str]:
    """What is torn, lost or mixed after a kill."""
    before, after, now = contents(course.begin), contents(course.end), contents(place)
    # What is no longer current is taken away before anything is made anew.
    made_anew = f"workspace/reports/{EDITION}/" if course.act == "report" else "nothing"
    kept = {name for name in before.keys() & after.keys() if not name.startswith(made_anew)}
    faults = [f"{name} is lost" for name in sorted(kept - now.keys())]
    changed = {name: content for name, content in now.items() if content != before.get(name)}
    faults += [f"{name} is torn" for name, content in changed.items() if not is_whole(name, content, after, place)]
    known, there = (entries_of(Workspace(one / "workspace")) for one in (course.begin, place))
    if there[: len(known)] != known:
        faults.append("the log has lost an act")
    old = [name for name in now if name.startswith(made_anew) and now[name] == before.get(name) != after.get(name)]
    if old and changed:
        faults += [f"{name} is of another edition than {next(iter(changed))}" for name in old]
    ever_released(Workspace(place / "workspace").ledger)
    return faults + [one.text() for one in alarms(course, place) if "was interrupted, run it again" not in one.detail]


def is_whole(name: str, content: bytes, after: dict[str, bytes], place: Path) -> bool:
    """Whether a file that is new or changed is one that an undisturbed run makes, or could have made at another moment."""
    if after.get(name) == content:
        return True
    try:
        if name.endswith("passwords.csv"):
            return content.count(b"\n") == after[name].count(b"\n") and content.endswith(b"\n")
        if name.endswith("log.jsonl"):
            return entries_of(Workspace(place / "workspace")) != []
        if name.endswith("head.txt"):
            return content.decode().strip() in {one.hash for one in entries_of(Workspace(place / "workspace"))}
        if name.endswith(".json"):
            return bool(opened(content, known_keys(Workspace(place / "workspace"))).person)
        return bool(unlocked(name, content))
    except (AlteredError, KeyError, pyrage.DecryptError, zipfile.BadZipFile, pikepdf.PdfError):
        return False


def unlocked(name: str, content: bytes) -> dict[str, bytes]:
    """What a bundle holds; of one that is locked with a password, that it is locked."""
    if name.endswith(".age"):
        with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(content, [IDENTITY]))) as archive:
            return {one: archive.read(one) for one in archive.namelist()}
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(content))
    return {"locked": content[:5]}


def unlike_undisturbed(course: Course, place: Path) -> list[str]:
    """In what the place differs from that of a run that nobody has disturbed."""
    end, now = contents(course.end), contents(place)
    faults = [*left_behind(place), *(one.text() for one in alarms(course, place))]
    chance = ("workspace/audit/", "workspace/outbox/", "passwords.csv")
    same = [{name: content for name, content in one.items() if not name.startswith(chance)} for one in (end, now)]
    faults += [
        f"{name} is not as undisturbed"
        for name in sorted(same[0].keys() | same[1])
        if same[0].get(name) != same[1].get(name)
    ]
    if signed_names(end) != signed_names(now):
        faults.append(f"audit holds {signed_names(now)}, undisturbed {signed_names(end)}")
    bundles = [
        sorted(str(unlocked(name, held)) for name, held in one.items() if "/outbox/" in name) for one in (end, now)
    ]
    if bundles[0] != bundles[1]:
        faults.append("the bundles are others")
    acts = [acts_in(entries_of(Workspace(one / "workspace"))) for one in (course.end, place)]
    if course.act in ("distribute", "purge"):  # each run makes its own bundles, and names what it removes
        acts = [[one for number, one in enumerate(told) if one not in told[:number]] for told in acts]
    return faults if acts[0] == acts[1] else [*faults, f"the log says {acts[1]}, undisturbed {acts[0]}"]


def signed_names(files: dict[str, bytes]) -> list[str]:
    return sorted(name for name in files if name.startswith("workspace/audit/") and "/purges/" not in name)


def acts_in(entries: list[Entry]) -> list[tuple[str, str, str, str]]:
    """The acts that were done, without what chance and the moment have put into them, and without those of reading."""
    return [
        (one.kind, one.edition, one.who, str(one.facts.get("recipient", ""))) for one in entries if one.kind != "verify"
    ]


def alarms(course: Course, place: Path) -> tuple[Finding, ...]:
    """What `likvard verify` says of the newest version, where there is one and nobody means to build another."""
    workspace = Workspace(place / "workspace")
    known = versions(workspace, EDITION)
    return verify(workspace, known[-1]).found if known and course.act != "report" else ()
