"""What protecting real workspaces costs, in one command: ``python benchmarks/flow.py FOLDER … [--write docs/disclosure.md]``.

For each workspace whose indicators are built: N, what is hidden, what the attack found, and processor seconds of all periods.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from likvard.indicators.record import LEVEL
from likvard.indicators.registry import read_registry
from likvard.params import read_params
from likvard.protect import protected
from likvard.protect.rules import is_ours
from likvard.protect.run import homes_of_schools
from likvard.tables import read_table
from likvard.workspace import Workspace

HEADER = (
    "| workspace | profile | periods | figures of the record | held back | levels | hidden by rules | hidden for others | "
    "cells that must stay wide | attackers, at most | attacks | too narrow for everybody | too narrow for a recipient | seconds |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def row(folder: Path, profile: str | None) -> str:
    """The row of one workspace."""
    workspace = Workspace.find(folder)
    params = read_params(workspace.params)
    choice = params.disclosure.model_copy(update={"profile": profile} if profile else {})
    record = read_table(workspace.indicators / "figures.parquet")
    found = protected(record, read_registry(workspace.contracts), choice, homes_of_schools(workspace.prepared))
    ours = is_ours(record) & record["status"].eq("shown")
    total = found.periods.sum(numeric_only=True)
    held = (found.released["status"].eq("held_back") & ours).sum()
    levels = (ours & record["measure"].eq(LEVEL)).sum()
    return (
        f"| {params.municipality} | {choice.profile} | {len(found.periods)} | {ours.sum():,} | {held:,} ("
        f"{held / ours.sum():.0%}) | "
        f"{levels:,} | {total['hidden_by_rules']:,.0f} | {total['hidden_for_others']:,.0f} | "
        f"{total['cells_with_a_level']:,.0f} | {found.periods['attackers'].max():,.0f} | {total['attacks']:,.0f} | "
        f"{total['below_level_for_everybody']:,.0f} | {total['below_level_for_a_recipient']:,.0f} | {total['seconds']:,.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument(
        "--profile", choices=["internal", "public", "rounded"], help="another profile than the workspace's"
    )
    parser.add_argument("--write", type=Path, help="the page to put the table into, between its marks")
    chosen = parser.parse_args()
    text = HEADER + "\n" + "\n".join(row(folder, chosen.profile) for folder in chosen.folders) + "\n"
    sys.stdout.write(text)
    if chosen.write:
        before = chosen.write.read_text(encoding="utf-8")
        marks = r"(<!-- measured in the flow -->\n).*?(<!-- end of the flow -->)"
        after = re.sub(marks, lambda found: found[1] + text + found[2], before, flags=re.DOTALL)
        chosen.write.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
