from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from likvard.errors import ArchiveRefusedError, CodesError, ColumnsError, ContractError, FileUnreadableError
from likvard.fetch.delivery import csv_bytes
from likvard.fetch.spreadsheet import SheetMapping, read_mapping, read_spreadsheet

MAPPING = SheetMapping.model_validate(
    {
        "source": "housing_company",
        "table": "area_housing",
        "missing": ["", ".."],
        "columns": {
            "area_id": {"header": "Områdeskod", "digits": 4},
            "overcrowded_share": {"header": "Trångbodda, %", "type": "number"},
            "moves_count": {"header": "Flyttar", "type": "integer"},
        },
    }
)
HEADING = ["Områdeskod", "Område", "Trångbodda, %", "Flyttar"]


def workbook(rows: list[list[Any]], title: str = "Blad1", others: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for other in others:
        book.create_sheet(other)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_with_a_title_row_and_a_csv_file_give_the_same_delivery(now: datetime) -> None:
    xlsx = workbook([["Kvartal 3"], [], HEADING, ["0101", "Norr", 12.5, 1234], [], ["0202", "Syd", "..", None]])
    csv = "Områdeskod;Område;Trångbodda, %;Flyttar\r\n0101;Norr;12,5;1 234\r\n0202;Syd;..;\r\n".encode("cp1252")
    from_csv = read_spreadsheet("h.csv", csv, MAPPING.model_copy(update={"encoding": "cp1252"}), now)
    from_xlsx = read_spreadsheet("h.xlsx", xlsx, MAPPING, now)
    expected = b"area_id,overcrowded_share,moves_count\n0101,12.5,1234\n0202,,\n"
    assert csv_bytes(from_csv.tables["area_housing"]) == expected
    assert csv_bytes(from_xlsx.tables["area_housing"]) == expected
    assert from_xlsx.origin["columns_left_out"] == ["Område"]
    assert from_xlsx.origin["header_row"] == 3


def test_a_code_that_lost_its_zero_in_excel_is_refused_and_not_mended(now: datetime) -> None:
    with pytest.raises(CodesError, match=r"line 2: not a code of 4 digits.*leading zero is lost"):
        read_spreadsheet("h.xlsx", workbook([HEADING, [101, "Norr", 1, 1]]), MAPPING, now)


def test_a_code_without_a_length_that_excel_keeps_as_a_number_is_text_and_counted(now: datetime) -> None:
    mapping = SheetMapping.model_validate({"source": "s", "table": "t", "columns": {"code": {"header": "Kod"}}})
    fetched = read_spreadsheet("h.xlsx", workbook([["Kod"], [48000763], ["00123"]]), mapping, now)
    assert fetched.tables["t"]["code"].tolist() == ["48000763", "00123"]
    assert fetched.origin["numbers_kept_as_text"] == {"code": 1}


def test_dates_are_iso_dates(now: datetime) -> None:
    mapping = SheetMapping.model_validate(
        {"source": "s", "table": "t", "columns": {"day": {"header": "Dag", "type": "date"}}}
    )
    fetched = read_spreadsheet("h.xlsx", workbook([["Dag"], [date(2026, 9, 30)], ["2026-10-01"]]), mapping, now)
    assert fetched.tables["t"]["day"].tolist() == ["2026-09-30", "2026-10-01"]


def test_a_renamed_heading_is_named_with_the_line_of_the_mapping(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "housing.yaml"
    path.write_text(
        "source: h\ntable: t\ncolumns:\n  area_id: {header: Områdeskod}\n  moves:\n    header: Flyttar\n",
        encoding="utf-8",
    )
    with pytest.raises(
        ColumnsError, match=r"'Flyttar' is not known – did you mean 'Flyttat'\? \(housing.yaml, line 6\)"
    ):
        read_spreadsheet("h.csv", "Områdeskod;Flyttat\n0101;1\n".encode(), read_mapping(path), now)


def test_a_heading_below_more_than_ten_title_rows_is_not_looked_for(now: datetime) -> None:
    ten = workbook([["Titel"]] * 10 + [HEADING, ["0101", "Norr", 1, 1]])
    assert len(read_spreadsheet("h.xlsx", ten, MAPPING, now).tables["area_housing"]) == 1
    eleven = workbook([["Titel"]] * 11 + [HEADING, ["0101", "Norr", 1, 1]])
    with pytest.raises(ColumnsError, match="none of the first 11 rows"):
        read_spreadsheet("h.xlsx", eleven, MAPPING, now)


def test_a_cell_of_the_wrong_form_is_named_by_line_and_never_repeated(now: datetime) -> None:
    with pytest.raises(CodesError) as told:
        read_spreadsheet("h.xlsx", workbook([HEADING, ["0101", "Norr", "Anna Andersson", 1.5]]), MAPPING, now)
    assert "'Trångbodda, %', line 2" in str(told.value)
    assert "'Flyttar', line 2" in str(told.value)
    assert "Anna" not in str(told.value)


def test_footnotes_below_a_blank_row_end_the_table_where_the_mapping_says_so(now: datetime) -> None:
    content = workbook([HEADING, ["0101", "Norr", 1, 1], [], ["Källa: bolaget"]])
    mapping = MAPPING.model_copy(update={"ends_at_blank_row": True})
    assert len(read_spreadsheet("h.xlsx", content, mapping, now).tables["area_housing"]) == 1


def test_the_sheet_must_be_named_where_there_are_several(now: datetime) -> None:
    content = workbook([HEADING, ["0101", "Norr", 1, 1]], others=("Blad2",))
    with pytest.raises(FileUnreadableError, match="does not say which"):
        read_spreadsheet("h.xlsx", content, MAPPING, now)
    assert read_spreadsheet("h.xlsx", content, MAPPING.model_copy(update={"sheet": "Blad1"}), now)
    with pytest.raises(FileUnreadableError, match="no sheet 'Blad9'"):
        read_spreadsheet("h.xlsx", content, MAPPING.model_copy(update={"sheet": "Blad9"}), now)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", FileUnreadableError),
        (b"PK\x03\x04 cut short", ArchiveRefusedError),
        (b"a\x00b", FileUnreadableError),
        ("Områdeskod;å".encode("cp1252"), FileUnreadableError),
        (b'Omr;"unclosed', FileUnreadableError),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(content: bytes, kind: type[Exception], now: datetime) -> None:
    with pytest.raises(kind):
        read_spreadsheet("h.csv", content, MAPPING, now)


def test_a_zip_archive_that_is_no_workbook_is_refused(now: datetime) -> None:
    from test_fetch_archive import packed

    with pytest.raises(FileUnreadableError, match="not an Excel workbook"):
        read_spreadsheet("h.xlsx", packed({"a.txt": b"x"}), MAPPING, now)


def test_an_unknown_key_of_the_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("source: h\ntable: t\ncolumns: {}\nshet: Blad1\n", encoding="utf-8")
    with pytest.raises(ContractError, match="shet"):
        read_mapping(path)
