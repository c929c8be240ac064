"""The stage ``indicators``: the record, before disclosure control."""

from __future__ import annotations

import pandas as pd

from likvard.contracts import read_tables
from likvard.contracts.codes import CodeList
from likvard.errors import ParamsError, unknown
from likvard.indicators.gaps import gaps
from likvard.indicators.levels import all_cells, levels, long_cells
from likvard.indicators.record import LEVEL, in_order, with_figure_ids
from likvard.indicators.registry import Definition, read_registry
from likvard.params import Params
from likvard.prepare.link import UNKNOWN
from likvard.tables import read_table, write_table
from likvard.workspace import Workspace, writing_folder


def run(workspace: Workspace, params: Params) -> None:
    """``figures.parquet`` in ``data/indicators``. Errors: ``ParamsError``, ``ContractError``, ``StageInputMissingError``."""
    pupils = read_table(workspace.made_by("prepare", workspace.prepared / "pupil_period.parquet"))
    codes = read_tables(workspace.contracts).codes
    check_groups(params, codes)
    record = figures(pupils, read_registry(workspace.contracts), params, codes)
    with writing_folder(workspace.indicators) as folder:
        write_table(record, folder / "figures.parquet")
    print(f"indicators: {len(record):,} figures of {record['indicator'].nunique()} indicators")  # noqa: T201


def check_groups(params: Params, codes: dict[str, CodeList]) -> None:
    """Nothing, where every dimension and reference group in params is known. Errors: ``ParamsError``."""
    problems = []
    for group_by, choice in params.groups.items():
        if group_by not in codes:
            problems.append(unknown("the dimension", group_by, codes) + " (in groups)")
        elif choice.reference not in codes[group_by].report_groups:
            problems.append(
                unknown("the group", choice.reference, codes[group_by].report_groups)
                + f" (in groups.{group_by}.reference)"
            )
    if problems:
        raise ParamsError("params.yaml names groups that no code list has.", problems, advice="mend params.yaml.")


def figures(
    pupils: pd.DataFrame, registry: dict[str, Definition], params: Params, codes: dict[str, CodeList]
) -> pd.DataFrame:
    """The record (columns ``record.COLUMNS``) of every indicator for every unit, period and group, with gaps."""
    groups = {group_by: (*codes[group_by].report_groups, UNKNOWN) for group_by in params.groups}
    references = {group_by: choice.reference for group_by, choice in params.groups.items()}
    cells = long_cells(pupils, groups)
    grid = all_cells(cells, groups)
    parts = []
    for definition in registry.values():
        found = levels(definition, pupils, cells, grid, params.interval.level)
        gap_cells = gaps(definition, found, references, params.interval.level)
        rows = pd.concat([found.cells.assign(measure=LEVEL, reference=""), gap_cells], ignore_index=True)
        parts.append(rows.assign(indicator=definition.id, definition_version=definition.version))
    record = pd.concat(parts, ignore_index=True).assign(edition=params.edition)
    return in_order(with_figure_ids(record))
