"""The 90 kinds of malformed deliveries: each is the good delivery with one fault, in a folder that is named for the fault.

``PYTHONPATH=tests python tests/unit/intake/bad_deliveries.py FOLDER`` writes them all out as files, to look at or to try by hand.
"""

# ruff: noqa: E501 – one fault, one line: the list reads as a table

from __future__ import annotations

import gzip
import io
import os
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inbox import EARLIER, Files, csv, good, number, staff_rows, write

from likvard.workbook import workbook_bytes

Change = Callable[[Files], None]


@dataclass(frozen=True)
class Bad:
    """One kind of fault. ``ruling``: R refuse, Q quarantine, F fix and record, W warn, S stop for a waiver, A accept.

    ``codes`` are the findings in ``file``; where ``place`` is given, it makes the delivery in a folder instead of ``change``.
    """

    row: int
    name: str
    ruling: str
    file: str
    codes: tuple[str, ...]
    change: Change = lambda files: None
    place: Callable[[Path], Path] | None = None
    column: str = ""
    lines: tuple[int, ...] = ()
    count: int = 40

    def delivery(self, folder: Path) -> Path:
        """The folder or the file with the fault."""
        target = folder / f"{self.row:02d}_{self.name}"
        if self.place is not None:
            target.mkdir(parents=True)
            return self.place(target)
        files = good(count=self.count)
        self.change(files)
        return write(target, files)


PUPILS, GRADES, ABSENCE, SCHOOLS, AREAS = "elever.csv", "betyg.csv", "franvaro.csv", "skolor.csv", "omraden.csv"
MEETINGS, LEAVING, STAFF = "moten.csv", "slut.csv", "personal.xlsx"


def text(file: str, old: str, new: str, times: int = -1) -> Change:
    """One text for another in a file, which must be there."""

    def change(files: Files) -> None:
        content = files[file].decode()
        assert old in content, (file, old)
        files[file] = content.replace(old, new, times).encode()

    return change


def cell(file: str, line: int, column: str, value: str) -> Change:
    """Another value in one cell; the header is line 1."""
    return cells(file, column, lambda place, old: value if place == line else old)


def cells(file: str, column: str, value: Callable[[int, str], str]) -> Change:
    """Other values in a whole column, by line and what stands there."""

    def change(files: Files) -> None:
        lines = [row.split(";") for row in files[file].decode().splitlines()]
        place = lines[0].index(column)
        for at, row in enumerate(lines[1:], 2):
            row[place] = value(at, row[place])
        files[file] = ("\n".join(map(";".join, lines)) + "\n").encode()

    return change


def extra(file: str, column: str, value: Callable[[int], str]) -> Change:
    """One more column."""

    def change(files: Files) -> None:
        lines = files[file].decode().splitlines()
        files[file] = csv(f"{lines[0]};{column}", [f"{row};{value(at)}" for at, row in enumerate(lines[1:], 2)])

    return change


def lines_of(file: str, value: Callable[[list[str]], list[str]]) -> Change:
    def change(files: Files) -> None:
        files[file] = ("\n".join(value(files[file].decode().splitlines())) + "\n").encode()

    return change


def content(file: str, value: Callable[[bytes], bytes]) -> Change:
    def change(files: Files) -> None:
        files[file] = value(files[file])

    return change


def encoded(file: str, encoding: str) -> Change:
    return content(file, lambda old: old.decode().encode(encoding))


def book(**parts: str) -> Change:
    """The workbook with other or more parts; ``sheet`` and ``workbook`` are put before the end of theirs."""

    def change(files: Files) -> None:
        packed = {}
        with zipfile.ZipFile(io.BytesIO(files[STAFF])) as archive:
            packed = {name: archive.read(name).decode() for name in archive.namelist()}
        for name, more in parts.items():
            if name == "sheet":
                packed["xl/worksheets/sheet1.xml"] = packed["xl/worksheets/sheet1.xml"].replace(
                    "</worksheet>", f"{more}</worksheet>"
                )
            elif name == "row":
                packed["xl/worksheets/sheet1.xml"] = packed["xl/worksheets/sheet1.xml"].replace(
                    '<row r="3"', f'<row {more} r="3"'
                )
            elif name == "entity":
                packed["xl/worksheets/sheet1.xml"] = packed["xl/worksheets/sheet1.xml"].replace(
                    "<worksheet", f"{more}<worksheet", 1
                )
            elif name == "workbook":
                packed["xl/workbook.xml"] = packed["xl/workbook.xml"].replace("</sheets>", f"{more}</sheets>")
            else:
                packed[name.replace("__", "/")] = more
        files[STAFF] = zipped(packed)

    return change


def zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def two_sheets() -> bytes:
    import openpyxl

    workbook = openpyxl.Workbook()
    workbook.active.append(["Läs mig"])
    sheet = workbook.create_sheet("Data")
    for row in staff_rows():
        sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def sheet_of(rows: list[list[str | int | float | None]]) -> Change:
    return content(STAFF, lambda _: workbook_bytes("Blad1", rows))


def archive_with(name: str, data: bytes) -> Callable[[Path], Path]:
    def place(folder: Path) -> Path:
        path = folder / "leverans.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, old in good().items():
                archive.writestr(file, old)
            archive.writestr(name, data)
        return path

    return place


def linked(folder: Path) -> Path:
    write(folder, good())
    (folder / PUPILS).rename(folder.parent / "elsewhere.csv")
    (folder / PUPILS).symlink_to(folder.parent / "elsewhere.csv")
    return folder


def piped(folder: Path) -> Path:
    write(folder, good())
    (folder / PUPILS).unlink()
    os.mkfifo(folder / PUPILS)
    return folder


def term_of(files: Files) -> None:
    files[PUPILS] = files[PUPILS].replace(b";VT2026;", b";HT2024;")


def total(label: str, at: int) -> Change:
    return lines_of(ABSENCE, lambda rows: [*rows[:at], f"{label};;;200000;190000;7000;900", *rows[at:]])


def mixed(rows: list[str]) -> list[str]:
    return [*rows[:5], rows[5].replace(";", ",", 2), *rows[6:]]


R, Q, F, W, S, A = "RQFWSA"
NBSP, ZWSP, RLO = "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}"
LONG_AGO = number(3, 1986)

BAD = [
    Bad(1, "empty_file", R, PUPILS, ("empty",), content(PUPILS, lambda _: b"")),
    Bad(2, "header_only", R, PUPILS, ("no_rows",), lines_of(PUPILS, lambda rows: rows[:1])),
    Bad(3, "utf8_with_mark", F, PUPILS, ("byte_order_mark",), content(PUPILS, lambda old: b"\xef\xbb\xbf" + old)),
    Bad(4, "cp1252", F, SCHOOLS, ("other_encoding",), encoded(SCHOOLS, "cp1252")),
    Bad(4, "cp850", R, SCHOOLS, ("encoding",), encoded(SCHOOLS, "cp850")),
    Bad(5, "mac_roman", R, SCHOOLS, ("encoding",), encoded(SCHOOLS, "mac_roman")),
    Bad(6, "utf16_with_mark", F, PUPILS, ("other_encoding",), encoded(PUPILS, "utf-16")),
    Bad(6, "utf16_be_with_mark", F, PUPILS, ("other_encoding",),
        content(PUPILS, lambda old: b"\xfe\xff" + old.decode().encode("utf-16-be"))),
    Bad(6, "utf16_without_mark", R, PUPILS, ("utf16_without_mark",), encoded(PUPILS, "utf-16-le")),
    Bad(7, "mojibake", R, SCHOOLS, ("mojibake",),
        content(SCHOOLS, lambda old: old.replace("Åsens".encode(), "Åsens".encode().decode("cp1252").encode())), lines=(2,)),
    Bad(8, "decomposed_letters", F, SCHOOLS, ("decomposed",),
        text(SCHOOLS, "Åsens", unicodedata.normalize("NFD", "Åsens")), column="Skolenhet", lines=(2,)),
    Bad(9, "nul", R, PUPILS, ("not_text",), text(PUPILS, ";K;", ";K\0;", 1)),
    Bad(9, "control_character", R, PUPILS, ("not_text",), text(PUPILS, ";K;", ";K\x07;", 1)),
    Bad(10, "bidi_in_id", R, SCHOOLS, ("invisible_in_id",), text(SCHOOLS, "00100001", "001" + RLO + "00001", 1)),
    Bad(10, "zero_width_in_name", F, SCHOOLS, ("invisible",), text(SCHOOLS, "Åsens", "Ås" + ZWSP + "ens"), column="Skolenhet"),
    Bad(10, "zero_width_in_number", R, PUPILS, ("invisible_in_id",), text(PUPILS, number(3), number(3) + ZWSP)),
    Bad(11, "no_break_space_in_number", F, ABSENCE, ("spaces_in_number",),
        cells(ABSENCE, "Erbjuden tid", lambda _, old: old[0] + NBSP + old[1:]), column="Erbjuden tid"),
    Bad(12, "full_width_digits_in_number", F, ABSENCE, ("wide_digits",), cell(ABSENCE, 4, "Giltig frånvaro", "２０"), lines=(4,)),
    Bad(12, "full_width_digits_in_id", R, PUPILS, ("wide_in_id",), cell(PUPILS, 4, "Skolenhetskod", "００100001")),
    Bad(13, "comma_for_semicolon", F, GRADES, ("delimiter",), text(GRADES, ";", ",")),
    Bad(14, "tab", F, GRADES, ("delimiter",), text(GRADES, ";", "\t")),
    Bad(14, "pipe", F, GRADES, ("delimiter",), text(GRADES, ";", "|")),
    Bad(15, "mixed_delimiters", Q, GRADES, ("mixed_delimiters",), lines_of(GRADES, mixed), lines=(6,)),
    Bad(16, "extra_field", R, GRADES, ("extra_field",), cell(GRADES, 4, "Betyg", "A;B"), lines=(4,)),
    Bad(17, "extra_field_everywhere", R, GRADES, ("extra_field",), cells(GRADES, "Betyg", lambda _, old: f"{old};")),
    Bad(18, "short_row", R, GRADES, ("short_row",), lines_of(GRADES, lambda rows: [*rows[:4], rows[4][:30], *rows[5:]]), lines=(5,)),
    Bad(18, "cut_off", R, GRADES, ("short_row", "no_last_line_end"), content(GRADES, lambda old: old[:-12])),
    Bad(19, "unescaped_quote", R, SCHOOLS, ("quote",), cell(SCHOOLS, 3, "Skolenhet", 'Söder"skolan'), lines=(3,)),
    Bad(19, "open_quote", R, SCHOOLS, ("quote",), cell(SCHOOLS, 3, "Skolenhet", '"Söderskolan')),
    Bad(19, "two_open_quotes", R, SCHOOLS, ("rows_swallowed",),
        lines_of(SCHOOLS, lambda rows: [rows[0], rows[1].replace("Åsens", '"Åsens'), rows[2].replace("Söderskolan", 'Söderskolan"'), rows[3]])),
    Bad(20, "line_break_in_name", W, SCHOOLS, ("line_break",), cell(SCHOOLS, 3, "Skolenhet", '"Söder\nskolan"'), lines=(3,)),
    Bad(20, "line_break_in_id", R, PUPILS, ("line_break_in_id",), cell(PUPILS, 3, "Klass", '"00100002\n-8A"')),
    Bad(21, "carriage_returns", F, PUPILS, ("line_ends",), content(PUPILS, lambda old: old.replace(b"\n", b"\r"))),
    Bad(21, "mixed_line_ends", F, PUPILS, ("line_ends",), content(PUPILS, lambda old: old.replace(b"\n", b"\r\n", 3))),
    Bad(22, "gzip", R, PUPILS, ("other_kind",), content(PUPILS, gzip.compress)),
    Bad(22, "workbook_named_csv", R, PUPILS, ("other_kind",), content(PUPILS, lambda _: workbook_bytes("Blad1", staff_rows()))),
    Bad(22, "pdf", R, PUPILS, ("other_kind",), content(PUPILS, lambda _: b"%PDF-1.7\n")),
    Bad(22, "html", R, PUPILS, ("other_kind",), content(PUPILS, lambda _: b"<!DOCTYPE html><table><tr><td>1</table>")),
    Bad(23, "zip_bomb", R, "leverans.zip", ("archive",), place=archive_with("fler.csv", b"0" * 20_000_000)),
    Bad(23, "workbook_bomb", R, STAFF, ("archive",), book(**{"xl__more.xml": " " * 20_000_000})),
    Bad(24, "zip_slip", R, "leverans.zip", ("archive",), place=archive_with("../ut.csv", b"1")),
    Bad(24, "zip_absolute", R, "leverans.zip", ("archive",), place=archive_with("/ut.csv", b"1")),
    Bad(25, "macros", R, STAFF, ("macros",), book(**{"xl__vbaProject.bin": "x"})),
    Bad(25, "external_links", R, STAFF, ("external_links",), book(**{"xl__externalLinks__externalLink1.xml": "<x/>"})),
    Bad(25, "encrypted", R, STAFF, ("encrypted",), content(STAFF, lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)),
    Bad(26, "entity_bomb", R, STAFF, ("entities",),
        book(entity='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>')),
    Bad(27, "several_sheets", R, STAFF, ("several_sheets",), content(STAFF, lambda _: two_sheets())),
    Bad(28, "hidden_sheet", R, STAFF, ("hidden",), book(workbook='<sheet name="B" sheetId="2" state="hidden" r:id="rId1"/>')),
    Bad(28, "hidden_row", R, STAFF, ("hidden",), book(row='hidden="1"')),
    Bad(28, "hidden_column", R, STAFF, ("hidden",), book(sheet='<cols><col min="2" max="2" hidden="1"/></cols>')),
    Bad(28, "filter", W, STAFF, ("filter",), book(sheet='<autoFilter ref="A1:G3"/>')),
    Bad(29, "merged_header", R, STAFF, ("two_row_header",), book(sheet='<mergeCells><mergeCell ref="C1:D1"/></mergeCells>')),
    Bad(29, "two_row_header", R, GRADES, ("two_row_header",),
        lines_of(GRADES, lambda rows: ["Personnummer;Termin;Skolenhetskod;;;", ";;;Ämne;Betygstyp;Betyg", *rows[1:]])),
    Bad(30, "title_rows", F, GRADES, ("title_rows",), lines_of(GRADES, lambda rows: ["Betyg VT2026", "Utdrag ur registret", *rows])),
    Bad(30, "title_rows_in_workbook", F, STAFF, ("title_rows",), sheet_of([["Personal"], [], *staff_rows()])),
    Bad(31, "total_at_the_end", R, ABSENCE, ("total_row",), total("Totalt", 41), lines=(42,)),
    Bad(31, "sum_at_the_end", R, STAFF, ("total_row",), sheet_of([*staff_rows(), ["Summa", None, 26, 22.5, 18.0, 2.5, 2.0]])),
    Bad(32, "subtotal_inside", R, ABSENCE, ("total_row",), total("Delsumma Åsens skola", 20), lines=(21,)),
    Bad(33, "blank_rows", F, GRADES, ("blank_rows",), lines_of(GRADES, lambda rows: [*rows[:5], "", ";;;;;", *rows[5:]]), lines=(6, 7)),
    Bad(34, "header_twice", R, GRADES, ("header_twice",), lines_of(GRADES, lambda rows: [*rows, *rows]), lines=(122,)),
    Bad(35, "column_twice", R, GRADES, ("column_twice",), text(GRADES, "Betygstyp", "Betyg", 1)),
    Bad(35, "column_twice_in_all", R, GRADES, ("column_twice",), extra(GRADES, "Betyg", lambda _: "A"), column="Betyg"),
    Bad(36, "renamed_header", R, GRADES, ("column_missing",), text(GRADES, "Ämne", "Ämneskod", 1), column="Ämne"),
    Bad(36, "padded_header", R, GRADES, ("column_missing",), text(GRADES, "Ämne", " Ämne", 1), column="Ämne"),
    Bad(36, "header_by_alias", F, PUPILS, ("alias",), text(PUPILS, "Skolenhetskod", "Skolkod", 1), column="Skolenhetskod"),
    Bad(37, "column_missing", R, GRADES, ("column_missing",), lines_of(GRADES, lambda rows: [row.rsplit(";", 1)[0] for row in rows])),
    Bad(38, "unknown_column", W, PUPILS, ("column_dropped",), extra(PUPILS, "Skåpnummer", str), column="Skåpnummer"),
    Bad(38, "identity_column", R, PUPILS, ("identity_column",), extra(PUPILS, "Förnamn", lambda at: "Anna"), column="Förnamn"),
    Bad(38, "identity_in_a_harmless_column", R, PUPILS, ("identity_column",),
        extra(PUPILS, "Övrigt", lambda at: "Anna Andersson" if at == 9 else "")),
    Bad(39, "columns_swapped", R, GRADES, ("column_domain",),
        lines_of(GRADES, lambda rows: [rows[0].replace("Ämne;Betygstyp;Betyg", "Betyg;Betygstyp;Ämne"), *rows[1:]])),
    Bad(40, "order_changed", A, GRADES, (),
        lines_of(GRADES, lambda rows: [";".join([*row.split(";")[1:], row.split(";")[0]]) for row in rows])),
    Bad(41, "decimal_point_for_comma", F, LEAVING, ("decimal_sign",), cells(LEAVING, "Meritvärde", lambda _, old: old.replace(",", "."))),
    Bad(42, "decimal_signs_mixed", R, LEAVING, ("decimal_mixed",), cell(LEAVING, 4, "Meritvärde", "215.5"), column="Meritvärde"),
    Bad(43, "thousands_by_space", F, ABSENCE, ("spaces_in_number",), cells(ABSENCE, "Erbjuden tid", lambda _, old: f"{old[0]} {old[1:]}")),
    Bad(43, "thousands_by_point", R, ABSENCE, ("thousands_ambiguous",), cells(ABSENCE, "Erbjuden tid", lambda _, old: f"{old[0]}.{old[1:]}")),
    Bad(44, "percent_signs_mixed", R, LEAVING, ("mixed_units",), cell(LEAVING, 3, "Närvaro", "87 %"), column="Närvaro"),
    Bad(44, "shares_and_percent_mixed", R, LEAVING, ("mixed_units",), cell(LEAVING, 3, "Närvaro", "87"), column="Närvaro"),
    Bad(45, "agreed_marks", W, LEAVING, ("mark",), cell(LEAVING, 3, "Meritvärde", ".."), column="Meritvärde", lines=(3,)),
    Bad(45, "marks_not_agreed", R, LEAVING, ("mark_not_agreed",), cell(LEAVING, 3, "Meritvärde", "~100"), column="Meritvärde"),
    Bad(45, "star_not_agreed", R, LEAVING, ("mark_not_agreed",), cell(LEAVING, 3, "Meritvärde", "*"), column="Meritvärde"),
    Bad(46, "words_for_missing_as_text", A, LEAVING, (),
        cells(LEAVING, "Ord", lambda at, _: ("NA", "None", "null", "TRUE", "nan")[at % 5])),
    Bad(47, "empty_missing_and_zero", W, LEAVING, ("mark",),
        cells(LEAVING, "Meritvärde", lambda at, old: {3: "", 4: "..", 5: "81"}.get(at, old))),
    Bad(48, "lost_zero_in_municipality", R, LEAVING, ("lost_zero",), cells(LEAVING, "Kommun", lambda _, old: old.lstrip("0"))),
    Bad(48, "lost_zero_in_one_school", R, GRADES, ("lost_zero",), cell(GRADES, 3, "Skolenhetskod", "100001"), lines=(3,)),
    Bad(49, "shortened_school_code", R, GRADES, ("scientific",), cell(GRADES, 3, "Skolenhetskod", "1,00E+05"), lines=(3,)),
    Bad(50, "unknown_school", Q, GRADES, ("unknown_unit",), cell(GRADES, 3, "Skolenhetskod", "00999999"), lines=(3,)),
    Bad(50, "unknown_schools", R, GRADES, ("unknown_unit", "too_many_rows_left_out"),
        cells(GRADES, "Skolenhetskod", lambda at, old: "00999999" if at < 8 else old)),
    Bad(51, "closed_school", W, GRADES, ("closed_school",), cell(GRADES, 5, "Skolenhetskod", "00100003"), lines=(5,)),
    Bad(52, "school_with_two_codes", R, SCHOOLS, ("school_twice",),
        lines_of(SCHOOLS, lambda rows: [*rows, rows[2].replace("00100002", "00100009", 1)])),
    Bad(53, "date_as_day_number", R, MEETINGS, ("date_serial",), cell(MEETINGS, 3, "Datum", "45818"), lines=(3,)),
    Bad(54, "class_turned_into_date", R, PUPILS, ("date_from_text",), cell(PUPILS, 3, "Klass", "04-mar"), lines=(3,)),
    Bad(55, "american_date", R, MEETINGS, ("date_ambiguous",), cell(MEETINGS, 3, "Datum", "02/06/2026"), lines=(3,)),
    Bad(56, "future_date", R, MEETINGS, ("date_future",), cell(MEETINGS, 3, "Datum", "2031-02-06"), lines=(3,)),
    Bad(57, "other_period", R, PUPILS, ("outside_period",), term_of),
    Bad(57, "date_outside_period", R, MEETINGS, ("label_disagrees",), cell(MEETINGS, 3, "Datum", "2025-06-12"), lines=(3,)),
    Bad(58, "no_such_day", Q, MEETINGS, ("date_impossible",), cell(MEETINGS, 3, "Datum", "2026-02-29"), lines=(3,)),
    Bad(59, "label_and_dates_disagree", R, MEETINGS, ("label_disagrees",), cells(MEETINGS, "Datum", lambda _, old: "2025" + old[4:])),
    Bad(60, "row_twice", F, GRADES, ("duplicate", "duplicates_found"), lines_of(GRADES, lambda rows: [*rows, rows[4]]), lines=(122,)),
    Bad(61, "contradicting_rows", Q, GRADES, ("conflict",), lines_of(GRADES, lambda rows: [*rows, rows[4][:-1] + "–"]), lines=(5, 122)),
    Bad(62, "pupil_in_two_schools", Q, PUPILS, ("two_schools",),
        lines_of(PUPILS, lambda rows: [*rows, rows[4].replace("00100002", "00100001")]), lines=(5, 42)),
    Bad(63, "far_fewer_pupils", S, PUPILS, ("count_changed",), lines_of(PUPILS, lambda rows: rows[:29])),
    Bad(64, "school_missing", S, PUPILS, ("school_missing",),
        cells(PUPILS, "Skolenhetskod", lambda _, old: "00100001")),
    Bad(65, "last_quarter_again", R, PUPILS, ("sent_before",), lambda files: files.update({PUPILS: good(EARLIER)[PUPILS]})),
    Bad(66, "old_grade", Q, GRADES, ("not_agreed",), cell(GRADES, 3, "Betyg", "VG"), lines=(3,)),
    Bad(66, "grade_as_digit", Q, GRADES, ("not_agreed",), cell(GRADES, 3, "Betyg", "3"), lines=(3,)),
    Bad(67, "small_padded_grade", F, GRADES, ("padded",), cell(GRADES, 3, "Betyg", "a "), lines=(3,)),
    Bad(68, "year_19", Q, PUPILS, ("unknown_code",), cell(PUPILS, 3, "Årskurs", "19"), lines=(3,)),
    Bad(68, "year_range", Q, PUPILS, ("unknown_code",), cell(PUPILS, 3, "Årskurs", "F-9"), lines=(3,)),
    Bad(69, "merit_over_340", Q, LEAVING, ("out_of_range",), cell(LEAVING, 3, "Meritvärde", "345,5"), lines=(3,)),
    Bad(69, "merit_below_0", Q, LEAVING, ("out_of_range",), cell(LEAVING, 3, "Meritvärde", "-5,0"), lines=(3,)),
    Bad(70, "all_identical", S, ABSENCE, ("all_identical",), cells(ABSENCE, "Giltig frånvaro", lambda *_: "20")),
    Bad(70, "all_missing", S, PUPILS, ("all_missing",), cells(PUPILS, "Kön", lambda *_: "")),
    Bad(71, "merit_contradicts_eligible", Q, LEAVING, ("rule_broken",), cell(LEAVING, 3, "Meritvärde", "40,5"), lines=(3,)),
    Bad(72, "wrong_check_digit", Q, PUPILS, ("id_check_digit",),
        cell(PUPILS, 3, "Personnummer", number(1)[:-1] + str((int(number(1)[-1]) + 1) % 10)), lines=(3,)),
    Bad(73, "coordination_number", A, PUPILS, (), lambda files: _coordination(files)),
    Bad(74, "interim_number", A, PUPILS, (), lambda files: _interim(files, "T012")),
    Bad(74, "interim_number_tf", A, PUPILS, (), lambda files: _interim(files, "TF12")),
    Bad(75, "ten_digits", F, PUPILS, ("id_century",), cells(PUPILS, "Personnummer", lambda _, old: f"{old[2:8]}-{old[8:]}")),
    Bad(75, "plus_sign", Q, PUPILS, ("id_age",), cell(PUPILS, 3, "Personnummer", f"{number(1)[2:8]}+{number(1)[8:]}"), lines=(3,)),
    Bad(76, "number_without_zero", R, PUPILS, ("id_as_number",), cell(PUPILS, 3, "Personnummer", number(1)[3:]), lines=(3,)),
    Bad(76, "number_shortened", R, PUPILS, ("id_as_number",), cell(PUPILS, 3, "Personnummer", "2,01E+11"), lines=(3,)),
    Bad(77, "pupil_of_forty", Q, PUPILS, ("id_age",), cell(PUPILS, 5, "Personnummer", LONG_AGO), lines=(5,)),
    Bad(77, "pupil_of_three", Q, PUPILS, ("id_age",), cell(PUPILS, 5, "Personnummer", number(3, 2023)), lines=(5,)),
    Bad(78, "number_in_text", R, SCHOOLS, ("identity_in_text",), cell(SCHOOLS, 3, "Skolenhet", f"Söder {number(5)}"), lines=(3,)),
    Bad(78, "name_in_text", R, SCHOOLS, ("identity_in_text",), cell(SCHOOLS, 3, "Skolenhet", "Fatima Svensson")),
    Bad(78, "address_in_text", R, SCHOOLS, ("identity_in_text",), cell(SCHOOLS, 3, "Skolenhet", "Storgatan 5 B")),
    Bad(79, "protection_missing", R, PUPILS, ("protection_missing",),
        lines_of(PUPILS, lambda rows: [";".join([*row.split(";")[:2], *row.split(";")[3:]]) for row in rows])),
    Bad(80, "protection_unknown", W, PUPILS, ("flag_unknown",), cell(PUPILS, 5, "Skyddade personuppgifter", "?")),
    Bad(81, "note_about_health", R, PUPILS, ("sensitive_column",),
        extra(PUPILS, "Övrigt", lambda at: "har fått diagnos i höst" if at == 5 else ""), column="Övrigt"),
    Bad(82, "formulas", A, SCHOOLS, (), cell(SCHOOLS, 3, "Skolenhet", "=HYPERLINK(1)")),
    Bad(82, "formulas_at", A, SCHOOLS, (), cell(SCHOOLS, 3, "Skolenhet", "@SUM(A1)")),
    Bad(83, "script", A, SCHOOLS, (), cell(SCHOOLS, 3, "Skolenhet", "<script>alert(1)</script>{{ 7*7 }}{% x %}")),
    Bad(84, "id_as_path", R, PUPILS, ("unsafe_id",), cell(PUPILS, 3, "Klass", "../../x"), lines=(3,)),
    Bad(84, "id_as_device", R, PUPILS, ("unsafe_id",), cell(PUPILS, 3, "Klass", "CON"), lines=(3,)),
    Bad(84, "id_too_long", R, PUPILS, ("unsafe_id",), cell(PUPILS, 3, "Klass", "9" * 300), lines=(3,)),
    Bad(84, "id_with_last_point", R, PUPILS, ("unsafe_id",), cell(PUPILS, 3, "Klass", "00100002-8A."), lines=(3,)),
    Bad(87, "too_many_columns", R, PUPILS, ("too_many_columns",),
        lines_of(PUPILS, lambda rows: [row + ";x" * 5000 for row in rows[:3]])),
    Bad(87, "too_many_rows", R, AREAS, ("too_many_rows",), content(AREAS, lambda old: old + b"1\n" * 10_000_000)),
    Bad(89, "link", R, PUPILS, ("not_a_file",), place=linked),
    Bad(89, "pipe_as_file", R, PUPILS, ("not_a_file",), place=piped),
    Bad(90, "time_without_zone", W, MEETINGS, ("time_of_day", "time_unclear"), cell(MEETINGS, 3, "Datum", "2026-03-29 02:30"), lines=(3,)),
]  # fmt: skip
# Faults of the command and of the moment, which no folder can hold; tests of their own give them.
BESIDE = {
    85: ("shell_in_parameters", R),
    86: ("python_in_contract", R),
    88: ("changed_while_read", R),
}


def _everywhere(files: Files, old: str, new: str) -> None:
    for file in (PUPILS, GRADES, ABSENCE, LEAVING):
        files[file] = files[file].replace(old.encode(), new.encode())


def _coordination(files: Files) -> None:
    from inbox import luhn

    nine = f"{number(4)[2:6]}{int(number(4)[6:8]) + 60}{number(4)[8:11]}"
    _everywhere(files, number(4), f"20{nine}{luhn(nine)}")


def _interim(files: Files, last: str) -> None:
    _everywhere(files, number(4), number(4)[:8] + last)


def write_all(folder: Path) -> list[Path]:
    """The folders of all faults, each named for its row in the catalogue and its fault."""
    for bad in BAD:
        bad.delivery(folder)
    return sorted(path for path in folder.iterdir() if path.is_dir())


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
