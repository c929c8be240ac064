"""Five schools of thirty pupils in two areas, and what its record tells."""

import pandas as pd

from likvard.disclosure.profiles import PROFILES
from likvard.indicators.cells import cells_of
from likvard.indicators.levels import levels
from likvard.indicators.record import in_order, with_figure_ids
from small_registry import REGISTRY

INTERNAL = PROFILES["internal"]
GROUPS = {"lunch": ("free", "paid", "unknown")}
FREE = {"A": 12, "B": 2, "C": 9, "D": 11, "E": 8}
AREAS = {"A": "1", "B": "1", "C": "1", "D": "2", "E": "2"}
SCHOOLS = pd.DataFrame({"school_id": list(AREAS), "period": "Y1", "area_id": list(AREAS.values())})


def record_of_town() -> pd.DataFrame:
    """Five schools of 30 pupils in two areas; in B only two have free lunch. Every third pupil is below 610."""
    rows = [
        (school, "free" if i < FREE[school] else "paid", 600.0 + 5 * (i % 6)) for school in AREAS for i in range(30)
    ]
    pupils = pd.DataFrame(rows, columns=["school_id", "lunch", "reading_score"]).assign(period="Y1", grade="1")
    pupils = pupils.assign(area_id=pupils["school_id"].map(AREAS), class_id=pupils["school_id"] + "1")
    pupils = pupils.astype(dict.fromkeys(("school_id", "lunch", "period", "grade", "area_id", "class_id"), "string"))
    cells = cells_of(pupils, GROUPS)
    parts = [
        levels(known, pupils, cells, 0.95).cells.assign(
            measure="level", reference="", indicator=name, definition_version=1, edition="Y1"
        )
        for name, known in REGISTRY.items()
    ]
    return in_order(with_figure_ids(pd.concat(parts, ignore_index=True)))
