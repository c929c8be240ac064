import json
import re
from pathlib import Path

import pandas as pd
import pytest
from staged_tables import clean_tables, workspace_with

from likvard.errors import QualityGateClosedError
from likvard.validate import run
from likvard.workspace import Workspace

PLANTED = ["9999", "19990101-1234", "deadbe", "1234567890"]


def faulty_tables() -> dict[str, pd.DataFrame]:
    tables = clean_tables()
    pupils = tables["pupils"]
    pupils.loc[("1988-89", 3), "pupil_id"] = pupils.loc[("1988-89", 2), "pupil_id"]
    pupils.loc[("1988-89", 4), "school_id"] = "77"
    pupils.loc[("1988-89", 5), "reading_score"] = 9999
    pupils.loc[("1988-89", 6), "grade"] = None
    pupils.loc[("1988-89", 7), "lunch"] = "subsidised"
    pupils.loc[("1988-89", 8), "lunch"] = "19990101-1234"
    pupils.loc[("1988-89", 9), "ethnicity"] = None  # 9 of 10 are filled in: below 0.98, not below 0.9
    pupils.loc[("1988-89", [10, 11]), "gender"] = None  # 8 of 10: below 0.9
    pupils.loc[("1987-88", 2), "mathematics_score"] = None  # 9 of 10: above 0.85
    pupils.loc[("1987-88", 3), "class_id"] = "01-01\n"  # a line break at the end is not the agreed form
    pupils.loc[("1987-88", 4), "class_id"] = None  # a missing key points nowhere, so it cannot point wrong
    pupils.loc[("1987-88", 5), "period"] = "1234567890"
    teachers = tables["teachers"]
    tables["teachers"] = teachers.drop([("1988-89", row) for row in (9, 10, 11)]).astype({"experience_years": "string"})
    tables["areas"] = tables["areas"].drop(columns="area_name")
    return tables


class Run:
    """What the stage left behind."""

    def __init__(self, workspace: Workspace, error: QualityGateClosedError) -> None:
        self.error = error
        self.workspace = workspace
        self.results = json.loads((workspace.quality / "results.json").read_text(encoding="utf-8"))
        self.checks = {check["check"]: check for check in self.results["checks"]}
        self.rows = pd.read_csv(workspace.quality / "failing_rows.csv")

    def places(self, rule: str) -> list[tuple[str, int]]:
        found = self.rows[self.rows["rule"] == rule]
        return list(zip(found["file"], found["row"], strict=True))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run over many planted faults, as importing Great Expectations takes seconds."""
    workspace, params = workspace_with(faulty_tables(), tmp_path_factory.mktemp("faulty"))
    with pytest.raises(QualityGateClosedError) as stop:
        run(workspace, params)
    return Run(workspace, stop.value)


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ("pupils.pupil_id+period.unique", [("1988-89/pupils.csv", 2), ("1988-89/pupils.csv", 3)]),
        ("pupils.reading_score.range", [("1988-89/pupils.csv", 5)]),
        ("pupils.grade.required", [("1988-89/pupils.csv", 6)]),
        ("pupils.lunch.codes", [("1988-89/pupils.csv", 7), ("1988-89/pupils.csv", 8)]),
        ("pupils.gender.share_error.1988-89", [("1988-89/pupils.csv", 10), ("1988-89/pupils.csv", 11)]),
        ("pupils.class_id.pattern", [("1987-88/pupils.csv", 3)]),
        ("pupils.period.pattern", [("1987-88/pupils.csv", 5)]),
        ("pupils.school_id+period.in_schools", [("1987-88/pupils.csv", 5), ("1988-89/pupils.csv", 4)]),
    ],
)
def test_a_broken_rule_names_the_lines_at_fault_and_counts_them(faulty: Run, rule: str, lines: list) -> None:
    assert faulty.checks[rule]["result"] == "failed"
    assert faulty.checks[rule]["severity"] == "error"
    assert faulty.places(rule) == lines
    assert faulty.checks[rule]["count"] == len(lines)


def test_a_missing_key_is_not_judged_as_a_link(faulty: Run) -> None:
    assert ("1987-88/pupils.csv", 4) not in faulty.places("pupils.class_id+period.in_teachers")


def test_a_share_below_the_warning_level_only_warns(faulty: Run) -> None:
    assert faulty.checks["pupils.ethnicity.share_error.1988-89"]["result"] == "passed"
    check = faulty.checks["pupils.ethnicity.share_warning.1988-89"]
    assert (check["result"], check["severity"]) == ("failed", "warning")
    assert "90.0 % are filled in, and at least 98 % should be" in check["message"]
    assert "ethnicity" not in str(faulty.error)


def test_a_share_above_the_warning_level_passes(faulty: Run) -> None:
    assert faulty.checks["pupils.mathematics_score.share_warning.1987-88"]["result"] == "passed"


def test_a_row_below_both_levels_is_listed_once(faulty: Run) -> None:
    assert faulty.checks["pupils.gender.share_warning.1988-89"]["result"] == "failed"
    assert faulty.places("pupils.gender.share_warning.1988-89") == []


def test_a_drop_of_30_per_cent_in_rows_warns(faulty: Run) -> None:
    check = faulty.checks["teachers.row_count_change.1988-89"]
    assert (check["result"], check["severity"]) == ("failed", "warning")
    assert check["message"] == ("1988-89 has 7 rows and 1987-88 had 10: 30 % fewer, and a change above 20 % is unusual")


def test_a_column_of_the_wrong_type_is_told_once(faulty: Run) -> None:
    assert faulty.checks["teachers.experience_years.type"]["result"] == "failed"
    assert "teachers.experience_years.range" in faulty.results["not_judged"]
    assert "teachers.experience_years.range" not in faulty.checks


def test_a_missing_column_is_told_once(faulty: Run) -> None:
    about_names = [rule for rule in faulty.checks if rule.startswith("areas.area_name")]
    assert about_names == ["areas.area_name.present"]
    assert faulty.checks["areas.area_name.present"]["result"] == "failed"
    assert faulty.results["not_judged"] == ["areas.area_name.required", *faulty.results["not_judged"][1:]]


def test_what_does_not_look_like_a_period_is_no_delivery(faulty: Run) -> None:
    assert sorted(rule for rule in faulty.checks if rule.startswith("areas.rows")) == [
        "areas.rows",
        "areas.rows.1987-88",
        "areas.rows.1988-89",
    ]


def test_a_short_code_is_named_and_one_that_may_be_a_person_is_not(faulty: Run) -> None:
    message = faulty.checks["pupils.lunch.codes"]["message"]
    assert "code 'subsidised'" in message
    assert "does not look like a code" in message


def test_the_stop_says_what_where_and_what_to_do(faulty: Run) -> None:
    assert faulty.error.exit_code == 3
    assert "data/quality/failing_rows.csv" in str(faulty.error)
    line = next(line for line in faulty.error.problems if "share" not in line and "Reading score" in line)
    assert line == (
        "pupils: 1 row has a 'reading_score' (Reading score) that is out of range: it must be from 200 to 900 scale "
        "points – data/deliveries/1988-89/pupils.csv, line 5 (column reading). What to do: ask school administration "
        "to correct reading_score; what is not known is left blank."
    )


def test_the_list_names_the_column_as_the_sender_does(faulty: Run) -> None:
    listed = faulty.rows.set_index("rule")["column"]
    assert listed["pupils.reading_score.range"] == "reading"
    assert faulty.checks["pupils.reading_score.range"]["column"] == "reading_score"


def test_the_counts_agree_with_the_list(faulty: Run) -> None:
    failed = [check for check in faulty.results["checks"] if check["result"] == "failed"]
    assert faulty.results["status"] == "failed"
    assert faulty.results["counts"]["errors"] == sum(check["severity"] == "error" for check in failed)
    assert len(faulty.error.problems) == faulty.results["counts"]["errors"]
    listed = faulty.rows["rule"].value_counts()
    assert all(listed[rule] == faulty.checks[rule]["count"] for rule in listed.index)
    checks = pd.read_csv(faulty.workspace.quality / "checks.csv")
    assert checks["check"].tolist() == list(faulty.checks)


def test_no_value_of_a_pupil_is_written_anywhere(faulty: Run) -> None:
    written = [faulty.workspace.quality, faulty.workspace.data_docs]
    # The workbooks for the senders are not compressed, so their texts can be searched as they lie.
    texts = {path: path.read_bytes().decode(errors="replace") for folder in written for path in folder.iterdir()}
    # The style sheet of Great Expectations has a z-index of 9999, which is nobody's score.
    texts = {path: re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL) for path, text in texts.items()}
    assert texts
    for text in [*texts.values(), str(faulty.error)]:
        assert [value for value in PLANTED if value in text] == []


def test_the_data_docs_ask_nothing_of_the_network(faulty: Run) -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in faulty.workspace.data_docs.iterdir()}
    assert sorted(pages) == ["areas.html", "index.html", "pupils.html", "schools.html", "teachers.html"]
    for page in pages.values():
        assert "<script" not in page
        assert not re.search(r"""(?:src|url\(|<link[^>]*href)\s*=?\s*['"]?https?:""", page)


def test_clean_data_opens_the_gate_with_the_same_bytes_each_time(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bytes_of = []
    for name in ("first", "second"):
        workspace, params = workspace_with(clean_tables(), tmp_path / name)
        run(workspace, params)
        bytes_of.append({path.name: path.read_bytes() for path in sorted(workspace.quality.iterdir())})
    written = ["checks.csv", "failing_rows.csv", "page.json", "quality.html", "results.json", "to_senders.json"]
    assert list(bytes_of[0]) == written
    assert bytes_of[0] == bytes_of[1]
    assert json.loads(bytes_of[0]["results.json"])["status"] == "passed"
    assert bytes_of[0]["failing_rows.csv"] == b"file,row,column,rule,advice\n"
    printed = capfd.readouterr()
    assert len(printed.out.splitlines()) == 2
    assert printed.err == ""


def test_a_delivery_that_one_table_lacks_is_an_error(tmp_path: Path) -> None:
    tables = clean_tables()
    tables["pupils"] = tables["pupils"].loc[["1987-88"]]
    workspace, params = workspace_with(tables, tmp_path / "lacking")
    with pytest.raises(QualityGateClosedError) as stop:
        run(workspace, params)
    assert stop.value.problems == (
        "pupils: there are no rows for 1988-89, which other tables have. What to do: ask school administration for the "
        "rows of 1988-89.",
    )
