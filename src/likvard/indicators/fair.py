"""Fair comparison: a school's results beside what its pupils' backgrounds lead one to expect. Never a ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likvard.contracts.codes import UNKNOWN
from likvard.equity.estimate import Estimate, estimate
from likvard.equity.expected import LEAST_SCHOOLS, expected_result
from likvard.equity.intervals import Floats, mean_interval, normal_quantile
from likvard.equity.shrinkage import shrunken
from likvard.equity.standardisation import standardised_mean
from likvard.equity.sums import units_of
from likvard.indicators.background import Scale
from likvard.indicators.between import FEWEST_SCHOOLS
from likvard.indicators.levels import Levels, observed
from likvard.indicators.record import BEYOND, BEYOND_DRAWN, rows_of
from likvard.indicators.registry import Definition

GRADE = "grade"


@dataclass(frozen=True)
class _Compared:
    """Of each school (named by ``beyond.units``): result − expected, and the result itself."""

    beyond: Estimate
    actual: Floats


def beyond_expected(
    definition: Definition,
    rows: pd.DataFrame,
    found: Levels,
    references: Mapping[str, str],
    scale: Scale | None,
    level: float,
) -> pd.DataFrame:
    """Two rows per school, for a mean that tells what pupils know: ``beyond_expected`` (result − expected, with its interval) and
    ``beyond_expected_drawn``, the same drawn towards the mean of all schools by as much as it is uncertain (empirical Bayes).

    What is expected comes from one multilevel model of all pupils with their grade and every dimension that groups are formed
    by; with fewer than ``LEAST_SCHOOLS`` schools, from the mean of each group of the scale (direct standardisation). Numerator
    and denominator of ``beyond_expected`` are result and expected; n counts pupils. What the background does not tell – and
    chance – is left in it: it says that a school differs from what one would expect, not why. Rows are those of one period.
    """
    if definition.kind != "mean" or not definition.about_learning or definition.clustered or "school_id" not in rows:
        return pd.DataFrame()
    result = observed(definition, rows)
    counts = ~np.isnan(result) & rows["school_id"].notna().to_numpy()
    schools = rows.loc[counts, "school_id"].nunique()
    compared = None
    if schools >= LEAST_SCHOOLS:
        compared = _by_model(definition, rows[counts], result[counts], references, level)
    elif schools >= FEWEST_SCHOOLS and scale is not None:
        compared = _by_groups(found, scale, level)
    if compared is None:
        return pd.DataFrame()
    of = compared.beyond
    drawn = shrunken(of.value, (of.high - of.low) / (2 * normal_quantile(level)), level=level)
    drawn = estimate(drawn.value, (drawn.low, drawn.high), of.n, status=drawn.status, units=of.units)
    beyond = rows_of(of, BEYOND, "school")
    actual = pd.Series(compared.actual, index=of.units).reindex(beyond["unit_id"]).to_numpy()
    beyond = beyond.assign(numerator=actual, denominator=actual - beyond["value"])
    return pd.concat([beyond, rows_of(drawn, BEYOND_DRAWN, "school")], ignore_index=True).assign(
        period=rows["period"].iloc[0]
    )


def of_schools(rows: pd.DataFrame) -> pd.DataFrame:
    """``value``, ``actual`` and ``n`` of each school, by its id, from the rows of ``beyond_expected``."""
    beyond = rows[rows["measure"].eq(BEYOND)].set_index("unit_id")
    return beyond.rename(columns={"numerator": "actual"})[["value", "actual", "n"]]


def _by_model(
    definition: Definition, rows: pd.DataFrame, result: Floats, references: Mapping[str, str], level: float
) -> _Compared | None:
    """From the multilevel model; None where no background distinguishes pupils."""
    columns = []
    for group_by, reference in references.items():
        if group_by in rows and group_by not in definition.not_by:
            groups = rows[group_by].fillna(UNKNOWN)
            columns += [groups.eq(group).to_numpy(float) for group in sorted(groups.unique()) if group != reference]
    if columns and GRADE in rows:
        columns += [
            rows[GRADE].eq(grade).fillna(False).to_numpy(float) for grade in sorted(rows[GRADE].dropna().unique())[1:]
        ]
    if not columns:
        return None
    background: Floats = np.column_stack([np.ones(len(rows)), *columns]).astype(np.float64)
    # A group that follows from others (nothing is known of some pupils in any register) tells nothing of its own.
    own = np.abs(np.diag(np.linalg.qr(background, mode="r"))) > 1e-8 * np.sqrt(len(rows))
    background = background[:, 1:][:, own[1:]]
    model = expected_result(result, background, rows["school_id"], level)
    if not np.isfinite(model.coefficients).all():
        return None
    units = units_of(rows["school_id"], result)
    rest = result - model.coefficients[0] - background @ model.coefficients[1:]
    n, raw = units.sum(), units.mean(rest)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(units.sum((rest - raw[units.codes]) ** 2) / np.where(n > 1, n - 1, np.nan))
    return _Compared(estimate(raw, mean_interval(n, raw, spread, level), n, units=units.labels), units.mean(result))


def _by_groups(found: Levels, scale: Scale, level: float) -> _Compared | None:
    """From the groups of the scale, not known among them: the school's mean if its pupils were as all are − the mean of all."""
    cells = found.cells[found.cells["group_by"].eq(scale.group_by)]
    everyone = cells[cells["unit_kind"].eq("all")]
    held = everyone["n"].sum()
    if not held > 0:
        return None
    standard: dict[object, float] = dict(zip(everyone["group"], everyone["n"] / held, strict=True))
    middle = float(everyone["numerator"].sum() / held)
    schools = cells[cells["unit_kind"].eq("school")]
    # The one pupil of a group has no spread of his own: it is taken to be that of the group everywhere.
    spread = schools["sd"].fillna(
        schools["group"].astype(object).map(dict(zip(everyone["group"], everyone["sd"], strict=True)))
    )
    unit = schools["unit_id"].astype(object)
    standardised = standardised_mean(
        schools["n"], schools["value"].fillna(0.0), spread, schools["group"].astype(object), standard, unit, level
    )
    sums = schools[["numerator", "n"]].groupby(unit).sum().reindex(standardised.units)
    beyond = estimate(
        standardised.value - middle,
        (standardised.low - middle, standardised.high - middle),
        standardised.n,
        status=standardised.status,
        units=standardised.units,
    )
    return _Compared(beyond, (sums["numerator"] / sums["n"]).to_numpy())
