"""The stage ``pack``: what a meeting has before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from likvard.language import Language
from likvard.params import Params
from likvard.report.build import meta_of, still_surroundings
from likvard.report.calendar_page import render_calendar
from likvard.report.meeting.agenda import agenda_page
from likvard.report.meeting.pages import Page, decisions_page, unit_pages
from likvard.report.meeting.printed import render_pack
from likvard.report.meeting.register import empty_register
from likvard.report.meeting.slides import render_slides
from likvard.report.released import KINDS, Released, no_such_unit, released_in
from likvard.report.view import Report, open_report
from likvard.workspace import Workspace, alone_with_edition, write_atomically, writing_folder


def run(workspace: Workspace, params: Params, only: tuple[str, ...] = ()) -> None:
    """``reports/<edition>/meeting``: an empty register of actions and, where meetings are delivered, PDF and slides per unit;
    and beside it ``calendar.html``.

    With ``only``, the packs of these units are made, whatever is delivered, beside what is there.
    Errors: ``UnknownUnitError``, ``StageInputMissingError``, ``CannotWriteError``, ``LockedError``.
    """
    released = released_in(workspace.made_by("protect", workspace.released))
    folder = workspace.reports(params.edition) / "meeting"
    known = {unit.id: kind for kind in KINDS for unit in released.units_with_reports(kind)}
    if strange := [unit_id for unit_id in only if unit_id not in known]:
        raise no_such_unit("school or area", strange, sorted(known))
    chosen = set(only) or (set(known) if released.edition["meetings"] else set())
    with alone_with_edition(workspace, params.edition):
        still_surroundings()
        if only:
            made = sum(_write(pack, folder, params.draft) for pack in packs(released, params.language, chosen))
        else:
            with writing_folder(folder) as fresh:
                made = sum(_write(pack, fresh, params.draft) for pack in packs(released, params.language, chosen))
                name, content = empty_register(workspace.contracts, params.source, Language(params.language))
                write_atomically(fresh / name, content)
            everyone = open_report("overview", "all", language=params.language, released=released)
            write_atomically(folder.parent / "calendar.html", render_calendar(everyone).encode())
    print(f"pack: material for the meetings of {made} units in {workspace.shown(folder)}")  # noqa: T201


def packs(released: Released, language: str, chosen: set[str]) -> Iterator[tuple[Report, list[Page]]]:
    """The chosen units' reports with the pages of their packs: those of an area hold its schools', those of all hold the areas'."""
    everyone = open_report("overview", "all", language=language, released=released)
    of_areas: list[tuple[Report, list[Page]]] = []
    for unit in released.units_with_reports("area"):
        area = open_report("area", unit.id, language=language, released=released)
        here = [one for one in released.units_with_reports("school") if one.area_id == unit.id]
        wanted = [one for one in here if chosen & {one.id, unit.id}]
        schools = [open_report("school", one.id, language=language, released=released) for one in wanted]
        pages = [(school, unit_pages(school)) for school in schools]
        yield from ((school, _pack(school, own, [])) for school, own in pages if school.unit.id in chosen)
        if chosen & {unit.id, everyone.unit.id}:
            of_areas.append((area, unit_pages(area)))
        if unit.id in chosen:
            yield area, _pack(area, of_areas[-1][1], pages)
    if everyone.unit.id in chosen:
        yield everyone, _pack(everyone, unit_pages(everyone), of_areas)


def _pack(report: Report, own: list[Page], others: Sequence[tuple[Report, list[Page]]]) -> list[Page]:
    """Agenda, the unit's own pages, those of the units that belong to it, and the template for decisions."""
    agenda = agenda_page(report, [other for other, _ in others])
    return [agenda, *own, *(page for _, pages in others for page in pages), decisions_page(report)]


def _write(pack: tuple[Report, list[Page]], folder: Path, draft: bool) -> bool:
    """Whether the PDF and the slides of a pack are written: they are, or it is an error."""
    report, pages = pack
    meta = replace(meta_of(report), draft=draft)
    place = folder / report.kind / report.unit.id
    write_atomically(place.with_name(f"{place.name}.pdf"), render_pack(pages, meta))
    write_atomically(place.with_name(f"{place.name}.html"), render_slides(pages, meta).encode())
    return True
