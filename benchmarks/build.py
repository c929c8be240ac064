"""How long a coordinator waits: ``python benchmarks/build.py`` builds Exempelkommun, builds it again, and once more after
one school has delivered its absences of the newest quarter late.

Printed is a line for each, in seconds by the clock and of processor, with how many reports were built, and where the time went.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from reports import timed

LIKVARD = str(Path(sys.executable).with_name("likvard"))
LATE = "data/deliveries/2026Q3"
SCHOOL = "00100017"


def build(folder: Path) -> tuple[float, float, str]:
    """Seconds by the clock and of processor of ``likvard build``, and what it said."""
    took: list[tuple[float, float]] = []
    with timed(took, 1):
        said = subprocess.run([LIKVARD, "build"], cwd=folder, check=True, capture_output=True, text=True).stdout
    return *took[0], said


def deliver_late(folder: Path) -> None:
    """Nothing; every pupil of one school was away for five minutes more than was told, and DVC knows of it."""
    path = folder / LATE / "franvaro.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    school, away = head.split(";").index("skolenhetskod"), head.split(";").index("giltig_franvaro")
    rows = [line.split(";") for line in lines]
    told = [
        [*row[:away], str(int(row[away]) + 5), *row[away + 1 :]]
        if row[school] == SCHOOL and row[away].isdigit()
        else row
        for row in rows
    ]
    if told == rows:
        raise SystemExit(f"{path} has no absences of school {SCHOOL}")
    path.write_text("\n".join([head, *(";".join(row) for row in told)]) + "\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "dvc", "add", "--quiet", LATE], cwd=folder, check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as spare:
        folder = Path(spare) / "exempelkommun"
        subprocess.run([LIKVARD, "demo", "exempelkommun", str(folder)], check=True, stdout=subprocess.DEVNULL)
        print("| what | s, clock | s of processor |\n|---|---:|---:|")  # noqa: T201
        told = ""
        for what, before in (("nothing cached", None), ("nothing changed", None), ("one school late", deliver_late)):
            if before:
                before(folder)
            clock, used, said = build(folder)
            print(f"| {what} | {clock:.0f} | {used:.0f} |", flush=True)  # noqa: T201
            told += f"\n{what}:\n" + "\n".join(line for line in said.splitlines() if " s" in line and "built" in line)
        print(told)  # noqa: T201


if __name__ == "__main__":
    main()
