"""The index page, opened from disk: it finds a school by a part of its name and leads to every report."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from small_workspace import AREAS, CLOSED, SCHOOLS

NAMES = sorted(name for school, (_, name) in SCHOOLS.items() if school != CLOSED)
MATCHES = {"en": "Matches: {}", "sv": "Träffar: {}"}


def shown(page) -> list[str]:
    return sorted(page.locator("[data-name]:visible a.name").all_inner_texts())


def test_all_reports_are_listed_before_anything_is_typed(watched, edition):
    language, folder = edition
    page = watched.open(folder / "index.html")
    assert page.locator("html").get_attribute("lang") == language
    assert shown(page) == NAMES
    assert page.locator(".area:visible").count() == len(AREAS)
    assert page.get_by_role("heading", level=1).count() == 1


@pytest.mark.parametrize(
    ("typed", "found", "count"),
    [
        ("hagas", ["Hagaskolan"], 1),
        ("BJÖRK", ["Björkskolan"], 1),
        ("bjork", ["Björkskolan"], 1),
        ("  lind ", ["Lindskolan"], 1),
        ("aso", ["Åsö skola"], 2),  # the area Åsö is a match too
        ("södra", ["Centralskolan", "Hagaskolan"], 3),  # an area is shown with its schools
        ("nedlagda", [], 0),
        (".*", [], 0),
        ("</script>", [], 0),
    ],
)
def test_typing_a_part_of_a_name_finds_it_and_tells_how_many(watched, english, typed, found, count):
    page = watched.open(english / "index.html")
    page.get_by_label("Find a school or an area").fill(typed)
    assert shown(page) == found
    said = page.locator("#matches").inner_text()
    if count:
        assert len(found) <= count
        assert said.startswith("Matches: ")
    else:
        assert said == "No name matches. Try a shorter part of the name."


def test_emptying_the_field_brings_everything_back(watched, edition):
    language, folder = edition
    page = watched.open(folder / "index.html")
    field = page.get_by_role("searchbox")
    field.fill("hagas")
    assert page.locator("#matches").inner_text() == MATCHES[language].format(1)
    field.fill("")
    assert shown(page) == NAMES
    field.fill("hagas")
    field.press("Enter")  # does not send the form anywhere
    assert shown(page) == ["Hagaskolan"]


def test_every_link_leads_to_a_file_that_is_there(watched, edition):
    _, folder = edition
    page = watched.open(folder / "index.html")
    links = page.locator("main a").evaluate_all("all => all.map(a => a.href)")
    files = [Path(unquote(urlparse(link).path)) for link in links]
    assert len(files) == 2 * (len(NAMES) + len(AREAS) + 1)
    assert [path for path in files if not path.is_file()] == []
    assert sum(path.suffix == ".pdf" for path in files) == len(files) / 2


def test_a_found_school_opens_with_the_keyboard_alone(watched, english):
    page = watched.open(english / "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")  # the badge leads to the quality report
    page.keyboard.press("Tab")
    page.keyboard.type("centr")
    for _ in range(8):  # the overview and the area come first
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Centralskolan":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/school/05.html")
    assert page.get_by_role("heading", level=1).inner_text() == "Centralskolan"


def test_without_javascript_all_reports_are_there_and_no_dead_field(chromium, edition):
    _, folder = edition
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.locator("[data-name] a.name").count() == len(NAMES)
    assert page.locator("[data-name] a.name").first.is_visible()
    assert not page.locator("#search").is_visible()
    context.close()
