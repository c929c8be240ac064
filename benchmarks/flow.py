"""What protecting real workspaces costs, in one command: ``python benchmarks/flow.py FOLDER … [--write docs/disclosure.md]``.

For each workspace whose indicators are built: N, what is hidden, what the attack found, and processor seconds of all periods. With
``--bound SECONDS`` instead how far the pattern of the newest period can be from the best, against a proven lower bound that is
sought for so long in each part of the period. With ``--general SECONDS`` what the general search would hide in its place, where no
more than so long is spent on each part; it knows nothing of tables hidden alike, so it is for periods of one table.
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
from likvard.disclosure.release import attacked, safe_by_swaps
from likvard.disclosure.suppress import suppress
from likvard.disclosure.system import Flags
from likvard.disclosure.task import Limits, Task
from likvard.indicators.record import LEVEL
from likvard.indicators.registry import read_registry
from likvard.params import read_params
from likvard.protect import protected
from likvard.protect.hide import Asked, asked_of, periods_of
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

GENERAL = (
    "| workspace, period | levels | hidden by rules | by the flow, for others | weight | s | "
    "by the general search | weight | its gap | s | too narrow |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
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


def asked(folder: Path, period: str | None) -> tuple[str, Asked]:
    """What is asked of the newest period of one workspace (or of ``period``), and their names."""
    workspace = Workspace.find(folder)
    params, registry = read_params(workspace.params), read_registry(workspace.contracts)
    record = read_table(workspace.indicators / "figures.parquet")
    schools, strict = homes_of_schools(workspace.prepared), strictness(params.disclosure)
    nobody_moved = pd.Series(0, index=record.index)
    rule = primary_rules(record, registry, schools, strict, params.disclosure.min_teachers, nobody_moved)
    past = past_of(record, pd.DataFrame(), registry)
    of = {str(rows["period"].iloc[0]): (rows, *more) for rows, *more in periods_of(record, rule, schools, past)}
    period = period or max(of)
    return f"{params.municipality}, {period}", asked_of(of[period], registry, strict)


def by_swaps(what: Asked) -> tuple[Flags, float]:
    """The figures that the flow hides beyond the rules, and the seconds that it takes, the attack with it."""
    began = time.process_time()
    hidden = safe_by_swaps(what.found, what.task, what.least).pattern.hidden
    return hidden & ~what.task.hidden, time.process_time() - began


def gap(folder: Path, seconds: float, period: str | None) -> str:
    """The row of one period, with the gap to the proven bound."""
    name, what = asked(folder, period)
    extra, searched = by_swaps(what)
    began = time.process_time()
    counted = Task(**{**vars(what.task), "weight": np.ones(len(extra))})
    pairs = [(float(task.weight[extra].sum()), lower_bound(task, 20, seconds)) for task in (what.task, counted)]
    gaps = [f"{(loss - bound) / loss:.0%}" if loss else "0%" for loss, bound in pairs]
    return (
        f"| {name} | {len(extra):,} | {what.falls.sum():,} | {extra.sum():,} | {pairs[1][1]:,.0f} | "
        f"{gaps[1]} | {gaps[0]} | {searched:.0f} | {time.process_time() - began:.0f} |"
    )


def general(folder: Path, seconds: float, period: str | None) -> str:
    """The row of one period, hidden by the flow and by the general search."""
    name, what = asked(folder, period)
    task = what.task
    extra, searched = by_swaps(what)
    began = time.process_time()
    pattern = suppress(task, Limits(rounds=60, most_figures=5_000, seconds=seconds))
    took = time.process_time() - began
    found, other = attacked(task, pattern.hidden), pattern.hidden & ~task.hidden
    return (
        f"| {name} | {len(extra):,} | {what.falls.sum():,} | {extra.sum():,} | {task.weight[extra].sum():,.0f} | {searched:.0f} | "
        f"{other.sum():,} | {task.weight[other].sum():,.0f} | {pattern.gap:.1%} | {took:.0f} | {len(found.findings)} |"
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
    parser.add_argument("--period", help="the period of --bound and --general; the newest if not said")
    parser.add_argument(
        "--general", type=float, metavar="SECONDS", help="search by the general search too, for so long in each part"
    )
    chosen = parser.parse_args()
    if chosen.bound:
        name, head, rows = "bound", GAPS, [gap(folder, chosen.bound, chosen.period) for folder in chosen.folders]
    elif chosen.general:
        name, head = "general search", GENERAL
        rows = [general(folder, chosen.general, chosen.period) for folder in chosen.folders]
    else:
        name, head, rows = "flow", HEADER, [row(folder, chosen.profile) for folder in chosen.folders]
    text = head + "\n" + "\n".join(rows) + "\n"
    sys.stdout.write(text)
    if chosen.write:
        before = chosen.write.read_text(encoding="utf-8")
        marks = rf"(<!-- measured in the {name} -->\n).*?(<!-- end of the {name} -->)"
        after = re.sub(marks, lambda found: found[1] + text + found[2], before, flags=re.DOTALL)
        chosen.write.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
