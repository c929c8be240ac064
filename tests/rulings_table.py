"""The table of malformed deliveries: which ruling each should get, and which it got."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

WORDS = {"R": "refused", "Q": "quarantined", "F": "fixed", "W": "warned", "S": "stopped", "A": "accepted"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing; where the catalogue of malformed deliveries was run, the table of rulings is printed."""
    seen = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    rulings = sorted(set(rulings_of(seen)))
    if not rulings:
        return
    wrong = [one for one in rulings if one[1] != one[2]]
    # Refused or left out too much is a nuisance; taken in without a word is the fault that nobody would notice.
    silent = [one for one in wrong if one[2] in "AFW" and one[1] in "RQS"]
    terminalreporter.section("malformed deliveries: the ruling expected and given")
    for name, expected, given in rulings:
        mark = "" if expected == given else " WRONG"
        terminalreporter.write_line(f"{name:36} {WORDS[expected]:12} {WORDS[given]:12}{mark}")
    kinds = len({name[:2] for name, _, _ in rulings})
    terminalreporter.write_line(
        f"{len(rulings)} malformed deliveries of {kinds} kinds: {len(rulings) - len(wrong)} as expected, "
        f"{len(wrong)} otherwise, silently wrong {len(silent)}"
    )


def rulings_of(reports: Iterable[pytest.TestReport]) -> Iterable[tuple[str, str, str]]:
    """Name, ruling expected and ruling given of every malformed delivery in the reports."""
    for report in reports:
        for key, value in getattr(report, "user_properties", []):
            if key == "ruling":
                name, expected, given = str(value).split()
                yield name, expected, given
