"""The stage ``prepare``: linked tables, from data that passed the gate."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from likvard.contracts import Tables, read_delivered, read_source, read_tables
from likvard.errors import QualityGateClosedError
from likvard.params import Params
from likvard.prepare.around import actions, area_quarters, pupil_quarters, school_staff, survey_answers
from likvard.prepare.learning import with_grades, with_support
from likvard.prepare.link import PROVENANCE, area_periods, dimensions, pupil_periods, school_periods
from likvard.rules.grade_scale import GradeScale, read_scales
from likvard.tables import read_table, write_table
from likvard.workspace import Workspace, writing_folder


def run(workspace: Workspace, params: Params) -> None:
    """The tables of ``prepared`` in ``data/prepared``, one file each.

    Errors: ``QualityGateClosedError`` where the checks of the staged data failed; ``StageInputMissingError``.
    """
    results = json.loads(workspace.made_by("validate", workspace.quality / "results.json").read_text(encoding="utf-8"))
    if results["status"] == "failed":
        raise QualityGateClosedError(
            "The data did not pass its checks, so nothing is built from it.",
            advice="read data/quality/checks.csv and failing_rows.csv, have the delivery mended and run `make report` again.",
        )
    tables = read_delivered(workspace.contracts, params.source)
    own = read_source(workspace.contracts, params.source, read_tables(workspace.contracts)).tables
    paths = {name: workspace.staged / f"{name}.parquet" for name in tables.delivered}
    staged = {
        name: read_table(workspace.made_by("ingest", path))
        for name, path in paths.items()
        if name in own or path.is_file()
    }
    made = prepared(staged, tables, read_scales(workspace.contracts), params)
    with writing_folder(workspace.prepared) as folder:
        for name, rows in made.items():
            write_table(rows, folder / f"{name}.parquet")
    print("prepare: " + ", ".join(f"{len(rows):,} rows of {name}" for name, rows in made.items()))  # noqa: T201


def prepared(
    staged: Mapping[str, pd.DataFrame], tables: Tables, scales: dict[str, GradeScale], params: Params
) -> dict[str, pd.DataFrame]:
    """The linked tables by name; those for which nothing is delivered are left out.

    ``school_period`` and ``area_period`` are the units; ``pupil_period``, ``pupil_quarter`` (attendance), ``survey_answer``,
    ``school_staff`` and ``area_quarter`` (social services and housing) are what indicators are computed from;
    ``published`` is what others have published, and ``actions`` what has been decided in order to change a figure.
    """
    codes, schools = tables.codes, staged["schools"]
    made: dict[str, pd.DataFrame] = {}
    if "pupils" in staged:
        grouped = dimensions(tables["pupils"])
        rows = pupil_periods(staged["pupils"], schools, staged.get("teachers"), codes, grouped)
        if "grades" in staged:
            rows = with_grades(rows, staged["grades"], scales)
        if "support" in staged:
            rows = with_support(rows, staged["support"])
        made["pupil_period"] = rows
        if "absence" in staged:
            made["pupil_quarter"] = pupil_quarters(staged["absence"], rows, schools, grouped, params.absence)
    made["school_period"] = school_periods(schools, made.get("pupil_period"))
    made["area_period"] = area_periods(staged["areas"], made["school_period"])
    if "survey" in staged:
        made["survey_answer"] = survey_answers(staged["survey"], schools, dimensions(tables["survey"]), codes)
    if "staff" in staged:
        made["school_staff"] = school_staff(staged["staff"], schools, made["school_period"])
    around = [staged[name] for name in ("area_social", "area_housing") if name in staged]
    if around:
        made["area_quarter"] = area_quarters(around)
    if "benchmarks" in staged:
        made["published"] = staged["benchmarks"].drop(columns=PROVENANCE)
    if "actions" in staged:
        made["actions"] = actions(staged["actions"])
    return made
