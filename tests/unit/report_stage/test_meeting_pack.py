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
from likvard.errors import CannotWriteError
from likvard.ingest.workbook import read_sheet
from likvard.language import Language
from likvard.report.build import meta_of
from likvard.report.meeting.agenda import agenda_page, points_of
from likvard.report.meeting.pages import Page, decisions_page
from likvard.report.meeting.printed import render_pack
from likvard.report.meeting.register import empty_register
from likvard.report.meeting.run import Packs, write_packs
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
    return pack_of(released, "01")


def pack_of(released: Released, area_id: str) -> list[Page]:
    """The pages of an area's pack."""
    ((pack,), _) = Packs(released, "en", frozenset({area_id}), draft=False).of_area(area_id)
    return pack.pages


def told(page: Page) -> list[str]:
    """The points of a page's lists, and its headings and paragraphs, in order."""
    lines = []
    for block in page.blocks:
        lines += [block["runs"]] if "runs" in block else block["items"]
    return ["".join(run["text"] for run in runs) for runs in lines]


def test_an_agenda_says_what_to_know_to_discuss_and_to_decide(released: Released, area: Report) -> None:
    said = told(agenda_page(area, [points_of(area), points_of(open_report("school", "1", released=released))]))
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
        assert [names in line for line in told(agenda_page(reports[0], [points_of(one) for one in reports]))].count(
            True
        ) == 2


def test_a_pack_holds_the_unit_and_those_that_belong_to_it(released: Released, tmp_path: Path) -> None:
    packs = Packs(released, "en", frozenset({"1", "03", "all"}), draft=False)
    (of_school,), _ = packs.of_area("01")
    (of_area,), _ = packs.of_area("03")
    assert [page.title for page in of_school.pages] == ["Åsens skola", "Åsens skola", "What do we decide?"]
    assert [page.title for page in of_area.pages if ":" not in page.title] == [
        "Höjden",
        "Höjden",
        "Höjdens skola",
        "Nya skolan",
        "What do we decide?",
    ]
    assert write_packs(packs, tmp_path / "packs", jobs=2) == 3
    of_all = (tmp_path / "packs/overview/all.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2>(Ekby|Åsen|Dalen|Höjden)</h2>", of_all) == ["Ekby", "Åsen", "Dalen", "Höjden"]


def test_packs_are_the_same_bytes_however_many_areas_are_made_at_a_time(released: Released, tmp_path: Path) -> None:
    packs = Packs(released, "en", frozenset({"1", "2", "01", "02", "all"}), draft=True)
    one, two = tmp_path / "one", tmp_path / "two"
    assert write_packs(packs, one, jobs=1) == write_packs(packs, two, jobs=2) == 5
    names = sorted(path.relative_to(one) for path in one.rglob("*.*"))
    assert [str(name) for name in names] == [
        "area/01.html",
        "area/01.pdf",
        "area/02.html",
        "area/02.pdf",
        "overview/all.html",
        "overview/all.pdf",
        "school/1.html",
        "school/1.pdf",
        "school/2.html",
        "school/2.pdf",
    ]
    assert [(one / name).read_bytes() for name in names] == [(two / name).read_bytes() for name in names]


def test_nothing_is_made_of_areas_of_which_nobody_is_chosen(released: Released) -> None:
    assert Packs(released, "en", frozenset({"2"}), draft=False).areas() == ["02"]
    assert Packs(released, "en", frozenset({"all"}), draft=False).areas() == ["01", "02", "03"]


def test_a_pack_that_cannot_be_written_is_an_error(released: Released, tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs/school").write_text("a file in the folder's place", encoding="utf-8")
    packs = Packs(released, "en", frozenset({"1", "2"}), draft=False)
    with pytest.raises(CannotWriteError, match="packs/school"):
        write_packs(packs, tmp_path / "packs", jobs=2)


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
    area, pages = open_report("area", "03", released=released), pack_of(released, "03")
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
