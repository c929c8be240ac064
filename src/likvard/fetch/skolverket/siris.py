"""SIRIS exports as they are published: preamble, heading, rows, footnotes; every cell becomes a value and a status."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from likvard.errors import ColumnsError, FileUnreadableError
from likvard.fetch.delivery import Fetched, origin_of, receipt, table_of
from likvard.fetch.figure import FIGURE_COLUMNS, STATED
from likvard.fetch.grid import Grid, csv_grid, text_of, xlsx_grids
from likvard.fetch.skolverket.marks import published_value, unread_marks
from likvard.fetch.skolverket.measures import SIRIS, Measure

SOURCE = "skolverket_siris"
MOST_PREAMBLE_ROWS = 20
_SCHOOL_YEAR = re.compile(r"\d{4}/\d{2}")

UNIT_COLUMNS = {
    "school_unit_code": "string",
    "school_name": "string",
    "municipality_code": "string",
    "municipality": "string",
    "organiser_type": "string",
    "organiser": "string",
    "organiser_number": "string",
}
_UNIT_HEADINGS = {
    "skolenhetskod": "school_unit_code",
    "skola": "school_name",
    "kommunkod": "municipality_code",
    "skolkommun": "municipality",
    "typavhuvudman": "organiser_type",
    "huvudman": "organiser",
    "huvudmanorgnr": "organiser_number",
}
MUNICIPALITY_FIGURE_COLUMNS = {
    "municipality_code": "string",
    "organiser_type": "string",
    "measure": "string",
    "period": "string",
    "unit": "string",
    "value": "Float64",
    "status": "string",
    "published": "string",
    "source": "string",
}
MUNICIPALITY_COLUMNS = {
    "municipality_code": "string",
    "municipality": "string",
    "county_code": "string",
    "county": "string",
}


@dataclass(frozen=True)
class Export:
    """One table of an export: the heading, the rows below it with their line in the file, and all text around them."""

    heading: list[str]
    rows: list[tuple[int, list[str]]]
    around: list[str]

    def chosen(self, words: str) -> str:
        """What the preamble says after ``words``, or an empty text."""
        found = [text.split(":", 1)[1].strip() for text in self.around if text.startswith(words) and ":" in text]
        return found[0] if found else ""


def export_of(name: str, grid: Grid, code_heading: str, code_form: str) -> Export:
    """The table in ``grid``: below the row with ``code_heading``, all rows with a code of ``code_form``.

    Errors: ``FileUnreadableError`` where there is no such heading in the first rows, no row, or a row with a code below
    the footnotes.
    """
    texts = [[text_of(cell) for cell in row] for row in grid]
    place = next(
        (i for i, row in enumerate(texts[:MOST_PREAMBLE_ROWS]) if code_heading in [heading_key(cell) for cell in row]),
        None,
    )
    if place is None:
        raise _unreadable(name, f"none of the first {MOST_PREAMBLE_ROWS} rows has the heading {code_heading!r}")
    heading = texts[place]
    column = [heading_key(cell) for cell in heading].index(code_heading)
    coded = [
        i for i in range(place + 1, len(texts)) if len(texts[i]) > column and re.fullmatch(code_form, texts[i][column])
    ]
    if not coded:
        raise _unreadable(name, f"no row below the heading has a code of the form {code_form}")
    last = place + len(coded)
    if coded[-1] != last:
        first_wrong = next(line for line, i in enumerate(coded, start=place + 1) if line != i) + 1
        raise _unreadable(name, f"row {first_wrong} stands among the data and has no code of the form {code_form}")
    width = len(heading)
    rows = [(i + 1, (texts[i] + [""] * width)[:width]) for i in coded]
    around = [cell for row in texts[:place] + texts[last + 1 :] for cell in row if cell]
    return Export(heading, rows, around)


def heading_key(heading: str) -> str:
    """A heading as letters only: SIRIS breaks words with hyphens (`Skol-enhetskod`) to fit its columns."""
    return re.sub(r"[\s\-]", "", heading).casefold()


def read_school_units(name: str, content: bytes, retrieved_at: datetime) -> Fetched:
    """The CSV export per school unit as ``school_units`` and ``figures``.

    Columns that we do not know are left out and named in the origin.
    Errors: ``FileUnreadableError``, ``ColumnsError`` (no column that we know), ``CodesError`` (a mark that we do not
    know).
    """
    export = export_of(name, csv_grid(name, content), "skolenhetskod", "[0-9]{8}")
    period = export.chosen("Valt läsår")
    if not _SCHOOL_YEAR.fullmatch(period):
        raise _unreadable(name, "the preamble does not say »Valt läsår: 2024/25«")
    keys = [heading_key(cell) for cell in export.heading]
    measures = {i: found for i, cell in enumerate(export.heading) if (found := _measure(cell))}
    left_out = [cell for i, cell in enumerate(export.heading) if i not in measures and keys[i] not in _UNIT_HEADINGS]
    absent = [key for key in _UNIT_HEADINGS if key not in keys]
    if not measures or absent:
        raise ColumnsError(
            f"{name} does not have the columns of a SIRIS export per school unit.",
            [f"no column {key!r}" for key in absent] or ["no column with a known measure"],
            advice="export the table again with all columns, or add the heading to fetch/skolverket/measures.py.",
        )
    units = [
        {_UNIT_HEADINGS[key]: row[i] for i, key in enumerate(keys) if key in _UNIT_HEADINGS} for _, row in export.rows
    ]
    _no_code_twice(name, [unit["school_unit_code"] for unit in units])
    for unit in units:
        unit["organiser_number"] = _no_personal_number(unit["organiser_number"])
    code = keys.index("skolenhetskod")
    figures, unread = _figures(
        "school_unit_code",
        ((row[code], measure, period, row[i]) for _, row in export.rows for i, measure in measures.items()),
    )
    if unread:
        raise unread_marks(name, unread)
    tables = {"school_units": table_of(units, UNIT_COLUMNS), "figures": table_of(figures, FIGURE_COLUMNS)}
    origin = origin_of(SOURCE, retrieved_at, [receipt(name, content)], tables, period=period, columns_left_out=left_out)
    return Fetched(tables, origin)


def read_municipalities_over_time(name: str, content: bytes, retrieved_at: datetime) -> Fetched:
    """The XLSX export over time per municipality as ``municipalities`` and ``municipality_figures``.

    One sheet per type of organiser, one row per municipality and measure, one column per school year.
    Errors: as for ``read_school_units``.
    """
    municipalities: dict[str, dict[str, str]] = {}
    figures: list[dict[str, object]] = []
    unread: list[str] = []
    left_out: set[str] = set()
    for sheet, grid in xlsx_grids(name, content).items():
        if not any(heading_key(text_of(cell)) == "kommunkod" for row in grid[:MOST_PREAMBLE_ROWS] for cell in row):
            continue
        export = export_of(f"{name}, sheet {sheet}", _as_printed(grid), "kommunkod", "[0-9]{4}")
        organiser_type = export.chosen("Typ av huvudman") or sheet
        keys = [heading_key(cell) for cell in export.heading]
        place = {key: keys.index(key) for key in ("kommun", "kommunkod", "län", "länskod", "uppgift")}
        periods = {i: cell for i, cell in enumerate(export.heading) if _SCHOOL_YEAR.fullmatch(cell)}
        for _, row in export.rows:
            code, label = row[place["kommunkod"]], row[place["uppgift"]]
            municipalities[code] = {
                "municipality_code": code,
                "municipality": row[place["kommun"]],
                "county_code": row[place["länskod"]],
                "county": row[place["län"]],
            }
            measure = _measure(label)
            if measure is None:
                left_out.add(label)
                continue
            some, wrong = _figures(
                "municipality_code", ((code, measure, period, row[i]) for i, period in periods.items())
            )
            unread += wrong
            figures += [{"organiser_type": organiser_type, **one} for one in some]
    if not figures:
        raise _unreadable(name, "no sheet has the heading 'Kommunkod' and a known measure")
    if unread:
        raise unread_marks(name, unread)
    tables = {
        "municipalities": table_of(municipalities.values(), MUNICIPALITY_COLUMNS),
        "municipality_figures": table_of(figures, MUNICIPALITY_FIGURE_COLUMNS),
    }
    origin = origin_of(SOURCE, retrieved_at, [receipt(name, content)], tables, measures_left_out=sorted(left_out))
    return Fetched(tables, origin)


def _figures(key: str, cells: Iterable[tuple[str, Measure, str, str]]) -> tuple[list[dict[str, object]], list[str]]:
    """The cells as rows of figures with their code under ``key``, and one line for every cell that cannot be read."""
    figures: list[dict[str, object]] = []
    unread: list[str] = []
    for code, measure, period, text in cells:
        read = published_value(text)
        if read is None:
            unread.append(f"{measure.name}: {text!r}")
            continue
        figures.append(
            {
                key: code,
                "measure": measure.name,
                "period": period,
                "unit": measure.unit,
                "value": read.value,
                "status": read.status,
                "published": text,
                "period_basis": STATED,
                "source": SOURCE,
            }
        )
    return figures, unread


def _as_printed(grid: Grid) -> Grid:
    """The cells as the export prints them: Excel keeps numbers as numbers, and the export writes a decimal comma."""
    return [[text_of(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row] for row in grid]


def _measure(heading: str) -> Measure | None:
    """The measure that a heading names, or None."""
    return SIRIS.get(re.sub(r"\s+", " ", heading).strip())


def _no_personal_number(number: str) -> str:
    """The organisation number, or an empty text where it is a person's own: legal persons have a third digit from 2."""
    return number if len(number) == 10 and number.isdigit() and int(number[2]) >= 2 else ""


def _no_code_twice(name: str, codes: list[str]) -> None:
    """Errors: ``FileUnreadableError`` where a school unit has two rows."""
    twice = pd.Series(codes, dtype="string")
    twice = twice[twice.duplicated()]
    if len(twice):
        raise _unreadable(name, f"{len(twice)} school units have two rows, the first {twice.iloc[0]}")


def _unreadable(name: str, why: str) -> FileUnreadableError:
    return FileUnreadableError(
        f"{name} is not a SIRIS export that can be read.",
        [why],
        advice="download the export again from Skolverket and leave it as it is; do not save it from Excel.",
    )
