"""The gate on whole tables and on what they say of each other: fresh, not sent again, one school, totals and grades agree."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from likvard.contracts import read_tables
from likvard.contracts.rules import AgainstGradesRule, Rules, TotalRule, Words, read_rules
from likvard.contracts.table import Tables
from likvard.errors import ContractError
from likvard.rules import read_scales
from likvard.validate.findings import Check, checks_of
from likvard.validate.judge import judge
from likvard.validate.rules_of_contract import judgeable_tables
from repository import REPOSITORY

CONTRACTS = REPOSITORY / "data/contracts"
LEAVING = REPOSITORY / "tests/unit/intake/contracts/tables/leaving.yaml"
Frames = dict[str, pd.DataFrame]
KINDS = ("fresh", "sent_again", "one_school", "total", "teachers_are_pupils", "against_grades")
# Eight passed subjects of ten points each: merit value 80, and eligible for vocational programmes.
SUBJECTS = ("SV", "EN", "MA", "BI", "FY", "KE", "GE", "HI")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The contracts with that of the tests, in which merit values and eligibility are delivered."""
    root = tmp_path_factory.mktemp("contracts") / "contracts"
    shutil.copytree(CONTRACTS, root)
    shutil.copy(LEAVING, root / "tables")
    return read_tables(root)


def rules() -> Rules:
    """The project's own, with a total (as many teachers as pupils) and the table of those who leave."""
    own = read_rules(CONTRACTS, read_tables(CONTRACTS))
    total = TotalRule(
        rule="teachers_are_pupils",
        table="staff",
        column="teachers_count",
        of="pupils",
        by={"school_id": "school_id", "period": "period"},
        title=Words(en="a teacher for every pupil", sv="en lärare för varje elev"),
    )
    against = AgainstGradesRule(table="leaving", merit="merit_value", eligible="eligible")
    return own.model_copy(update={"totals": (total,), "against_grades": (against,)})


def frames() -> Frames:
    """Forty pupils of two schools in two terms, in other classes each term; two of them leave with final grades."""
    seats = [(term, seat) for term in ("2025T2", "2026T1") for seat in range(40)]
    pupils = pd.DataFrame(
        {
            "pupil_id": [f"{seat:08x}" for _, seat in seats],
            "period": [term for term, _ in seats],
            "school_id": [f"0010000{seat % 2 + 1}" for _, seat in seats],
            "class_id": [f"0010000{seat % 2 + 1}-{8 if term == '2025T2' else 9}A" for term, seat in seats],
        }
    )
    places = [(school, term) for term in ("2025T2", "2026T1") for school in ("00100001", "00100002")]
    staff = pd.DataFrame(places, columns=["school_id", "period"]).assign(teachers_count=20)
    marks = [(seat, subject) for seat in (0, 1) for subject in SUBJECTS]
    grades = pd.DataFrame(marks, columns=["pupil_id", "subject"]).assign(
        pupil_id=lambda rows: rows["pupil_id"].map("{:08x}".format),
        period="2026T1",
        school_id="00100001",
        grade_kind="final",
        grade_mark="E",
    )
    leaving = pd.DataFrame({"pupil_id": ["00000000", "00000001"], "period": "2026T1", "school_id": "00100001"})
    leaving = leaving.assign(merit_value=80.0, eligible="yes", municipality="0180", attendance=0.9, remark_code="x")
    typed = {"teachers_count": "Int64", "merit_value": "Float64", "attendance": "Float64"}
    whole = {"pupils": pupils, "staff": staff, "grades": grades, "leaving": leaving}
    return {
        name: frame.astype({column: typed.get(str(column), "string") for column in frame}).assign(
            source_file="x/x.csv", source_row=range(2, len(frame) + 2)
        )
        for name, frame in whole.items()
    }


def failed(data: Frames, tables: Tables, edition: str = "2026Q2") -> dict[str, Check]:
    """The failed checks of the rules that this file is about, by name."""
    found = judge(judgeable_tables(data, tables, {}, rules(), edition, read_scales(CONTRACTS)))
    checks = [check for one in found for check in checks_of(one)]
    return {one.check: one for one in checks if one.result == "failed" and any(kind in one.check for kind in KINDS)}


def the_term_before(data: Frames) -> None:
    data["pupils"] = data["pupils"].loc[data["pupils"]["period"] == "2025T2"]


def autumn_as_spring(data: Frames) -> None:
    pupils = data["pupils"]
    autumn = pupils.loc[pupils["period"] == "2025T2"].sample(frac=1, random_state=1)
    data["pupils"] = pd.concat([autumn, autumn.assign(period=autumn["period"].mask(autumn["period"] != "", "2026T1"))])


def in_two_schools(data: Frames) -> None:
    again = data["pupils"].iloc[[79]].assign(school_id=pd.array(["00100001"], dtype="string"))
    data["pupils"] = pd.concat([data["pupils"], again], ignore_index=True)
    data["staff"].loc[2, "teachers_count"] = 21


def one_teacher_more(data: Frames) -> None:
    data["staff"].loc[3, "teachers_count"] = 21


def other_merit(data: Frames) -> None:
    data["leaving"].loc[1, "merit_value"] = 82.5


def not_eligible(data: Frames) -> None:
    data["leaving"].loc[0, "eligible"] = "no"


@pytest.mark.parametrize(
    ("change", "check", "count", "words"),
    [
        (
            the_term_before,
            "pupils.fresh",
            0,
            "of 2025T2, and the edition 2026Q2 needs rows of a period that ends on 2026-05-30",
        ),
        (autumn_as_spring, "pupils.sent_again", 0, "2026T1 (those of 2025T2)"),
        (in_two_schools, "pupils.pupil_id+school_id.one_school", 2, "2 rows are about pupils who are in two schools"),
        (
            one_teacher_more,
            "staff.teachers_count.teachers_are_pupils",
            1,
            "1 row has a total that does not agree with pupils",
        ),
        (
            other_merit,
            "leaving.merit_value.against_grades",
            1,
            "1 row has another merit_value than the final grades give",
        ),
        (not_eligible, "leaving.eligible.against_grades", 1, "1 row has another eligible"),
    ],
)
def test_a_planted_fault_breaks_its_rule_about_the_whole_and_no_other(
    change: Callable[[Frames], None], check: str, count: int, words: str, tables: Tables
) -> None:
    data = frames()
    change(data)
    found = failed(data, tables)
    assert list(found) == [check]
    assert (found[check].severity, found[check].count) == ("error", count)
    assert words in found[check].message
    assert found[check].advice.startswith("ask school administration") or check.startswith("staff")


def test_nothing_is_found_in_tables_that_agree(tables: Tables) -> None:
    assert failed(frames(), tables) == {}


@pytest.mark.parametrize(("edition", "stale"), [("2026Q2", False), ("2026Q3", True), ("another name", False)])
def test_rows_are_fresh_for_some_days_after_their_period(edition: str, stale: bool, tables: Tables) -> None:
    assert list(failed(frames(), tables, edition)) == (["pupils.fresh"] if stale else [])


def test_a_pupil_without_final_grades_or_with_a_strange_mark_is_not_held_against_them(tables: Tables) -> None:
    data = frames()
    data["leaving"]["merit_value"] = 1.0
    data["leaving"]["merit_value"] = data["leaving"]["merit_value"].astype("Float64")
    data["grades"].loc[0, "grade_mark"] = "Z"
    data["grades"] = data["grades"][data["grades"]["pupil_id"] != "00000001"]
    assert failed(data, tables) == {}


def test_a_row_that_the_other_table_knows_nothing_of_has_no_total_to_agree_with(tables: Tables) -> None:
    data = frames()
    data["staff"].loc[0, "school_id"] = "00100009"
    assert failed(data, tables) == {}


def test_few_equal_rows_are_no_file_sent_again(tables: Tables) -> None:
    data = frames()
    autumn_as_spring(data)
    data["pupils"] = data["pupils"][data["pupils"]["pupil_id"] < f"{29:08x}"]
    assert "pupils.sent_again" not in failed(data, tables)


@pytest.mark.parametrize(
    "line",
    [
        "freshness: [{table: nope, days: 1}]",
        "one_school: [{table: areas}]",
        "totals: [{rule: a, table: staff, column: nope, of: pupils, by: {period: period}, title: {en: a, sv: a}}]",
        "totals: [{rule: a, table: staff, column: teachers_count, of: pupils, by: {nope: period}, title: {en: a, sv: a}}]",
        "against_grades: [{table: pupils, merit: nope}]",
    ],
)
def test_a_rule_that_does_not_fit_the_contracts_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(ContractError):
        read_rules(tmp_path, read_tables(CONTRACTS))
