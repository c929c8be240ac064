"""The slice of the released data that one report is about, and all that it can read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from likvard.indicators.record import EVERYONE, LEVEL
from likvard.report.released import OF_ALL, OF_UNITS, UNIT_KIND, Released, Unit, UnitKey, as_frame

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

IN_ORDER = ("in_time", "periods", "statuses", "places", "newest")
"""What a slice knows of its figures in the order of tables."""


class Slice:
    """The part of a released edition that one report is about, and all that it can read.

    A school's: its own figures, its area's and those of the whole, and who the other schools of the area are. An area's: its
    own, its schools' and those of the whole. The overview's: those of the whole and the areas, and of the schools that have
    actions. Figures that others have published about something larger belong to all.
    """

    def __init__(self, released: Released, kind: str, unit: Unit) -> None:
        self._released, self._kind, self._unit = released, kind, unit
        self.published, self.has_own_figures = released.published, released.has_own_figures

    @cached_property
    def units(self) -> dict[UnitKey, Unit]:
        """The units that the report may name, by kind and id."""
        every = self._released.units
        if self._kind == "overview":
            return every
        near = [*self._released.of_schools.get(self._unit.area_id, ()), *_known(every, self._around)]
        return {unit.key: unit for unit in [self._unit, *near]}

    @property
    def _around(self) -> list[UnitKey]:
        return [("area", self._unit.area_id), ("all", "all")]

    @cached_property
    def edition(self) -> dict[str, Any]:
        """What the report may say about the edition; its ``data_hash`` is that of this slice."""
        facts, _ = self._released.common
        return facts | self._own_facts | {"data_hash": self.digest}

    @property
    def _own_facts(self) -> dict[str, list[dict[str, Any]]]:
        """Actions and comments of the unit; in the overview everybody's, and the meetings."""
        if self._kind == "overview":
            return {name: list(self._released.edition.get(name, ())) for name in (*OF_UNITS, *OF_ALL)}
        return {name: units.get(self._unit.key, []) for name, units in self._released.of_units.items()}

    def slice_of(self, kind: str, unit_id: str) -> Slice:
        """What the overview, which speaks for every unit, counts of one, by way of its area: figures that an area reads are put in
        order once for all its schools. Errors: ``UnknownUnitError``; ``ValueError`` where the figures are not in this slice.
        """
        if self._kind == "overview":
            return self._released.slice_of(kind, unit_id)
        unit = self.unit(kind, unit_id)
        if self._kind != "area" or unit.key not in self.units:
            raise ValueError("only the overview speaks for others, and an area for its schools")
        part = Slice(self._released, kind, unit)
        vars(part).update({name: getattr(self, name) for name in IN_ORDER})
        return part

    def unit(self, kind: str, unit_id: str) -> Unit:
        """The unit that a report of ``kind`` is about. Errors: ``UnknownUnitError``."""
        return self._released.unit(kind, unit_id)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """The figures in the order of the record, with plain Python text in its key columns."""
        return as_frame(self._released.record.take(self._rows))

    @cached_property
    def _rows(self) -> npt.NDArray[np.int64]:
        """Where in the record the figures stand."""
        import numpy as np

        places = [self._released.rows[key] for key in self._read()]
        return np.sort(np.concatenate(places)) if places else np.array([], dtype=np.int64)

    def _read(self) -> list[UnitKey]:
        """The units whose figures the report can read."""
        every = self._released.rows
        larger = self._released.larger
        if self._kind == "overview":
            return [key for key in every if key[0] != "school" or key in self._released.of_units["actions"]]
        inside = [unit.key for unit in self.units.values()] if self._kind == "area" else [self._unit.key, *self._around]
        return [*larger, *(key for key in inside if key in every and key not in larger)]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the whole slice. The overview's covers every school, as it speaks for them all."""
        _, common = self._released.common
        keys = self._released.rows if self._kind == "overview" else self._read()
        hashes = self._released.hashes
        lines = [
            common,
            json.dumps(self._own_facts, sort_keys=True),
            *(json.dumps(asdict(unit), sort_keys=True) for unit in self.units.values()),
            *sorted(f"{kind} {unit_id} {hashes[kind, unit_id]}" for kind, unit_id in keys),
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @cached_property
    def in_time(self) -> pd.DataFrame:
        """The figures in the order of periods and groups, as tables want them, with the ``name`` of the unit."""
        import numpy as np
        import pandas as pd

        # By the numbers that stand for the texts: to put the texts themselves in order takes ten times as long.
        figures = self._released.record.take(self._rows)
        order = np.lexsort([_places_in_order(figures[column]) for column in ("group", "period")])
        rows = as_frame(figures.take(order))
        keys = list(zip(rows["unit_kind"], rows["unit_id"], strict=True))
        names = {unit.key: unit.name for unit in _known(self._released.units, dict.fromkeys(keys))}
        rows["name"] = pd.Series([names.get(key, "") for key in keys], dtype=object)
        # What pandas would make of texts by itself takes three times as long to pick rows and columns from.
        rows.columns = pd.Index(rows.columns, dtype=object)
        # The copy lays columns of one type together: to take rows of it costs a third.
        return rows.copy()

    @cached_property
    def periods(self) -> npt.NDArray[np.object_]:
        """The period of each row of ``in_time``."""
        return self.in_time["period"].to_numpy()

    @cached_property
    def statuses(self) -> npt.NDArray[np.object_]:
        """The status of each row of ``in_time``."""
        return self.in_time["status"].to_numpy()

    @cached_property
    def places(self) -> dict[tuple[str, ...], npt.NDArray[np.intp]]:
        """Where in ``in_time`` the figures of an indicator, measure and group_by of one unit (its kind and id) stand."""
        by = ["indicator", "measure", "group_by", "unit_kind", "unit_id"]
        found: Any = self.in_time.groupby(by, sort=False).indices
        return dict(found)

    @cached_property
    def newest(self) -> dict[tuple[str, str, str], str]:
        """The newest period of each unit's levels, by kind and id of the unit and indicator."""
        return {
            (unit_kind, unit_id, indicator): self.periods[where[-1]]
            for (indicator, *kind, unit_kind, unit_id), where in self.places.items()
            if kind == [LEVEL, EVERYONE]
        }

    def units_with_reports(self, kind: str) -> list[Unit]:
        """The units of a report kind that are in the edition and in this slice, by id."""
        return [unit for unit in self.units.values() if unit.kind == UNIT_KIND[kind] and unit.in_edition]


def _places_in_order(texts: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """The place of each text, which is a number that stands for it, among the different texts in their order."""
    import numpy as np

    coded = texts.combine_chunks()
    order = np.argsort(np.array(coded.dictionary.to_pylist(), dtype=object))
    places: npt.NDArray[np.int64] = np.argsort(order)[coded.indices.to_numpy()]
    return places


@lru_cache(maxsize=1)
def slice_of(released: Released, kind: str, unit: Unit) -> Slice:
    """The slice, read once for a notebook and all that is made of it."""
    return Slice(released, kind, unit)


def _known(units: dict[UnitKey, Unit], keys: Iterable[UnitKey]) -> list[Unit]:
    return [units[key] for key in keys if key in units]
