"""What protecting real workspaces costs, in one command: ``python benchmarks/flow.py FOLDER … [--write docs/disclosure.md]``.

For each workspace whose indicators are built: N, what is hidden, what the attack found, and processor seconds of all periods. With
``--bound SECONDS`` instead how far the pattern of the newest period can be from the best, against a proven lower bound that is
sought for so long in each part of the period.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from likvard.contracts.periods import grain_of
from likvard.disclosure.bound import lower_bound
from likvard.disclosure.release import safe_by_swaps
from likvard.disclosure.task import Task
from likvard.indicators.record import LEVEL
from likvard.indicators.registry import read_registry
from likvard.params import read_params
from likvard.protect import protected
from likvard.protect.hide import asked_of, periods_of
from likvard.protect.moved import moved
from likvard.protect.past import past_of
from likvard.protect.rules import is_ours, primary_rules, strictness
from likvard.protect.run import homes_of_schools
from likvard.tables import read_table
from likvard.workspace import Workspace

HEADER = (
    "| workspace | profile | periods | figures of the record | held back | levels | hidden by rules | hidden for others | "
    "cells that must stay wide | attackers, at most | attacks | too narrow for everybody | too narrow for a recipient | seconds | "
    "of which quarters |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)

GAPS = (
    "| workspace, period | levels | hidden by rules | hidden for others | no pattern hides fewer than | gap in figures | "
    "gap in weight | search and attack, s | bound, s |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def row(folder: Path, profile: str | None) -> str:
    """The row of one workspace."""
    workspace = Workspace.find(folder)
    params = read_params(workspace.params)
    choice = params.disclosure.model_copy(update={"profile": profile} if profile else {})
    record = read_table(workspace.indicators / "figures.parquet")
    registry = read_registry(workspace.contracts)
    movers = moved(record, registry, workspace.prepared)
    found = protected(record, registry, choice, homes_of_schools(workspace.prepared), movers=movers)
    ours = is_ours(record) & record["status"].eq("shown")
    total = found.periods.sum(numeric_only=True)
    held = (found.released["status"].eq("held_back") & ours).sum()
    levels = (ours & record["measure"].eq(LEVEL)).sum()
    quarters = found.periods.loc[found.periods["period"].map(grain_of).eq("quarter"), "seconds"].sum()
    return (
        f"| {params.municipality} | {choice.profile} | {len(found.periods)} | {ours.sum():,} | {held:,} ("
        f"{held / ours.sum():.0%}) | "
        f"{levels:,} | {total['hidden_by_rules']:,.0f} | {total['hidden_for_others']:,.0f} | "
        f"{total['cells_with_a_level']:,.0f} | {found.periods['attackers'].max():,.0f} | {total['attacks']:,.0f} | "
        f"{total['below_level_for_everybody']:,.0f} | {total['below_level_for_a_recipient']:,.0f} | {total['seconds']:,.0f} | "
        f"{quarters:,.0f} |"
    )


def gap(folder: Path, seconds: float, period: str | None) -> str:
    """The row of the newest period of one workspace (or of ``period``), with the gap to the proven bound."""
    workspace = Workspace.find(folder)
    params, registry = read_params(workspace.params), read_registry(workspace.contracts)
    record = read_table(workspace.indicators / "figures.parquet")
    schools, strict = homes_of_schools(workspace.prepared), strictness(params.disclosure)
    nobody_moved = pd.Series(0, index=record.index)
    rule = primary_rules(record, registry, schools, strict, params.disclosure.min_teachers, nobody_moved)
    past = past_of(record, pd.DataFrame(), registry)
    of = {str(rows["period"].iloc[0]): (rows, *more) for rows, *more in periods_of(record, rule, schools, past)}
    period = period or max(of)
    asked = asked_of(of[period], registry, strict)
    began = time.process_time()
    hidden = safe_by_swaps(asked.found, asked.task, asked.least).pattern.hidden
    searched, extra = time.process_time() - began, hidden & ~asked.task.hidden
    began = time.process_time()
    counted = Task(**{**vars(asked.task), "weight": np.ones(len(hidden))})
    pairs = [(float(task.weight[extra].sum()), lower_bound(task, 20, seconds)) for task in (asked.task, counted)]
    gaps = [f"{(loss - bound) / loss:.0%}" if loss else "0%" for loss, bound in pairs]
    return (
        f"| {params.municipality}, {period} | {len(hidden):,} | {asked.falls.sum():,} | {extra.sum():,} | {pairs[1][1]:,.0f} | "
        f"{gaps[1]} | {gaps[0]} | {searched:.0f} | {time.process_time() - began:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument(
        "--profile", choices=["internal", "public", "rounded"], help="another profile than the workspace's"
    )
    parser.add_argument("--write", type=Path, help="the page to put the table into, between its marks")
    parser.add_argument(
        "--bound", type=float, metavar="SECONDS", help="seek the proven bound instead, for so long in each part"
    )
    parser.add_argument("--period", help="the period whose bound is sought; the newest if not said")
    chosen = parser.parse_args()
    if chosen.bound:
        head, rows = GAPS, [gap(folder, chosen.bound, chosen.period) for folder in chosen.folders]
    else:
        head, rows = HEADER, [row(folder, chosen.profile) for folder in chosen.folders]
    text = head + "\n" + "\n".join(rows) + "\n"
    sys.stdout.write(text)
    if chosen.write:
        before = chosen.write.read_text(encoding="utf-8")
        name = "bound" if chosen.bound else "flow"
        marks = rf"(<!-- measured in the {name} -->\n).*?(<!-- end of the {name} -->)"
        after = re.sub(marks, lambda found: found[1] + text + found[2], before, flags=re.DOTALL)
        chosen.write.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
