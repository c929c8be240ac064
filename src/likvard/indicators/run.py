"""The stage ``indicators``: the record, before disclosure control."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import pandas as pd

from likvard.contracts import read_tables
from likvard.contracts.codes import UNKNOWN, CodeList
from likvard.errors import ParamsError, unknown
from likvard.indicators.answered import answered, roll_of
from likvard.indicators.background import Scale, against_need, gradient, need_of_schools, scale_of
from likvard.indicators.between import spread_between_schools, spread_of_groups
from likvard.indicators.cells import cells_of
from likvard.indicators.change import changes, of_everyone
from likvard.indicators.fair import beyond_expected, of_schools
from likvard.indicators.followed import followed
from likvard.indicators.gaps import gaps
from likvard.indicators.lasting import gaps_of, lasting
from likvard.indicators.levels import Levels, levels
from likvard.indicators.mix import by_intake
from likvard.indicators.observations import Observations, PreparedTable
from likvard.indicators.published import published_figures
from likvard.indicators.record import EVERYONE, LEVEL, each, in_order, stacked, with_figure_ids
from likvard.indicators.registry import Definition, read_registry
from likvard.params import Params
from likvard.scheduler import Here, cores, executor, in_their_order
from likvard.tables import writing_table
from likvard.workspace import Workspace, writing_folder

# The columns of a table that say who, where and when.
KEYS = ("period", "school_id", "area_id", "class_id", "grade")
# The columns of its cells that an indicator is followed by.
FOLLOWED = ["unit_kind", "unit_id", "group_by", "group", "numerator", "denominator", "n", "value", "sd", "status"]
# What gives tables of figures when it is asked, and what all of them have in common, by column.
Part: TypeAlias = tuple[Callable[[], list[pd.DataFrame]], Mapping[str, Any]]
# How many periods may wait for what is worked out elsewhere while the next one is.
MOST_WAITING = 1


def run(workspace: Workspace, params: Params, scheduler: str | None = None) -> None:
    """``figures.parquet`` in ``data/indicators``; with ``scheduler`` (an address) pupils are drawn anew on a Dask cluster.

    Errors: ``ParamsError``, ``ContractError``, ``StageInputMissingError``, ``SchedulerError``.
    """
    workspace.made_by("prepare", workspace.prepared / "school_period.parquet")
    tables = {path.stem: PreparedTable(path) for path in sorted(workspace.prepared.glob("*.parquet"))}
    codes = read_tables(workspace.contracts).codes
    check_groups(params, codes)
    registry = read_registry(workspace.contracts)
    count, told = 0, set[str]()
    with (
        executor(scheduler) as apart,
        writing_folder(workspace.indicators) as folder,
        writing_table(folder / "figures.parquet") as write,
        closing(figures_by_period(tables, registry, params, codes, apart, cores())) as parts,
    ):
        for part in parts:
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
    tables: Mapping[str, Observations],
    registry: dict[str, Definition],
    params: Params,
    codes: dict[str, CodeList],
    apart: Executor | None = None,
    processes: int = 1,
) -> Generator[pd.DataFrame, None, None]:
    """The record (columns ``record.COLUMNS``) of every indicator for every unit and group, with all its measures, by period.

    An indicator whose table or columns the deliveries do not fill is left out; ``published`` figures stand beside our own. Periods
    come in the order of the record, so that memory holds few at a time. This process works out what later periods need of each; the
    rest is left to so many ``processes``, or pupils are drawn anew ``apart``, elsewhere, while the next period is begun here.
    """
    apart = apart or Here()
    parts_of_periods = _parts_by_period(tables, registry, params, codes, apart)
    if isinstance(apart, Here):
        yield from in_their_order(partial(_together, edition=params.edition), parts_of_periods, processes)
        return
    waiting: deque[list[Part]] = deque()
    for parts in parts_of_periods:
        waiting.append(parts)
        while len(waiting) > MOST_WAITING:
            yield _together(waiting.popleft(), params.edition)
    while waiting:
        yield _together(waiting.popleft(), params.edition)


def _parts_by_period(
    tables: Mapping[str, Observations],
    registry: dict[str, Definition],
    params: Params,
    codes: dict[str, CodeList],
    apart: Executor,
) -> Iterator[list[Part]]:
    """The parts of each period, of which only what later periods need is worked out."""
    told = {
        name: [definition for definition in registry.values() if is_told(definition, name, table.columns)]
        for name, table in tables.items()
    }
    told = {name: definitions for name, definitions in told.items() if definitions and tables[name].periods}
    published = _published(tables, registry, {definition.id for found in told.values() for definition in found})
    edition = _Edition.of(tables, params, codes)
    own_periods = {period for name in told for period in tables[name].periods}

    def of_period(period: str) -> list[Part]:
        parts: list[Part] = [(partial(list, [published[published["period"].eq(period)]]), {})]
        for name, definitions in told.items():
            if period in tables[name].periods:
                columns = {*KEYS, *edition.groups, *(column for found in definitions for column in found.columns)}
                parts += _of_table(definitions, tables[name].of_period(period, columns), edition, apart)
        return parts

    return map(of_period, sorted(own_periods | set(published["period"])))


def _together(parts: list[Part], edition: str) -> pd.DataFrame:
    """The record of one period."""
    made = [(frame, {"edition": edition, **common}) for told, common in parts for frame in told() if len(frame)]
    return in_order(with_figure_ids(stacked(made)))


@dataclass(frozen=True)
class _Edition:
    """What all periods of an edition share, and what later ones need to know of earlier ones.

    ``earlier``: for each indicator and period its cells of everyone and of the groups that are followed; ``everyone``: of
    everyone, found by unit; ``beyond``: how far each school lies beyond what was expected; ``gaps``: those that can be
    followed; ``need``: for each period the need of each school.
    """

    params: Params
    groups: dict[str, tuple[str, ...]]
    references: dict[str, str]
    scale: Scale | None
    actions: pd.DataFrame
    earlier: dict[str, dict[str, pd.DataFrame]] = field(default_factory=lambda: defaultdict(dict))
    everyone: dict[str, dict[str, pd.DataFrame]] = field(default_factory=lambda: defaultdict(dict))
    beyond: dict[str, dict[str, pd.DataFrame]] = field(default_factory=lambda: defaultdict(dict))
    gaps: dict[str, dict[str, pd.DataFrame]] = field(default_factory=lambda: defaultdict(dict))
    need: dict[str, pd.DataFrame] = field(default_factory=dict)
    roll: dict[str, pd.DataFrame] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Mapping[str, Observations], params: Params, codes: dict[str, CodeList]) -> _Edition:
        """Before the first period."""
        groups = {group_by: (*codes[group_by].report_groups, UNKNOWN) for group_by in params.groups}
        references = {group_by: choice.reference for group_by, choice in params.groups.items()}
        actions = tables["actions"].whole() if "actions" in tables else pd.DataFrame()
        return cls(params, groups, references, scale_of(groups, references), actions)

    def remember(self, definition: Definition, cells: pd.DataFrame) -> None:
        """Nothing; what later periods are compared with is kept."""
        if cells.empty:
            return
        period = str(cells["period"].iloc[0])
        followed = (
            self.actions.loc[self.actions["indicator"].eq(definition.id), "group_by"] if len(self.actions) else ()
        )
        kept = {
            EVERYONE,
            *([self.scale.group_by] if self.scale else []),
            *(name for name in followed if isinstance(name, str)),
        }
        self.earlier[definition.id][period] = cells.loc[cells["group_by"].isin(kept), FOLLOWED]
        self.everyone[definition.id][period] = of_everyone(cells)


def _of_table(definitions: Sequence[Definition], rows: pd.DataFrame, edition: _Edition, apart: Executor) -> list[Part]:
    """The figures of one period of one table; the edition takes in what later periods need."""
    groups, references, level, scale = edition.groups, edition.references, edition.params.interval.level, edition.scale
    cells, period = cells_of(rows, groups), str(rows["period"].iloc[0])
    if scale is not None and scale.columns(cells):
        edition.need.setdefault(period, need_of_schools(cells, scale))
    if any(definition.kind == "composition" for definition in definitions):
        edition.roll[period] = roll_of(rows)
    parts: list[Part] = []
    for definition in definitions:
        found = levels(definition, rows, cells, level)
        between = gaps(definition, found, references, level)
        followable = gaps_of(definition, between, level)
        fairly = beyond_expected(definition, rows, found, references, scale, level)
        edition.remember(definition, found.cells)
        if len(fairly):
            edition.beyond[definition.id][period] = of_schools(fairly)
        if len(followable):
            edition.gaps[definition.id][period] = followable
        count = len(found.cells)
        made = [fairly, found.cells.assign(measure=each([LEVEL], count), reference=each([""], count)), between]
        common = {"indicator": definition.id, "definition_version": definition.version}
        parts.append((partial(list, made), common))
        parts.append((partial(_beside_others, definition, rows, found, edition, period), common))
        if definition.kind == "composition":
            drawn = partial(spread_of_groups, cells, groups, references, level, edition.params.resampling, apart)
            parts.append((_when_asked(drawn) if isinstance(apart, Here) else drawn(), common))
    return parts


def _beside_others(
    definition: Definition, rows: pd.DataFrame, found: Levels, edition: _Edition, period: str
) -> list[pd.DataFrame]:
    """What an indicator is in a period beside earlier ones, other tables and between schools: no later period needs it."""
    level, references, scale = edition.params.interval.level, edition.references, edition.scale
    earlier = _before(edition.earlier[definition.id], period)
    beyond = edition.beyond[definition.id]
    fairly = _before(beyond, period) | {at: beyond[at] for at in (period,) if at in beyond}
    everyone, lines = edition.everyone[definition.id], edition.gaps[definition.id]
    made = [followed(definition, found.cells, earlier, fairly, edition.actions, references, level)]
    if period in lines:
        made.append(lasting(definition, lines[period], _before(lines, period), level))
    made.append(spread_between_schools(definition, found, level))
    if period in everyone:
        made.append(changes(definition, everyone[period], _before(everyone, period), level))
    if period in edition.roll:
        made.append(answered(definition, rows, found, edition.roll[period]))
    if scale is not None:
        made.append(gradient(definition, found, scale, level))
        made.append(by_intake(definition, found.cells, earlier, scale, level))
        if period in edition.need:
            made.append(against_need(definition, found, edition.need[period], scale, level))
    return made


def _before(remembered: Mapping[str, pd.DataFrame], period: str) -> dict[str, pd.DataFrame]:
    """What is remembered of the periods before this one."""
    return {at: frame for at, frame in remembered.items() if at < period}


def _when_asked(drawn: Callable[[], Callable[[], list[pd.DataFrame]]]) -> Callable[[], list[pd.DataFrame]]:
    """The same, begun only when its rows are asked for."""
    return lambda: drawn()()


def _published(
    tables: Mapping[str, Observations], registry: dict[str, Definition], computed: Collection[str]
) -> pd.DataFrame:
    """What others have published; no rows where nothing is delivered."""
    if "published" not in tables:
        return pd.DataFrame({"period": pd.Series(dtype="string")})
    schools, areas = (tables[name].whole() for name in ("school_period", "area_period"))
    return published_figures(tables["published"].whole(), registry, schools, areas, computed)


def is_told(definition: Definition, name: str, columns: Collection[str]) -> bool:
    """Whether the prepared table ``name`` is the indicator's and has all its columns."""
    return definition.kind != "published" and definition.table == name and set(definition.columns) <= set(columns)
