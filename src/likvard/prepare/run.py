"""The stage ``prepare``: linked tables, from data that passed the gate."""

from __future__ import annotations

import json

from likvard.contracts import read_tables
from likvard.errors import QualityGateClosedError
from likvard.params import Params
from likvard.prepare.link import area_periods, pupil_periods, school_periods
from likvard.tables import read_table, write_table
from likvard.workspace import Workspace, writing_folder


def run(workspace: Workspace, params: Params) -> None:
    """``pupil_period``, ``school_period`` and ``area_period`` in ``data/prepared``.

    Errors: ``QualityGateClosedError`` where the checks of the staged data failed; ``StageInputMissingError``.
    """
    results = json.loads(workspace.made_by("validate", workspace.quality / "results.json").read_text(encoding="utf-8"))
    if results["status"] == "failed":
        raise QualityGateClosedError(
            "The data did not pass its checks, so nothing is built from it.",
            advice="read data/quality/checks.csv and failing_rows.csv, have the delivery mended and run `make report` again.",
        )
    codes = read_tables(workspace.contracts).codes
    staged = {
        name: read_table(workspace.made_by("ingest", workspace.staged / f"{name}.parquet"))
        for name in ("pupils", "schools", "areas", "teachers")
    }
    pupil_period = pupil_periods(staged["pupils"], staged["schools"], staged["teachers"], codes)
    school_period = school_periods(staged["schools"], pupil_period)
    with writing_folder(workspace.prepared) as folder:
        write_table(pupil_period, folder / "pupil_period.parquet")
        write_table(school_period, folder / "school_period.parquet")
        write_table(area_periods(staged["areas"], school_period), folder / "area_period.parquet")
    print(f"prepare: {len(pupil_period):,} pupil-periods, {len(school_period):,} school-periods")  # noqa: T201
