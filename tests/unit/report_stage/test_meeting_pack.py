"""The meeting pack: agenda, one page per school, two per area, and decisions that can be sent back in."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from likvard import open_report
from likvard.contracts import read_source, read_tables
from likvard.ingest.workbook import read_sheet
from likvard.language import Language
from likvard.report.build import meta_of
from likvard.report.meeting.agenda import agenda_page
from likvard.report.meeting.pages import Page, decisions_page
from likvard.report.meeting.printed import render_pack
from likvard.report.meeting.register import empty_register
from likvard.report.meeting.run import packs
from likvard.report.meeting.slides import render_slides
from likvard.report.released import Released
from likvard.report.view import Report
from pdf_structure import structure
from small_edition import CONTRACTS, action, figure, small_edition

HOSTILE = 'Læs <script>alert(1)</script> & "grupp" #let x = 1'


@pytest.fixture
def released(tmp_path: Path) -> Released:
    gap = figure(
        "school", "1", -3.0, measure="gap", group_by="gender", group="boy", reference="girl", low=-4.0, high=-2.0
    )
    groups = [
        figure("school", school, level, group_by="gender", group=group)
        for school in ("1", "2")
        for group, level in (("girl", 13.0), ("boy", 10.0))
    ]
    decided = [action("area", "01", title=HOSTILE)]
    return small_edition(tmp_path, gap, gap | {"unit_id": "2"}, *groups, actions=decided)


@pytest.fixture
def area(released: Released) -> Report:
    return open_report("area", "01", released=released)


@pytest.fixture
def pages(released: Released) -> list[Page]:
    ((_, pages),) = packs(released, "en", {"01"})
    return pages


def told(page: Page) -> list[str]:
    """The points of a page's lists, and its headings and paragraphs, in order."""
    lines = []
    for block in page.blocks:
        lines += [block["runs"]] if "runs" in block else block["items"]
    return ["".join(run["text"] for run in runs) for runs in lines]


def test_an_agenda_says_what_to_know_to_discuss_and_to_decide(released: Released, area: Report) -> None:
    said = told(agenda_page(area, [open_report("school", "1", released=released)]))
    assert said == [
        "To know",
        "The data goes to 2026-09-30.",
        "Quality of the data: All 1 checks passed.",
        f"Åsen: {HOSTILE}. Follow-up: none yet.",
        "To discuss",
        "Gap in results. What do these pupils meet in teaching and support, and what has helped elsewhere? (Åsens skola)",
        "To decide",
        f"{HOSTILE}: go on, change or stop? (Åsen)",
        "Gap in results: decide on an action, or to wait. (Åsens skola)",
        "No unit is ranked in this material. A finding says what is, never why: that is what the meeting is for.",
    ]


def test_a_question_is_asked_once_and_names_its_schools_in_the_order_of_the_alphabet(released: Released) -> None:
    schools = [open_report("school", one, released=released) for one in ("2", "1")]
    swedish = [open_report("school", one, language="sv", released=released) for one in ("1", "2")]
    for reports, names in ((schools, "(Åsens skola and Dalens skola)"), (swedish, "(Dalens skola och Åsens skola)")):
        assert [names in line for line in told(agenda_page(reports[0], reports[1:]))].count(True) == 2


def test_a_pack_holds_the_unit_and_those_that_belong_to_it(released: Released) -> None:
    titles = {
        report.unit.id: [page.title for page in pages] for report, pages in packs(released, "en", {"1", "03", "all"})
    }
    assert titles["1"] == ["Åsens skola", "Åsens skola", "What do we decide?"]
    assert [title for title in titles["03"] if ":" not in title] == [
        "Höjden",
        "Höjden",
        "Höjdens skola",
        "Nya skolan",
        "What do we decide?",
    ]
    assert {"Ekby", "Åsen", "Dalen", "Höjden"} <= set(titles["all"])


def test_the_pdf_is_tagged_has_one_first_heading_and_a_page_for_each_page(area: Report, pages: list[Page]) -> None:
    made = render_pack(pages, meta_of(area))
    assert made == render_pack(pages, meta_of(area))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == len(pages)
        kinds = [str(element.S) for element in structure(pdf.Root.StructTreeRoot)]
        assert kinds.count("/H1") == 1
        assert "/TH" in kinds
        assert str(pdf.Root.Lang) == "en"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_the_slides_are_one_file_that_asks_no_host_and_runs_no_name_as_script(area: Report, pages: list[Page]) -> None:
    page = render_slides(pages, meta_of(area))
    assert page.count("<h1>") == 1
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    head = page.split("</head>")[0]
    assert "default-src 'none'" in head
    assert not [mark for mark in (' src="http', "<link", "@import", "url(http") if mark in page]
    assert page == render_slides(pages, meta_of(area))


def test_the_same_chart_of_several_units_keeps_its_own_pieces(released: Released) -> None:
    ((area, pages),) = packs(released, "en", {"03"})
    ids = re.findall(
        r'\bid="([^"]+)"', render_slides(pages, meta_of(area)).split('<div class="slides">')[1].split("<script>")[0]
    )
    assert len(ids) > 20
    assert len(set(ids)) == len(ids)


def test_every_slide_stands_in_a_stack_of_its_page(area: Report, pages: list[Page]) -> None:
    page = render_slides(pages, meta_of(area)).split('<div class="slides">')[1]
    assert page.count("<section>\n<section>") == len(pages)
    assert page.count("<section>") == page.count("</section>")


def test_a_register_that_is_filled_in_is_read_by_the_senders_own_mapping() -> None:
    name, content = empty_register(CONTRACTS, "exempelkommun", Language("sv"))
    mapped = read_source(CONTRACTS, "exempelkommun", read_tables(CONTRACTS)).tables["actions"]
    assert name == mapped.file
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [origin.column for origin in mapped.fields.values()]
    assert sheet.max_row == 1
    sheet.append(["A0101", "2026K3", "Läxhjälp", "00100001", None, "merit_value_mean", None, "2026-10-01"])
    book.remove(book.worksheets[1])
    filled = io.BytesIO()
    book.save(filled)
    rows = read_sheet(filled.getvalue(), mapped)
    assert rows["Åtgärd"].tolist() == ["Läxhjälp"]


def test_where_no_mapping_reads_actions_the_register_has_the_names_of_the_contract() -> None:
    _, content = empty_register(CONTRACTS, "star", Language("en"))
    heads = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0][1]]
    assert heads == list(read_tables(CONTRACTS)["actions"].fields)


def test_the_template_for_decisions_asks_for_roles_and_never_for_names(area: Report) -> None:
    page = decisions_page(area)
    assert page.subtitle == "Write roles and administrations, never names of persons."
    (form,) = page.blocks
    assert len(form["columns"]) == len(form["widths"]) == 6
