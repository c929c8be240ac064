"""Commands in processes that are killed: before any step that changes a file, or at any moment."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STEPS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate", "os.chmod"}
"""What the interpreter tells of before it does it (sys.addaudithook); files that are opened for writing come on top."""
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, negative where a signal ended it, its seconds, steps and words."""

    code: int
    seconds: float
    steps: int
    said: str


def ended(
    place: Path, root: Path, words: tuple[str, ...], before_step: int | None = None, after: float | None = None
) -> Ended:
    """What came of ``likvard`` with these words in the workspace ``root``, killed with all that it has started.

    It is killed before it takes its step number ``before_step``, or so many seconds ``after`` it began; without either it runs
    to its end. Steps are counted below ``place``. Everything is loaded already, as the process is forked from this one.
    """
    said, counted = place / "said.txt", place / "steps.txt"
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            _run(place, root, words, before_step, said, counted)
        finally:
            os._exit(70)
    _group(child, child)
    if after is not None:
        time.sleep(max(began + after - time.monotonic(), 0))
        with suppress(ProcessLookupError):  # it had come to its end
            os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    seconds = time.monotonic() - began
    steps = int(counted.read_text()) if counted.is_file() else 0
    told = said.read_text(encoding="utf-8") if said.is_file() else ""
    for path in (said, counted):
        path.unlink(missing_ok=True)
    return Ended(os.waitstatus_to_exitcode(status), seconds, steps, told)


def _run(place: Path, root: Path, words: tuple[str, ...], before_step: int | None, said: Path, counted: Path) -> None:
    _group(0, 0)
    handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout = sys.stderr = os.fdopen(handle, "w", encoding="utf-8", buffering=1)
    os.chdir(root)
    steps = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event in STEPS or (event == "open" and _changes(place, arguments)):
            steps += 1
            if steps == before_step:
                os.killpg(0, signal.SIGKILL)

    from likvard.cli import main

    sys.argv = ["likvard", *words]
    sys.addaudithook(count)
    code: Any = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code or 0
    except BaseException:
        traceback.print_exc()
        code = 71
    sys.stdout.flush()
    took = steps
    counted.write_text(str(took))
    os._exit(code)


def _changes(place: Path, arguments: tuple[Any, ...]) -> bool:
    path, _, flags = arguments
    return isinstance(path, str | os.PathLike) and bool(flags & TO_WRITE) and Path(path).is_relative_to(place)


def _group(process: int, group: int) -> None:
    with suppress(OSError):  # of a process that is gone
        os.setpgid(process, group)
