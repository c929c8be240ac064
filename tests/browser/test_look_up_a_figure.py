"""The index page tells what any printed figure is: typed, pasted, in its address, with the keyboard alone, and without a script."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from test_accessibility_rules import violations
from watched import Watched

from small_workspace import REPORTS, SCHOOLS

LANGUAGES = {
    "en": ("The figure's id, ten letters and digits", "Look up", "The figure is shown."),
    "sv": ("Siffrans id, tio bokstäver och siffror", "Slå upp", "Siffran visas."),
}


def lines_of(folder: Path, report: str) -> list[dict[str, str]]:
    """The lines of a report's CSV file; ``printed`` is what stands in the table."""
    text = (folder / f"{report}.csv").read_text(encoding="utf-8-sig")
    delimiter = ";" if text.split("\n", 1)[0].count(";") > 5 else ","
    heading, *lines = csv.reader(text.splitlines(), delimiter=delimiter)
    return [dict(zip(heading, line, strict=True)) | {"printed": line[3], "state": line[7]} for line in lines]


def own(folder: Path, school: str = "04") -> dict[str, str]:
    """A figure that is shown about a school, as its report prints it."""
    return next(
        one for one in lines_of(folder, f"school/{school}") if one["unit_id"] == school and one["state"] == "shown"
    )


def told(page) -> list[str]:
    return page.locator("#found dd").all_inner_texts()


def links(page) -> list[str]:
    return page.locator("#found dd a").evaluate_all("all => all.map(a => a.getAttribute('href'))")


def test_a_typed_id_leads_to_what_the_figure_is_and_to_its_place_in_the_report(watched: Watched, edition) -> None:
    language, folder = edition
    label, button, shown = LANGUAGES[language]
    line = own(folder)
    page = watched.open(folder / "index.html")
    assert not page.locator("#found").is_visible()
    page.get_by_label(label).fill(line["figure_id"])
    page.get_by_role("button", name=button).click()
    facts = told(page)
    assert line["printed"] in facts[0].split(" · ")
    assert facts[1] == SCHOOLS["04"][1]
    assert shown in facts
    assert facts[-1].startswith(f"likvard trace {line['figure_id']} ")
    assert f"school/04.html#figure-{line['figure_id']}" in links(page)
    page.locator("#found a").first.click()
    place = page.locator(f"#figure-{line['figure_id']}")
    assert place.evaluate("one => one.matches(':target')")
    assert line["printed"] in place.inner_text() or place.evaluate("one => one.tagName") == "LI"


def test_an_address_with_an_id_opens_on_the_figure(watched: Watched, english: Path) -> None:
    line = own(english)
    page = watched.page
    page.goto(f"{(english / 'index.html').as_uri()}#figure={line['figure_id']}")
    page.locator("#found").wait_for()
    assert page.evaluate("document.activeElement.id") == "found"
    assert page.locator("#figure").input_value() == line["figure_id"]


@pytest.mark.parametrize("written", ["  {} ", "Figure: {}", "reports/index.html#figure={}"])
def test_an_id_is_found_as_people_write_and_paste_it(watched: Watched, english: Path, written: str) -> None:
    line = own(english)
    page = watched.open(english / "index.html")
    page.locator("#figure").fill(written.format(line["figure_id"].upper()))
    assert line["printed"] in told(page)[0]
    misread = line["figure_id"].replace("o", "0").replace("l", "1").replace("b", "8")
    page.locator("#figure").fill(misread)
    assert line["printed"] in told(page)[0]


@pytest.mark.parametrize("typed", ["aaaaaaaaaa", "<script>alert(1)</script>", "%zz", "short", "__proto__"])
def test_what_is_no_id_of_the_edition_is_told_and_nothing_is_shown(watched: Watched, english: Path, typed: str) -> None:
    page = watched.open(english / "index.html")
    page.locator("#figure").fill(typed)
    page.locator("#figure").press("Enter")
    assert not page.locator("#found").is_visible()
    said = page.locator("#figure-status").inner_text()
    assert said.startswith(("No report of this edition prints the figure", "An id has ten letters and digits"))
    assert page.evaluate("document.activeElement.id") == "figure"


def test_with_the_keyboard_alone_the_answer_gets_the_focus_and_is_announced(watched: Watched, english: Path) -> None:
    line = own(english)
    page = watched.open(english / "index.html")
    page.locator("#figure").focus()
    page.keyboard.type(line["figure_id"])
    page.keyboard.press("Enter")
    # The address changes first, and the page answers to that in its own time.
    page.wait_for_function("document.activeElement.id === 'found'")
    status = page.locator("#figure-status")
    assert status.get_attribute("role") == "status"
    assert status.inner_text().startswith("Found: ")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A"


def test_the_page_with_an_answer_breaks_no_rule_of_accessibility(watched: Watched, edition) -> None:
    _, folder = edition
    page = watched.page
    page.goto(f"{(folder / 'index.html').as_uri()}#figure={own(folder)['figure_id']}")
    page.locator("#found").wait_for()
    assert violations(page) == []


def test_the_index_knows_the_figures_that_reports_print_and_no_other(english: Path) -> None:
    page = (english / "index.html").read_text(encoding="utf-8")
    found = json.loads(re.search(r'id="figures">(.*?)</script>', page, re.DOTALL)[1])
    known = {found["ids"][at : at + 10] for at in range(0, len(found["ids"]), 10)}
    printed: set[str] = set()
    for kind, units in REPORTS.items():
        for unit in units:
            pages = set(re.findall(r'data-figure="([^"]+)"', (english / kind / f"{unit}.html").read_text("utf-8")))
            (rows,) = [rows for href, _, rows in found["reports"] if href == f"{kind}/{unit}.html"]
            ranges = zip(rows[::2], rows[1::2], strict=True)
            held = {found["ids"][row * 10 : row * 10 + 10] for first, last in ranges for row in range(first, last + 1)}
            assert held == pages
            printed |= pages
    assert known == printed
    assert len(known) > 100
    assert len(json.dumps(found)) < 150 * len(known)


def test_of_a_figure_that_is_held_back_the_index_tells_no_value(english: Path) -> None:
    released = pd.read_parquet(english.parents[1] / "data/released/figures.parquet")
    hidden = set(released.loc[released["status"].eq("held_back"), "figure_id"])
    page = (english / "index.html").read_text(encoding="utf-8")
    found = json.loads(re.search(r'id="figures">(.*?)</script>', page, re.DOTALL)[1])
    texts = {found["ids"][10 * row : 10 * row + 10]: text for row, text in enumerate(found["printed"])}
    assert {texts[one] for one in hidden & texts.keys()} <= {"held back", ""}
    assert hidden & texts.keys()


def test_without_a_script_the_page_says_where_ids_are_told(chromium, edition) -> None:
    language, folder = edition
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert not page.locator("#look-up-form").is_visible()
    assert "likvard trace" in page.locator("#look-up ~ noscript").inner_text()
    assert "XLSX" in page.locator("main").inner_text()
    assert page.locator("html").get_attribute("lang") == language
    context.close()


def test_a_report_shows_its_ids_when_asked_to(watched: Watched, english: Path) -> None:
    line = own(english)
    page = watched.open(english / "school/04.html")
    cell = page.locator(f'td[data-figure="{line["figure_id"]}"]').first
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    shown = "one => getComputedStyle(one, '::after').content"
    assert cell.evaluate(shown) == "none"
    page.get_by_label("Show the id of each figure in the tables").check()
    assert cell.evaluate(shown) == f'"{line["figure_id"]}"'
    assert violations(page) == []
