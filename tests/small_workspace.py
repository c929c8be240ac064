"""A workspace small enough to build in seconds: 3 areas, 6 schools and one that has left, 2 school years.

Everything in it is invented by arithmetic, so it is the same on every machine. Where a value could be mistaken for a
pupil's in a message (scores, pseudonyms), it is one that nothing else contains, so that tests can look for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repository import copy_repository

EDITION = "1988-89"
PERIODS = {"1987-88": "2", EDITION: "3"}
AREAS = {"11": "Norra området", "12": "Södra området", "13": "Åsö"}
SCHOOLS = {  # id: (area, name)
    "01": ("11", "Björkskolan"),
    "02": ("11", "Lindskolan"),
    "03": ("11", "Eneby skola"),
    "04": ("12", "Hagaskolan"),
    "05": ("12", "Centralskolan"),
    "06": ("13", "Åsö skola"),
    "07": ("12", "Nedlagda skolan"),
}
CLOSED = "07"
REPORTS = {"overview": ["all"], "area": sorted(AREAS), "school": sorted(set(SCHOOLS) - {CLOSED})}
PUPILS_IN_CLASS = 14
EXEMPELKOMMUN_REPORTS = {"overview": "all", "area": "01", "school": "00100024"}
"""Of the other workspace, one report of each kind; that school has the most groups without figures."""
LIKVARD = str(Path(sys.executable).with_name("likvard"))


@dataclass(frozen=True)
class Run:
    """What one command gave."""

    code: int
    said: str

    @property
    def first_line(self) -> str:
        """The first line that likvard itself said."""
        return next((line for line in self.said.splitlines() if line.startswith("likvard: ")), "")


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a command: ours, with nothing that would reach outside the tests."""
    here = str(Path(sys.executable).parent)
    cache = str(Path(tempfile.gettempdir()) / "likvard-tests-dvc")
    return (
        os.environ
        | {
            "PATH": os.pathsep.join([here, os.environ.get("PATH", "")]),
            "DVC_SITE_CACHE_DIR": cache,
            "DVC_NO_ANALYTICS": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        | more
    )


def run(root: Path, *words: str, timeout: float = 300, **env: str) -> Run:
    """``words`` run in ``root``, with what they wrote on both streams."""
    done = subprocess.run(
        words,
        cwd=root,
        env=surroundings(**env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    return Run(done.returncode, done.stdout)


def likvard(root: Path, *words: str, **env: str) -> Run:
    """One likvard command run in ``root``."""
    return run(root, LIKVARD, *words, **env)


def dvc(root: Path, *words: str, **env: str) -> Run:
    """One DVC command run in ``root``."""
    return run(root, sys.executable, "-m", "dvc", *words, **env)


def lay_out(root: Path) -> Path:
    """``root`` as a git and DVC workspace with the repository's contracts, templates and code, and small deliveries."""
    copy_repository(root, wanted)
    for period, grade in PERIODS.items():
        write_delivery(root / "data/deliveries" / period, period, grade)
    git(root, "init", "--quiet")
    tracked = dvc(root, "add", "--quiet", *(f"data/deliveries/{period}" for period in PERIODS))
    assert tracked.code == 0, tracked.said
    pushed = dvc(root, "push", "--quiet")
    assert pushed.code == 0, pushed.said
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "A small workspace")
    return root


def wanted(name: str) -> bool:
    """Whether the repository's file ``name`` belongs in a workspace."""
    here = name.startswith((".dvc/", "data/contracts/", "data/.gitignore", "notebooks/", "reports/published/", "src/"))
    return here or name in {
        "data/waivers.yaml",
        ".dvcignore",
        ".gitignore",
        "params.yaml",
        "dvc.yaml",
        "requirements.lock",
    }


def git(root: Path, *words: str) -> None:
    """Nothing; git has done it."""
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=root, env=surroundings(), check=True, stdout=subprocess.DEVNULL)


def write_delivery(folder: Path, period: str, grade: str) -> None:
    """Nothing; ``folder`` holds the four files of one school year."""
    folder.mkdir(parents=True)
    there = [school for school in SCHOOLS if school != CLOSED or period != EDITION]
    areas = [f"{area},{period},{name}" for area, name in AREAS.items()]
    schools = [f"{school},{period},{SCHOOLS[school][0]},urban,{SCHOOLS[school][1]}" for school in there]
    teachers = [
        f"{school}-{number:02},{period},{school},{'master' if int(school) % 2 else 'bachelor'},{int(school) + number}"
        for school in there
        for number in (1, 2)
    ]
    pupils = [
        pupil(school, number, place, period, grade)
        for school in there
        for number in (1, 2)
        for place in range(PUPILS_IN_CLASS)
    ]
    written = {
        "areas": ["system,school_year,name", *areas],
        "schools": ["school,school_year,system,locality,name", *schools],
        "teachers": ["class,school_year,school,degree,experience_years", *teachers],
        "pupils": [
            "pupil,school_year,grade,school,class,class_type,gender,ethnicity,lunch,reading,mathematics",
            *pupils,
        ],
    }
    for name, lines in written.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def pupil(school: str, number: int, place: int, period: str, grade: str) -> str:
    """The line of one pupil; pseudonyms begin with ``c0ffee``, and every score ends with ``.123``, as no other number does."""
    seat = (int(school) * 2 + number) * PUPILS_IN_CLASS + place
    lunch = "free" if seat % 3 == 0 else "non-free"
    ethnicity = "asian" if seat % 41 == 0 else "afam" if seat % 4 == 1 else "cauc"
    gender = "FM"[seat % 2]
    level = 560 + 30 * int(grade) + (seat * 37) % 60 - (25 if lunch == "free" else 0) - (10 if gender == "M" else 0)
    scores = f"{level}.123,{level - 20 + (seat * 11) % 30}.123" if seat % 10 else ","
    kind = "S" if number == 1 else "R"
    return (
        f"c0ffee{seat:02x},{period},{grade},{school},{school}-{number:02},{kind},{gender},{ethnicity},{lunch},{scores}"
    )


def built_once(tmp_path_factory: Any) -> Path:
    """The small workspace after ``likvard build``, the same for all workers of a test session."""
    import fcntl

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    root = shared / "small" / "workspace"
    with (shared / "small.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = root.with_name("build.txt")
        if not said.is_file():
            shutil.rmtree(root.parent, ignore_errors=True)
            root.mkdir(parents=True)
            lay_out(root)
            # As in a fresh clone: the deliveries are in the remote and nowhere else.
            shutil.rmtree(root / ".dvc/cache")
            for period in PERIODS:
                shutil.rmtree(root / "data/deliveries" / period)
            first = likvard(root, "build")
            assert first.code == 0, first.said
            said.write_text(first.said, encoding="utf-8")
    return root


def key_of(workspace: Any, person: str) -> Path:
    """Where the signing key of a person is: beside the workspace."""
    return Path(workspace.root).parent / f"{person}.key"


def digests(root: Path, *names: str) -> dict[str, str]:
    """The SHA-256 of every file below the folders ``names`` of ``root``."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in names
        for path in sorted((root / name).rglob("*"))
        if path.is_file()
    }


def faults_of_reports(root: Path) -> list[str]:
    """What is half-done in ``reports``: a file without its manifest's hash, a manifest without its files, a leftover."""
    faults = []
    for folder in (root / "reports" / EDITION / kind for kind in REPORTS):
        promised = {}
        for manifest in folder.glob("*.manifest.json"):
            promised |= json.loads(manifest.read_text(encoding="utf-8"))["outputs"]
        there = {path.name: path for path in folder.iterdir() if not path.name.endswith(".manifest.json")}
        faults += [f"{folder.name}/{name} has no manifest" for name in sorted(there.keys() - promised.keys())]
        for name, digest in promised.items():
            if name not in there or hashlib.sha256(there[name].read_bytes()).hexdigest() != digest:
                faults.append(f"{folder.name}/{name} is not what its manifest says")
    return faults


def missing_reports(root: Path) -> list[str]:
    """The files that a complete edition has and ``reports`` lacks."""
    folder = root / "reports" / EDITION
    wanted = [
        f"{kind}/{unit}.{form}"
        for kind, units in REPORTS.items()
        for unit in units
        for form in ("html", "pdf", "xlsx", "csv", "manifest.json")
    ]
    return [name for name in [*wanted, "index.html"] if not (folder / name).is_file()]


def leftovers(root: Path) -> list[str]:
    """Temporary files that no run should leave behind."""
    return [
        path.relative_to(root).as_posix()
        for name in ("data", "reports")
        for path in (root / name).rglob(".*")
        if path.name != ".gitignore"
    ]
