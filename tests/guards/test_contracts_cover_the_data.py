"""Every column in every table is in a contract and back, and every definition is a figure."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from pyarrow.parquet import read_schema

from likvard.contracts import read_delivered, read_tables
from likvard.contracts.table import PROVENANCE, Table
from likvard.indicators.record import COLUMNS
from likvard.indicators.registry import read_registry
from likvard.tables import read_table
from likvard.workspace import Workspace

DEMOS = ("star", "exempelkommun")
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
    "grade_points",
    "all_passed",
    "merit_value",
    "eligible_vocational",
    "eligible_arts",
    "eligible_social",
    "eligible_science",
    "support_adaptations",
    "support_action_programme",
    "support_special_group",
    "support_adapted_timetable",
    "support_mother_tongue_guidance",
    "term",
    "coverage",
    "absence_share",
    "invalid_absence_share",
    "extensive_absence",
    "absence_status",
}


@pytest.fixture(scope="module")
def demos(star_workspace: Workspace, exempelkommun_workspace: Workspace) -> dict[str, Workspace]:
    return {"star": star_workspace, "exempelkommun": exempelkommun_workspace}


@pytest.fixture(scope="module", params=DEMOS)
def demo(request: pytest.FixtureRequest, demos: dict[str, Workspace]) -> tuple[Workspace, dict[str, Table]]:
    """Each demo's workspace, with the contracts of what its sender delivers."""
    workspace = demos[request.param]
    return workspace, read_delivered(workspace.contracts, request.param)


@pytest.fixture(scope="module")
def contracts(star_workspace: Workspace) -> dict[str, Table]:
    return read_delivered(star_workspace.contracts, "star")


def after_intake(workspace: Workspace) -> dict[str, list[str]]:
    """The columns of every table after intake, by the file that they stand in."""
    delivered = {path: list(pd.read_csv(path, nrows=0)) for path in workspace.deliveries.rglob("*.csv")}
    folders = (workspace.staged, workspace.prepared, workspace.indicators, workspace.released)
    made = {path: list(read_table(path)) for folder in folders for path in folder.glob("*.parquet")}
    return {workspace.shown(path): columns for path, columns in (delivered | made).items()}


def columns_of(folder: Path) -> dict[str, list[str]]:
    """The columns of every table in the folder, by its name."""
    return {path.stem: list(read_schema(path).names) for path in sorted(folder.glob("*.parquet"))}


def test_every_staged_table_has_a_contract_and_back(demo: tuple[Workspace, dict[str, Table]]) -> None:
    workspace, contracts = demo
    assert sorted(columns_of(workspace.staged)) == sorted(set(contracts) - {PROVENANCE})


def test_every_column_is_in_its_contract_and_back(demo: tuple[Workspace, dict[str, Table]]) -> None:
    workspace, contracts = demo
    wanted = {
        name: [*table.fields, *contracts[PROVENANCE].fields] for name, table in contracts.items() if name != PROVENANCE
    }
    assert columns_of(workspace.staged) == wanted


def test_every_table_and_column_of_the_contracts_is_delivered_in_a_demo(demos: dict[str, Workspace]) -> None:
    delivered = {
        (name, column)
        for workspace in demos.values()
        for name, columns in columns_of(workspace.staged).items()
        for column in columns
    }
    tables = read_tables(demos["star"].contracts).delivered
    assert {(name, field) for name, table in tables.items() for field in table.fields} - delivered == set()


def test_every_column_has_the_type_of_its_contract(demo: tuple[Workspace, dict[str, Table]]) -> None:
    workspace, contracts = demo
    types = {
        "string": "string",
        "integer": "Int64",
        "number": "Float64",
        "boolean": "boolean",
        "date": "datetime64[ms]",
    }
    wrong = []
    for name, table in contracts.items():
        if name == PROVENANCE:
            continue
        found = {column: str(kind) for column, kind in read_table(workspace.staged / f"{name}.parquet").dtypes.items()}
        wrong += [
            (name, field.name, found[field.name])
            for field in table.fields.values()
            if found[field.name].removesuffix("[pyarrow]") != types[field.type]
        ]
    assert wrong == []


def test_every_column_of_a_prepared_table_is_a_contract_s_or_known_to_be_derived(demos: dict[str, Workspace]) -> None:
    tables = read_tables(demos["star"].contracts)
    known = {field for table in tables.values() for field in table.fields} | DERIVED
    found = {
        column
        for workspace in demos.values()
        for columns in columns_of(workspace.prepared).values()
        for column in columns
    }
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


def test_every_definition_is_a_figure_that_is_shown(demos: dict[str, Workspace]) -> None:
    told = set()
    for workspace in demos.values():
        figures = read_table(workspace.released / "figures.parquet")
        told |= set(figures.loc[figures["status"].eq("shown") & figures["unit_kind"].eq("all"), "indicator"])
    registry = read_registry(demos["star"].contracts)
    assert told == {name for name, definition in registry.items() if definition.kind != "published"}


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
