"""What is wrong with whole rows: totals, repetitions, contradictions, other periods, rules, and identity in texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from likvard.contracts import SourceTable, Table
from likvard.contracts.periods import GRAINS, Grain, days, is_period
from likvard.contracts.rules import RowRule
from likvard.ingest.typed import typed_column
from likvard.intake.distinct import Distinct, Mask, Rows
from likvard.intake.finding import Findings
from likvard.intake.personal_text import has_personal_number, personal

TOTAL = re.compile(
    r"\W*(?:del|slut|mellan)?(?:totalt?|totalsumma|summa|summering|sum|subtotal|grand total|samtliga|genomsnitt|"
    r"medelvärde|medel|antal)(?:[\s:.].{0,60})?",
    re.IGNORECASE,
)


def totals(rows: Rows, mapped: SourceTable, table: Table, findings: Findings) -> None:
    """Nothing; ``findings`` tells of rows that sum others up."""
    mask = np.zeros(len(rows), dtype=bool)
    for name, field in table.fields.items():
        origin = mapped.fields.get(name)
        if origin is None or (field.type in ("string",) and field.data_class == "open" and not field.codes):
            continue
        column, known = rows.columns[origin.received_as], origin.codes or {}
        mask |= column.among({word for word in column.words if word not in known and TOTAL.fullmatch(word.strip())})
    if mask.any():
        findings.add("total_row", rows=rows.numbers_of(mask))


def identity_in_texts(rows: Rows, mapped: SourceTable, table: Table, findings: Findings) -> None:
    """Nothing; ``findings`` tells of texts with a person in them, and of any cell with a personal identity number."""
    for name, field in table.fields.items():
        origin = mapped.fields.get(name)
        if origin is None or origin.pseudonym_of is not None:
            continue
        bound = bool(field.codes or origin.codes or origin.form or field.type != "string")
        free = not bound and not (field.constraints.pattern or origin.pattern)
        test: Callable[[str], object] = personal if free else has_personal_number
        mask = rows.columns[origin.column].where(test)
        if mask.any():
            findings.add("identity_in_text", origin.column, rows.numbers_of(mask))


def repeated(rows: Rows, mapped: SourceTable, table: Table, left_out: Mask, findings: Findings) -> tuple[Rows, Mask]:
    """The rows without exact repetitions; those that contradict each other are quarantined, both of them."""
    first = _first_of_each(rows.groups(list(rows.columns)))
    if not first.all():
        findings.add("duplicate", rows=rows.numbers_of(~first))
        findings.add("duplicates_found", rows=rows.numbers_of(~first))
        rows, left_out = rows.kept(first), left_out[first]
    key = [mapped.fields[name].column for name in table.primary_key if name in mapped.fields]
    if not key or len(key) < len(table.primary_key):
        return rows, left_out
    group = rows.groups(key)
    sizes = np.bincount(group, weights=(~left_out).astype(float))
    twice = (sizes[group] > 1) & ~left_out
    if not twice.any():
        return rows, left_out
    schools = np.zeros(len(rows), dtype=bool)
    school = mapped.fields.get("school_id")
    if school is not None and "pupil_id" in table.primary_key:
        at = pd.DataFrame({"group": group[twice], "school": rows.columns[school.column].codes[twice]})
        schools[twice] = (at.groupby("group")["school"].transform("nunique") > 1).to_numpy()
    for code, mask in (("two_schools", schools), ("conflict", twice & ~schools)):
        if mask.any():
            findings.add(code, ", ".join(key), rows.numbers_of(mask))
    return rows, left_out | twice


def _first_of_each(group: np.ndarray) -> Mask:
    first = np.zeros(len(group), dtype=bool)
    first[np.unique(group, return_index=True)[1]] = True
    return first


def outside_period(
    rows: Rows, mapped: SourceTable, table: Table, edition: str, expected: bool, findings: Findings
) -> None:
    """Nothing; ``findings`` tells of rows of another period than the delivery, and of dates outside their row's period."""
    name = next((name for name, field in table.fields.items() if field.period and name in mapped.fields), None)
    if name is None:
        return
    field, origin = table.fields[name], mapped.fields[name]
    column = rows.columns[origin.column]
    ours = typed_column(pd.Series(column.words, dtype="str"), field, origin, mapped)[0]
    spans = {word: _span(period, field.period) for word, period in zip(column.words, ours, strict=True)}
    whole = _span(edition, (*field.period, *GRAINS))
    if whole is not None:
        early = expected and not mapped.lags

        def outside(word: str) -> bool:
            span = spans[word]
            return span is not None and (span[0] > whole[1] or (early and span[1] < whole[0]))

        mask = column.where(outside)
        if mask.any():
            findings.add("outside_period", origin.column, rows.numbers_of(mask), edition=edition)
    for other, dated in table.fields.items():
        if dated.within_period and other in mapped.fields:
            _dates_within(rows, column, spans, mapped.fields[other].column, mapped, findings)


def _span(period: object, grains: Iterable[Grain]) -> tuple[str, str] | None:
    """The first and the last day of the period, as text."""
    grain = next((grain for grain in grains if isinstance(period, str) and is_period(period, grain)), None)
    if grain is None:
        return None
    first, last = days(str(period), grain)
    return first.isoformat(), last.isoformat()


def _dates_within(
    rows: Rows,
    periods: Distinct,
    spans: dict[str, tuple[str, str] | None],
    name: str,
    mapped: SourceTable,
    findings: Findings,
) -> None:
    dates = rows.columns[name]
    pairs = np.stack([periods.codes, dates.codes], axis=1)
    distinct, place = np.unique(pairs, axis=0, return_inverse=True)
    wrong = []
    for period, day in distinct:
        span, word = spans[periods.words[period]], dates.words[day]
        wrong.append(span is not None and word not in mapped.missing and not span[0] <= word[:10] <= span[1])
    mask = np.asarray(wrong, dtype=bool)[place.reshape(-1)] if wrong else np.zeros(len(rows), dtype=bool)
    if mask.any():
        findings.add("label_disagrees", name, rows.numbers_of(mask))


def broken_rules(
    rows: Rows, mapped: SourceTable, table: Table, rules: Iterable[RowRule], left_out: Mask, findings: Findings
) -> Mask:
    """``left_out`` with the rows that break a rule."""
    for rule in rules:
        if rule.table != table.name or not set(rule.columns) <= set(mapped.fields):
            continue
        frame = pd.DataFrame({name: typed(rows, name, mapped, table) for name in rule.columns})
        mask = rule.broken_in(frame).to_numpy(dtype=bool) & ~left_out
        if mask.any() and rule.severity == "error":
            columns = ", ".join(mapped.fields[name].column for name in rule.columns)
            findings.add("rule_broken", columns, rows.numbers_of(mask), rule=rule.title.en, rule_sv=rule.title.sv)
            left_out = left_out | mask
    return left_out


def typed(rows: Rows, name: str, mapped: SourceTable, table: Table) -> pd.Series:
    """A field of the rows in the contract's type."""
    origin = mapped.fields[name]
    column = rows.columns[origin.column]
    words = typed_column(pd.Series(column.words, dtype="str"), table.fields[name], origin, mapped)[0]
    return words.take(column.codes).reset_index(drop=True)
