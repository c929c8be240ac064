"""One report as an analyst and a notebook see it: figures of a unit and what it is compared with, and exhibits of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from likvard.indicators.record import EVERYONE, LEVEL
from likvard.language import Language
from likvard.report.exhibit import Cell
from likvard.report.periods import period_name, period_tick
from likvard.report.released import Released, Unit, released_in
from likvard.report.slices import Slice

if TYPE_CHECKING:
    import pandas as pd

    from likvard.report.content import Part


NOWHERE: list[int] = []


@dataclass(frozen=True)
class Report:
    """One unit of a released edition, with the units that it is compared with and the slice of the edition that tells of them.

    ``compared`` begins with the unit itself and goes on with its area (where that has more schools than this one) and all.
    """

    kind: str
    unit: Unit
    compared: tuple[Unit, ...]
    released: Slice
    language: Language

    def exhibit(self, name: str) -> Part:
        """The part of the report called ``name``. An unknown name is a ``KeyError`` that lists the names."""
        from likvard.report.content import PARTS
        from likvard.report.content.comments import with_comments

        if name not in PARTS:
            raise KeyError(f"there is no exhibit {name!r}; there are: {', '.join(PARTS)}")
        return with_comments(self, name, PARTS[name](self))

    def table(
        self,
        indicator: str,
        measure: str = LEVEL,
        group_by: str = EVERYONE,
        period: str | None = None,
        units: tuple[Unit, ...] | None = None,
    ) -> pd.DataFrame:
        """Released figures as a frame, one row per unit, period and group: the record's columns and ``name`` of the unit.

        ``period`` is the newest that the indicator is told for unless another, or ``"every"``, is asked for.
        """
        import numpy as np
        import pandas as pd

        kind = (indicator, measure, group_by)
        found = [self.released.places.get((*kind, unit.kind, unit.id), NOWHERE) for unit in units or self.compared]
        places = np.concatenate(found).astype(np.intp)
        if period != "every" and len(places):
            places = places[self.released.periods[places] == (period or self.current(indicator))]
        rows = self.released.in_time.take(places)
        rows.index = pd.RangeIndex(len(rows))
        return rows

    @property
    def definitions(self) -> dict[str, dict[str, Any]]:
        """The indicator definitions of the edition by id."""
        found: dict[str, dict[str, Any]] = self.released.edition["definitions"]
        return found

    def tells(self, indicator: str) -> bool:
        """Whether the unit has any figure of the indicator, shown or held back."""
        own = self.released.places.get((indicator, LEVEL, EVERYONE, self.unit.kind, self.unit.id), NOWHERE)
        return any(status not in ("missing", "not_applicable") for status in self.released.statuses[own])

    def told(self, *indicators: str) -> tuple[str, ...]:
        """Those of the indicators that the unit has figures of."""
        return tuple(indicator for indicator in indicators if self.tells(indicator))

    def current(self, indicator: str) -> str:
        """The newest period that the indicator is told for in the edition, or of the unit where it has only earlier ones."""
        newest: str = self.released.edition["current"][indicator]
        return min(newest, self.released.newest.get((self.unit.kind, self.unit.id, indicator), newest))

    def is_published(self, indicator: str) -> bool:
        """Whether the levels of the indicator are a publisher's and not our own."""
        return indicator in self.released.published

    @property
    def by_municipality(self) -> bool:
        """Whether the areas of the edition are municipalities."""
        return bool(self.released.edition.get("area_kind") == "municipality")

    @cached_property
    def periods(self) -> dict[str, str]:
        """The periods of the edition and how they are written: school year with its grade where there is only one."""
        return {period["id"]: period_name(period, self.language) for period in self.released.edition["periods"]}

    @property
    def period(self) -> str:
        """The edition's own period as it is written."""
        edition: str = self.released.edition["edition"]
        return self.periods.get(edition, edition)

    @property
    def edition_label(self) -> str:
        """The name of the edition as it is written."""
        return period_tick(self.released.edition["edition"], self.language)

    def period_of(self, indicator: str) -> str:
        """The newest period that the indicator is told for, as it is written."""
        return self.periods[self.current(indicator)]

    def say(self, msgid: str, **named: object) -> str:
        """A text in the report's language; ``{period}`` and ``{level}`` (of the intervals) are filled in without asking."""
        return self.language.text(msgid, **(self._filled_in | named))

    @cached_property
    def _filled_in(self) -> dict[str, str]:
        level = self.language.percent(self.released.edition["interval_level"])
        return {"period": self.period, "level": level}

    def title_of(self, indicator: str) -> str:
        """The indicator's title in the report's language."""
        title: str = self.definitions[indicator]["title"][self.language.code]
        return title

    def group_title(self, group_by: str, group: str) -> str:
        """The name of a group in the report's language."""
        titles = self.released.edition["groups"][group_by]["titles"]
        return str(titles[group][self.language.code]) if group in titles else self.language.text("Not known")

    def label(self, status: str) -> str:
        """The short word that stands in place of a figure."""
        return status_label(status, self.language)

    def word(self, row: Any) -> str:
        """The short word that stands in place of the figure of a row; nothing where the figure has a value."""
        if row.status in ("shown", "rounded"):
            return ""
        if row.status == "not_applicable" and self.is_published(row.indicator):
            return self.language.text("not told")
        return self.label(row.status)

    def is_share(self, indicator: str) -> bool:
        """Whether the indicator's values are written in per cent."""
        definition = self.definitions[indicator]
        return definition["kind"] in ("share", "composition") or definition["percent"]

    def unit_of(self, indicator: str) -> str:
        """The unit of measurement of the indicator."""
        unit: str = self.definitions[indicator]["unit"][self.language.code]
        return unit

    def difference(self, indicator: str, value: float) -> str:
        """A difference of two values of the indicator as it is written, with its sign and unit."""
        decimals = self.definitions[indicator]["decimals"]
        if self.is_share(indicator):
            return self.language.percentage_points(value, decimals)
        return f"{self.language.signed(value, decimals)} {self.unit_of(indicator)}"

    def written(self, indicator: str, value: float) -> str:
        """A value of the indicator as it is printed."""
        decimals = self.definitions[indicator]["decimals"]
        if self.is_share(indicator):
            return self.language.percent(value, decimals)
        if self.definitions[indicator].get("signed"):
            return self.language.signed(value, decimals)
        return self.language.number(value, decimals)

    def held_back(self, row: Any) -> Cell:
        """The cell of a figure that is not shown: why there is none."""
        return Cell(self.word(row), row.status, row.figure_id)

    def cell(self, indicator: str, row: Any, *, interval: bool = True) -> Cell:
        """A level as a table cell: the value with its interval, or why there is none."""
        if row.status == "rounded":
            return Cell(f"~{self.written(indicator, row.value)}", "rounded", row.figure_id)
        if row.status != "shown":
            return self.held_back(row)
        text = self.written(indicator, row.value)
        if interval and row.low == row.low and row.low != row.high:
            decimals = self.definitions[indicator]["decimals"]
            ends = self.language.percent_interval if self.is_share(indicator) else self.language.interval
            text += f" ({ends(row.low, row.high, decimals)})"
        return Cell(text, "shown", row.figure_id)


def status_label(status: str, language: Language) -> str:
    """The short word that stands in place of a figure of this status."""
    return {
        "held_back": language.text("held back"),
        "too_few": language.text("too few"),
        "protects_another": language.text("protected"),
        "rounded": language.text("rounded"),
        "missing": language.text("no data"),
        "not_applicable": language.text("no pupils"),
        "not_yet": language.text("not yet"),
    }[status]


def open_report(kind: str, unit_id: str, *, language: str = "en", released: Released | Slice | None = None) -> Report:
    """The report of ``kind`` (``overview``, ``area``, ``school``) about one unit of the released edition.

    Without ``released``, the workspace that the notebook runs in. Errors: ``UnknownUnitError``, ``StageInputMissingError``.
    """
    if released is None:
        from likvard.workspace import Workspace

        released = released_in(Workspace.find().released)
    part = released.slice_of(kind, unit_id)
    unit = released.unit(kind, unit_id)
    compared = [unit]
    if kind == "school":
        siblings = [other for other in part.units_with_reports("school") if other.area_id == unit.area_id]
        compared += [part.units["area", unit.area_id]] if len(siblings) > 1 else []
    if kind != "overview":
        compared.append(part.units["all", EVERYONE])
    return Report(kind, unit, tuple(compared), part, Language(language))
