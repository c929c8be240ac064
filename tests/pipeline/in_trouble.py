"""Commands in processes that meet trouble: killed before any step that changes a file or at any moment, no room, no rights."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STEPS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate", "os.chmod"}
"""What the interpreter tells of before it does it (sys.addaudithook); files that are opened for writing come on top."""
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT
LINUX_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Trouble:
    """What a command meets."""

    before_step: int | None = None
    """It is killed, with all that it has started, before it takes this step (of those that change a file; the first is 1)."""
    after: float | None = None
    """It is killed so many seconds after it began."""
    most_bytes: int | None = None
    """No file may grow beyond this, as where the disk is full."""
    without_root: bool = False
    """It may not write where its user may not, also where its user is root."""


NONE = Trouble()


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, negative where a signal ended it, its seconds, steps and words."""

    code: int
    seconds: float
    steps: int
    said: str


def ended(place: Path, root: Path, words: tuple[str, ...], trouble: Trouble) -> Ended:
    """What came of ``likvard`` with these words in the workspace ``root``; its steps are counted below ``place``.

    Its process is forked from this one, so what is loaded here need not be loaded there.
    """
    with tempfile.TemporaryDirectory() as folder:
        said, counted = Path(folder) / "said", Path(folder) / "counted"
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            try:
                _run(place, root, words, trouble, said, counted)
            finally:
                os._exit(70)
        _group(child, child)
        if trouble.after is not None:
            time.sleep(max(began + trouble.after - time.monotonic(), 0))
            _end(child)
        _, status = os.waitpid(child, 0)
        _end(child)
        seconds = time.monotonic() - began
        steps = int(counted.read_text()) if counted.is_file() else 0
        told = said.read_text(encoding="utf-8") if said.is_file() else ""
    return Ended(os.waitstatus_to_exitcode(status), seconds, steps, told)


def _run(place: Path, root: Path, words: tuple[str, ...], trouble: Trouble, said: Path, counted: Path) -> None:
    from likvard.cli import main

    _group(0, 0)
    stream = said.open("w", encoding="utf-8", buffering=1)
    for number in (1, 2):
        os.dup2(stream.fileno(), number)
    sys.stdout = sys.stderr = stream
    sys.argv = ["likvard", *words]
    os.chdir(root)
    steps = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event in STEPS or (event == "open" and _changes(place, arguments)):
            steps += 1
            if steps == trouble.before_step:
                os.killpg(0, signal.SIGKILL)

    sys.addaudithook(count)
    if trouble.without_root:
        _give_up_root()
    if trouble.most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (trouble.most_bytes, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    code: Any = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code or 0
    except BaseException:
        traceback.print_exc()
        code = 71
    stream.flush()
    took = steps
    with suppress(OSError):
        counted.write_text(str(took))
    os._exit(code)


def _changes(place: Path, arguments: tuple[Any, ...]) -> bool:
    path, _, flags = arguments
    return isinstance(path, str | os.PathLike) and bool(flags & TO_WRITE) and Path(path).is_relative_to(place)


def _give_up_root() -> None:
    """Nothing; this process has none of root's powers, and the rights of files hold for it."""
    header, none = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(header, none) != 0:
        raise OSError(ctypes.get_errno(), "the powers of root cannot be given up")


def _group(process: int, group: int) -> None:
    with suppress(OSError):  # of a process that is gone
        os.setpgid(process, group)


def _end(child: int) -> None:
    with suppress(ProcessLookupError):  # it has come to its end
        os.killpg(child, signal.SIGKILL)
