"""A cause is told alone: a table without key, rows or the right period is judged no further, nor is what rests on it."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from staged_tables import REPOSITORY, clean_tables

from likvard.contracts import read_delivered, read_tables
from likvard.contracts.rules import read_rules
from likvard.validate.findings import checks_of
from likvard.validate.judge import judge
from likvard.validate.rules_of_contract import Judgeable, judgeable_tables

CONTRACTS = REPOSITORY / "data/contracts"
Tables = dict[str, pd.DataFrame]


def judged(staged: Tables, edition: str = "1988-89") -> tuple[list[Judgeable], list[str]]:
    """The tables with the rules that are asked, and the checks that failed."""
    rules = read_rules(CONTRACTS, read_tables(CONTRACTS))
    tables = list(judgeable_tables(staged, read_delivered(CONTRACTS, "star"), {}, rules, edition))
    found = [check for one in judge(tables) for check in checks_of(one)]
    return tables, [check.check for check in found if check.result == "failed"]


def with_faults(staged: Tables) -> Tables:
    """The same with faults of other kinds in the schools, which nobody can judge before the cause is gone."""
    schools = staged["schools"]
    schools["school_name"] = pd.array([None] * len(schools), dtype="string")
    schools["area_id"] = pd.array(["no area"] * len(schools), dtype="string")
    return staged


def without_key(staged: Tables) -> None:
    staged["schools"] = staged["schools"].drop(columns="school_id")


def key_of_another_kind(staged: Tables) -> None:
    staged["schools"] = staged["schools"].assign(school_id=1)


def without_time(staged: Tables) -> None:
    staged["schools"] = staged["schools"].drop(columns="period")


def empty(staged: Tables) -> None:
    staged["schools"] = staged["schools"].iloc[:0]


def no_period_to_read(staged: Tables) -> None:
    staged["schools"]["period"] = pd.array(["last year"] * 4, dtype="string")


def newest_lacking(staged: Tables) -> None:
    staged["schools"] = staged["schools"].loc[["1987-88"]]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (without_key, ["schools.school_id.present"]),
        (key_of_another_kind, ["schools.school_id.type"]),
        (without_time, ["schools.period.present"]),
        (empty, ["schools.rows"]),
        (no_period_to_read, ["schools.period.pattern"]),
        (newest_lacking, ["schools.rows.1988-89"]),
    ],
)
def test_the_cause_is_told_and_none_of_its_consequences(fault: Callable[[Tables], None], told: list[str]) -> None:
    staged = with_faults(clean_tables())
    fault(staged)
    tables, failed = judged(staged)
    assert failed == told
    by_name = {one.table.name: one for one in tables}
    assert "schools.school_name.required" in by_name["schools"].not_judged
    assert "pupils.school_id+period.in_schools" in by_name["pupils"].not_judged


def test_all_tables_of_an_old_delivery_are_called_old_and_nothing_else() -> None:
    staged = with_faults(clean_tables())
    _, failed = judged(staged, "1991-92")
    assert [check for check in failed if not check.startswith(("areas.", "teachers."))] == [
        "pupils.fresh",
        "schools.fresh",
    ]


def test_without_a_cause_every_fault_is_told() -> None:
    _, failed = judged(with_faults(clean_tables()))
    assert set(failed) >= {"schools.school_name.required", "schools.area_id.pattern"}


def test_a_fault_in_one_table_does_not_keep_others_from_being_judged() -> None:
    staged = clean_tables()
    empty(staged)
    staged["pupils"].loc[("1988-89", 5), "reading_score"] = 9999
    _, failed = judged(staged)
    assert failed == ["pupils.reading_score.range", "schools.rows"]
