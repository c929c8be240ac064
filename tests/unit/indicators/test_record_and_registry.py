import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from small_school import pupils

from likvard.contracts import read_tables
from likvard.errors import ContractError, ParamsError
from likvard.indicators.observations import Frame
from likvard.indicators.record import COLUMNS, KEY, in_order, with_figure_ids
from likvard.indicators.registry import read_registry
from likvard.indicators.run import check_groups, figures
from likvard.params import GroupChoice, Params, read_params
from likvard.tables import read_table
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).parents[3]
CODES = read_tables(REPOSITORY / "data/contracts").codes
PARAMS = read_params(REPOSITORY / "params.yaml")
KEY_ROW = {
    "edition": "1988-89",
    "period": "1988-89",
    "unit_kind": "school",
    "unit_id": "63",
    "indicator": "reading_mean",
    "definition_version": 1,
    "measure": "level",
    "group_by": "all",
    "group": "all",
    "reference": "",
}


def figure_id(**changed: Any) -> str:
    return str(with_figure_ids(pd.DataFrame([KEY_ROW | changed]))["figure_id"].iloc[0])


def test_a_figure_has_the_same_id_for_ever() -> None:
    # A printed figure is looked up by this: if the line fails, figures that are already printed lose their way home.
    assert figure_id() == "f3hgptwxrk"


@pytest.mark.parametrize("column", KEY)
def test_every_part_of_the_key_makes_another_figure(column: str) -> None:
    other = 2 if column == "definition_version" else "other"
    assert figure_id(**{column: other}) != figure_id()


def test_the_parts_of_the_key_cannot_run_into_each_other() -> None:
    assert figure_id(unit_id="6", indicator="3reading_mean") != figure_id(unit_id="63", indicator="reading_mean")


def test_an_id_does_not_depend_on_the_value_or_on_the_rows_beside_it() -> None:
    rows = pd.DataFrame([KEY_ROW | {"unit_id": "64"}, KEY_ROW]).assign(value=[1.0, 2.0])
    assert with_figure_ids(rows)["figure_id"].iloc[1] == figure_id()


def test_every_figure_of_the_real_edition_has_an_id_of_its_own(star_workspace: Workspace) -> None:
    record = read_table(star_workspace.indicators / "figures.parquet")
    assert record["figure_id"].is_unique
    assert record["figure_id"].str.fullmatch("[a-z2-7]{10}").all()
    assert not record.duplicated(KEY).any()


def test_the_record_has_its_columns_and_types_and_the_order_of_its_key() -> None:
    record = figures(
        {"pupil_period": Frame(pupils([{"reading_score": 600.0}, {"lunch": "free"}]))},
        read_registry(REPOSITORY / "data/contracts"),
        PARAMS,
        CODES,
    )
    assert list(record) == COLUMNS
    assert str(record["n"].dtype) == "float64"
    pd.testing.assert_frame_equal(record, record.sort_values(KEY, ignore_index=True, kind="stable"))


def test_the_order_of_the_pupils_changes_nothing() -> None:
    rows = pupils(
        [{"reading_score": 600.0 + number, "lunch": lunch} for number, lunch in enumerate(["free", "paid"] * 4)]
    )
    registry = read_registry(REPOSITORY / "data/contracts")
    one, other = (
        figures({"pupil_period": Frame(frame)}, registry, PARAMS, CODES)
        for frame in (rows, rows.iloc[::-1].reset_index(drop=True))
    )
    pd.testing.assert_frame_equal(one, other)


def test_the_record_keeps_only_its_own_columns() -> None:
    frame = pd.DataFrame([KEY_ROW | dict.fromkeys(COLUMNS[len(KEY) :], 1) | {"status": "shown", "sd": 3.0}])
    assert list(in_order(with_figure_ids(frame))) == COLUMNS


def with_groups(**groups: str) -> Params:
    return PARAMS.model_copy(update={"groups": {name: GroupChoice(reference=group) for name, group in groups.items()}})


def test_groups_that_no_code_list_has_are_named_all_at_once() -> None:
    with pytest.raises(ParamsError) as stop:
        check_groups(with_groups(lunsh="paid", gender="girls"), CODES)
    assert stop.value.problems == (
        "the dimension 'lunsh' is not known – did you mean 'lunch'? (in groups)",
        "the group 'girls' is not known – did you mean 'girl'? (in groups.gender.reference)",
    )


def test_a_code_that_reports_do_not_count_by_is_no_reference() -> None:
    with pytest.raises(ParamsError, match="'hispanic' is not known"):
        check_groups(with_groups(ethnicity="hispanic"), CODES)


def test_the_project_s_groups_are_known() -> None:
    check_groups(PARAMS, CODES)


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REPOSITORY / "data/contracts", tmp_path / "contracts"))


def misuse(contracts: Path, name: str, **changed: Any) -> str:
    """What is said about a definition with other keys (None takes the key away)."""
    path = contracts / f"indicators/{name}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | changed
    path.write_text(yaml.safe_dump({k: v for k, v in content.items() if v is not None}), encoding="utf-8")
    with pytest.raises(ContractError) as stop:
        read_registry(contracts)
    return str(stop.value)


def test_a_definition_must_be_named_as_its_file(contracts: Path) -> None:
    assert "reading_mean.yaml calls itself 'reading'" in misuse(contracts, "reading_mean", id="reading")


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("reading_mean", {"column": None}, "the kind mean and the column do not go together"),
        ("pupils_count", {"column": "lunch"}, "the kind count and the column do not go together"),
        ("free_lunch_share", {"among": None}, "a share needs either among or at_least"),
        ("reading_mean", {"among": ["free"]}, "nothing else does"),
        ("free_lunch_share", {"at_least": {"by": "grade", "values": {"K": 1}}}, "not both"),
        ("reading_mean", {"kind": "median"}, "kind: "),
        ("reading_mean", {"direction": "up"}, "direction: "),
        ("reading_mean", {"title": {"en": "Reading"}}, "title.sv: field required"),
        ("reading_mean", {"colour": "red"}, "colour: extra inputs are not permitted"),
        ("reading_mean", {"source": None}, "source: field required"),
    ],
)
def test_a_definition_that_does_not_hold_together_is_named_with_its_fault(
    contracts: Path, name: str, changed: dict[str, Any], said: str
) -> None:
    message = misuse(contracts, name, **changed)
    assert f"{name}.yaml" in message
    assert said in message
