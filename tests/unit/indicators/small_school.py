"""Pupils of one period, in the columns of ``pupil_period`` that indicators read."""

from pathlib import Path
from typing import Any

import pandas as pd

from likvard.contracts.codes import UNKNOWN
from likvard.indicators.cells import cells_of
from likvard.indicators.levels import Levels, levels
from likvard.indicators.registry import Definition, read_registry
from likvard.indicators.run import is_told

REPOSITORY = Path(__file__).parents[3]
REGISTRY = read_registry(REPOSITORY / "data/contracts")
GROUPS = {"lunch": ("free", "paid", UNKNOWN)}


def pupils(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """One row per pupil: what a row does not say is that of an ordinary pupil in class 1 of school A, area 1."""
    ordinary = {
        "period": "1988-89",
        "school_id": "A",
        "area_id": "1",
        "class_id": "c1",
        "grade": "3",
        "lunch": "paid",
        "gender": "girl",
        "ethnicity": "white",
        "reading_score": None,
        "mathematics_score": None,
        "class_size": None,
        "teacher_degree": None,
        "teacher_experience_years": None,
        "changed_school": None,
    }
    frame = pd.DataFrame([ordinary | {"pupil_id": f"p{number}"} | row for number, row in enumerate(rows)])
    numbers = {"reading_score": "Float64", "mathematics_score": "Float64", "changed_school": "boolean"}
    numbers |= {"class_size": "Int64", "teacher_experience_years": "Int64"}
    return frame.astype({column: numbers.get(column, "string") for column in frame})


def levels_of(definition: str | Definition, rows: list[dict[str, Any]]) -> Levels:
    """The indicator's levels, by lunch, for school, area and all."""
    frame = pupils(rows)
    known = REGISTRY[definition] if isinstance(definition, str) else definition
    return levels(known, frame, cells_of(frame, GROUPS), 0.95)


def cell(found: Levels, group: str = "all", unit_kind: str = "school") -> pd.Series:
    """The one cell of a group (of ``lunch``, or all)."""
    rows = found.cells[(found.cells["group"] == group) & (found.cells["unit_kind"] == unit_kind)]
    assert len(rows) == 1
    return rows.iloc[0]


# The indicators that this table is enough for.
TOLD = sorted(name for name, known in REGISTRY.items() if is_told(known, "pupil_period", pupils([{}])))
