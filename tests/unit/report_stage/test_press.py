"""Typst in the processes that make the reports: the same pages, and a report that fails or dies there holds nobody up."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from likvard.apart import Limits, each
from likvard.language import Language
from likvard.report.meta import ReportMeta
from likvard.report.pdf import PAGES, about
from likvard.report.press import set_pages

LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere processes are not forked, and Typst stays in each"
)
BROKEN = ("{", PAGES)


def document(title: str) -> tuple[str, str]:
    """A document of one title, with what every document knows of itself."""
    meta = ReportMeta(
        title=title,
        subtitle="Equity report",
        edition="2026Q3",
        edition_label="2026 Q3",
        unit_kind="school",
        unit_id="01",
        unit_name=title,
        language="en",
        quality="",
        quality_status="passed",
        data_hash="0" * 64,
        code_version="1",
        definitions=(),
        area_kind="",
        links=(),
        quality_page="",
    )
    return json.dumps({**about(meta, Language("en")), "sections": []}), PAGES


def test_pages_are_the_same_whoever_sets_them() -> None:
    alone = set_pages(document("Åsö"))
    made = {one.key: one.value for one in each(set_pages, [document("Åsö"), document("Ängen")], 2, Limits(60))}
    assert made[document("Åsö")] == alone
    assert made[document("Ängen")] != alone


def test_what_typst_refuses_is_an_error_for_that_document_alone() -> None:
    with pytest.raises(Exception, match="JSON"):
        set_pages(BROKEN)
    assert set_pages(document("Åsö")).startswith(b"%PDF")


@LINUX
def test_a_report_that_dies_beside_its_pages_leaves_the_others_theirs() -> None:
    def set_and_die(title: str) -> bytes:
        pages = set_pages(document(title))
        if title == "Åsö":
            os.kill(os.getpid(), signal.SIGKILL)
        return pages

    ended = {one.key: one for one in each(set_and_die, ["Åsö", "Ängen"], 2, Limits(60))}
    assert "SIGKILL" in str(ended["Åsö"].error)
    assert (ended["Ängen"].value or b"").startswith(b"%PDF")


@LINUX
def test_typst_never_runs_in_a_process_that_may_yet_fork() -> None:
    before = set(Path("/proc/self/task").iterdir())
    set_pages(document("Åsö"))
    assert set(Path("/proc/self/task").iterdir()) == before


@LINUX
def test_the_fortieth_report_has_no_more_memory_than_the_second() -> None:
    def memory(number: int) -> int:
        set_pages(document(f"Skola {number}"))
        held = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
        return int(held[0].split()[1])

    found = [one.value or 0 for one in each(memory, range(40), 2, Limits(60))]
    assert max(found[-10:]) < 1.05 * found[1]
