"""kill -9 at random moments, a full disk, a folder without rights: the log is whole, and no act that was told is lost."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from likvard.audit.log import append, entries_of, log_file
from likvard.errors import CannotWriteError
from likvard.workspace import Workspace

TIMES = int(os.environ.get("LIKVARD_KILLS", "50"))
WRITER = """
import sys
from pathlib import Path
from likvard.audit.log import append
from likvard.workspace import Workspace
while True:
    print(append(Workspace(Path(sys.argv[1])), "run", "2026Q3", "likvard build", {"x": "y" * 500}).number, flush=True)
"""


def test_a_writer_that_is_killed_at_any_moment_tears_nothing_and_loses_nothing(tmp_path: Path) -> None:
    moments, told = random.Random(1), 0
    for _ in range(TIMES):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        told = int(writer.stdout.readline())
        time.sleep(moments.uniform(0, 0.05))
        writer.send_signal(signal.SIGKILL)
        told = max([told, *(int(line) for line in writer.stdout.read().splitlines() if line.isdecimal())])
        writer.wait()
        # One more than was told may be there: it was written, and the writer killed before it could say so.
        assert told <= len(entries_of(Workspace(tmp_path))) <= told + 1
    append(Workspace(tmp_path), "run", "2026Q3", "likvard build", {})
    assert len(entries_of(Workspace(tmp_path))) > TIMES
    assert [path.name for path in (tmp_path / "audit").iterdir()] == ["log.jsonl"]


def test_where_the_disk_is_full_the_log_is_as_it_was(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    append(workspace, "run", "2026Q3", "likvard build", {})
    before = log_file(workspace).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, hard))
        with pytest.raises(CannotWriteError):
            append(workspace, "run", "2026Q3", "likvard build", {"x": "y" * 500})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert log_file(workspace).read_bytes() == before
    assert [path.name for path in workspace.audit.iterdir()] == ["log.jsonl"]
