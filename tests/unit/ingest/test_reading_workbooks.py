"""Workbooks as they come: a title above the header, numbers and texts mixed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest

from likvard.contracts import SourceField, SourceTable
from likvard.ingest.workbook import SheetUnreadableError, read_sheet

HEADER = ["Kod", "Antal", "Andel"]


def workbook(rows: Sequence[Sequence[object]], *more_sheets: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Blad1"
    for row in rows:
        book.active.append(list(row))
    for name in more_sheets:
        book.create_sheet(name)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def mapped(sheet: str | None = None, decimal: str = ".") -> SourceTable:
    fields = {name: SourceField(column=name) for name in HEADER}
    return SourceTable.model_validate({"file": "a.xlsx", "sheet": sheet, "decimal": decimal, "fields": fields})


def test_the_header_is_found_below_a_title() -> None:
    rows = read_sheet(workbook([["Personal 2024"], [], HEADER, ["0010", 3, 0.5], [], ["0011", 4.0, None]]), mapped())
    assert rows.to_dict("list") == {
        "Kod": ["0010", "0011"],
        "Antal": ["3", "4"],
        "Andel": ["0.5", ""],
        "source_row": [4, 6],
    }


def test_the_header_may_stand_in_row_ten_but_not_below() -> None:
    assert read_sheet(workbook([["Titel"]] * 9 + [HEADER, ["1", 2, 3]]), mapped())["source_row"].tolist() == [11]
    with pytest.raises(SheetUnreadableError, match="none of the first 10 rows"):
        read_sheet(workbook([["Titel"]] * 10 + [HEADER, ["1", 2, 3]]), mapped())


def test_a_header_that_is_almost_right_is_not_taken() -> None:
    with pytest.raises(SheetUnreadableError, match="'Andel', 'Antal', 'Kod'"):
        read_sheet(workbook([["kod", "Antal", "Andel"], ["1", 2, 3]]), mapped())


def test_an_extra_column_is_read_so_that_it_can_be_left_out_and_reported() -> None:
    assert "Anmärkning" in read_sheet(workbook([[*HEADER, "Anmärkning"], ["1", 2, 3, "x"]]), mapped()).columns


def test_numbers_and_dates_become_the_texts_that_a_sender_would_write() -> None:
    rows = read_sheet(workbook([HEADER, [date(2025, 1, 31), 12345678, 2.25]]), mapped(decimal=","))
    assert rows.iloc[0, :3].tolist() == ["2025-01-31", "12345678", "2,25"]


def test_one_of_several_sheets_must_be_named() -> None:
    content = workbook([HEADER, ["1", 2, 3]], "Blad2")
    with pytest.raises(SheetUnreadableError, match="there are 2 sheets"):
        read_sheet(content, mapped())
    assert len(read_sheet(content, mapped(sheet="Blad1"))) == 1
    with pytest.raises(SheetUnreadableError, match="there is no sheet 'Personal'"):
        read_sheet(content, mapped(sheet="Personal"))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([HEADER], "has a header but no rows"),
        ([[*HEADER, "Kod"], ["1", 2, 3, "1"]], "the header names 'Kod' twice"),
        ([HEADER, ["1", 2, 3, "utanför"]], "cells outside the columns of the header, the first is row 2"),
    ],
)
def test_a_sheet_that_could_be_misread_is_refused(rows: Sequence[Sequence[object]], why: str) -> None:
    with pytest.raises(SheetUnreadableError, match=why):
        read_sheet(workbook(rows), mapped())


def test_a_file_that_is_no_workbook_is_refused() -> None:
    with pytest.raises(SheetUnreadableError, match="not an Excel workbook"):
        read_sheet(b"Kod;Antal\r\n1;2\r\n", mapped())
