"""Who answered: the response rate of a survey, and what those who did not answer could make of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.indicators.levels import Levels
from likvard.indicators.record import EVERYONE, IF_ALL_ANSWERED, NOT_APPLICABLE, RESPONSE, SHOWN, each
from likvard.indicators.registry import Definition

SURVEY = "survey_answer"
# The scale of the survey's indices.
LOWEST, HIGHEST = 0.0, 10.0
UNITS = {"school": "school_id", "area": "area_id", "all": None}


def roll_of(rows: pd.DataFrame) -> pd.DataFrame:
    """How many pupils each school has in each grade: school_id, area_id, grade, pupils; no rows where no grade is told."""
    if not {"school_id", "area_id", "grade"} <= set(rows):
        return pd.DataFrame()
    return rows.groupby(["school_id", "area_id", "grade"], observed=True).size().rename("pupils").reset_index()


def answered(definition: Definition, rows: pd.DataFrame, found: Levels, roll: pd.DataFrame) -> pd.DataFrame:
    """Two rows per unit, for an indicator of the survey: ``response_rate`` (answers ÷ pupils of the grades that were asked) and
    ``if_all_had_answered``, the mean with the bounds that it would have if all the silent had answered the lowest, or the
    highest (Manski 1989, J Hum Resour 24:343) – no assumption can fail them. Rows are those of one period.
    """
    if definition.table != SURVEY or roll.empty or "grade" not in rows:
        return pd.DataFrame()
    asked = roll[roll["grade"].isin(rows["grade"].dropna().unique())]
    cells = found.cells[found.cells["group_by"].eq(EVERYONE) & found.cells["status"].ne(NOT_APPLICABLE)]
    parts = []
    for kind, part in cells.groupby("unit_kind", observed=True):
        column = UNITS[str(kind)]
        of_unit = (
            {EVERYONE: asked["pupils"].sum()} if column is None else asked.groupby(column)["pupils"].sum().to_dict()
        )
        invited = np.maximum(part["unit_id"].astype(object).map(of_unit).astype(float).fillna(0.0), part["n"])
        parts.append(part.assign(invited=invited))
    told = pd.concat(parts, ignore_index=True)
    told = told[told["status"].eq(SHOWN) & told["invited"].gt(0)].reset_index(drop=True)
    silent, held = told["invited"] - told["n"], told["n"] * told["value"]
    nothing = np.nan
    rate = told.assign(
        numerator=told["n"], denominator=told["invited"], value=told["n"] / told["invited"], low=nothing, high=nothing
    )
    bounds = told.assign(
        numerator=nothing,
        denominator=nothing,
        low=(held + silent * LOWEST) / told["invited"],
        high=(held + silent * HIGHEST) / told["invited"],
    )
    both = pd.concat([rate, bounds], ignore_index=True)
    return both.assign(measure=each([RESPONSE, IF_ALL_ANSWERED], len(told)), reference=each([""], len(both)))
