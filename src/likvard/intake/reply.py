"""The command ``reply``: what the gate found, with the rows of the senders' own files, which only the inbox can tell.

The numbers of the rows of files about persons do not enter the workspace: a gap in them would show where somebody with
protected identity stood. So the files are read once more as intake read them, and the answer leaves the workspace too.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from likvard.errors import WorkspaceError
from likvard.intake.run import open_desk, read_delivery
from likvard.intake.snapshot import file_bytes
from likvard.language import Language
from likvard.sender_rows import SenderRows
from likvard.validate.results import FAILING_ROWS
from likvard.validate.senders import LETTERS, workbooks
from likvard.workspace import Workspace, write_atomically


def reply(
    workspace: Workspace,
    place: Path,
    source_name: str,
    edition: str,
    folder: Path,
    language: Language,
    key_file: Path | None = None,
) -> tuple[list[Path], list[str]]:
    """The workbooks written in ``folder``, and the files of the inbox that are not those that the snapshot was made of.

    Errors: as for ``take_in``; ``WorkspaceError`` where ``folder`` lies in the workspace; ``StageInputMissingError``.
    """
    if folder.resolve().is_relative_to(workspace.root.resolve()):
        raise WorkspaceError(
            "The answer would lie inside the workspace, where the rows of identified files may not be known.",
            advice="name a folder outside, beside the inbox.",
        )
    rows = pd.read_csv(workspace.made_by("validate", workspace.quality / FAILING_ROWS), dtype={"row": "int64"})
    letters = json.loads(workspace.made_by("validate", workspace.quality / LETTERS).read_text(encoding="utf-8"))
    origins = json.loads((workspace.staged / "deliveries.json").read_text(encoding="utf-8"))["origins"]
    numbers, others = rows_in_inbox(workspace, place, source_name, edition, key_file)
    books = workbooks(rows, letters, SenderRows(origins, numbers), language)
    for name, content in books.items():
        write_atomically(folder / name, content)
    return [folder / name for name in books], others


def rows_in_inbox(
    workspace: Workspace, place: Path, source_name: str, edition: str, key_file: Path | None
) -> tuple[dict[str, npt.NDArray[np.int64]], list[str]]:
    """By file of the snapshot, the rows of the sender's file that its rows are; and the files that gave another snapshot."""
    record = json.loads((workspace.deliveries / edition / "origin.json").read_text(encoding="utf-8"))
    on = date.fromisoformat(record["received_at"])
    desk = open_desk(workspace, place, source_name, edition, on, "", key_file, False)
    outcome = read_delivery(workspace, place, desk)
    numbers, others = {}, []
    for name, taken in outcome.tables.items():
        mapped = desk.source.tables[name]
        snapshot = workspace.deliveries / edition / mapped.file
        # Only what gives the very bytes of the snapshot has its rows.
        if snapshot.is_file() and snapshot.read_bytes() == file_bytes(taken.rows, mapped):
            numbers[f"{edition}/{mapped.file}"] = taken.rows.numbers
        else:
            others.append(mapped.file)
    return numbers, others
