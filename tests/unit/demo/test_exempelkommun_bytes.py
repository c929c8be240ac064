"""Exempelkommun is the same on every machine, and looks as deliveries do in real life."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from likvard.contracts import read_tables
from likvard.demo.exempelkommun import write_columnar, write_exempelkommun
from likvard.demo.exempelkommun.dice import Dice, pseudonyms
from likvard.demo.exempelkommun.people import blocks_of
from likvard.workbook import workbook_bytes

CONTRACTS = Path(__file__).parents[3] / "data/contracts"
# Of 800 pupils. It changes only when the generator or the mapping is changed on purpose.
SMALL_SHA256 = "acc03475b713faba8db565b13f94bcb27e9151974756a74c9c0b14eec2faaa48"


def digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write_exempelkommun(folder, pupils=800, contracts=CONTRACTS)
    return folder


def test_two_runs_give_equal_bytes(small: Path, tmp_path: Path) -> None:
    write_exempelkommun(tmp_path, pupils=800, contracts=CONTRACTS)
    assert digest(tmp_path) == digest(small)


def test_every_machine_gives_these_bytes(small: Path) -> None:
    assert digest(small) == SMALL_SHA256


def test_another_seed_gives_another_municipality(small: Path, tmp_path: Path) -> None:
    write_exempelkommun(tmp_path, pupils=800, seed=1, contracts=CONTRACTS)
    assert digest(tmp_path) != digest(small)


def test_there_is_one_folder_per_quarter(small: Path) -> None:
    assert [path.name for path in sorted(small.iterdir())] == [
        f"{year}Q{quarter}"
        for year in range(2023, 2027)
        for quarter in range(1, 5)
        if "2023Q4" <= f"{year}Q{quarter}" <= "2026Q3"
    ]


def test_files_are_written_as_their_senders_write(small: Path) -> None:
    pupils = (small / "2024Q1/elever.csv").read_bytes()
    assert "Föräldrars högsta utbildning".encode("cp1252") in pupils.splitlines()[0]
    assert (small / "2024Q1/skolor.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    survey = (small / "2024Q1/elevenkat.csv").read_text(encoding="cp1252").splitlines()[1]
    assert survey.split(";")[5].count(",") == 1
    sheet = openpyxl.load_workbook(io.BytesIO((small / "2024Q4/personal.xlsx").read_bytes()), read_only=True)[
        "Personal"
    ]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Personal i grundskolan den 15 oktober"
    assert rows[2][0] == "Skolenhetskod"
    assert rows[3][0] == "00100001"


def test_a_workbook_has_no_date_and_nothing_compressed() -> None:
    content = workbook_bytes("Blad1", [["a", 1, None, 2.5]])
    assert content == workbook_bytes("Blad1", [["a", 1, None, 2.5]])
    assert b"<v>2.5</v>" in content
    assert list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)) == [("a", 1, None, 2.5)]


def test_the_dice_do_not_change_with_the_version_of_numpy() -> None:
    assert Dice(1, 2, 3).raw(2).tolist() == [12368030237656201616, 2047858591075935483]
    assert Dice(1, 2, 3).bell(1)[0] == 0.7440027251468507


def test_no_two_pupils_share_a_pseudonym() -> None:
    assert len(set(pseudonyms(7, 0, 50_000) + pseudonyms(7, 10_000_000, 50_000))) == 100_000


def test_pupils_and_schools_are_shared_out_whatever_the_size() -> None:
    blocks = blocks_of(4_700, 1_100_000, seed=1)
    assert sum(len(block.schools) for block in blocks) == 4_700
    assert sum(block.pupils for block in blocks) == 1_100_000
    codes = [block.school_code(place) for block in blocks for place in range(len(block.schools))]
    assert len(set(codes)) == 4_700
    assert {len(code) for code in codes} == {8}


def test_many_blocks_are_written_as_parquet_under_contract(tmp_path: Path) -> None:
    counts = write_columnar(tmp_path, schools=37, pupils=1_500, contracts=CONTRACTS)
    tables = read_tables(CONTRACTS)
    for name, count in counts.items():
        file = pq.ParquetFile(tmp_path / f"{name}.parquet")
        assert file.metadata.num_rows == count
        assert set(file.schema_arrow.names) <= {*tables[name].fields, "source_file", "source_row"}
    pupils = pd.read_parquet(tmp_path / "pupils.parquet")
    assert pupils["school_id"].nunique() == 36 + 1
    assert not pupils.duplicated(["pupil_id", "period"]).any()
    grades = pd.read_parquet(tmp_path / "grades.parquet")
    assert not grades.duplicated(["pupil_id", "period", "subject", "grade_kind"]).any()
    assert set(grades["subject"]) <= set(tables.codes["subject"].codes)
