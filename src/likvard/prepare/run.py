"""The stage ``prepare``: linked tables, from data that passed the gate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from likvard.contracts import Tables, read_delivered, read_source, read_tables
from likvard.errors import QualityGateClosedError
from likvard.params import Params
from likvard.prepare.around import actions, area_quarters, comments, school_staff, survey_answers
from likvard.prepare.by_period import each_pupil_period, each_pupil_quarter
from likvard.prepare.link import PROVENANCE, area_periods, dimensions, pupils_of_schools, school_periods
from likvard.rules.grade_scale import GradeScale, read_scales
from likvard.tables import read_table, writing_table
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
    staged = {name: workspace.made_by("ingest", path) for name, path in paths.items() if name in own or path.is_file()}
    count: dict[str, int] = {}
    with writing_folder(workspace.prepared) as folder:
        for name, parts in prepared(staged, tables, read_scales(workspace.contracts), params, folder):
            with writing_table(folder / f"{name}.parquet") as write:
                for rows in parts:
                    write(rows)
                    count[name] = count.get(name, 0) + len(rows)
    print("prepare: " + ", ".join(f"{rows:,} rows of {name}" for name, rows in count.items()))  # noqa: T201


def prepared(
    staged: Mapping[str, Path], tables: Tables, scales: dict[str, GradeScale], params: Params, folder: Path
) -> Iterator[tuple[str, Iterable[pd.DataFrame]]]:
    """The linked tables by name, those about pupils period by period; each must be in ``folder`` before the next is asked for.
    Those for which nothing is delivered are left out.

    ``school_period`` and ``area_period`` are the units; ``pupil_period``, ``pupil_quarter`` (attendance), ``survey_answer``,
    ``school_staff`` and ``area_quarter`` (social services and housing) are what indicators are computed from;
    ``published`` is what others have published, and ``actions`` what has been decided in order to change a figure; ``meetings``,
    ``participants`` and ``comments`` say who has talked about the figures, and what was said.
    """
    codes, schools = tables.codes, read_table(staged["schools"])
    counted = None
    if "pupils" in staged:
        counts: list[pd.DataFrame] = []
        yield "pupil_period", _counted(each_pupil_period(staged, tables, scales), counts)
        counted = pd.concat(counts, ignore_index=True)
        if "absence" in staged:
            path = folder / "pupil_period.parquet"
            yield "pupil_quarter", each_pupil_quarter(staged, path, tables, params.absence)
    school_period = school_periods(schools, counted)
    yield "school_period", [school_period]
    yield "area_period", [area_periods(read_table(staged["areas"]), school_period)]
    if "survey" in staged:
        answers = read_table(staged["survey"])
        yield "survey_answer", [survey_answers(answers, schools, dimensions(tables["survey"]), codes)]
    if "staff" in staged:
        yield "school_staff", [school_staff(read_table(staged["staff"]), schools, school_period)]
    around = [read_table(staged[name]) for name in ("area_social", "area_housing") if name in staged]
    if around:
        yield "area_quarter", [area_quarters(around)]
    if "benchmarks" in staged:
        yield "published", [read_table(staged["benchmarks"]).drop(columns=PROVENANCE)]
    if "actions" in staged:
        yield "actions", [actions(read_table(staged["actions"]))]
    for name in ("meetings", "participants"):
        if name in staged:
            yield name, [read_table(staged[name]).drop(columns=PROVENANCE)]
    if "comments" in staged:
        yield "comments", [comments(read_table(staged["comments"]))]


def _counted(parts: Iterable[pd.DataFrame], counts: list[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The same parts; ``counts`` gets how many pupils each school has in each."""
    for rows in parts:
        counts.append(pupils_of_schools(rows))
        yield rows
