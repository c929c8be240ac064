"""A released edition that a reader can hold: three areas, four schools, a few figures, and what was said at the table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from likvard.indicators.findings import read_findings
from likvard.indicators.record import COLUMNS, in_order, with_figure_ids
from likvard.indicators.registry import read_registry
from likvard.report.released import Released
from repository import REPOSITORY

CONTRACTS = REPOSITORY / "data/contracts"
GIRLS, BOYS = {"en": "Girls", "sv": "Flickor"}, {"en": "Boys", "sv": "Pojkar"}
UNITS = [
    ("all", "all", "Ekby", ""),
    ("area", "01", "Åsen", ""),
    ("area", "02", "Dalen", ""),
    ("area", "03", "Höjden", ""),
    ("school", "1", "Åsens skola", "01"),
    ("school", "2", "Dalens skola", "02"),
    ("school", "3", "Höjdens skola", "03"),
    ("school", "4", "Nya skolan", "03"),
]
GIRLS_BY_AREA = {"01": 0.30, "02": 0.45, "03": 0.60}
ROLES = {
    "principal": {"en": "Principal", "sv": "Rektor"},
    "guardian": {"en": "Guardian", "sv": "Vårdnadshavare"},
    "pupil": {"en": "Pupil", "sv": "Elev"},
}
ONGOING, PRINCIPAL = {"en": "Under way", "sv": "Pågår"}, {"en": "Principal", "sv": "Rektor"}


def figure(unit_kind: str, unit_id: str, value: float, **more: Any) -> dict[str, Any]:
    """A row of the record with an interval of 1 on each side, unless something else is said."""
    return {
        "edition": "2026Q3",
        "unit_kind": unit_kind,
        "unit_id": unit_id,
        "indicator": "grade_points_mean",
        "definition_version": 1,
        "period": "2026T1",
        "group_by": "all",
        "group": "all",
        "measure": "level",
        "reference": "",
        "n": 40,
        "value": value,
        "low": value - 1,
        "high": value + 1,
        "status": "shown",
    } | more


def meeting(unit_kind: str, unit_id: str, *roles: str, kind: str = "Quality dialogue") -> dict[str, Any]:
    """A meeting about the unit where these roles were."""
    return {
        "id": "M0101",
        "period": "2026Q3",
        "kind": {"en": kind, "sv": kind},
        "held_on": "2026-09-10",
        "unit_kind": unit_kind,
        "unit_id": unit_id,
        "roles": list(roles),
    }


def action(unit_kind: str = "school", unit_id: str = "1", **more: Any) -> dict[str, Any]:
    """An action of the unit that is under way."""
    return {
        "id": "A0001",
        "title": "Reading in small groups",
        "unit_kind": unit_kind,
        "unit_id": unit_id,
        "indicator": "grade_points_mean",
        "group_by": "all",
        "starts_on": "2025-08-18",
        "status": ONGOING,
        "under_way": True,
        "responsible": PRINCIPAL,
        "administration": None,
        "meeting_id": "M0101",
        "finding": "",
        "expected_effect": "",
        "due_quarter": "",
        "obstacles": "",
        "result": "",
    } | more


def comment(text: str, **more: Any) -> dict[str, Any]:
    """A comment beside the actions of school 1."""
    return {
        "id": "C0101",
        "version": 2,
        "unit_kind": "school",
        "unit_id": "1",
        "exhibit": "actions",
        "text": text,
        "language": "sv",
        "written_on": "2026-10-05",
        "role": PRINCIPAL,
    } | more


def small_edition(folder: Path, *figures: dict[str, Any], **facts: Any) -> Released:
    """The released edition in ``folder`` with these figures beside a level of every unit, and these facts about itself."""
    levels = [figure(kind, unit, 12.0) for kind, unit, _, _ in UNITS]
    shares = [
        figure(kind, unit, share, indicator="pupils_share", group_by="gender", group=group, low=share, high=share)
        for kind, unit, _, area in UNITS
        for girls in (GIRLS_BY_AREA.get(area or unit, 0.45),)
        for group, share in (("girl", girls), ("boy", 1 - girls))
    ]
    about = {"actions": [], "meetings": [], "roles": ROLES, "comments": [], "sources": [], "data_hash": "ab" * 32}
    return edition_of(folder, UNITS, (*levels, *shares, *figures), **(about | facts))


def edition_of(
    folder: Path, units: Sequence[tuple[str, str, str, str]], figures: Iterable[dict[str, Any]], **facts: Any
) -> Released:
    """The released edition in ``folder`` with these units (kind, id, name, area), figures, and facts about itself."""
    registry = read_registry(CONTRACTS)
    rows = pd.DataFrame([{**dict.fromkeys(COLUMNS), **one} for one in figures])
    in_order(with_figure_ids(rows)).to_parquet(folder / "figures.parquet")
    frame = pd.DataFrame(units, columns=["unit_kind", "unit_id", "name", "area_id"], dtype="string")
    frame.assign(in_edition=True).to_parquet(folder / "units.parquet")
    indicators = sorted(set(rows["indicator"]))
    edition = {
        "edition": "2026Q3",
        "municipality": "Ekby",
        "interval_level": 0.95,
        "disclosure": {"profile": "internal", "min_count": 5, "min_teachers": 3},
        "periods": [{"id": one, "grain": "term", "grades": []} for one in ("2025T1", "2026T1")],
        "current": dict.fromkeys(indicators, "2026T1"),
        "groups": {"gender": {"reference": "girl", "titles": {"girl": GIRLS, "boy": BOYS}}},
        "definitions": {name: registry[name].model_dump(mode="json") for name in indicators},
        "findings": [one.model_dump(mode="json") for one in read_findings(CONTRACTS, registry)],
        "quality": {"status": "passed", "counts": {"checks": 1}},
        "data_hash": "",
        "origins": {},
    } | facts
    (folder / "edition.json").write_text(json.dumps(edition), encoding="utf-8")
    return Released(folder)
