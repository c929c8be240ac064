"""A run that is killed while DVC writes its pointer leaves half of it; the next run makes it whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from inbox import EDITION, good, take, write

from likvard.workspace import Workspace


@pytest.mark.parametrize(
    "kept", ["", "outs:\n- md5: 51d", "outs:\n- md5: 0123456789abcdef.dir\n  path: 202", "outs: ["]
)
def test_half_a_pointer_is_made_whole_by_the_next_run(
    workspace: Workspace, key: Path, tmp_path: Path, kept: str
) -> None:
    place = write(tmp_path / "inbox", good())
    assert take(workspace, place, key).changed
    pointer = workspace.deliveries / f"{EDITION}.dvc"
    whole = pointer.read_text(encoding="utf-8")
    pointer.write_text(kept, encoding="utf-8")
    assert take(workspace, place, key).changed
    assert pointer.read_text(encoding="utf-8") == whole
    assert not take(workspace, place, key).changed
