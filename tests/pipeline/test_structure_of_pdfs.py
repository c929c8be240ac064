"""What a screen reader and a table of contents find in the PDF of every report."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from likvard.report.row_heads import children, elements, with_row_heads
from small_workspace import EDITION, EXEMPELKOMMUN_REPORTS, REPORTS

LEAST_ALT = 40


def faults_of(path: Path, language: str) -> list[str]:
    """What is wrong with the structure of a PDF."""
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        root = pdf.Root
        found = list(elements(root.StructTreeRoot))
        kinds = Counter(str(one.S) for one in found)
        levels = [int(match[1]) for one in found if (match := re.fullmatch(r"/H(\d)", str(one.S)))]
        metadata = pdf.open_metadata()
        checks = {
            "is not tagged": bool(root.MarkInfo.Marked),
            "has another language": str(root.Lang).startswith(language),
            "has no title": bool(str(pdf.docinfo.get("/Title", ""))) and bool(root.ViewerPreferences.DisplayDocTitle),
            "is not PDF/UA-1": metadata.get("pdfuaid:part") == "1",
            "has no bookmarks": bool(outline.root and outline.root[0].children),
            "has not one first heading": kinds["/H1"] == 1 and levels[0] == 1,
            "skips a level of headings": all(then - now <= 1 for now, then in pairwise(levels)),
            "has no figure": kinds["/Figure"] > 0,
            "has no table": kinds["/Table"] > 0,
        }
        short = [one for one in found if one.S == "/Figure" and len(str(one.get("/Alt", ""))) < LEAST_ALT]
        tables = [fault for one in found if one.S == "/Table" for fault in faults_of_table(one)]
        return [what for what, fine in checks.items() if not fine] + ["has a figure without text"] * len(short) + tables


def faults_of_table(table: Any) -> list[str]:
    lines = [children(line) for line in elements(table, "/TR")]
    widths = {len(line) for line in lines}
    scopes = [[scope_of(cell) for cell in line] for line in lines]
    faults = [] if len(widths) == 1 else ["has a table whose lines differ in length"]
    if set(scopes[0]) != {"/Column"}:
        faults.append("has a table without heads of columns")
    if any(line != ["/Row"] + [""] * (len(line) - 1) for line in scopes[1:]):
        faults.append("has a table without heads of rows")
    return faults


def scope_of(cell: Any) -> str:
    """The scope of a heading; nothing for a cell that is none."""
    if cell.S != "/TH":
        return ""
    attributes = cell.A if isinstance(cell.A, pikepdf.Array) else [cell.A]
    return next(str(one.Scope) for one in attributes if "/Scope" in one)


@pytest.mark.parametrize(("kind", "unit"), [(kind, unit) for kind, units in REPORTS.items() for unit in units])
def test_a_report_of_the_small_edition_has_all_that_a_reader_without_eyes_needs(
    built: Path, kind: str, unit: str
) -> None:
    assert faults_of(built / "reports" / EDITION / kind / f"{unit}.pdf", "en") == []


@pytest.mark.parametrize(("kind", "unit"), EXEMPELKOMMUN_REPORTS.items())
def test_a_report_of_a_swedish_municipality_has_it_too(exempelkommun_reports: Path, kind: str, unit: str) -> None:
    assert faults_of(exempelkommun_reports / kind / f"{unit}.pdf", "sv") == []


def test_a_figure_without_text_and_a_table_without_heads_are_found(built: Path, tmp_path: Path) -> None:
    with pikepdf.open(built / "reports" / EDITION / "school" / "01.pdf") as pdf:
        next(elements(pdf.Root.StructTreeRoot, "/Figure")).Alt = pikepdf.String("chart")
        for cell in elements(next(elements(pdf.Root.StructTreeRoot, "/Table")), "/TH"):
            cell.S = pikepdf.Name.TD
        pdf.save(tmp_path / "worse.pdf")
    assert set(faults_of(tmp_path / "worse.pdf", "en")) == {
        "has a figure without text",
        "has a table without heads of columns",
        "has a table without heads of rows",
    }


def test_heads_of_rows_are_the_same_bytes_twice(built: Path) -> None:
    report = (built / "reports" / EDITION / "school" / "01.pdf").read_bytes()
    assert with_row_heads(report) == with_row_heads(report)


def test_the_longest_report_of_a_school_has_its_annex_on_the_sixth_page_at_the_latest(
    exempelkommun_reports: Path,
) -> None:
    school = exempelkommun_reports / "school" / f"{EXEMPELKOMMUN_REPORTS['school']}.pdf"
    with pikepdf.open(school) as pdf, pdf.open_outline() as outline:
        annex = next(one for one in outline.root[0].children if one.title == "Siffrorna bakom diagrammen")
        assert annex.destination is not None
        assert [page.obj for page in pdf.pages].index(annex.destination[0]) + 1 <= 6
