"""A meeting pack as a tagged PDF (PDF/UA-1), set by Typst from the parts of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from likvard.language import Language
from likvard.report.meeting.pages import Page
from likvard.report.meta import ReportMeta
from likvard.report.pdf import about, typeset


def render_pack(pages: Sequence[Page], meta: ReportMeta) -> bytes:
    """The PDF of the pages, each on a page of its own; the first gives the document's heading."""
    document = about(meta, Language(meta.language)) | {
        "kind_name": Language(meta.language).text("Material for the meeting"),
        "sections": [],
        "pages": [asdict(page) for page in pages],
    }
    return typeset(document, "meeting_pages.typ")
