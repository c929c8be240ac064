"""Why every figure is shown or hidden, and what hiding costs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from likvard.disclosure.attack import Audit
from likvard.disclosure.system import NOBODY, Flags
from likvard.disclosure.task import Pattern, Task

SHOWN, PRIMARY, SECONDARY, BEFORE = "shown", "rests_on_too_few", "protects_another", "hidden_before"


def decision_log(
    task: Task, pattern: Pattern, names: pd.Index, rule: pd.Series, before: Flags | None = None
) -> pd.DataFrame:
    """One row per figure: figure, decision (shown or hidden), why, rule, protects. For auditors: it says what is small.

    ``names``: what to call each figure. ``rule``: the primary rule that each figure fell under ("" for none). ``protects``: for a
    figure hidden for another's sake, a figure that shows the cell it was hidden for.
    """
    before = np.zeros(len(names), dtype=np.bool_) if before is None else before
    why = np.select(
        [~pattern.hidden, rule.to_numpy() != "", before, pattern.hidden],
        [SHOWN, PRIMARY, BEFORE, SECONDARY],
        default="",
    )
    shows = task.system.shows.tocsc()
    has = np.flatnonzero(np.diff(shows.indptr))
    of_cell = pd.Series(names.to_numpy(dtype=object)[shows.indices[shows.indptr[has]]], index=has)
    protects = np.where(why == SECONDARY, of_cell.reindex(pattern.protects).fillna(""), "")
    return pd.DataFrame(
        {
            "figure": names,
            "decision": np.where(pattern.hidden, "hidden", "shown"),
            "why": why,
            "rule": rule.to_numpy(),
            "protects": protects,
        }
    )


def loss_report(task: Task, pattern: Pattern, pupils: pd.Series | None = None) -> dict[str, Any]:
    """What the pattern costs: figures hidden by the rules and for others' sake, shares of figures and pupils, and the gap.

    ``pupils``: of each figure, the number of pupils it rests on. ``gap``: (loss − proven bound) ÷ loss, of what is hidden beyond
    the rules; ``gap_of_all`` the same, of everything that is hidden.
    """
    hidden, primary = pattern.hidden, task.hidden
    all_loss = float(task.weight[hidden].sum())
    bound = sum(part.bound for part in pattern.parts)
    report: dict[str, Any] = {
        "figures": len(hidden),
        "hidden_by_rules": int(primary.sum()),
        "hidden_for_others": int((hidden & ~primary).sum()),
        "share_of_figures_hidden": float(hidden.mean()) if len(hidden) else 0.0,
        "loss": pattern.loss,
        "bound": bound,
        "gap": pattern.gap,
        "gap_of_all": (pattern.loss - bound) / all_loss if all_loss else 0.0,
        "components": {
            status: sum(part.status == status for part in pattern.parts) for status in {p.status for p in pattern.parts}
        },
    }
    if pupils is not None:
        report["share_of_pupils_hidden"] = float(pupils[hidden].sum() / pupils.sum()) if pupils.sum() else 0.0
    return report


def audit_report(found: Audit) -> dict[str, Any]:
    """How the attack went, without a number of anybody: attackers, hidden cells, pairs tried, and how many were too narrow."""
    return {
        "attackers": found.attackers,
        "hidden_cells": found.hidden,
        "cells_with_a_level": found.protected,
        "pairs": found.pairs,
        "below_their_level": len(found.findings),
        "of_these_exact": sum(finding.exact for finding in found.findings),
        "for_everybody": sum(finding.attacker == NOBODY for finding in found.findings),
        "contradictions": len(found.impossible),
    }


def as_text(report: dict[str, Any]) -> bytes:
    """The report as JSON, the same bytes for the same report."""
    return json.dumps(report, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
