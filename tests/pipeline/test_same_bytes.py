"""The same commit gives the same bytes, wherever and however it is run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from small_workspace import EDITION, digests, run

ELSEWHERE = {
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "4711",
    "COLUMNS": "40",
    "OMP_NUM_THREADS": "3",
}
UNITS = ("overview/all", "area/12", "area/13", "school/05", "school/06")
STAGES = ("data/staged", "data/quality", "data/prepared", "data/indicators", "data/released")


def test_another_folder_time_zone_locale_hash_seed_and_umask_give_the_same_bytes(built, tmp_path):
    root = shutil.copytree(built, tmp_path / "en annan mapp" / "åäö" / "workspace", symlinks=True)
    for name in (*STAGES, "reports"):
        shutil.rmtree(root / name)
    units = " ".join(f"--only {unit.split('/')[1]}" for unit in UNITS)
    commands = ["ingest", "validate", "prepare", "indicators", "protect", f"report {units} --jobs 1"]
    script = " && ".join(["umask 077", *(f"likvard {words}" for words in commands)])
    said = run(root, "bash", "-c", script, **ELSEWHERE)
    assert said.code == 0, said.said
    wanted = digests(built, *STAGES) | {
        f"reports/{EDITION}/{unit}.{form}": digest
        for unit in UNITS
        for form in ("html", "pdf", "xlsx", "csv", "manifest.json")
        for digest in digests(built, f"reports/{EDITION}/{unit.split('/')[0]}")[
            f"reports/{EDITION}/{unit}.{form}"
        ].split()
    }
    assert digests(root, *STAGES, "reports") == wanted


def test_a_umask_that_shuts_others_out_does_not_change_what_others_can_read(workspace):
    path = workspace / f"reports/{EDITION}/index.html"
    path.unlink()
    said = run(workspace, "bash", "-c", "umask 077; likvard index")
    assert said.code == 0, said.said
    assert path.stat().st_mode & 0o777 == 0o644


def test_no_report_tells_where_it_was_made(built):
    here = [str(built).encode(), str(Path.home()).encode() + b"/", os.uname().nodename.encode()]
    found = [
        (path.name, place)
        for path in (built / "reports").rglob("*")
        if path.is_file()
        for place in here
        if len(place) > 6 and place in path.read_bytes()
    ]
    assert found == []
