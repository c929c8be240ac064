"""The quality of the data on one page, as plain values: what was checked, what was found, who let what through, who reported."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from likvard.language import Language
from likvard.validate.coverage import CLASSES, Covered, open_until
from likvard.validate.findings import Check, checks_of
from likvard.validate.judge import Judged
from likvard.validate.results import QualityResult
from likvard.validate.rule import DELIVERY
from likvard.validate.telling import Telling
from likvard.workspace import write_atomically

PAGE = "page.json"


def quality_page(
    tables: Sequence[Judged], result: QualityResult, language: Language, edition: str, fewest: int
) -> dict[str, Any]:
    """The page in the language. Of fewer rows or pupils than ``fewest`` no number is told."""
    tell = Telling(language, fewest)
    waived = {check.check for check in result.checks if check.result == "waived"}
    told = {check.check: check for judged in tables for check in checks_of(judged, tell)}
    return {
        "edition": edition,
        "status": result.status,
        "counts": {
            "checks": len(result.checks),
            "errors": len(result.errors),
            "warnings": len(result.warnings),
            "waived": len(waived),
        },
        "tables": [_table(judged, result, tell) for judged in tables],
        "found": [
            _found(told[check.check], check.result, judged, tell)
            for judged in tables
            for check in result.checks
            if check.table == judged.judgeable.table.name and check.result != "passed"
        ],
        "waivers": [waiver.model_dump(mode="json") for waiver in result.waivers],
        "coverage": [
            _coverage(rule, judged.judgeable.frame, _schools(tables), fewest, tell)
            for judged in tables
            for rule in judged.judgeable.rules
            if isinstance(rule, Covered)
        ],
    }


def write_page(page: Mapping[str, Any], folder: Path) -> None:
    """``page.json`` in the folder."""
    write_atomically(folder / PAGE, json.dumps(page, indent=1, ensure_ascii=False).encode() + b"\n")


def _table(judged: Judged, result: QualityResult, tell: Telling) -> dict[str, Any]:
    table = judged.judgeable.table
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


def _found(check: Check, result: str, judged: Judged, tell: Telling) -> dict[str, Any]:
    return {
        "check": check.check,
        "table": tell.title(judged.judgeable.table),
        "column": check.column,
        "severity": check.severity,
        "result": result,
        "count": tell.count(check.count),
        "message": check.message,
        "advice": check.advice,
    }


def _coverage(
    rule: Covered, frame: pd.DataFrame, schools: pd.DataFrame | None, fewest: int, tell: Telling
) -> dict[str, Any]:
    reported = rule.reported(frame, open_until(schools), fewest)
    names = _names(schools)
    return {
        "rule": rule.rule.rule,
        "title": rule.title(tell),
        "share": rule.rule.share,
        "classes": list(CLASSES),
        "periods": [str(period) for period in reported.columns],
        "schools": [
            {"id": str(school), "name": names.get(str(school), str(school)), "reported": list(row)}
            for school, row in zip(reported.index, reported.to_numpy().tolist(), strict=True)
        ],
    }


def _schools(tables: Sequence[Judged]) -> pd.DataFrame | None:
    return next((one.judgeable.frame for one in tables if one.judgeable.table.name == "schools"), None)


def _names(schools: pd.DataFrame | None) -> dict[str, str]:
    """The newest name of each school."""
    if schools is None or not {"school_id", "school_name"} <= set(schools):
        return {}
    newest = schools.dropna(subset=["school_id", "school_name"]).sort_values(DELIVERY).groupby("school_id").tail(1)
    return dict(zip(newest["school_id"].astype(str), newest["school_name"].astype(str), strict=True))
