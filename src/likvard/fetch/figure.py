"""Published figures in one long form, and the statuses that say why a value is absent or coarse."""

from __future__ import annotations

SHOWN = "shown"
TOO_FEW = "too_few"
PROTECTS_ANOTHER = "protects_another"
ROUNDED = "rounded"
MISSING = "missing"
NOT_APPLICABLE = "not_applicable"
NOT_YET = "not_yet"

STATUSES = (SHOWN, TOO_FEW, PROTECTS_ANOTHER, ROUNDED, MISSING, NOT_APPLICABLE, NOT_YET)
WITH_VALUE = (SHOWN, ROUNDED)

# How a figure came to its period: the source states it, another export that states its periods has the same value for
# this unit and measure, or nobody says (then the period is an empty text).
STATED = "stated"
MATCHED = "matched"
NOT_STATED = "not_stated"

# One row per unit, measure and period. `published` is the text that the source printed.
FIGURE_COLUMNS = {
    "school_unit_code": "string",
    "measure": "string",
    "period": "string",
    "unit": "string",
    "value": "Float64",
    "status": "string",
    "published": "string",
    "period_basis": "string",
    "source": "string",
}
