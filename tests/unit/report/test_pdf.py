"""The PDF of a report: tagged, named, the same bytes, the same content as the page."""

import io
from collections import Counter

import nbformat
import pikepdf
import pytest
import sample

from likvard.apart import Limits, each
from likvard.report.pdf import render_pdf
from pdf_structure import structure


@pytest.fixture(scope="module")
def report(swedish: nbformat.NotebookNode) -> bytes:
    return render_pdf(swedish, sample.meta("sv"))


def test_a_report_is_tagged_and_has_a_language_and_a_title(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as pdf:
        assert str(pdf.Root.Lang).startswith("sv")
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo["/Title"]) == "Åsö grundskola – Läsåret 1988/89"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_a_report_has_headings_figures_with_alt_text_and_tables_with_headers(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as pdf:
        elements = list(structure(pdf.Root.StructTreeRoot))
        kinds = Counter(str(element.S) for element in elements)
        assert kinds["/H1"] == 1
        assert kinds["/Table"] == 6
        assert kinds["/TH"] >= 6 * 2
        alts = [str(element.Alt) for element in elements if "/Alt" in element]
        assert len(alts) == 5
        assert all(len(alt) >= 40 for alt in alts)


def test_a_report_has_bookmarks_for_its_sections(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as pdf, pdf.open_outline() as outline:
        assert [entry.title for entry in outline.root] == ["Åsö grundskola"]
        assert "Vilka våra elever är" in [entry.title for entry in outline.root[0].children]


def test_a_school_report_has_two_to_four_pages(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as pdf:
        assert 2 <= len(pdf.pages) <= 4


def test_a_report_is_the_same_bytes_twice(report: bytes) -> None:
    assert render_pdf(sample.notebook("sv"), sample.meta("sv")) == report


def test_a_hostile_name_is_not_typesetting_code() -> None:
    name = '#panic("x") $x$ <l> @ref *b* \\ "'
    made = render_pdf(sample.notebook("en", name=name), sample.meta(title=name, unit_name=name))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.docinfo["/Title"]).startswith(name)


def test_a_report_that_was_set_here_does_not_hold_up_one_in_a_process_forked_later(
    swedish: nbformat.NotebookNode, report: bytes
) -> None:
    (ended,) = each(
        lambda notebook: render_pdf(notebook, sample.meta("sv")), [swedish], limits=Limits(60), method="fork"
    )
    assert ended.error is None
    assert ended.value == report
