"""Verdicts in words: one check per rule, and the rows that break it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from likvard.contracts import Source
from likvard.language import Language
from likvard.validate.coded import plain
from likvard.validate.column_rules import FilledIn
from likvard.validate.judge import Judged, Verdict
from likvard.validate.rule import Severity
from likvard.validate.telling import Telling

FAILING_ROW_COLUMNS = ["file", "row", "column", "rule", "advice"]
MOST_LINES_NAMED = 5


@dataclass(frozen=True)
class Check:
    """One check. ``count`` is the number of rows at fault, 0 where the fault is the table's or a whole column's."""

    check: str
    table: str
    column: str
    severity: Severity
    result: Literal["passed", "failed", "waived"]
    count: int
    message: str
    advice: str


IN_ENGLISH = Telling(Language("en"), ids=True)


def checks_of(judged: Judged, tell: Telling = IN_ENGLISH) -> list[Check]:
    """Every check of one table, in the order of its contract."""
    return [_check(verdict, judged.judgeable.frame, tell) for verdict in judged.verdicts]


def _check(verdict: Verdict, frame: pd.DataFrame, tell: Telling) -> Check:
    rule = verdict.rule
    return Check(
        check=rule.id,
        table=rule.table.name,
        column=rule.shown_columns,
        severity=rule.severity,
        result="passed" if verdict.passed else "failed",
        count=verdict.count,
        message=rule.holds(tell) if verdict.passed else rule.broken(verdict.count, frame, tell),
        advice="" if verdict.passed else rule.advice(tell),
    )


def failing_rows(judged: Judged, source: Source) -> list[pd.DataFrame]:
    """The rows at fault, rule by rule: where they stand in the delivered files, and which rule they break; never what they hold.

    File, row and column are the sender's own, so that the sender finds the cell; ``rule`` has our names.
    """
    return [_rows_of(verdict, judged.judgeable.frame, source) for verdict in _told_once(judged.verdicts)]


def in_their_order(found: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows at fault of all tables, by file and row."""
    rows = pd.concat([pd.DataFrame(columns=FAILING_ROW_COLUMNS), *found], ignore_index=True)
    return rows.sort_values(["file", "row", "rule"], kind="stable", ignore_index=True)


def _told_once(verdicts: tuple[Verdict, ...]) -> list[Verdict]:
    """The broken rules, without the warning about a column that is already an error in the same delivery."""
    broken = [verdict for verdict in verdicts if not verdict.passed]
    too_empty = {
        (verdict.rule.columns, verdict.rule.period)
        for verdict in broken
        if isinstance(verdict.rule, FilledIn) and verdict.rule.severity == "error"
    }
    return [
        verdict
        for verdict in broken
        if not (
            isinstance(verdict.rule, FilledIn)
            and verdict.rule.severity == "warning"
            and (verdict.rule.columns, verdict.rule.period) in too_empty
        )
    ]


def _rows_of(verdict: Verdict, frame: pd.DataFrame, source: Source) -> pd.DataFrame:
    rule = verdict.rule
    origins = source.every_table[rule.table.name].fields
    places = plain(frame.loc[rule.at_fault(frame), ["source_file", "source_row"]])
    return pd.DataFrame({"file": places["source_file"], "row": places["source_row"]}).assign(
        column=", ".join(origins[column].column for column in rule.columns),
        rule=rule.id,
        advice=rule.advice(IN_ENGLISH),
    )


def problem(check: Check, rows: pd.DataFrame) -> str:
    """One failed check as a line for the person at the desk: what, where first, and what to do."""
    at_fault = rows[rows["rule"] == check.check]
    place = ""
    if len(at_fault):
        file = at_fault["file"].iloc[0]
        lines = at_fault.loc[at_fault["file"] == file, "row"]
        named = ", ".join(str(line) for line in lines.head(MOST_LINES_NAMED))
        more = len(at_fault) - min(len(lines), MOST_LINES_NAMED)
        place = f" – data/deliveries/{file}, line{'s' if len(lines) > 1 else ''} {named}" + (
            f" and {more:,} more" if more else ""
        )
        place += f" (column {at_fault['column'].iloc[0]})"
    return f"{check.table}: {check.message}{place}. What to do: {check.advice}"
