"""The slides of a meeting: from disk alone, by keyboard, and for readers without a mouse or without eyes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from test_accessibility_rules import violations
from watched import Watched

from small_workspace import EXEMPELKOMMUN_REPORTS

DECKS = ["area", "school"]


@pytest.fixture(params=DECKS)
def deck(request: pytest.FixtureRequest, exempelkommun_packs: Path) -> Path:
    """The slides about one unit, in Swedish."""
    return exempelkommun_packs / request.param / f"{EXEMPELKOMMUN_REPORTS[request.param]}.html"


def test_the_arrow_keys_lead_from_slide_to_slide_and_nothing_is_asked_of_any_host(watched: Watched, deck: Path) -> None:
    page = watched.open(deck)
    expect(page.locator(".reveal.ready")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "sv"
    first = page.locator("section.present").last.inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("section.present").last).not_to_have_text(first)


def test_slides_break_no_rule_of_accessibility(watched: Watched, deck: Path) -> None:
    page = watched.open(deck)
    expect(page.locator(".reveal.ready")).to_have_count(1)
    assert violations(page) == []


def test_without_a_script_all_slides_are_one_page_that_can_be_read(chromium: Browser, deck: Path) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(deck.as_uri())
    slides = page.locator(".slides section section")
    assert slides.count() >= 3
    assert all(slides.nth(number).is_visible() for number in range(slides.count()))
