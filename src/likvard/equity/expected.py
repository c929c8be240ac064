"""The expected result given intake: a school's result beside what its pupils' backgrounds would lead one to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from likvard.equity.estimate import Estimate, estimate
from likvard.equity.intervals import Floats
from likvard.equity.shrinkage import shrunken
from likvard.equity.sums import Labels, ratio, units_of, within

LEAST_SCHOOLS = 20


@dataclass(frozen=True)
class Expected:
    """The multilevel model's answer. ``residual``: one row per school, the empirical-Bayes estimate of actual −
    expected.

    ``coefficients``: constant first, then one per background column; ``icc``: the share of what is left that lies
    between schools.
    """

    residual: Estimate
    coefficients: Floats
    icc: float


def expected_result(
    result: ArrayLike, background: ArrayLike, school: Labels, level: float = 0.95, *, least_schools: int = LEAST_SCHOOLS
) -> Expected:
    """What each school's result is beyond what its intake leads one to expect, from one model over all pupils.

    Random-intercept model: result = constant + background × coefficients + school + pupil, by restricted maximum
    likelihood. Source: Goldstein 2011, Multilevel Statistical Models, ch. 2; for reading residuals Goldstein & Healy
    1995, J R Stat Soc A 158:175. ``background``: pupils × columns, each a number. Residual: mean result − expected,
    drawn together by ``shrinkage.shrunken`` with the pupils' variance ÷ n as its error, so that the interval knows
    that the variance between schools is estimated too (coefficients are taken as known). ``beside``: ``actual``,
    ``expected`` and ``raw`` (actual − expected). n counts pupils.
    Degenerate: fewer than ``least_schools`` schools gives ``too_few`` for all: use ``standardisation`` instead.
    Coverage: on average over 40 schools 96, 92.5 and 94 % at 10, 30 and 200 pupils per school, the coefficients'
    uncertainty being left out; the raw value stands beside it.
    """
    from scipy.optimize import minimize_scalar

    x = np.asarray(background, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    units = units_of(None, result, x.sum(axis=1))
    schools, _ = within(units, school)
    y = np.asarray(result, dtype=float)[schools.kept]
    design = np.column_stack([np.ones(len(y)), x[schools.kept]])
    n, columns = schools.sum(), design.shape[1]
    actual = schools.mean(y)
    enough = len(n) >= least_schools and len(y) > len(n) + columns and np.linalg.matrix_rank(design) == columns
    if not enough or np.ptp(y) == 0:
        blank = np.full(len(n), np.nan)
        found = estimate(blank, (blank, blank), n, beside={"actual": actual, "expected": blank, "raw": blank})
        status = np.where(found.status == "not_applicable", "too_few" if not enough else "not_applicable", found.status)
        return Expected(
            estimate(blank, (blank, blank), n, status=status, units=schools.labels, beside=found.beside),
            np.full(columns, np.nan),
            float("nan"),
        )
    sums = np.stack([schools.sum(column) for column in design.T], axis=1)
    held, gram, cross, square = schools.sum(y), design.T @ design, design.T @ y, float(y @ y)

    def fitted(share: float) -> tuple[float, Floats, float]:
        """Minus twice the restricted log likelihood, the coefficients and the pupils' variance at λ."""
        factor = share / (1 - share)
        pull = factor / (1 + n * factor)
        weighted = gram - (sums * pull[:, None]).T @ sums
        beta = np.linalg.solve(weighted, cross - sums.T @ (pull * held))
        rest = square - float((pull * held**2).sum()) - float(beta @ (cross - sums.T @ (pull * held)))
        variance = max(rest, 1e-300) / (len(y) - columns)
        deviance = (len(y) - columns) * np.log(variance) + np.log1p(n * factor).sum() + np.linalg.slogdet(weighted)[1]
        return float(deviance), beta, variance

    best = minimize_scalar(
        lambda share: fitted(share)[0], bounds=(0.0, 0.999), method="bounded", options={"xatol": 1e-9}
    )
    share = 0.0 if fitted(0.0)[0] <= best.fun else float(best.x)
    _, beta, variance = fitted(share)
    expected = ratio(sums, n[:, None]) @ beta
    raw = actual - expected
    drawn = shrunken(raw, np.sqrt(variance / n), level=level)
    beside = {"actual": actual, "expected": expected, "raw": raw}
    return Expected(estimate(drawn.value, (drawn.low, drawn.high), n, units=schools.labels, beside=beside), beta, share)
