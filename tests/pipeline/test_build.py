"""One command brings everything up to date, and touches nothing that already is."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from zc.lockfile import LockFile

from small_workspace import EDITION, PERIODS, faults_of_reports, leftovers, likvard, missing_reports


def times(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for name in ("data", "reports") for path in (root / name).rglob("*")}


def test_a_build_makes_one_report_per_unit_in_the_edition_and_an_index(built):
    assert missing_reports(built) == []
    assert faults_of_reports(built) == []
    assert leftovers(built) == []
    assert len(list((built / "reports" / EDITION).glob("*/*.html"))) == 10


def test_a_school_that_has_left_gets_no_report(built):
    assert not list((built / "reports").rglob("07.*"))
    assert "Nedlagda skolan" not in (built / "reports" / EDITION / "index.html").read_text(encoding="utf-8")


def test_a_build_ends_with_what_it_made_and_where_to_open_it(built):
    said = built.with_name("build.txt").read_text(encoding="utf-8").splitlines()
    assert said[-1] == "Edition 1988-89 is built: 10 reports. Open reports/1988-89/index.html"


def test_a_second_build_says_within_seconds_that_it_changed_nothing(workspace):
    before, clock = times(workspace), time.monotonic()
    again = likvard(workspace, "build")
    assert again.code == 0, again.said
    assert again.said.splitlines()[-1] == (
        "Edition 1988-89 is up to date, nothing was changed: 10 reports. Open reports/1988-89/index.html"
    )
    assert times(workspace) == before
    assert time.monotonic() - clock < 60  # a few seconds; the rest is for a busy machine


def test_a_build_fetches_deliveries_that_are_not_there(built):
    for period in PERIODS:
        assert (built / "data/deliveries" / period / "pupils.csv").is_file()


def test_deliveries_that_cannot_be_fetched_are_named_with_what_to_do(workspace):
    shutil.rmtree(workspace / ".dvc/cache")
    shutil.rmtree(workspace / "data/remote")
    shutil.rmtree(workspace / "data/deliveries" / EDITION)
    said = likvard(workspace, "build")
    assert said.code == 16, said.said
    assert said.first_line == "likvard: DVC could not run the flow."
    assert "data/deliveries/1988-89" in said.said
    assert "see that `dvc remote list` names a remote you may read" in said.said
    assert "Traceback" not in said.said


def test_a_lock_table_that_an_interrupted_run_left_half_written_is_no_obstacle(workspace):
    table = workspace / ".dvc/tmp/rwlock"
    table.write_text('{"write": {}, "read": {"/home/', encoding="utf-8")
    said = likvard(workspace, "build")
    assert said.code == 0, said.said
    assert "nothing was changed" in said.said


def test_a_build_beside_another_says_that_it_must_wait(workspace):
    other = LockFile(str(workspace / ".dvc/tmp/lock"))
    try:
        said = likvard(workspace, "build")
    finally:
        other.close()
    assert said.code == 13, said.said
    assert said.first_line == "likvard: Another run is at work in this workspace."
    assert "What to do: wait until it has finished" in said.said
