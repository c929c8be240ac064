"""An empty register of actions as a workbook, in the form that the sender's mapping reads it: filled in, it can be sent back in."""

from __future__ import annotations

from pathlib import Path

from likvard.contracts import SourceField, SourceTable, Tables, read_source, read_tables
from likvard.contracts.table import Field
from likvard.language import Language
from likvard.workbook import sheets_bytes

TABLE = "actions"


def empty_register(contracts: Path, source: str, language: Language) -> tuple[str, bytes]:
    """The name and the bytes of the workbook: a sheet with the headings alone, and a sheet that says what belongs in each column.

    Headings and codes are the sender's own where its mapping reads actions, and the contract's names otherwise.
    """
    tables = read_tables(contracts)
    mapped = read_source(contracts, source, tables).tables.get(TABLE)
    if mapped is None:
        mapped = read_source(contracts, "spreadsheet", tables).tables[TABLE]
    fields = tables[TABLE].fields
    say = language.text
    rows = [
        [origin.column, *_explained(fields[name], origin, tables, language)] for name, origin in mapped.fields.items()
    ]
    head = [say("Column"), say("What it says"), say("Must be filled in"), say("Allowed")]
    sheets = {mapped.sheet or say("Actions"): [list(mapped_columns(mapped))], say("What belongs where"): [head, *rows]}
    return f"{Path(mapped.file).stem}.xlsx", sheets_bytes(sheets)


def mapped_columns(mapped: SourceTable) -> tuple[str, ...]:
    """The headings of a table as its sender writes them."""
    return tuple(origin.column for origin in mapped.fields.values())


def _explained(field: Field, origin: SourceField, tables: Tables, language: Language) -> list[str]:
    """What the column says, whether it must be filled in, and which words it takes."""
    described = field.swedish.description if language.code == "sv" else field.description
    allowed = list(origin.codes) if origin.codes else list(tables.codes[field.codes].titles) if field.codes else []
    required = field.constraints.required or origin.required
    return [described, language.text("yes") if required else language.text("no"), ", ".join(allowed)]
