import os
import socket
import sys
from pathlib import Path

import pytest

from likvard.errors import CannotWriteError, LockedError, StageInputMissingError, WorkspaceError
from likvard.workspace import Workspace, alone, appearing, write_atomically, writing_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("params.yaml", "dvc.yaml"):
        (tmp_path / name).touch()
    return tmp_path


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written_half_way(target: Path, interruption: type[BaseException]) -> None:
    with writing_folder(target) as folder:
        (folder / "half").write_bytes(b"2")
        raise interruption


def test_a_workspace_is_found_from_its_root_and_from_below(root: Path) -> None:
    (root / "notebooks/reports").mkdir(parents=True)
    assert Workspace.find(root) == Workspace.find(root / "notebooks/reports") == Workspace(root.resolve())


def test_the_current_directory_is_where_a_workspace_is_looked_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert Workspace.find().root == root.resolve()


def test_the_nearest_workspace_is_taken(root: Path) -> None:
    inner = root / "inner"
    inner.mkdir()
    (inner / "params.yaml").touch()
    assert Workspace.find(inner).root == root.resolve()
    (inner / "dvc.yaml").touch()
    assert Workspace.find(inner).root == inner.resolve()


def test_outside_a_workspace_the_message_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=str(tmp_path)) as stop:
        Workspace.find(tmp_path)
    assert stop.value.exit_code == 15


def test_a_path_is_shown_as_people_in_the_workspace_write_it(root: Path) -> None:
    assert Workspace(root).shown(root / "data/staged/pupils.parquet") == "data/staged/pupils.parquet"
    assert Workspace(root).shown(Path("/elsewhere/x")) == "/elsewhere/x"


def test_what_a_stage_has_not_made_is_named_with_its_stage(root: Path) -> None:
    workspace = Workspace(root)
    with pytest.raises(StageInputMissingError, match=r"data/staged/pupils\.parquet.*'ingest' makes it"):
        workspace.made_by("ingest", workspace.staged / "pupils.parquet")
    assert workspace.made_by("ingest", root / "params.yaml") == root / "params.yaml"


def test_a_file_is_written_with_the_folders_that_it_needs(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a/b/c.txt", b"new")
    assert everything_in(tmp_path) == {"a/b/c.txt": b"new"}
    assert (tmp_path / "a/b/c.txt").stat().st_mode & 0o777 == 0o644


def test_a_file_keeps_its_old_content_when_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_bytes(b"old")
    not_bytes: bytes = 3  # type: ignore[assignment]
    with pytest.raises(TypeError):
        write_atomically(tmp_path / "file.txt", not_bytes)
    assert (tmp_path / "file.txt").read_bytes() == b"old"


def test_what_cannot_be_replaced_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    # A folder where the file should be: not even root can put a file there.
    (tmp_path / "report.html/inside").mkdir(parents=True)
    with pytest.raises(CannotWriteError, match=r"Cannot write .*report\.html: ") as stop:
        write_atomically(tmp_path / "report.html", b"new")
    assert stop.value.exit_code == 11
    assert "see that the folder belongs to you" in str(stop.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html"]


def test_a_file_where_the_folder_should_be_cannot_be_written_into(tmp_path: Path) -> None:
    (tmp_path / "reports").write_bytes(b"a file")
    with pytest.raises(CannotWriteError, match=r"Cannot write .*reports/a\.html"):
        write_atomically(tmp_path / "reports/a.html", b"new")
    assert everything_in(tmp_path) == {"reports": b"a file"}


def test_a_folder_is_there_when_all_of_it_is_written(tmp_path: Path) -> None:
    with writing_folder(tmp_path / "data/staged") as folder:
        (folder / "a").write_bytes(b"1")
        assert not (tmp_path / "data/staged").exists()
    assert everything_in(tmp_path) == {"data/staged/a": b"1"}
    assert (tmp_path / "data/staged").stat().st_mode & 0o777 == 0o755


def test_a_new_folder_replaces_all_of_the_old(tmp_path: Path) -> None:
    target = tmp_path / "staged"
    with writing_folder(target) as folder:
        (folder / "old").write_bytes(b"1")
    with writing_folder(target) as folder:
        (folder / "new").write_bytes(b"2")
    assert everything_in(tmp_path) == {"staged/new": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["staged"]


@pytest.mark.parametrize("interruption", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_folder_is_as_it_was_when_the_writing_stops_half_way(
    tmp_path: Path, interruption: type[BaseException]
) -> None:
    target = tmp_path / "staged"
    with writing_folder(target) as folder:
        (folder / "old").write_bytes(b"1")
    with pytest.raises(interruption):
        written_half_way(target, interruption)
    assert everything_in(tmp_path) == {"staged/old": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["staged"]


def test_a_file_where_the_folder_s_parent_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"a file")
    with pytest.raises(CannotWriteError, match=r"Cannot write .*data/staged"), writing_folder(tmp_path / "data/staged"):
        pytest.fail("the block must not run")
    assert everything_in(tmp_path) == {"data": b"a file"}


def test_a_failure_of_the_disk_inside_the_block_is_said(tmp_path: Path) -> None:
    target = tmp_path / "staged"
    with pytest.raises(CannotWriteError, match="No space left on device"), writing_folder(target):
        raise OSError(28, "No space left on device")
    assert everything_in(tmp_path) == {}


def test_who_comes_second_is_told_which_process_came_first(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with alone(workspace, "report", "Another run is building."), pytest.raises(LockedError) as stopped:  # noqa: SIM117
        with alone(workspace, "report", "Another run is building."):
            pass
    assert stopped.value.problems == (f"process {os.getpid()} on {socket.gethostname()}",)


def test_what_a_killed_run_has_left_beside_a_file_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".file.txt.part").write_bytes(b"half of something longer")
    write_atomically(tmp_path / "file.txt", b"whole")
    assert everything_in(tmp_path) == {"file.txt": b"whole"}


def test_content_is_on_disk_before_the_file_has_its_name_and_the_name_after(tmp_path: Path) -> None:
    steps = []
    sys.setprofile(lambda _, event, made: steps.append(made.__name__) if event == "c_call" else None)
    try:
        write_atomically(tmp_path / "file.txt", b"whole")
    finally:
        sys.setprofile(None)
    assert [step for step in steps if step in ("fsync", "replace", "rename")] == ["fsync", "replace", "fsync"]


def test_a_file_for_its_owner_alone_is_there_when_the_block_has_ended_well(tmp_path: Path) -> None:
    with appearing(tmp_path / "passwords.csv", b"secret"):
        assert not (tmp_path / "passwords.csv").exists()
    assert everything_in(tmp_path) == {"passwords.csv": b"secret"}
    assert (tmp_path / "passwords.csv").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CannotWriteError, match="File exists"), appearing(tmp_path / "passwords.csv", b"other"):
        pytest.fail("the block must not run")
    with pytest.raises(ValueError, match="stop"), appearing(tmp_path / "more.csv", b"secret"):
        raise ValueError("stop")
    assert everything_in(tmp_path) == {"passwords.csv": b"secret"}


def test_of_two_that_fill_the_same_folder_the_second_is_told(tmp_path: Path) -> None:
    with writing_folder(tmp_path / "staged") as folder:
        (folder / "first").write_bytes(b"1")
        with pytest.raises(LockedError, match="Another run is writing"), writing_folder(tmp_path / "staged"):
            pytest.fail("the block must not run")
    assert everything_in(tmp_path) == {"staged/first": b"1"}


def test_a_folder_that_a_killed_run_had_moved_aside_is_brought_back(tmp_path: Path) -> None:
    (tmp_path / ".staged.old").mkdir()
    (tmp_path / ".staged.old/kept").write_bytes(b"1")
    with pytest.raises(ValueError, match="stop"), writing_folder(tmp_path / "staged"):
        raise ValueError("stop")
    assert everything_in(tmp_path) == {"staged/kept": b"1"}
