"""What disclosure control finds, costs and takes: ``python benchmarks/disclosure.py [--write docs/disclosure.md] [--only NAME]``.

Made-up towns, seeded; the largest town is the one of the prototype (200 schools, 10 groups, 15 areas), and the country is 290 towns
of which most are small. Seconds are processor seconds of one core, so that they say the same on a busy machine; two share the
country.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from likvard.disclosure.attack import audit, interval, whole_number_interval
from likvard.disclosure.decisions import loss_report
from likvard.disclosure.made_up import Town, town
from likvard.disclosure.release import attacked
from likvard.disclosure.suppress import suppress
from likvard.disclosure.system import NOBODY, System
from likvard.disclosure.task import Limits, Task

EVERYBODY = np.array([NOBODY])
QUICK, BEST = Limits(rounds=0), Limits()
HEADER = (
    "| town | cells | figures | hidden by rules | hidden for others | gap of these | attackers | attacks | too narrow | "
    "hiding, s | attack, s |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def measured(found: Town, limits: Limits) -> dict[str, float]:
    """One town hidden and attacked: what it cost, what was found, and seconds."""
    task = found.task(5)
    began = time.process_time()
    pattern = suppress(task, limits)
    between = time.process_time()
    verdict = attacked(task, pattern.hidden)
    report = loss_report(task, pattern)
    return {
        "cells": len(task.truth),
        "figures": report["figures"],
        "rules": report["hidden_by_rules"],
        "others": report["hidden_for_others"],
        "loss": report["loss"],
        "bound": report["bound"],
        "attackers": verdict.attackers,
        "attacks": verdict.pairs,
        "narrow": len(verdict.findings) + len(verdict.impossible),
        "hiding": between - began,
        "attacking": time.process_time() - between,
    }


def protected(name: str, towns: list[Town], limits: Limits, processes: int = 1) -> str:
    """One row: towns hidden and attacked one after the other, or so many at a time."""
    if processes > 1:
        with ProcessPoolExecutor(processes) as pool:
            each = pd.DataFrame(pool.map(partial(measured, limits=limits), towns))
    else:
        each = pd.DataFrame([measured(found, limits) for found in towns])
    total, loss = each.sum(), each["loss"].sum()
    gap = f"{(loss - total['bound']) / loss:.1%}" if limits.rounds and loss else "not sought"
    return (
        f"| {name} | {total['cells']:,.0f} | {total['figures']:,.0f} | {total['rules']:,.0f} | {total['others']:,.0f} | {gap} | "
        f"{each['attackers'].max():,.0f} | {total['attacks']:,.0f} | {total['narrow']:,.0f} of {total['attacks']:,.0f} | "
        f"{total['hiding']:,.0f} | {total['attacking']:,.0f} |"
    )


def leaks(with_outcome: bool) -> str:
    """What the rules alone leave open, and what a pattern that is safe against outsiders leaves open to principals."""
    found = town(60, 10, 5, with_outcome=with_outcome)
    task = found.task(5)
    alone = audit(task.system.published(task.hidden, task.level), task.truth, attackers=EVERYBODY)
    nobody = System(**{**vars(task.system), "owner": np.full(len(task.truth), NOBODY)})
    outsiders = Task(nobody, task.truth, task.level, task.weight, task.hidden, task.known, task.last)
    pattern = suppress(outsiders, QUICK)
    against_all = attacked(outsiders, pattern.hidden)
    insiders = audit(task.system.published(pattern.hidden, task.level), task.truth)
    broken = len({finding.cell for finding in insiders.findings})
    exact = len({finding.cell for finding in insiders.findings if finding.exact})
    name = f"60 schools, 10 groups, 5 areas, {'with' if with_outcome else 'no'} outcome"
    known = sum(finding.exact for finding in alone.findings)
    left = len(against_all.findings)
    return f"| {name} | {alone.protected} | {len(alone.findings)} | {known} | {left} | {broken} | {exact} |"


def whole_numbers(sample: int) -> str:
    """How many of a sample of hidden cells are narrower for somebody who knows that counts are whole numbers."""
    task = town(12, 5, 2, pupils=120).task(5)
    pattern = suppress(task, QUICK)
    public = task.system.published(pattern.hidden, task.level)
    cells = np.flatnonzero(public.hidden & (public.level > 0))
    chosen = np.random.default_rng(1).permutation(cells)[:sample]
    narrower = below = 0
    for cell in chosen:
        low, high = interval(public, int(cell))
        least, most = whole_number_interval(public, int(cell))
        narrower += (most - least) < np.floor(high + 1e-6) - np.ceil(low - 1e-6) - 1e-6
        below += (most - least) < public.level[cell] - 1e-6
    return f"Of {len(chosen)} hidden cells, whole numbers narrow {narrower} and take {below} below their level."


def quarters(schools: int, count: int) -> list[Town]:
    """So many quarters of schools in areas of six, with six groups and an outcome."""
    return [town(schools, 6, schools // 6, seed=seed) for seed in range(1, count + 1)]


def municipalities(count: int, schools: int) -> list[Town]:
    """So many municipalities with so many schools together, most of them small and a few large, in areas of six."""
    size = np.random.default_rng(1).lognormal(0.0, 0.9, count)
    at_least = 3
    sizes = at_least + np.floor(size / size.sum() * (schools - at_least * count)).astype(int)
    sizes[int(size.argmax())] += schools - int(sizes.sum())
    return [town(int(many), 10, max(1, int(many) // 6), seed=seed) for seed, many in enumerate(sizes, start=1)]


def country(count: int, schools: int) -> str:
    """One row: that many municipalities, two at a time."""
    name = f"{count} municipalities, {schools:,} schools, 10 groups"
    return protected(name, municipalities(count, schools), QUICK, processes=2)


ROWS = {
    "one_quarter": lambda: protected("30 schools, 6 groups, 5 areas", quarters(30, 1), BEST),
    "twelve_quarters": lambda: protected("the same, 12 quarters", quarters(30, 12), QUICK),
    "50": lambda: protected("50 schools, 10 groups, 4 areas", [town(50, 10, 4)], QUICK),
    "100": lambda: protected("100 schools, 10 groups, 8 areas", [town(100, 10, 8)], QUICK),
    "200": lambda: protected("200 schools, 10 groups, 15 areas", [town(200, 10, 15)], QUICK),
    "tenth_of_a_country": lambda: country(29, 470),
    "third_of_a_country": lambda: country(97, 1_567),
    "country": lambda: country(290, 4_700),
}
LEAKS = (
    "| town | hidden by the rules of five | too narrow for everybody | of these exact | too narrow for outsiders after hiding "
    "against outsiders | then too narrow for a principal | of these exact |\n|---|---:|---:|---:|---:|---:|---:|"
)


def page(only: str | None) -> str:
    """The tables."""
    rows = [make() for name, make in ROWS.items() if only in (None, name)]
    parts = [HEADER + "\n" + "\n".join(rows)] if rows else []
    if only in (None, "leaks"):
        parts.append(LEAKS + "\n" + "\n".join(leaks(outcome) for outcome in (False, True)))
    if only in (None, "whole_numbers"):
        parts.append(whole_numbers(20))
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to put the tables into, between its marks")
    parser.add_argument("--only", choices=[*ROWS, "leaks", "whole_numbers"])
    chosen = parser.parse_args()
    text = page(chosen.only)
    sys.stdout.write(text)
    if chosen.write:
        before = chosen.write.read_text(encoding="utf-8")
        after = re.sub(
            r"(<!-- measured -->\n).*?(<!-- end -->)", lambda found: found[1] + text + found[2], before, flags=re.DOTALL
        )
        chosen.write.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
