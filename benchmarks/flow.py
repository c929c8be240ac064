"""What protecting real workspaces costs, in one command: ``python benchmarks/flow.py FOLDER … [--write docs/disclosure.md]``.

For each workspace whose indicators are built: N, what is hidden, what the attack found, and processor seconds of all periods. With
``--bound SECONDS`` instead how far the pattern of the newest period can be from the best, against a proven lower bound that is
sought for so long in each part of the period. With ``--thorough`` what ``disclosure.search: thorough`` hides in place of what the
quick search does, in each period where it finds a better pattern (or in one).
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
from likvard.disclosure.system import Flags
from likvard.disclosure.task import GENERAL, Task
from likvard.indicators.record import LEVEL
from likvard.indicators.registry import read_registry
from likvard.params import read_params
from likvard.protect import protected
from likvard.protect.hide import Asked, Protection, asked_of, periods_of
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

THOROUGH = (
    "| workspace, period | levels | hidden by rules | quick: hidden for others | weight | s | "
    "thorough: hidden for others | weight | its gap | s |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def found_in(folder: Path, period: str | None = None, **decided: str | None) -> tuple[pd.DataFrame, Protection]:
    """The record of a workspace (or of one period) and what ``likvard protect`` makes of it, with the decisions that are said."""
    workspace = Workspace.find(folder)
    decisions = {key: value for key, value in decided.items() if value}
    choice = read_params(workspace.params).disclosure.model_copy(update=decisions)
    record, registry = read_table(workspace.indicators / "figures.parquet"), read_registry(workspace.contracts)
    movers = moved(record, registry, workspace.prepared)
    here = record["period"].eq(period) if period else record["period"].notna()
    record, movers = record[here].reset_index(drop=True), movers[here].reset_index(drop=True)
    return record, protected(record, registry, choice, homes_of_schools(workspace.prepared), movers=movers)


def row(folder: Path, profile: str | None) -> str:
    """The row of one workspace."""
    params = read_params(Workspace.find(folder).params)
    record, found = found_in(folder, profile=profile)
    ours = is_ours(record) & record["status"].eq("shown")
    total = found.periods.sum(numeric_only=True)
    held = (found.released["status"].eq("held_back") & ours).sum()
    levels = (ours & record["measure"].eq(LEVEL)).sum()
    quarters = found.periods.loc[found.periods["period"].map(grain_of).eq("quarter"), "seconds"].sum()
    return (
        f"| {params.municipality} | {profile or params.disclosure.profile} | {len(found.periods)} | {ours.sum():,} | {held:,} ("
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


def thorough(folder: Path, period: str | None) -> str:
    """A row per period (or for ``period``) that the general search found, as the flow hides it by the quick search and by the
    thorough one; then what both show of the whole record."""
    name = read_params(Workspace.find(folder).params).municipality
    record, quick = found_in(folder, period, search="quick")
    _, other = found_in(folder, period, search="thorough")
    both = quick.periods.merge(other.periods, on="period", suffixes=("", "_thorough"))
    lines = [
        f"| {name}, {one['period']} | {one['figures']:,.0f} | {one['hidden_by_rules']:,.0f} | "
        f"{one['hidden_for_others']:,.0f} | {one['weight_hidden_for_others']:,.0f} | {one['seconds']:.0f} | "
        f"{one['hidden_for_others_thorough']:,.0f} | {one['weight_hidden_for_others_thorough']:,.0f} | "
        f"{one['gap_as_posed_thorough']:.1%} | {one['seconds_thorough']:.0f} |"
        for one in both[both["search_thorough"].eq(GENERAL)].to_dict("records")
    ]
    shown = [int(found.released["status"].eq("shown").sum()) for found in (quick, other)]
    told = f"{name}: {shown[0]:,} of {record['status'].eq('shown').sum():,} figures are shown by the quick search, "
    return "\n".join([*lines, "", told + f"{shown[1]:,} by the thorough one ({shown[1] - shown[0]:+,})."])


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
    parser.add_argument("--thorough", action="store_true", help="search thoroughly instead, and compare")
    parser.add_argument("--period", help="the period of --bound (the newest if not said) or --thorough (all)")
    chosen = parser.parse_args()
    if chosen.bound:
        name, head, rows = "bound", GAPS, [gap(folder, chosen.bound, chosen.period) for folder in chosen.folders]
    elif chosen.thorough:
        name, head, rows = "thorough search", THOROUGH, [thorough(folder, chosen.period) for folder in chosen.folders]
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
