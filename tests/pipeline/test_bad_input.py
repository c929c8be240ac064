"""Bad input as a new user meets it: what the command says, what it ends with, and what it leaves alone."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from small_workspace import EDITION, digests, dvc, likvard, run

PUPILS = f"data/deliveries/{EDITION}/pupils.csv"
A_PUPIL = "c0ffee"  # how every pseudonym begins
A_SCORE = ".123"  # how every score ends


@dataclass(frozen=True)
class Case:
    """One fault, the command that meets it, its exit code, and what the message must name."""

    spoil: Callable[[Path], None]
    words: str
    code: int
    names: tuple[str, ...]


def text(name: str, old: str, new: str, count: int = 1) -> Callable[[Path], None]:
    """What replaces ``old`` in the file ``name`` of a workspace."""

    def spoil(root: Path) -> None:
        content = (root / name).read_text(encoding="utf-8")
        assert old in content
        (root / name).write_text(content.replace(old, new, count), encoding="utf-8")

    return spoil


def whole(name: str, content: bytes) -> Callable[[Path], None]:
    """What replaces the whole file ``name``."""

    def spoil(root: Path) -> None:
        (root / name).write_bytes(content)

    return spoil


def gone(name: str) -> Callable[[Path], None]:
    """What takes the file or folder ``name`` away."""
    return lambda root: shutil.rmtree(root / name) if (root / name).is_dir() else (root / name).unlink()


def a_file_instead_of(folder: str) -> Callable[[Path], None]:
    """What puts a file where a folder should be: not even root can write into it."""

    def spoil(root: Path) -> None:
        shutil.rmtree(root / folder)
        (root / folder).write_text("in the way", encoding="utf-8")

    return spoil


def one_line_more(name: str, made_from: Callable[[list[str]], str]) -> Callable[[Path], None]:
    """What adds a line, made from the lines that are there, to the end of a file."""

    def spoil(root: Path) -> None:
        lines = (root / name).read_text(encoding="utf-8").splitlines()
        (root / name).write_text("\n".join([*lines, made_from(lines)]) + "\n", encoding="utf-8")

    return spoil


def parameter(name: str) -> Callable[[Path], None]:
    """What gives the school notebook one parameter more."""

    def spoil(root: Path) -> None:
        path = root / "notebooks/reports/school.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"] = ['unit_id = "01"\n', 'language = "en"\n', f"{name} = 5"]
        path.write_text(json.dumps(notebook), encoding="utf-8")

    return spoil


def renamed_parameter(root: Path) -> None:
    path = root / "notebooks/reports/school.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("unit_id =", "unit_idd ="), encoding="utf-8")


def staged_again(spoil: Callable[[Path], None]) -> Callable[[Path], None]:
    """``spoil``, and then ``likvard ingest``, which does not see the fault."""

    def both(root: Path) -> None:
        spoil(root)
        assert likvard(root, "ingest").code == 0

    return both


CASES = {
    "missing delivery": Case(gone("data/deliveries/1987-88"), "ingest", 6, ("data/deliveries/1987-88", "dvc pull")),
    "missing file in a delivery": Case(
        gone("data/deliveries/1987-88/teachers.csv"), "ingest", 6, ("data/deliveries/1987-88/teachers.csv", "dvc pull")
    ),
    "edition without a delivery": Case(
        text("params.yaml", "edition: 1988-89", "edition: 1988-98"),
        "ingest",
        6,
        ("'1988-98'", "did you mean '1988-89'"),
    ),
    "empty file": Case(whole(PUPILS, b""), "ingest", 7, (PUPILS, "the file is empty")),
    "header without rows": Case(
        whole(PUPILS, b"pupil,school_year\n"), "ingest", 7, (PUPILS, "has a header but no rows")
    ),
    "another encoding": Case(
        whole(f"data/deliveries/{EDITION}/areas.csv", "system,school_year,name\n13,1988-89,Åsö\n".encode("cp1252")),
        "ingest",
        7,
        ("areas.csv: line 2 is not utf-8 text",),
    ),
    "a workbook under the name of a CSV file": Case(
        whole(PUPILS, b"PK\x03\x04\x14\0\x06\0"), "ingest", 7, (PUPILS, "not a text file")
    ),
    "a row with a field too few": Case(
        one_line_more(PUPILS, lambda _: f"{A_PUPIL}ff,1988-89,3"), "ingest", 7, (PUPILS, "on line 170")
    ),
    "an unclosed quotation mark": Case(
        one_line_more(PUPILS, lambda _: f'{A_PUPIL}ff,"1988-89,3'), "ingest", 7, (PUPILS, "line 170")
    ),
    "wrong column name": Case(
        text(PUPILS, "reading", "readng"),
        "ingest",
        8,
        (PUPILS, "'reading'", "did you mean 'readng'", "star.yaml, line"),
    ),
    "another delimiter": Case(text(PUPILS, ",", ";", -1), "ingest", 8, (PUPILS, "'pupil'", "star.yaml, line")),
    "unknown code": Case(
        text(PUPILS, ",non-free,", ",maybe,"), "ingest", 9, (PUPILS, "'maybe'", "'lunch'", "star.yaml, line")
    ),
    "a name in a column of codes": Case(
        text(PUPILS, ",non-free,", ",19791224-1234 c0ffee,"), "ingest", 9, (PUPILS, "not repeated here", "'lunch'")
    ),
    "a score that is not a number": Case(
        text(PUPILS, A_SCORE, "..123"), "ingest", 9, (PUPILS, "'reading'", "not of the agreed form", "line 2")
    ),
    "duplicate pupil": Case(
        staged_again(one_line_more(PUPILS, lambda lines: lines[1])),
        "validate",
        3,
        (PUPILS, "lines 2, 170", "same pupil_id and period", "ask school administration", "failing_rows.csv"),
    ),
    "a score out of range": Case(
        staged_again(
            one_line_more(
                PUPILS, lambda lines: re.sub(r"\d+\.123", "9999.123", lines[2].replace("c0f", "bad"), count=1)
            )
        ),
        "validate",
        3,
        (PUPILS, "line 170", "column reading"),
    ),
    "a parameter with a typo": Case(
        text("params.yaml", "municipality:", "municipalty:"),
        "ingest",
        5,
        ("'municipalty'", "did you mean 'municipality'"),
    ),
    "a typo deep in the parameters": Case(
        text("params.yaml", "min_count:", "min_cuont:"),
        "protect",
        5,
        ("'min_cuont'", "did you mean 'min_count'", "'disclosure.min_count'"),
    ),
    "a missing parameter": Case(text("params.yaml", "language: en", ""), "report", 5, ("'language' is missing",)),
    "a parameter of the wrong kind": Case(
        text("params.yaml", "min_count: 5", "min_count: five"), "protect", 5, ("'disclosure.min_count'",)
    ),
    "parameters that are not YAML": Case(
        text("params.yaml", "groups:", "groups: {"), "ingest", 5, ("params.yaml cannot be read", "line")
    ),
    "empty parameters": Case(whole("params.yaml", b""), "ingest", 5, ("'edition' is missing", "'language' is missing")),
    "parameters that are a list": Case(whole("params.yaml", b"- edition\n"), "ingest", 5, ("'edition' is missing",)),
    "an unknown reference group": Case(
        text("params.yaml", "reference: paid", "reference: payd"), "indicators", 5, ("'payd'", "did you mean 'paid'")
    ),
    "an unknown dimension of groups": Case(
        text("params.yaml", "gender: {", "gendre: {"), "indicators", 5, ("'gendre'", "did you mean 'gender'")
    ),
    "an unknown source": Case(
        text("params.yaml", "source: star", "source: stjarna"), "ingest", 14, ("stjarna.yaml", "star")
    ),
    "an edition that leads out of the workspace": Case(
        text("params.yaml", "edition: 1988-89", "edition: ../../1988-89"), "report", 5, ("'edition'",)
    ),
    "an unknown school": Case(
        lambda root: None, "report --only 77 --only 01", 10, ("'77' is not known", "data/released/units.parquet")
    ),
    "a school that has left": Case(lambda root: None, "report --kind school --only 07", 10, ("'07' is not known",)),
    "an unknown kind of report": Case(lambda root: None, "report --kind scool", 2, ("'scool'", "school")),
    "an unknown command": Case(lambda root: None, "reprot", 2, ("reprot",)),
    "a notebook with an unknown parameter": Case(
        parameter("year"), "report --kind school", 5, ("school.ipynb", "'year' is not given", "tagged 'parameters'")
    ),
    "a notebook whose parameter has a typo": Case(
        renamed_parameter,
        "report --kind school",
        5,
        ("school.ipynb", "'unit_id' is not known", "did you mean 'unit_idd'"),
    ),
    "a notebook that is not there": Case(
        gone("notebooks/reports/school.ipynb"), "report --kind school", 15, ("notebooks/reports/school.ipynb",)
    ),
    "a notebook that is broken": Case(
        whole("notebooks/reports/school.ipynb", b'{"cells": ['), "report --kind school", 15, ("school.ipynb",)
    ),
    "a contract that is not well-formed": Case(
        text("data/contracts/tables/pupils.yaml", "primaryKey", "primaryKye"),
        "ingest",
        14,
        ("pupils.yaml", "primaryKye"),
    ),
    "a stage before its time": Case(
        gone("data/quality"), "prepare", 12, ("data/quality/results.json", "'validate'", "make report")
    ),
    "released data that is not there": Case(
        gone("data/released"), "report", 12, ("data/released/edition.json", "'protect'")
    ),
    "released data that is damaged": Case(
        whole("data/released/figures.parquet", b"PAR1"), "report --kind overview --force", 12, ("data/released",)
    ),
    "staged data that is damaged": Case(
        whole("data/staged/pupils.parquet", b""), "validate", 12, ("data/staged/pupils.parquet",)
    ),
    "a file where the reports should be": Case(
        a_file_instead_of(f"reports/{EDITION}"),
        "report --only 01",
        11,
        (f"reports/{EDITION}", "run the same command again"),
    ),
    "a file where the staged data should be": Case(
        a_file_instead_of("data/staged"), "ingest", 11, ("data/staged", "run the same command again")
    ),
    "not in a workspace": Case(
        gone("dvc.yaml"), "ingest", 15, ("not inside a likvard workspace", "change to the folder")
    ),
}
ALLOWED = {3: ("data/quality", "data/data_docs", "data/staged"), 11: ()}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_stops_with_a_message_and_a_code_of_its_own(name, workspace):
    case = CASES[name]
    case.spoil(workspace)
    before = digests(workspace, "data", "reports")
    said = likvard(workspace, *case.words.split())
    assert said.code == case.code, said.said
    assert [part for part in case.names if part not in said.said] == [], said.said
    assert "Traceback" not in said.said
    assert A_PUPIL not in said.said
    assert A_SCORE not in said.said
    if case.code != 2:
        assert said.first_line
        assert "What to do: " in said.said
    after = digests(workspace, "data", "reports")
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path for path in changed if not path.startswith(ALLOWED.get(case.code, ()))} == set()


def test_a_delivery_of_half_the_pupils_passes_with_a_warning(workspace):
    lines = (workspace / PUPILS).read_text(encoding="utf-8").splitlines(keepends=True)
    (workspace / PUPILS).write_text("".join([lines[0], *lines[1::2]]), encoding="utf-8")
    assert likvard(workspace, "ingest").code == 0
    said = likvard(workspace, "validate")
    assert said.code == 0, said.said
    assert re.search(r"[1-9] warning", said.said), said.said
    checks = (workspace / "data/quality/checks.csv").read_text(encoding="utf-8")
    assert "1988-89 has 84 rows and 1987-88 had 196: 57 % fewer" in checks


def test_a_full_disk_leaves_every_file_whole(workspace):
    before = digests(workspace, "data", "reports")
    for words in ("ingest", "report --only 01 --force"):
        # No file can grow beyond 4 kB: what a full disk does to the one who writes.
        said = run(workspace, "bash", "-c", f"ulimit -f 4; exec likvard {words}", MPLCONFIGDIR=str(workspace / ".mpl"))
        assert said.code == 11, said.said
        assert said.first_line.startswith("likvard: Cannot write "), said.said
        assert "the disk has room" in said.said
        assert "Traceback" not in said.said
    assert digests(workspace, "data", "reports") == before


def test_a_closed_gate_keeps_all_that_was_built_and_its_list_through_dvc(workspace, edit):
    later = ("data/prepared", "data/indicators", "data/released", "reports")
    before = digests(workspace, *later)
    good = (workspace / PUPILS).read_text(encoding="utf-8")
    (workspace / PUPILS).write_text(good + good.splitlines()[1] + "\n", encoding="utf-8")
    said = likvard(workspace, "build")
    assert said.code == 3, said.said
    assert "likvard: The data does not keep its contract" in said.said
    assert "Traceback" not in said.said
    assert A_PUPIL not in said.said
    again = dvc(workspace, "repro")
    assert again.code != 0
    assert "likvard: The data does not keep its contract" in again.said
    for _ in range(2):
        rows = (workspace / "data/quality/failing_rows.csv").read_text(encoding="utf-8").splitlines()
        assert rows[0] == "file,row,column,rule,advice"
        assert [row.split(",")[:2] for row in rows[1:]] == [["1988-89/pupils.csv", "2"], ["1988-89/pupils.csv", "170"]]
    assert likvard(workspace, "prepare").code == 3
    assert digests(workspace, *later) == before
    (workspace / PUPILS).write_text(good, encoding="utf-8")
    mended = likvard(workspace, "build")
    assert mended.code == 0, mended.said
    assert digests(workspace, *later) == before


def test_a_build_ends_with_the_code_of_the_stage_that_stopped(workspace, edit):
    before = digests(workspace, "data/quality", "data/prepared", "data/released", "reports")
    edit(PUPILS, "reading", "readng")
    said = likvard(workspace, "build")
    assert said.code == 8, said.said
    assert said.said.count("likvard: Some delivered files do not have the columns") == 1
    assert "Traceback" not in said.said
    assert digests(workspace, "data/quality", "data/prepared", "data/released", "reports") == before
