"""Table contracts: Frictionless Table Schema resources with likvard's own properties under the prefix ``likvard:``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

from likvard.contracts.codes import CodeList, read_codes
from likvard.contracts.periods import Grain
from likvard.contracts.yaml_file import read_record
from likvard.errors import ContractError

FieldClass = Literal["direct_identifier", "quasi_identifier", "sensitive", "unit", "time", "open", "protected_flag"]
PROVENANCE = "provenance"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Swedish(_Part):
    """Title and description in Swedish, and, where there are such, who sends it and what it is measured in; the plain
    Frictionless properties and likvard's own hold the English.
    """

    title: str
    description: str
    owner: str = ""
    unit: str = ""


class Constraints(_Part):
    """Frictionless constraints that likvard checks."""

    required: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None


class Shares(_Part):
    """Shares below which a check fails, by severity."""

    error: float
    warning: float


class Field(_Part):
    """One column of a table. ``period`` says how long the periods in it are; a source has one of these lengths.

    Of dates, ``within_period`` says that they lie in the period of their row, and ``may_lie_ahead`` that they may be still to
    come.
    """

    name: str
    type: Literal["string", "integer", "number", "boolean", "date"]
    title: str
    description: str
    constraints: Constraints = Constraints()
    swedish: Swedish = Key(alias="likvard:sv")
    data_class: FieldClass = Key(alias="likvard:class")
    codes: str | None = Key(default=None, alias="likvard:codes")
    unit: str | None = Key(default=None, alias="likvard:unit")
    period: tuple[Grain, ...] = Key(default=(), alias="likvard:period")
    within_period: bool = Key(default=False, alias="likvard:within_period")
    may_lie_ahead: bool = Key(default=False, alias="likvard:may_lie_ahead")
    required_share: Shares | None = Key(default=None, alias="likvard:required_share")


class Reference(_Part):
    """What a foreign key points at."""

    resource: str
    fields: tuple[str, ...]


class ForeignKey(_Part):
    """Columns whose values must stand in another table."""

    fields: tuple[str, ...]
    reference: Reference


class Schema(_Part):
    """The columns and keys of a table."""

    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = Key(default=(), alias="primaryKey")
    foreign_keys: tuple[ForeignKey, ...] = Key(default=(), alias="foreignKeys")


class Table(_Part):
    """The contract of one table."""

    name: str
    title: str
    description: str
    path: str
    schema_: Schema = Key(alias="schema")
    swedish: Swedish = Key(alias="likvard:sv")
    owner: str = Key(alias="likvard:owner")
    previous_row_count_change: float | None = Key(default=None, alias="likvard:previous_row_count_change")

    @property
    def fields(self) -> dict[str, Field]:
        """The columns by name, in the order of the contract."""
        return {field.name: field for field in self.schema_.fields}

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns that together name a row."""
        return self.schema_.primary_key

    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The columns that point into other tables."""
        return self.schema_.foreign_keys


class Tables(dict[str, Table]):
    """All table contracts by name, with the code lists that they use."""

    def __init__(self, tables: dict[str, Table], codes: dict[str, CodeList]) -> None:
        super().__init__(tables)
        self.codes = codes

    @property
    def delivered(self) -> dict[str, Table]:
        """The tables that senders deliver."""
        return {name: table for name, table in self.items() if name != PROVENANCE}


def read_tables(contracts: Path) -> Tables:
    """All table contracts below ``contracts``. Errors: ``ContractError`` where one is not well-formed or does not fit."""
    tables = {path.stem: read_record(Table, path) for path in sorted((contracts / "tables").glob("*.yaml"))}
    named = {field.codes for table in tables.values() for field in table.fields.values() if field.codes}
    codes = {name: read_codes(contracts / "codes" / f"{name}.csv") for name in sorted(named)}
    problems = [problem for name, table in tables.items() for problem in _misfits(name, table, tables)]
    if problems:
        raise ContractError("The table contracts do not fit together.", problems)
    return Tables(tables, codes)


def _misfits(name: str, table: Table, tables: dict[str, Table]) -> list[str]:
    """What in one contract does not agree with its file name, itself or its neighbours."""
    problems = []
    if table.name != name:
        problems.append(f"{name}.yaml calls itself {table.name!r}")
    if not table.swedish.owner:
        problems.append(f"{name}: likvard:sv has no owner")
    problems += [
        f"{name}.{field.name}: likvard:sv has no unit"
        for field in table.fields.values()
        if bool(field.unit) != bool(field.swedish.unit)
    ]
    problems += [
        f"{name}: the key column {key!r} is not a field" for key in table.primary_key if key not in table.fields
    ]
    for key in table.foreign_keys:
        target = tables.get(key.reference.resource)
        problems += [
            f"{name}: the key column {column!r} is not a field" for column in key.fields if column not in table.fields
        ]
        if target is None:
            problems.append(f"{name}: there is no table {key.reference.resource!r}")
        else:
            lost = [column for column in key.reference.fields if column not in target.fields]
            problems += [f"{name}: {target.name} has no field {column!r}" for column in lost]
    return problems
