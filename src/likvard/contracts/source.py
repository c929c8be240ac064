"""Source mappings: how one sender's files become the tables of the contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr

from likvard.contracts.table import Tables
from likvard.contracts.yaml_file import line_of, read_record
from likvard.errors import ContractError, unknown


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceField(_Part):
    """Where one field of a contract comes from.

    ``codes`` turns the sender's codes into ours. ``factor`` turns the sender's unit, named in ``unit``, into the contract's.
    """

    column: str
    codes: dict[str, str] | None = None
    unit: str | None = None
    factor: float = 1.0


class SourceTable(_Part):
    """Where one table comes from."""

    file: str
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    missing: tuple[str, ...] = ("",)
    fields: dict[str, SourceField]


class Source(_Part):
    """All tables of one sender."""

    source: str
    tables: dict[str, SourceTable]
    _path: Path = PrivateAttr()

    def place(self, table: str, *keys: str) -> str:
        """The file and line of the mapping where ``keys`` of ``table`` stand, for a message about what to edit."""
        return f"{self._path.name}, line {line_of(self._path, 'tables', table, 'fields', *keys)}"


def read_source(contracts: Path, name: str, tables: Tables) -> Source:
    """The mapping ``name`` below ``contracts``. Errors: ``ContractError`` where it does not fit the table contracts."""
    path = contracts / "sources" / f"{name}.yaml"
    source = read_record(Source, path)
    source._path = path
    problems = []
    for table_name, mapped in source.tables.items():
        table = tables.delivered.get(table_name)
        if table is None:
            problems.append(unknown("the table", table_name, tables.delivered))
            continue
        problems += [
            f"{table_name}: " + unknown("the field", field, table.fields)
            for field in mapped.fields
            if field not in table.fields
        ]
        problems += [
            f"{table_name}: the field {field!r} has no column" for field in table.fields if field not in mapped.fields
        ]
        for field, origin in mapped.fields.items():
            codes = tables.codes.get(table.fields[field].codes or "") if field in table.fields else None
            strange = [code for code in (origin.codes or {}).values() if codes and code not in codes.codes]
            problems += [
                f"{table_name}.{field}: " + unknown("the code", code, codes.codes) for code in strange if codes
            ]
    if problems:
        raise ContractError(f"{path.name} does not fit the table contracts.", problems, advice=f"mend {path}.")
    return source
