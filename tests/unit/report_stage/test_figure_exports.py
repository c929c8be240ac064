"""The figures of a report for a spreadsheet: what is printed, with its status, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import nbformat
import openpyxl
import pytest
from nbformat import v4

from likvard import open_report
from likvard.report.exhibit import Cell, Exhibit, Table
from likvard.report.exports import figure_exports
from likvard.report.released import Released, released_in
from likvard.report.view import Report
from likvard.workspace import Workspace


@pytest.fixture(scope="module")
def released(star_workspace: Workspace) -> Released:
    return released_in(star_workspace.released)


def notebook_of(*exhibits: Exhibit) -> nbformat.NotebookNode:
    """An executed notebook that shows these exhibits."""
    outputs = [v4.new_output("display_data", json.loads(json.dumps(one._repr_mimebundle_()))) for one in exhibits]
    return v4.new_notebook(cells=[v4.new_code_cell("", outputs=outputs)])


def exhibit(report: Report, head: str = "Reading") -> Exhibit:
    """One line of levels: a figure that is shown, one that is not, and a cell without a figure."""
    rows = report.released.figures.query("indicator == 'reading_mean' and measure == 'level'")
    shown, hidden = (next(rows[rows["status"] == status].itertuples()) for status in ("shown", "held_back"))
    cells = (Cell(head), report.cell("reading_mean", shown), report.cell("reading_mean", hidden), Cell("–"))
    table = Table(("Measure", "School", "Area", "Note"), (cells,), "Levels")
    return Exhibit("levels", "Levels", "How?", "Caption", "", "Source", table)


@pytest.mark.parametrize(("language", "delimiter", "mark"), [("en", ",", "."), ("sv", ";", ",")])
def test_every_figure_has_a_line_with_its_status_as_spreadsheets_of_the_language_read_it(
    released: Released, language: str, delimiter: str, mark: str
) -> None:
    report = open_report("school", "63", language=language, released=released)
    text = figure_exports(notebook_of(exhibit(report)), report)["63.csv"].decode("utf-8-sig")
    heading, shown, hidden = csv.reader(io.StringIO(text), delimiter=delimiter)
    assert [shown[7], hidden[7]] == ["shown", "held_back"]
    assert hidden[4:7] == ["", "", ""]
    assert mark in shown[4]
    figure = report.released.figures.set_index("figure_id").loc[shown[-1]]
    decimals = released.edition["definitions"]["reading_mean"]["decimals"]
    assert float(shown[4].replace(",", ".")) == round(figure["value"], decimals)
    assert len({len(heading), len(shown), len(hidden)}) == 1


def test_the_workbook_has_the_same_lines_as_numbers_and_the_definitions(released: Released, tmp_path: Path) -> None:
    report = open_report("school", "63", released=released)
    path = tmp_path / "63.xlsx"
    path.write_bytes(figure_exports(notebook_of(exhibit(report)), report)["63.xlsx"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Figures", "Definitions"]
    lines = list(book["Figures"].values)
    assert isinstance(lines[1][4], float)
    assert lines[2][4] is None
    assert [row[0] for row in book["Definitions"].values] == ["indicator", "reading_mean"]


def test_no_name_becomes_a_formula(released: Released) -> None:
    report = open_report("school", "63", released=released)
    made = figure_exports(notebook_of(exhibit(report, "=HYPERLINK(1)")), report)
    assert ",'=HYPERLINK(1)," in made["63.csv"].decode("utf-8-sig")
    assert b"<f>" not in made["63.xlsx"]


def test_equal_reports_give_equal_bytes(released: Released) -> None:
    report = open_report("school", "63", released=released)
    first, second = (figure_exports(notebook_of(exhibit(report)), report) for _ in range(2))
    assert first == second
