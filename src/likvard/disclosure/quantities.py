"""The record as a system: which counts and sums its figures show, and how they add up.

Cells: for each unit and period and each group, the pupils; for each indicator those who count in it (n), and of a share those
counted and those left, of a mean the sum. Schools add up to areas and areas to all; groups add up to everyone; those counted and
those left to n. Indicators with the same n everywhere have one n. Areas with too few schools show no groups, so their schools add
up to all directly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from likvard.disclosure.profiles import Strictness
from likvard.disclosure.rules import mean_step
from likvard.disclosure.system import NOBODY, Flags, Floats, System, equations, margins, owners_of_totals
from likvard.disclosure.task import Task
from likvard.indicators.record import EVERYONE, LEVEL
from likvard.indicators.registry import Definition

CELL = ["unit", "slot", "quantity"]


@dataclass(frozen=True)
class Quantities:
    """The cells with their true values; the system; and ``figures``, the rows of the record that it is about."""

    cells: pd.DataFrame
    truth: Floats
    system: System
    figures: pd.Index

    def task(self, primary: Flags, known: Flags, strict: Strictness) -> Task:
        """What must stay hidden, given which of the figures the primary rules hide and which were released before."""
        hidden = self.system.hidden_cells(primary)
        counts = ~self.cells["quantity"].str.startswith("sum ").to_numpy()
        # A group that has nobody is no secret.
        few = counts & hidden & (self.truth < strict.least) & (self.system.high > 0)
        sums = ~counts & hidden
        level = np.where(few, float(strict.least), np.where(sums, strict.amount_share * np.abs(self.truth), 0.0))
        n = self.cells.groupby(["unit", "slot"], sort=False)["truth"].transform("max").to_numpy()
        kind = self.cells["unit"].str.split(":").str[0]
        rank = kind.map({"all": 8.0, "area": 4.0, "school": 1.0}).to_numpy()
        rank = rank * np.where(self.cells["slot"].eq(EVERYONE), 3.0, 1.0)
        shows = self.system.shows
        many = np.maximum(np.diff(shows.indptr), 1)
        weight = np.asarray(shows @ ((1 + np.log1p(n)) * rank)) / many
        total = self.cells["slot"].eq(EVERYONE) | kind.eq("all")
        last = np.asarray((shows @ total.to_numpy(dtype=np.float64)) > 0)
        return Task(self.system, self.truth, level, weight, primary, known, last)


def quantities(
    record: pd.DataFrame, registry: dict[str, Definition], schools: pd.DataFrame, strict: Strictness
) -> Quantities:
    """The system of the levels about pupils. ``schools``: columns school_id, period, area_id."""
    level = record[record["measure"].eq(LEVEL) & record["n"].notna()]
    size = schools.groupby(["period", "area_id"])["school_id"].transform("nunique")
    large = schools[size >= strict.least_schools]
    areas = set("area:" + large["area_id"].astype(str) + "@" + large["period"].astype(str))
    unit = level["unit_kind"].astype(str) + ":" + level["unit_id"].astype(str) + "@" + level["period"].astype(str)
    level = level.assign(unit=unit, slot=_slot(level))
    level = level[level["unit_kind"].ne("area") | level["unit"].isin(areas)]
    n_of = _same_n(level, registry)
    shown = _shown(level, registry, n_of)
    cells = shown.drop_duplicates(CELL)[[*CELL, "truth"]].reset_index(drop=True)
    cells = _with_unknown(cells)
    number = pd.Series(np.arange(len(cells)), index=pd.MultiIndex.from_frame(cells[CELL]))
    figures = pd.Index(shown["row"].unique())
    place = figures.get_indexer(shown["row"])
    column = number.loc[pd.MultiIndex.from_frame(shown[CELL])].to_numpy()
    shows = sparse.csr_array((np.ones(len(column)), (place, column)), (len(figures), len(cells)))
    shows.sum_duplicates()
    shows.data[:] = 1.0
    truth = cells["truth"].to_numpy(dtype=np.float64)
    told = shown.groupby(CELL, sort=False)[["told_low", "told_high"]].first()
    told = told.reindex(pd.MultiIndex.from_frame(cells[CELL]))
    school = cells["unit"].str.startswith("school:")
    owner = pd.factorize(cells["unit"].str.split("@").str[0].where(school))[0]
    added_up = equations(cells[CELL], _margins(cells, schools, large, n_of))
    # That a group has nobody is no secret: then nobody of it is counted, or left, either.
    about = cells["quantity"].str.replace("^(with|without) ", "", regex=True)
    people = cells["truth"].groupby([cells["unit"], cells["slot"], about], sort=False).transform("sum")
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
    )


def _slot(level: pd.DataFrame) -> pd.Series:
    by, group = level["group_by"].astype(str), level["group"].astype(str)
    return (by + ":" + group).where(by.ne(EVERYONE), EVERYONE)


def _same_n(level: pd.DataFrame, registry: dict[str, Definition]) -> dict[str, str]:
    """The name of each indicator's n: indicators whose n is the same in every row share one."""
    wide = level[level["indicator"].map({name: found.kind in ("mean", "share") for name, found in registry.items()})]
    table = wide.pivot_table(index=["unit", "slot"], columns="indicator", values="n", aggfunc="first")
    first: dict[str, str] = {}
    for name in table.columns:
        same = (other for other in first.values() if _agree(table[name], table[other]))
        first[name] = next(same, name)
    return {name: f"n of {other}" for name, other in first.items()}


def _agree(one: pd.Series, other: pd.Series) -> bool:
    both = one.notna() & other.notna()
    return bool(both.any() and one[both].eq(other[both]).all())


def _shown(level: pd.DataFrame, registry: dict[str, Definition], n_of: dict[str, str]) -> pd.DataFrame:
    """One row per figure and cell that it shows: row, unit, slot, quantity, truth and what a reader is told."""
    kind = level["indicator"].map({name: found.kind for name, found in registry.items()})
    decimals = level["indicator"].map({name: found.decimals for name, found in registry.items()})
    base = level[["unit", "slot"]].assign(row=level.index)
    people = kind.isin(["count", "composition"])
    rated = kind.isin(["mean", "share"])
    name = level["indicator"].astype(str)
    step = level["n"] * mean_step(level["n"].to_numpy(), 1.0) * 10.0 ** -decimals.astype(float)
    parts = [
        base[people].assign(quantity="pupils", truth=level["numerator"]),
        base[rated].assign(quantity=name.map(n_of), truth=level["n"]),
        base[kind.eq("share")].assign(quantity="with " + name, truth=level["numerator"]),
        base[kind.eq("share")].assign(quantity="without " + name, truth=level["n"] - level["numerator"]),
        base[kind.eq("mean")].assign(quantity="sum " + name, truth=level["numerator"]),
    ]
    rows = pd.concat(parts, ignore_index=True)
    slack = rows["row"].map(step).where(rows["quantity"].str.startswith("sum "), 0.0)
    return rows.assign(told_low=(rows["truth"] - slack).clip(lower=0), told_high=rows["truth"] + slack)


def _with_unknown(cells: pd.DataFrame) -> pd.DataFrame:
    """The same cells with the pupils whose group is not known, which no figure shows but everybody can work out."""
    pupils = cells[cells["quantity"].eq("pupils")]
    by = pupils["slot"].str.split(":").str[0]
    known = pupils[by.ne(EVERYONE)].assign(by=by).groupby(["unit", "by"], as_index=False)["truth"].sum()
    whole = pupils[by.eq(EVERYONE)].set_index("unit")["truth"]
    left = known["unit"].map(whole) - known["truth"]
    more = known.assign(truth=left, slot=known["by"] + ":unknown", quantity="pupils")[[*CELL, "truth"]].dropna()
    whole_table: pd.DataFrame = pd.concat([cells, more], ignore_index=True)
    return whole_table.drop_duplicates(CELL, ignore_index=True)


def _margins(cells: pd.DataFrame, schools: pd.DataFrame, large: pd.DataFrame, n_of: dict[str, str]) -> pd.DataFrame:
    """Schools in areas in all, groups in everyone, with and without in n."""
    period = "@" + schools["period"].astype(str)
    area = "area:" + schools["area_id"].astype(str) + period
    everyone = f"all:{EVERYONE}" + period
    school = "school:" + schools["school_id"].astype(str) + period
    inside = schools.index.isin(large.index)
    units = pd.concat(
        [
            pd.DataFrame({"parent": np.where(inside, area, everyone), "child": school, "partition": "schools"}),
            pd.DataFrame({"parent": everyone[inside], "child": area[inside], "partition": "schools"}).drop_duplicates(),
        ],
        ignore_index=True,
    )
    slots = cells.loc[cells["slot"].ne(EVERYONE), "slot"].drop_duplicates()
    groups = pd.DataFrame({"parent": EVERYONE, "child": slots, "partition": slots.str.split(":").str[0]})
    names = [name for name in n_of if ("with " + name) in set(cells["quantity"])]
    sides = pd.DataFrame(
        [(n_of[name], side + name, name) for name in names for side in ("with ", "without ")],
        columns=["parent", "child", "partition"],
    )
    linked = [margins("unit", units), margins("slot", groups), margins("quantity", sides)]
    return pd.concat(linked, ignore_index=True)
