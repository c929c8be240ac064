"""axe-core finds nothing against WCAG 2.0 to 2.2, levels A and AA, on any kind of page in either language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page
from test_report_pages import KINDS, PAGES
from watched import Watched

from small_workspace import EXEMPELKOMMUN_REPORTS

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@cache
def axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe says against the page with everything unfolded: the rule and where."""
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    page.evaluate(axe())
    found = page.evaluate("tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", TAGS)
    assert len(found["passes"]) > 10  # the rules did run
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_small_edition_breaks_no_rule(watched: Watched, edition: tuple[str, Path], name: str) -> None:
    assert violations(watched.open(edition[1] / name)) == []


def test_a_picture_without_a_text_is_found(watched: Watched, english: Path, tmp_path: Path) -> None:
    page = (english / "overview/all.html").read_text(encoding="utf-8")
    (tmp_path / "page.html").write_text(
        page.replace(' role="img" aria-label=', ' role="img" data-label='), encoding="utf-8"
    )
    assert any(one.startswith("svg-img-alt") for one in violations(watched.open(tmp_path / "page.html")))


@pytest.mark.parametrize("kind", KINDS)
def test_a_swedish_municipality_s_report_breaks_no_rule(
    watched: Watched, exempelkommun_reports: Path, kind: str
) -> None:
    assert violations(watched.open(exempelkommun_reports / kind / f"{EXEMPELKOMMUN_REPORTS[kind]}.html")) == []
