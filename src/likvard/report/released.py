"""Released data, the only data that a report can read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from likvard.errors import StageInputMissingError, UnknownUnitError, unknown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

KINDS = ("overview", "area", "school")
QUALITY = "quality.json"
"""What the quality report shows; no other report is made of it."""
UNIT_KIND = {"overview": "all", "area": "area", "school": "school"}


@dataclass(frozen=True)
class Unit:
    """A school, an area, or all schools together."""

    kind: str
    id: str
    name: str
    area_id: str
    in_edition: bool


class Released:
    """One released edition: figures, units and what the edition says about itself."""

    def __init__(self, folder: Path) -> None:
        missing = [
            name for name in ("figures.parquet", "units.parquet", "edition.json") if not (folder / name).is_file()
        ]
        if missing:
            raise StageInputMissingError(
                f"There is no released data in {folder} ({', '.join(missing)} not there).",
                advice="run `make report`, which makes it; in JupyterLab, open the notebook inside the workspace.",
            )
        self.folder = folder

    @cached_property
    def figures(self) -> pd.DataFrame:
        """The record: one row per figure, with plain Python text in its key columns."""
        from likvard.indicators.record import KEY
        from likvard.tables import read_table

        frame = read_table(self.folder / "figures.parquet")
        text = [column for column in [*KEY, "status", "figure_id"] if column != "definition_version"]
        return frame.astype(dict.fromkeys(text, object))

    @cached_property
    def in_time(self) -> pd.DataFrame:
        """The record in the order of periods and groups, as tables want it."""
        return self.figures.sort_values(["period", "group"], kind="stable", ignore_index=True)

    @cached_property
    def places(self) -> dict[tuple[str, ...], npt.NDArray[np.intp]]:
        """Where in ``in_time`` the figures of an indicator, measure and group_by of one unit (its kind and id) stand."""
        by = ["indicator", "measure", "group_by", "unit_kind", "unit_id"]
        found: Any = self.in_time.groupby(by, sort=False).indices
        return dict(found)

    @cached_property
    def newest(self) -> dict[tuple[str, str, str], str]:
        """The newest period of each unit's levels, by kind and id of the unit and indicator."""
        levels = self.figures[(self.figures["measure"] == "level") & (self.figures["group_by"] == "all")]
        newest: dict[tuple[str, str, str], str] = {}
        for key in zip(levels["unit_kind"], levels["unit_id"], levels["indicator"], levels["period"], strict=True):
            newest[key[:3]] = max(key[3], newest.get(key[:3], ""))
        return newest

    @cached_property
    def published(self) -> frozenset[str]:
        """The indicators whose levels are not our own but a publisher's, who is their reference."""
        levels = self.figures[(self.figures["measure"] == "level") & (self.figures["reference"] != "")]
        return frozenset(map(str, levels["indicator"].unique()))

    @cached_property
    def has_own_figures(self) -> bool:
        """Whether any level is our own."""
        return bool(((self.figures["measure"] == "level") & (self.figures["reference"] == "")).any())

    @cached_property
    def units(self) -> dict[tuple[str, str], Unit]:
        """All units by kind (``all``, ``area``, ``school``) and id."""
        from likvard.tables import read_table

        rows: Iterator[Any] = read_table(self.folder / "units.parquet").itertuples(index=False)
        found = [Unit(row.unit_kind, row.unit_id, row.name, row.area_id, bool(row.in_edition)) for row in rows]
        return {(unit.kind, unit.id): unit for unit in found}

    @cached_property
    def edition(self) -> dict[str, Any]:
        """What the edition says about itself: periods, groups, definitions, choices, quality, origin."""
        facts: dict[str, Any] = json.loads((self.folder / "edition.json").read_text(encoding="utf-8"))
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


def released_in(folder: Path) -> Released:
    """The released edition in ``folder``, read once per process for as long as it is the same files."""
    edition = folder / "edition.json"
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
