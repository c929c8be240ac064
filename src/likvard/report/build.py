"""One report, from template to files."""

from __future__ import annotations

import os
from pathlib import Path

from likvard.lineage import code_version
from likvard.report.content.method import quality_text, versions_told
from likvard.report.exports import figure_exports
from likvard.report.html import render_html
from likvard.report.manifest import Ingredients, manifest
from likvard.report.meta import QUALITY_PAGE, ReportMeta
from likvard.report.notebook import execute
from likvard.report.pdf import render_pdf
from likvard.report.view import Report, open_report
from likvard.workspace import write_atomically


def build_report(ingredients: Ingredients, kind: str, unit_id: str, folder: Path) -> None:
    """``<unit>.html``, ``.pdf``, ``.xlsx``, ``.csv`` and ``.manifest.json`` in ``folder``, each whole; the manifest comes last.

    Errors: ``NotebookFailedError``, ``CannotWriteError``.
    """
    report = open_report(kind, unit_id, language=ingredients.language, released=ingredients.released)
    notebook = execute(ingredients.template, ingredients.parameters(unit_id), ingredients.workspace.root)
    meta = meta_of(report)
    outputs = {
        f"{unit_id}.html": render_html(notebook, meta).encode(),
        f"{unit_id}.pdf": render_pdf(notebook, meta),
        **figure_exports(notebook, report),
    }
    for name, content in outputs.items():
        write_atomically(folder / name, content)
    write_atomically(folder / f"{unit_id}.manifest.json", manifest(ingredients, kind, unit_id, outputs))


def meta_of(report: Report) -> ReportMeta:
    """What the report says about itself on its first and last page."""
    edition = report.released.edition
    say = report.language.text
    links = [(say("All reports"), "../index.html")]
    if report.kind == "school":
        area = report.released.units[("area", report.unit.area_id)]
        links.append((area.name, f"../area/{area.id}.html"))
    if report.kind != "overview":
        links.append((say("Overview"), "../overview/all.html"))
    return ReportMeta(
        title=report.unit.name,
        subtitle=say("Equity report, {period}", period=report.period),
        edition=edition["edition"],
        edition_label=report.edition_label,
        unit_kind=report.kind,  # type: ignore[arg-type]
        unit_id=report.unit.id,
        unit_name=report.unit.name,
        language=report.language.code,
        quality=quality_text(report),
        quality_status=edition["quality"]["status"],
        data_hash=edition["data_hash"],
        code_version=code_version(),
        definitions=versions_told(report),
        area_kind=edition.get("area_kind", ""),
        links=tuple(links),
        quality_page=f"../{QUALITY_PAGE}",
    )


def still_surroundings() -> None:
    """Settings of this process, and of the kernels that it starts, that could otherwise change a report's bytes."""
    os.environ |= {
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "agg",
        "PYTHONWARNINGS": "ignore",
    }
    os.environ |= {"OMP_NUM_THREADS": "1", "JUPYTER_PLATFORM_DIRS": "1"}
    os.environ.pop("MATPLOTLIBRC", None)
