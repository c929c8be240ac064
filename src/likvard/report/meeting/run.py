"""The stage ``pack``: what a meeting has before it.

The packs of an area and its schools are made in one process, so that each school's pages are made once; several areas at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from likvard.apart import Limits, each, values_of
from likvard.indicators.record import EVERYONE
from likvard.language import Language
from likvard.params import Params
from likvard.report import pdf
from likvard.report.build import meta_of, still_surroundings
from likvard.report.calendar_page import render_calendar
from likvard.report.meeting import slides
from likvard.report.meeting.agenda import Points, agenda_page, points_of
from likvard.report.meeting.pages import Page, decisions_page, unit_pages
from likvard.report.meeting.printed import render_pack
from likvard.report.meeting.register import empty_register
from likvard.report.meeting.slides import render_slides
from likvard.report.meta import ReportMeta
from likvard.report.released import KINDS, Released, no_such_unit, released_in
from likvard.report.view import Report, open_report
from likvard.scheduler import cores
from likvard.workspace import Workspace, alone_with_edition, write_atomically, writing_folder

LIMITS = Limits(seconds=1800.0, gib=4.0)
"""What the packs of one area and its schools may take."""

FORMS: dict[str, Callable[[Sequence[Page], ReportMeta], bytes]] = {
    ".pdf": render_pack,
    ".html": lambda pages, meta: render_slides(pages, meta).encode(),
}
"""What a pack is written as, by the end of the file's name."""


def run(workspace: Workspace, params: Params, only: tuple[str, ...] = (), jobs: int | None = None) -> None:
    """``reports/<edition>/meeting``: an empty register of actions and, where meetings are delivered, PDF and slides per unit;
    and beside it ``calendar.html``.

    With ``only``, the packs of these units are made, whatever is delivered, beside what is there. ``jobs``: the packs of so many
    areas are made at a time. Errors: ``UnknownUnitError``, ``StageInputMissingError``, ``CannotWriteError``, ``LockedError``.
    """
    released = released_in(workspace.made_by("protect", workspace.released))
    folder = workspace.reports(params.edition) / "meeting"
    known = {unit.id: kind for kind in KINDS for unit in released.units_with_reports(kind)}
    if strange := [unit_id for unit_id in only if unit_id not in known]:
        raise no_such_unit("school or area", strange, sorted(known))
    chosen = frozenset(only) or frozenset(known if released.edition["meetings"] else ())
    packs, jobs = Packs(released, params.language, chosen, params.draft), jobs or cores()
    with alone_with_edition(workspace, params.edition):
        still_surroundings()
        if only:
            made = write_packs(packs, folder, jobs)
        else:
            with writing_folder(folder) as fresh:
                made = write_packs(packs, fresh, jobs)
                name, content = empty_register(workspace.contracts, params.source, Language(params.language))
                write_atomically(fresh / name, content)
            everyone = open_report("overview", EVERYONE, language=params.language, released=released)
            write_atomically(folder.parent / "calendar.html", render_calendar(everyone).encode())
    print(f"pack: material for the meetings of {made} units in {workspace.shown(folder)}")  # noqa: T201


@dataclass(frozen=True)
class Pack:
    """The pages of one pack in order, and what it says of itself."""

    pages: list[Page]
    meta: ReportMeta


@dataclass(frozen=True)
class Told:
    """What a larger unit's pack holds of a unit: what it brings to the agenda, and its pages."""

    points: Points
    pages: list[Page]


@dataclass(frozen=True)
class Packs:
    """The packs of the ``chosen`` units (ids) of an edition: those of an area hold its schools' pages, those of all the areas'."""

    released: Released
    language: str
    chosen: frozenset[str]
    draft: bool

    def areas(self) -> list[str]:
        """The areas for which something is made, by id."""
        schools, chosen = self.released.of_schools, self.chosen
        return [
            area.id
            for area in self.released.units_with_reports("area")
            if chosen & {area.id, EVERYONE, *(school.id for school in schools.get(area.id, ()))}
        ]

    def of_area(self, area_id: str) -> tuple[list[Pack], Told | None]:
        """Those of an area and its schools, and what that of all holds of the area where it is chosen."""
        made: list[Pack] = []
        schools: list[Told] = []
        for school in self.released.of_schools.get(area_id, ()):
            if school.in_edition and self.chosen & {school.id, area_id}:
                report = self._opened("school", school.id)
                schools.append(told_of(report))
                if school.id in self.chosen:
                    made.append(self.pack(report, schools[-1], []))
        if not self.chosen & {area_id, EVERYONE}:
            return made, None
        report = self._opened("area", area_id)
        told = told_of(report)
        if area_id in self.chosen:
            made.append(self.pack(report, told, schools))
        return made, told if EVERYONE in self.chosen else None

    def everyone(self) -> tuple[Report, Told]:
        """All together, before any area."""
        report = self._opened("overview", EVERYONE)
        return report, told_of(report)

    def pack(self, report: Report, own: Told, others: Sequence[Told]) -> Pack:
        """Agenda, the unit's own pages, those of the units that belong to it, and the template for decisions."""
        agenda = agenda_page(report, [own.points, *(other.points for other in others)])
        pages = [agenda, *own.pages, *(page for other in others for page in other.pages), decisions_page(report)]
        return Pack(pages, replace(meta_of(report), draft=self.draft))

    def _opened(self, kind: str, unit_id: str) -> Report:
        return open_report(kind, unit_id, language=self.language, released=self.released)


def told_of(report: Report) -> Told:
    """What the unit brings to an agenda, and its pages."""
    return Told(points_of(report), unit_pages(report))


def write_packs(packs: Packs, folder: Path, jobs: int) -> int:
    """How many packs stand in ``folder`` by now; the largest areas are begun first. The first error ends it."""
    areas, schools = packs.areas(), packs.released.of_schools
    if not packs.chosen:
        return 0
    warm_up(packs)
    everyone = packs.everyone() if EVERYONE in packs.chosen else None
    largest_first = sorted(areas, key=lambda area_id: -len(schools.get(area_id, ())))
    count, told = 0, dict[str, Told]()
    for area_id, (made, found) in values_of(each(partial(_write_area, packs, folder), largest_first, jobs, LIMITS)):
        count += made
        if found is not None:
            told[area_id] = found
    if everyone is None:
        return count
    report, own = everyone
    pack = packs.pack(report, own, [told[area_id] for area_id in areas])
    return count + len(dict(values_of(each(partial(_write_form, pack, folder), FORMS, jobs, LIMITS)))) // len(FORMS)


def warm_up(packs: Packs) -> None:
    """Nothing; what every pack needs is loaded once, before the processes that make them are forked."""
    pdf.warm_up()
    slides.warm_up()
    packs.released.rows, packs.released.common, packs.released.hashes  # noqa: B018


def _write_area(packs: Packs, folder: Path, area_id: str) -> tuple[int, Told | None]:
    made, told = packs.of_area(area_id)
    for pack in made:
        for form in FORMS:
            _write_form(pack, folder, form)
    return len(made), told


def _write_form(pack: Pack, folder: Path, form: str) -> None:
    place = folder / pack.meta.unit_kind / f"{pack.meta.unit_id}{form}"
    write_atomically(place, FORMS[form](pack.pages, pack.meta))
