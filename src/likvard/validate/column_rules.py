"""The rules about single columns: there, of the right type, filled in, and within what the contract allows."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from likvard.contracts import Field, shown_code
from likvard.validate.coded import of_texts
from likvard.validate.rule import ColumnRule
from likvard.validate.telling import Telling

PANDAS_TYPES = {
    "string": "StringDtype",
    "integer": "Int64Dtype",
    "number": "Float64Dtype",
    "boolean": "BooleanDtype",
    "date": "datetime64[ms]",
}


def type_in_words(field: Field, tell: Telling) -> str:
    """What kind of cells the contract asks for."""
    return {
        "string": tell.say("text"),
        "integer": tell.say("whole numbers"),
        "number": tell.say("numbers"),
        "boolean": tell.say("yes or no"),
        "date": tell.say("dates"),
    }[field.type]


def staged_anew(tell: Telling) -> str:
    """What to do about columns that ingest should have made."""
    return tell.say(
        "run `make report` (or `dvc repro`), which makes data/staged anew from the deliveries; if it happens again, "
        "compare the mapping in data/contracts/sources/ with the delivered files."
    )


@dataclass(frozen=True, kw_only=True)
class Present(ColumnRule):
    """The column is there."""

    kind: ClassVar[str] = "present"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnToExist", {"column": self.column}

    def holds(self, tell: Telling) -> str:
        return tell.say("the column {column} is there", column=tell.called(self.field))

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "the column {column} is not there, so nothing about it could be checked", column=tell.called(self.field)
        )

    def advice(self, tell: Telling) -> str:
        return staged_anew(tell)


@dataclass(frozen=True, kw_only=True)
class OfType(ColumnRule):
    """The column has the contract's type."""

    kind: ClassVar[str] = "type"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToBeInTypeList", {"column": self.column, "type_list": [PANDAS_TYPES[self.field.type]]}

    def holds(self, tell: Telling) -> str:
        return tell.say("{column} is {type}", column=tell.called(self.field), type=type_in_words(self.field, tell))

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{column} is not {type} as agreed, so its cells could not be checked",
            column=tell.called(self.field),
            type=type_in_words(self.field, tell),
        )

    def advice(self, tell: Telling) -> str:
        return staged_anew(tell)


@dataclass(frozen=True, kw_only=True)
class Required(ColumnRule):
    """No cell is empty."""

    kind: ClassVar[str] = "required"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToNotBeNull", {"column": self.column}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return frame[self.column].isna()

    def holds(self, tell: Telling) -> str:
        return tell.say("every row has {column}", column=tell.called(self.field))

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} no {column}, which every row needs",
            rows=tell.rows(count),
            have=tell.have(count),
            column=tell.called(self.field),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} to fill in {column} and to send the file again.",
            owner=tell.owner(self.table),
            column=self.column,
        )


@dataclass(frozen=True, kw_only=True)
class NobodyProtected(ColumnRule):
    """No row is about a person with protected identity: intake takes them out, so that nothing here can lead to them."""

    kind: ClassVar[str] = "protected"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToBeInSet", {"column": self.column, "value_set": [False]}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return frame[self.column].fillna(False).astype(bool)

    def holds(self, tell: Telling) -> str:
        return tell.say("no row is about a person with protected identity")

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "there are rows with {column} set, and such persons must not be in the workspace",
            column=tell.called(self.field),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "take the delivery out of data/deliveries and bring it in anew through intake, which leaves such persons out."
        )


@dataclass(frozen=True, kw_only=True)
class FilledIn(ColumnRule):
    """Enough of the cells of a delivery are filled in.

    Judged delivery by delivery: over all years together, one empty delivery would drown among the full ones.
    """

    kind: ClassVar[str] = "share"
    share: float

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.severity}"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToNotBeNull", {"column": self.column, "mostly": self.share}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return frame[self.column].isna() & self.of_period(frame)

    def holds(self, tell: Telling) -> str:
        return tell.say(
            "{column} is filled in for at least {share} of the rows of {period}",
            column=tell.called(self.field),
            share=tell.per_cent(self.share),
            period=tell.period(self.period, self.table),
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        filled = frame.loc[self.of_period(frame), self.column].notna().mean()
        return tell.say(
            "{rows} of {period} {have} no {column}: {filled} are filled in, and at least {share} should be",
            rows=tell.rows(count),
            have=tell.have(count),
            period=tell.period(self.period, self.table),
            column=tell.called(self.field),
            filled=tell.per_cent(float(filled), decimals=1),
            share=tell.per_cent(self.share),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} whether {column} can be filled in for {period}, or why it is not known.",
            owner=tell.owner(self.table),
            column=self.column,
            period=tell.period(self.period, self.table),
        )


@dataclass(frozen=True, kw_only=True)
class Coded(ColumnRule):
    """Every cell holds a code of the column's list."""

    kind: ClassVar[str] = "codes"
    codes: tuple[str, ...]

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToBeInSet", {"column": self.column, "value_set": list(self.codes)}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return frame[self.column].notna() & ~frame[self.column].isin(self.codes)

    def holds(self, tell: Telling) -> str:
        return tell.say(
            "{column} holds only codes of the list {list}.csv", column=tell.called(self.field), list=self.field.codes
        )

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        strange = sorted({shown_code(str(code)) for code in frame.loc[self.at_fault(frame), self.column].unique()})
        return tell.say(
            "{rows} {have} in {column} what is not in the list {list}.csv: {codes}",
            rows=tell.rows(count),
            have=tell.have(count),
            column=tell.called(self.field),
            list=self.field.codes,
            codes=tell.some_of(strange),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} what it means; have the cells corrected, or add the new code to data/contracts/codes/{list}.csv.",
            owner=tell.owner(self.table),
            list=self.field.codes,
        )


@dataclass(frozen=True, kw_only=True)
class Formed(ColumnRule):
    """Every cell is written in the agreed form, from its first character to its last."""

    kind: ClassVar[str] = "pattern"
    pattern: str

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        # \Z and not $, which would let a line break at the end pass.
        return "ExpectColumnValuesToMatchRegex", {"column": self.column, "regex": rf"\A(?:{self.pattern})\Z"}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return of_texts(frame[self.column], lambda texts: ~texts.str.fullmatch(self.pattern).astype(bool))

    def holds(self, tell: Telling) -> str:
        return tell.say("{column} is written as agreed", column=tell.called(self.field))

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} a {column} that is not written as agreed (the form is {form})",
            rows=tell.rows(count),
            have=tell.have(count),
            column=tell.called(self.field),
            form=self.pattern,
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} for {column} in the agreed form; spreadsheets often drop leading zeros.",
            owner=tell.owner(self.table),
            column=self.column,
        )


@dataclass(frozen=True, kw_only=True)
class InRange(ColumnRule):
    """Every cell lies within the contract's limits, which are themselves allowed."""

    kind: ClassVar[str] = "range"
    minimum: float | None
    maximum: float | None

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        limits = {"min_value": self.minimum, "max_value": self.maximum}
        return "ExpectColumnValuesToBeBetween", {"column": self.column, **limits}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        column = frame[self.column]
        low = column.lt(self.minimum) if self.minimum is not None else False
        high = column.gt(self.maximum) if self.maximum is not None else False
        return pd.Series(low | high, index=frame.index).fillna(False).astype(bool)

    def _limits(self, tell: Telling) -> str:
        unit = tell.unit(self.field)
        low, high = (None if limit is None else f"{limit:g}" for limit in (self.minimum, self.maximum))
        if low is None:
            return tell.say("at most {high}{unit}", high=high, unit=unit)
        if high is None:
            return tell.say("at least {low}{unit}", low=low, unit=unit)
        return tell.say("from {low} to {high}{unit}", low=low, high=high, unit=unit)

    def holds(self, tell: Telling) -> str:
        return tell.say("{column} is {limits}", column=tell.called(self.field), limits=self._limits(tell))

    def broken(self, count: int, frame: pd.DataFrame, tell: Telling) -> str:
        return tell.say(
            "{rows} {have} a {column} that is out of range: it must be {limits}",
            rows=tell.rows(count),
            have=tell.have(count),
            column=tell.called(self.field),
            limits=self._limits(tell),
        )

    def advice(self, tell: Telling) -> str:
        return tell.say(
            "ask {owner} to correct {column}; what is not known is left blank.",
            owner=tell.owner(self.table),
            column=self.column,
        )
