"""The contracts are Frictionless Table Schema resources that other tools read too."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

CONTRACTS = Path(__file__).parents[3] / "data/contracts"
TABLES = sorted((CONTRACTS / "tables").glob("*.yaml"))
ALLOWED = {
    "resource": {"name", "title", "description", "path", "schema"},
    "schema": {"fields", "primaryKey", "foreignKeys"},
    "field": {"name", "type", "title", "description", "constraints"},
}


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_frictionless_finds_no_fault_with_a_contract(path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    resource = frictionless.Resource.from_descriptor(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert resource.schema.field_names
    assert not list(frictionless.Resource.metadata_validate(resource.to_descriptor()))
    assert not list(frictionless.Schema.metadata_validate(resource.schema.to_descriptor()))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_what_is_not_frictionless_has_our_prefix(path: Path) -> None:
    resource = yaml.safe_load(path.read_text(encoding="utf-8"))
    parts = [
        ("resource", resource),
        ("schema", resource["schema"]),
        *(("field", field) for field in resource["schema"]["fields"]),
    ]
    strange = [
        key for kind, part in parts for key in part if key not in ALLOWED[kind] and not key.startswith("likvard:")
    ]
    assert strange == []


def test_frictionless_reads_rows_by_our_contract(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    descriptor = yaml.safe_load((CONTRACTS / "tables/areas.yaml").read_text(encoding="utf-8"))
    (tmp_path / "areas.csv").write_text(
        "area_id,period,area_name,area_kind,area_type\n01,2024T1,Mitten,own_district,3\n", encoding="utf-8"
    )
    descriptor |= {"path": "areas.csv", "format": "csv"}
    assert frictionless.Resource.from_descriptor(descriptor, basepath=str(tmp_path)).validate().valid
    (tmp_path / "areas.csv").write_text(
        "area_id,period,area_name,area_kind,area_type\n1,2024T1,,own_district,3\n", encoding="utf-8"
    )
    assert not frictionless.Resource.from_descriptor(descriptor, basepath=str(tmp_path)).validate().valid
