"""Between schools: how far results differ from school to school, and how unevenly groups are spread over schools."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from likvard.contracts.codes import UNKNOWN
from likvard.equity.bootstrap import debiased
from likvard.equity.chance import expected_by_chance
from likvard.equity.estimate import Estimate
from likvard.equity.segregation import allocation, dissimilarity
from likvard.equity.spread import icc
from likvard.indicators.levels import observed
from likvard.indicators.record import BY_CHANCE, DEBIASED, DISSIMILARITY, EVERYONE, ICC
from likvard.indicators.registry import Definition
from likvard.params import ResamplingChoice

# Of two schools, each would know the other's part.
FEWEST_SCHOOLS = 3
WHOLES = {"area": "area_id", "all": None}


def spread_between_schools(definition: Definition, rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """One row per area with at least three schools, and for all: ``icc``, the part of the pupils' differences in a mean that lies
    between schools, with its exact interval. n counts schools. Rows are those of one period.
    """
    if definition.kind != "mean" or "school_id" not in rows or definition.clustered:
        return pd.DataFrame()
    x = observed(definition, rows)
    parts = []
    for kind, units in _wholes(rows):
        found = icc(x, rows["school_id"], units, level)
        parts.append(_figures(found, ICC, kind).assign(group_by=EVERYONE, group=EVERYONE))
    return _in_period(parts, rows)


def spread_of_groups(
    rows: pd.DataFrame,
    groups: Mapping[str, tuple[str, ...]],
    references: Mapping[str, str],
    level: float,
    choice: ResamplingChoice,
) -> pd.DataFrame:
    """How unevenly each group is spread over schools, beside everyone else whose group is known, for areas and all.

    ``dissimilarity`` is the share of the group who would have to change school for all schools to have the same mix;
    ``by_chance`` what it would be on average if pupils were placed at random; ``debiased`` the index without that part, with its
    interval. Two groups give one figure. n counts pupils. Rows are those of one period.
    """
    parts = []
    for group_by, names in groups.items():
        if group_by not in rows or "school_id" not in rows:
            continue
        known = rows[rows[group_by].ne(UNKNOWN) & rows[group_by].notna()]
        others = [name for name in names if name not in (UNKNOWN, references[group_by])]
        for kind, units in _wholes(known):
            counted = pd.DataFrame({"school": known["school_id"], "group": known[group_by], "unit": units})
            counts = (
                counted.groupby(["school", "group", "unit"], observed=True, sort=True).size().reset_index(name="count")
            )
            of = allocation(counts["school"], counts["group"], counts["count"], counts["unit"])
            for group in others:
                raw = dissimilarity(of, group)
                chance = expected_by_chance(of, "D", group)
                better = debiased(of, "D", group, seed=choice.seed, level=level, draws=choice.draws)
                by = {"group_by": group_by, "group": group}
                parts.append(_figures(raw, DISSIMILARITY, kind).assign(**by))
                parts.append(_figures(raw, BY_CHANCE, kind).assign(value=chance, **by))
                parts.append(_figures(better, DEBIASED, kind).assign(**by))
    return _in_period(parts, rows)


def _wholes(rows: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """For each kind of unit that has schools in it the unit of each row; missing where the unit has too few schools."""
    found = []
    for kind, column in WHOLES.items():
        if column is not None and column not in rows:
            continue
        unit = rows[column].astype(object) if column else pd.Series(EVERYONE, index=rows.index, dtype=object)
        schools = rows["school_id"].groupby(unit).transform("nunique")
        found.append((kind, unit.where(schools >= FEWEST_SCHOOLS)))
    return found


def _figures(of: Estimate, measure: str, kind: str) -> pd.DataFrame:
    """The estimate as rows of the record, one per unit."""
    return pd.DataFrame(
        {
            "unit_kind": kind,
            "unit_id": of.units,
            "measure": measure,
            "reference": "",
            "numerator": np.nan,
            "denominator": np.nan,
            "n": of.n,
            "clusters": np.nan,
            "value": of.value,
            "low": of.low,
            "high": of.high,
            "status": of.status,
        }
    )


def _in_period(parts: list[pd.DataFrame], rows: pd.DataFrame) -> pd.DataFrame:
    """All rows under each other with their period; what cannot be told for a unit is no figure of it."""
    if not parts:
        return pd.DataFrame()
    found = pd.concat(parts, ignore_index=True).assign(period=rows["period"].iloc[0])
    return found[found["value"].notna()].reset_index(drop=True)
