import pandas as pd
import pytest
from staged_tables import REPOSITORY, clean_tables

from likvard.contracts import Table, read_delivered, read_tables
from likvard.contracts.table import Tables
from likvard.validate.coded import coded
from likvard.validate.column_rules import InRange, NobodyProtected
from likvard.validate.findings import IN_ENGLISH
from likvard.validate.rule import DELIVERY
from likvard.validate.rules_of_contract import judgeable_tables
from likvard.validate.staged import delivery_of
from likvard.validate.table_rules import RowCountNearPrevious, UniqueKey


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_delivered(REPOSITORY / "data/contracts", "star")


def without_period(table: Table) -> Table:
    """The contract of a table whose rows do not say which period they describe."""
    fields = tuple(field for field in table.schema_.fields if field.name != "period")
    return table.model_copy(update={"schema_": table.schema_.model_copy(update={"fields": fields})})


def test_a_share_is_never_rounded_up_to_its_limit() -> None:
    assert IN_ENGLISH.per_cent(0.7996, decimals=1) == "79.9 %"
    assert IN_ENGLISH.per_cent(0.29) == "29 %"
    assert IN_ENGLISH.per_cent(1.0) == "100 %"


def test_the_rows_of_a_table_without_periods_belong_to_the_delivery_of_their_folder(tables: Tables) -> None:
    schools = coded(clean_tables()["schools"].drop(columns="period"))
    assert delivery_of(schools, without_period(tables["schools"])).unique().tolist() == ["1987-88", "1988-89"]


@pytest.mark.parametrize(
    ("previous", "change", "limits"), [(100, 0.15, (85, 115)), (10, 0.1, (9, 11)), (41, 0.2, (33, 49))]
)
def test_the_limits_of_the_row_count_are_whole_rows(
    tables: Tables, previous: int, change: float, limits: tuple[int, int]
) -> None:
    rule = RowCountNearPrevious(
        table=tables["areas"], period="b", previous_period="a", previous_count=previous, change=change
    )
    assert tuple(rule.expectation[1].values()) == limits


def test_a_key_of_one_column_is_judged_on_its_own(tables: Tables) -> None:
    rule = UniqueKey(table=tables["areas"], columns=("area_id",))
    assert rule.expectation == ("ExpectColumnValuesToBeUnique", {"column": "area_id"})


def test_a_key_with_a_part_missing_is_no_duplicate(tables: Tables) -> None:
    frame = pd.DataFrame({"area_id": ["01", "01", "02", "02"], "period": [None, None, "a", "a"]})
    assert UniqueKey(table=tables["areas"], columns=("area_id", "period")).at_fault(frame).tolist() == [
        False,
        False,
        True,
        True,
    ]


def test_a_range_may_have_one_end_and_takes_its_limit_in(tables: Tables) -> None:
    field = tables["teachers"].fields["experience_years"]
    rule = InRange(table=tables["teachers"], columns=("experience_years",), field=field, minimum=0, maximum=None)
    frame = pd.DataFrame({"experience_years": pd.array([0, -1, None], dtype="Int64")})
    assert rule.at_fault(frame).tolist() == [False, True, False]
    assert rule.holds(IN_ENGLISH).endswith("is at least 0 years")


def test_a_link_to_a_table_that_is_not_delivered_is_not_judged(tables: Tables) -> None:
    (judgeable,) = judgeable_tables({"teachers": clean_tables()["teachers"]}, tables)
    assert judgeable.not_judged == ("teachers.school_id+period.in_schools",)


def test_every_rule_of_the_contracts_has_a_name_of_its_own(tables: Tables) -> None:
    ids = [rule.id for judgeable in judgeable_tables(clean_tables(), tables) for rule in judgeable.rules]
    assert len(ids) == len(set(ids))


def test_judging_leaves_the_staged_tables_as_they_were(tables: Tables) -> None:
    staged = clean_tables()
    list(judgeable_tables(staged, tables))
    assert all(DELIVERY not in frame.columns for frame in staged.values())


def test_an_empty_table_is_told_as_such(tables: Tables) -> None:
    staged = clean_tables()
    staged["areas"] = staged["areas"].iloc[:0]
    judgeable = next(each for each in judgeable_tables(staged, tables) if each.table.name == "areas")
    assert [rule.id for rule in judgeable.rules if rule.kind == "rows"] == ["areas.rows"]


def row_periods(staged: dict[str, pd.DataFrame], tables: Tables, expected_in: dict[str, str]) -> dict[str, set[str]]:
    """The periods that each table must have rows for."""
    return {
        judged.table.name: {rule.period for rule in judged.rules if rule.kind == "rows" and rule.period}
        for judged in judgeable_tables(staged, tables, expected_in)
    }


def test_a_table_needs_rows_for_the_periods_of_tables_that_come_as_often_and_for_no_others(tables: Tables) -> None:
    staged = clean_tables()
    staged["pupils"] = staged["pupils"][staged["pupils"]["period"] == "1988-89"]
    always = {"1987-88", "1988-89"}
    assert row_periods(staged, tables, {})["pupils"] == always
    seldom = row_periods(staged, tables, {"pupils": "1988-.*"})
    assert seldom["pupils"] == {"1988-89"}
    assert seldom["schools"] == always


def test_a_person_with_protected_identity_is_an_error_that_names_nobody() -> None:
    table = read_tables(REPOSITORY / "data/contracts")["pupils"]
    rule = NobodyProtected(table=table, columns=("protected_identity",), field=table.fields["protected_identity"])
    frame = pd.DataFrame({"protected_identity": pd.array([False, True, None], dtype="boolean")})
    assert rule.at_fault(frame).tolist() == [False, True, False]
    assert rule.severity == "error"
    assert "through intake" in rule.advice(IN_ENGLISH)
