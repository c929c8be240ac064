"""The HTML page of a report and the index: inert, self-contained, in order."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import nbformat
import pytest
import sample

from likvard.language import Language
from likvard.report.html import render_html
from likvard.report.index import IndexEntry, render_index

HOSTILE = '<script>alert(1)</script>{{ 7*7 }}{% raw %}" onclick="x'


class Page(HTMLParser):
    """The tags of a page, each with its attributes, and its text outside style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def index(**changes: str) -> str:
    name = changes.get("name", "Åsö grundskola")
    entries = [
        IndexEntry("overview", "all", "Alla skolor", "overview/all.html", "overview/all.pdf"),
        IndexEntry("area", "12", "Område 12", "area/12.html", "area/12.pdf"),
        IndexEntry("school", "63", name, "school/63.html", "school/63.pdf", "12"),
        IndexEntry("school", "7", "Skola 7", "school/7.html", "school/7.pdf", "99"),
    ]
    return render_index("Läsåret 1988/89", Language("sv"), entries, "godkänd", "passed")


def test_a_page_has_a_language_a_title_and_one_h1(swedish: nbformat.NotebookNode) -> None:
    page = Page(render_html(swedish, sample.meta("sv")))
    assert page.all("html") == [{"lang": "sv"}]
    assert len(page.all("h1")) == 1
    assert "Åsö grundskola – Läsåret 1988/89" in page.words


def test_headings_never_skip_a_level(english: nbformat.NotebookNode) -> None:
    levels = [int(tag[1]) for tag, _ in Page(render_html(english, sample.meta())).tags if re.fullmatch(r"h\d", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_report_has_no_script_no_outside_resource_and_no_code(english: nbformat.NotebookNode) -> None:
    html = render_html(english, sample.meta())
    page = Page(html)
    assert not page.all("script", "link", "iframe", "object", "img", "base", "form")
    assert not [a for _, a in page.tags if any(name.startswith("on") or name in ("src", "style") for name in a)]
    assert set(re.findall(r"https?://[^\"' )]+", html)) == {"http://www.w3.org/2000/svg"}
    assert "secret_code" not in html


def test_the_content_policy_allows_exactly_the_style_of_the_page(english: nbformat.NotebookNode) -> None:
    html = render_html(english, sample.meta())
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    policy = Page(html).all("meta")[1]["content"]
    assert policy is not None
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_every_id_is_unique_and_every_inner_link_has_a_target(english: nbformat.NotebookNode) -> None:
    page = Page(render_html(english, sample.meta()))
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    wanted = {str(a["href"])[1:] for a in page.all("a", "use") if str(a["href"]).startswith("#")}
    wanted |= {str(a["aria-labelledby"]) for _, a in page.tags if "aria-labelledby" in a}
    assert wanted <= set(ids)


def test_every_chart_has_an_alt_text_and_a_table_with_headers(english: nbformat.NotebookNode) -> None:
    page = Page(render_html(english, sample.meta()))
    charts = page.all("svg")
    assert len(charts) == 5
    assert all(chart["role"] == "img" and len(str(chart["aria-label"])) >= 40 for chart in charts)
    assert len(page.all("details")) == 5
    assert len(page.all("table")) == len(page.all("caption")) == 6
    assert {cell.get("scope") for cell in page.all("th")} == {"col", "row"}


def test_a_hostile_name_is_only_text() -> None:
    html = render_html(sample.notebook("en", name=HOSTILE), sample.meta(title=HOSTILE, unit_name=HOSTILE))
    page = Page(html)
    assert not page.all("script")
    assert not [a for _, a in page.tags if "onclick" in a]
    assert "<script>alert(1)</script>{{ 7*7 }}{% raw %}" in page.words
    assert "alert(1)</script>49" not in page.words


def test_raw_html_and_dangerous_links_in_a_markdown_cell_are_inert() -> None:
    cell = nbformat.v4.new_markdown_cell("## A\n\n<img src=x onerror=alert(1)>\n\n[go](javascript:alert(1)) **bold**")
    page = Page(render_html(nbformat.v4.new_notebook(cells=[cell]), sample.meta()))
    assert not page.all("img")
    assert not [link for link in page.all("a") if "javascript" in str(link["href"])]
    assert "<img src=x onerror=alert(1)>" in page.words


def test_an_output_that_is_no_exhibit_is_refused() -> None:
    cell = nbformat.v4.new_code_cell("1")
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1"})]
    with pytest.raises(ValueError, match="cell 1 shows text/plain"):
        render_html(nbformat.v4.new_notebook(cells=[cell]), sample.meta())


def test_a_notebook_that_failed_is_not_shown() -> None:
    cell = nbformat.v4.new_code_cell("1/0")
    cell.outputs = [nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="", traceback=[])]
    with pytest.raises(ValueError, match="cell 1 failed"):
        render_html(nbformat.v4.new_notebook(cells=[cell]), sample.meta())


def test_a_page_is_the_same_bytes_twice_and_below_the_limit(english: nbformat.NotebookNode) -> None:
    html = render_html(english, sample.meta())
    assert html == render_html(sample.notebook("en"), sample.meta())
    assert len(html.encode()) < 500_000


def test_the_index_lists_every_report_in_both_forms_under_its_area() -> None:
    page = Page(index())
    links = [str(link["href"]) for link in page.all("a")]
    for path in ("overview/all", "area/12", "school/63", "school/7"):
        assert {f"{path}.html", f"{path}.pdf"} <= set(links)
    assert page.words.index("Område 12") < page.words.index("Åsö grundskola") < page.words.index("Skolor utan")


def test_the_index_runs_only_its_own_script_and_works_without_it() -> None:
    html = index()
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in str(Page(html).all("meta")[1]["content"])
    assert "hidden" in Page(html).all("form")[0]
    assert not [row for row in Page(html).all("li", "section") if "hidden" in row]


def test_a_hostile_name_in_the_index_is_only_text() -> None:
    page = Page(index(name=HOSTILE))
    assert len(page.all("script")) == 1
    assert not [a for _, a in page.tags if "onclick" in a]
