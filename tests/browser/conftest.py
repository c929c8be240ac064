"""Chromium, and the pages that it opens from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from watched import Watched

from small_workspace import EDITION, built_once, likvard

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        message = "Chromium is not installed (apt-get install chromium), so no page was opened in a browser"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    """A fresh page that notes every request but to files and data, every error and every dialog; there must be none."""
    context = chromium.new_context(locale="en-GB")
    one = Watched(context.new_page())
    one.page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else one.faults.append(f"request: {request.url}")
        ),
    )
    one.page.on(
        "console",
        lambda line: one.faults.append(f"console: {line.text}") if line.type in {"error", "warning"} else None,
    )
    one.page.on("pageerror", lambda error: one.faults.append(f"error: {error}"))

    def shut(dialog: object) -> None:
        one.faults.append(f"dialog: {dialog.message}")  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    one.page.on("dialog", shut)
    yield one
    context.close()
    assert one.faults == []


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small edition in English."""
    return built_once(tmp_path_factory) / "reports" / EDITION


@pytest.fixture(scope="session")
def swedish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small edition in Swedish."""
    root = shutil.copytree(
        built_once(tmp_path_factory), tmp_path_factory.mktemp("swedish") / "workspace", symlinks=True
    )
    params = root / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace("language: en", "language: sv"), encoding="utf-8")
    for words in ("report", "index", "pack"):
        said = likvard(root, words)
        assert said.code == 0, said.said
    return root / "reports" / EDITION


@pytest.fixture(params=["en", "sv"])
def edition(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """A language, and the small edition in it."""
    return request.param, request.getfixturevalue({"en": "english", "sv": "swedish"}[request.param])
