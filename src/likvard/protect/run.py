"""The stage ``protect``: the released edition, the only data that a report can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likvard.contracts import read_tables
from likvard.contracts.periods import grain_of
from likvard.disclosure.decisions import as_text
from likvard.disclosure.ledger import ever_released
from likvard.disclosure.profiles import Profile
from likvard.disclosure.task import GENERAL
from likvard.indicators.findings import read_findings
from likvard.indicators.record import EVERYONE, LEVEL, MISSING, NOT_APPLICABLE, SHOWN
from likvard.indicators.registry import Definition, read_registry
from likvard.params import Params
from likvard.protect.calendar import sources_of
from likvard.protect.dialogue import dialogue_facts
from likvard.protect.hide import Protection, protected
from likvard.protect.moved import moved
from likvard.protect.rules import strictness
from likvard.tables import columns_of, read_table, write_table
from likvard.workspace import Workspace, write_atomically, writing_folder

PATTERNS = "patterns"


def run(workspace: Workspace, params: Params, preview: Profile | None = None, scheduler: str | None = None) -> None:
    """``figures.parquet``, ``units.parquet``, ``edition.json`` and ``quality.json`` in ``data/released``, and why all is as it
    is in ``data/disclosure``.

    ``data/disclosure`` is for auditors and lies apart from what a report can read, as it says which figures are small. The patterns
    that the last run left there are attacked again, and not searched for, in periods that have not changed. With
    ``preview`` nothing is written: what that profile would cost is printed beside what the chosen one costs. With ``scheduler`` (an
    address) what is hidden is sought on a Dask cluster, whose workers see the levels as they are before protection.
    Errors: ``ContractError``, ``StageInputMissingError``, ``DisclosureError``, ``ContradictionError``, ``SchedulerError``.
    """
    # What is written at the end is asked for first: the search in between takes its time.
    page = workspace.made_by("validate", workspace.quality / "page.json")
    workspace.made_by("validate", workspace.quality / "results.json")
    workspace.made_by("ingest", workspace.staged / "deliveries.json")
    record = read_table(workspace.made_by("indicators", workspace.indicators / "figures.parquet"))
    schools = read_table(workspace.made_by("prepare", workspace.prepared / "school_period.parquet"))
    areas = read_table(workspace.made_by("prepare", workspace.prepared / "area_period.parquet"))
    registry = read_registry(workspace.contracts)
    homes = homes_of_schools(workspace.prepared)
    before, movers = ever_released(workspace.ledger), moved(record, registry, workspace.prepared)
    patterns = workspace.disclosure / PATTERNS
    kept = {path.stem: path.read_bytes() for path in sorted(patterns.glob("*.npz"))}
    found = protected(record, registry, params.disclosure, homes, before, movers, scheduler, kept)
    print(told(record, found, params.disclosure.profile))  # noqa: T201
    if preview is not None:
        other = params.disclosure.model_copy(update={"profile": preview})
        print(told(record, protected(record, registry, other, homes, before, movers, scheduler), preview))  # noqa: T201
        return
    facts = edition_facts(workspace, params, registry, found.released) | {"area_kind": kind_of_areas(areas)}
    with writing_folder(workspace.disclosure) as folder:
        write_table(found.log, folder / "decisions.parquet")
        costs = found.periods.drop(columns="seconds", errors="ignore")
        write_atomically(folder / "cost.json", as_text({"periods": json.loads(costs.to_json(orient="records"))}))
        for period, content in found.kept.items():
            write_atomically(folder / PATTERNS / f"{period}.npz", content)
    with writing_folder(workspace.released) as folder:
        write_table(found.released, folder / "figures.parquet")
        write_table(units(schools, areas, params), folder / "units.parquet")
        write_atomically(folder / "quality.json", page.read_bytes())
        write_atomically(folder / "edition.json", json.dumps(facts, indent=2, ensure_ascii=False).encode() + b"\n")


def told(record: pd.DataFrame, found: Protection, profile: Profile) -> str:
    """What the profile costs and how the attack went, in a line."""
    before, after = record["status"].eq(SHOWN).sum(), found.released["status"].eq(SHOWN).sum()
    total = found.periods.sum(numeric_only=True)
    return (
        f"protect ({profile}): {after:,} of {before:,} figures are shown, {before - after:,} are held back "
        f"({(before - after) / max(before, 1):.0%}); {total.get('attacks', 0):,.0f} attacks on "
        f"{total.get('cells_with_a_level', 0):,.0f} cells found none below its level"
        + _searched_well(found)
        + (f"; {found.again} of {len(found.periods)} periods as they were found before" if found.again else "")
    )


def _searched_well(found: Protection) -> str:
    """In how many periods the general search found the pattern, and how far from the best these can be; else nothing."""
    general = found.periods[found.periods.get("search", pd.Series(dtype=object)).eq(GENERAL)]
    gap = general["gap_as_posed"].max() if len(general) else np.nan
    proven = f" (gap at most {gap:.1%} of the problems as posed)" if np.isfinite(gap) else ""
    return f"; {len(general)} of {len(found.periods)} periods by the general search{proven}" if len(general) else ""


def homes_of_schools(prepared: Path) -> pd.DataFrame:
    """The area of each school in each period that anything is told of: school_id, period, area_id."""
    columns = ["school_id", "period", "area_id"]
    tables = [path for path in sorted(prepared.glob("*.parquet")) if set(columns) <= set(columns_of(path))]
    rows = pd.concat([read_table(path, columns) for path in tables], ignore_index=True)
    return rows.dropna().drop_duplicates(columns[:2]).sort_values(columns[:2], ignore_index=True)


def units(schools: pd.DataFrame, areas: pd.DataFrame, params: Params) -> pd.DataFrame:
    """One row per school, per area and for everyone: unit_kind, unit_id, name, area_id, in_edition.

    Names and areas are those of the unit's latest period. ``in_edition`` says whether the unit has pupils in the newest period
    on roll and so gets a report; one that has left stays in the trends.
    """
    newest = schools["period"].max()
    if "pupils_count" not in schools:
        schools, areas = schools.assign(pupils_count=1), areas.assign(pupils_count=1)
    latest_school = schools.sort_values("period").groupby("school_id").tail(1)
    latest_area = areas.sort_values("period").groupby("area_id").tail(1)
    parts = [
        pd.DataFrame(
            {
                "unit_kind": ["all"],
                "unit_id": [EVERYONE],
                "name": [params.municipality],
                "area_id": [""],
                "period": [newest],
                "pupils_count": [schools.loc[schools["period"].eq(newest), "pupils_count"].sum()],
            }
        ),
        latest_area.rename(columns={"area_name": "name"}).assign(
            unit_kind="area", unit_id=lambda rows: rows["area_id"]
        ),
        latest_school.rename(columns={"school_name": "name"}).assign(
            unit_kind="school", unit_id=lambda rows: rows["school_id"]
        ),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["in_edition"] = rows["period"].eq(newest) & rows["pupils_count"].gt(0)
    columns = ["unit_kind", "unit_id", "name", "area_id"]
    return (
        rows[[*columns, "in_edition"]]
        .astype(dict.fromkeys(columns, "string"))
        .sort_values(columns[:2], ignore_index=True)
    )


def edition_facts(
    workspace: Workspace, params: Params, registry: dict[str, Definition], released: pd.DataFrame
) -> dict[str, Any]:
    """Everything that a report says about itself: periods, names of groups, definitions, choices, quality and origin."""
    codes = read_tables(workspace.contracts).codes
    quality = read_json(workspace.made_by("validate", workspace.quality / "results.json"))
    deliveries = read_json(workspace.made_by("ingest", workspace.staged / "deliveries.json"))
    in_period = grades_of_periods(workspace.prepared / "pupil_period.parquet")
    told = set(released["indicator"])
    return {
        "edition": params.edition,
        "municipality": params.municipality,
        "interval_level": params.interval.level,
        "disclosure": params.disclosure.model_dump() | {"least_pupils": strictness(params.disclosure).least},
        "periods": [
            {
                "id": period,
                "grain": grain_of(period),
                "grades": [codes["grade"].titles[grade] for grade in in_period.get(period, [])],
            }
            for period in sorted(released["period"].unique())
        ],
        "current": current_periods(released),
        "groups": {
            group_by: {
                "reference": choice.reference,
                "titles": {group: codes[group_by].titles[group] for group in codes[group_by].report_groups},
            }
            for group_by, choice in params.groups.items()
        },
        "definitions": {
            name: definition.model_dump(mode="json") for name, definition in registry.items() if name in told
        },
        "findings": [one.model_dump(mode="json") for one in read_findings(workspace.contracts, registry)],
        **dialogue_facts(workspace.prepared, codes, params.edition),
        "sources": sources_of(workspace, params),
        "quality": {key: quality[key] for key in ("status", "counts", "waivers") if key in quality},
        "data_hash": deliveries["data_hash"],
        "origins": {
            name: {key: value for key, value in origin.items() if key != "files"}
            for name, origin in deliveries["origins"].items()
        },
    }


def kind_of_areas(areas: pd.DataFrame) -> str:
    """The kind that all areas are of; an empty text where they differ or nobody tells."""
    kinds = set(areas["area_kind"].dropna()) if "area_kind" in areas else set()
    return str(kinds.pop()) if len(kinds) == 1 else ""


def grades_of_periods(path: Path) -> dict[str, list[str]]:
    """The grades that have pupils in each period; nothing where no pupils are delivered."""
    if not path.is_file():
        return {}
    rows = read_table(path, ["period", "grade"]).drop_duplicates()
    return {str(period): sorted(found) for period, found in rows.groupby("period")["grade"]}


def current_periods(released: pd.DataFrame) -> dict[str, str]:
    """The newest period that each indicator is told for: a term's grades are out when the next term has begun."""
    told = released[released["measure"].eq(LEVEL) & ~released["status"].isin([MISSING, NOT_APPLICABLE])]
    newest = told.groupby("indicator")["period"].max().to_dict()
    return {str(name): str(period) for name, period in newest.items()}


def read_json(path: Path) -> Any:
    """What a JSON file says."""
    return json.loads(path.read_text(encoding="utf-8"))
