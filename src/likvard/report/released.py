"""Released data, the only data that a report can read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from likvard.errors import StageInputMissingError, UnknownUnitError, unknown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

    from likvard.report.slices import Slice

KINDS = ("overview", "area", "school")
QUALITY = "quality.json"
"""What the quality report shows; no other report is made of it."""
FIGURES, UNITS, EDITION = "figures.parquet", "units.parquet", "edition.json"
UNIT_KIND = {"overview": "all", "area": "area", "school": "school"}
CITED = ("title", "publisher", "doi", "licence", "beside")
"""What a report may say of where a delivery comes from. The rest changes with every file that is taken in."""
OF_UNITS = ("actions", "comments")
"""Facts of the edition that belong to one unit each."""
OF_ALL = ("meetings",)
"""Facts of the edition that only the overview tells of."""

UnitKey = tuple[str, str]
"""The kind of a unit (``all``, ``area``, ``school`` …) and its id."""


@dataclass(frozen=True)
class Unit:
    """A school, an area, or all schools together."""

    kind: str
    id: str
    name: str
    area_id: str
    in_edition: bool

    @property
    def key(self) -> UnitKey:
        """Its kind and id."""
        return self.kind, self.id


class Released:
    """One released edition. A report reads ``slice_of`` it; what belongs to the edition as a whole is here."""

    def __init__(self, folder: Path) -> None:
        missing = [name for name in (FIGURES, UNITS, EDITION) if not (folder / name).is_file()]
        if missing:
            raise StageInputMissingError(
                f"There is no released data in {folder} ({', '.join(missing)} not there).",
                advice="run `make report`, which makes it; in JupyterLab, open the notebook inside the workspace.",
            )
        self.folder = folder

    @cached_property
    def record(self) -> pa.Table:
        """The record, one row per figure. Texts are numbers that stand for them: a country fits in memory, and a process that
        is forked copies none of it.
        """
        from likvard.tables import read_arrow

        return read_arrow(self.folder / FIGURES, plain=("figure_id",))

    @cached_property
    def rows(self) -> dict[UnitKey, npt.NDArray[np.int64]]:
        """Where in ``record`` the figures of each unit stand."""
        import numpy as np

        codes, names = [], []
        for column in ("unit_kind", "unit_id"):
            texts = self.record[column].combine_chunks()
            codes.append(texts.indices.to_numpy())
            names.append(texts.dictionary.to_pylist())
        unit = codes[0].astype(np.int64) * len(names[1]) + codes[1]
        order = np.argsort(unit, kind="stable")
        found, starts = np.unique(unit[order], return_index=True)
        parts = np.split(order, starts[1:])
        keys = [(names[0][one // len(names[1])], names[1][one % len(names[1])]) for one in found.tolist()]
        return dict(zip(keys, parts, strict=True)) if len(unit) else {}

    @cached_property
    def larger(self) -> list[UnitKey]:
        """The units with figures that are neither areas nor schools: the whole, and what others publish about."""
        return [key for key in self.rows if key[0] not in ("area", "school")]

    def figures_where(self, **wanted: Collection[str]) -> pd.DataFrame:
        """The figures of all units in the order of the record, of each column named those with one of the ``wanted`` texts."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = self.record
        for column, texts in wanted.items():
            found = found.filter(pc.is_in(found[column], value_set=pa.array(sorted(texts))))
        return as_frame(found)

    @cached_property
    def hashes(self) -> dict[UnitKey, str]:
        """SHA-256 over the figures of each unit, written as CSV: it depends on no other unit's figures."""
        from pyarrow.csv import WriteOptions, write_csv

        plain = WriteOptions(include_header=False)
        found = {}
        for key, rows in self.rows.items():
            text = _Digest()
            write_csv(self.record.take(rows), text, plain)
            found[key] = text.hexdigest()
        return found

    @cached_property
    def published(self) -> frozenset[str]:
        """The indicators whose levels are not our own but a publisher's, who is their reference."""
        levels = self._levels
        return frozenset(map(str, levels.loc[levels["reference"] != "", "indicator"].unique()))

    @cached_property
    def has_own_figures(self) -> bool:
        """Whether any level is our own."""
        return bool((self._levels["reference"] == "").any())

    @property
    def _levels(self) -> pd.DataFrame:
        """The different indicators and publishers among the levels."""
        columns = ["indicator", "measure", "reference"]
        seen: pd.DataFrame = self.record.select(columns).group_by(columns, use_threads=False).aggregate([]).to_pandas()
        levels: pd.DataFrame = seen[seen["measure"] == "level"].astype(object)
        return levels

    @cached_property
    def units(self) -> dict[UnitKey, Unit]:
        """All units by kind (``all``, ``area``, ``school``) and id."""
        from likvard.tables import read_table

        rows: Iterator[Any] = read_table(self.folder / UNITS).itertuples(index=False)
        found = [Unit(row.unit_kind, row.unit_id, row.name, row.area_id, bool(row.in_edition)) for row in rows]
        return {unit.key: unit for unit in found}

    @cached_property
    def edition(self) -> dict[str, Any]:
        """What the edition says about itself: periods, groups, definitions, choices, quality, origin."""
        facts: dict[str, Any] = json.loads((self.folder / EDITION).read_text(encoding="utf-8"))
        return facts

    def units_with_reports(self, kind: str) -> list[Unit]:
        """The units of a report kind that are in the edition, by id."""
        return [unit for unit in self.units.values() if unit.kind == UNIT_KIND[kind] and unit.in_edition]

    def unit(self, kind: str, unit_id: str) -> Unit:
        """The unit that a report of ``kind`` is about. Errors: ``UnknownUnitError``."""
        found = self.units.get((UNIT_KIND[kind], unit_id))
        if found is None or not found.in_edition:
            raise no_such_unit(kind, [unit_id], [unit.id for unit in self.units_with_reports(kind)])
        return found

    def slice_of(self, kind: str, unit_id: str) -> Slice:
        """What the report of ``kind`` about a unit can read. Errors: ``UnknownUnitError``."""
        from likvard.report.slices import slice_of

        return slice_of(self, kind, self.unit(kind, unit_id))

    def __reduce__(self) -> tuple[Any, ...]:
        # A process that is started anew reads for itself.
        return released_in, (self.folder,)

    @cached_property
    def of_schools(self) -> dict[str, list[Unit]]:
        """The schools of each area, by its id."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units.values():
            if unit.kind == "school":
                found.setdefault(unit.area_id, []).append(unit)
        return found

    @cached_property
    def common(self) -> tuple[dict[str, Any], str]:
        """What every report may say about the edition, and its text as JSON: all facts but those of units and what tells one
        delivered file from another.
        """
        facts = {name: fact for name, fact in self.edition.items() if name not in (*OF_UNITS, *OF_ALL, "data_hash")}
        facts["keeps_actions"] = bool(self.edition.get("actions"))
        facts["origins"] = {name: cited(origin) for name, origin in self.edition["origins"].items()}
        return facts, json.dumps([facts, sorted(self.published), self.has_own_figures], sort_keys=True)

    @cached_property
    def of_units(self) -> dict[str, dict[UnitKey, list[dict[str, Any]]]]:
        """The facts that each unit has of its own, by their name and the unit."""
        found: dict[str, dict[UnitKey, list[dict[str, Any]]]] = {name: {} for name in OF_UNITS}
        for name, units in found.items():
            for one in self.edition.get(name, ()):
                units.setdefault((one["unit_kind"], one["unit_id"]), []).append(one)
        return found


def as_frame(figures: pa.Table) -> pd.DataFrame:
    """Figures with plain Python text in their key columns."""
    from likvard.indicators.record import KEY

    frame: pd.DataFrame = figures.to_pandas()
    text = [column for column in [*KEY, "status", "figure_id"] if column != "definition_version"]
    return frame.astype(dict.fromkeys(text, object))


class _Digest:
    """A file that keeps nothing but the SHA-256 of what is written to it."""

    closed = False

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def write(self, part: bytes) -> None:
        self._hash.update(part)

    def flush(self) -> None:
        pass

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def cited(origin: dict[str, Any]) -> dict[str, Any]:
    """What a report may say of the origin of a delivery, and of what lies beside it."""
    told = {name: origin[name] for name in CITED if name in origin}
    if "beside" in told:
        told["beside"] = {name: cited(other) for name, other in told["beside"].items()}
    return told


def released_in(folder: Path) -> Released:
    """The released edition in ``folder``, read once per process for as long as it is the same files."""
    edition = folder / EDITION
    return _released_at(folder, edition.stat().st_mtime_ns if edition.is_file() else 0)


@cache
def _released_at(folder: Path, _changed: int) -> Released:
    return Released(folder)


def no_such_unit(kind: str, wanted: list[str], known: list[str]) -> UnknownUnitError:
    """The error that names the units of ``wanted`` that the edition does not have."""
    return UnknownUnitError(
        f"The edition has no such {kind}.",
        [unknown(kind, unit_id, known) for unit_id in wanted],
        advice=f"the ids are in data/released/units.parquet and in the names of the reports; there are {len(known)} of this kind.",
    )
