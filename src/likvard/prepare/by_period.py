"""The staged tables about pupils, linked one period after the other, so that one and what is known of the last are in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from likvard.contracts import Tables
from likvard.contracts.periods import within
from likvard.params import AbsenceChoice
from likvard.prepare.around import pupil_quarters
from likvard.prepare.learning import FINAL, grade_columns, with_grades, with_support
from likvard.prepare.link import dimensions, pupil_periods
from likvard.rules.grade_scale import GradeScale
from likvard.tables import columns_of, periods_of, read_period, read_table

GRADES = ["pupil_id", "period", "subject", "grade_kind", "grade_mark"]
SUPPORT = ["pupil_id", "support_measure"]


def each_pupil_period(
    staged: Mapping[str, Path], tables: Tables, scales: dict[str, GradeScale]
) -> Iterator[pd.DataFrame]:
    """``pupil_periods`` of each period with what is known of the pupils' learning and support, where that is delivered."""
    schools = read_table(staged["schools"])
    teachers = read_table(staged["teachers"]) if "teachers" in staged else None
    grouped = dimensions(tables["pupils"])
    graded = grade_columns(_terms_with_final_grades(staged["grades"]), scales) if "grades" in staged else {}
    supported = _measures(staged["support"]) if "support" in staged else []
    before = None
    for period in sorted(periods_of(staged["pupils"])):
        rows = pupil_periods(_of_period(staged["pupils"], period), before, schools, teachers, tables.codes, grouped)
        before = rows[[name for name in ("pupil_id", "school_id", "lunch") if name in rows]]
        if "grades" in staged:
            rows = with_grades(rows, read_period(staged["grades"], period, GRADES), scales, graded)
        if "support" in staged:
            rows = with_support(rows, read_period(staged["support"], period, SUPPORT), supported)
        yield rows


def each_pupil_quarter(
    staged: Mapping[str, Path], pupil_period: Path, tables: Tables, choice: AbsenceChoice
) -> Iterator[pd.DataFrame]:
    """``pupil_quarters`` of each quarter; ``pupil_period`` is where that table was written."""
    schools = read_table(staged["schools"])
    grouped = dimensions(tables["pupils"])
    months = pd.Series(sorted(periods_of(staged["absence"])))
    for quarter, of_quarter in months.groupby(months.map(lambda month: within(month, "month", "quarter"))):
        minutes = pd.concat([_of_period(staged["absence"], month) for month in of_quarter], ignore_index=True)
        roll = read_period(
            pupil_period, within(str(quarter), "quarter", "term"), ["pupil_id", "period", "grade", "class_id", *grouped]
        )
        yield pupil_quarters(minutes, roll, schools, grouped, choice)


def _terms_with_final_grades(grades: Path) -> list[str]:
    return [
        term
        for term in sorted(periods_of(grades))
        if read_period(grades, term, ["grade_kind"])["grade_kind"].eq(FINAL).any()
    ]


def _measures(support: Path) -> list[str]:
    return sorted(read_table(support, ["support_measure"])["support_measure"].dropna().unique())


def _of_period(path: Path, period: str) -> pd.DataFrame:
    return read_period(path, period, columns_of(path))
