"""``likvard fetch``: what is brought in lies beside what others delivered, tracked by DVC, and says where it comes from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from dvc.repo import Repo
from loopback import Answer, Request, Server
from test_fetch_skolverket import SIRIS

from likvard.contracts import read_source, read_tables
from likvard.errors import CodesError, ContractError, DeliveryMissingError, ProtectionMissingError
from likvard.fetch.dropped import fetch_spreadsheet
from likvard.fetch.kolada.act import fetch_kolada
from likvard.fetch.skolverket.act import fetch_skolverket
from likvard.params import read_params
from likvard.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
Serve = Callable[[Callable[[Request], Answer]], Server]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A municipality's workspace whose delivery 2026Q3 holds one file of its own."""
    root = tmp_path / "municipality"
    shutil.copytree(ROOT / "data/contracts", root / "data/contracts")
    shutil.copy(ROOT / "src/likvard/demo/exempelkommun/params.yaml", root / "params.yaml")
    shutil.copy(ROOT / "dvc.yaml", root / "dvc.yaml")
    (root / "data/deliveries/2026Q3").mkdir(parents=True)
    (root / "data/deliveries/2026Q3/omraden.csv").write_text("a;b\n", encoding="utf-8")
    Repo.init(str(root), no_scm=True).close()
    return Workspace(root)


def origin_of(workspace: Workspace) -> dict[str, object]:
    pointer = workspace.deliveries / "2026Q3.dvc"
    found: dict[str, object] = yaml.safe_load(pointer.read_text(encoding="utf-8"))["meta"]["origin"]
    return found


def test_exports_become_benchmarks_beside_the_municipality_s_own_files(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "slutbetyg.csv").write_text(SIRIS, encoding="utf-8")
    fetch_skolverket(workspace, read_params(workspace.params), [tmp_path / "slutbetyg.csv"], municipality="0604")
    folder = workspace.deliveries / "2026Q3"
    assert sorted(path.name for path in folder.iterdir()) == ["omraden.csv", "skolverket_benchmarks.csv"]
    rows = pd.read_csv(folder / "skolverket_benchmarks.csv", dtype="string")
    assert set(rows["unit_id"]) == {"00000017", "00000025"}
    assert origin_of(workspace)["publisher"] == "Skolverket"


def test_a_second_source_keeps_the_origin_of_the_first(workspace: Workspace, tmp_path: Path, serve: Serve) -> None:
    (tmp_path / "slutbetyg.csv").write_text(SIRIS, encoding="utf-8")
    params = read_params(workspace.params)
    fetch_skolverket(workspace, params, [tmp_path / "slutbetyg.csv"])
    fetch_kolada(workspace, params, ["N15505"], ["0604", "0000"], [2025], serve(kolada_answer(231.5)).url)
    origin = origin_of(workspace)
    assert origin["publisher"] == "Skolverket"
    assert list(origin["beside"]) == ["kolada"]  # type: ignore[call-overload]
    rows = pd.read_csv(workspace.deliveries / "2026Q3/kolada_benchmarks.csv", dtype="string")
    assert rows[["measure", "unit_kind", "period", "gender"]].to_numpy().tolist() == [
        ["kolada_n15505", "country", "2024-25", "T"],
        ["kolada_n15505", "municipality", "2024-25", "T"],
    ]


def test_what_kolada_has_revised_is_told(
    workspace: Workspace, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    params = read_params(workspace.params)
    fetch_kolada(workspace, params, ["N15505"], ["0604"], [2025], serve(kolada_answer(231.5)).url)
    fetch_kolada(workspace, params, ["N15505"], ["0604"], [2025], serve(kolada_answer(229.0)).url)
    assert "revised: kolada_n15505 0604 2024-25 T" in capsys.readouterr().out


def kolada_answer(value: float) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        units = request.path.split("/municipality/")[1].split("/")[0].split(",")
        rows = [
            {
                "kpi": "N15505",
                "period": 2025,
                "municipality": unit,
                "values": [{"gender": "T", "value": value, "status": ""}],
            }
            for unit in units
        ]
        return Answer(200, {"values": rows})

    return answer


def test_a_spreadsheet_becomes_all_columns_of_its_contract(workspace: Workspace, tmp_path: Path) -> None:
    contracts = workspace.contracts / "sources/exempelkommun.yaml"
    text = contracts.read_text(encoding="utf-8").replace("kolada: [benchmarks]}", "spreadsheet: [area_housing]}")
    contracts.write_text(text, encoding="utf-8")
    (tmp_path / "bostad.csv").write_text("Område;Kvartal;Hushåll\n01;2026Q3;1 024\n", encoding="utf-8")
    columns = "area_id: {header: Område}, period: {header: Kvartal}, households_count: {header: Hushåll, type: integer}"
    mapping = tmp_path / "bostad.yaml"
    mapping.write_text(f"source: bostadsbolaget\ntable: area_housing\ncolumns: {{{columns}}}\n", encoding="utf-8")
    fetch_spreadsheet(workspace, read_params(workspace.params), tmp_path / "bostad.csv", mapping)
    rows = pd.read_csv(workspace.deliveries / "2026Q3/spreadsheet_area_housing.csv", dtype="string")
    assert list(rows) == list(read_tables(workspace.contracts)["area_housing"].fields)
    assert rows.loc[0, ["area_id", "period", "households_count"]].tolist() == ["01", "2026Q3", "1024"]


def test_a_spreadsheet_about_persons_is_sent_to_intake(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "elever.csv").write_text("Elev\n1\n", encoding="utf-8")
    mapping = tmp_path / "elever.yaml"
    mapping.write_text("source: x\ntable: pupils\ncolumns: {pupil_id: {header: Elev}}\n", encoding="utf-8")
    with pytest.raises(ProtectionMissingError, match="about persons"):
        fetch_spreadsheet(workspace, read_params(workspace.params), tmp_path / "elever.csv", mapping)


def test_a_source_that_does_not_take_it_in_is_told_which_line_to_add(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "slutbetyg.csv").write_text(SIRIS, encoding="utf-8")
    params = read_params(workspace.params).model_copy(update={"source": "star"})
    with pytest.raises(ContractError, match=r"beside: \{skolverket: \[benchmarks\]\}"):
        fetch_skolverket(workspace, params, [tmp_path / "slutbetyg.csv"])
    assert not (workspace.deliveries / "2026Q3.dvc").exists()


def test_a_delivery_that_is_not_on_this_machine_is_not_replaced_by_what_is_fetched(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "slutbetyg.csv").write_text(SIRIS, encoding="utf-8")
    (workspace.deliveries / "2026Q3.dvc").write_text("outs: []\n", encoding="utf-8")
    shutil.rmtree(workspace.deliveries / "2026Q3")
    with pytest.raises(DeliveryMissingError, match="not on this machine"):
        fetch_skolverket(workspace, read_params(workspace.params), [tmp_path / "slutbetyg.csv"])


def test_a_code_that_lost_its_zero_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(CodesError, match="604"):
        fetch_skolverket(workspace, read_params(workspace.params), [tmp_path], municipality="604")


def test_the_tables_of_another_source_are_never_expected(workspace: Workspace) -> None:
    source = read_source(workspace.contracts, "exempelkommun", read_tables(workspace.contracts))
    own, *others = source.all_sources
    assert own is source
    assert {one.source: list(one.tables) for one in others} == {"skolverket": ["benchmarks"], "kolada": ["benchmarks"]}


def test_a_table_that_the_other_source_does_not_have_is_named(workspace: Workspace) -> None:
    path = workspace.contracts / "sources/exempelkommun.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("kolada: [benchmarks]", "kolada: [benchmark]"), encoding="utf-8"
    )
    with pytest.raises(ContractError, match=r"beside\.kolada.*did you mean 'benchmarks'"):
        read_source(workspace.contracts, "exempelkommun", read_tables(workspace.contracts))
