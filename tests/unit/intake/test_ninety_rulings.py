"""Every malformed delivery of the catalogue gets the ruling that it should; the table is printed at the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from bad_deliveries import BAD, BESIDE, Bad, write_all
from inbox import EDITION, HERE, ON, PROTECTED, good, number, pupils, read, snapshot, take, write

from likvard.errors import ContractError, ParamsError
from likvard.intake.finding import Finding, Findings
from likvard.intake.received import read_once, still_the_same
from likvard.intake.rulings import RULINGS
from likvard.intake.run import Outcome, take_in
from likvard.intake.told import error_of, letter, lines
from likvard.language import Language
from likvard.workspace import Workspace

Noted = Callable[[str, object], None]
ACTS = {"R": "refuse", "Q": "quarantine", "F": "fix", "W": "warn", "S": "stop"}
LANGUAGES = (Language("sv"), Language("en"))


def given(outcome: Outcome, bad: Bad) -> str:
    """The ruling that the file got, as a letter."""
    found = [one for one in outcome.findings if one.file == bad.file]
    acts = {one.act for findings in found for one in findings.found}
    if "refuse" in acts:
        return "R"
    if bad.file in outcome.waiting:
        return "S"
    return next(
        (letter for letter in "QWF" if ACTS[letter] in acts and letter == bad.ruling), "F" if "fix" in acts else "A"
    )


def files_of(outcome: Outcome) -> set[str]:
    """The files that may enter."""
    tables = yaml.safe_load((HERE / "contracts/sources/provkommun.yaml").read_text(encoding="utf-8"))["tables"]
    return {tables[name]["file"] for name in outcome.tables}


def everything(findings: list[Findings]) -> list[Finding]:
    return [one for each in findings for one in each.found]


def test_every_row_of_the_catalogue_becomes_files_in_a_folder_named_for_the_fault(tmp_path: Path) -> None:
    folders = write_all(tmp_path)
    assert [folder.name for folder in folders] == sorted(f"{bad.row:02d}_{bad.name}" for bad in BAD)
    assert {int(folder.name[:2]) for folder in folders} | set(BESIDE) == set(range(1, 91))
    assert [folder.name for folder in folders if not any(folder.iterdir())] == []


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.row:02d}_{bad.name}")
def test_a_malformed_delivery_gets_its_ruling(
    bad: Bad, earlier_workspace: Workspace, key: Path, tmp_path: Path, record_property: Noted
) -> None:
    outcome = read(earlier_workspace, bad.delivery(tmp_path / "inbox"), key)
    got = given(outcome, bad)
    record_property("ruling", f"{bad.row:02d}_{bad.name} {bad.ruling} {got}")
    found = [one for one in everything(outcome.findings) if one.file == bad.file]
    assert set(bad.codes) <= {one.code for one in found}, found
    assert got == bad.ruling
    of_the_fault = [one for one in found if one.code in bad.codes]
    assert not bad.column or bad.column in {one.column for one in of_the_fault}
    assert not bad.lines or set(bad.lines) <= {row for one in of_the_fault for row in one.rows}
    entering = files_of(outcome)
    if bad.ruling in "RS":
        assert bad.file not in entering
        assert error_of(outcome) is not None
    else:
        assert bad.file in entering
        assert error_of(outcome) is None, error_of(outcome)
        quarantined = {row for one in found if one.act == "quarantine" for row in one.rows}
        assert set(bad.lines) <= quarantined or bad.ruling != "Q"
    for language in LANGUAGES:
        said = "\n".join([*lines(outcome, language), *letter(outcome, language), str(error_of(outcome) or "")])
        assert not [one for one in [*pupils(), "Fatima", "Andersson", "Storgatan"] if one in said or one[2:] in said]
        if bad.ruling in "RSQ":
            assert any(one.ask(language) for one in of_the_fault)


def test_a_good_delivery_is_taken_in_without_a_word(workspace: Workspace, key: Path, tmp_path: Path) -> None:
    outcome = take(workspace, write(tmp_path / "inbox", good()), key)
    assert everything(outcome.findings) == []
    assert outcome.changed
    assert sorted(snapshot(workspace)) == sorted([*good(), "origin.json"])


@pytest.mark.parametrize("word", ["2026Q1; rm -rf x", "../../x", "2026Q1' OR 1=1", "$(id)", "2026Q1\n", "", "x" * 80])
def test_shell_and_sql_in_parameters_are_refused(
    word: str, workspace: Workspace, key: Path, tmp_path: Path, record_property: Noted
) -> None:
    place = write(tmp_path / "inbox", good())
    with pytest.raises(ParamsError):
        take(workspace, place, key, edition=word)
    with pytest.raises((ParamsError, ContractError)):
        take_in(workspace, place, word, EDITION, on=ON, key_file=key)
    record_property("ruling", "85_shell_in_parameters R R")


def test_python_in_a_contract_is_refused(
    workspace: Workspace, key: Path, tmp_path: Path, record_property: Noted
) -> None:
    mapping = workspace.contracts / "sources/provkommun.yaml"
    mapping.write_text(
        mapping.read_text(encoding="utf-8") + "x: !!python/object/apply:os.getcwd []\n", encoding="utf-8"
    )
    with pytest.raises(ContractError):
        take(workspace, write(tmp_path / "inbox", good()), key)
    record_property("ruling", "86_python_in_contract R R")


def test_a_file_that_changes_after_it_was_read_is_refused(
    workspace: Workspace, key: Path, tmp_path: Path, record_property: Noted
) -> None:
    path = write(tmp_path / "inbox", good()) / "betyg.csv"
    findings = Findings(path.name)
    one = read_once(path, findings)
    assert one is not None
    assert still_the_same(one)
    with path.open("ab") as stream:
        stream.write(b"x")
    assert not still_the_same(one)
    record_property("ruling", "88_changed_while_read R R")


def test_protected_pupils_leave_every_table_and_nothing_tells_how_many(
    workspace: Workspace, key: Path, tmp_path: Path
) -> None:
    place = write(tmp_path / "inbox", good())
    take(workspace, place, key)
    without = good()
    for name, content in without.items():
        if name.endswith(".csv"):
            kept = [line for line in content.splitlines() if number(PROTECTED).encode() not in line]
            without[name] = b"\n".join(kept) + b"\n"
    with_one = snapshot(workspace)
    take(workspace, write(tmp_path / "without", without), key)
    never_there = snapshot(workspace)
    # Of the two deliveries, one with a protected pupil and one that never had the pupil, only the hash of the original differs.
    assert {name: content for name, content in with_one.items() if name != "origin.json"} == {
        name: content for name, content in never_there.items() if name != "origin.json"
    }
    records = [json.loads(each["origin.json"]) for each in (with_one, never_there)]
    for record in records:
        for file in record["files"].values():
            del file["sha256"]
    assert records[0] == records[1]


def test_every_ruling_has_a_code_that_a_test_or_another_ruling_reaches() -> None:
    assert {code for bad in BAD for code in bad.codes} <= set(RULINGS)


def test_the_catalogue_is_complete() -> None:
    assert {bad.row for bad in BAD} | set(BESIDE) == set(range(1, 91))
