"""The answer to the senders: their own rows, read from the inbox once more, while the workspace never knows them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from inbox import EDITION, PROTECTED, Files, good, take, write

from likvard.errors import WorkspaceError
from likvard.intake.reply import reply
from likvard.language import Language
from likvard.workspace import Workspace, write_atomically

ABOUT_PERSONS = ("elever.csv", "betyg.csv", "franvaro.csv", "slut.csv")
LETTER = {"owner": "office", "sheet": "", "message": "wrong", "advice": "mend"}


def with_title(files: Files) -> Files:
    """The same with a title above the register of areas, which intake leaves out."""
    return {**files, "omraden.csv": b"Register\n\n" + files["omraden.csv"]}


def gate_found(workspace: Workspace, *places: tuple[str, int]) -> None:
    """Nothing; data/quality says that these rows of the snapshot are at fault."""
    rows = "".join(f"{EDITION}/{file},{row},A,a,x\n" for file, row in places)
    write_atomically(workspace.quality / "failing_rows.csv", f"file,row,column,rule,advice\n{rows}".encode())
    write_atomically(workspace.quality / "to_senders.json", json.dumps({"a": LETTER}).encode())
    origin = json.loads((workspace.deliveries / EDITION / "origin.json").read_text(encoding="utf-8"))
    write_atomically(workspace.staged / "deliveries.json", json.dumps({"origins": {EDITION: origin}}).encode())


def told(books: list[Path]) -> dict[tuple[str, int], int | None]:
    """The row of the sender's file by file and row of the snapshot."""
    lines = [
        line
        for book in books
        for line in openpyxl.load_workbook(io.BytesIO(book.read_bytes())).active.iter_rows(2, values_only=True)
    ]
    return {(str(file).split("/")[1], row): theirs for file, _, theirs, row, *_ in lines}


def test_the_answer_has_the_rows_of_the_senders_files(workspace: Workspace, key: Path, tmp_path: Path) -> None:
    place = write(tmp_path / "inbox", with_title(good()))
    assert take(workspace, place, key).changed
    # The protected pupil stands in row 9 of the list of pupils, so from there on the snapshot is one row short.
    before, after = PROTECTED + 1, PROTECTED + 2
    gate_found(workspace, ("elever.csv", before), ("elever.csv", after), ("omraden.csv", 2), ("skolor.csv", 2))
    books, others = reply(workspace, place, "provkommun", EDITION, tmp_path / "answer", Language("en"), key)
    assert told(books) == {
        ("elever.csv", before): before,
        ("elever.csv", after): after + 1,
        ("omraden.csv", 2): 4,
        ("skolor.csv", 2): 2,
    }
    assert others == []


def test_the_workspace_knows_the_rows_of_no_file_about_persons(workspace: Workspace, key: Path, tmp_path: Path) -> None:
    take(workspace, write(tmp_path / "inbox", with_title(good())), key)
    record = json.loads((workspace.deliveries / EDITION / "origin.json").read_text(encoding="utf-8"))["files"]
    assert record["omraden.csv"]["sender_rows"] == [[4, 2]]
    assert record["personal.xlsx"]["sender_rows"] == [[2, 2]]
    assert [file for file in ABOUT_PERSONS if "sender_rows" in record[file]] == []


def test_another_file_than_the_one_taken_in_tells_no_rows(workspace: Workspace, key: Path, tmp_path: Path) -> None:
    take(workspace, write(tmp_path / "inbox", good()), key)
    gate_found(workspace, ("elever.csv", 12), ("franvaro.csv", 12))
    changed = good()["elever.csv"].replace(b";S;", b";U;", 1)
    place = write(tmp_path / "other", {**good(), "elever.csv": changed})
    books, others = reply(workspace, place, "provkommun", EDITION, tmp_path / "answer", Language("en"), key)
    assert others == ["elever.csv"]
    assert told(books)["elever.csv", 12] is None
    assert told(books)["franvaro.csv", 12] == 13  # the protected pupil's row is above


def test_the_answer_is_not_written_into_the_workspace(workspace: Workspace, key: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError):
        reply(workspace, tmp_path, "provkommun", EDITION, workspace.root / "answer", Language("en"), key)
