"""What is said of pupils who leave against what their final grades give."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from likvard.contracts.periods import PATTERNS
from likvard.contracts.rules import AgainstGradesRule, Rules
from likvard.contracts.table import Table
from likvard.rules.eligibility import eligibility
from likvard.rules.grade_scale import GradeScale, scale_of
from likvard.rules.merit import merit
from likvard.validate.coded import of_texts, plain
from likvard.validate.rule import MarkedRule
from likvard.validate.staged import Others
from likvard.validate.telling import Telling

GRADES = "grades"
NEEDED = frozenset({"pupil_id", "period", "subject", "grade_kind", "grade_mark"})


@dataclass(frozen=True, kw_only=True, eq=False)
class AgreesWithGrades(MarkedRule):
    """The merit value, or the eligibility, is what the pupil's final grades of the term give.

    A pupil of whom no final grade, or a mark that the scale does not know, is delivered is not judged.
    """

    kind: ClassVar[str] = "against_grades"
    rule: AgainstGradesRule
    grades: pd.DataFrame
    scales: Mapping[str, GradeScale]

    def marked(self, frame: pd.DataFrame) -> pd.Series:
        (column,) = self.columns
        known = self._given(column)
        if known.empty:
            return pd.Series(pd.NA, index=frame.index, dtype="boolean")
        pupils = plain(frame[["pupil_id", "period"]])
        given = pupils.merge(known, how="left", on=["pupil_id", "period"])["likvard_given"]
        given = pd.Series(given.array, index=frame.index)
        if column == self.rule.merit:
            agree = (frame[column].astype("Float64") - given.astype("Float64")).abs() <= self.rule.tolerance
        else:
            agree = (frame[column] == self.rule.yes).astype("boolean") == given.astype("boolean")
        return agree.astype("boolean").mask(frame[column].isna())

    def _given(self, column: str) -> pd.DataFrame:
        """What the final grades give, by pupil and period."""
        terms = of_texts(self.grades["period"], lambda texts: texts.str.fullmatch(PATTERNS["term"]))
        final = plain(self.grades[self.grades["grade_kind"].eq("final") & terms])
        parts = []
        for term, rows in final.dropna(subset=list(NEEDED)).groupby("period", observed=True):
            scale = scale_of(str(term), dict(self.scales))
            strange = ~rows["grade_mark"].isin([*scale.points, *scale.no_basis])
            rows = rows[~rows["pupil_id"].isin(rows.loc[strange, "pupil_id"])]
            if column == self.rule.merit:
                found = merit(rows, scale).rename(columns={"merit_value": "likvard_given"})
            else:
                found = eligibility(rows, scale).rename(columns={f"eligible_{self.rule.rule_set}": "likvard_given"})
            parts.append(found[["pupil_id", "likvard_given"]].assign(period=term))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return ~frame[self.mark].fillna(True).astype(bool)

    @property
    def mark(self) -> str:
        return f"{self.kind}: {self.shown_columns}"

    def holds(self, tell: Telling) -> str:
        return tell.say("{column} is what the final grades give", column=self.shown_columns)

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} another {column} than the final grades give",
            rows=tell.rows(count),
            have=tell.have(count),
            column=self.shown_columns,
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} whether {column} or the final grades are wrong.",
            owner=tell.owner(self.table),
            column=self.shown_columns,
        )


def grade_rules(
    table: Table, rules: Rules, sound: frozenset[str], others: Others, scales: Mapping[str, GradeScale]
) -> Iterator[AgreesWithGrades]:
    """The rules of the table against grades, where both are delivered."""
    for rule in rules.against_grades if others.have(GRADES, NEEDED) else ():
        for column in rule.columns if rule.table == table.name else ():
            if sound.issuperset({"pupil_id", "period", column}):
                grades = others.read(GRADES, sorted(NEEDED))
                yield AgreesWithGrades(table=table, columns=(column,), rule=rule, grades=grades, scales=scales)
