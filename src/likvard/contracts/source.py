"""Source mappings: how one sender's files become the tables of the contracts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr

from likvard.contracts.table import PROVENANCE, Field, Schema, Table, Tables, read_tables
from likvard.contracts.yaml_file import line_of, read_record
from likvard.errors import ContractError, unknown

Form = Literal["swedish_term", "compact_month", "scb_quarter", "slashed_school_year"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PseudonymOf(_Part):
    """The column of an identified delivery that becomes a pseudonym: a Swedish personal identity number, or an identifier
    that means something in the sender's system alone (``local``).
    """

    column: str
    kind: Literal["person_number", "local"] = "person_number"


class SourceField(_Part):
    """Where one field of a contract comes from.

    ``codes`` turns the sender's codes into ours. ``factor`` turns the sender's unit, named in ``unit``, into the contract's.
    ``form`` says how the sender writes a period. ``pattern`` and ``required`` narrow the contract for this sender: its
    cells must keep both the contract's pattern and this one. ``pseudonym_of`` is the column that intake makes this one of,
    and ``aliases`` are other names that intake knows the column by.
    """

    column: str
    codes: dict[str, str] | None = None
    unit: str | None = None
    factor: float = 1.0
    form: Form | None = None
    pattern: str | None = None
    required: bool = False
    pseudonym_of: PseudonymOf | None = None
    aliases: tuple[str, ...] = ()

    @property
    def received_as(self) -> str:
        """The name of the column in what the sender sends."""
        return self.pseudonym_of.column if self.pseudonym_of else self.column


class SourceTable(_Part):
    """Where one table comes from.

    ``expected_in`` is a pattern for the deliveries that must hold the file; a delivery beyond them may hold it too (then it
    mends or completes what came before). ``not_delivered`` names the fields of the contract that this sender does not have.
    A file that ends in ``.xlsx`` is a workbook, of which ``sheet`` is read (by default its only one). ``lags`` says that the
    rows may be of earlier periods than the delivery. ``in_our_names``: the file's columns are the contract's fields, all of
    them, under the same names.
    """

    file: str
    expected_in: str = ".*"
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    sheet: str | None = None
    missing: tuple[str, ...] = ("",)
    not_delivered: tuple[str, ...] = ()
    lags: bool = False
    in_our_names: bool = False
    fields: dict[str, SourceField] = {}


class Source(_Part):
    """All tables of one sender.

    ``deliveries`` is a pattern for the names of the sender's folders in ``data/deliveries``. ``identified`` deliveries hold
    persons as they are known outside; only intake may read them, and it leaves out at most ``quarantine_share`` of the rows
    of a file before it refuses the whole. ``beside`` names other sources, and which of their tables are taken in where a file
    of theirs lies in the sender's folders: what ``likvard fetch`` has put there.
    """

    source: str
    deliveries: str = ".*"
    identified: bool = False
    quarantine_share: float = 0.05
    beside: dict[str, tuple[str, ...]] = {}
    tables: dict[str, SourceTable]
    _path: Path = PrivateAttr()
    _others: tuple[Source, ...] = PrivateAttr(default=())

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """This source, and those beside it with only the tables that it takes in from them."""
        return (self, *self._others)

    @property
    def every_table(self) -> dict[str, SourceTable]:
        """Every table that can be delivered, as its first sender writes it."""
        return {name: mapped for one in reversed(self.all_sources) for name, mapped in one.tables.items()}

    def place(self, table: str, *keys: str) -> str:
        """The file and line of the mapping where ``keys`` of ``table`` stand, for a message about what to edit."""
        return f"{self._path.name}, line {line_of(self._path, 'tables', table, 'fields', *keys)}"

    def contract(self, table: Table) -> Table:
        """The contract of ``table`` as this sender keeps it: only the fields it delivers, with its narrower demands."""
        mapped = self.every_table[table.name]
        fields = tuple(
            _narrowed(field, mapped.fields[name]) for name, field in table.fields.items() if name in mapped.fields
        )
        keys = tuple(
            key
            for key in table.foreign_keys
            if key.reference.resource in self.every_table and all(column in mapped.fields for column in key.fields)
        )
        schema = Schema.model_construct(fields=fields, primary_key=table.primary_key, foreign_keys=keys)
        return table.model_copy(update={"schema_": schema})


def _narrowed(field: Field, origin: SourceField) -> Field:
    """The field with what the sender promises beyond the contract."""
    narrower = {
        "pattern": origin.pattern or field.constraints.pattern,
        "required": origin.required or field.constraints.required,
    }
    return field.model_copy(update={"constraints": field.constraints.model_copy(update=narrower)})


def read_source(contracts: Path, name: str, tables: Tables) -> Source:
    """The mapping ``name`` below ``contracts``. Errors: ``ContractError`` where it does not fit the table contracts."""
    path = contracts / "sources" / f"{name}.yaml"
    source = in_our_names(read_record(Source, path), tables)
    source._path = path
    problems = [] if source.source == name else [f"{path.name} calls itself {source.source!r}"]
    for table_name, mapped in source.tables.items():
        table = tables.delivered.get(table_name)
        if table is None:
            problems.append(unknown("the table", table_name, tables.delivered))
        else:
            problems += [f"{table_name}{problem}" for problem in _misfits(mapped, table, tables, source.identified)]
    others = {other: read_source(contracts, other, tables) for other in source.beside}
    problems += [
        f"beside.{other}: {unknown('the table', table, others[other].tables)}"
        for other, taken in source.beside.items()
        for table in taken
        if table not in others[other].tables
    ]
    if problems:
        raise ContractError(f"{path.name} does not fit the table contracts.", problems, advice=f"mend {path}.")
    source._others = tuple(_only(one, source.beside[name]) for name, one in others.items())
    return source


def in_our_names(source: Source, tables: Tables) -> Source:
    """The same source, where a table whose columns have our names has a field for each of the contract's."""
    full = {
        name: mapped.model_copy(update={"fields": {field: SourceField(column=field) for field in tables[name].fields}})
        for name, mapped in source.tables.items()
        if mapped.in_our_names and name in tables
    }
    return source.model_copy(update={"tables": source.tables | full})


def _only(source: Source, taken: tuple[str, ...]) -> Source:
    """The source with the tables ``taken``, none of which must be delivered."""
    tables = {name: source.tables[name].model_copy(update={"expected_in": "(?!)"}) for name in taken}
    fewer = source.model_copy(update={"tables": tables})
    fewer._path = source._path
    return fewer


def read_delivered(contracts: Path, name: str) -> Tables:
    """The contracts of the tables that the sender ``name`` delivers, as it keeps them: what its staged tables are
    held to; and the contract of where a row came from.

    Errors: ``ContractError``.
    """
    tables = read_tables(contracts)
    source = read_source(contracts, name, tables)
    delivered = {table: source.contract(tables[table]) for table in source.every_table}
    return Tables(delivered | {PROVENANCE: tables[PROVENANCE]}, tables.codes)


def _misfits(mapped: SourceTable, table: Table, tables: Tables, identified: bool) -> list[str]:
    """What in one table of a mapping does not agree with the contract; each problem continues the table's name."""
    named = {**dict.fromkeys(mapped.not_delivered), **mapped.fields}
    problems = [": " + unknown("the field", field, table.fields) for field in named if field not in table.fields]
    problems += [
        f": the field {field!r} has no column and is not named in not_delivered"
        for field in table.fields
        if field not in named
    ]
    for field, contract in table.fields.items():
        origin = mapped.fields.get(field)
        if origin is None:
            needed = field in mapped.not_delivered and (contract.constraints.required or field in table.primary_key)
            if needed and (identified or contract.data_class != "protected_flag"):
                problems.append(f": the field {field!r} is required, so it cannot be left undelivered")
            continue
        if contract.data_class == "direct_identifier" and origin.pseudonym_of is None:
            problems.append(f": the field {field!r} identifies persons, so it needs pseudonym_of")
        if field in mapped.not_delivered:
            problems.append(f": the field {field!r} has a column and is called not delivered")
        known = tables.codes[contract.codes].accepted if contract.codes else ()
        problems += [
            f".{field}: " + unknown("the code", code, known)
            for code in (origin.codes or {}).values()
            if known and code not in known
        ]
        problems += [
            f".{field}: {pattern!r} is not a pattern"
            for pattern in [origin.pattern]
            if pattern and not _is_pattern(pattern)
        ]
    return problems


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
