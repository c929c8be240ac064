"""A page of a browser, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page


@dataclass
class Watched:
    """A page, and what it did that no page of ours may do."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def open(self, path: Path) -> Page:
        """The page after it has loaded the file."""
        self.page.goto(path.as_uri())
        return self.page
