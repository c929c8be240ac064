"""The states of an edition that was signed by hand: who may bring it where, what is signed and logged, and what is refused."""

from __future__ import annotations

import pytest

from likvard.audit.envelope import opened, sealed
from likvard.audit.keys import file_name, known_keys, new_signing_key
from likvard.audit.log import append, entries_of
from likvard.audit.record import Version, version_named
from likvard.errors import AlteredError, ReleaseStateError
from likvard.lineage import file_hash
from likvard.release.states import bring, published, recipients_of, signatures, state_of
from likvard.workspace import Workspace
from signed_edition import KINDS, SIGNED, corrected, key_for, put, sha256

REASON = "one figure was wrong"


def act(workspace: Workspace, what: str, person: str, name: str = f"{SIGNED}/1", reason: str = "") -> list[str]:
    return bring(workspace, version_named(workspace, name), what, key_for(workspace, person), reason)  # type: ignore[arg-type]


def publish(workspace: Workspace, name: str = f"{SIGNED}/1") -> Version:
    for what, person in (("review", "Anna Ek"), ("approve", "Bo Al"), ("publish", "Bo Al")):
        assert act(workspace, what, person, name) == []
    return published(workspace, name)


def test_an_edition_goes_from_draft_to_published_step_by_step(signed: Workspace) -> None:
    version = version_named(signed, SIGNED)
    assert (state_of(signed, version), signatures(signed, version)) == ("draft", [])
    for what, person, state in (
        ("review", "Anna Ek", "reviewed"),
        ("approve", "Bo Al", "approved"),
        ("publish", "Anna Ek", "published"),
    ):
        act(signed, what, person)
        last = signatures(signed, version)[-1]
        assert (state_of(signed, version), last.state, last.person) == (state, state, person)
        assert last.keyid == key_for(signed, person).public.keyid
    assert [one.state for one in signatures(signed, version)] == ["reviewed", "approved", "published"]


BEFORE = {"review": 0, "approve": 1, "publish": 2, "correct": 3, "withdraw": 3}


@pytest.mark.parametrize("steps", range(4))
def test_no_step_is_skipped_and_none_is_taken_twice(signed: Workspace, steps: int) -> None:
    for what, person in (("review", "Anna Ek"), ("approve", "Bo Al"), ("publish", "Bo Al"))[:steps]:
        act(signed, what, person)
    other = "Bo Al" if steps < 2 else "Anna Ek"  # the same person again completes what was interrupted
    for what in (name for name, before in BEFORE.items() if before != steps):
        with pytest.raises(ReleaseStateError, match="only what is"):
            act(signed, what, other, reason=REASON)


def test_what_is_signed_names_the_record_and_the_head_of_the_log(signed: Workspace) -> None:
    version, head = version_named(signed, SIGNED), entries_of(signed)
    act(signed, "review", "Anna Ek", reason="  read it all  ")
    path = version.folder / "reviewed.json"
    said = opened(path.read_bytes(), known_keys(signed))
    assert (said.name, said.subjects) == ("state", {version.name: sha256(version.record)})
    assert (said.predicate["state"], said.predicate["reason"]) == ("reviewed", "read it all")
    # The look at every byte comes first, and is in the log.
    verified, last = entries_of(signed)[-2:]
    assert (verified.kind, verified.who) == ("verify", "likvard release review")
    assert said.predicate["log"] == {"lines": len(head) + 1, "head": verified.hash}
    assert (last.kind, last.edition, last.who) == ("review", SIGNED, "Anna Ek")
    assert last.facts == {"version": 1, "file": signed.shown(path), "sha256": file_hash(path)}


def test_who_reviewed_does_not_approve_even_under_another_key(signed: Workspace) -> None:
    act(signed, "review", "Anna Ek")
    with pytest.raises(ReleaseStateError, match="cannot approve it too"):
        act(signed, "approve", "Anna Ek")
    path = signed.audit / "keys" / file_name("Anna B")
    new_signing_key(signed, "Anna B", signed.root.parent / "Anna B.key")
    put(path, path.read_bytes().replace(b"Anna B", b"ANNA EK"))
    append(signed, "key", "", "Anna B", {"file": signed.shown(path), "sha256": file_hash(path)})
    with pytest.raises(ReleaseStateError, match="ANNA EK has reviewed"):
        act(signed, "approve", "Anna B")
    act(signed, "approve", "Bo Al")


def test_who_reviewed_does_not_approve_under_another_name(signed: Workspace) -> None:
    act(signed, "review", "Anna Ek")
    path = signed.audit / "keys" / file_name("Anna Ek")
    content = path.read_bytes()
    append(signed, "key", "", "x", {"file": signed.shown(path), "sha256": file_hash(path)})
    put(path, content.replace(b'"Anna Ek"', b'"Cy Oh"'))
    with pytest.raises(ReleaseStateError, match="Cy Oh has reviewed"):
        act(signed, "approve", "Anna Ek")


@pytest.mark.parametrize("what", ["correct", "withdraw"])
def test_who_takes_something_back_says_why(signed: Workspace, what: str) -> None:
    publish(signed)
    for short in ("", "too short", f"{'x' * 9}   "):
        with pytest.raises(ReleaseStateError, match="needs a reason"):
            act(signed, what, "Bo Al", reason=short)


def test_ten_letters_are_a_reason(signed: Workspace) -> None:
    publish(signed)
    act(signed, "withdraw", "Bo Al", reason="ten letter")
    assert state_of(signed, version_named(signed, SIGNED)) == "withdrawn"
    with pytest.raises(ReleaseStateError, match="is withdrawn, and only what is published is sent"):
        published(signed, SIGNED)


def test_what_is_withdrawn_names_everyone_who_received_it(signed: Workspace) -> None:
    version = publish(signed)
    for name in ("rektor", "chef", "rektor"):
        append(signed, "distribute", SIGNED, "x", {"recipient": name, "version": 1})
    append(signed, "distribute", SIGNED, "x", {"recipient": "of the second", "version": 2})
    append(signed, "distribute", "2026Q4", "x", {"recipient": "of another", "version": 1})
    assert recipients_of(entries_of(signed), version) == ["chef", "rektor"]
    told = act(signed, "withdraw", "Bo Al", reason=REASON)
    assert told == [f"{name} has received {SIGNED}/1 and must be told." for name in ("chef", "rektor")]
    facts = signatures(signed, version)[-1].facts
    assert (facts["recipients"], facts["reason"]) == (["chef", "rektor"], REASON)
    assert "changed_figures" not in facts


def test_a_correction_needs_a_published_version_that_corrects(signed: Workspace) -> None:
    publish(signed)
    with pytest.raises(ReleaseStateError, match="no published version after"):
        act(signed, "correct", "Bo Al", reason=REASON)
    corrected(signed)
    with pytest.raises(ReleaseStateError, match="no published version after"):
        act(signed, "correct", "Bo Al", reason=REASON)


def test_a_correction_says_which_figures_changed_and_can_still_be_withdrawn(signed: Workspace) -> None:
    version = publish(signed)
    corrected(signed)
    publish(signed, f"{SIGNED}/2")
    append(signed, "distribute", SIGNED, "x", {"recipient": "rektor", "version": 1})
    assert act(signed, "correct", "Bo Al", reason=REASON) == [
        f"1 figures changed from {SIGNED}/1 to {SIGNED}/2.",
        f"rektor has received {SIGNED}/1 and must be told.",
    ]
    facts = signatures(signed, version)[-1].facts
    assert (facts["corrected_by"], facts["changed_figures"]) == (f"{SIGNED}/2", ["merit-id"])
    act(signed, "withdraw", "Bo Al", reason=REASON)
    assert [one.state for one in signatures(signed, version)][-2:] == ["corrected", "withdrawn"]


def test_the_newest_version_is_the_one_that_corrects(signed: Workspace) -> None:
    version = publish(signed)
    corrected(signed, 211.0)
    corrected(signed, 212.0)
    publish(signed, f"{SIGNED}/3")
    act(signed, "correct", "Bo Al", f"{SIGNED}/1", REASON)
    assert signatures(signed, version)[-1].facts["corrected_by"] == f"{SIGNED}/3"


def test_what_is_published_is_in_the_ledger_and_nothing_else_is(signed: Workspace) -> None:
    act(signed, "review", "Anna Ek")
    act(signed, "approve", "Bo Al")
    assert not signed.ledger.exists()
    act(signed, "publish", "Bo Al")
    held = (signed.ledger / SIGNED / "figures.parquet").read_bytes()
    assert held == (signed.released / "figures.parquet").read_bytes()
    corrected(signed)
    publish(signed, f"{SIGNED}/2")
    assert sorted(path.name for path in signed.ledger.iterdir()) == [SIGNED, f"{SIGNED}.2"]


def test_nothing_that_was_altered_is_signed(signed: Workspace) -> None:
    put(signed.root / KINDS["pdf"], b"another")
    with pytest.raises(AlteredError, match="not as signed"):
        act(signed, "review", "Anna Ek")
    assert state_of(signed, version_named(signed, SIGNED)) == "draft"


def test_a_state_that_was_changed_or_is_about_something_else_is_not_believed(signed: Workspace) -> None:
    act(signed, "review", "Anna Ek")
    version, key = version_named(signed, SIGNED), key_for(signed, "Bo Al")
    path = version.folder / "approved.json"
    for envelope in (
        sealed("state", {version.name: sha256(version.record)}, {"state": "reviewed"}, key),
        sealed("state", {version.name: "ab" * 32}, {"state": "approved"}, key),
    ):
        put(path, envelope)
        with pytest.raises(AlteredError, match=r"approved.json is about another version"):
            state_of(signed, version)
    put(path, b"{}")
    with pytest.raises(AlteredError, match=rf"^audit/{SIGNED}/1/approved.json: it is "):
        state_of(signed, version)


def test_only_what_is_published_is_sent(signed: Workspace) -> None:
    with pytest.raises(ReleaseStateError, match="is draft, and only what is published is sent"):
        published(signed, SIGNED)
    assert publish(signed).name == f"{SIGNED}/1"
