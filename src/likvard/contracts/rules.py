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
    """How large a share of ``whole`` every school must have as ``part`` in every period."""

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    table: str
    part: str
    whole: str
    share: Annotated[float, Field(gt=0, le=1)]


class VariationRule(_Part):
    """From how many rows on a column must not have one value alone: numbers, and codes that must be filled in."""

    fewest_numbers: Annotated[int, Field(ge=2)] = 30
    fewest_codes: Annotated[int, Field(ge=2)] = 100


class Rules(_Part):
    """All rules of the workspace."""

    rows: tuple[RowRule, ...] = ()
    schools: tuple[SchoolsRule, ...] = ()
    coverage: tuple[CoverageRule, ...] = ()
    variation: VariationRule = VariationRule()


def read_rules(contracts: Path, tables: Tables) -> Rules:
    """The rules in ``rules.yaml`` below ``contracts``. Errors: ``ContractError`` where one does not fit the tables."""
    path = contracts / "rules.yaml"
    rules = read_record(Rules, path)
    problems = []
    named: set[tuple[str, str, tuple[str, ...]]] = {("schools", one.table, ("school_id",)) for one in rules.schools}
    named |= {(one.rule, one.table, (one.part, one.whole)) for one in rules.coverage}
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
