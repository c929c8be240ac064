"""Great Expectations judges the rules: one suite per table, in a context that lives only as long as the run."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from likvard.validate.rule import DELIVERY, Rule
from likvard.validate.rules_of_contract import Judgeable

# Counts only: a list of the unexpected values would put pupils' data into the pages that auditors read.
NO_VALUES = {"result_format": "SUMMARY", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations found about one rule; ``count`` is the number of rows at fault."""

    rule: Rule
    passed: bool
    count: int


@dataclass(frozen=True)
class Judged:
    """One table after it was judged; ``suite_result`` is Great Expectations' own record of it."""

    judgeable: Judgeable
    verdicts: tuple[Verdict, ...]
    suite_result: Any


def judge(judgeables: Iterable[Judgeable]) -> Iterator[Judged]:
    """Every table with the verdict on every rule, in the order of the rules; none is kept here when the next is judged.

    Great Expectations is imported here because that takes ten seconds, which no other command should wait for.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ["POSTHOG_DISABLED"] = "true"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    for judgeable in judgeables:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            judged = _judged(judgeable)
        yield judged


def _judged(judgeable: Judgeable) -> Judged:
    import great_expectations as gx

    from likvard.validate.engine import CodedTables

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    name = judgeable.table.name
    source = context.data_sources.add_or_update_coded(CodedTables(name="staged"))
    staged = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("staged")
    suite = gx.ExpectationSuite(name, expectations=[_expectation(rule) for rule in judgeable.rules])
    result = staged.get_batch({"dataframe": judgeable.frame}).validate(suite, result_format=NO_VALUES)
    result.meta["run_id"] = gx.RunIdentifier(run_time=datetime.now(UTC))
    found = {each.expectation_config.meta["rule"]: each for each in result.results}
    return Judged(judgeable, tuple(_verdict(rule, found[rule.id]) for rule in judgeable.rules), result)


def _expectation(rule: Rule) -> Any:
    """The rule as an expectation that carries the rule's id, so that its result can be told from the others."""
    from great_expectations import expectations
    from great_expectations.expectations.row_conditions import Column

    name, arguments = rule.expectation
    within = {"row_condition": Column(DELIVERY) == rule.period} if rule.period else {}
    severity = "critical" if rule.severity == "error" else "warning"
    return getattr(expectations, name)(**arguments, **within, severity=severity, meta={"rule": rule.id})


def _verdict(rule: Rule, result: Any) -> Verdict:
    """The verdict in one result. Errors: ``RuntimeError`` where there is none: an unjudged rule opens no gate."""
    # A rule about rows counts them also where `mostly` forgives some; one about a table or a whole column counts none.
    if not result.success and not result.result and result.expectation_config.type != "expect_column_to_exist":
        # The exception's own words are left out, as they may hold a cell.
        raise RuntimeError(f"Great Expectations could not judge the rule {rule.id}.")
    count = 0 if result.success or not rule.about_rows else int(result.result.get("unexpected_count", 0))
    return Verdict(rule, bool(result.success), count)
