"""An edition signed by hand in milliseconds: two schools in one area, one file of each kind, reports of a few bytes.

Anna and Bo have keys; Anna has signed the record. Nothing is built, so that tests of signing, release and access are quick.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from likvard.audit.envelope import digest
from likvard.audit.keys import SigningKey, file_name, new_signing_key, signing_key
from likvard.audit.log import append_once, begin
from likvard.audit.record import Version, make_record
from likvard.lineage import file_hash
from likvard.params import Params, read_params
from likvard.tables import write_table
from likvard.workspace import Workspace
from repository import REPOSITORY
from small_workspace import key_of

SIGNED = "2026Q3"
FORMS = (".html", ".pdf", ".xlsx", ".csv")
UNITS = [("all", "all", ""), ("area", "11", ""), ("school", "01", "11"), ("school", "02", "11")]
KINDS = {
    "delivery": f"data/deliveries/{SIGNED}/elever.csv",
    "decision": "params.yaml",
    "software": "requirements.lock",
    "contract": "data/contracts/pupils.yaml",
    "staged": "data/staged/pupils.parquet",
    "quality": "data/quality/results.json",
    "prepared": "data/prepared/pupils.parquet",
    "indicators": "data/indicators/figures.parquet",
    "disclosure": "data/disclosure/decisions.parquet",
    "released": "data/released/figures.parquet",
    "notebook": "notebooks/reports/school.ipynb",
    "html": f"reports/{SIGNED}/school/01.html",
    "pdf": f"reports/{SIGNED}/school/01.pdf",
    "workbook": f"reports/{SIGNED}/school/01.xlsx",
    "table": f"reports/{SIGNED}/school/01.csv",
    "manifest": f"reports/{SIGNED}/school/01.manifest.json",
    "other": f"reports/{SIGNED}/open-data.zip",
    "cache": ".dvc/cache/files/md5/ab/cdef",
}
"""A file of each kind that a record names."""
FAILED = {"check": "c1", "table": "t", "column": "", "severity": "warning", "result": "failed", "message": "two rows"}


def params_of(workspace: Workspace) -> Params:
    return read_params(workspace.params)


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def key_for(workspace: Workspace, person: str) -> SigningKey:
    return signing_key(workspace, key_of(workspace, person))


def give_keys(workspace: Workspace) -> None:
    """Nothing; Anna and Bo have keys beside the workspace, and the log knows of them."""
    for person in ("Anna Ek", "Bo Al"):
        new_signing_key(workspace, person, key_of(workspace, person))
        path = workspace.audit / "keys" / file_name(person)
        append_once(workspace, "key", "", person, path.read_bytes(), {"file": workspace.shown(path)})


def figures(value: float = 210.0) -> pd.DataFrame:
    """Two figures, of which one is shown."""
    key = dict.fromkeys(("unit_kind", "unit_id", "measure", "group_by", "group", "reference"), "x")
    rows: list[dict[str, Any]] = [
        {**key, "indicator": name, "status": status, "figure_id": f"{name}-id", "value": value, "low": 1.0, "high": 2.0}
        for name, status in (("merit", "shown"), ("absence", "too_few"))
    ]
    return pd.DataFrame(rows).assign(edition=SIGNED, period="2026T1", definition_version=1)


def write_reports(workspace: Workspace, head: str) -> None:
    """Nothing; each unit has a report of a few bytes, and a manifest that says so."""
    folder = workspace.reports(SIGNED)
    for kind, unit, _ in UNITS:
        name = {"all": "overview"}.get(kind, kind)
        for form in FORMS:
            put(folder / name / f"{unit}{form}", f"{name} {unit} {form}".encode())
        outputs = {f"{unit}{form}": file_hash(folder / name / f"{unit}{form}") for form in FORMS}
        told = {"outputs": outputs, "inputs": {"sha256": {"likvard": "c0de", "log": head}}}
        put(folder / name / f"{unit}.manifest.json", json.dumps(told).encode())
    put(folder / "index.html", b"index")
    put(workspace.root / KINDS["other"], b"zip")


def lay_out_edition(root: Path) -> Workspace:
    """A workspace with everything that a record names, two keys, and a log that was begun."""
    workspace = Workspace(root)
    for name in KINDS.values():
        put(root / name, name.encode())
    decisions = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    put(workspace.params, yaml.safe_dump(decisions | {"edition": SIGNED, "draft": False}).encode())
    pointer = {"outs": [{"md5": "abcdef", "path": SIGNED}], "meta": {"origin": {"sender": "Exempelkommun"}}}
    put(workspace.deliveries / f"{SIGNED}.dvc", yaml.safe_dump(pointer).encode())
    results = {
        "status": "passed",
        "counts": {"passed": 1, "failed": 1},
        "waivers": [{"check": "c1", "scope": "t", "who": "Cy"}],
    }
    checks = [FAILED, FAILED | {"check": "c2", "result": "passed"}]
    put(workspace.quality / "results.json", json.dumps(results | {"checks": checks}).encode())
    write_table(figures(), workspace.released / "figures.parquet")
    units = pd.DataFrame(UNITS, columns=["unit_kind", "unit_id", "area_id"]).assign(in_edition=True)
    units.assign(name=units["unit_id"]).to_parquet(workspace.released / "units.parquet")
    put(workspace.released / "edition.json", b"{}")
    put(workspace.released / "quality.json", b"{}")
    give_keys(workspace)
    write_reports(workspace, begin(workspace, SIGNED))
    return workspace


def signed_edition(root: Path) -> Workspace:
    """As ``lay_out_edition``, with the record that Anna has signed."""
    workspace = lay_out_edition(root)
    record(workspace)
    return workspace


def record(workspace: Workspace) -> Version:
    """The version that Anna signs of what is there."""
    return make_record(workspace, params_of(workspace), key_for(workspace, "Anna Ek"))


def corrected(workspace: Workspace, value: float = 211.0) -> Version:
    """A second version, in which one figure is another."""
    write_table(figures(value), workspace.released / "figures.parquet")
    return record(workspace)


def sha256(path: Path) -> str:
    return digest(path.read_bytes())
