"""The quality of the data on one page, as plain values: what was checked, what was found, who let what through, who reported."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from likvard.contracts import Table
from likvard.validate.findings import Check
from likvard.validate.results import QualityResult
from likvard.validate.telling import Telling
from likvard.validate.told import Told
from likvard.workspace import write_atomically

PAGE = "page.json"


def quality_page(tables: Sequence[Told], result: QualityResult, tell: Telling, edition: str) -> dict[str, Any]:
    """The page as its readers are told it."""
    waived = {check.check for check in result.checks if check.result == "waived"}
    to_readers = {check.check: check for one in tables for check in one.to_readers}
    return {
        "edition": edition,
        "status": result.status,
        "counts": {
            "checks": len(result.checks),
            "errors": len(result.errors),
            "warnings": len(result.warnings),
            "waived": len(waived),
        },
        "tables": [_table(one.table, result, tell) for one in tables],
        "found": [
            _found(to_readers[check.check], check.result, one.table, tell)
            for one in tables
            for check in result.checks
            if check.table == one.table.name and check.result != "passed"
        ],
        "waivers": [waiver.model_dump(mode="json") for waiver in result.waivers],
        "coverage": [picture for one in tables for picture in one.coverage],
    }


def write_page(page: Mapping[str, Any], folder: Path) -> None:
    """``page.json`` in the folder."""
    write_atomically(folder / PAGE, json.dumps(page, indent=1, ensure_ascii=False).encode() + b"\n")


def _table(table: Table, result: QualityResult, tell: Telling) -> dict[str, Any]:
    results = [(one.result, one.severity) for one in result.checks if one.table == table.name]
    return {
        "table": table.name,
        "title": tell.title(table),
        "owner": tell.owner(table),
        "checks": len(results),
        "errors": results.count(("failed", "error")),
        "warnings": results.count(("failed", "warning")),
        "waived": sum(found == "waived" for found, _ in results),
    }


def _found(check: Check, result: str, table: Table, tell: Telling) -> dict[str, Any]:
    return {
        "check": check.check,
        "table": tell.title(table),
        "column": check.column,
        "severity": check.severity,
        "result": result,
        "count": tell.count(check.count),
        "message": check.message,
        "advice": check.advice,
    }
