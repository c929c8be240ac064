import json
from pathlib import Path

import pandas as pd
import pytest

from likvard.errors import StageInputMissingError
from likvard.params import read_params
from likvard.protect.run import run, units
from likvard.tables import read_table
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).parents[3]
PARAMS = read_params(REPOSITORY / "params.yaml")
NOW, BEFORE = "1988-89", "1987-88"


def unit_list(schools: list[tuple[str, str, str, str, int]], areas: list[tuple[str, str, int]]) -> pd.DataFrame:
    """Schools: id, period, name, area, pupils. Areas: id, period, pupils."""
    school_period = pd.DataFrame(schools, columns=["school_id", "period", "school_name", "area_id", "pupils_count"])
    area_period = pd.DataFrame(areas, columns=["area_id", "period", "pupils_count"]).assign(area_name="Area")
    return units(school_period, area_period, PARAMS).set_index(["unit_kind", "unit_id"])


def test_a_school_has_the_name_and_area_of_its_latest_period() -> None:
    found = unit_list([("A", BEFORE, "Old name", "1", 9), ("A", NOW, "New name", "2", 9)], [("2", NOW, 9)])
    assert found.loc[("school", "A")].to_dict() == {"name": "New name", "area_id": "2", "in_edition": True}
    assert found.loc[("all", "all")].to_dict() == {"name": "Project STAR", "area_id": "", "in_edition": True}


def test_a_school_that_has_left_is_known_and_gets_no_report() -> None:
    found = unit_list([("A", BEFORE, "A", "1", 9), ("B", NOW, "B", "1", 9)], [("1", NOW, 9)])
    assert found["in_edition"].to_dict() == {
        ("all", "all"): True,
        ("area", "1"): True,
        ("school", "A"): False,
        ("school", "B"): True,
    }


def test_a_school_without_pupils_gets_no_report() -> None:
    found = unit_list([("A", NOW, "A", "1", 0), ("B", NOW, "B", "2", 9)], [("1", NOW, 0), ("2", NOW, 9)])
    assert not found.loc[("school", "A"), "in_edition"]
    assert not found.loc[("area", "1"), "in_edition"]
    assert found.loc[("school", "B"), "in_edition"]


@pytest.mark.parametrize(
    ("lost", "stage"), [("quality/results.json", "validate"), ("staged/deliveries.json", "ingest")]
)
def test_what_an_earlier_stage_has_not_made_is_named(own_workspace: Workspace, lost: str, stage: str) -> None:
    (own_workspace.root / "data" / lost).unlink()
    before = (own_workspace.released / "figures.parquet").read_bytes()
    with pytest.raises(StageInputMissingError, match=f"data/{lost}.*'{stage}' makes it"):
        run(own_workspace, PARAMS)
    assert (own_workspace.released / "figures.parquet").read_bytes() == before


def test_nothing_in_the_real_edition_is_shown_on_too_few(star_workspace: Workspace) -> None:
    figures = read_table(star_workspace.released / "figures.parquet")
    hidden = figures["status"] != "shown"
    assert figures.loc[hidden, ["value", "numerator", "denominator", "n", "low", "high"]].isna().all(axis=None)
    counting_schools = ["icc", "gradient_between", "gradient_compositional", "against_need"]  # three at least
    about_pupils = ~figures["measure"].isin(counting_schools)
    assert figures.loc[~hidden & about_pupils, "n"].min() >= 5
    assert figures.loc[~hidden & ~about_pupils, "n"].min() >= 3
    assert set(figures["status"]) == {"shown", "held_back", "missing", "not_applicable"}


def test_the_real_edition_says_what_it_rests_on(star_workspace: Workspace) -> None:
    facts = json.loads((star_workspace.released / "edition.json").read_text(encoding="utf-8"))
    assert facts["quality"]["status"] in ("passed", "warnings")
    assert len(facts["data_hash"]) == 64
    assert [period["id"] for period in facts["periods"]] == ["1985-86", "1986-87", "1987-88", "1988-89"]
    assert {group_by: group["reference"] for group_by, group in facts["groups"].items()} == {
        "lunch": "paid",
        "gender": "girl",
        "ethnicity": "white",
    }
