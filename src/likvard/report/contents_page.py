"""The stage ``index``: the page that opens an edition."""

from __future__ import annotations

import json

from likvard.language import Language
from likvard.lineage import code_version
from likvard.params import Params
from likvard.report.content.method import quality_text
from likvard.report.index import IndexEntry, render_index
from likvard.report.messages_page import render_messages_page
from likvard.report.meta import QUALITY_PAGE
from likvard.report.quality import render_quality
from likvard.report.released import KINDS, QUALITY, released_in
from likvard.report.view import open_report
from likvard.workspace import Workspace, write_atomically


def run(workspace: Workspace, params: Params) -> None:
    """``reports/<edition>/index.html``, which links every report, and beside it ``messages.html``, the public list of findings, and
    ``quality.html``.

    Errors: ``StageInputMissingError``, ``CannotWriteError``.
    """
    released = released_in(workspace.made_by("protect", workspace.released))
    folder = workspace.reports(params.edition)
    language = Language(params.language)
    entries = []
    for kind in KINDS:
        for unit in released.units_with_reports(kind):
            workspace.made_by("report", folder / kind / f"{unit.id}.manifest.json")
            entries.append(
                IndexEntry(
                    unit_kind=kind,  # type: ignore[arg-type]
                    unit_id=unit.id,
                    unit_name=unit.name,
                    html=f"{kind}/{unit.id}.html",
                    pdf=f"{kind}/{unit.id}.pdf",
                    area_id=unit.area_id,
                )
            )
    overview = open_report("overview", "all", language=params.language, released=released)
    label = f"{params.municipality}, {overview.period}"
    page = render_index(
        label,
        language,
        entries,
        quality_text(overview),
        released.edition["quality"]["status"],
        QUALITY_PAGE,
        released.edition["data_hash"],
        code_version(),
    )
    links = ((language.text("All reports"), "index.html"),)
    found = json.loads(workspace.made_by("protect", workspace.released / QUALITY).read_text(encoding="utf-8"))
    write_atomically(folder / QUALITY_PAGE, render_quality(found, language, params.municipality, links).encode())
    write_atomically(folder / "index.html", page.encode())
    write_atomically(folder / "messages.html", render_messages_page(overview, label).encode())
    print(f"index: {len(entries)} reports listed")  # noqa: T201
