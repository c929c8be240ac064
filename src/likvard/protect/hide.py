"""What is hidden of a record, and why: the primary rules, what protects them, and the attack that must find nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from likvard.disclosure.chosen import SearchChoice, safe_by, searches_of
from likvard.disclosure.decisions import BEFORE, PRIMARY, SECONDARY, SHOWN, decision_log
from likvard.disclosure.kept import as_bytes, question_of, read_kept
from likvard.disclosure.profiles import LEAST_OF_ALL, Strictness
from likvard.disclosure.quantities import Quantities, quantities
from likvard.disclosure.release import Safe
from likvard.disclosure.system import Flags
from likvard.disclosure.task import Task
from likvard.indicators.record import HELD_BACK, IF_ALL_ANSWERED, LEVEL, NUMBERS, RESPONSE
from likvard.indicators.record import SHOWN as IS_SHOWN
from likvard.indicators.registry import Definition
from likvard.params import DisclosureChoice
from likvard.protect.derived import followers
from likvard.protect.past import HIDDEN_BEFORE, RESTATED, Past, as_first_shown, past_of
from likvard.protect.rounding import coded, rounded
from likvard.protect.rules import FIGURE, NO_RULE, is_ours, lonely, primary_rules, strictness
from likvard.scheduler import cores, executor

FOLLOWS = "follows_a_level"
MOST_PROCESSES = 2
# Fewer levels than this are not worth a second process.
FEW_ROWS = 2_000
# The levels of a period, the rules and the past of these rows, and the schools of the period.
Period: TypeAlias = tuple[pd.DataFrame, pd.Series, pd.DataFrame, Past]


@dataclass(frozen=True)
class Protection:
    """``released``: the record as reports may read it. ``log``: why every figure is shown or hidden, for auditors, as it says which
    are small. ``periods``: what hiding cost and how the attack went, one row per period. ``kept``: what was found to hide in
    each period, for the next run. ``again``: in how many periods it was there already."""

    released: pd.DataFrame
    log: pd.DataFrame
    periods: pd.DataFrame
    kept: dict[str, bytes]
    again: int


@dataclass(frozen=True)
class _Hidden:
    """The hidden levels of a period (rows of the record), the log of those in the system, the figures of the period, and what was
    found, to be kept."""

    rows: pd.Index
    log: pd.DataFrame
    facts: dict[str, Any]
    kept: bytes = b""


def protected(
    record: pd.DataFrame,
    registry: dict[str, Definition],
    choice: DisclosureChoice,
    schools: pd.DataFrame,
    before: pd.DataFrame | None = None,
    movers: pd.Series | None = None,
    scheduler: str | None = None,
    kept: Mapping[str, bytes] | None = None,
) -> Protection:
    """The same rows, in the same order, where what could point at a person has the status ``held_back`` and no numbers.

    ``schools``: columns school_id, period, area_id. ``before``: all figures of all editions that are out (``ledger``): what was
    hidden stays hidden, what was shown keeps its numbers, and the attack knows both. ``movers``: of every row, how many came or
    left. ``scheduler``: the address of a Dask cluster whose workers search. ``kept``: what the last run found, by period; where a
    period asks the same again it is attacked again and not searched for. What others have published is known to everyone and
    stays as it is. Why a figure is held back, the released record does not say: it would tell which hidden numbers are small.
    Errors: ``DisclosureError`` where the attack finds anything out; ``ContradictionError`` where sums do not add up.
    """
    record = record.reset_index(drop=True)
    strict = strictness(choice)
    before = pd.DataFrame() if before is None else before
    movers = pd.Series(0, index=record.index) if movers is None else movers
    past = past_of(record, before, registry)
    rule = past.rules(primary_rules(record, registry, schools, strict, choice.min_teachers, movers))
    hidden = rule.ne(NO_RULE)
    levels = record["measure"].eq(LEVEL) & is_ours(record)
    searched = levels & ~past.restated
    tasks = periods_of(record, rule, schools, past)
    kept = kept or {}
    done = _each(partial(_hide_period, registry=registry, strict=strict, search=choice.search), tasks, kept, scheduler)
    now = {found.facts["period"]: found.kept for found in done if found.kept}
    inside = pd.Index([]).append([found.log.index for found in done])
    for found in done:
        hidden.loc[found.rows] = True
    outside = record[searched & ~record.index.isin(inside)]
    answers = record[record["measure"].eq(RESPONSE)]
    for part, counted in ((outside, outside["numerator"]), (answers, answers["denominator"] - answers["numerator"])):
        hidden.loc[part.index] |= lonely(part, hidden.loc[part.index], strict.least, counted)
    gone = hidden | followers(record, hidden, schools) | _bounds_of_hidden_rates(record, hidden)
    if past.restated.any():
        # A change since a restated period would tell the correction.
        gone |= followers(record, levels & past.restated, schools) & ~past.shown
    ours = is_ours(record)
    # What is derived from a level that is given as its limit would say what it is.
    gone |= followers(record, coded(record, registry, strict) & ~gone, schools) & ours
    result = record.astype({"status": "string"})
    exact = result[ours & record["status"].eq(IS_SHOWN) & ~gone]
    result.loc[exact.index] = rounded(record.loc[ours], registry, strict).loc[exact.index]
    result.loc[gone & record["status"].eq(IS_SHOWN), "status"] = HELD_BACK
    result.loc[ours & result["status"].ne(IS_SHOWN), NUMBERS] = np.nan
    result = as_first_shown(result, before)
    return Protection(
        released=result,
        log=_log(record, rule, hidden, gone, done),
        periods=pd.DataFrame([found.facts for found in done]),
        kept=now,
        again=sum(content == kept.get(period) for period, content in now.items()),
    )


def _each(
    hide: Callable[[Period, bytes], _Hidden], tasks: list[Period], kept: Mapping[str, bytes], scheduler: str | None
) -> list[_Hidden]:
    """Every period by itself, in the order of the periods: on the cluster, or in two processes where there are two.

    The largest are begun first, so that none is left alone at the end.
    """
    few = sum(len(rows) for rows, *_ in tasks) < FEW_ROWS
    processes = 1 if few else min(MOST_PROCESSES, len(tasks), cores())
    largest_first = sorted(range(len(tasks)), key=lambda place: -len(tasks[place][0]))
    before = [kept.get(_name_of(rows), b"") for rows, *_ in tasks]
    with executor(scheduler, processes) as apart:
        asked = apart.map(hide, [tasks[place] for place in largest_first], [before[place] for place in largest_first])
        done = dict(zip(largest_first, asked, strict=True))
    return [done[place] for place in range(len(tasks))]


@dataclass(frozen=True)
class Asked:
    """The system of a period, what must stay hidden in it, which of its figures the rules hide, and the smallest level."""

    found: Quantities
    task: Task
    falls: Flags
    least: int


def asked_of(period: Period, registry: dict[str, Definition], strict: Strictness) -> Asked:
    """What is asked of a period; an area of one school shows that school's figures, and hides them with it."""
    rows, rule, schools, past = period
    found = quantities(rows, registry, schools.reset_index(drop=True), strict)

    def of_figures(flags: pd.Series) -> Flags:
        return np.asarray(flags.loc[found.figure_of.index].groupby(found.figure_of.to_numpy()).any(), dtype=np.bool_)

    falls, known, before = of_figures(rule.ne(NO_RULE)), of_figures(past.shown), of_figures(past.hidden)
    least = min(strict.least, LEAST_OF_ALL) if before.any() else strict.least
    return Asked(found, found.task(falls & ~known, known, strict, before & ~known), falls, least)


def periods_of(record: pd.DataFrame, rule: pd.Series, schools: pd.DataFrame, past: Past) -> list[Period]:
    """The levels of each period by themselves. A restated one shows what is out and nothing else: there is nothing to search."""
    levels = record["measure"].eq(LEVEL) & is_ours(record) & ~past.restated
    of_period = record[levels].groupby("period", observed=True)
    return [
        (rows, rule.loc[rows.index], schools[schools["period"].eq(period)], past.of(rows.index))
        for period, rows in of_period
    ]


def _name_of(rows: pd.DataFrame) -> str:
    """The period of the rows."""
    return str(rows["period"].iloc[0])


def _hide_period(
    period: Period, before: bytes, registry: dict[str, Definition], strict: Strictness, search: SearchChoice
) -> _Hidden:
    """What is hidden of the levels of one period; ``before``: what was kept of it."""
    rows, rule, _, _ = period
    began = time.process_time()
    asked = asked_of(period, registry, strict)
    found = asked.found
    if not len(found.figures):
        return _Hidden(rows.index[:0], pd.DataFrame(), {"period": _name_of(rows), "figures": 0})
    searches = searches_of(found, search)
    question = question_of(found, asked.task, asked.least, searches)
    safe = safe_by(searches, found, asked.task, asked.least, read_kept(before, question))
    names = rows["figure_id"].loc[found.figures]
    of_figure = decision_log(asked.task, safe.pattern, pd.Index(names), rule.loc[found.figures])
    log = of_figure.iloc[found.figure_of.to_numpy()].set_axis(found.figure_of.index)
    log = log.assign(figure=rows["figure_id"].loc[log.index], rule=rule.loc[log.index], search=safe.proposal.search)
    facts = {"period": _name_of(rows)} | _facts(asked, safe, rows["n"].loc[found.figures].to_numpy())
    return _Hidden(
        rows=log.index[log["decision"].eq("hidden")],
        log=log,
        facts=facts | {"seconds": time.process_time() - began},
        kept=as_bytes(question, safe.proposal),
    )


def _facts(asked: Asked, safe: Safe, pupils: np.ndarray) -> dict[str, Any]:
    """Counts of the period and its attack, and of its pattern the search, the weight and, where proven, the gap."""
    pattern, found, falls = safe.pattern, safe.audit, asked.falls
    hidden = pattern.hidden
    everybody = sum(finding.attacker < 0 for finding in found.findings)
    return {
        "figures": len(hidden),
        "hidden_by_rules": int(falls.sum()),
        "hidden_for_others": int((hidden & ~falls).sum()),
        "weight_hidden_for_others": asked.task.loss(hidden),
        "search": safe.proposal.search,
        "gap_as_posed": pattern.gap if pattern.bounded else np.nan,
        "cells_hidden": found.hidden,
        "cells_with_a_level": found.protected,
        "attackers": found.attackers,
        "attacks": found.pairs,
        "below_level_for_everybody": everybody,
        "below_level_for_a_recipient": len(found.findings) - everybody,
        "pupils_hidden_share": float(pupils[hidden].sum() / pupils.sum()) if pupils.sum() else 0.0,
    }


def _bounds_of_hidden_rates(record: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    """The bounds of those means whose response rate is hidden: the rate follows from them."""
    keys = [record[column] for column in FIGURE]
    rate = (hidden & record["measure"].eq(RESPONSE)).groupby(keys).transform("any")
    return rate & record["measure"].eq(IF_ALL_ANSWERED)


def _log(
    record: pd.DataFrame, rule: pd.Series, hidden: pd.Series, gone: pd.Series, done: list[_Hidden]
) -> pd.DataFrame:
    """One row per figure of our own: figure, decision, why, rule, protects, search (which one found what its period hides)."""
    ours = is_ours(record) & record["status"].eq(IS_SHOWN)
    why = pd.Series(SHOWN, index=record.index, dtype=object).mask(gone, FOLLOWS).mask(hidden, SECONDARY)
    why = why.mask(rule.ne(NO_RULE), PRIMARY).mask(rule.isin([HIDDEN_BEFORE, RESTATED]), BEFORE)
    log = pd.DataFrame(
        {
            "figure": record["figure_id"].astype(object),
            "decision": np.where(gone, "hidden", "shown"),
            "why": why,
            "rule": rule,
            "protects": "",
            "search": "",
        }
    )
    for found in done:
        if len(found.log):
            log.loc[found.log.index, ["protects", "search"]] = found.log[["protects", "search"]]
    return log[ours].astype("string").reset_index(drop=True)
