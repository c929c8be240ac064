"""A workspace without deliveries, a key outside it, and one with last quarter's delivery taken in."""

import secrets
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import inbox
import pytest

from likvard.workspace import Workspace


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("safe") / "key"
    path.write_text(secrets.token_hex(32), encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return inbox.lay_out_workspace(tmp_path_factory.mktemp("empty") / "workspace")


@pytest.fixture(scope="session")
def earlier_workspace(tmp_path_factory: pytest.TempPathFactory, empty_workspace: Workspace, key: Path) -> Workspace:
    """Read only: last quarter's delivery is in it."""
    root = tmp_path_factory.mktemp("earlier") / "workspace"
    shutil.copytree(empty_workspace.root, root)
    place = inbox.write(root.parent / "inbox", inbox.good(inbox.EARLIER))
    outcome = inbox.take(Workspace(root), place, key, inbox.EARLIER, date(2026, 1, 10))
    assert not outcome.refused, [one.found for one in outcome.refused]
    assert not outcome.waiting, outcome.waiting
    return Workspace(root)


@pytest.fixture
def workspace(earlier_workspace: Workspace, tmp_path: Path) -> Workspace:
    """A copy that the test may change."""
    root = tmp_path / "workspace"
    shutil.copytree(earlier_workspace.root, root)
    return Workspace(root)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing; where the catalogue of malformed deliveries was run, the table of rulings is printed."""
    seen = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    rulings = sorted(rulings_of(seen))
    if not rulings:
        return
    wrong = [one for one in rulings if one[1] != one[2]]
    # Refused or left out too much is a nuisance; taken in without a word is the fault that nobody would notice.
    silent = [one for one in wrong if one[2] in "AFW" and one[1] in "RQS"]
    terminalreporter.section("malformed deliveries: the ruling expected and given")
    for name, expected, given in rulings:
        terminalreporter.write_line(
            f"{name:42} {WORDS[expected]:12} {WORDS[given]:12}{'' if expected == given else ' WRONG'}"
        )
    kinds = len({name[:2] for name, _, _ in rulings})
    terminalreporter.write_line(
        f"{len(rulings)} malformed deliveries of {kinds} kinds: {len(rulings) - len(wrong)} as expected, "
        f"{len(wrong)} otherwise, silently wrong {len(silent)}"
    )


WORDS = {"R": "refused", "Q": "quarantined", "F": "fixed", "W": "warned", "S": "stopped", "A": "accepted"}


def rulings_of(reports: Iterable[pytest.TestReport]) -> Iterable[tuple[str, str, str]]:
    for report in reports:
        for key, value in getattr(report, "user_properties", []):
            if key == "ruling":
                name, expected, given = str(value).split()
                yield name, expected, given
