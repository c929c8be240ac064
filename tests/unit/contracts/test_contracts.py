import shutil
from pathlib import Path

import pytest
import yaml

from likvard.contracts import read_source, read_tables, shown_code
from likvard.contracts.codes import read_codes
from likvard.contracts.yaml_file import line_of
from likvard.errors import ContractError

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy of the project's own contracts, to break."""
    return Path(shutil.copytree(REPOSITORY / "data/contracts", tmp_path / "contracts"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems_of_tables(contracts: Path) -> tuple[str, ...]:
    with pytest.raises(ContractError) as stop:
        read_tables(contracts)
    return stop.value.problems


def problems_of_source(contracts: Path) -> tuple[str, ...]:
    with pytest.raises(ContractError) as stop:
        read_source(contracts, "star", read_tables(contracts))
    return stop.value.problems


def test_the_project_s_contracts_fit_together(contracts: Path) -> None:
    tables = read_tables(contracts)
    assert {"areas", "pupils", "schools", "teachers"} < set(tables.delivered)
    assert set(tables) - set(tables.delivered) == {"provenance"}
    assert tables["pupils"].primary_key == ("pupil_id", "period")
    assert list(tables["areas"].fields)[:3] == ["area_id", "period", "area_name"]


def test_a_table_must_be_named_as_its_file(contracts: Path) -> None:
    change(contracts / "tables/areas.yaml", "name: areas", "name: regions")
    assert problems_of_tables(contracts) == ("areas.yaml calls itself 'regions'",)


def test_a_key_must_be_made_of_fields(contracts: Path) -> None:
    change(contracts / "tables/areas.yaml", "primaryKey: [area_id, period]", "primaryKey: [area, period]")
    assert "areas: the key column 'area' is not a field" in problems_of_tables(contracts)


def test_a_foreign_key_must_point_at_a_table_and_at_a_field(contracts: Path) -> None:
    change(contracts / "tables/schools.yaml", "{resource: areas, ", "{resource: regions, ")
    change(contracts / "tables/teachers.yaml", "fields: [school_id, period]}}", "fields: [school, period]}}")
    assert problems_of_tables(contracts) == (
        "schools: there is no table 'regions'",
        "teachers: schools has no field 'school'",
    )


def test_the_columns_of_a_foreign_key_must_be_fields(contracts: Path) -> None:
    change(contracts / "tables/schools.yaml", "{fields: [area_id, period],", "{fields: [area, period],")
    assert problems_of_tables(contracts) == ("schools: the key column 'area' is not a field",)


def test_an_unknown_property_of_a_field_is_an_error_that_names_its_place(contracts: Path) -> None:
    change(contracts / "tables/areas.yaml", "required: true, pattern", "requierd: true, pattern")
    assert problems_of_tables(contracts) == ("schema.fields.0.constraints.requierd: extra inputs are not permitted",)


def test_an_unknown_disclosure_class_is_an_error(contracts: Path) -> None:
    change(contracts / "tables/areas.yaml", "likvard:class: unit", "likvard:class: secret")
    assert "likvard:class" in problems_of_tables(contracts)[0]


def test_a_file_that_is_no_yaml_is_named(contracts: Path) -> None:
    (contracts / "tables/areas.yaml").write_text("name: [areas", encoding="utf-8")
    with pytest.raises(ContractError, match=r"areas\.yaml cannot be read"):
        read_tables(contracts)


def test_a_code_list_that_is_not_there_is_named(contracts: Path) -> None:
    (contracts / "codes/lunch.csv").unlink()
    with pytest.raises(ContractError, match=r"lunch\.csv cannot be read: No such file"):
        read_tables(contracts)


def test_a_code_list_has_a_fixed_header(contracts: Path) -> None:
    change(contracts / "codes/lunch.csv", "code,title_en", "kod,title_en")
    with pytest.raises(ContractError, match="must have the header code,title_en,title_sv,report_group"):
        read_tables(contracts)


def test_a_code_list_keeps_the_order_of_its_file_and_says_what_reports_count_by() -> None:
    ethnicity = read_codes(REPOSITORY / "data/contracts/codes/ethnicity.csv")
    assert ethnicity.codes == ("white", "black", "asian", "hispanic", "native_american", "other")
    assert ethnicity.report_groups == ("white", "black", "other")
    assert ethnicity.titles["black"] == {"en": "African American", "sv": "Afroamerikaner"}


def test_a_source_that_is_not_there_lists_those_that_are(contracts: Path) -> None:
    with pytest.raises(ContractError, match=r"There is no sun\.yaml") as stop:
        read_source(contracts, "sun", read_tables(contracts))
    assert (
        stop.value.advice
        == "the files there are: exempelkommun, kolada, oneroster, skolverket, spreadsheet, ss12000, star."
    )


def test_a_mapping_of_an_unknown_table_field_or_code_suggests_the_known_one(contracts: Path) -> None:
    mapping = contracts / "sources/star.yaml"
    content = yaml.safe_load(mapping.read_text(encoding="utf-8"))
    content["tables"]["teacher"] = content["tables"].pop("teachers")
    content["tables"]["areas"]["fields"]["area_nam"] = content["tables"]["areas"]["fields"].pop("area_name")
    content["tables"]["pupils"]["fields"]["lunch"]["codes"]["non-free"] = "payed"
    mapping.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert sorted(problems_of_source(contracts)) == [
        "areas: the field 'area_nam' is not known – did you mean 'area_name'?",
        "areas: the field 'area_name' has no column and is not named in not_delivered",
        "pupils.lunch: the code 'payed' is not known – did you mean 'paid'?",
        "the table 'teacher' is not known – did you mean 'teachers'?",
    ]


def test_a_place_names_the_line_of_the_mapping(contracts: Path) -> None:
    source = read_source(contracts, "star", read_tables(contracts))
    lines = (contracts / "sources/star.yaml").read_text(encoding="utf-8").splitlines()
    line = 1 + lines.index("      reading_score: {column: reading}")
    assert source.place("pupils", "reading_score") == f"star.yaml, line {line}"


def test_line_of_counts_from_one_and_stops_at_the_deepest_key_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("# a comment\na: 1\nb:\n  c:\n    d: 2\n  e: [x, y]\n", encoding="utf-8")
    assert line_of(path, "a") == 2
    assert line_of(path, "b", "c", "d") == 5
    assert line_of(path, "b", "c", "nothing") == 4
    assert line_of(path, "b", "e", "x") == 6
    assert line_of(path, "b", "c", "d", "deeper") == 5
    assert line_of(path, "nothing") == 1


@pytest.mark.parametrize("code", ["RA", "non-free", "12345", "x" * 20])
def test_a_code_is_repeated_in_a_message(code: str) -> None:
    assert shown_code(code) == f"code {code!r}"


@pytest.mark.parametrize("value", ["121212-1212", "x" * 21, "123456", "a1b2c3d4e5f6", "Anna Berg", "Berg, Anna"])
def test_what_may_be_a_person_is_not_repeated_in_a_message(value: str) -> None:
    assert value not in shown_code(value)
