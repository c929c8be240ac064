"""Nine schools of thirty pupils in two areas, for as many periods as are asked for."""

from __future__ import annotations

import pandas as pd

from likvard.indicators.cells import cells_of
from likvard.indicators.change import changes, of_everyone
from likvard.indicators.gaps import gaps
from likvard.indicators.levels import levels
from likvard.indicators.record import in_order, with_figure_ids
from small_registry import REGISTRY

GROUPS = {"lunch": ("free", "paid", "unknown")}
AREAS = dict(zip("ABCDEFGHI", "111112222", strict=True))
FREE = dict(zip("ABCDEFGHI", (12, 7, 9, 11, 3, 14, 8, 12, 10), strict=True))


def pupils_of(free: dict[str, int], period: str) -> pd.DataFrame:
    """Thirty pupils per school, so many of them with free lunch; every other is below 610."""
    rows = [
        (f"{school}{i}", school, "free" if i < free[school] else "paid", 600.0 + 5 * (i % 4))
        for school in AREAS
        for i in range(30)
    ]
    found = pd.DataFrame(rows, columns=["pupil_id", "school_id", "lunch", "reading_score"])
    found = found.assign(
        period=period, grade="1", area_id=found["school_id"].map(AREAS), class_id=found["school_id"] + "1"
    )
    texts = ("pupil_id", "school_id", "lunch", "period", "grade", "area_id", "class_id")
    return found.astype(dict.fromkeys(texts, "string"))


def record_of(periods: dict[str, dict[str, int]], edition: str) -> pd.DataFrame:
    """The record, with gaps and changes; ``periods``: for each, how many of each school have free lunch."""
    return record_of_pupils([pupils_of(free, period) for period, free in periods.items()], edition)


def record_of_pupils(tables: list[pd.DataFrame], edition: str) -> pd.DataFrame:
    """The record of these pupils, a table for each period."""
    parts, earlier = [], {name: {} for name in REGISTRY}
    for pupils in tables:
        cells = cells_of(pupils, GROUPS)
        for name, known in REGISTRY.items():
            found = levels(known, pupils, cells, 0.95)
            everyone = of_everyone(found.cells)
            made = [
                found.cells.assign(measure="level", reference=""),
                gaps(known, found, {"lunch": "paid"}, 0.95),
                changes(known, everyone, earlier[name], 0.95),
            ]
            earlier[name][str(pupils["period"].iloc[0])] = everyone
            parts += [part.assign(indicator=name, definition_version=1, edition=edition) for part in made if len(part)]
    return in_order(with_figure_ids(pd.concat(parts, ignore_index=True)))


def homes_of(record: pd.DataFrame) -> pd.DataFrame:
    """school_id, period, area_id."""
    return pd.DataFrame(
        [(school, period, area) for period in sorted(set(record["period"])) for school, area in AREAS.items()],
        columns=["school_id", "period", "area_id"],
    )
