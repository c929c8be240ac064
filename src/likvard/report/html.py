"""A report as one self-contained HTML page: no script, no outside resource, made for every reader."""

from functools import cache
from typing import TYPE_CHECKING, Any

import nbformat

from likvard.language import Language
from likvard.report.document import read_document
from likvard.report.fragments import part_html
from likvard.report.look_up import with_places
from likvard.report.meta import ReportMeta, kind_name
from likvard.report.style import TEMPLATES, content_policy, style_sheet

if TYPE_CHECKING:
    from nbconvert.exporters import TemplateExporter


def render_html(notebook: nbformat.NotebookNode, meta: ReportMeta) -> str:
    """The page of one report: the executed notebook's text and exhibits in the project's own nbconvert template."""
    language = Language(meta.language)
    report = {
        "meta": meta,
        "sections": read_document(notebook, language),
        "text": language.text,
        "kind_name": kind_name(meta.unit_kind, language, meta.area_kind),
        "style": style_sheet(),
        "policy": content_policy(style_sheet()),
        "part": lambda block: part_html(block, language, block["level"], block["number"]),
    }
    # nbconvert copies the notebook that it is given; all of this one is in the sections by now.
    told = nbformat.v4.new_notebook(metadata=notebook.metadata)
    page, _ = _exporter().from_notebook_node(told, resources={"report": report})
    return with_places(str(page))


def warm_up(language: str) -> None:
    """Nothing; typeface, style sheet, template, texts and what nbconvert asks of a notebook are loaded."""
    nbformat.validate(nbformat.v4.new_notebook())
    style_sheet()
    Language(language).percent(0.5)
    _exporter().template  # noqa: B018


@cache
def _exporter() -> "TemplateExporter":
    from nbconvert.exporters import TemplateExporter

    # The template directory is given outright: nbconvert's search path depends on the machine.
    own: dict[str, Any] = {"template_paths": [str(TEMPLATES)], "template_file": "report.html.j2"}
    own["default_preprocessors"] = []  # none of them is enabled, but each would have the notebook validated once more
    exporter = TemplateExporter(**own)
    exporter.environment.autoescape = True  # nbconvert leaves escaping to its templates; here a name is never markup
    exporter.environment.trim_blocks = True
    exporter.environment.lstrip_blocks = True
    return exporter
