"""The gate on what no contract can say: contradicting cells, schools that vanish or jump, coverage, sameness, and waivers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from likvard.contracts import Source, read_delivered, read_source, read_tables
from likvard.contracts.rules import Rules, read_rules
from likvard.errors import ContractError
from likvard.validate.findings import Check, checks_of
from likvard.validate.judge import judge
from likvard.validate.results import let_through, quality_result
from likvard.validate.rules_of_contract import judgeable_tables
from likvard.waivers import Waiver, Waivers
from repository import REPOSITORY

CONTRACTS = REPOSITORY / "data/contracts"
TERMS = ("2025T1", "2025T2")
SCHOOLS = ("00100001", "00100002")
MONTHS = ("2025-03", "2025-10")
Frames = dict[str, pd.DataFrame]


def source() -> Source:
    return read_source(CONTRACTS, "exempelkommun", read_tables(CONTRACTS))


def frames() -> Frames:
    """Two schools of sixty pupils in two terms, and a month of absence in each."""
    places = [(term, month, school) for term, month in zip(TERMS, MONTHS, strict=True) for school in SCHOOLS]
    seats = [(*place, seat) for place in places for seat in range(60)]
    pupils = pd.DataFrame(
        {
            "pupil_id": pd.Series([f"{school}{seat:08x}" for _, _, school, seat in seats], dtype="string"),
            "period": pd.Series([term for term, *_ in seats], dtype="string"),
            "school_id": pd.Series([school for _, _, school, _ in seats], dtype="string"),
            "gender": pd.Series([("girl", "boy")[seat % 2] for *_, seat in seats], dtype="string"),
        }
    )
    absence = pupils[["pupil_id", "school_id"]].assign(
        period=pd.Series([month for _, month, *_ in seats], dtype="string")
    )
    for name, value in (("offered", 5000), ("reported", 4800), ("valid_absence", 100), ("invalid_absence", 20)):
        absence[f"{name}_minutes"] = pd.Series([value + seat for *_, seat in seats], dtype="Int64")
    whole = {"pupils": pupils, "absence": absence}
    return {
        name: frame.assign(source_file="x/x.csv", source_row=range(2, len(frame) + 2)) for name, frame in whole.items()
    }


def verdicts(changed: Frames) -> dict[str, Check]:
    """The failed checks of the rules in rules.yaml, by name."""
    tables = read_delivered(CONTRACTS, "exempelkommun")
    judged = judge(judgeable_tables(changed, tables, {}, read_rules(CONTRACTS, read_tables(CONTRACTS))))
    of_rules = (
        "school_missing",
        "school_count_change",
        "varies",
        "attendance_reported",
        "absence_within",
        "reported_within",
    )
    checks = [check for one in judged for check in checks_of(one)]
    return {
        check.check: check
        for check in checks
        if check.result == "failed" and any(rule in check.check for rule in of_rules)
    }


def of_school(frame: pd.DataFrame, school: str, period: str) -> pd.Series:
    return (frame["school_id"] == school) & (frame["period"] == period)


def half_a_school(data: Frames) -> None:
    pupils = data["pupils"]
    data["pupils"] = pupils[~(of_school(pupils, "00100002", "2025T2") & (pupils.index % 2 == 0))]


def no_school(data: Frames) -> None:
    data["pupils"] = data["pupils"][~of_school(data["pupils"], "00100002", "2025T2")]


def the_same_everywhere(data: Frames) -> None:
    data["absence"]["valid_absence_minutes"] = data["absence"]["valid_absence_minutes"].mask(
        data["absence"]["period"] == "2025-10", 100
    )


def unreported(data: Frames) -> None:
    absence = data["absence"]
    few = of_school(absence, "00100001", "2025-10")
    absence["reported_minutes"] = absence["reported_minutes"].mask(few, 1000)


def more_absent_than_reported(data: Frames) -> None:
    data["absence"].loc[3, "valid_absence_minutes"] = 4900


@pytest.mark.parametrize(
    ("change", "check", "severity", "words"),
    [
        (half_a_school, "pupils.school_id.school_count_change", "warning", "00100002 in 2025T2"),
        (no_school, "pupils.school_id.school_missing.2025T2", "error", "00100002"),
        (the_same_everywhere, "absence.valid_absence_minutes.varies.2025-10", "error", "the same value"),
        (unreported, "absence.reported_minutes+offered_minutes.attendance_reported", "warning", "00100001 in 2025-10"),
        (
            more_absent_than_reported,
            "absence.reported_minutes+valid_absence_minutes+invalid_absence_minutes.absence_within_reported",
            "error",
            "1 row has",
        ),
    ],
)
def test_a_planted_fault_breaks_its_rule_and_no_other(
    change: Callable[[Frames], None], check: str, severity: str, words: str
) -> None:
    data = frames()
    change(data)
    found = verdicts(data)
    assert list(found) == [check]
    assert found[check].severity == severity
    assert words in found[check].message
    assert found[check].advice.startswith("ask ")


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert verdicts(frames()) == {}


def test_a_rule_about_a_field_that_is_not_there_is_refused(tmp_path: Path) -> None:
    tables = read_tables(CONTRACTS)

    folder = tmp_path
    (folder / "rules.yaml").write_text(
        "rows:\n  - {rule: a, table: absence, columns: [nope], holds: nope > 1, title: {en: a, sv: a}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ContractError, match="nope"):
        read_rules(folder, tables)


ERROR = Check("pupils.school_missing.2025T2", "pupils", "school_id", "error", "failed", 0, "gone", "ask")


def waiver(until: date, scope: str = "2025Q4", check: str = ERROR.check) -> Waiver:
    return Waiver(check=check, scope=scope, reason="the school burnt down", who="head of schools", until=until)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ([], "failed"),
        ([waiver(date(2026, 6, 30))], "warnings"),
        ([waiver(date(2025, 12, 31))], "warnings"),
        ([waiver(date(2025, 12, 30))], "failed"),
        ([waiver(date(2026, 6, 30), scope="2025Q3")], "failed"),
        ([waiver(date(2026, 6, 30), check="another")], "failed"),
    ],
    ids=["none", "holds", "last day", "expired", "another edition", "another check"],
)
def test_a_waiver_lets_its_own_check_through_for_its_edition_until_its_day(given: list[Waiver], status: str) -> None:
    checks, used = let_through([ERROR], Waivers(tuple(given)), "2025Q4")
    result = quality_result(checks, [], "1", used)
    assert result.status == status
    assert (len(result.waivers) == 1) == (status == "warnings")


def test_rules_of_an_empty_file_are_none() -> None:
    assert Rules().rows == ()
