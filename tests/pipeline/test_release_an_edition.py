"""From draft to published and corrected by two persons; and nobody's bundle tells of a school outside her scope."""

from __future__ import annotations

import io
import itertools
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pikepdf
import pyrage
import pytest
import yaml
from acts import STATED

from likvard.audit.keys import signing_key
from likvard.audit.log import entries_of, log_file
from likvard.audit.record import Version, make_record, version_named
from likvard.audit.verify import verify
from likvard.errors import AccessError, ReleaseStateError
from likvard.params import read_params
from likvard.release.access import grants
from likvard.release.distribute import Bundle, distribute
from likvard.release.processing import Processing
from likvard.release.purge import purge
from likvard.release.states import bring, published, state_of
from likvard.report.released import Released
from likvard.tables import read_table, write_table
from likvard.workspace import Workspace
from small_workspace import AREAS, EDITION, REPORTS, SCHOOLS, key_of

WHO = "likvard distribute"
IDENTITY = pyrage.x25519.Identity.generate()
KEY = str(IDENTITY.to_public())
ROLES = {
    "principal": ["school"],
    "teacher": ["school"],
    "area_lead": ["schools_of", "overview"],
    "social_services": ["area", "overview"],
    "politician": ["overview"],
}


def give(workspace: Workspace, recipients: dict[str, object], roles: dict[str, list[str]] = ROLES) -> None:
    workspace.access.write_text(yaml.safe_dump({"roles": roles, "recipients": recipients}), encoding="utf-8")


def everybody() -> dict[str, object]:
    """A principal and a teacher of each school, a lead of each area, and three who see none."""
    found: dict[str, object] = {}
    for school in REPORTS["school"]:
        found[f"rektor-{school}"] = {"role": "principal", "school": [school], "format": "age", "key": KEY}
        found[f"larare-{school}"] = {"role": "teacher", "school": [school], "format": "pdf"}
    for area in AREAS:
        found[f"chef-{area}"] = {"role": "area_lead", "schools_of": [area], "format": "age", "key": KEY}
        found[f"social-{area}"] = {"role": "social_services", "area": [area], "format": "age", "key": KEY}
    found["namnd"] = {"role": "politician", "overview": True, "format": "pdf"}
    return found


def unlocked(bundle: Bundle) -> dict[str, bytes]:
    """Every file in a bundle, opened as its recipient opens it; the text of each PDF and workbook beside it."""
    if bundle.grant.recipient.format == "age":
        with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(bundle.content, [IDENTITY]))) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
    else:
        with pikepdf.open(io.BytesIO(bundle.content), password=bundle.password) as document:
            found = {name: held.get_file().read_bytes() for name, held in document.attachments.items()}
            plain = io.BytesIO()
            document.save(plain)
            found["first.pdf"] = plain.getvalue()
    for name, content in list(found.items()):
        if name.endswith(".pdf"):
            found[f"{name}.txt"] = subprocess.run(
                ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
            ).stdout
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                found |= {f"{name}/{inside}": book.read(inside) for inside in book.namelist()}
    return found


@pytest.fixture
def own(signed: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the signed workspace that the test may change, with the keys beside it."""
    for person in ("Anna Ek", "Bo Al"):
        shutil.copy2(key_of(signed, person), tmp_path)
    return Workspace(shutil.copytree(signed.root, tmp_path / "workspace", symlinks=True))


def act(workspace: Workspace, name: str, what: str, person: str, reason: str = "") -> list[str]:
    key = signing_key(workspace, key_of(workspace, person))
    return bring(workspace, version_named(workspace, name), what, key, reason)  # type: ignore[arg-type]


def publish(workspace: Workspace, name: str) -> Version:
    for what, person in (("review", "Anna Ek"), ("approve", "Bo Al"), ("publish", "Bo Al")):
        act(workspace, name, what, person)
    return published(workspace, name)


def test_what_one_person_reviewed_another_must_approve(own: Workspace) -> None:
    act(own, EDITION, "review", "Anna Ek")
    with pytest.raises(ReleaseStateError, match="Anna Ek has reviewed"):
        act(own, EDITION, "approve", "Anna Ek")
    act(own, EDITION, "approve", "Bo Al")
    assert state_of(own, version_named(own, EDITION)) == "approved"


def test_a_review_whose_line_is_not_in_the_log_is_named_and_completed_by_who_signed_it(own: Workspace) -> None:
    act(own, EDITION, "review", "Anna Ek")
    path = log_file(own)
    lines = path.read_bytes().splitlines(keepends=True)
    assert entries_of(own)[-1].kind == "review"
    path.write_bytes(b"".join(lines[:-1]))
    (found,) = verify(own, version_named(own, EDITION)).found
    assert found.text().endswith("if a command of Anna Ek was interrupted, run it again)")
    act(own, EDITION, "review", "Anna Ek")
    assert verify(own, version_named(own, EDITION)).found == ()
    act(own, EDITION, "review", "Anna Ek")
    assert [one.kind for one in entries_of(own)].count("review") == 1
    with pytest.raises(ReleaseStateError, match="is reviewed"):
        act(own, EDITION, "review", "Bo Al")


@pytest.mark.parametrize("what", ["approve", "publish", "correct", "withdraw"])
def test_no_state_is_skipped(own: Workspace, what: str) -> None:
    with pytest.raises(ReleaseStateError, match="is draft"):
        act(own, EDITION, what, "Bo Al", "a reason that is long enough")


def test_only_what_is_published_is_sent(own: Workspace) -> None:
    with pytest.raises(ReleaseStateError, match="only what is published is sent"):
        published(own, EDITION)


def test_an_altered_edition_is_not_signed(own: Workspace) -> None:
    from likvard.errors import AlteredError

    path = own.reports(EDITION) / "school/01.html"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(AlteredError, match=re.escape("school/01.html")):
        act(own, EDITION, "review", "Anna Ek")


def test_a_correction_names_the_figures_that_changed_and_everyone_who_received_them(own: Workspace) -> None:
    publish(own, EDITION)
    give(own, {"rektor": {"role": "principal", "school": ["01"], "format": "age", "key": KEY}})
    distribute(own, version_named(own, EDITION), WHO)
    path = own.released / "figures.parquet"
    figures = read_table(path)
    chosen = figures.index[figures["status"].eq("shown")][0]
    figures.loc[chosen, "value"] += 1
    write_table(figures, path)
    key = signing_key(own, key_of(own, "Anna Ek"))
    assert make_record(own, read_params(own.params), key).number == 2
    publish(own, f"{EDITION}/2")
    told = act(own, f"{EDITION}/1", "correct", "Bo Al", "one figure was wrong by one")
    assert told == [
        f"1 figures changed from {EDITION}/1 to {EDITION}/2.",
        f"rektor has received {EDITION}/1 and must be told.",
    ]
    from likvard.release.states import signatures

    facts = signatures(own, version_named(own, f"{EDITION}/1"))[-1].facts
    assert facts["changed_figures"] == [figures.loc[chosen, "figure_id"]]
    assert facts["recipients"] == ["rektor"]
    assert verify(own, version_named(own, f"{EDITION}/1")).found == ()
    assert verify(own, version_named(own, f"{EDITION}/2")).found == ()


def test_everything_wrong_in_access_is_told_at_once(own: Workspace) -> None:
    give(
        own,
        {
            "a": {"role": "principal", "school": ["99"], "format": "pdf"},
            "b": {"role": "politician", "school": ["01"], "format": "pdf"},
            "c": {"role": "teacher", "format": "pdf"},
            "d": {"role": "teacher", "school": ["01"], "format": "age", "key": "age1nonsense"},
            "e": {"role": "housing", "area": ["11"], "format": "pdf"},
        },
    )
    with pytest.raises(AccessError) as stopped:
        grants(own.access, Released(own.released))
    assert [line.split(":")[0] for line in stopped.value.problems] == ["a", "b", "c", "d", "e"]
    assert "may have: nothing" in stopped.value.problems[-1]


def test_an_unknown_role_or_key_of_access_is_an_error(own: Workspace) -> None:
    give(own, {"a": {"role": "mayor", "school": ["01"], "format": "pdf", "shcool": ["02"]}})
    with pytest.raises(AccessError) as stopped:
        grants(own.access, Released(own.released))
    assert len(stopped.value.problems) == 2


def test_without_access_nobody_receives_anything(own: Workspace) -> None:
    publish(own, EDITION)
    with pytest.raises(AccessError, match="nobody receives anything"):
        distribute(own, version_named(own, EDITION), WHO)
    assert not (own.root / "outbox").exists()


def test_passwords_are_never_written_into_the_workspace(own: Workspace) -> None:
    give(own, {"namnd": {"role": "politician", "overview": True, "format": "pdf"}})
    for place in (None, own.root / "passwords.csv"):
        with pytest.raises(AccessError, match="outside the workspace"):
            distribute(own, version_named(own, EDITION), WHO, passwords=place)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_no_bundle_reveals_anything_of_a_school_outside_its_recipient_s_scope(own: Workspace, tmp_path: Path) -> None:
    give(own, everybody())
    bundles = distribute(own, version_named(own, EDITION), WHO, passwords=tmp_path / "passwords.csv")
    figures = read_table(own.released / "figures.parquet")
    pairs, leaks = 0, []
    for bundle in bundles:
        one = bundle.grant.recipient
        areas = {*one.area, *one.schools_of}
        held = b"\n".join(
            itertools.chain.from_iterable((name.encode(), content) for name, content in unlocked(bundle).items())
        )
        ids = {found.decode() for found in re.findall(rb"(?<![a-z2-7])[a-z2-7]{10}(?![a-z2-7])", held)}
        for school, (area, name) in SCHOOLS.items():
            if school in one.school or area in areas:
                continue
            own_ids = figures.loc[figures["unit_kind"].eq("school") & figures["unit_id"].eq(school), "figure_id"]
            pairs += 1
            leaks += [
                (bundle.grant.name, school, word)
                for word in (name, f"school/{school}", f"school-{school}")
                if word.encode() in held
            ]
            leaks += [(bundle.grant.name, school, one) for one in ids & {str(found) for found in own_ids}]
    assert pairs == 6 * 2 * 6 + 2 * sum(len([s for s in SCHOOLS.values() if s[0] != area]) for area in AREAS) + 7
    assert leaks == []


def test_the_canaries_sing_where_a_bundle_holds_another_school(own: Workspace, tmp_path: Path) -> None:
    give(own, {"chef": {"role": "area_lead", "schools_of": ["11"], "format": "age", "key": KEY}})
    (bundle,) = distribute(own, version_named(own, EDITION), WHO)
    held = b"".join(unlocked(bundle).values()) if shutil.which("pdftotext") else bundle.content
    assert SCHOOLS["01"][1].encode() in held or shutil.which("pdftotext") is None


def test_a_bundle_is_locked_and_its_name_says_nothing(own: Workspace, tmp_path: Path) -> None:
    give(own, {"rektor-01": everybody()["rektor-01"], "larare-01": everybody()["larare-01"]})
    bundles = distribute(own, version_named(own, EDITION), WHO, passwords=tmp_path / "passwords.csv")
    for one in bundles:
        assert re.fullmatch(r"[0-9a-f]{16}\.(age|pdf)", one.name)
        assert SCHOOLS["01"][1].encode() not in one.content
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(bundles[1].content, [pyrage.x25519.Identity.generate()])
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(bundles[0].content), password="guessed")
    with pikepdf.open(io.BytesIO(bundles[0].content), password=bundles[0].password) as document:
        assert document.encryption.R == 6


def test_every_delivery_is_in_the_log(own: Workspace) -> None:
    give(own, {"rektor-01": everybody()["rektor-01"]})
    (bundle,) = distribute(own, version_named(own, EDITION), WHO)
    last = entries_of(own)[-1]
    assert (last.kind, last.facts["recipient"], last.facts["bundle"]) == ("distribute", "rektor-01", bundle.name)
    assert last.facts["reports"] == ["school/01"]


def test_what_was_purged_is_no_alteration_and_what_is_gone_without_a_note_is(own: Workspace) -> None:
    params, key = read_params(own.params), signing_key(own, key_of(own, "Anna Ek"))
    done = purge(own, params, Processing.model_validate(STATED), date(1995, 1, 1), key)
    assert [one.path.name for one in done.removed] == ["1987-88", "1987-88.dvc"]
    verdict = verify(own, version_named(own, EDITION))
    assert verdict.found == ()
    assert any("purged" in note for note in verdict.notes)
    shutil.rmtree(own.deliveries / EDITION)
    assert {one.what for one in verify(own, version_named(own, EDITION)).found} == {"missing"}
