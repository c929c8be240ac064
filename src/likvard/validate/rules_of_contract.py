"""All rules that the contract of a table sets for the staged table at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

import pandas as pd

from likvard.contracts import Table
from likvard.contracts.rules import Rules
from likvard.contracts.table import Tables
from likvard.rules.grade_scale import GradeScale
from likvard.validate.coded import plain
from likvard.validate.column_rules import Coded, FilledIn, Formed, InRange, NobodyProtected, Required
from likvard.validate.delivery_rules import marked_rules, period_rules
from likvard.validate.grade_rules import grade_rules
from likvard.validate.prechecks import precheck_rules, row_count_rules, structure_rules
from likvard.validate.rule import DELIVERY, MarkedRule, Rule
from likvard.validate.staged import Others, Outline, Staged, grain_of_table, outline_of, with_delivery
from likvard.validate.table_rules import KnownElsewhere, UniqueKey
from likvard.validate.whole_rules import whole_rules


@dataclass(frozen=True)
class Judgeable:
    """A staged table made ready to be judged.

    ``frame`` is coded and has, beside its own columns, the delivery of each row and a column of marks for each rule that needs one.
    ``not_judged`` names the rules that wait for a column that is missing or of the wrong type, so that one fault is not told a
    dozen times.
    """

    table: Table
    frame: pd.DataFrame
    rules: tuple[Rule, ...]
    not_judged: tuple[str, ...]


def judgeable_tables(
    staged: Mapping[str, Staged],
    tables: Tables,
    expected_in: Mapping[str, str] | None = None,
    rules: Rules | None = None,
    edition: str = "",
    scales: Mapping[str, GradeScale] | None = None,
) -> Iterator[Judgeable]:
    """Every table of ``staged`` with its rules, in the order of the contracts, each read when it is its turn.

    ``expected_in`` says by table which deliveries must hold it (all, unless it says otherwise). Tables that are expected in the
    same deliveries and count time alike must have the same periods. Where a precheck stops a table it is told alone, and nothing
    that rests on the table is judged, in it or in another. ``rules`` are those that no contract can say, judged for
    ``edition`` and with the grade scales ``scales``.
    """
    outlines = {name: outline_of(staged[name], tables[name]) for name in sorted(staged)}
    rhythm = {name: (grain_of_table(tables[name]), (expected_in or {}).get(name, ".*")) for name in outlines}
    periods: dict[object, set[str]] = {beat: set() for beat in rhythm.values()}
    for name, outline in outlines.items():
        periods[rhythm[name]].update(outline.rows_of)
    all_rules = rules or Rules()
    due = {name: sorted(periods[rhythm[name]]) for name in outlines}
    causes = {
        name: precheck_rules(outline, tables[name], due[name], all_rules, edition) for name, outline in outlines.items()
    }
    sound = {name: outline.sound for name, outline in outlines.items() if causes[name] is None}
    closed = closed_schools(register_of_schools(staged, tables)) if causes.get("schools") is None else None
    more = _More(Others(staged, sound), all_rules, edition, scales or {}, closed)
    for name, outline in outlines.items():
        frame, told = with_delivery(staged[name], tables[name]), causes[name]
        if told is None:
            yield _judgeable(frame, outline, tables[name], tables, due[name], more)
        else:
            yield _told_alone(frame, tables[name], tables, due[name], told)


@dataclass(frozen=True)
class _More:
    """The other tables and the rules beyond the contracts, and what they need to know."""

    others: Others
    rules: Rules
    edition: str
    scales: Mapping[str, GradeScale]
    closed: Mapping[str, str] | None
    """The period in which each school closed; None where the register of schools cannot be trusted."""


def _judgeable(
    frame: pd.DataFrame, outline: Outline, table: Table, tables: Tables, periods: list[str], more: _More
) -> Judgeable:
    sound = outline.sound
    rules: list[Rule] = [*structure_rules(outline, table)]
    not_judged: list[str] = []
    for rule in cell_rules(table, tables, periods):
        if sound.issuperset(rule.columns):
            rules.append(rule)
        else:
            not_judged.append(rule.id)
    marks = {}
    for link in link_rules(table, tables):
        target, wanted = link.target.name, link.key.reference.fields
        if sound.issuperset(link.columns) and more.others.have(target, wanted):
            marks[link.mark] = link.marked(frame, more.others.read(target, wanted))
            rules.append(link)
        else:
            not_judged.append(link.id)
    rules += row_count_rules(outline, table, periods)
    beyond = chain(
        marked_rules(table, more.rules, sound),
        whole_rules(table, more.rules, sound, more.others, more.edition),
        grade_rules(table, more.rules, sound, more.others, more.scales),
    )
    for marked in beyond:
        marks[marked.mark] = marked.marked(frame)
        rules.append(marked)
    rules += period_rules(frame, table, more.rules, sound, periods, more.closed)
    return Judgeable(table, frame.assign(**marks), tuple(rules), tuple(not_judged))


def _told_alone(frame: pd.DataFrame, table: Table, tables: Tables, periods: list[str], told: list[Rule]) -> Judgeable:
    """The table with nothing but its prechecks."""
    there = {rule.id for rule in told}
    others = chain(cell_rules(table, tables, periods), link_rules(table, tables))
    marks = {rule.mark: rule.marked(frame) for rule in told if isinstance(rule, MarkedRule)}
    not_judged = tuple(rule.id for rule in others if rule.id not in there)
    return Judgeable(table, frame.assign(**marks), tuple(told), not_judged)


def register_of_schools(staged: Mapping[str, Staged], tables: Tables) -> pd.DataFrame | None:
    """The table of schools with its texts written out, where there is one."""
    return plain(with_delivery(staged["schools"], tables["schools"])) if "schools" in staged else None


def closed_schools(schools: pd.DataFrame | None) -> dict[str, str]:
    """The period in which each school closed, by school; a school that the register no longer names closed as well."""
    if schools is None or "school_id" not in schools:
        return {}
    last = schools.groupby("school_id", observed=True)[DELIVERY].max()
    newest = schools[DELIVERY].max()
    closed = {str(school): f"{period}+" for school, period in last.items() if period < newest}
    if "valid_to" in schools:
        ended = schools.dropna(subset=["valid_to"]).groupby("school_id", observed=True)[DELIVERY].min()
        closed |= {str(school): str(period) for school, period in ended.items()}
    return closed


def cell_rules(table: Table, tables: Tables, periods: list[str]) -> Iterator[Rule]:
    """The rules about the cells of the table's own columns, keys included."""
    if table.primary_key:
        yield UniqueKey(table=table, columns=table.primary_key)
    for name, field in table.fields.items():
        columns, limits = (name,), field.constraints
        if field.data_class == "protected_flag":
            yield NobodyProtected(table=table, columns=columns, field=field)
        if limits.required:
            yield Required(table=table, columns=columns, field=field)
        if field.codes:
            yield Coded(table=table, columns=columns, field=field, codes=tables.codes[field.codes].codes)
        if limits.pattern:
            yield Formed(table=table, columns=columns, field=field, pattern=limits.pattern)
        if limits.minimum is not None or limits.maximum is not None:
            yield InRange(table=table, columns=columns, field=field, minimum=limits.minimum, maximum=limits.maximum)
        if field.required_share:
            for period in periods:
                error, warning = field.required_share.error, field.required_share.warning
                rule = FilledIn(table=table, columns=columns, field=field, period=period, share=error)
                yield rule
                yield replace(rule, severity="warning", share=warning)


def link_rules(table: Table, tables: Tables) -> Iterator[KnownElsewhere]:
    """The rules about the foreign keys."""
    for key in table.foreign_keys:
        yield KnownElsewhere(table=table, columns=key.fields, key=key, target=tables[key.reference.resource])
