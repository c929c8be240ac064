"""Typst beside the processes that make the reports: the same pages, and a report that fails or dies there holds nobody up."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from likvard.language import Language
from likvard.report import press as module
from likvard.report.apart import Limits, each
from likvard.report.meta import ReportMeta
from likvard.report.pdf import PAGES, about
from likvard.report.press import press, set_pages

LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere processes are not forked, and each has its own Typst"
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
    with press():
        assert set_pages(document("Åsö")) == alone
        made = [one.value for one in each(set_pages, [document("Åsö"), document("Ängen")], 2, Limits(60))]
    assert alone in made
    assert len({*made}) == 2


def test_what_typst_refuses_is_an_error_for_that_document_alone() -> None:
    with press():
        with pytest.raises(Exception, match="JSON"):
            set_pages(BROKEN)
        assert set_pages(document("Åsö")).startswith(b"%PDF")


@LINUX
def test_where_the_press_has_died_a_report_sets_its_own_pages() -> None:
    with press(2):
        whole = set_pages(document("Åsö"))
        for process in module.multiprocessing.active_children():
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        (ended,) = each(set_pages, [document("Åsö")], limits=Limits(60))
    assert ended.value == whole


@LINUX
def test_a_report_that_dies_while_it_waits_for_its_pages_leaves_the_press_to_others() -> None:
    def ask_and_die(_: int) -> None:
        asked = module.Client(module._address)
        asked.send(document("Åsö"))
        os.kill(os.getpid(), signal.SIGKILL)

    with press():
        (ended,) = each(ask_and_die, [0], limits=Limits(60))
        assert "SIGKILL" in str(ended.error)
        assert set_pages(document("Ängen")).startswith(b"%PDF")


@LINUX
def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path))
    with press():
        assert list(tmp_path.rglob("press"))
    assert list(tmp_path.iterdir()) == []
    assert not module.multiprocessing.active_children()
