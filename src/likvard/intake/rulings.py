"""What intake does about each kind of fault, and what the sender is told: one row per code.

``refuse``: the file is not taken in. ``quarantine``: the rows are left out, and the file is refused where they are too many.
``stop``: the file waits for a waiver. ``fix``: mended, counted and recorded. ``warn``: taken in, and said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Act = Literal["refuse", "quarantine", "stop", "fix", "warn"]


@dataclass(frozen=True)
class Ruling:
    """The consequence of one kind of fault, what it is and what to ask the sender for (English, the ids of the texts)."""

    act: Act
    what: str
    ask: str = ""


def say(text: str) -> str:
    """``text`` itself; marks it for translation."""
    return text


AGAIN = say("Please export the file again and send the whole of it.")
UTF8 = say("Please save the file as CSV in UTF-8 and send it again.")
AS_TEXT = say("Please format the column as text before the export and send the file again.")
AGREED = say("Please send the file with the agreed columns: {expected}.")
CORRECT = say("Please correct the rows and send the file again.")
WITHOUT = say("Please remove the column from the export and send the file again; we must not receive it.")
ZIP = say("Please send the files as they are, or in an ordinary zip archive.")
PLAIN_BOOK = say("Please save the workbook as an ordinary .xlsx without macros, links and passwords and send it again.")
CONFIRM = say("Please confirm that it is right, or send the complete file.")
ISO = say("Please write dates as year-month-day, for example 2025-10-06, and send the file again.")
DECIMAL = say(
    "Please write all numbers of the column in the same way, with a decimal comma and no points, and send it again."
)
ZERO_KEPT = say("Please export the code as text, so that its leading zeros are kept, and send the file again.")

RULINGS: dict[str, Ruling] = {
    # The file as a thing
    "not_a_file": Ruling("refuse", say("This is a link, a device or a folder, not a file."), AGAIN),
    "unsafe_name": Ruling("refuse", say("The name of the file is not a safe file name."), AGAIN),
    "too_large": Ruling(
        "refuse", say("The file is larger than what is taken in ({limit})."), say("Please say how large it should be.")
    ),
    "changed_while_read": Ruling(
        "refuse", say("The file changed while it was being read."), say("Please wait until the transfer has finished.")
    ),
    "empty": Ruling("refuse", say("The file is empty."), AGAIN),
    "other_kind": Ruling("refuse", say("The file is {kind} in spite of its name."), say("Please send it as {wanted}.")),
    "archive": Ruling("refuse", say("The archive is not opened: it is unsafe, too large or damaged."), ZIP),
    "encrypted": Ruling("refuse", say("The workbook is encrypted, or in the old .xls format."), PLAIN_BOOK),
    "macros": Ruling("refuse", say("The workbook contains macros or other programs."), PLAIN_BOOK),
    "external_links": Ruling("refuse", say("The workbook fetches content from outside."), PLAIN_BOOK),
    "entities": Ruling("refuse", say("The workbook contains XML entities, which can be an attack."), PLAIN_BOOK),
    "not_a_workbook": Ruling("refuse", say("The file cannot be read as a workbook."), PLAIN_BOOK),
    "sheet_missing": Ruling(
        "refuse", say("The workbook does not have the agreed sheet."), say("Please name the sheet “{sheet}”.")
    ),
    "several_sheets": Ruling(
        "refuse",
        say("The workbook has several sheets ({sheets}) and none is agreed on."),
        say("Please send one sheet only."),
    ),
    "hidden": Ruling(
        "refuse",
        say("The workbook has hidden sheets, rows or columns."),
        say("Please show or remove what is hidden, clear all filters and send the workbook again."),
    ),
    "filter": Ruling("warn", say("The sheet has a filter; all its rows were read.")),
    "formula_error": Ruling("refuse", say("Cells show an error of the spreadsheet, such as #N/A."), CORRECT),
    # Characters
    "not_text": Ruling("refuse", say("The file contains NUL or control characters."), UTF8),
    "utf16_without_mark": Ruling("refuse", say("The file looks like UTF-16 without a byte order mark."), UTF8),
    "encoding": Ruling("refuse", say("The encoding cannot be told with certainty; it may be {guess}."), UTF8),
    "mojibake": Ruling("refuse", say("Letters have been damaged by a wrong encoding, for example {sample}."), UTF8),
    "letters_lost": Ruling("refuse", say("Letters have been lost and stand as a replacement character."), UTF8),
    "byte_order_mark": Ruling("fix", say("A byte order mark was taken away.")),
    "other_encoding": Ruling("fix", say("The file was read as {encoding} instead of {agreed}.")),
    "line_ends": Ruling("fix", say("Line ends were of another kind, or mixed.")),
    "no_last_line_end": Ruling(
        "warn",
        say("The last line has no line end, so the file may have been cut off."),
        say("Please confirm that the last row is complete."),
    ),
    "decomposed": Ruling("fix", say("Letters with loose accents were put together.")),
    "invisible": Ruling("fix", say("Invisible characters were taken out.")),
    "invisible_in_id": Ruling("refuse", say("Codes or identifiers contain invisible characters."), CORRECT),
    "wide_in_id": Ruling(
        "refuse", say("Codes or identifiers contain full-width or other unusual characters."), CORRECT
    ),
    "wide_digits": Ruling("fix", say("Full-width digits were read as ordinary ones.")),
    # Lines and columns
    "delimiter": Ruling("fix", say("The columns were separated by another character than agreed.")),
    "mixed_delimiters": Ruling("quarantine", say("Different separators are mixed in one row."), CORRECT),
    "extra_field": Ruling("refuse", say("There are more fields than in the header."), AGAIN),
    "short_row": Ruling("refuse", say("There are fewer fields than in the header; the file may be cut off."), AGAIN),
    "quote": Ruling(
        "refuse",
        say("Quotation marks do not pair up, so it is unclear where a field ends."),
        say("Please double the quotation marks inside fields and send the file again."),
    ),
    "line_break": Ruling("warn", say("Cells contain a line break.")),
    "line_break_in_id": Ruling("refuse", say("Codes or identifiers contain a line break."), CORRECT),
    "rows_swallowed": Ruling(
        "refuse", say("A quoted field runs over several rows; rows may have been swallowed."), AGAIN
    ),
    "blank_rows": Ruling("fix", say("Blank rows were left out.")),
    "title_rows": Ruling("fix", say("What stood above the header was left out.")),
    "no_rows": Ruling("refuse", say("The file has no rows below its header."), AGAIN),
    "header_missing": Ruling("refuse", say("No row with the agreed column names was found."), AGREED),
    "two_row_header": Ruling("refuse", say("The header is spread over two rows or merged cells."), AGREED),
    "header_twice": Ruling(
        "refuse",
        say("The header stands again further down: two deliveries may have been pasted together."),
        say("Please send one delivery per file."),
    ),
    "column_twice": Ruling("refuse", say("The same column name stands more than once."), AGREED),
    "column_missing": Ruling("refuse", say("The column is not there."), AGREED),
    "protection_missing": Ruling(
        "refuse",
        say("The column that marks protected identities is not there, so nobody can be protected."),
        say("Please send the file with the column “{column}” filled in for every pupil."),
    ),
    "alias": Ruling("fix", say("The column was recognised by its other name.")),
    "cells_outside": Ruling("refuse", say("There are cells outside the columns of the header."), AGAIN),
    "column_dropped": Ruling("warn", say("The column is not agreed on and was left out.")),
    "identity_column": Ruling("refuse", say("A column that is not agreed on looks like identity."), WITHOUT),
    "sensitive_column": Ruling(
        "refuse", say("A column that is not agreed on looks like notes or sensitive data."), WITHOUT
    ),
    "too_many_columns": Ruling("refuse", say("The file has more columns than are taken in ({limit})."), AGAIN),
    "too_many_rows": Ruling(
        "refuse", say("The file has more rows than are taken in ({limit})."), say("Please say how large it should be.")
    ),
    # Cells
    "spaces_in_number": Ruling("fix", say("Spaces were taken out of numbers.")),
    "decimal_sign": Ruling("fix", say("The numbers were written with another decimal sign than agreed.")),
    "decimal_mixed": Ruling("refuse", say("Decimal point and decimal comma are mixed."), DECIMAL),
    "thousands_ambiguous": Ruling(
        "refuse", say("It cannot be told whether a sign marks decimals or thousands."), DECIMAL
    ),
    "mixed_units": Ruling(
        "refuse",
        say("Shares and percentages cannot be told apart."),
        say("Please write the whole column in one unit, without the percent sign, and send the file again."),
    ),
    "mark_not_agreed": Ruling(
        "refuse",
        say("Cells have a mark such as “..” or “*” in place of a number, and what it means is not agreed."),
        say("Please say what the mark means."),
    ),
    "decimals_in_count": Ruling("warn", say("Whole numbers are written with decimals.")),
    "mark": Ruling("warn", say("An agreed mark stands in place of a number; it is never read as 0.")),
    "scientific": Ruling("refuse", say("Numbers were shortened by a spreadsheet (such as 1,23E+07)."), AS_TEXT),
    "lost_zero": Ruling("refuse", say("Codes have lost their leading zero."), ZERO_KEPT),
    "date_serial": Ruling("refuse", say("Dates are written as the day numbers of a spreadsheet."), ISO),
    "date_ambiguous": Ruling("refuse", say("Dates can be read in more than one way."), ISO),
    "date_from_text": Ruling("refuse", say("A spreadsheet has turned texts into dates."), AS_TEXT),
    "date_future": Ruling("refuse", say("Dates lie in the future."), CORRECT),
    "date_impossible": Ruling("quarantine", say("There is no such day."), CORRECT),
    "time_of_day": Ruling("fix", say("Dates carried a time of day; the day in Sweden was kept.")),
    "time_unclear": Ruling(
        "warn", say("A time does not say its time zone, or does not exist there; Swedish time was taken.")
    ),
    "outside_period": Ruling(
        "refuse", say("Rows belong to another period than the delivery."), say("Please send the file for {edition}.")
    ),
    "label_disagrees": Ruling("refuse", say("Dates lie outside the period that their rows name."), CORRECT),
    "padded": Ruling("fix", say("Spaces around cells were taken away, or capitals and small letters put right.")),
    "unknown_code": Ruling("quarantine", say("The code is not agreed on."), say("Please say what the codes mean.")),
    "not_agreed": Ruling("quarantine", say("The cell is not written in the agreed form."), CORRECT),
    "out_of_range": Ruling("quarantine", say("The value lies outside the agreed limits."), CORRECT),
    "required_empty": Ruling("quarantine", say("A value that every row needs is missing."), CORRECT),
    "column_domain": Ruling(
        "refuse",
        say("Most of the column is not of the agreed kind; columns may have changed places."),
        say("Please check that every column has its own content and send the file again."),
    ),
    "unsafe_id": Ruling("refuse", say("Codes have characters or a length that no code has."), CORRECT),
    # Rows
    "total_row": Ruling(
        "refuse",
        say("The file has rows with totals, which would be counted as data."),
        say("Please take the totals away and send the file again."),
    ),
    "duplicate": Ruling("fix", say("Rows that repeat another row exactly were left out.")),
    "duplicates_found": Ruling("warn", say("Rows were sent more than once."), say("Please see why rows are repeated.")),
    "conflict": Ruling("quarantine", say("Rows speak of the same thing and contradict each other."), CORRECT),
    "two_schools": Ruling("quarantine", say("The same pupil stands in two schools at the same time."), CORRECT),
    "rule_broken": Ruling("quarantine", say("The row contradicts itself. What must hold: {rule}."), CORRECT),
    "unknown_unit": Ruling(
        "quarantine",
        say("The register {register} does not have the code."),
        say("Please correct the code, or send the register with it."),
    ),
    "closed_school": Ruling("warn", say("Rows of closed schools were given to the schools that succeeded them.")),
    "school_twice": Ruling(
        "refuse",
        say("The same school stands with two codes."),
        say("Please say which code is right, or from when each was used."),
    ),
    "all_missing": Ruling("stop", say("The whole column is empty."), CONFIRM),
    "all_identical": Ruling("stop", say("Every row has the same value."), CONFIRM),
    "count_changed": Ruling(
        "stop", say("The number of pupils has changed by {change} since the delivery {previous}."), CONFIRM
    ),
    "school_missing": Ruling("stop", say("Schools of the delivery {previous} are missing: {schools}."), CONFIRM),
    "sent_before": Ruling(
        "refuse",
        say("This very file was already delivered for {previous}."),
        say("Please send the file for {edition}."),
    ),
    "too_many_rows_left_out": Ruling(
        "refuse", say("Too many rows would have to be left out (number: {count})."), CORRECT
    ),
    # Persons
    "id_form": Ruling("quarantine", say("There is no well-formed personal identity number."), CORRECT),
    "id_check_digit": Ruling("quarantine", say("The personal identity number has a wrong check digit."), CORRECT),
    "id_date": Ruling("quarantine", say("The personal identity number has a date that cannot be."), CORRECT),
    "id_age": Ruling("quarantine", say("The personal identity number belongs to nobody of school age."), CORRECT),
    "id_as_number": Ruling("refuse", say("Personal identity numbers were treated as numbers and damaged."), AS_TEXT),
    "id_century": Ruling("fix", say("Personal identity numbers without century were completed.")),
    "id_written": Ruling("fix", say("Personal identity numbers were written with other dashes or spaces.")),
    "flag_unknown": Ruling(
        "warn",
        say("The marking of protected identities has codes that are not agreed on; they are read as protected."),
        say("Please say what the codes mean."),
    ),
    "not_on_list": Ruling(
        "quarantine",
        say("The pupil is not on the list of pupils."),
        say("Please complete the list of pupils, or correct the rows."),
    ),
    "list_missing": Ruling(
        "refuse",
        say("No list of pupils with the marking of protected identities has been taken in that covers the file."),
        say("Please send the list of pupils together with the file."),
    ),
    "waits_for_list": Ruling(
        "refuse",
        say("The file waits for the list of pupils ({list}), which was refused: it alone tells who is protected."),
    ),
    "only_cleared": Ruling(
        "warn", say("Only rows about pupils whom the list of pupils of {edition} clears were taken in.")
    ),
    "identity_in_text": Ruling(
        "refuse",
        say("A text contains what looks like a person's number, name, address or contact details."),
        say("Please take it away and send the file again."),
    ),
    # The delivery as a whole
    "unknown_file": Ruling("warn", say("Files that the source does not name were not read (number: {count}).")),
    "file_missing": Ruling("warn", say("The file is expected and is not there."), say("Please send it.")),
}
