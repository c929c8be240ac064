"""What ``data/quality`` says: every check, the rows at fault, and whether the gate is open."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from likvard.contracts.periods import last_day
from likvard.errors import QualityGateClosedError
from likvard.validate.findings import Check, problem
from likvard.waivers import Waiver, Waivers, stated
from likvard.workspace import write_atomically

Status = Literal["passed", "warnings", "failed"]
FAILING_ROWS = "failing_rows.csv"


@dataclass(frozen=True)
class QualityResult:
    """What all checks together say."""

    status: Status
    checks: tuple[Check, ...]
    not_judged: tuple[str, ...]
    great_expectations: str
    waivers: tuple[Waiver, ...] = ()

    @property
    def errors(self) -> tuple[Check, ...]:
        """The failed checks that close the gate."""
        return tuple(check for check in self.checks if check.result == "failed" and check.severity == "error")

    @property
    def warnings(self) -> tuple[Check, ...]:
        """The failed checks that do not."""
        return tuple(check for check in self.checks if check.result == "failed" and check.severity == "warning")


def let_through(checks: Sequence[Check], waivers: Waivers, edition: str) -> tuple[list[Check], list[Waiver]]:
    """The checks, where an error that a waiver lets through is called waived, and those waivers.

    A waiver names the check, has the edition as its scope and must hold until the edition's last day, so that the same data
    gets the same verdict on every day.
    """
    last = last_day(edition) or date.max
    used: list[Waiver] = []
    judged = []
    for check in checks:
        waiver = waivers.covering(check.check, edition, last)
        if waiver is None or check.result != "failed" or check.severity != "error":
            judged.append(check)
        else:
            judged.append(replace(check, result="waived"))
            used.append(waiver)
    return judged, used


def quality_result(
    checks: Sequence[Check], not_judged: Sequence[str], version: str, waivers: Sequence[Waiver] = ()
) -> QualityResult:
    """The checks together: failed where an error-level check failed, with warnings where only warnings or waivers did."""
    failed = {check.severity for check in checks if check.result == "failed"}
    status: Status = "failed" if "error" in failed else "warnings" if failed or waivers else "passed"
    return QualityResult(status, tuple(checks), tuple(not_judged), version, tuple(waivers))


def write_quality(result: QualityResult, rows: pd.DataFrame, folder: Path) -> None:
    """``checks.csv``, ``failing_rows.csv`` and ``results.json`` in ``folder``: the same bytes for the same data."""
    write_atomically(folder / "results.json", _as_json(result).encode())
    write_atomically(folder / "checks.csv", _as_csv(result.checks).encode())
    write_atomically(folder / FAILING_ROWS, rows.to_csv(index=False, lineterminator="\n").encode())


def _as_json(result: QualityResult) -> str:
    record: dict[str, Any] = {
        "status": result.status,
        "counts": {
            "checks": len(result.checks),
            "passed": sum(check.result == "passed" for check in result.checks),
            "errors": len(result.errors),
            "warnings": len(result.warnings),
            "waived": sum(check.result == "waived" for check in result.checks),
        },
        "great_expectations": result.great_expectations,
        "not_judged": list(result.not_judged),
        "waivers": [waiver.model_dump(mode="json") for waiver in result.waivers],
        "checks": [asdict(check) for check in result.checks],
    }
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def _as_csv(checks: Sequence[Check]) -> str:
    text = io.StringIO()
    lines = csv.DictWriter(text, [field.name for field in fields(Check)], lineterminator="\n")
    lines.writeheader()
    lines.writerows(asdict(check) for check in checks)
    return text.getvalue()


def gate_closed(result: QualityResult, rows: pd.DataFrame, edition: str) -> QualityGateClosedError:
    """The stop that a coordinator can act on: what is wrong, where, whom to ask, and where the whole list is."""
    number = len(result.errors)
    return QualityGateClosedError(
        f"The data does not keep its contract ({number} {'check' if number == 1 else 'checks'} failed), so nothing was "
        "built from it. Earlier results and reports are as they were.",
        [problem(check, rows) for check in result.errors],
        advice=f"data/quality/{FAILING_ROWS} lists every row at fault and what to ask for, and checks.csv beside it "
        "every check; `likvard reply` writes to the senders with the rows of their files. When the sender has sent a corrected "
        "file, put it in its place in data/deliveries/, run `dvc add` on the delivery's folder and run the same command again. "
        f"What is right all the same can be let through in data/waivers.yaml: {stated('<check>', edition)}",
    )
