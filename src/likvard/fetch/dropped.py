"""``likvard fetch spreadsheet``: a CSV or XLSX file that somebody sent becomes a delivery, by a mapping file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from likvard.contracts import read_source, read_tables
from likvard.errors import ContractError, DeliveryMissingError, ProtectionMissingError, unknown
from likvard.fetch.receive import kept, receive, said
from likvard.fetch.spreadsheet import SheetMapping, read_mapping, read_spreadsheet
from likvard.params import Params
from likvard.workspace import Workspace

SOURCE = "spreadsheet"


def fetch_spreadsheet(
    workspace: Workspace, params: Params, path: Path, mapping_path: Path, edition: str | None = None
) -> None:
    """``spreadsheet_<table>.csv`` in the edition's delivery: the columns of the contract, blank where the mapping has none.

    Errors: ``DeliveryMissingError``; ``ProtectionMissingError`` for a table about persons; ``ContractError`` for a table or column
    that no contract has; those of ``read_spreadsheet`` and of ``receive``.
    """
    if not path.is_file():
        raise DeliveryMissingError(f"There is no file {path}.", advice="see that its name is right.")
    mapping = read_mapping(mapping_path)
    fields = fields_of(workspace, mapping, mapping_path)
    fetched = read_spreadsheet(path.name, path.read_bytes(), mapping, datetime.now(UTC))
    rows = fetched.tables[mapping.table].reindex(columns=fields)
    origin = {
        "source": SOURCE,
        "title": path.name,
        "publisher": mapping.source,
        "mapping": mapping_path.name,
        "files": [kept(fetched.origin)],
    }
    written = receive(workspace, params, edition, SOURCE, {mapping.table: rows}, origin)
    said(workspace, SOURCE, written, [f"{path.name}: column {one!r}" for one in fetched.origin["columns_left_out"]])


def fields_of(workspace: Workspace, mapping: SheetMapping, mapping_path: Path) -> list[str]:
    """The fields of the contract that the mapping's table has. Errors: as for ``fetch_spreadsheet``."""
    tables = read_tables(workspace.contracts)
    taken = read_source(workspace.contracts, SOURCE, tables).tables
    if mapping.table in tables.delivered and mapping.table not in taken:
        raise ProtectionMissingError(
            f"The table {mapping.table!r} is about persons and is not taken from a spreadsheet just like that.",
            advice="send it through intake, which gives pseudonyms and leaves protected identities out.",
        )
    if mapping.table not in taken:
        problems = [unknown("the table", mapping.table, taken)]
    else:
        fields = tables[mapping.table].fields
        problems = [unknown("the field", name, fields) for name in mapping.columns if name not in fields]
    if problems:
        raise ContractError(
            f"{mapping_path.name} does not fit the contracts.", problems, advice=f"mend {mapping_path}."
        )
    return list(tables[mapping.table].fields)
