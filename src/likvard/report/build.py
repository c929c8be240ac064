"""One report, from template to files."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from likvard.lineage.version import code_version
from likvard.report import html, pdf
from likvard.report.content import PARTS
from likvard.report.content.method import quality_text, versions_told
from likvard.report.exports import figure_exports
from likvard.report.manifest import MANIFEST, Ingredients, manifest
from likvard.report.meta import QUALITY_PAGE, ReportMeta
from likvard.report.notebook import execute
from likvard.report.released import KINDS, Released
from likvard.report.view import Report, open_report
from likvard.workspace import Workspace, write_atomically


def ingredients_of(workspace: Workspace, released: Released, language: str, draft: bool) -> dict[str, Ingredients]:
    """What the reports of each kind are made from."""
    templates = {kind: workspace.templates / f"{kind}.ipynb" for kind in KINDS}
    return {kind: Ingredients(workspace, released, templates[kind], language, draft) for kind in KINDS}


def build_report(ingredients: Ingredients, unit_id: str, folder: Path) -> None:
    """``<unit>.html``, ``.pdf``, ``.xlsx``, ``.csv`` and ``.manifest.json`` in ``folder``, each whole; the manifest comes last.

    Errors: ``NotebookFailedError``, ``CannotWriteError``.
    """
    write_report(folder, report_files(ingredients, unit_id))


def report_files(ingredients: Ingredients, unit_id: str) -> dict[str, bytes]:
    """The files of one report by name, the manifest last. Errors: ``NotebookFailedError``."""
    report = open_report(ingredients.kind, unit_id, language=ingredients.language, released=ingredients.released)
    notebook = execute(ingredients.template, ingredients.parameters(unit_id), ingredients.workspace.root)
    meta = replace(meta_of(report), log_head=ingredients.log_head, draft=ingredients.draft)
    outputs = {
        f"{unit_id}.html": html.render_html(notebook, meta).encode(),
        f"{unit_id}.pdf": pdf.render_pdf(notebook, meta),
        **figure_exports(notebook, report),
    }
    return outputs | {f"{unit_id}{MANIFEST}": manifest(ingredients, unit_id, outputs)}


def write_report(folder: Path, files: dict[str, bytes]) -> None:
    """Nothing; each of the files is in ``folder``, whole, in their order. Errors: ``CannotWriteError``."""
    for name, content in files.items():
        write_atomically(folder / name, content)


def meta_of(report: Report) -> ReportMeta:
    """What the report says about itself on its first and last page."""
    edition = report.released.edition
    say = report.language.text
    links = [(say("All reports"), "../index.html")]
    if report.kind == "school":
        area = report.released.units["area", report.unit.area_id]
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
    os.environ |= {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "JUPYTER_PLATFORM_DIRS": "1"}
    os.environ.pop("MATPLOTLIBRC", None)


def warm_up(made_from: Iterable[Ingredients], unit_ids: Iterable[str], with_exhibits: bool = True) -> None:
    """Nothing; what every report needs is loaded once, before the processes that build them are forked.

    ``with_exhibits``, every exhibit of one report of each kind is made and thrown away, so that all that is loaded or remembered
    on the way is there. Not its notebook: what a template does wrong must not happen here.
    """
    # What is loaded now stays: Python's collector would look through it for garbage, hundreds of times.
    gc.set_threshold(100_000, 50, 100)
    import papermill  # noqa: F401 – it loads its engines, ours among them

    from likvard.report import engine

    engine.warm_up()
    pdf.warm_up()
    for ingredients, unit_id in zip(made_from, unit_ids, strict=True):
        html.warm_up(ingredients.language)
        released = ingredients.released
        released.rows, released.common, ingredients.hashes  # noqa: B018
        report = open_report(ingredients.kind, unit_id, language=ingredients.language, released=released)
        for name in PARTS if with_exhibits else ():
            with contextlib.suppress(Exception):  # whoever reads that exhibit will hear of it
                report.exhibit(name)
