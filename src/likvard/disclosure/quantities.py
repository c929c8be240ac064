"""The record as a system: which counts and sums its figures show, and how they add up.

Cells: for each unit and period and each group, the pupils; for each indicator those who count in it (n), and of a share those
counted and those left, of a mean the sum. Schools add up to areas and areas to all; groups add up to everyone; those counted and
those left to n. Indicators with the same n everywhere have one n. An area of one school is that school: its figures show the
school's cells. An area with too few schools shows everyone and no groups, so that the groups of its schools add up to all directly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from likvard.contracts.codes import UNKNOWN
from likvard.disclosure.grid import Grid, grids
from likvard.disclosure.profiles import LEAST_OF_ALL, Strictness
from likvard.disclosure.rules import mean_step
from likvard.disclosure.system import NOBODY, Flags, Floats, System, equations, margins, owners_of_totals
from likvard.disclosure.task import Task
from likvard.indicators.record import EVERYONE, LEVEL
from likvard.indicators.registry import Definition

CELL = ["unit", "slot", "quantity"]
PUPILS = "pupils"


@dataclass(frozen=True)
class Quantities:
    """The cells with their true values, the system, and its figures.

    ``figures``: a row of the record for each figure of the system. ``figure_of``: for each row of the record that the system is
    about, the number of its figure (an area of one school shows the figures of its school). ``grids``: the tables that the
    cells stand in. ``of_teaching``: cells that count pupils by what their class or teacher is.
    """

    cells: pd.DataFrame
    truth: Floats
    system: System
    figures: pd.Index
    figure_of: pd.Series
    grids: tuple[Grid, ...]
    of_teaching: Flags

    def task(self, primary: Flags, known: Flags, strict: Strictness, before: Flags | None = None) -> Task:
        """What must stay hidden, given which of the figures the primary rules hide and which were released before.

        ``before``: figures that an earlier edition hid. It may have been milder, and what it showed cannot be taken back, so no
        more is asked for them than what every edition has asked.
        """
        hidden = self.system.hidden_cells(primary)
        counts = ~self.cells["quantity"].str.startswith("sum ").to_numpy()
        # A group that has nobody is no secret, nor is how many have a class or teacher of some kind.
        few = counts & ~self.of_teaching & hidden & (self.truth < strict.least) & (self.system.high > 0)
        sums = ~counts & hidden
        hid = np.zeros_like(primary) if before is None else before
        hid_cells = np.asarray(self.system.shows.T @ hid.astype(np.float64)) > 0
        least = np.where(hid_cells, float(min(strict.least, LEAST_OF_ALL)), float(strict.least))
        level = np.where(few, least, np.where(sums, strict.amount_share * np.abs(self.truth), 0.0))
        n = self.cells.groupby(["unit", "slot"])["truth"].transform("max").to_numpy()
        kind = self.cells["unit"].str.split(":").str[0]
        rank = kind.map({"all": 100.0, "area": 8.0, "school": 1.0}).to_numpy()
        rank = rank * np.where(self.cells["slot"].eq(EVERYONE), 10.0, 1.0)
        rank = rank * np.where(self.cells["slot"].str.endswith(f":{UNKNOWN}"), 0.2, 1.0)
        shows = self.system.shows
        weight = np.asarray(shows @ ((1 + np.log1p(n)) * rank)) / np.diff(shows.indptr)
        total = self.cells["slot"].eq(EVERYONE) | kind.eq("all")
        last = np.asarray((shows @ total.to_numpy(dtype=np.float64)) > 0)
        return Task(self.system, self.truth, level, weight, primary, known, last)


def quantities(
    record: pd.DataFrame, registry: dict[str, Definition], schools: pd.DataFrame, strict: Strictness
) -> Quantities:
    """The system of the levels about pupils. ``schools``: columns school_id, period, area_id."""
    level = record[record["measure"].eq(LEVEL) & record["n"].notna() & record["reference"].eq("")]
    homes = _homes(schools, strict)
    unit = level["unit_kind"].astype(str) + ":" + level["unit_id"].astype(str) + "@" + level["period"].astype(str)
    lone = homes[homes["alone"]].set_index("area")["school"]
    level = level.assign(unit=unit.map(lone).astype(object).fillna(unit), slot=_slot(level))
    level = level[~level["unit"].isin(homes.loc[homes["small"], "area"]) | level["slot"].eq(EVERYONE)]
    n_of = _same_n(level, registry)
    shown = _shown(level, registry, n_of)
    cells = _with_unknown(shown.drop_duplicates(CELL)[[*CELL, "truth"]])
    number = pd.Series(np.arange(len(cells)), index=pd.MultiIndex.from_frame(cells[CELL]))
    name = level["indicator"].where(level["indicator"].map(_kinds(registry)).isin(["mean", "share"]), "")
    key = pd.MultiIndex.from_arrays([level["unit"], level["slot"], name])
    told_of = level[level.index.isin(shown["row"])]
    number_of, _ = pd.factorize(key[level.index.isin(shown["row"])])
    figure_of = pd.Series(number_of, index=told_of.index)
    figures = told_of.index[~figure_of.duplicated().to_numpy()]
    place = figure_of.loc[shown["row"]].to_numpy()
    column = number.loc[pd.MultiIndex.from_frame(shown[CELL])].to_numpy()
    shows = sparse.csr_array((np.ones(len(column)), (place, column)), (len(figures), len(cells)))
    shows.data[:] = 1.0
    truth = cells["truth"].to_numpy(dtype=np.float64)
    told = shown.groupby(CELL)[["told_low", "told_high"]].first()
    told = told.reindex(pd.MultiIndex.from_frame(cells[CELL]))
    school = cells["unit"].str.startswith("school:")
    owner = pd.factorize(cells["unit"].str.split("@").str[0].where(school))[0]
    added_up = equations(cells[CELL], _margins(cells, homes, n_of))
    # That a group has nobody is no secret: then nobody of it is counted, or left, either.
    about = cells["quantity"].str.replace("^(with|without) ", "", regex=True)
    people = cells["truth"].groupby([cells["unit"], cells["slot"], about]).transform("sum")
    high = np.where(people.eq(0), 0.0, np.inf)
    return Quantities(
        cells=cells,
        truth=truth,
        system=System(
            equations=added_up,
            low=np.zeros(len(cells)),
            high=high,
            told_low=told["told_low"].fillna(cells["truth"].set_axis(told.index)).to_numpy(dtype=np.float64),
            told_high=told["told_high"].fillna(cells["truth"].set_axis(told.index)).to_numpy(dtype=np.float64),
            owner=owners_of_totals(added_up, high, np.where(owner < 0, NOBODY, owner).astype(np.int64)),
            shows=shows,
        ),
        figures=figures,
        figure_of=figure_of,
        grids=tuple(grids(cells, _figures(level.loc[figures], figure_of, registry, n_of), homes)),
        of_teaching=cells["quantity"]
        .isin([side + one for one, of in registry.items() if of.clustered for side in ("with ", "without ")])
        .to_numpy(),
    )


def _kinds(registry: dict[str, Definition]) -> dict[str, str]:
    return {name: found.kind for name, found in registry.items()}


def _homes(schools: pd.DataFrame, strict: Strictness) -> pd.DataFrame:
    """The units of each school and its area, and whether the area is large enough for groups, small, or the school alone."""
    period = "@" + schools["period"].astype(str)
    many = schools.groupby(["period", "area_id"])["school_id"].transform("nunique")
    alone, large = many == 1, many >= max(strict.least_schools, 2)
    return pd.DataFrame(
        {
            "school": "school:" + schools["school_id"].astype(str) + period,
            "area": "area:" + schools["area_id"].astype(str) + period,
            "whole": f"all:{EVERYONE}" + period,
            "large": large,
            "small": ~(alone | large),
            "alone": alone,
        }
    )


def _figures(
    level: pd.DataFrame, figure_of: pd.Series, registry: dict[str, Definition], n_of: dict[str, str]
) -> pd.DataFrame:
    """The figures by the table that they stand in."""
    name = level["indicator"].astype(str)
    return pd.DataFrame(
        {
            "figure": figure_of.loc[level.index].to_numpy(),
            "unit": level["unit"],
            "slot": level["slot"],
            "indicator": name,
            "n_name": name.map(lambda one: n_of.get(one, PUPILS)),
            "kind": name.map(_kinds(registry)),
        }
    )


def _slot(level: pd.DataFrame) -> pd.Series:
    by, group = level["group_by"].astype(str), level["group"].astype(str)
    return (by + ":" + group).where(by.ne(EVERYONE), EVERYONE)


def _same_n(level: pd.DataFrame, registry: dict[str, Definition]) -> dict[str, str]:
    """The name of each indicator's n: indicators whose n is the same in every row share one, which is that of the pupils where
    all pupils are counted."""
    kind = level["indicator"].map(_kinds(registry))
    rated, people = level[kind.isin(["mean", "share"])], level[kind.isin(["count", "composition"])]
    table = rated.pivot_table(index=["unit", "slot"], columns="indicator", values="n", aggfunc="first")
    pupils = people.groupby(["unit", "slot"])["numerator"].first().reindex(table.index)
    known = {PUPILS: pupils}
    names: dict[str, str] = {}
    for name in table.columns:
        same = (n for n, numbers in known.items() if _agree(table[name], numbers))
        names[name] = next(same, f"n of {name}")
        known.setdefault(names[name], table[name])
    return names


def _agree(one: pd.Series, other: pd.Series) -> bool:
    both = one.notna() & other.notna()
    return bool(both.any() and one[both].eq(other[both]).all())


def _shown(level: pd.DataFrame, registry: dict[str, Definition], n_of: dict[str, str]) -> pd.DataFrame:
    """One row per figure and cell that it shows: row, unit, slot, quantity, truth and what a reader is told."""
    kind = level["indicator"].map({name: found.kind for name, found in registry.items()})
    digits = level["indicator"].map({name: found.digits for name, found in registry.items()})
    base = level[["unit", "slot"]].assign(row=level.index)
    people = kind.isin(["count", "composition"])
    rated = kind.isin(["mean", "share"])
    name = level["indicator"].astype(str)
    # The middle of an interval tells a rounded mean once more: a quarter of a step to each side is left.
    step = level["n"] * mean_step(level["n"].to_numpy(), 0.25) * 10.0 ** -digits.astype(float)
    base = base.assign(n=level["n"], of=level["numerator"], name=name)
    share, mean = base[kind.eq("share")], base[kind.eq("mean")]
    parts = [
        base[people].assign(quantity=PUPILS, truth=lambda rows: rows["of"]),
        base[rated].assign(quantity=lambda rows: rows["name"].map(n_of), truth=lambda rows: rows["n"]),
        share.assign(quantity="with " + share["name"], truth=share["of"]),
        share.assign(quantity="without " + share["name"], truth=share["n"] - share["of"]),
        mean.assign(quantity="sum " + mean["name"], truth=mean["of"]),
    ]
    rows = pd.concat(parts, ignore_index=True).drop(columns=["n", "of", "name"])
    slack = rows["row"].map(step).where(rows["quantity"].str.startswith("sum "), 0.0)
    return rows.assign(told_low=(rows["truth"] - slack).clip(lower=0), told_high=rows["truth"] + slack)


def _with_unknown(cells: pd.DataFrame) -> pd.DataFrame:
    """The same cells with the pupils whose group is not known, which no figure shows but everybody can work out."""
    pupils = cells[cells["quantity"].eq(PUPILS)]
    by = pupils["slot"].str.split(":").str[0]
    known = pupils[by.ne(EVERYONE)].assign(by=by).groupby(["unit", "by"], as_index=False)["truth"].sum()
    whole = pupils[by.eq(EVERYONE)].set_index("unit")["truth"]
    left = known["unit"].map(whole) - known["truth"]
    more = known.assign(truth=left, slot=known["by"] + f":{UNKNOWN}", quantity=PUPILS)[[*CELL, "truth"]].dropna()
    whole_table: pd.DataFrame = pd.concat([cells, more])
    return whole_table.drop_duplicates(CELL, ignore_index=True)


def _margins(cells: pd.DataFrame, homes: pd.DataFrame, n_of: dict[str, str]) -> pd.DataFrame:
    """Schools in areas in all, groups in everyone, with and without in n."""
    large, small = homes[homes["large"]], homes[homes["small"]]
    inside = homes["large"].to_numpy()
    pairs = [
        (large["area"], large["school"], "schools"),
        (small["area"], small["school"], "schools"),
        (homes["whole"].where(~inside).dropna(), homes["school"].where(~inside).dropna(), "all"),
        (large["whole"], large["area"], "all"),
    ]
    units = pd.concat(
        [pd.DataFrame({"parent": parent, "child": child, "partition": name}) for parent, child, name in pairs]
    ).drop_duplicates()
    slots = cells.loc[cells["slot"].ne(EVERYONE), "slot"].drop_duplicates()
    groups = pd.DataFrame({"parent": EVERYONE, "child": slots, "partition": slots.str.split(":").str[0]})
    names = [name for name in n_of if ("with " + name) in set(cells["quantity"])]
    sides = pd.DataFrame(
        [(n_of[name], side + name, name) for name in names for side in ("with ", "without ")],
        columns=["parent", "child", "partition"],
    )
    linked = [margins("unit", units), margins("slot", groups), margins("quantity", sides)]
    return pd.concat(linked)
