"""Where a printed figure comes from: every step from the page back to the delivered files, the code and the decisions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from likvard.audit.record import Version, read_record
from likvard.errors import NoSuchFigureError
from likvard.indicators.record import KEY, SHOWN
from likvard.language import Language
from likvard.tables import columns_of, read_table
from likvard.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

Say = Callable[..., str]
STAGED_FOR = {
    "pupil_period": ("pupils", "schools", "teachers", "grades", "support"),
    "pupil_quarter": ("absence", "pupils", "schools"),
    "school_period": ("schools", "pupils"),
    "area_period": ("areas", "schools"),
    "survey_answer": ("survey", "schools"),
    "school_staff": ("staff", "schools"),
    "area_quarter": ("area_social", "area_housing"),
    "published": ("benchmarks",),
    "actions": ("actions",),
    "meetings": ("meetings",),
    "participants": ("participants",),
    "comments": ("comments",),
}
"""The staged tables that each prepared table is linked from."""
ONLY_FOR = {
    "grades": ("merit_value", "eligible_", "grade_points", "all_passed"),
    "support": ("support_",),
    "teachers": ("teacher_", "class_size"),
}
"""Of these, the tables that only some columns rest on: what such columns begin with."""


@dataclass(frozen=True)
class Step:
    """One step back from the page: its name, and what there is to say, as (label, text)."""

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]


def trace_figure(workspace: Workspace, version: Version, figure_id: str, language: Language) -> list[Step]:
    """The steps from a figure to its origin. What was held back is named and not told.

    Errors: ``NoSuchFigureError``; ``AlteredError`` where the record does not hold.
    """
    record = read_record(workspace, version).predicate
    figures = read_table(version.released / "figures.parquet")
    found = figures[figures["figure_id"].eq(figure_id)]
    if found.empty:
        raise NoSuchFigureError(
            f"{version.name} has no figure {figure_id!r}.",
            advice="the ids stand in the workbook (XLSX) and the CSV file beside each report, in the column figure_id.",
        )
    row = {str(key): value for key, value in found.iloc[0].to_dict().items()}
    edition = json.loads((version.released / "edition.json").read_bytes())
    definition = edition["definitions"][row["indicator"]]
    say = language.text
    return [
        _printed(workspace, version, row, say),
        _definition(definition, record, language),
        _released(row, record, say),
        _protection(workspace, row, record, say),
        _indicator(workspace, row, record, say),
        _prepared(definition, record, say),
        _delivered(workspace, row, definition, record, say),
        _checks(definition, record, say),
        *_surroundings(record, say),
    ]


def trace_report(workspace: Workspace, version: Version, name: str, language: Language) -> list[Step]:
    """The steps from a report (``school/00100001``) to its origin. Errors: ``NoSuchFigureError``, ``AlteredError``."""
    record = read_record(workspace, version).predicate
    place = f"reports/{version.edition}/{name}"
    made = {one["path"]: one["sha256"] for one in record["artefacts"] if one["path"].rsplit(".", 1)[0] == place}
    manifest = workspace.reports(version.edition) / f"{name}.manifest.json"
    if not made or not manifest.is_file():
        known = [path for path in (one["path"] for one in record["artefacts"]) if path.endswith(".manifest.json")]
        raise NoSuchFigureError(
            f"{version.name} has no report {name!r}.",
            advice=f"write its kind and id, such as {known[0].split('/', 2)[-1].removesuffix('.manifest.json')}.",
        )
    say = language.text
    content = json.loads(manifest.read_bytes())
    ids = {line["figure_id"] for line in _lines_of(manifest.with_name(f"{Path(name).name}.csv"))}
    inputs = tuple((path, digest) for path, digest in content["inputs"]["sha256"].items())
    deliveries = tuple((one, _origin(about["origin"], say)) for one, about in record["deliveries"].items())
    return [
        Step("report", say("The report"), ((say("Report"), name), *made.items())),
        Step(
            "figures", say("Its figures"), ((say("Figures"), str(len(ids))), (say("Their ids"), ", ".join(sorted(ids))))
        ),
        Step("inputs", say("Made from"), inputs),
        Step("deliveries", say("The deliveries"), deliveries),
        _checks(None, record, say),
        *_surroundings(record, say),
    ]


def as_text(steps: list[Step]) -> str:
    """The steps as lines for a terminal."""
    lines = []
    for number, step in enumerate(steps, start=1):
        lines.append(f"{number}. {step.title}")
        lines += [f"   {label}: {text}" for label, text in step.facts]
    return "\n".join(lines)


def as_json(steps: list[Step]) -> str:
    """The steps as JSON: a list of objects with id, title and facts (a list of label and text)."""
    content = [{"id": step.id, "title": step.title, "facts": [list(one) for one in step.facts]} for step in steps]
    return json.dumps(content, indent=2, ensure_ascii=False)


def _printed(workspace: Workspace, version: Version, row: Mapping[str, Any], say: Say) -> Step:
    facts = [(say("Figure"), str(row["figure_id"]))]
    mark = f'data-figure="{row["figure_id"]}"'.encode()
    for path in sorted(workspace.reports(version.edition).glob("*/*.html")):
        if mark in path.read_bytes():
            lines = [line for line in _lines_of(path.with_suffix(".csv")) if line["figure_id"] == row["figure_id"]]
            told = " · ".join(dict.fromkeys(f"{line[0]}, {line[1]}, {line[2]}: {line[3]}" for line in lines))
            facts.append((workspace.shown(path), told or say("in a key message")))
    if not facts[1:]:
        facts.append((say("Printed in"), say("no report; it is in the released data")))
    return Step("printed", say("The printed figure"), tuple(facts))


def _definition(definition: Mapping[str, Any], record: Mapping[str, Any], language: Language) -> Step:
    say, code = language.text, language.code
    path = f"data/contracts/indicators/{definition['id']}.yaml"
    return Step(
        "definition",
        say("Its definition"),
        (
            (say("Indicator"), f"{definition['title'][code]} ({definition['id']})"),
            (say("Version"), str(definition["version"])),
            (say("Definition"), f"{definition['text'][code]} {definition['counts'][code]}"),
            (say("Source of the definition"), str(definition["source"])),
            (path, _sha256(record, path)),
        ),
    )


def _released(row: Mapping[str, Any], record: Mapping[str, Any], say: Say) -> Step:
    names = [*KEY, "status"]
    if row["status"] == SHOWN:
        names += ["numerator", "denominator", "n", "clusters", "value", "low", "high"]
    told = [(name, str(row[name])) for name in names if row[name] == row[name] and str(row[name])]
    path = "data/released/figures.parquet"
    return Step("released", say("The released row"), (*told, (path, _sha256(record, path))))


def _protection(workspace: Workspace, row: Mapping[str, Any], record: Mapping[str, Any], say: Say) -> Step:
    before = _before(workspace, row)
    rules = ", ".join(f"{key} {value}" for key, value in record["protection"]["rules"].items())
    if before is None:
        verdict = say("the figure before protection is not here")
    elif before["status"] == row["status"]:
        verdict = say("nothing was held back")
    else:
        verdict = say("held back: {status}", status=row["status"])
    return Step("protection", say("The decision about protection"), ((say("Decision"), verdict), (say("Rules"), rules)))


def _indicator(workspace: Workspace, row: Mapping[str, Any], record: Mapping[str, Any], say: Say) -> Step:
    before, path = _before(workspace, row), "data/indicators/figures.parquet"
    told = [] if before is None else [(say("Status before protection"), str(before["status"]))]
    if before is not None and row["status"] == SHOWN:
        same = all(_equal(before[name], row[name]) for name in ("value", "low", "high", "n"))
        told.append((say("Value"), say("the same as released") if same else say("another than released")))
    return Step("indicator", say("The row before protection"), (*told, (path, _sha256(record, path))))


def _prepared(definition: Mapping[str, Any], record: Mapping[str, Any], say: Say) -> Step:
    path = f"data/prepared/{definition['table']}.parquet"
    names = ("column", "numerator", "denominator", "people")
    columns = ", ".join(str(definition[name]) for name in names if definition.get(name))
    facts = ((say("Table"), definition["table"]), (say("Columns"), columns or say("rows are counted")))
    return Step("prepared", say("The prepared table"), (*facts, (path, _sha256(record, path))))


def _delivered(
    workspace: Workspace, row: Mapping[str, Any], definition: Mapping[str, Any], record: Mapping[str, Any], say: Say
) -> Step:
    facts: list[tuple[str, str]] = []
    for table in staged_for(definition):
        path = workspace.staged / f"{table}.parquet"
        known = _sha256(record, workspace.shown(path))
        if known:
            facts.append((workspace.shown(path), known))
        for file, rows in _files_of(path, row).items():
            delivery, _, inside = file.partition("/")
            about = record["deliveries"].get(delivery, {"origin": {}, "sha256": {}})
            named = {"rows": rows, "sha256": about["sha256"].get(inside, "–"), "origin": _origin(about["origin"], say)}
            facts.append((f"data/deliveries/{file}", say("{rows} rows; SHA-256 {sha256}; {origin}", **named)))
    if not any(label.startswith("data/deliveries/") for label, _ in facts):
        # An audit pack has no rows to count: every delivered file is named, so that it can be asked for and held to its hash.
        facts += [
            (
                f"data/deliveries/{one}/{file}",
                say("SHA-256 {sha256}; {origin}", sha256=sha256, origin=_origin(about["origin"], say)),
            )
            for one, about in record["deliveries"].items()
            for file, sha256 in sorted(about["sha256"].items())
        ]
    return Step("deliveries", say("The deliveries"), tuple(facts))


def staged_for(definition: Mapping[str, Any]) -> list[str]:
    """The staged tables that an indicator rests on."""
    columns = [str(definition.get(name) or "") for name in ("column", "numerator", "denominator", "people")]
    return [
        table
        for table in STAGED_FOR[definition["table"]]
        if table not in ONLY_FOR or any(column.startswith(ONLY_FOR[table]) for column in columns)
    ]


def _files_of(path: Path, row: Mapping[str, Any]) -> dict[str, int]:
    """The delivered files that hold rows about the figure's unit, with how many; of all files where rows name no unit."""
    if not path.is_file():
        return {}
    columns = columns_of(path)
    unit = {"school": "school_id", "area": "area_id"}.get(str(row["unit_kind"]), "")
    rows = read_table(path, [name for name in ("source_file", unit) if name in columns])
    chosen: pd.Series = rows.loc[rows[unit].eq(row["unit_id"]), "source_file"] if unit in rows else rows["source_file"]
    return {str(file): int(count) for file, count in chosen.value_counts().sort_index().items()}


def _checks(definition: Mapping[str, Any] | None, record: Mapping[str, Any], say: Say) -> Step:
    checks = record["checks"]
    tables = staged_for(definition) if definition else None
    failed = [one for one in checks["failed"] if tables is None or one["table"] in tables]
    counts = checks["counts"]
    told = say("{passed} of {checks} passed", passed=counts["passed"], checks=counts["checks"])
    facts = [(say("Checks"), told), *((one["check"], one["message"]) for one in failed)]
    for one in checks["waivers"]:
        facts.append((say("Let through by {who}", who=one["who"]), f"{one['check']} {one['scope']}: {one['reason']}"))
    if not checks["waivers"]:
        facts.append((say("Let through"), say("nothing")))
    return Step("checks", say("Checks and waivers"), tuple(facts))


def _surroundings(record: Mapping[str, Any], say: Say) -> list[Step]:
    code, software = record["code"], record["software"]
    commit = commit_in_words(code, say)
    parameters = tuple(
        (key, json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value))
        for key, value in record["parameters"].items()
    )
    return [
        Step("code", say("The code"), ((say("Commit"), commit), (say("SHA-256 of the source"), code["likvard"]))),
        Step("parameters", say("The parameters"), (*parameters, ("params.yaml", _sha256(record, "params.yaml")))),
        Step(
            "software",
            say("The software"),
            (("Python", f"{software['python']} ({software['system']})"), ("requirements.lock", software["lock"])),
        ),
    ]


def commit_in_words(code: Mapping[str, Any], say: Say) -> str:
    """The commit of the code that made an edition, as far as the record knows it."""
    if "commit" not in code:
        return say("not known: another code recorded the edition than built it, or it was in no repository")
    commit = str(code["commit"])
    return say("{commit}, with changes that are not in it", commit=commit) if code["changed"] else commit


def _before(workspace: Workspace, row: Mapping[str, Any]) -> dict[str, Any] | None:
    path = workspace.indicators / "figures.parquet"
    if not path.is_file():
        return None
    figures = read_table(path)
    found = figures[figures["figure_id"].eq(row["figure_id"])]
    return None if found.empty else {str(key): value for key, value in found.iloc[0].to_dict().items()}


def _lines_of(path: Path) -> list[dict[Any, str]]:
    """The lines of a report's CSV file, by the name and the place of the column; nothing where there is none."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8-sig")
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    heading, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [dict(zip(heading, row, strict=True)) | dict(enumerate(row)) for row in rows]


def _origin(origin: Mapping[str, Any], say: Say) -> str:
    """Who sent a delivery, in a line."""
    senders = [origin.get("sender"), origin.get("publisher"), origin.get("title")]
    told = ", ".join(str(one) for one in senders if one)
    return told or say("no origin is recorded")


def _sha256(record: Mapping[str, Any], path: str) -> str:
    return next((str(one["sha256"]) for one in record["artefacts"] if one["path"] == path), "")


def _equal(one: float, other: float) -> bool:
    return one == other or (one != one and other != other)
