"""sdcTable's linked tables: eight regions by county and by size, two tables that share their regions.

Source: sdcTable, tests/testthat/test-linked-tables.r (github.com/sdcTools/sdcTable). It expects that one more cell is hidden: N.
"""

import numpy as np
import pandas as pd
import pytest

from likvard.disclosure.attack import audit, interval
from likvard.disclosure.suppress import suppress
from likvard.disclosure.system import NOBODY, System, each_shows_one, equations, margins
from likvard.disclosure.task import Task

COUNTS = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
COUNTIES = {"county-1": "ABIJ", "county-2": "KLMN"}
SIZES = {"small": "ABIJKN", "big": "LM"}
TOTALS = {name: sum(COUNTS[one] for one in of) for name, of in (COUNTIES | SIZES).items()}
REGIONS = [*COUNTS, *TOTALS, "Total"]
TRUTH = np.array([*COUNTS.values(), *TOTALS.values(), sum(COUNTS.values())], dtype=float)
SMALL = TRUTH <= 3


def linked(*tables: dict[str, str]) -> System:
    """The equations of these tables."""
    pairs = [
        (parent, child, str(number))
        for number, table in enumerate(tables)
        for parent, children in [("Total", list(table)), *((name, list(of)) for name, of in table.items())]
        for child in children
    ]
    parents = pd.DataFrame(pairs, columns=["parent", "child", "partition"])
    return System(
        equations=equations(pd.DataFrame({"region": REGIONS}), margins("region", parents)),
        low=np.zeros(len(TRUTH)),
        high=np.full(len(TRUTH), np.inf),
        told_low=TRUTH,
        told_high=TRUTH,
        owner=np.full(len(TRUTH), NOBODY),
        shows=each_shows_one(len(TRUTH)),
    )


@pytest.mark.parametrize("table", [COUNTIES, SIZES])
def test_each_table_by_itself_gives_nothing_away(table: dict[str, str]) -> None:
    assert audit(linked(table).published(SMALL, np.where(SMALL, 1.0, 0.0))).safe


def test_the_attack_on_both_tables_knows_k() -> None:
    found = audit(linked(COUNTIES, SIZES).published(SMALL, np.where(SMALL, 1.0, 0.0)))
    assert [REGIONS[finding.cell] for finding in found.findings if finding.exact] == ["K"]
    assert interval(linked(COUNTIES, SIZES).published(SMALL, TRUTH), REGIONS.index("K")) == pytest.approx((3, 3))


def test_one_more_region_is_hidden_and_it_is_n() -> None:
    task = Task.of(linked(COUNTIES, SIZES), TRUTH, np.where(SMALL, 1.0, 0.0), SMALL)
    pattern = suppress(task)
    assert [REGIONS[place] for place in np.flatnonzero(pattern.hidden & ~SMALL)] == ["N"]
    assert audit(task.system.published(pattern.hidden, task.level)).safe
