"""A draft says so in every form, and what is no draft does not."""

import io
import subprocess
from dataclasses import replace

import nbformat
import pikepdf
import pytest
import sample

from likvard.report.html import render_html
from likvard.report.pdf import render_pdf

DRAFT = {
    "en": "Draft: not approved, and not to be passed on.",
    "sv": "Utkast: inte godkänt och ska inte spridas vidare.",
}


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page_of_a_draft_says_so_in_its_language_and_in_its_title(language: str) -> None:
    notebook, meta = sample.notebook(language), sample.meta(language)
    draft = render_html(notebook, replace(meta, draft=True))
    assert f'<p class="draft">{DRAFT[language]}</p>' in draft
    assert f"<title>{DRAFT[language].split(':')[0]} – " in draft
    assert DRAFT[language] not in render_html(notebook, meta)


def test_every_printed_page_of_a_draft_says_so(swedish: nbformat.NotebookNode) -> None:
    pages = {draft: pages_of(render_pdf(swedish, sample.meta("sv", draft=draft))) for draft in (True, False)}
    assert len(pages[True]) == len(pages[False])
    assert all("Utkast" in page for page in pages[True])
    assert not any("Utkast" in page for page in pages[False])


def test_the_mark_lies_behind_the_text_and_is_no_content(swedish: nbformat.NotebookNode) -> None:
    with pikepdf.open(io.BytesIO(render_pdf(swedish, sample.meta("sv", draft=True)))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert b"/Artifact" in pdf.pages[0].Contents.read_bytes()


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    said = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return said.split("\f")[:-1]
