"""The log: no line can be changed, taken out, put in or cut off unseen."""

from __future__ import annotations

import hashlib
import json
import re
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from likvard.audit.log import (
    append,
    append_once,
    begin,
    entries_of,
    head_at,
    head_file,
    log_file,
    note,
    printed_head,
    read_log,
)
from likvard.errors import AlteredError, LockedError
from likvard.workspace import Workspace, alone


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path)
    for number in range(4):
        append(found, "run", "2026Q3", "likvard build", {"number": number})
    return found


def test_each_line_names_the_hash_of_the_line_before_it(workspace: Workspace) -> None:
    entries = entries_of(workspace)
    assert [one.number for one in entries] == [1, 2, 3, 4]
    assert [one.before for one in entries] == ["0" * 64, *(one.hash for one in entries[:-1])]


def test_every_flipped_byte_of_the_log_is_noticed(workspace: Workspace) -> None:
    content = log_file(workspace).read_bytes()
    unseen = []
    for place in range(len(content)):
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        if not read_log(flipped)[1]:
            unseen.append(place)
    assert unseen == []


def test_a_line_taken_out_put_in_or_moved_is_noticed(workspace: Workspace) -> None:
    lines = log_file(workspace).read_bytes().splitlines(keepends=True)
    for changed in ([lines[0], *lines[2:]], [lines[0], lines[0], *lines[1:]], [lines[1], lines[0], *lines[2:]]):
        assert read_log(b"".join(changed))[1] != []


def test_nothing_is_added_to_a_broken_log(workspace: Workspace) -> None:
    path = log_file(workspace)
    path.write_bytes(path.read_bytes().replace(b'"number":2', b'"number":7', 1))
    with pytest.raises(AlteredError, match="line 2"):
        append(workspace, "run", "2026Q3", "likvard build", {})


def test_an_edition_prints_the_head_of_the_day_it_was_begun_whatever_comes_later(workspace: Workspace) -> None:
    head = begin(workspace, "2026Q3")
    append(workspace, "run", "2026Q3", "likvard build", {})
    assert begin(workspace, "2026Q3") == head == printed_head(workspace, "2026Q3") == entries_of(workspace)[4].hash


def test_an_edition_is_begun_once_also_where_the_run_was_killed_before_it_wrote_the_head(workspace: Workspace) -> None:
    head = begin(workspace, "2026Q3")
    before = entries_of(workspace)
    head_file(workspace, "2026Q3").unlink()
    assert begin(workspace, "2026Q3") == head
    assert entries_of(workspace) == before


def test_a_workspace_that_keeps_no_log_gets_none_by_being_built(tmp_path: Path) -> None:
    note(Workspace(tmp_path), "run", "2026Q3", "likvard build", {})
    assert not log_file(Workspace(tmp_path)).exists()
    assert printed_head(Workspace(tmp_path), "2026Q3") == ""


def add_ten(root: Path) -> None:
    for number in range(10):
        append(Workspace(root), "run", "2026Q3", "likvard build", {"number": number})


def test_two_coordinators_at_once_lose_no_line(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(add_ten, [tmp_path, tmp_path]))
    assert len(entries_of(Workspace(tmp_path))) == 20


def test_a_line_says_what_was_done_about_what_by_whom_and_when(workspace: Workspace) -> None:
    made = append(workspace, "record", "2026Q3", "Anna Ek", {"version": 1})
    assert made == entries_of(workspace)[-1]
    assert (made.number, made.kind, made.edition, made.who, made.facts) == (
        5,
        "record",
        "2026Q3",
        "Anna Ek",
        {"version": 1},
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made.time)


def test_the_hash_of_a_line_is_that_of_its_canonical_json_without_the_hash(workspace: Workspace) -> None:
    line = json.loads(log_file(workspace).read_bytes().splitlines()[1])
    said = line.pop("hash")
    written = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(written.encode()).hexdigest() == said


@pytest.mark.parametrize("line", [b"nonsense", b"[]", b"{}", b"\xff"])
def test_a_line_that_cannot_be_read_is_named_and_the_others_are_kept(workspace: Workspace, line: bytes) -> None:
    lines = log_file(workspace).read_bytes().splitlines()
    lines[1] = line
    entries, faults = read_log(b"\n".join([*lines, b""]))
    assert faults == ["line 2 cannot be read"]
    assert [one.number for one in entries] == [1, 3, 4]


def test_a_line_that_was_cut_off_is_named(workspace: Workspace) -> None:
    entries, faults = read_log(log_file(workspace).read_bytes()[:-10])
    assert (len(entries), faults) == (3, ["line 4 is cut off"])


def test_a_line_that_says_the_same_in_other_bytes_is_not_what_was_written(workspace: Workspace) -> None:
    content = log_file(workspace).read_bytes()
    assert read_log(content.replace(b'"number":4', b'"number": 4'))[1] == ["line 4 is not what was written"]


def test_a_line_put_in_with_a_hash_of_its_own_does_not_follow(workspace: Workspace) -> None:
    lines = log_file(workspace).read_bytes().splitlines(keepends=True)
    assert read_log(b"".join([lines[0], *lines[2:]]))[1] == [
        f"line {number} does not follow the line before it" for number in (2, 3)
    ]


def test_a_broken_log_gives_no_entries(workspace: Workspace) -> None:
    path = log_file(workspace)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(AlteredError, match="not as it was written"):
        entries_of(workspace)


def test_what_a_run_that_was_killed_left_is_cleared_away(workspace: Workspace) -> None:
    left = log_file(workspace).with_name(".log.jsonl.part")
    left.write_bytes(b"half")
    append(workspace, "run", "2026Q3", "likvard build", {})
    assert not left.exists()


def test_where_a_log_is_kept_acts_are_noted_in_it(workspace: Workspace) -> None:
    note(workspace, "waiver", "2026Q3", "Cy", {"check": "c1"})
    assert (entries_of(workspace)[-1].kind, entries_of(workspace)[-1].who) == ("waiver", "Cy")


def test_the_act_that_made_a_file_is_told_once_with_the_hash_of_the_file(workspace: Workspace) -> None:
    for content in (b"one", b"two", b"one"):
        append_once(workspace, "review", "2026Q3", "Anna Ek", content, {"version": 1})
    assert [one.facts for one in entries_of(workspace)[4:]] == [
        {"version": 1, "sha256": hashlib.sha256(content).hexdigest()} for content in (b"one", b"two")
    ]


def test_the_head_of_a_line_is_its_hash_and_there_is_no_line_nought(workspace: Workspace) -> None:
    entries = entries_of(workspace)
    assert [head_at(entries, number) for number in range(6)] == ["", *(one.hash for one in entries), ""]


def test_who_finds_the_log_in_use_waits_and_then_says_so(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("likvard.audit.log.SECONDS_TO_WAIT", 0.2)
    begun = time.monotonic()
    with alone(workspace, "log", "Mine."), pytest.raises(LockedError, match="Another act"):
        append(workspace, "run", "2026Q3", "likvard build", {})
    assert 0.2 <= time.monotonic() - begun < 5
    assert append(workspace, "run", "2026Q3", "likvard build", {}).number == 5
