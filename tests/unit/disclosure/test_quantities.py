"""The record of a small town as a system: what its figures show, and that it adds up."""

import numpy as np
import pandas as pd
from scipy import sparse
from small_town import INTERNAL, SCHOOLS

from likvard.disclosure.attack import audit
from likvard.disclosure.quantities import Quantities, quantities
from likvard.disclosure.release import safe, safe_by_swaps
from likvard.disclosure.system import contradictions
from likvard.disclosure.task import Limits
from small_registry import REGISTRY


def value(found: Quantities, unit: str, slot: str, quantity: str) -> float:
    cells = found.cells
    here = cells["unit"].eq(f"{unit}@Y1") & cells["slot"].eq(slot) & cells["quantity"].eq(quantity)
    assert here.sum() == 1
    return float(found.truth[here.to_numpy()][0])


def test_everything_adds_up(found: Quantities) -> None:
    assert found.system.equations.shape[0] > 20
    assert contradictions(found.system.equations, found.truth).size == 0


def test_a_pupil_more_in_one_total_does_not(found: Quantities) -> None:
    one_more = found.truth + (found.cells["unit"].eq("area:1@Y1") & found.cells["slot"].eq("all")).to_numpy()
    assert contradictions(found.system.equations, one_more).size > 0


def test_the_pupils_of_a_group_are_those_of_the_composition(found: Quantities) -> None:
    assert value(found, "school:B", "lunch:free", "pupils") == 2
    assert value(found, "area:1", "lunch:free", "pupils") == 23
    assert value(found, "school:B", "lunch:unknown", "pupils") == 0


def test_a_share_shows_those_with_and_those_without(found: Quantities) -> None:
    assert value(found, "school:A", "all", "with passed") == 20
    assert value(found, "school:A", "all", "without passed") == 10


def names_of_n(found: Quantities) -> set[str]:
    return {name for name in found.cells["quantity"].unique() if name.startswith("n of")}


def test_indicators_about_all_pupils_have_the_pupils_for_their_n(found: Quantities) -> None:
    assert names_of_n(found) == set()
    assert len(found.grids) == 1
    sides = [value(found, "school:A", "lunch:free", side + " passed") for side in ("with", "without")]
    assert sum(sides) == value(found, "school:A", "lunch:free", "pupils") == 12


def test_indicators_about_the_same_few_pupils_have_one_n_of_their_own(record: pd.DataFrame) -> None:
    # One of school A's pupils was not tested.
    tested = record["indicator"].isin(["score", "passed"]) & record["unit_id"].eq("A") & record["group_by"].eq("all")
    one_less = record.assign(n=record["n"] - tested.astype(int))
    found = quantities(one_less, REGISTRY, SCHOOLS, INTERNAL)
    assert names_of_n(found) == {"n of passed"}
    assert len(found.grids) == 2
    assert value(found, "school:A", "all", "n of passed") == 29
    assert value(found, "school:A", "all", "pupils") == 30


def test_a_table_of_the_pupils_shows_shares_then_means_then_the_pupils_themselves(found: Quantities) -> None:
    (grid,) = found.grids
    assert grid.figure.shape[0] == 3
    units_and_groups = (grid.figure >= 0).sum(axis=(1, 2))
    # Pupils are told of known groups alone, or of everyone where they are counted.
    assert units_and_groups[0] == units_and_groups[1] >= units_and_groups[2] > 0


def test_an_area_of_two_schools_has_everyone_and_no_groups(found: Quantities) -> None:
    assert set(found.cells["unit"].str.split("@").str[0]) >= {"area:1", "all:all", "school:D"}
    small = found.cells[found.cells["unit"].str.startswith("area:2")]
    # But for those whose lunch nobody knows, whom everybody can work out where all groups are shown.
    assert set(small["slot"]) == {"all"}


def test_an_area_of_one_school_shows_that_school(record: pd.DataFrame) -> None:
    homes = SCHOOLS.assign(area_id=["1", "1", "1", "1", "2"])
    area = record["unit_kind"].eq("area") & record["unit_id"].eq("2")
    one = record[~area]
    alone = one[one["unit_id"].eq("E")].assign(unit_kind="area", unit_id="2")
    found = quantities(pd.concat([one, alone], ignore_index=True), REGISTRY, homes, INTERNAL)
    rows = pd.concat([one, alone], ignore_index=True).loc[found.figure_of.index]
    of_school = found.figure_of[rows["unit_id"].eq("E") & rows["unit_kind"].eq("school")]
    of_area = found.figure_of[rows["unit_kind"].eq("area") & rows["unit_id"].eq("2")]
    assert of_area.tolist() == of_school.tolist()
    assert len(of_area) > 5


def test_the_school_owns_its_cells_and_nobody_the_totals(found: Quantities) -> None:
    by_unit = pd.Series(found.system.owner).groupby(found.cells["unit"].str.split("@").str[0]).unique()
    assert [len(owners) for owners in by_unit] == [1] * len(by_unit)
    assert (by_unit["all:all"][0], by_unit["area:1"][0]) == (-1, -1)


def test_what_is_told_of_a_mean_is_its_sum_within_rounding(found: Quantities) -> None:
    sums = found.cells["quantity"].eq("sum score").to_numpy() & (found.truth > 0)
    assert (found.system.told_low[sums] < found.truth[sums]).all()
    assert (found.system.told_high[sums] > found.truth[sums]).all()


def test_the_two_pupils_with_free_lunch_are_found_by_nobody(record: pd.DataFrame, found: Quantities) -> None:
    rows = record.loc[found.figures]
    primary = (rows["n"].lt(5) | (rows["indicator"].eq("composition") & rows["numerator"].lt(5))).to_numpy()
    primary &= rows["n"].gt(0).to_numpy() & rows["group"].ne("unknown").to_numpy()
    task = found.task(primary, np.zeros_like(primary), INTERNAL)
    assert task.hidden.sum() == 3  # composition, score and share of the group; what they do not count has no level
    for result in (safe(task, Limits(rounds=0)), safe_by_swaps(found, task, 5)):
        assert result.audit.safe
        assert result.audit.attackers == 6
        assert result.pattern.hidden.sum() > 3


def test_a_swap_that_is_only_claimed_proves_nothing(record: pd.DataFrame, found: Quantities) -> None:
    rows = record.loc[found.figures]
    primary = (rows["unit_id"].eq("B") & rows["group"].eq("free")).to_numpy()
    task = found.task(primary, np.zeros_like(primary), INTERNAL)
    published = found.system.published(primary, task.level)
    # One cell alone is said to move: it is hidden, but nothing beside it is.
    lie = sparse.csr_array(
        (np.full(1, 9.0), (np.zeros(1, dtype=int), np.flatnonzero(task.level)[:1])), (1, len(task.truth))
    )
    told = audit(published, own=task.truth, changes=lie)
    assert len(told.findings) == len(audit(published, own=task.truth).findings) > 0
