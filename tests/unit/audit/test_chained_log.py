"""The log: no line can be changed, taken out, put in or cut off unseen."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from likvard.audit.log import append, begin, entries_of, head_file, log_file, note, printed_head, read_log
from likvard.errors import AlteredError
from likvard.workspace import Workspace


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
