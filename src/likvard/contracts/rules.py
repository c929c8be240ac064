"""Rules that a table's contract cannot say: what must be true between the cells of a row, or of a whole delivery."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from likvard.contracts.table import Tables
from likvard.contracts.yaml_file import read_record
from likvard.errors import ContractError, unknown


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """What is then true, in English and Swedish."""

    en: str
    sv: str


class RowRule(_Part):
    """What holds in every row of a table: an expression over its columns. A row with a part of it missing is not judged."""

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    table: str
    columns: tuple[str, ...]
    holds: str
    title: Words
    severity: Literal["error", "warning"] = "error"

    def broken_in(self, frame: pd.DataFrame) -> pd.Series:
        """The mask of the rows of ``frame`` that break the rule."""
        complete = frame[list(self.columns)].notna().all(axis="columns")
        judged = frame.loc[complete, list(self.columns)]
        kept = pd.Series(judged.eval(self.holds, engine="python", local_dict={}, global_dict={}), index=judged.index)
        broken: pd.Series[bool] = ~kept.astype(bool)
        return broken.reindex(frame.index, fill_value=False)


class SchoolsRule(_Part):
    """How much the number of pupils of a school of at least ``fewest`` may move from one period to the next; and that no
    school is missing that has not closed.
    """

    table: str
    change: Annotated[float, Field(gt=0)]
    fewest: Annotated[int, Field(ge=1)]


class CoverageRule(_Part):
    """How large a share every school must report in every period: of what stands in ``whole``, that which stands in ``part``;
    where neither is named, of the cells of all columns that must be filled in, those that are.
    """

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    table: str
    title: Words
    part: str | None = None
    whole: str | None = None
    share: Annotated[float, Field(gt=0, le=1)]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return (self.part, self.whole) if self.part and self.whole else ()


class VariationRule(_Part):
    """From how many rows on a column must not have one value alone: numbers, and codes that must be filled in."""

    fewest_numbers: Annotated[int, Field(ge=2)] = 30
    fewest_codes: Annotated[int, Field(ge=2)] = 100


class FreshnessRule(_Part):
    """How many days before the edition's last day the newest period of a table may end."""

    table: str
    days: Annotated[int, Field(ge=0)]
    severity: Literal["error", "warning"] = "error"


class SentAgainRule(_Part):
    """The rows of a period of at least ``fewest`` rows are not, all else than the period, those of an earlier one."""

    table: str
    fewest: Annotated[int, Field(ge=2)]


class OneSchoolRule(_Part):
    """A pupil is in one school at a time."""

    table: str


class TotalRule(_Part):
    """A column agrees with the rows of another table: with their number, or, where ``sum`` names a column, with its sum.

    ``by`` says which columns of the other table name the row, and how they are called here. A row of which the other table
    has none is not judged.
    """

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    table: str
    column: str
    of: str
    by: dict[str, str]
    sum: str | None = None
    tolerance: Annotated[float, Field(ge=0)] = 0
    title: Words
    severity: Literal["error", "warning"] = "error"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table itself."""
        return (*self.by.values(), self.column)

    @property
    def other_columns(self) -> tuple[str, ...]:
        """The columns of the other table."""
        return (*self.by, *([self.sum] if self.sum else ()))


class AgainstGradesRule(_Part):
    """What a table says of a pupil who leaves is what the final grades of the term give: the merit value within ``tolerance``
    points, and eligibility, told as ``yes``, for the programmes of ``rule_set``.
    """

    table: str
    merit: str | None = None
    eligible: str | None = None
    yes: str = "yes"
    rule_set: str = "vocational"
    tolerance: Annotated[float, Field(ge=0)] = 0.05

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are compared."""
        return tuple(name for name in (self.merit, self.eligible) if name)


class Rules(_Part):
    """All rules of the workspace."""

    rows: tuple[RowRule, ...] = ()
    schools: tuple[SchoolsRule, ...] = ()
    coverage: tuple[CoverageRule, ...] = ()
    freshness: tuple[FreshnessRule, ...] = ()
    sent_again: tuple[SentAgainRule, ...] = ()
    one_school: tuple[OneSchoolRule, ...] = ()
    totals: tuple[TotalRule, ...] = ()
    against_grades: tuple[AgainstGradesRule, ...] = ()
    variation: VariationRule = VariationRule()


def read_rules(contracts: Path, tables: Tables) -> Rules:
    """The rules in ``rules.yaml`` below ``contracts``. Errors: ``ContractError`` where one does not fit the tables."""
    path = contracts / "rules.yaml"
    rules = read_record(Rules, path)
    problems = []
    named: set[tuple[str, str, tuple[str, ...]]] = {("schools", one.table, ("school_id",)) for one in rules.schools}
    named |= {(one.rule, one.table, ("school_id", *one.columns)) for one in rules.coverage}
    named |= {("freshness", one.table, ()) for one in rules.freshness}
    named |= {("sent_again", one.table, ()) for one in rules.sent_again}
    named |= {("one_school", one.table, ("pupil_id", "school_id")) for one in rules.one_school}
    named |= {(one.rule, one.table, one.columns) for one in rules.totals}
    named |= {(one.rule, one.of, one.other_columns) for one in rules.totals}
    named |= {("against_grades", one.table, ("pupil_id", *one.columns)) for one in rules.against_grades}
    for what, table, columns in sorted(named):
        if table not in tables:
            problems.append(f"{what}: {unknown('the table', table, tables)}")
            continue
        there = tables[table].fields
        problems += [f"{what}: {unknown('the field', name, there)}" for name in columns if name not in there]
    for rule in rules.rows:
        if rule.table not in tables:
            problems.append(f"{rule.rule}: {unknown('the table', rule.table, tables)}")
            continue
        fields = tables[rule.table].fields
        problems += [
            f"{rule.rule}: {unknown('the field', name, fields)}" for name in rule.columns if name not in fields
        ]
        try:
            compile(rule.holds, rule.rule, "eval")
        except SyntaxError:
            problems.append(f"{rule.rule}: {rule.holds!r} is not an expression")
    if problems:
        raise ContractError("rules.yaml does not fit the table contracts.", problems, advice=f"mend {path}.")
    return rules
