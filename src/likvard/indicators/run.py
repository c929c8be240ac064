"""The stage ``indicators``: the record, before disclosure control."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import pandas as pd

from likvard.contracts import read_tables
from likvard.contracts.codes import UNKNOWN, CodeList
from likvard.errors import ParamsError, unknown
from likvard.indicators.between import spread_between_schools, spread_of_groups
from likvard.indicators.cells import cells_of
from likvard.indicators.change import changes, of_everyone
from likvard.indicators.gaps import gaps
from likvard.indicators.levels import levels
from likvard.indicators.observations import Observations, PreparedTable
from likvard.indicators.published import published_figures
from likvard.indicators.record import COLUMNS, LEVEL, each, in_order, stacked, with_figure_ids
from likvard.indicators.registry import Definition, read_registry
from likvard.params import Params
from likvard.tables import writing_table
from likvard.workspace import Workspace, writing_folder

# The columns of a table that say who, where and when.
KEYS = ("period", "school_id", "area_id", "class_id")


def run(workspace: Workspace, params: Params) -> None:
    """``figures.parquet`` in ``data/indicators``. Errors: ``ParamsError``, ``ContractError``, ``StageInputMissingError``."""
    workspace.made_by("prepare", workspace.prepared / "school_period.parquet")
    tables = {path.stem: PreparedTable(path) for path in sorted(workspace.prepared.glob("*.parquet"))}
    codes = read_tables(workspace.contracts).codes
    check_groups(params, codes)
    registry = read_registry(workspace.contracts)
    count, told = 0, set[str]()
    with writing_folder(workspace.indicators) as folder, writing_table(folder / "figures.parquet") as write:
        for part in figures_by_period(tables, registry, params, codes):
            write(part)
            count, told = count + len(part), told | set(part["indicator"].unique())
    print(f"indicators: {count:,} figures of {len(told)} indicators")  # noqa: T201


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
    """The whole record, all periods under each other."""
    return pd.concat(figures_by_period(tables, registry, params, codes), ignore_index=True)


def figures_by_period(
    tables: Mapping[str, Observations], registry: dict[str, Definition], params: Params, codes: dict[str, CodeList]
) -> Iterator[pd.DataFrame]:
    """The record (columns ``record.COLUMNS``) of every indicator for every unit and group, with all its measures, by period.

    An indicator whose table or columns the deliveries do not fill is left out; ``published`` figures stand beside our own. Periods
    come in the order of the record, so that memory holds one at a time.
    """
    told = {
        name: [definition for definition in registry.values() if is_told(definition, name, table.columns)]
        for name, table in tables.items()
    }
    told = {name: definitions for name, definitions in told.items() if definitions and tables[name].periods}
    published = _published(tables, registry, {definition.id for found in told.values() for definition in found})
    groups = {group_by: (*codes[group_by].report_groups, UNKNOWN) for group_by in params.groups}
    own_periods = {period for name in told for period in tables[name].periods}
    earlier: dict[str, dict[str, pd.DataFrame]] = {}
    for period in sorted(own_periods | set(published["period"])):
        parts = [published[published["period"].eq(period)]]
        for name, definitions in told.items():
            if period in tables[name].periods:
                columns = {*KEYS, *groups, *(column for definition in definitions for column in definition.columns)}
                rows = tables[name].of_period(period, columns)
                parts += _of_table(definitions, rows, groups, params, earlier)
        record = stacked([part.assign(edition=each([params.edition], len(part))) for part in parts if len(part)])
        yield in_order(with_figure_ids(record))


def _of_table(
    definitions: Sequence[Definition],
    rows: pd.DataFrame,
    groups: Mapping[str, tuple[str, ...]],
    params: Params,
    earlier: dict[str, dict[str, pd.DataFrame]],
) -> list[pd.DataFrame]:
    """The figures of one period of one table; ``earlier`` (by indicator and period) takes its levels in."""
    references = {group_by: choice.reference for group_by, choice in params.groups.items()}
    level, cells = params.interval.level, cells_of(rows, groups)
    parts = []
    for definition in definitions:
        found = levels(definition, rows, cells, level)
        count, now = len(found.cells), of_everyone(found.cells)
        history = earlier.setdefault(definition.id, {})
        made = [
            found.cells.assign(measure=each([LEVEL], count), reference=each([""], count)),
            gaps(definition, found, references, level),
            spread_between_schools(definition, found, level),
            changes(definition, now, history, level),
        ]
        if definition.kind == "composition":
            made.append(spread_of_groups(cells, groups, references, level, params.resampling))
        if len(now):
            history[str(now["period"].iloc[0])] = now
        parts += [figures_of(definition, part) for part in made if len(part)]
    return parts


def _published(
    tables: Mapping[str, Observations], registry: dict[str, Definition], computed: Collection[str]
) -> pd.DataFrame:
    """What others have published; no rows where nothing is delivered."""
    if "published" not in tables:
        return pd.DataFrame({"period": pd.Series(dtype="string")})
    schools, areas = (tables[name].whole() for name in ("school_period", "area_period"))
    return published_figures(tables["published"].whole(), registry, schools, areas, computed)


def figures_of(definition: Definition, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the indicator that they are of, and nothing that the record does not hold."""
    named = rows.assign(indicator=each([definition.id], len(rows)), definition_version=definition.version)
    return named[[column for column in COLUMNS if column in named]]


def is_told(definition: Definition, name: str, columns: Collection[str]) -> bool:
    """Whether the prepared table ``name`` is the indicator's and has all its columns."""
    return definition.kind != "published" and definition.table == name and set(definition.columns) <= set(columns)
