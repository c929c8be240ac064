"""The workbooks for the senders tell the rows of the senders' own files, where anybody may know them."""

from __future__ import annotations

import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from staged_tables import clean_tables, workspace_with

from likvard.errors import QualityGateClosedError
from likvard.language import Language
from likvard.sender_rows import SenderRows, numbers_of, runs_of
from likvard.validate import run
from likvard.validate.senders import workbooks
from likvard.workspace import write_atomically


@pytest.mark.parametrize(
    ("numbers", "runs"),
    [([], []), ([2], [[2, 1]]), ([2, 3, 4], [[2, 3]]), ([5, 6, 9, 8], [[5, 2], [9, 1], [8, 1]]), ([1], [[1, 1]])],
)
def test_rows_are_told_as_runs_and_read_back(numbers: list[int], runs: list[list[int]]) -> None:
    assert runs_of(np.asarray(numbers, dtype=np.int64)) == runs
    assert numbers_of(runs).tolist() == numbers


ORIGINS = {
    "2026Q1": {"files": {"omraden.csv": {"rows": 3, "sender_rows": [[4, 2], [9, 1]]}, "elever.csv": {"rows": 3}}},
    "2026Q2": {"title": "Put there by hand"},
    "2026Q3": {"title": "Fetched", "files": [{"sha256": "0"}]},
}


@pytest.mark.parametrize(
    ("file", "row", "told"),
    [
        ("2026Q1/omraden.csv", 2, 4),
        ("2026Q1/omraden.csv", 4, 9),
        ("2026Q1/omraden.csv", 5, None),
        ("2026Q1/elever.csv", 2, None),  # about persons: the record does not say
        ("2026Q2/omraden.csv", 2, 2),  # came by no intake: it is the sender's own file
    ],
)
def test_a_row_of_a_snapshot_is_told_as_the_senders_own_where_it_is_known(
    file: str, row: int, told: int | None
) -> None:
    assert SenderRows(ORIGINS).row(file, row) == told


def test_the_rows_that_the_inbox_tells_come_first() -> None:
    assert SenderRows(ORIGINS, {"2026Q1/elever.csv": np.asarray([3, 7, 8])}).row("2026Q1/elever.csv", 3) == 7


def book(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def test_a_workbook_has_one_line_for_each_fault_in_the_language_of_the_sender() -> None:
    rows = pd.DataFrame([("2026Q1/omraden.csv", 4, "Område", "a")], columns=["file", "row", "column", "rule"])
    letters = {"a": {"owner": "office", "sheet": "Blad1", "message": "fel", "advice": "rätta"}}
    assert book(workbooks(rows, letters, SenderRows(ORIGINS), Language("sv"))["to office.xlsx"]) == [
        ("Fil", "Blad", "Rad i er fil", "Rad i vår kopia", "Kolumn", "Vad som är fel", "Att göra"),
        ("2026Q1/omraden.csv", "Blad1", 9, 4, "Område", "fel", "rätta"),
    ]


def test_the_gate_writes_the_row_of_the_sender(tmp_path) -> None:
    tables = clean_tables()
    tables["schools"].loc[("1988-89", 3), "school_name"] = None
    workspace, params = workspace_with(tables, tmp_path)
    origin = {"files": {"schools.csv": {"sender_rows": [[5, 1], [12, 1]]}}}
    write_atomically(workspace.staged / "deliveries.json", json.dumps({"origins": {"1988-89": origin}}).encode())
    with pytest.raises(QualityGateClosedError):
        run(workspace, params)
    (line,) = book((workspace.quality / "to school administration.xlsx").read_bytes())[1:]
    assert line[:5] == ("1988-89/schools.csv", "", 12, 3, "name")
    assert line[5].startswith("1 row has no 'school_name'")
