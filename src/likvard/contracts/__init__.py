"""Facts about tables, codes and sources, each written once in ``data/contracts``."""

from likvard.contracts.codes import CodeList, shown_code
from likvard.contracts.source import Source, SourceField, SourceTable, read_delivered, read_source
from likvard.contracts.table import Field, ForeignKey, Table, Tables, read_tables

__all__ = [
    "CodeList",
    "Field",
    "ForeignKey",
    "Source",
    "SourceField",
    "SourceTable",
    "Table",
    "Tables",
    "read_delivered",
    "read_source",
    "read_tables",
    "shown_code",
]
