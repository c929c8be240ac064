"""The collected table of compulsory schools with year 9 (``schools_se.csv``) as schools and dated figures.

The table mixes periods: merit values are dated by their column and survey indices by their semester, but every other
column holds »the newest that was published«, which for eligibility is often an older year than the row's ``period``
(wherever the newest was rounded or held back). Such figures have no period here until ``dated_by`` finds, in an export
that states its periods, the one with the same value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pandas as pd

from likvard.errors import CodesError, ColumnsError
from likvard.fetch.delivery import Fetched, origin_of, receipt, table_of
from likvard.fetch.figure import FIGURE_COLUMNS, MATCHED, MISSING, NOT_STATED, ROUNDED, SHOWN, STATED
from likvard.fetch.grid import csv_grid, text_of
from likvard.fetch.skolverket.marks import unread_marks
from likvard.fetch.skolverket.measures import (
    ALL_PASSED,
    ELIGIBLE,
    MERIT,
    PUPILS,
    QUALIFIED,
    SALSA_ACTUAL,
    SALSA_DEVIATION,
    SALSA_MODEL,
    SALSA_PARENTS,
    SALSA_PASSED_DEVIATION,
    STATISTICS,
    Measure,
    survey_answers,
    survey_measure,
)
from likvard.fetch.written_number import plain_number

SOURCE = "skolverket_schools"

SCHOOL_COLUMNS = {
    "school_unit_code": "string",
    "school_name": "string",
    "municipality": "string",
    "locality": "string",
    "organiser_type": "string",
    "latitude": "Float64",
    "longitude": "Float64",
}
_SCHOOL = {
    "kod": "school_unit_code",
    "namn": "school_name",
    "kommun": "municipality",
    "ort": "locality",
    "huvudman": "organiser_type",
    "lat": "latitude",
    "lng": "longitude",
}
_MERIT_YEAR = re.compile(r"merit_(\d{4})_(\d{2})")
_NEWEST = {
    "behorighet": ELIGIBLE,
    "andelGodkand": ALL_PASSED,
    "lararbehorighet": QUALIFIED,
    "elever": PUPILS,
    "npSve": STATISTICS["averageResultNationalTestsSubjectSVE9thGrade"],
    "npEng": STATISTICS["averageResultNationalTestsSubjectENG9thGrade"],
    "npMa": STATISTICS["averageResultNationalTestsSubjectMA9thGrade"],
}
_SALSA = {
    "salsaActual": SALSA_ACTUAL,
    "salsaCalc": SALSA_MODEL,
    "salsaDev": SALSA_DEVIATION,
    "salsaReqDev": SALSA_PASSED_DEVIATION,
    "salsaParents": SALSA_PARENTS,
}
_SURVEYS = {"enkat_elev": "pupil", "enkat_vh": "guardian"}
_INDICES = {"trygg": "safety", "nojd": "satisfaction", "ro": "calm", "stod": "support", "stim": "stimulation"}
# `meritvarde` repeats the column of the merit year in `period`, `np` is the mean of the three tests.
_REPEATED = {"meritvarde", "np", "period"}


def read_schools(name: str, content: bytes, retrieved_at: datetime) -> Fetched:
    """The table as ``school_units`` and ``figures``; a blank cell is ``missing``, for the table keeps no reasons.

    SALSA is of the merit year whose value rounds to its actual value. The number of pupils is rounded (»cirka«).
    Errors: ``FileUnreadableError``, ``ColumnsError``, ``CodesError``.
    """
    header, records = _records(name, content)
    merit_years = {column: f"{found[1]}/{found[2]}" for column in header if (found := _MERIT_YEAR.fullmatch(column))}
    unread = [f"{column}: {one[column]!r}" for one in records for column in ("lat", "lng") if _no_number(one[column])]
    figures = [one for record in records for one in _figures(record, merit_years, unread)]
    if unread:
        raise unread_marks(name, unread)
    schools = [{ours: record[theirs] or None for theirs, ours in _SCHOOL.items()} for record in records]
    tables = {"school_units": table_of(schools, SCHOOL_COLUMNS), "figures": table_of(figures, FIGURE_COLUMNS)}
    undated = tables["figures"]["period_basis"] == NOT_STATED
    origin = origin_of(
        SOURCE,
        retrieved_at,
        [receipt(name, content)],
        tables,
        columns_left_out=[column for column in header if column not in {*_known(), *merit_years}],
        figures_without_period=int(undated.sum()),
    )
    return Fetched(tables, origin)


def _known() -> set[str]:
    """All columns that are needed or repeat another one, the merit years aside."""
    survey = {f"{stem}_{ending}" for stem in _SURVEYS for ending in (*_INDICES, "n", "sem", "ak")}
    return {*_SCHOOL, *_NEWEST, *_SALSA, *survey, *_REPEATED}


def _records(name: str, content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The heading, and each row by heading. Errors: ``ColumnsError``, ``CodesError`` for codes not of 8 digits."""
    grid = [[text_of(cell) for cell in row] for row in csv_grid(name, content, delimiter=",")]
    header, rows = grid[0], [row for row in grid[1:] if row]
    ragged = [line for line, row in enumerate(rows, start=2) if len(row) != len(header)]
    problems = [f"the column {column!r} is not there" for column in sorted(_known() - set(header))]
    if ragged:
        problems.append(f"{len(ragged)} rows have another number of fields than the heading: line {ragged[0]} first")
    if problems:
        raise ColumnsError(
            f"{name} is not the collected table of schools.", problems, advice="ask for the file again, as it was."
        )
    records = [dict(zip(header, row, strict=True)) for row in rows]
    times = Counter(record["kod"] for record in records)
    wrong = sorted(code for code, count in times.items() if not re.fullmatch("[0-9]{8}", code) or count > 1)
    if wrong:
        raise CodesError(
            f"{name} has school unit codes that are not 8 digits, or stand twice.",
            wrong,
            advice="ask for the file again; a program that opens it as numbers takes the leading zeros away.",
        )
    return header, records


def _no_number(text: str) -> bool:
    return text != "" and plain_number(text, ".") is None


def _figures(record: dict[str, str], merit_years: dict[str, str], unread: list[str]) -> Iterator[dict[str, object]]:
    """The figures of one school; ``unread`` gets a line for every cell that is no number."""

    def figure(measure: Measure, period: str, column: str, basis: str, status: str = SHOWN) -> dict[str, object]:
        text = record[column]
        number = plain_number(text, ".")
        if text and number is None:
            unread.append(f"{column}: {text!r}")
        return {
            "school_unit_code": record["kod"],
            "measure": measure.name,
            "period": period,
            "unit": measure.unit,
            "value": None if number is None else float(number),
            "status": MISSING if number is None else status,
            "published": text,
            "period_basis": basis,
            "source": SOURCE,
        }

    for column, year in merit_years.items():
        yield figure(MERIT, year, column, STATED)
    for column, measure in _NEWEST.items():
        yield figure(measure, "", column, NOT_STATED, ROUNDED if measure == PUPILS else SHOWN)
    salsa_year = _salsa_year(record, merit_years)
    for column, measure in _SALSA.items():
        yield figure(measure, salsa_year, column, MATCHED if salsa_year else NOT_STATED)
    for stem, who in _SURVEYS.items():
        semester, school_year = record[f"{stem}_sem"], record[f"{stem}_ak"]
        if semester:
            for ending, index in _INDICES.items():
                yield figure(survey_measure(who, index, school_year), semester, f"{stem}_{ending}", STATED)
            yield figure(survey_answers(who, school_year), semester, f"{stem}_n", STATED)


def dated_by(figures: pd.DataFrame, dated: pd.DataFrame) -> pd.DataFrame:
    """``figures`` where those without a period have the newest period in ``dated`` that shows the same value.

    Only figures with status shown or rounded that are printed with the same number, for the same unit and measure,
    count; the basis becomes ``matched``. What finds none keeps its empty period: it is never guessed.
    """
    keys = ["school_unit_code", "measure", "value"]
    shown = dated[dated["value"].notna() & (dated["period"] != "") & dated["status"].isin([SHOWN, ROUNDED])]
    newest = shown.groupby([*keys, "status"], as_index=False).agg(_found=("period", "max"))
    found = figures[[*keys, "status"]].merge(newest, on=[*keys, "status"], how="left")["_found"]
    found.index = figures.index
    matched = (figures["period_basis"] == NOT_STATED) & found.notna()
    return figures.assign(
        period=figures["period"].mask(matched, found),
        period_basis=figures["period_basis"].mask(matched, MATCHED),
    )


def _salsa_year(record: dict[str, str], merit_years: dict[str, str]) -> str:
    """The newest merit year whose value is SALSA's actual value before rounding, or an empty text."""
    actual = plain_number(record["salsaActual"], ".")
    merits = {year: plain_number(record[column], ".") for column, year in merit_years.items()}
    near = [year for year, merit in merits.items() if actual and merit and abs(float(merit) - float(actual)) <= 0.5]
    return max(near, default="")
