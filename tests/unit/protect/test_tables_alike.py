"""What one table hides of a group the others hide too, what a hidden figure costs, and what two periods share."""

import numpy as np
import pandas as pd
import pytest
from two_areas import AREAS, FREE, REGISTRY, record_of

from likvard.disclosure.alike import tables_alike
from likvard.disclosure.profiles import PROFILES
from likvard.disclosure.quantities import Quantities, quantities
from likvard.indicators.record import LEVEL
from likvard.protect.derived import going_along

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


def number_of(found: Quantities, unit: str, slot: str, quantity: str) -> int:
    cells = found.cells
    here = cells["unit"].eq(unit) & cells["slot"].eq(slot) & cells["quantity"].str.startswith(quantity)
    return int(np.flatnonzero(here)[0])


def test_where_one_table_counts_on_a_number_the_other_hides_it_and_protects_it(found: Quantities) -> None:
    alike = tables_alike(found, 5)
    task = found.task(np.zeros(len(found.figures), bool), np.zeros(len(found.figures), bool), INTERNAL)
    hidden, level = task.hidden.copy(), task.level.copy()
    pupils = number_of(found, "school:E@2023-24", "lunch:free", "pupils")
    tested = number_of(found, "school:E@2023-24", "lunch:free", "n of")
    new = alike.hide(np.array([pupils]), task, hidden, level)
    shown_by_new = found.system.shows[new].indices
    assert set(np.flatnonzero(hidden)) == set(new.tolist())
    assert tested in shown_by_new
    assert pupils not in shown_by_new
    assert set(found.cells.loc[shown_by_new, "unit"]) == {"school:E@2023-24"}
    assert set(found.cells.loc[shown_by_new, "slot"]) == {"lunch:free"}
    assert level[tested] == 5
    assert level[pupils] == 0


def test_what_is_out_already_cannot_be_hidden_with_the_other_table(found: Quantities) -> None:
    alike = tables_alike(found, 5)
    out = np.ones(len(found.figures), bool)
    task = found.task(~out, out, INTERNAL)
    hidden, level = task.hidden.copy(), task.level.copy()
    pupils = number_of(found, "school:E@2023-24", "lunch:free", "pupils")
    assert len(alike.hide(np.array([pupils]), task, hidden, level)) == 0
    assert not hidden.any()


def test_numbers_that_are_far_from_each_other_are_hidden_by_themselves(found: Quantities) -> None:
    assert tables_alike(found, 5).figures.nnz > 0
    assert tables_alike(found, 0).figures.nnz == 0


def test_a_level_weighs_the_gaps_that_it_is_on_a_side_of(record: pd.DataFrame) -> None:
    along = going_along(record)
    here = record["indicator"].eq("score") & record["unit_id"].eq("A") & record["period"].eq(SECOND)
    derived = record[here & record["measure"].ne(LEVEL) & record["status"].eq("shown")]
    for group in ("free", "paid"):
        made = derived["group"].eq(group) | derived["reference"].eq(group)
        assert made.any()
        assert along[here & record["measure"].eq(LEVEL) & record["group"].eq(group)].tolist() == [made.sum()]


def test_a_level_weighs_the_change_that_a_later_period_makes_of_it(record: pd.DataFrame) -> None:
    everyone = record["indicator"].eq("score") & record["unit_id"].eq("A") & record["group_by"].eq("all")
    level = record[everyone & record["measure"].eq(LEVEL)].set_index("period").index
    assert set(level) == {FIRST, SECOND}
    assert going_along(record)[everyone & record["measure"].eq(LEVEL)].tolist() == [1, 1]
    assert going_along(record[record["measure"].eq(LEVEL)]).eq(0).all()


def test_no_equation_is_about_two_periods(found: Quantities) -> None:
    period = found.cells["unit"].str.split("@").str[1].to_numpy()
    equations = found.system.equations
    assert set(period) == {FIRST, SECOND}
    for row in range(equations.shape[0]):
        here = equations.indices[equations.indptr[row] : equations.indptr[row + 1]]
        assert len(set(period[here])) == 1
