"""Every column in every table is in a contract and back, and every definition is a figure."""

import pandas as pd
import pytest
import yaml

from likvard.contracts import read_delivered, read_tables
from likvard.contracts.table import PROVENANCE, Table
from likvard.indicators.record import COLUMNS
from likvard.indicators.registry import read_registry
from likvard.tables import read_table
from likvard.workspace import Workspace

TABLES = ("areas", "pupils", "schools", "teachers")
DIRECT_IDENTIFIERS = {
    "name",
    "first_name",
    "last_name",
    "personal_number",
    "personnummer",
    "birth_date",
    "address",
    "email",
}
# What `prepare` adds to the columns that it takes from the contracts.
DERIVED = {
    "teacher_degree",
    "teacher_experience_years",
    "class_size",
    "changed_school",
    "changed_lunch",
    "pupils_count",
    "classes_count",
    "schools_count",
}


@pytest.fixture(scope="module")
def contracts(star_workspace: Workspace) -> dict[str, Table]:
    return read_delivered(star_workspace.contracts, "star")


def after_intake(workspace: Workspace) -> dict[str, list[str]]:
    """The columns of every table after intake, by the file that they stand in."""
    delivered = {path: list(pd.read_csv(path, nrows=0)) for path in workspace.deliveries.rglob("*.csv")}
    folders = (workspace.staged, workspace.prepared, workspace.indicators, workspace.released)
    made = {path: list(read_table(path)) for folder in folders for path in folder.glob("*.parquet")}
    return {workspace.shown(path): columns for path, columns in (delivered | made).items()}


def test_every_staged_table_has_a_contract_and_back(star_workspace: Workspace, contracts: dict[str, Table]) -> None:
    staged = sorted(path.stem for path in star_workspace.staged.glob("*.parquet"))
    assert staged == sorted(set(contracts) - {PROVENANCE}) == list(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_in_its_contract_and_back(
    star_workspace: Workspace, contracts: dict[str, Table], name: str
) -> None:
    columns = list(read_table(star_workspace.staged / f"{name}.parquet"))
    assert columns == [*contracts[name].fields, *contracts[PROVENANCE].fields]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_the_type_of_its_contract(
    star_workspace: Workspace, contracts: dict[str, Table], name: str
) -> None:
    types = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}
    frame = read_table(star_workspace.staged / f"{name}.parquet")
    wanted = {field.name: types[field.type] for field in contracts[name].fields.values()}
    assert {column: str(frame[column].dtype).removesuffix("[pyarrow]") for column in wanted} == wanted


def test_every_column_of_a_prepared_table_is_a_contract_s_or_known_to_be_derived(
    star_workspace: Workspace, contracts: dict[str, Table]
) -> None:
    known = {field for table in contracts.values() for field in table.fields} | DERIVED
    found = {column for path in star_workspace.prepared.glob("*.parquet") for column in read_table(path)}
    assert found - known == set()
    assert DERIVED - found == set()


def test_the_released_figures_have_the_columns_of_the_record(star_workspace: Workspace) -> None:
    for folder in (star_workspace.indicators, star_workspace.released):
        assert list(read_table(folder / "figures.parquet")) == COLUMNS


def test_no_field_of_a_contract_identifies_a_person_directly(contracts: dict[str, Table]) -> None:
    classes = {
        f"{table.name}.{field.name}": field.data_class
        for table in contracts.values()
        for field in table.fields.values()
    }
    assert [name for name, data_class in classes.items() if data_class == "direct_identifier"] == []


def test_no_table_after_intake_has_a_column_that_names_a_person(star_workspace: Workspace) -> None:
    # Units have names too: the tables of schools and areas, and the released list of units.
    about_units = {
        place: columns
        for place, columns in after_intake(star_workspace).items()
        if place.rsplit("/", 1)[-1].split(".")[0] in ("schools", "areas", "units")
    }
    about_people = {
        place: set(columns) for place, columns in after_intake(star_workspace).items() if place not in about_units
    }
    assert len(about_people) == 2 * 4 + 2 + 3 + 2  # pupils and teachers: 4 deliveries, staged; prepared; two records
    assert {place: found for place, columns in about_people.items() if (found := columns & DIRECT_IDENTIFIERS)} == {}


def test_nothing_about_single_pupils_is_released(star_workspace: Workspace) -> None:
    columns = {place: columns for place, columns in after_intake(star_workspace).items() if "/released/" in place}
    assert len(columns) == 2
    assert [place for place, found in columns.items() if {"pupil_id", "class_id", "source_row"} & set(found)] == []
    pupils = set(read_table(star_workspace.prepared / "pupil_period.parquet")["pupil_id"])
    facts = (star_workspace.released / "edition.json").read_text(encoding="utf-8")
    assert not any(pupil in facts for pupil in pupils)


def test_every_definition_is_in_both_languages(star_workspace: Workspace) -> None:
    definitions = read_registry(star_workspace.contracts)
    texts = {
        (name, part, language): getattr(getattr(definition, part), language)
        for name, definition in definitions.items()
        for part in ("title", "text", "counts", "unit")
        for language in ("en", "sv")
    }
    assert [place for place, text in texts.items() if not text.strip()] == []
    # Long texts that are the same in both languages were never translated.
    assert [
        (name, part)
        for name, part, language in texts
        if language == "en" and part in ("text", "counts") and texts[name, part, "en"] == texts[name, part, "sv"]
    ] == []


def test_every_definition_is_a_figure_that_is_shown(star_workspace: Workspace) -> None:
    figures = read_table(star_workspace.released / "figures.parquet")
    shown = figures[figures["status"].eq("shown") & figures["unit_kind"].eq("all") & figures["period"].eq("1988-89")]
    assert set(shown["indicator"]) == set(read_registry(star_workspace.contracts))


def test_every_code_list_is_used_and_in_both_languages(star_workspace: Workspace) -> None:
    tables = read_tables(star_workspace.contracts)
    there = {path.stem for path in (star_workspace.contracts / "codes").glob("*.csv")}
    assert there == set(tables.codes)
    titles = {
        (codes.name, code, language): title
        for codes in tables.codes.values()
        for code, named in codes.titles.items()
        for language, title in named.items()
    }
    assert [place for place, title in titles.items() if not title] == []


def test_every_report_group_is_a_code_of_its_list(star_workspace: Workspace) -> None:
    lists = read_tables(star_workspace.contracts).codes.values()
    assert [(codes.name, group) for codes in lists for group in codes.report_groups if group not in codes.codes] == []


def test_every_delivery_says_where_it_comes_from(star_workspace: Workspace) -> None:
    pointers = sorted(star_workspace.deliveries.glob("*.dvc"))
    assert len(pointers) == 4
    for pointer in pointers:
        origin = yaml.safe_load(pointer.read_text(encoding="utf-8"))["meta"]["origin"]
        assert origin["doi"] == "10.7910/DVN/SIWH9F"
        assert "CC0" in str(origin)
