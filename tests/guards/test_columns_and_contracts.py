"""Every column of every table of the demos, and of every table that is fetched, is in a contract; and every column of a contract is
in one of them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest

from likvard.contracts import read_source, read_tables
from likvard.demo.exempelkommun import write_exempelkommun
from likvard.fetch.kolada import act as kolada
from likvard.fetch.skolverket import into_contracts
from likvard.indicators.registry import read_registry
from likvard.ingest import run
from likvard.params import read_params
from likvard.workspace import Workspace

ROOT = Path(__file__).parents[2]
PROVENANCE = ["source_file", "source_row"]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Exempelkommun, read into staged tables."""
    root = tmp_path_factory.mktemp("workspace")
    shutil.copytree(ROOT / "data/contracts", root / "data/contracts")
    write_exempelkommun(root / "data/deliveries", pupils=1_000, contracts=root / "data/contracts")
    params = read_params(ROOT / "params.yaml").model_copy(update={"edition": "2026Q3", "source": "exempelkommun"})
    run(Workspace(root), params)
    return root / "data/staged"


def test_every_staged_column_of_exempelkommun_is_in_its_contract(staged: Path) -> None:
    tables = read_tables(ROOT / "data/contracts")
    source = read_source(ROOT / "data/contracts", "exempelkommun", tables)
    assert sorted(path.stem for path in staged.glob("*.parquet")) == sorted(source.tables)
    for name, mapped in source.tables.items():
        columns = list(pd.read_parquet(staged / f"{name}.parquet").columns)
        assert columns == [*(field for field in tables[name].fields if field in mapped.fields), *PROVENANCE]


def test_every_mapped_column_of_star_is_in_its_delivered_files() -> None:
    source = read_source(ROOT / "data/contracts", "star", read_tables(ROOT / "data/contracts"))
    deliveries = sorted(path for path in (ROOT / "data/deliveries").glob("19*") if path.is_dir())
    if not deliveries:
        pytest.skip("the deliveries of Project STAR are not here; `dvc pull` fetches them")
    for folder in deliveries:
        for mapped in source.tables.values():
            with (folder / mapped.file).open(encoding="utf-8", newline="") as stream:
                assert set(next(csv.reader(stream))) == {origin.column for origin in mapped.fields.values()}


def test_every_column_of_every_fetched_table_is_mapped_and_every_mapped_column_is_in_a_fetched_table() -> None:
    fetched = {
        "skolverket": {
            "areas": into_contracts.MUNICIPALITY_COLUMNS,
            "schools": into_contracts.SCHOOL_COLUMNS,
            "benchmarks": list(into_contracts.BENCHMARK_COLUMNS),
        },
        "kolada": {"benchmarks": kolada.COLUMNS},
    }
    tables = read_tables(ROOT / "data/contracts")
    for name, made in fetched.items():
        source = read_source(ROOT / "data/contracts", name, tables)
        assert set(source.tables) == set(made), name
        for table, columns in made.items():
            assert sorted(columns) == sorted(origin.column for origin in source.tables[table].fields.values())


def test_a_fetched_spreadsheet_has_the_columns_of_its_contract_and_is_never_about_persons() -> None:
    tables = read_tables(ROOT / "data/contracts")
    source = read_source(ROOT / "data/contracts", "spreadsheet", tables)
    about_persons = {
        name
        for name, table in tables.delivered.items()
        if any(field.data_class in ("quasi_identifier", "sensitive") for field in table.fields.values())
    }
    for name, mapped in source.tables.items():
        assert {field: origin.column for field, origin in mapped.fields.items()} == {
            field: field for field in tables[name].fields
        }
    assert {"pupils", "grades", "absence", "survey", "support"} <= about_persons
    assert about_persons & set(source.tables) == set()
    assert set(tables.delivered) == about_persons | set(source.tables)


def test_every_measure_that_is_fetched_from_skolverket_is_an_indicator_of_the_registry() -> None:
    registry = read_registry(ROOT / "data/contracts")
    measures = {ours for ours, _ in into_contracts.INDICATORS.values()}
    assert measures <= set(registry)
    in_percent = {ours for ours, factor in into_contracts.INDICATORS.values() if factor != 1}
    assert in_percent == {name for name in measures if registry[name].in_percent}


def test_every_contract_column_is_delivered_by_at_least_one_source() -> None:
    tables = read_tables(ROOT / "data/contracts")
    sources = [read_source(ROOT / "data/contracts", name, tables) for name in ("star", "exempelkommun", "skolverket")]
    for name, table in tables.delivered.items():
        delivered = {field for source in sources if name in source.tables for field in source.tables[name].fields}
        assert set(table.fields) == delivered, name


def test_every_code_list_is_used() -> None:
    files = {path.stem for path in (ROOT / "data/contracts/codes").glob("*.csv")}
    assert files == set(read_tables(ROOT / "data/contracts").codes)


def test_what_was_not_taken_in_as_it_stood_is_recorded(staged: Path) -> None:
    import json

    reading = json.loads((staged / "reading.json").read_text(encoding="utf-8"))
    assert {one["column"] for one in reading["left_out"]} == {"Skåpnummer"}
    assert [one["code"] for one in reading["mended"]] == ["MSPR"]
    assert [one["code"] for one in reading["ignored"]] == ["not_updated"]
    assert [one["file"] for one in reading["beyond"]] == ["data/deliveries/2025Q3/betyg.csv"]
    assert [(one["table"], one["delivery"]) for one in reading["restated"]] == [("grades", "2025Q3")]


def test_the_staged_rows_keep_their_keys_and_codes(staged: Path) -> None:
    tables = read_tables(ROOT / "data/contracts")
    for path in staged.glob("*.parquet"):
        table, rows = tables[path.stem], pd.read_parquet(path)
        assert not rows.duplicated(list(table.primary_key)).any(), path.stem
        for name, field in table.fields.items():
            if name not in rows:
                continue
            if field.constraints.required:
                assert rows[name].notna().all(), (path.stem, name)
            if field.codes:
                assert set(rows[name].dropna()) <= set(tables.codes[field.codes].codes)
            if field.constraints.pattern:
                assert rows[name].dropna().str.fullmatch(field.constraints.pattern).all(), (path.stem, name)
        for key in table.foreign_keys:
            target = staged / f"{key.reference.resource}.parquet"
            if target.is_file() and all(column in rows for column in key.fields):
                there = set(pd.read_parquet(target)[list(key.reference.fields)].itertuples(index=False, name=None))
                assert set(rows[list(key.fields)].dropna().itertuples(index=False, name=None)) <= there, (
                    path.stem,
                    key.fields,
                )
