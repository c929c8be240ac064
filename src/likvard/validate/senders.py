"""One workbook per sender that has rows at fault, ready to mail back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from likvard.contracts import Source, Table
from likvard.language import Language
from likvard.sender_rows import SenderRows
from likvard.validate.findings import Check
from likvard.workbook import Cell, workbook_bytes
from likvard.workspace import write_atomically

MOST_ROWS_IN_A_WORKBOOK = 100_000
LETTERS = "to_senders.json"


def letters_of(checks: Sequence[Check], tables: Mapping[str, Table], source: Source) -> dict[str, dict[str, str]]:
    """By check that failed: the sender, the sheet that the rows stand in, and in the sender's words what is wrong and to do."""
    return {
        check.check: {
            "owner": tables[check.table].owner,
            "sheet": source.every_table[check.table].sheet or "",
            "message": check.message,
            "advice": check.advice,
        }
        for check in checks
        if check.result != "passed"
    }


def write_letters(letters: Mapping[str, Mapping[str, str]], folder: Path) -> None:
    """``to_senders.json``: what the workbooks say, so that they can be written anew with the rows of the senders' files."""
    write_atomically(folder / LETTERS, json.dumps(letters, indent=1, ensure_ascii=False).encode() + b"\n")


def workbooks(
    rows: pd.DataFrame, letters: Mapping[str, Mapping[str, str]], places: SenderRows, language: Language
) -> dict[str, bytes]:
    """The workbooks by file name: file, sheet, row, column, what is wrong and what to do. Texts stay texts: nothing is a formula.

    ``rows`` are those of ``failing_rows.csv``. Where the row of the sender's own file is not known its cell is empty, and
    the row of our copy beside it has to do.
    """
    say = language.text
    header: list[Cell] = [
        say("File"),
        say("Sheet"),
        say("Row in your file"),
        say("Row in our copy"),
        say("Column"),
        say("What is wrong"),
        say("What to do"),
    ]
    owners = rows["rule"].map({check: letter["owner"] for check, letter in letters.items()})
    books = {}
    for owner, theirs in rows.groupby(owners, sort=True):
        lines: list[list[Cell]] = []
        found: Any
        for found in theirs.head(MOST_ROWS_IN_A_WORKBOOK).itertuples(index=False):
            letter = letters[found.rule]
            file, row = str(found.file), int(found.row)
            line: list[Cell] = [file, letter["sheet"], places.row(file, row), row, str(found.column)]
            lines.append([*line, letter["message"], letter["advice"]])
        books[f"to {owner}.xlsx"] = workbook_bytes(say("Rows"), [header, *lines])
    return books
