"""Every kind of report in both languages, as readers with different eyes, hands and screens meet it."""

from __future__ import annotations

import itertools
import re

import pytest

KINDS = {"overview": "all", "area": "11", "school": "01"}
REPORTS = [f"{kind}/{unit}.html" for kind, unit in KINDS.items()]
PAGES = ["index.html", "messages.html", "quality.html", "calendar.html", *REPORTS]


@pytest.fixture(params=PAGES)
def opened(request, watched, edition):
    """One page, opened: its name, its language, the page."""
    language, folder = edition
    return request.param, language, watched.open(folder / request.param)


@pytest.fixture(params=REPORTS)
def report(request, watched, edition):
    """One report, opened."""
    return watched.open(edition[1] / request.param)


def test_a_page_has_a_language_one_h1_and_headings_in_order(opened):
    _, language, page = opened
    assert page.locator("html").get_attribute("lang") == language
    assert page.title()
    levels = page.locator("h1,h2,h3,h4,h5,h6").evaluate_all("all => all.map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1] == []
    assert page.locator("main").count() == 1


def test_a_page_may_load_nothing_and_only_the_index_has_a_script(opened):
    name, _, page = opened
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    kinds = page.locator("script").evaluate_all("all => all.map(one => one.type)")
    assert kinds == (["application/json", ""] if name == "index.html" else [])
    assert page.locator("[src]:not([src^='data:']), link[href], iframe, object, embed").count() == 0
    assert (
        page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on'))"
        )
        == []
    )


def test_a_page_is_told_apart_by_its_ids(opened):
    _, _, page = opened
    ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))
    targets = page.locator("a[href^='#']").evaluate_all("all => all.map(a => a.getAttribute('href').slice(1))")
    named = page.locator("[aria-labelledby]").evaluate_all("all => all.map(e => e.getAttribute('aria-labelledby'))")
    assert [target for target in targets + named if target not in ids] == []


def test_every_chart_says_in_words_what_it_shows(report):
    drawings = report.locator("figure.exhibit svg[role=img]")
    assert drawings.count() >= 2
    assert report.locator("svg:not([role=img])").count() == 0
    texts = drawings.evaluate_all("all => all.map(svg => svg.getAttribute('aria-label'))")
    assert [text for text in texts if len(text) < 40] == []
    assert len(texts) == len(set(texts))


def test_every_exhibit_has_a_caption_and_every_table_has_headers(report):
    exhibits = report.locator("figure.exhibit")
    assert exhibits.count() >= 3
    assert report.locator("figure.exhibit:not(:has(> figcaption))").count() == 0
    assert report.locator("figure.exhibit:has(svg):not(:has(table))").count() == 0
    assert report.locator("table:not(:has(> caption))").count() == 0
    assert report.locator("th:not([scope=col]):not([scope=row])").count() == 0
    captions = report.locator("figure.exhibit > figcaption").all_inner_texts()
    assert [caption for caption in captions if len(caption) < 20] == []


def test_a_page_reflows_on_a_narrow_screen(opened):
    _, _, page = opened
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide, high = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= high


def test_the_keyboard_reaches_every_link_and_every_region_that_scrolls(report):
    report.set_viewport_size({"width": 320, "height": 640})
    report.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    scrolls = (
        "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))"
    )
    assert report.evaluate(f"{scrolls}.length") > 0
    assert report.evaluate(f"{scrolls}.filter(e => e.tabIndex !== 0 || !e.getAttribute('aria-label')).length") == 0
    wanted = report.locator("a[href], summary, [tabindex='0']").count()
    reached = set()
    for _ in range(wanted + 2):
        report.keyboard.press("Tab")
        reached.add(
            report.evaluate(
                "[...document.querySelectorAll(\"a[href], summary, [tabindex='0']\")].indexOf(document.activeElement)"
            )
        )
    assert len(reached - {-1}) == wanted


def test_on_paper_every_figure_stands_and_nothing_is_cut_off(report):
    report.emulate_media(media="print")
    report.set_viewport_size({"width": 660, "height": 935})
    assert report.locator(".contents:visible, .neighbours:visible, .skip:visible").count() == 0
    tables = report.locator("table")
    hidden = tables.evaluate_all(
        "all => all.filter(t => !t.checkVisibility() || t.getBoundingClientRect().height < 10).length"
    )
    assert hidden == 0
    cut = report.evaluate(
        "[...document.querySelectorAll('.chart, .scroll')].filter(e => getComputedStyle(e).overflowX !== 'visible').length"
    )
    assert cut == 0


def test_links_between_reports_lead_to_files_that_are_there(watched, edition):
    _, folder = edition
    for name in PAGES[1:]:
        page = watched.open(folder / name)
        links = page.locator(".neighbours a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert links
        assert [link for link in links if not (folder / name).parent.joinpath(link).is_file()] == []


def test_a_report_has_the_words_of_its_language(watched, edition):
    language, folder = edition
    page = watched.open(folder / "school/01.html")
    text = page.locator("body").inner_text()
    swedish = len(re.findall(r"\b(och|för|elever|skolan|är)\b", text))
    english = len(re.findall(r"\b(and|for|pupils|school|is)\b", text))
    assert (swedish > 5 * english) if language == "sv" else (english > 5 * swedish)


def test_the_badge_of_every_page_leads_to_the_quality_report(watched, edition):
    _, folder = edition
    for name in ["index.html", *REPORTS]:
        page = watched.open(folder / name)
        page.locator(".badge a").click()
        page.wait_for_url("**/quality.html")
    assert page.locator("h2").count() >= 3


def test_the_quality_report_shows_who_has_reported_as_a_picture_and_as_a_table(watched, edition):
    language, folder = edition
    page = watched.open(folder / "quality.html")
    picture = page.locator("figure.exhibit svg[role=img]")
    assert picture.count() == 1
    assert len(picture.get_attribute("aria-label")) >= 40
    page.locator("summary").click()
    cells = page.locator("figure.exhibit tbody tr").first.locator("td").all_inner_texts()
    assert cells == {"en": ["full", "full"], "sv": ["fullt", "fullt"]}[language]
    assert page.locator("figure.exhibit tbody tr").count() == 7
    closed = page.locator("figure.exhibit tbody tr", has_text="Nedlagda skolan").locator("td").all_inner_texts()
    assert closed == {"en": ["full", "not due"], "sv": ["fullt", "ska inte rapportera"]}[language]
    text = page.locator("body").inner_text()
    assert ("Vilka som har rapporterat" in text) == (language == "sv")
    assert page.locator("table:not(:has(> caption)), th:not([scope=col]):not([scope=row])").count() == 0


@pytest.mark.parametrize("width", [320, 1280])
def test_the_quality_report_is_dark_enough_to_read(watched, edition, width):
    """WCAG AA: every text has at least 4.5 to 1 on its ground, and words in the picture too."""
    page = watched.open(edition[1] / "quality.html")
    page.set_viewport_size({"width": width, "height": 800})
    colours = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && [...e.childNodes].some(
            n => n.nodeType === 3 && n.textContent.trim())).map(e => {
              let ground = e;
              while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
              return [getComputedStyle(e).color, ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)'];
            })"""
    )
    assert colours
    assert [pair for pair in colours if contrast(*pair) < 4.5] == []


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG counts it, from 1 to 21."""
    low, high = sorted(luminance([int(part) for part in re.findall(r"\d+", colour)[:3]]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(channels: list[int]) -> float:
    shares = [channel / 255 for channel in channels]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
