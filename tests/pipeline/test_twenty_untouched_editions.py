"""Twenty editions, no two alike and each with its own history, raise no alarm; one flipped byte in any of them does."""

from __future__ import annotations

import json
import os
import random
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyrage
import pytest
import yaml
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from likvard.audit.keys import known_keys, signing_key
from likvard.audit.log import begin
from likvard.audit.pack import unpacked, write_pack
from likvard.audit.record import Version, make_record, version_named
from likvard.audit.verify import Verdict, verify
from likvard.language import Language
from likvard.params import read_params
from likvard.release.distribute import distribute
from likvard.release.processing import Processing
from likvard.release.purge import purge
from likvard.release.states import bring, state_of
from likvard.report.build import ingredients_of, report_files, write_report
from likvard.report.index import IndexEntry, render_index
from likvard.report.look_up import look_up
from likvard.report.released import released_in
from likvard.tracking import track
from likvard.workspace import Workspace, write_atomically
from repository import REPOSITORY
from signed_edition import give_keys
from small_edition import action, comment, figure, meeting, small_edition
from small_workspace import git, key_of

PERIODS = ("2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1")
HISTORIES = (
    "recorded", "reviewed", "approved", "published", "sent with age", "sent as PDF", "corrected", "withdrawn", "packed",
    "followed by another",
)  # fmt: skip
ASKS_FOR_MORE = ("gaps_now", "statuses")
"""Exhibits that need more than so small an edition has."""
UNITS = (("school", "1"), ("area", "02"), ("overview", "all"), ("school", "4"))
PROFILES = ("internal", "public", "rounded")
REASON = "Två skolors siffror var förväxlade."
KEY = str(pyrage.x25519.Identity.generate().to_public())
CLASSES = {
    "delivery": "data/deliveries/*/elever.csv",
    "pointer": "data/deliveries/*.dvc",
    "cache": ".dvc/cache/files/md5/*/*",
    "decision": "params.yaml",
    "contract": "data/contracts/tables/pupils.yaml",
    "staged": "data/staged/pupils.parquet",
    "quality": "data/quality/results.json",
    "prepared": "data/prepared/pupil_period.parquet",
    "indicators": "data/indicators/figures.parquet",
    "released": "data/released/figures.parquet",
    "kept": "audit/*/1/released/figures.parquet",
    "notebook": "notebooks/reports/school.ipynb",
    "html": "reports/*/*/*.html",
    "pdf": "reports/*/*/*.pdf",
    "workbook": "reports/*/*/*.xlsx",
    "table": "reports/*/*/*.csv",
    "manifest": "reports/*/*/*.manifest.json",
    "index": "reports/*/index.html",
    "record": "audit/*/1/record.json",
    "log": "audit/log.jsonl",
    "key": "audit/keys/anna-ek.json",
}


class Edition:
    """Edition number ``seed`` of a made-up municipality, built small: real contracts, one real report, everything else by dice."""

    def __init__(self, root: Path, seed: int) -> None:
        self.seed, self.dice = seed, random.Random(seed)
        self.workspace = Workspace(root)
        self.name = PERIODS[seed % len(PERIODS)]
        self.history = HISTORIES[seed % len(HISTORIES)]
        self.language = ("sv", "en")[seed // 10]
        self.profile = PROFILES[seed % 3]
        self.kind, self.unit = UNITS[seed % 4]

    def lay_out(self) -> None:
        """Nothing; the workspace has contracts, templates, decisions, one to three deliveries under DVC, and tables."""
        root = self.workspace.root
        shutil.copytree(REPOSITORY / "data/contracts", self.workspace.contracts)
        self.workspace.templates.mkdir(parents=True)
        for template in (REPOSITORY / "notebooks/reports").glob("*.ipynb"):
            notebook = json.loads(template.read_bytes())
            notebook["cells"] = [
                one for one in notebook["cells"] if not set(ASKS_FOR_MORE) & set("".join(one["source"]).split('"'))
            ]
            (self.workspace.templates / template.name).write_text(json.dumps(notebook), encoding="utf-8")
        shutil.copy2(REPOSITORY / "dvc.yaml", root)
        write_atomically(self.workspace.software_lock, f"numpy=={self.seed}\n".encode())
        self.decide(self.name)
        git(root, "init", "--quiet")
        from dvc.repo import Repo

        Repo.init(str(root)).close()
        earlier = [one for one in PERIODS if one <= self.name][-1 - self.seed % 3 :]
        for period in earlier:
            folder = self.workspace.deliveries / period
            folder.mkdir(parents=True)
            lines = [f"{number};{self.dice.randrange(10**6)}" for number in range(30)]
            (folder / "elever.csv").write_text("\n".join(["elev;poäng", *lines]) + "\n", encoding="utf-8")
        track(root, [self.workspace.deliveries / period for period in earlier])
        for place, table in (("staged", "pupils"), ("prepared", "pupil_period"), ("indicators", "figures")):
            folder = getattr(self.workspace, place)
            folder.mkdir(parents=True)
            pd.DataFrame({"value": [self.dice.random() for _ in range(50)]}).to_parquet(folder / f"{table}.parquet")
        self.workspace.quality.mkdir()
        checked = {"checks": 10 + self.seed, "passed": 10 + self.seed, "errors": 0, "warnings": 0, "waived": 0}
        results = {"status": "passed", "counts": checked, "checks": [], "waivers": []}
        (self.workspace.quality / "results.json").write_text(json.dumps(results), encoding="utf-8")

    def decide(self, edition: str) -> None:
        """Nothing; ``params.yaml`` is about that edition, in this one's language and profile."""
        decided = yaml.safe_load((REPOSITORY / "params.yaml").read_bytes())
        decided |= {"edition": edition, "source": "exempelkommun", "language": self.language}
        decided["municipality"] = f"Ekby {self.seed}"
        decided["disclosure"]["profile"] = self.profile
        self.workspace.params.write_text(yaml.safe_dump(decided, allow_unicode=True), encoding="utf-8")

    def build(self, edition: str, value: float = 13.0) -> None:
        """Nothing; the edition is released, with actions where the number is odd, and has a report and an index page."""
        facts: dict[str, Any] = {"edition": edition, "municipality": f"Ekby {self.seed}"}
        if self.seed % 2:
            facts |= {
                "actions": [action(), action("area", "02", id="A0002", title="Läxhjälp")],
                "meetings": [meeting("school", "1", "principal", "pupil")],
                "comments": [comment("Vi har nya lokaler.")],
            }
        shutil.rmtree(self.workspace.released, ignore_errors=True)
        self.workspace.released.mkdir(parents=True)
        more = [
            figure("school", "1", self.dice.uniform(10, 16), period="2025T1"),
            figure("area", "01", value, period="2025T1"),
        ]
        small_edition(self.workspace.released, *more, **facts)
        write_atomically(self.workspace.released / "quality.json", b"{}\n")
        released, folder = released_in(self.workspace.released), self.workspace.reports(edition)
        made = ingredients_of(self.workspace, released, self.language, False)[self.kind]
        (folder / self.kind).mkdir(parents=True, exist_ok=True)
        write_report(folder / self.kind, report_files(made, self.unit))
        address = f"{self.kind}/{self.unit}.html"
        entry = IndexEntry(self.kind, self.unit, "Ekby", address, address.replace(".html", ".pdf"))  # type: ignore[arg-type]
        language, page = Language(self.language), (folder / address).read_text("utf-8")
        found = look_up(released, language, edition, [(address, page)])
        (folder / "index.html").write_text(render_index(edition, language, [entry], figures=found), encoding="utf-8")

    def record(self) -> Version:
        """The record of what is built, which Anna signs."""
        key = signing_key(self.workspace, key_of(self.workspace, "Anna Ek"))
        return make_record(self.workspace, read_params(self.workspace.params), key)

    def act(self, version: Version, *acts: str) -> None:
        """Nothing; the acts are done, review by Anna and the rest by Bo."""
        for one in acts:
            key = signing_key(self.workspace, key_of(self.workspace, "Anna Ek" if one == "review" else "Bo Al"))
            bring(self.workspace, version, one, key, REASON)  # type: ignore[arg-type]

    def live(self) -> Version:
        """The version that is asked about, after everything that has happened to it."""
        give_keys(self.workspace)
        if self.seed % 3:
            begin(self.workspace, self.name)
        self.build(self.name)
        version = self.record()
        acts = {"recorded": (), "packed": (), "followed by another": (), "reviewed": ("review",)}
        acts["approved"] = ("review", "approve")
        self.act(version, *acts.get(self.history, ("review", "approve", "publish")))
        if self.history.startswith("sent"):
            self.send(version)
        if self.history == "withdrawn":
            self.send(version)
            self.act(version, "withdraw")
        if self.history == "corrected":
            self.build(self.name, 14.5)
            newer = self.record()
            self.act(newer, "review", "approve", "publish")
            self.act(version, "correct")
            assert verify(self.workspace, newer).found == ()
        if self.history == "followed by another":
            self.decide("2030Q1")
            self.build("2030Q1", 11.0)
            assert verify(self.workspace, self.record()).found == ()
        if self.seed in (13, 17):
            self.purge()
        return version

    def send(self, version: Version) -> None:
        """Nothing; two recipients have received the report, locked in both ways."""
        scope = {"school": {"school": [self.unit]}, "area": {"area": [self.unit]}, "overview": {"overview": True}}
        asked = {"role": "analyst", **scope[self.kind]}
        recipients = {
            "analytiker": asked | {"format": "age", "key": KEY},
            "annan-analytiker": asked | {"format": "pdf"},
        }
        given = {"roles": {"analyst": ["school", "area", "overview"]}, "recipients": recipients}
        self.workspace.access.write_text(yaml.safe_dump(given), encoding="utf-8")
        only = ("analytiker",) if self.history == "sent with age" else ()
        passwords = None if only else self.workspace.root.parent / "passwords.csv"
        distribute(self.workspace, version, "likvard distribute", only, passwords)

    def purge(self) -> None:
        """Nothing; deliveries before the edition's own are gone, as processing.yaml asks."""
        office = {"name": "Nämnden", "contact": "skola@example.org"}
        stated = {"controller": office, "data_protection_officer": office, "purposes": ["Uppföljning"]}
        stated |= {"legal_basis": "Art. 6.1 e", "retention": {"deliveries": 1, "reports": 9999, "outbox": 9999}}
        key = signing_key(self.workspace, key_of(self.workspace, "Anna Ek"))
        params, days = read_params(self.workspace.params), Processing.model_validate(stated)
        purge(self.workspace, params, days, date(2029, 1, 1), key)


def others_verify(workspace: Workspace) -> list[str]:
    """The statements that securesystemslib reads and verifies, each signed by one person whose key is in the workspace."""
    keys = [SSlibKey.from_dict(one.keyid, one.as_key()) for one in known_keys(workspace).values()]
    found = [path for path in workspace.audit.rglob("*.json") if path.parent.name not in ("keys", "released")]
    for path in found:
        assert len(Envelope.from_dict(json.loads(path.read_bytes())).verify(keys, threshold=1)) == 1
    return [path.stem for path in found]


def flipped(workspace: Workspace, path: Path, version: Version) -> Verdict:
    """The verdict where one bit in the middle of the file is another; the file is then as it was."""
    content, about = path.read_bytes(), path.stat()
    middle = len(content) // 2
    path.chmod(0o644)
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    try:
        return verify(workspace, version)
    finally:
        path.write_bytes(content)
        path.chmod(about.st_mode)


@pytest.mark.parametrize("seed", range(20))
def test_an_untouched_edition_raises_no_alarm_and_a_flipped_byte_does(seed: int, tmp_path: Path) -> None:
    edition = Edition(tmp_path / "workspace", seed)
    edition.workspace.root.mkdir()
    edition.lay_out()
    version = edition.live()
    verdict = verify(edition.workspace, version)
    assert verdict.found == ()
    assert "record" in others_verify(edition.workspace)
    states = {"sent with age": "published", "sent as PDF": "published", "recorded": "draft", "packed": "draft"}
    states["followed by another"] = "draft"
    assert state_of(edition.workspace, version) == states.get(edition.history, edition.history)
    if edition.history == "packed":
        write_pack(edition.workspace, version, tmp_path / "pack.zip", {}, "Anna Ek")
        with unpacked(tmp_path / "pack.zip") as (place, name):
            assert verify(place, version_named(place, name)).found == ()
    if edition.history in ("corrected", "followed by another"):
        return  # what the next version makes anew lies where this one's files lay
    missed = []
    for kind, pattern in CLASSES.items() if seed % 3 == 0 else ():
        path = max(edition.workspace.root.glob(pattern), key=lambda one: (one.stat().st_size, one.name))
        named = {one.path for one in flipped(edition.workspace, path, version).found}
        missed += [] if edition.workspace.shown(path) in named else [kind]
    assert missed == []
    assert verify(edition.workspace, version).found == ()


def test_no_two_of_the_twenty_are_alike(tmp_path: Path) -> None:
    found = [Edition(tmp_path, seed) for seed in range(20)]
    told = {(one.name, one.history, one.language, one.profile, one.kind, one.unit, one.seed % 2) for one in found}
    assert len(told) == 20
    assert {one.history for one in found} == set(HISTORIES)
