"""Areas of few schools, and figures that are alone among hidden ones, on a few rows."""

import pandas as pd
import pytest
from few_rows import DEFINITIONS, record_of, row

from likvard.disclosure.profiles import PROFILES
from likvard.protect.rules import lonely, primary_rules

HOMES = pd.DataFrame(
    [("A", "1"), ("B", "2"), ("C", "2"), ("D", "3"), ("E", "3"), ("F", "3")], columns=["school_id", "area_id"]
).assign(period="Y2")


@pytest.mark.parametrize(("area", "rule"), [("1", ""), ("2", "few_schools"), ("3", "")])
def test_an_area_of_two_schools_shows_no_group_as_each_could_work_out_the_others(area: str, rule: str) -> None:
    group, everyone = row(unit_kind="area", unit_id=area, lunch="free"), row(unit_kind="area", unit_id=area)
    record = record_of(group, everyone)
    nobody_moved = pd.Series(0, index=record.index)
    found = primary_rules(record, DEFINITIONS, HOMES, PROFILES["internal"], 3, nobody_moved)
    assert found.tolist() == [rule, ""]


SCHOOLS = record_of(row(unit_kind="all", unit_id="all"), *(row(unit_id=school) for school in "ABC"))


@pytest.mark.parametrize(
    ("hidden", "counted", "go_along"),
    [
        ("", {"A": 3, "B": 8, "C": 20}, ""),  # nothing is hidden
        ("A", {"A": 3, "B": 8, "C": 20}, "B"),  # A would be the whole less B and C
        ("A", {"A": 30, "B": 20, "C": 8}, "C"),  # however large it is
        ("AB", {"A": 1, "B": 2, "C": 9}, "C"),  # both together would be three
        ("AB", {"A": 2, "B": 3, "C": 9}, ""),  # five may be known together
        ("ABC", {"A": 1, "B": 1, "C": 1}, ""),  # there is nobody left to go along
    ],
)
def test_a_hidden_figure_that_would_follow_from_the_whole_takes_the_smallest_other_along(
    hidden: str, counted: dict[str, int], go_along: str
) -> None:
    units = SCHOOLS["unit_id"]
    numbers = units.map(counted | {"all": 100.0}).astype(float)
    found = lonely(SCHOOLS, units.isin(list(hidden)), 5, numbers)
    assert "".join(units[found]) == go_along


def test_what_is_no_equation_together_is_looked_at_apart() -> None:
    apart = record_of(*(row(unit_id=school, period=period) for period in ("Y1", "Y2") for school in "AB"))
    found = lonely(apart, pd.Series([True, False, False, False]), 5, pd.Series([3.0, 8.0, 3.0, 8.0]))
    assert found.tolist() == [False, True, False, False]
