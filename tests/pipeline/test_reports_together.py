"""Runs at the same time, and reports that fail among others that do not."""

from __future__ import annotations

import json
import shutil

from zc.lockfile import LockFile

from small_workspace import EDITION, REPORTS, digests, faults_of_reports, likvard


def test_a_second_run_says_that_another_is_at_work_and_changes_nothing(workspace):
    before = digests(workspace, "reports")
    lock = LockFile(str(workspace / ".dvc/tmp/likvard-edition.lock"))
    try:
        said = likvard(workspace, "report", "--kind", "school", "--force")
    finally:
        lock.close()
    assert said.code == 13, said.said
    assert said.first_line == "likvard: Another run is at work on the edition 1988-89."
    assert "What to do: wait until it has finished" in said.said
    assert digests(workspace, "reports") == before


def test_one_failing_report_stops_no_other_and_the_rerun_makes_only_what_is_missing(workspace):
    folder = workspace / "reports" / EDITION / "school"
    shutil.rmtree(folder)
    template = workspace / "notebooks/reports/school.ipynb"
    good = template.read_bytes()
    notebook = json.loads(good)
    # The last cell fails for one school; what it would print of a figure must not reach the message's reader.
    notebook["cells"][-1] = {
        "cell_type": "code",
        "id": "fails",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": 'if unit_id == "03":\n    raise ValueError("the cell is wrong")',
    }
    template.write_text(json.dumps(notebook), encoding="utf-8")
    said = likvard(workspace, "report", "--kind", "school")
    assert said.code == 4, said.said
    assert said.first_line == "likvard: 1 report could not be built; the others were."
    assert "  - school 03: cell " in said.said
    assert "ValueError: the cell is wrong" in said.said
    assert "What to do: mend what the messages name" in said.said
    assert "Traceback" not in said.said
    built = {path.name.removesuffix(".manifest.json") for path in folder.glob("*.manifest.json")}
    assert built == set(REPORTS["school"]) - {"03"}
    assert faults_of_reports(workspace) == []

    # The fault was in what school 03 alone has, not in the template: the others are current.
    (folder / "05.pdf").unlink()
    again = likvard(workspace, "report", "--kind", "school", "--only", "01", "--only", "05")
    assert again.code == 0, again.said
    assert ": 1 built, 1 unchanged, 0 failed" in again.said

    template.write_bytes(good)
    mended = likvard(workspace, "report", "--kind", "school", "--only", "03")
    assert mended.code == 0, mended.said
    assert (folder / "03.html").is_file()
    assert faults_of_reports(workspace) == []
