"""The rules about single columns: there, of the right type, filled in, and within what the contract allows."""

# ruff: noqa: D102 – what the methods are is said once, in Rule.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from likvard.contracts import shown_code
from likvard.validate.rule import ColumnRule, have, per_cent, rows

PANDAS_TYPES = {
    "string": "StringDtype",
    "integer": "Int64Dtype",
    "number": "Float64Dtype",
    "boolean": "BooleanDtype",
    "date": "datetime64[ms]",
}
TYPES_IN_WORDS = {
    "string": "text",
    "integer": "whole numbers",
    "number": "numbers",
    "boolean": "yes or no",
    "date": "dates",
}
STAGED_ANEW = (
    "run `make report` (or `dvc repro`), which makes data/staged anew from the deliveries; if it happens again, "
    "compare the mapping in data/contracts/sources/ with the delivered files."
)
MOST_CODES_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Present(ColumnRule):
    """The column is there."""

    kind: ClassVar[str] = "present"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnToExist", {"column": self.column}

    def holds(self) -> str:
        return f"the column {self.called} is there"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"the column {self.called} is not there, so nothing about it could be checked"

    def advice(self) -> str:
        return STAGED_ANEW


@dataclass(frozen=True, kw_only=True)
class OfType(ColumnRule):
    """The column has the contract's type."""

    kind: ClassVar[str] = "type"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToBeInTypeList", {"column": self.column, "type_list": [PANDAS_TYPES[self.field.type]]}

    def holds(self) -> str:
        return f"{self.called} is {TYPES_IN_WORDS[self.field.type]}"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{self.called} is not {TYPES_IN_WORDS[self.field.type]} as agreed, so its cells could not be checked"

    def advice(self) -> str:
        return STAGED_ANEW


@dataclass(frozen=True, kw_only=True)
class Required(ColumnRule):
    """No cell is empty."""

    kind: ClassVar[str] = "required"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToNotBeNull", {"column": self.column}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return frame[self.column].isna()

    def holds(self) -> str:
        return f"every row has {self.called}"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{rows(count)} {have(count)} no {self.called}, which every row needs"

    def advice(self) -> str:
        return f"ask {self.table.owner} to fill in {self.column} and to send the file again."


@dataclass(frozen=True, kw_only=True)
class NobodyProtected(ColumnRule):
    """No row is about a person with protected identity: intake takes them out, so that nothing here can lead to them."""

    kind: ClassVar[str] = "protected"

    @property
    def expectation(self) -> tuple[str, dict[str, Any]]:
        return "ExpectColumnValuesToBeInSet", {"column": self.column, "value_set": [False]}

    def at_fault(self, frame: pd.DataFrame) -> pd.Series:
        return frame[self.column].fillna(False).astype(bool)

    def holds(self) -> str:
        return "no row is about a person with protected identity"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{rows(count)} {have(count)} {self.called} set, and such persons must not be in the workspace"

    def advice(self) -> str:
        return "take the delivery out of data/deliveries and bring it in anew through intake, which leaves such persons out."


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

    def holds(self) -> str:
        return f"{self.called} is filled in for at least {per_cent(self.share)} of the rows of {self.period}"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        filled = frame.loc[self.of_period(frame), self.column].notna().mean()
        return (
            f"{rows(count)} of {self.period} {have(count)} no {self.called}: {per_cent(float(filled), decimals=1)} are "
            f"filled in, and at least {per_cent(self.share)} should be"
        )

    def advice(self) -> str:
        return (
            f"ask {self.table.owner} whether {self.column} can be filled in for {self.period}, or why it is not known."
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

    def holds(self) -> str:
        return f"{self.called} holds only codes of the list {self.field.codes}.csv"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        strange = sorted({shown_code(str(code)) for code in frame.loc[self.at_fault(frame), self.column].unique()})
        more = len(strange) - MOST_CODES_SHOWN
        named = ", ".join(strange[:MOST_CODES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        return f"{rows(count)} {have(count)} in {self.called} what is not in the list {self.field.codes}.csv: {named}"

    def advice(self) -> str:
        return (
            f"ask {self.table.owner} what it means; have the cells corrected, or add the new code to "
            f"data/contracts/codes/{self.field.codes}.csv."
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
        return ~frame[self.column].str.fullmatch(self.pattern).fillna(True).astype(bool)

    def holds(self) -> str:
        return f"{self.called} is written as agreed"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{rows(count)} {have(count)} a {self.called} that is not written as agreed (the form is {self.pattern})"

    def advice(self) -> str:
        return f"ask {self.table.owner} for {self.column} in the agreed form; spreadsheets often drop leading zeros."


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

    @property
    def _limits(self) -> str:
        unit = f" {self.field.unit}" if self.field.unit else ""
        if self.minimum is None:
            return f"at most {self.maximum:g}{unit}"
        if self.maximum is None:
            return f"at least {self.minimum:g}{unit}"
        return f"from {self.minimum:g} to {self.maximum:g}{unit}"

    def holds(self) -> str:
        return f"{self.called} is {self._limits}"

    def broken(self, count: int, frame: pd.DataFrame) -> str:
        return f"{rows(count)} {have(count)} a {self.called} that is out of range: it must be {self._limits}"

    def advice(self) -> str:
        return f"ask {self.table.owner} to correct {self.column}; what is not known is left blank."
