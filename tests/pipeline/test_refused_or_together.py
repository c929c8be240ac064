"""A full disk, a folder that may not be written, two coordinators at once: a clear error, nothing half-written, nothing lost."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from acts import ACTS, Course, contents, copied, faults_of, left_behind, run, told_again, unlike_undisturbed
from in_trouble import Trouble

from likvard.audit.log import append, entries_of
from likvard.workspace import Workspace, alone_with_edition
from small_workspace import EDITION, likvard


@pytest.mark.parametrize("most_bytes", [1_500, 20_000])
@pytest.mark.parametrize("act", ACTS)
def test_where_the_disk_is_full_nothing_is_half_written_and_with_room_the_same_command_goes_on(
    courses: dict[str, Course], act: str, most_bytes: int, tmp_path: Path
) -> None:
    place = copied(courses[act].begin, tmp_path / "place")
    told = run(place, act, Trouble(most_bytes=most_bytes))
    # What DVC keeps of its remotes, which `purge` asks, is larger.
    small = act != "purge" and all(len(content) <= most_bytes for content in made_by(courses[act]).values())
    assert told.code == (0 if small else 11), told.said
    assert small or "likvard: Cannot write" in told.said, told.said
    assert faults_of(courses[act], place) == []
    assert left_behind(place) == []
    assert told_again(run(place, act), act) == ""
    assert unlike_undisturbed(courses[act], place) == []


@pytest.mark.parametrize("act", ACTS)
def test_where_nothing_may_be_written_nothing_is_changed_and_the_error_names_the_place(
    courses: dict[str, Course], act: str, tmp_path: Path
) -> None:
    place = copied(courses[act].begin, tmp_path / "place")
    before = contents(place)
    folders = [path for path in (place / "workspace").rglob("*") if path.is_dir() and ".dvc" not in path.parts]
    for folder in (*folders, place / "workspace"):
        folder.chmod(0o555)
    told = run(place, act, Trouble(without_root=True))
    for folder in (*folders, place / "workspace"):
        folder.chmod(0o755)
    assert told.code == 11, told.said
    assert f"likvard: Cannot write {place}" in told.said
    assert told.said.splitlines()[0].endswith("Permission denied.")
    assert "What to do: see that the folder belongs to you" in told.said
    assert contents(place) == before
    assert left_behind(place) == []


def test_where_nothing_may_be_removed_the_purge_says_so_and_goes_on_later(
    courses: dict[str, Course], tmp_path: Path
) -> None:
    place = copied(courses["purge"].begin, tmp_path / "place")
    kept = place / "workspace/data/deliveries/1987-88"
    kept.chmod(0o555)
    told = run(place, "purge", Trouble(without_root=True))
    kept.chmod(0o755)
    assert told.code == 11, told.said
    assert "likvard: Cannot remove" in told.said
    assert faults_of(courses["purge"], place) == []
    assert run(place, "purge").code == 0
    assert unlike_undisturbed(courses["purge"], place) == []


@pytest.mark.parametrize("act", ACTS)
def test_of_two_coordinators_at_once_one_waits_or_is_told_and_both_come_to_the_same(
    courses: dict[str, Course], act: str, tmp_path: Path
) -> None:
    place = copied(courses[act].begin, tmp_path / "place")
    with ThreadPoolExecutor() as both:
        told = list(both.map(run, (place, place), (act, act)))
    locked = [one for one in told if one.code == 13]
    assert len(locked) < 2
    for one in told:
        assert one in locked or told_again(one, act) == "", one.said
    assert all(f"likvard: Another run is at work on the edition {EDITION}." in one.said for one in locked)
    assert faults_of(courses[act], place) == []
    assert unlike_undisturbed(courses[act], place) == []


@pytest.mark.parametrize("act", ACTS)
def test_while_another_is_at_work_nothing_is_changed_and_its_owner_is_named(
    courses: dict[str, Course], act: str, tmp_path: Path
) -> None:
    place = copied(courses[act].begin, tmp_path / "place")
    before = contents(place)
    with alone_with_edition(Workspace(place / "workspace"), EDITION):
        told = run(place, act)
    assert told.code == 13, told.said
    assert f"process {os.getpid()} on " in told.said
    assert "What to do: wait until it has finished" in told.said
    assert contents(place) == before


def test_the_log_that_is_written_by_two_at_once_has_every_act_of_both(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with ThreadPoolExecutor() as both:
        list(both.map(lambda who: append(workspace, "run", EDITION, who, {}), [f"number {one}" for one in range(40)]))
    assert {one.who for one in entries_of(workspace)} == {f"number {one}" for one in range(40)}


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full")
def test_a_file_that_is_named_by_the_user_and_has_no_room_is_an_error_and_the_device_stays(
    courses: dict[str, Course],
) -> None:
    root = courses["purge"].begin / "workspace"
    for words in (("audit", EDITION, "--html"), ("audit", EDITION, "--pack"), ("trace", "school/01", "--svg")):
        told = likvard(root, *words, "/dev/full")
        assert (told.code, told.first_line) == (11, "likvard: Cannot write /dev/full: No space left on device.")
    assert Path("/dev/full").is_char_device()


def made_by(course: Course) -> dict[str, bytes]:
    """The files that an act writes, undisturbed."""
    before = contents(course.begin)
    return {name: content for name, content in contents(course.end).items() if content != before.get(name)}
