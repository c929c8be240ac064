"""What of an edition anyone may have, and what of it has changed most clearly: small editions that can be read off."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from frictionless import Package

from likvard.language import Language
from likvard.report.changes import MOST_TOLD, clearest_changes
from likvard.report.open_data import open_data
from likvard.report.released import Released
from small_edition import edition_of

SCHOOLS = [f"{number:02d}" for number in range(1, 21)]


def figure(unit: str, measure: str, value: float | None, reference: str = "", **more: Any) -> dict[str, Any]:
    """A figure of all pupils of a school; ``all`` is all schools."""
    return {
        "edition": "2026Q3",
        "unit_kind": "all" if unit == "all" else "school",
        "unit_id": unit,
        "indicator": "grade_points_mean",
        "definition_version": 1,
        "period": "2026T1",
        "group_by": "all",
        "group": "all",
        "measure": measure,
        "reference": reference,
        "n": 40,
        "value": value,
        "low": None,
        "high": None,
        "status": "shown",
    } | more


@pytest.fixture
def released(tmp_path: Path) -> Callable[..., Released]:
    """An edition of twenty schools with these figures; ``profile`` is whom they are for."""

    def made(*figures: dict[str, Any], profile: str = "internal") -> Released:
        units = [("all", "all", "Ekby", ""), *(("school", one, f"Skola {one}", "01") for one in SCHOOLS)]
        return edition_of(
            tmp_path,
            units,
            figures,
            disclosure={"profile": profile, "min_count": 5, "min_teachers": 3, "least_pupils": 5},
            groups={},
            data_hash="0123456789abcdef",
            origins={"2026Q3": {"title": "Ekby", "licence": "CC0-1.0"}},
        )

    return made


def change(unit: str, value: float, low: float, high: float, **more: Any) -> dict[str, Any]:
    return figure(unit, "change", value, low=low, high=high, **({"reference": "2025T1"} | more))


def rows_of(package: bytes, name: str) -> pd.DataFrame:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return pd.read_csv(archive.open(name), dtype=str, keep_default_na=False)


OWN = figure("01", "level", 12.345)
OTHERS = figure("01", "published", 12.345, "skolverket")


def test_in_an_edition_for_those_within_only_what_others_have_published_is_open(
    released: Callable[..., Released],
) -> None:
    package, count = open_data(released(OWN, OTHERS))
    rows = rows_of(package, "figures.csv")
    assert count == len(rows) == 1
    assert rows[["measure", "reference", "value"]].to_numpy().tolist() == [["published", "skolverket", "12.3"]]


def test_in_an_edition_for_the_public_every_figure_is_open_with_its_status(released: Callable[..., Released]) -> None:
    hidden = figure("02", "level", None, status="held_back")
    package, count = open_data(released(OWN, hidden, profile="public"))
    rows = rows_of(package, "figures.csv").set_index("unit_id")
    assert count == 2
    assert rows.loc["02", ["value", "status"]].tolist() == ["", "held_back"]
    assert rows.loc["01", ["value", "status"]].tolist() == ["12.3", "shown"]


def test_frictionless_finds_nothing_wrong_with_the_package(released: Callable[..., Released], tmp_path: Path) -> None:
    package, _ = open_data(released(OWN, OTHERS, figure("all", "level", 13.0), profile="public"))
    (tmp_path / "open-data.zip").write_bytes(package)
    report = Package(str(tmp_path / "open-data.zip")).validate()
    assert report.valid, report.flatten(["type", "note"])
    assert report.stats["tasks"] == 3


def test_the_package_is_the_same_bytes_twice(released: Callable[..., Released]) -> None:
    edition = released(OWN, OTHERS)
    assert open_data(edition) == open_data(edition)


def test_a_change_beyond_chance_is_told_by_name_with_its_interval_and_the_report(
    released: Callable[..., Released],
) -> None:
    edition = released(figure("01", "level", 14.0), change("02", 1.0, 0.5, 1.5), change("01", -2.0, -2.6, -1.4))
    told, looked_at = clearest_changes(Language("en"), edition)
    assert looked_at == 2
    assert [(one.unit_name, one.href) for one in told] == [
        ("Skola 01", "school/01.html"),
        ("Skola 02", "school/02.html"),
    ]
    assert told[0].text.endswith(": −2.0 (−2.6 to −1.4) points")


def test_one_of_twenty_changes_that_barely_leaves_out_no_change_is_taken_for_chance(
    released: Callable[..., Released],
) -> None:
    barely = change("01", 1.0, 0.01, 1.99)
    alone, _ = clearest_changes(Language("en"), released(OWN, barely))
    among, looked_at = clearest_changes(
        Language("en"), released(OWN, barely, *(change(one, 0.1, -0.9, 1.1) for one in SCHOOLS[1:]))
    )
    assert len(alone) == 1
    assert looked_at == 20
    assert among == []


def test_of_many_clear_changes_the_surest_are_told(released: Callable[..., Released]) -> None:
    every = [change(one, 2.0, 2.0 - width, 2.0 + width) for one, width in zip(SCHOOLS, range(1, 21), strict=True)]
    clear = [one | {"low": 2 - (2 - one["low"]) / 20, "high": 2 + (one["high"] - 2) / 20} for one in every]
    told, _ = clearest_changes(Language("en"), released(OWN, *clear))
    assert [one.unit_name for one in told] == [f"Skola {one}" for one in SCHOOLS[:MOST_TOLD]]


def test_figures_held_back_and_other_years_are_not_looked_at(released: Callable[..., Released]) -> None:
    held_back = change("01", 9.0, 8.0, 10.0, status="held_back")
    earlier = change("02", 9.0, 8.0, 10.0, period="2025T1", reference="2024T1")
    assert clearest_changes(Language("en"), released(OWN, held_back, earlier)) == ([], 0)
