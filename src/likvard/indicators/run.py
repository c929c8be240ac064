"""The stage ``indicators``: the record, before disclosure control."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from likvard.contracts import read_tables
from likvard.contracts.codes import UNKNOWN, CodeList
from likvard.errors import ParamsError, unknown
from likvard.indicators.cells import cells_of
from likvard.indicators.gaps import gaps
from likvard.indicators.levels import levels
from likvard.indicators.published import published_figures
from likvard.indicators.record import LEVEL, in_order, with_figure_ids
from likvard.indicators.registry import Definition, read_registry
from likvard.params import Params
from likvard.tables import read_table, write_table
from likvard.workspace import Workspace, writing_folder


def run(workspace: Workspace, params: Params) -> None:
    """``figures.parquet`` in ``data/indicators``. Errors: ``ParamsError``, ``ContractError``, ``StageInputMissingError``."""
    workspace.made_by("prepare", workspace.prepared / "school_period.parquet")
    tables = {path.stem: read_table(path) for path in sorted(workspace.prepared.glob("*.parquet"))}
    codes = read_tables(workspace.contracts).codes
    check_groups(params, codes)
    record = figures(tables, read_registry(workspace.contracts), params, codes)
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
    tables: Mapping[str, pd.DataFrame], registry: dict[str, Definition], params: Params, codes: dict[str, CodeList]
) -> pd.DataFrame:
    """The record (columns ``record.COLUMNS``) of every indicator for every unit, period and group, with gaps.

    An indicator whose table or columns the deliveries do not fill is left out; ``published`` figures stand beside our own.
    """
    groups = {group_by: (*codes[group_by].report_groups, UNKNOWN) for group_by in params.groups}
    references = {group_by: choice.reference for group_by, choice in params.groups.items()}
    parts = []
    computed: set[str] = set()
    for name, rows in tables.items():
        told = [definition for definition in registry.values() if is_told(definition, name, rows)]
        cells = cells_of(rows, groups) if told else None
        computed |= {definition.id for definition in told}
        for definition in told:
            assert cells is not None
            found = levels(definition, rows, cells, params.interval.level)
            gap_cells = gaps(definition, found, references, params.interval.level)
            both = pd.concat([found.cells.assign(measure=LEVEL, reference=""), gap_cells], ignore_index=True)
            parts.append(both.assign(indicator=definition.id, definition_version=definition.version))
    if "published" in tables:
        schools, areas = tables["school_period"], tables["area_period"]
        parts.append(published_figures(tables["published"], registry, schools, areas, computed))
    record = pd.concat(parts, ignore_index=True).assign(edition=params.edition)
    return in_order(with_figure_ids(record))


def is_told(definition: Definition, name: str, rows: pd.DataFrame) -> bool:
    """Whether the prepared table ``name`` is the indicator's and has all its columns."""
    return definition.kind != "published" and definition.table == name and set(definition.columns) <= set(rows.columns)
