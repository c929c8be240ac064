"""The bundles of an edition that was signed by hand: who gets which files, how they are locked, and what is logged."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from pathlib import Path

import pikepdf
import pyrage
import pytest
import yaml

from likvard.audit.log import entries_of
from likvard.audit.record import version_named
from likvard.errors import AccessError, AlteredError, CannotWriteError, ReleaseStateError
from likvard.release.distribute import FORMS, Bundle, distribute
from likvard.workspace import Workspace
from signed_edition import KINDS, SIGNED, corrected, lay_out_edition, put, record, sha256, write_reports

IDENTITY = pyrage.x25519.Identity.generate()
ROLES = {"principal": ["school"], "area_lead": ["schools_of"], "politician": ["overview"]}
RECTOR = {"role": "principal", "school": ["01"], "format": "age", "key": str(IDENTITY.to_public())}
LEAD = {"role": "area_lead", "schools_of": ["11"], "format": "pdf"}
BOARD = {"role": "politician", "overview": True, "format": "pdf"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed edition whose PDFs are real ones."""
    workspace = lay_out_edition(tmp_path_factory.mktemp("signed") / "workspace")
    write_reports(workspace, (workspace.audit / SIGNED / "head.txt").read_text(encoding="ascii").strip())
    for path in workspace.reports(SIGNED).rglob("*.pdf"):
        document = pikepdf.new()
        document.add_blank_page()
        document.docinfo["/Title"] = path.stem
        document.save(path)
        manifest = path.with_name(f"{path.stem}.manifest.json")
        text = re.sub(rf'("{path.name}": ")[0-9a-f]+', rf"\g<1>{sha256(path)}", manifest.read_text(encoding="utf-8"))
        manifest.write_text(text, encoding="utf-8")
    record(workspace)
    return workspace.root.parent


@pytest.fixture
def signed(signed: Workspace) -> Workspace:
    give(signed, rektor=RECTOR, chef=LEAD, namnd=BOARD)
    return signed


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    return tmp_path / "passwords.csv"


def give(workspace: Workspace, **recipients: object) -> None:
    workspace.access.write_text(yaml.safe_dump({"roles": ROLES, "recipients": recipients}), encoding="utf-8")


def send(workspace: Workspace, *only: str, passwords: Path | None = None) -> dict[str, Bundle]:
    bundles = distribute(workspace, version_named(workspace, SIGNED), "Di", only, passwords)
    return {one.grant.name: one for one in bundles}


def files_of(kind: str, unit: str) -> set[str]:
    return {f"{kind}/{unit}{form}" for form in (".html", ".pdf", ".xlsx", ".csv", ".manifest.json")}


def test_a_bundle_for_a_key_holds_the_five_files_of_each_report_and_no_others(signed: Workspace) -> None:
    bundle = send(signed, "rektor")["rektor"]
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(bundle.content, [IDENTITY]))) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert set(held) == files_of("school", "01")
    assert held["school/01.html"] == (signed.reports(SIGNED) / "school/01.html").read_bytes()
    assert bundle.password == ""
    assert set(FORMS) == {".html", ".pdf", ".xlsx", ".csv", ".manifest.json"}


def test_a_locked_pdf_is_the_first_report_with_everything_else_inside(signed: Workspace, passwords: Path) -> None:
    bundle = send(signed, "chef", passwords=passwords)["chef"]
    with pikepdf.open(io.BytesIO(bundle.content), password=bundle.password) as document:
        assert str(document.docinfo["/Title"]) == "11"
        assert document.encryption.R == 6
        assert not document.user_password_matched or not document.owner_password_matched
        held = {name: one.get_file().read_bytes() for name, one in document.attachments.items()}
    inside = files_of("area", "11") | files_of("school", "01") | files_of("school", "02")
    assert set(held) == {name.replace("/", "-") for name in inside - {"area/11.pdf"}}
    assert held["school-02.csv"] == (signed.reports(SIGNED) / "school/02.csv").read_bytes()


def test_nobody_opens_a_bundle_without_its_key_or_password(signed: Workspace, passwords: Path) -> None:
    sent = send(signed, passwords=passwords)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sent["rektor"].content, [pyrage.x25519.Identity.generate()])
    for guessed in ("", sent["chef"].password):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(sent["namnd"].content), password=guessed)
    assert all(re.fullmatch(r"([0-9a-f]{4}-){4}[0-9a-f]{4}", sent[name].password) for name in ("chef", "namnd"))


def test_the_outbox_has_the_bundles_under_names_that_say_nothing(signed: Workspace, passwords: Path) -> None:
    sent = send(signed, passwords=passwords)
    folder = signed.root / "outbox" / f"{SIGNED}-1"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        one.name: one.content for one in sent.values()
    }
    assert all(re.fullmatch(r"[0-9a-f]{16}\.(age|pdf)", one.name) for one in sent.values())
    assert sent["rektor"].name.endswith(".age")
    assert sent["chef"].name.endswith(".pdf")
    assert (signed.root / "outbox/.gitignore").read_bytes() == b"*\n"


def test_a_new_bundle_for_one_takes_the_place_of_hers_alone(signed: Workspace, passwords: Path) -> None:
    first = send(signed, passwords=passwords)
    folder = signed.root / "outbox" / f"{SIGNED}-1"
    os.utime(folder / first["chef"].name, (0, 0))
    again = send(signed, "rektor")["rektor"]
    there = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert there == {one.name: one.content for one in (first["chef"], first["namnd"], again)}
    assert (folder / first["chef"].name).stat().st_mtime == 0
    assert again.name != first["rektor"].name


def test_new_bundles_for_all_take_the_place_of_all(signed: Workspace, passwords: Path) -> None:
    send(signed, passwords=passwords)
    sent = send(signed, passwords=passwords.with_name("second.csv"))
    folder = signed.root / "outbox" / f"{SIGNED}-1"
    assert {path.name for path in folder.iterdir()} == {one.name for one in sent.values()}


def test_each_bundle_is_in_the_log_with_what_went_to_whom(signed: Workspace, passwords: Path) -> None:
    sent = send(signed, passwords=passwords)
    logged = [one for one in entries_of(signed) if one.kind == "distribute"]
    assert [one.facts["recipient"] for one in logged] == ["chef", "namnd", "rektor"]
    assert {(one.edition, one.who) for one in logged} == {(SIGNED, "Di")}
    bundle = sent["rektor"]
    assert logged[-1].facts == {
        "version": 1,
        "recipient": "rektor",
        "role": "principal",
        "format": "age",
        "reports": ["school/01"],
        "bundle": bundle.name,
        "bundle_sha256": sha256(signed.root / "outbox" / f"{SIGNED}-1" / bundle.name),
        "access_sha256": sha256(signed.access),
    }


def test_passwords_are_in_a_new_file_for_its_owner_alone(signed: Workspace, passwords: Path) -> None:
    sent = send(signed, passwords=passwords)
    rows = list(csv.reader(passwords.open(encoding="utf-8"), delimiter=";"))
    assert rows == [
        ["bundle", "recipient", "password"],
        *([sent[name].name, name, sent[name].password] for name in ("chef", "namnd")),
    ]
    assert passwords.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CannotWriteError):
        send(signed, passwords=passwords)


def test_passwords_are_never_written_into_the_workspace_or_left_out(signed: Workspace) -> None:
    for place in (None, signed.root / "passwords.csv", signed.root / "data/../passwords.csv"):
        with pytest.raises(AccessError, match="outside the workspace") as stopped:
            send(signed, passwords=place)
        assert list(stopped.value.problems) == ["chef", "namnd"]
    assert not (signed.root / "outbox").exists()


def test_only_those_who_are_named_receive_something(signed: Workspace, passwords: Path) -> None:
    assert list(send(signed, "namnd", passwords=passwords)) == ["namnd"]
    with pytest.raises(AccessError, match="no such recipient") as stopped:
        send(signed, "rektor", "rector", "bored")
    assert len(stopped.value.problems) == 2


def test_only_the_newest_version_is_sent(signed: Workspace) -> None:
    first = version_named(signed, SIGNED)
    corrected(signed)
    with pytest.raises(ReleaseStateError, match=f"{SIGNED}/1 has been followed by {SIGNED}/2"):
        distribute(signed, first, "Di", ("rektor",))
    assert list(send(signed, "rektor")) == ["rektor"]


def test_nothing_that_was_altered_is_sent(signed: Workspace) -> None:
    put(signed.root / KINDS["html"], b"another")
    with pytest.raises(AlteredError, match="not as signed"):
        send(signed, "rektor")
    assert not (signed.root / "outbox").exists()


def test_the_sending_looks_at_every_byte_first(signed: Workspace) -> None:
    send(signed, "rektor")
    assert [(one.kind, one.who) for one in entries_of(signed)][-2:] == [
        ("verify", "likvard distribute"),
        ("distribute", "Di"),
    ]
