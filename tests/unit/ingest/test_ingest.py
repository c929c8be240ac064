import hashlib
import json
from pathlib import Path

import pytest
from small_delivery import add_delivery, replace, small_workspace

from likvard.errors import (
    CodesError,
    ColumnsError,
    ContractError,
    DeliveryMissingError,
    FileUnreadableError,
    LikvardError,
)
from likvard.ingest import run
from likvard.params import Params
from likvard.tables import read_period, read_table, row_groups_of
from likvard.workspace import Workspace

SmallWorkspace = tuple[Workspace, Params]


@pytest.fixture
def small(tmp_path: Path) -> SmallWorkspace:
    return small_workspace(tmp_path)


def stopped(small: SmallWorkspace, kind: type[LikvardError]) -> LikvardError:
    with pytest.raises(kind) as stop:
        run(*small)
    assert not small[0].staged.exists()
    return stop.value


def mapping_line(workspace: Workspace, text: str) -> int:
    lines = (workspace.contracts / "sources/star.yaml").read_text(encoding="utf-8").splitlines()
    return 1 + next(number for number, line in enumerate(lines) if line.strip().startswith(text))


def test_deliveries_become_typed_tables_that_name_each_row_s_origin(small: SmallWorkspace) -> None:
    run(*small)
    pupils = read_table(small[0].staged / "pupils.parquet")
    first = pupils.iloc[0].to_dict()
    assert len(pupils) == 4
    assert first == {
        "pupil_id": "aaaaaaaa",
        "period": "1987-88",
        "grade": "3",
        "school_id": "01",
        "class_id": "01-01",
        "class_type": "small",
        "gender": "girl",
        "ethnicity": "white",
        "lunch": "free",
        "reading_score": 600.0,
        "mathematics_score": 610.5,
        "source_file": "1987-88/pupils.csv",
        "source_row": 2,
    }
    assert pupils["reading_score"].isna().tolist() == [False, True, False, True]
    assert read_table(small[0].staged / "teachers.parquet")["degree"].tolist() == ["master_plus"] * 2


def test_rows_are_in_the_order_of_period_and_key_whatever_the_order_of_the_file(small: SmallWorkspace) -> None:
    workspace, _ = small
    path = workspace.deliveries / "1988-89/pupils.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    run(*small)
    pupils = read_table(workspace.staged / "pupils.parquet")
    assert pupils["period"].tolist() == ["1987-88"] * 2 + ["1988-89"] * 2
    assert pupils["pupil_id"].tolist() == ["aaaaaaaa", "bbbbbbbb"] * 2
    assert pupils["source_row"].tolist() == [2, 3, 3, 2]


def test_each_period_can_be_read_by_itself_and_only_a_table_without_one_in_its_key_is_one_piece(
    small: SmallWorkspace,
) -> None:
    run(*small)
    groups = {path.stem: row_groups_of(path) for path in small[0].staged.glob("*.parquet")}
    assert groups == {"areas": 2, "pupils": 2, "schools": 2, "teachers": 2}
    pupils = read_period(small[0].staged / "pupils.parquet", "1988-89", ["pupil_id", "source_file"])
    assert set(pupils["source_file"]) == {"1988-89/pupils.csv"}


def test_the_same_deliveries_give_the_same_bytes(small: SmallWorkspace) -> None:
    run(*small)
    first = {path.name: path.read_bytes() for path in small[0].staged.iterdir()}
    run(*small)
    assert {path.name: path.read_bytes() for path in small[0].staged.iterdir()} == first


def test_what_was_read_is_recorded_with_its_hash(small: SmallWorkspace) -> None:
    workspace, _ = small
    (workspace.deliveries / "1988-89.dvc").write_text("meta: {origin: {title: A source}}\nouts: []\n", encoding="utf-8")
    run(*small)
    record = json.loads((workspace.staged / "deliveries.json").read_text(encoding="utf-8"))
    content = (workspace.deliveries / "1988-89/pupils.csv").read_bytes()
    assert len(record["files"]) == 8
    assert record["files"]["1988-89/pupils.csv"] == hashlib.sha256(content).hexdigest()
    assert record["origins"] == {"1987-88": {}, "1988-89": {"title": "A source"}}


def test_the_data_hash_changes_with_any_delivered_byte(small: SmallWorkspace) -> None:
    def data_hash() -> str:
        run(*small)
        return str(json.loads((small[0].staged / "deliveries.json").read_text(encoding="utf-8"))["data_hash"])

    before = data_hash()
    replace(small[0], "1987-88/pupils.csv", "600", "601")
    assert data_hash() != before


def test_an_edition_takes_in_all_earlier_deliveries_and_no_later_one(small: SmallWorkspace) -> None:
    workspace, params = small
    add_delivery(workspace, "1989-90")
    run(workspace, params)
    assert sorted(read_table(workspace.staged / "areas.parquet")["period"]) == ["1987-88", "1988-89"]
    run(workspace, params.model_copy(update={"edition": "1987-88"}))
    assert sorted(read_table(workspace.staged / "areas.parquet")["period"]) == ["1987-88"]


def test_an_edition_without_a_delivery_suggests_one_that_is_there(small: SmallWorkspace) -> None:
    workspace, params = small
    error = stopped((workspace, params.model_copy(update={"edition": "1988-98"})), DeliveryMissingError)
    assert error.exit_code == 6
    assert "'1988-98' is not known – did you mean '1988-89'?" in str(error)


def test_a_tracked_delivery_that_is_not_fetched_is_named_with_the_command(small: SmallWorkspace) -> None:
    (small[0].deliveries / "1986-87.dvc").write_text("outs: []\n", encoding="utf-8")
    error = stopped(small, DeliveryMissingError)
    assert error.problems == ("data/deliveries/1986-87 (the whole folder)",)
    assert "run `dvc pull`" in error.advice


def test_every_file_that_is_not_there_is_named(small: SmallWorkspace) -> None:
    (small[0].deliveries / "1987-88/areas.csv").unlink()
    (small[0].deliveries / "1988-89/pupils.csv").unlink()
    error = stopped(small, DeliveryMissingError)
    assert error.problems == ("data/deliveries/1987-88/areas.csv", "data/deliveries/1988-89/pupils.csv")


def test_what_jupyterlab_leaves_among_the_deliveries_is_no_delivery(small: SmallWorkspace) -> None:
    (small[0].deliveries / ".ipynb_checkpoints").mkdir()
    run(*small)
    assert len(read_table(small[0].staged / "areas.parquet")) == 2


def test_unreadable_files_are_named_all_at_once(small: SmallWorkspace) -> None:
    (small[0].deliveries / "1987-88/areas.csv").write_bytes(b"")
    (small[0].deliveries / "1988-89/schools.csv").write_bytes(b"school\n")
    error = stopped(small, FileUnreadableError)
    assert error.exit_code == 7
    assert set(error.problems) == {
        "data/deliveries/1987-88/areas.csv: the file is empty",
        "data/deliveries/1988-89/schools.csv: the file has a header but no rows",
    }


def test_a_column_of_another_name_is_suggested_and_the_line_of_the_mapping_named(small: SmallWorkspace) -> None:
    replace(small[0], "1988-89/pupils.csv", ",reading,", ",readding,")
    error = stopped(small, ColumnsError)
    line = mapping_line(small[0], "reading_score:")
    assert error.exit_code == 8
    assert error.problems == (
        "data/deliveries/1988-89/pupils.csv: the column 'reading' is not known – did you mean 'readding'? "
        f"(star.yaml, line {line})",
    )


def test_a_column_that_no_contract_has_is_left_out_and_said(
    small: SmallWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(small[0], "1988-89/areas.csv", "name\n", "name,motto\n")
    replace(small[0], "1988-89/areas.csv", "School system 1\n", "School system 1,onwards\n")
    run(*small)
    assert "data/deliveries/1988-89/areas.csv: column 'motto' is in no contract" in capsys.readouterr().out
    assert "motto" not in read_table(small[0].staged / "areas.parquet")


def test_an_unknown_code_is_named_with_its_line_and_the_line_of_the_mapping(small: SmallWorkspace) -> None:
    replace(small[0], "1988-89/pupils.csv", ",afam,", ",latin,")
    error = stopped(small, CodesError)
    line = mapping_line(small[0], "cauc:") - 1
    assert error.exit_code == 9
    assert error.problems == (
        f"data/deliveries/1988-89/pupils.csv: code 'latin' in column 'ethnicity', line 3 (star.yaml, line {line})",
    )


@pytest.mark.parametrize("value", ["19990101-1234", "Anna Maria Andersson-Lind", "070-123 45 67"])
def test_a_value_that_may_be_a_person_is_never_repeated(small: SmallWorkspace, value: str) -> None:
    replace(small[0], "1988-89/pupils.csv", ",afam,", f",{value},")
    replace(small[0], "1987-88/pupils.csv", ",620", f",{value}")
    error = stopped(small, CodesError)
    assert value not in str(error)
    assert len(error.problems) == 2


def test_cells_of_the_wrong_form_are_named_by_line_without_their_content(small: SmallWorkspace) -> None:
    replace(small[0], "1988-89/pupils.csv", ",600,610.5", ",987x,654x")
    error = stopped(small, CodesError)
    assert error.problems == (
        "data/deliveries/1988-89/pupils.csv: column 'reading' has cells that are not of the agreed form, line 2",
        "data/deliveries/1988-89/pupils.csv: column 'mathematics' has cells that are not of the agreed form, line 2",
    )


def test_all_faults_of_a_kind_are_named_and_the_kind_that_hides_the_others_comes_first(small: SmallWorkspace) -> None:
    workspace, _ = small
    replace(workspace, "1987-88/pupils.csv", ",F,", ",X,")
    replace(workspace, "1987-88/areas.csv", "name", "namn")
    replace(workspace, "1988-89/areas.csv", "name", "namn")
    assert len(stopped(small, ColumnsError).problems) == 2
    (workspace.deliveries / "1988-89/areas.csv").write_bytes(b"")
    assert len(stopped(small, FileUnreadableError).problems) == 1


def test_earlier_staged_data_is_as_it_was_after_a_stop(small: SmallWorkspace) -> None:
    workspace, _ = small
    run(*small)
    before = {path.name: path.read_bytes() for path in workspace.staged.iterdir()}
    replace(workspace, "1988-89/pupils.csv", ",afam,", ",latin,")
    with pytest.raises(CodesError):
        run(*small)
    assert {path.name: path.read_bytes() for path in workspace.staged.iterdir()} == before
    assert sorted(path.name for path in workspace.staged.parent.iterdir()) == ["contracts", "deliveries", "staged"]


def test_a_source_that_is_not_there_is_an_error_of_the_contracts(small: SmallWorkspace) -> None:
    workspace, params = small
    error = stopped((workspace, params.model_copy(update={"source": "sun"})), ContractError)
    assert "There is no sun.yaml" in str(error)
