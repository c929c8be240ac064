"""The stage ``index``: the page that opens an edition."""

from __future__ import annotations

import json

from likvard.errors import StageInputMissingError
from likvard.language import Language
from likvard.lineage.version import code_version
from likvard.params import Params
from likvard.report.build import ingredients_of
from likvard.report.changes import clearest_changes
from likvard.report.content.method import quality_text
from likvard.report.index import IndexEntry, render_index
from likvard.report.look_up import look_up
from likvard.report.manifest import MANIFEST, is_current
from likvard.report.messages_page import render_messages_page
from likvard.report.meta import QUALITY_PAGE
from likvard.report.open_data import OPEN_DATA, open_data
from likvard.report.quality import render_quality
from likvard.report.released import QUALITY, released_in
from likvard.report.view import open_report
from likvard.workspace import Workspace, alone_with_edition, write_atomically


def run(workspace: Workspace, params: Params) -> None:
    """``reports/<edition>/index.html``, which links every report, and beside it ``messages.html``, the public list of findings,
    ``quality.html`` and what anyone may have of it, ``open-data.zip``.

    Errors: ``StageInputMissingError`` (a report is missing or out of date), ``CannotWriteError``, ``LockedError``.
    """
    with alone_with_edition(workspace, params.edition):
        _write_pages(workspace, params)


def _write_pages(workspace: Workspace, params: Params) -> None:
    released = released_in(workspace.made_by("protect", workspace.released))
    folder = workspace.reports(params.edition)
    language = Language(params.language)
    entries = []
    for kind, ingredients in ingredients_of(workspace, released, params.language, params.draft).items():
        for unit in released.units_with_reports(kind):
            path = workspace.made_by("report", folder / kind / f"{unit.id}{MANIFEST}")
            if not is_current(path, ingredients, unit.id):
                raise StageInputMissingError(
                    f"{workspace.shown(path)} is of a report that is out of date; the page would open two editions as one.",
                    advice="run `make report`, which builds what is out of date and then the page.",
                )
            entries.append(
                IndexEntry(
                    unit_kind=kind,  # type: ignore[arg-type]
                    unit_id=unit.id,
                    unit_name=unit.name,
                    html=f"{kind}/{unit.id}.html",
                    pdf=f"{kind}/{unit.id}.pdf",
                    area_id=unit.area_id,
                    pack=f"meeting/{kind}/{unit.id}.html" if released.edition["meetings"] else "",
                )
            )
    overview = open_report("overview", "all", language=params.language, released=released)
    label = f"{params.municipality}, {overview.period}"
    package, figures = open_data(released)
    pages = ((one.html, (folder / one.html).read_text(encoding="utf-8")) for one in entries)
    page = render_index(
        label,
        language,
        entries,
        quality_text(overview),
        released.edition["quality"]["status"],
        QUALITY_PAGE,
        released.edition["data_hash"],
        code_version(),
        clearest_changes(language, released),
        figures,
        look_up(released, language, params.edition, pages),
    )
    links = ((language.text("All reports"), "index.html"),)
    found = json.loads(workspace.made_by("protect", workspace.released / QUALITY).read_text(encoding="utf-8"))
    write_atomically(folder / QUALITY_PAGE, render_quality(found, language, params.municipality, links).encode())
    write_atomically(folder / "index.html", page.encode())
    write_atomically(folder / OPEN_DATA, package)
    write_atomically(folder / "messages.html", render_messages_page(overview, label).encode())
    print(f"index: {len(entries)} reports listed")  # noqa: T201
