"""How a run of many reports is told: a bar on a terminal, plain lines elsewhere, and one summary."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from likvard.apart import Ended

SLOWEST = 5
"""How many of the slowest reports the summary names."""

Value = TypeVar("Value")


def shown(
    ended: Iterator[Ended[tuple[str, str], Value]], total: int, what: str
) -> Iterator[Ended[tuple[str, str], Value]]:
    """The same as they come, with a bar and an estimate on a terminal and a plain line now and then elsewhere."""
    from tqdm import tqdm

    on_terminal = sys.stderr.isatty()
    bar = tqdm(ended, total=total, desc=what, unit="report", disable=not on_terminal, leave=False)
    for count, one in enumerate(bar, start=1):
        yield one
        if not on_terminal and (count % max(total // 5, 1) == 0 or count == total):
            print(f"{what}: {count} of {total}", flush=True)  # noqa: T201


@dataclass
class Tally:
    """What came of a run; ``what`` is the kind of its reports, or the word for all."""

    what: str
    unchanged: int
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def add(self, one: Ended[tuple[str, str], Value]) -> None:
        """Nothing; one more report has ended."""
        name = " ".join(one.key)
        self.seconds[name] = one.seconds
        if one.error is not None:
            self.failed.append(f"{name}: {one.error}")

    def text(self, seconds: float, left: int) -> str:
        """The summary: built, unchanged, failed, seconds, the slowest, and how many outdated reports were taken away unbuilt."""
        done = len(self.seconds) - len(self.failed)
        lines = [f"{self.what}: {done} built, {self.unchanged} unchanged, {len(self.failed)} failed, {seconds:.1f} s"]
        slowest = sorted(self.seconds, key=lambda name: (-self.seconds[name], name))[:SLOWEST]
        if slowest:
            lines.append("slowest: " + ", ".join(f"{name} {self.seconds[name]:.1f} s" for name in slowest))
        if left:
            lines.append(f"{left} other reports were out of date and are taken away; `likvard report` builds them")
        return "\n".join(lines)
