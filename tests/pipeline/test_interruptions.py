"""Ctrl-C and kill -9 at several moments: nothing half-written, and the same command goes on where it stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from small_workspace import (
    EDITION,
    LIKVARD,
    REPORTS,
    dvc,
    faults_of_reports,
    leftovers,
    likvard,
    missing_reports,
    run,
    surroundings,
)


def killed_while_there(root: Path, words: list[str], pattern: str) -> int:
    """The exit code of a command that was killed while a file that it has for milliseconds was there.

    A busy machine may look away just then; the command then ends well, and is run again.
    """
    for _ in range(20):
        running = subprocess.Popen(
            words, cwd=root, env=surroundings(), stdout=subprocess.DEVNULL, start_new_session=True
        )
        while running.poll() is None:
            if any(root.glob(pattern)):
                os.killpg(running.pid, signal.SIGKILL)
                break
        if running.wait() == -signal.SIGKILL and any(root.glob(pattern)):
            return running.returncode
    raise AssertionError(f"{words} never had {pattern} for long enough to be seen")


def interrupted(
    root: Path, words: list[str], moment: Callable[[], bool], how: signal.Signals, alone: bool
) -> tuple[int, str]:
    """The exit code and words of a command that got a signal at ``moment``: alone, or with all that it had started."""
    running = subprocess.Popen(
        words,
        cwd=root,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    limit = time.monotonic() + 240
    while not moment() and running.poll() is None and time.monotonic() < limit:
        time.sleep(0.01)
    assert running.poll() is None, "the command ended before its moment came"
    (os.kill if alone else os.killpg)(running.pid, how)
    said, _ = running.communicate(timeout=120)
    return running.returncode, said


def after(seconds: float) -> Callable[[], bool]:
    """The moment so many seconds from now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def there(root: Path, pattern: str) -> Callable[[], bool]:
    """The moment when a file of this name is there."""
    return lambda: any(root.glob(pattern))


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0])
def test_ctrl_c_while_tables_are_read_leaves_the_old_ones(workspace, seconds):
    code, said = interrupted(workspace, [LIKVARD, "validate"], after(seconds), signal.SIGINT, alone=False)
    assert code == 130, said
    assert "likvard: interrupted. What was finished is kept" in said
    assert "Traceback" not in said
    assert leftovers(workspace) == []
    assert (workspace / "data/quality/results.json").is_file()


@pytest.mark.parametrize(
    ("how", "alone"),
    [(signal.SIGINT, False), (signal.SIGKILL, False), (signal.SIGKILL, True)],
    ids=["Ctrl-C", "kill -9 of all", "kill -9 of the parent"],
)
def test_interrupted_reports_are_whole_or_absent_and_the_rerun_makes_the_rest(workspace, how, alone):
    folder = workspace / "reports" / EDITION / "school"
    shutil.rmtree(folder)
    words = [LIKVARD, "report", "--kind", "school", "--jobs", "2"]
    code, said = interrupted(workspace, words, there(folder, "*.pdf"), how, alone)
    assert "Traceback" not in said
    if how == signal.SIGINT:
        assert code == 130, said
        assert "run the same command to go on" in said
        assert faults_of_reports(workspace) == []
        assert leftovers(workspace) == []
    else:
        # What was said has an end, so no process that could say more has outlived its parent.
        assert code == -signal.SIGKILL
    kept = len(list(folder.glob("*.manifest.json")))
    again = likvard(workspace, "report", "--kind", "school")
    assert again.code == 0, again.said
    assert again.said.splitlines()[-1] in {
        f"school: {len(REPORTS['school']) - n} built, {n} unchanged" for n in range(kept, len(REPORTS["school"]) + 1)
    }
    assert missing_reports(workspace) == []
    assert faults_of_reports(workspace) == []
    assert leftovers(workspace) == []


def test_a_killed_stage_leaves_nothing_that_the_rerun_does_not_clear(workspace):
    code = killed_while_there(workspace, [LIKVARD, "ingest"], "data/.staged.*/areas.parquet")
    assert code == -signal.SIGKILL
    assert (workspace / "data/staged/pupils.parquet").is_file()
    assert leftovers(workspace)
    assert ".staged." not in run(workspace, "git", "status", "--porcelain", "--untracked-files=all").said
    again = likvard(workspace, "ingest")
    assert again.code == 0, again.said
    assert leftovers(workspace) == []


def test_a_changed_delivery_rebuilds_everything_also_after_ctrl_c_and_kill_9(workspace, edit):
    edit(f"data/deliveries/{EDITION}/schools.csv", "Björkskolan", "Nya Björkskolan")
    old = {path: path.read_bytes() for path in workspace.glob("reports/*/*/*.manifest.json")}

    def first_stage() -> bool:
        return not (workspace / "data/staged").is_dir()

    code, said = interrupted(workspace, [LIKVARD, "build"], first_stage, signal.SIGINT, alone=False)
    assert code == 130, said
    assert "likvard: interrupted." in said
    assert "Traceback" not in said

    def third_new_report() -> bool:
        new = [path for path, content in old.items() if not path.is_file() or path.read_bytes() != content]
        return len(new) >= 6

    code, _ = interrupted(workspace, [LIKVARD, "build"], third_new_report, signal.SIGKILL, alone=False)
    assert code == -signal.SIGKILL
    again = likvard(workspace, "build")
    assert again.code == 0, again.said
    assert "is built: 10 reports" in again.said
    assert missing_reports(workspace) == []
    assert faults_of_reports(workspace) == []
    assert leftovers(workspace) == []
    assert [path.name for path, content in old.items() if path.read_bytes() == content] == []
    assert "Nya Björkskolan" in (workspace / f"reports/{EDITION}/index.html").read_text(encoding="utf-8")
    assert "up to date" in dvc(workspace, "status").said
