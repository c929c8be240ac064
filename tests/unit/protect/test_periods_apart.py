"""What two periods share in the system of equations: nothing."""

import pandas as pd
import pytest
from two_areas import AREAS, FREE, record_of

from likvard.disclosure.profiles import PROFILES
from likvard.disclosure.quantities import Quantities, quantities
from likvard.indicators.record import LEVEL
from small_registry import REGISTRY

FIRST, SECOND = "2023-24", "2024-25"
INTERNAL = PROFILES["internal"]
SCHOOLS = pd.DataFrame({"school_id": list(AREAS), "area_id": list(AREAS.values())})


@pytest.fixture(scope="module")
def record() -> pd.DataFrame:
    return record_of({FIRST: FREE, SECOND: FREE}, SECOND)


@pytest.fixture(scope="module")
def found(record: pd.DataFrame) -> Quantities:
    """Both periods as one system."""
    levels = record[record["measure"].eq(LEVEL)].reset_index(drop=True)
    schools = pd.concat([SCHOOLS.assign(period=period) for period in (FIRST, SECOND)], ignore_index=True)
    return quantities(levels, REGISTRY, schools, INTERNAL)


def test_no_equation_is_about_two_periods(found: Quantities) -> None:
    period = found.cells["unit"].str.split("@").str[1].to_numpy()
    equations = found.system.equations
    assert set(period) == {FIRST, SECOND}
    for row in range(equations.shape[0]):
        here = equations.indices[equations.indptr[row] : equations.indptr[row + 1]]
        assert len(set(period[here])) == 1
