"""The stage ``indicators``: the record, before disclosure control."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from likvard.contracts import read_tables
from likvard.contracts.codes import UNKNOWN, CodeList
from likvard.errors import ParamsError, unknown
from likvard.indicators.between import spread_between_schools, spread_of_groups
from likvard.indicators.cells import cells_of
from likvard.indicators.change import changes
from likvard.indicators.gaps import gaps
from likvard.indicators.levels import levels
from likvard.indicators.observations import Observations, PreparedTable
from likvard.indicators.published import published_figures
from likvard.indicators.record import COLUMNS, EVERYONE, LEVEL, in_order, with_figure_ids
from likvard.indicators.registry import Definition, read_registry
from likvard.params import Params
from likvard.tables import write_table
from likvard.workspace import Workspace, writing_folder


def run(workspace: Workspace, params: Params) -> None:
    """``figures.parquet`` in ``data/indicators``. Errors: ``ParamsError``, ``ContractError``, ``StageInputMissingError``."""
    workspace.made_by("prepare", workspace.prepared / "school_period.parquet")
    tables = {path.stem: PreparedTable(path) for path in sorted(workspace.prepared.glob("*.parquet"))}
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
    tables: Mapping[str, Observations], registry: dict[str, Definition], params: Params, codes: dict[str, CodeList]
) -> pd.DataFrame:
    """The record (columns ``record.COLUMNS``) of every indicator for every unit, period and group, with all its measures.

    An indicator whose table or columns the deliveries do not fill is left out; ``published`` figures stand beside our own. Tables
    are read period by period, so that memory holds one period at a time.
    """
    groups = {group_by: (*codes[group_by].report_groups, UNKNOWN) for group_by in params.groups}
    references = {group_by: choice.reference for group_by, choice in params.groups.items()}
    level = params.interval.level
    parts, levels_of = [], dict[str, list[pd.DataFrame]]()
    for name, table in tables.items():
        told = [definition for definition in registry.values() if is_told(definition, name, table.columns)]
        for rows in table.by_period() if told else ():
            cells = cells_of(rows, groups)
            for definition in told:
                found = levels(definition, rows, cells, level)
                made = [
                    found.cells.assign(measure=LEVEL, reference=""),
                    gaps(definition, found, references, level),
                    spread_between_schools(definition, rows, level),
                ]
                if definition.kind == "composition":
                    made.append(spread_of_groups(rows, groups, references, level, params.resampling))
                levels_of.setdefault(definition.id, []).append(found.cells[found.cells["group_by"] == EVERYONE])
                parts += [figures_of(definition, part) for part in made if len(part)]
    for name, cells_by_period in levels_of.items():
        change = changes(registry[name], pd.concat(cells_by_period, ignore_index=True), level)
        parts += [figures_of(registry[name], change)] if len(change) else []
    if "published" in tables:
        schools, areas = (tables[name].whole() for name in ("school_period", "area_period"))
        parts.append(published_figures(tables["published"].whole(), registry, schools, areas, set(levels_of)))
    record = pd.concat(parts, ignore_index=True).assign(edition=params.edition)
    return in_order(with_figure_ids(record))


def figures_of(definition: Definition, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the indicator that they are of, and nothing that the record does not hold."""
    named = rows.assign(indicator=definition.id, definition_version=definition.version)
    return named[[column for column in COLUMNS if column in named]]


def is_told(definition: Definition, name: str, columns: Collection[str]) -> bool:
    """Whether the prepared table ``name`` is the indicator's and has all its columns."""
    return definition.kind != "published" and definition.table == name and set(definition.columns) <= set(columns)
