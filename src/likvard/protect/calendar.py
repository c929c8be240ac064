"""When each source comes and how old it may be: facts of contracts and rules beside what is delivered."""

from __future__ import annotations

from typing import Any

from likvard.contracts import read_source, read_tables
from likvard.contracts.periods import is_period
from likvard.contracts.rules import read_rules
from likvard.params import Params
from likvard.tables import read_table
from likvard.workspace import Workspace


def sources_of(workspace: Workspace, params: Params) -> list[dict[str, Any]]:
    """One entry per table that the edition's sender delivers by period: its name and owner in both languages, its newest period,
    the deliveries that it comes in (a pattern), and for how many days it is fresh (None where no rule says).

    Errors: ``ContractError``, ``StageInputMissingError``.
    """
    tables = read_tables(workspace.contracts)
    source = read_source(workspace.contracts, params.source, tables)
    days = {one.table: one.days for one in read_rules(workspace.contracts, tables).freshness}
    found = []
    for name, mapped in source.tables.items():
        path = workspace.staged / f"{name}.parquet"
        if "period" not in mapped.fields or not path.is_file():
            continue
        newest = str(read_table(path, ["period"])["period"].max())
        contract = tables[name]
        found.append(
            {
                "table": name,
                "title": {"en": contract.title, "sv": contract.swedish.title},
                "owner": {"en": contract.owner, "sv": contract.swedish.owner},
                "newest": newest,
                "grain": next(grain for grain in contract.fields["period"].period if is_period(newest, grain)),
                "expected_in": mapped.expected_in,
                "days": days.get(name),
            }
        )
    return found
