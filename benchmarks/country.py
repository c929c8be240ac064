"""What the stages, all but protection, take as the country grows: ``python benchmarks/country.py FOLDER [SCHOOLS:PUPILS …]``.

Exempelkommun is laid out at each size (by default 30, 300 and 4,700 schools; the last has 1.1 million pupils), twelve quarters of
CSV files under DVC, and every stage runs on it as a command. Printed are seconds by the clock and of processor, the most memory,
and the size of what the stage wrote. A stage that wants more memory than ``--most`` GiB is stopped, and with it its size. FOLDER
should lie where there is room: some 20 GB for the country. Each workspace in it is removed before the next, unless ``--keep`` is
given: then they stay, and one that is there already is taken as it is.

With ``--reports WORKSPACE``, a built Exempelkommun, the stages after protection follow: on its released data, copied side by side
until there are as many schools (``scale.py``), as protection, which has figures of its own, takes longest.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from reports import spare_copy
from scale import lay_out

LIKVARD = str(Path(sys.executable).with_name("likvard"))
SIZES = ("30:12000", "300:70000", "4700:1100000")
STAGES = {
    "ingest": "data/staged",
    "validate": "data/quality",
    "prepare": "data/prepared",
    "indicators": "data/indicators",
}
LATER = {"report": "reports", "pack": "reports", "index": "reports"}
SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds by the clock and of processor, GiB, and how it ended (0, or below where it was stopped)."""

    clock: float
    used: float
    gib: float
    code: int
    said: str


def cost_of(words: list[str], folder: Path, most: float) -> Cost:
    """The cost of a command, which is stopped where it has more than ``most`` GiB in memory."""
    began = time.monotonic()
    with (folder / "said.txt").open("w+b") as said:
        process = subprocess.Popen(words, cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        status = Path(f"/proc/{process.pid}/statm")
        while True:
            ended, how, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            if int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") > most * 2**30:
                process.send_signal(signal.SIGKILL)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        process.returncode = os.waitstatus_to_exitcode(how)
        said.seek(0)
        text = said.read().decode()
    clock = time.monotonic() - began
    return Cost(clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20, process.returncode, text)


def size_of(folder: Path) -> float:
    """The MB of the files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def measure(place: Path, size: str, most: float, *, keep: bool) -> None:
    """Nothing; a line per stage is printed, up to the first that fails."""
    schools, pupils = size.split(":")
    here = Path(__file__).resolve().parent.parent
    # Generating is no stage; it keeps what it lays out in memory, and what it takes is told for the record.
    workspace = place / f"country-{schools}"
    words = [LIKVARD, "demo", "exempelkommun", str(workspace), "--schools", schools, "--pupils", pupils]
    try:
        began = time.monotonic()
        if not (keep and workspace.is_dir()):
            subprocess.run(words, cwd=here, check=True, stdout=subprocess.DEVNULL)
            deliveries, took = size_of(workspace / "data/deliveries"), time.monotonic() - began
            say(f"| {int(schools):,} | {int(pupils):,} | laying out | {took:.0f} | | | {deliveries:,.0f} |")
        run_stages(STAGES, workspace, f"| {int(schools):,} | {int(pupils):,}", most)
    finally:
        if not keep:
            shutil.rmtree(workspace, ignore_errors=True)


def run_stages(stages: dict[str, str], workspace: Path, size: str, most: float) -> None:
    """Nothing; a line per stage is printed, up to the first that fails."""
    for stage, made in stages.items():
        before = size_of(workspace / made)
        cost = cost_of([LIKVARD, stage], workspace, most)
        written = size_of(workspace / made) - (before if stages is LATER else 0)
        end = f"{written:,.0f}" if cost.code == 0 else f"stopped ({cost.code})"
        say(f"{size} | {stage} | {cost.clock:.1f} | {cost.used:.1f} | {cost.gib:.2f} | {end} |")
        if cost.code:
            print(cost.said, file=sys.stderr, flush=True)  # noqa: T201
            break


def measure_reports(place: Path, built: Path, schools: int, most: float, *, keep: bool) -> None:
    """Nothing; a line for each stage after protection is printed."""
    from pandas import read_parquet

    folder = place / f"reports-{schools}"
    units = read_parquet(built / "data/released/units.parquet")
    towns = round(schools / (units["in_edition"] & (units["unit_kind"] == "school")).sum())
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        workspace = spare_copy(built, folder)
        for made in ("reports", "data/released"):
            shutil.rmtree(workspace / made)
        (workspace / "data/released").mkdir()
        lay_out(built, workspace / "data/released", towns)
        units = read_parquet(workspace / "data/released/units.parquet")
        kinds = units.loc[units["in_edition"], "unit_kind"].value_counts()
        run_stages(LATER, workspace, f"| {kinds['school']:,} ({kinds['area']:,} areas) | ", most)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main() -> None:
    reading = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    reading.add_argument("folder", type=Path)
    reading.add_argument("sizes", nargs="*", default=SIZES)
    reading.add_argument("--most", type=float, default=12.0, help="GiB that a stage may have in memory (12)")
    reading.add_argument("--keep", action="store_true", help="leave the workspaces, and take those that are there")
    reading.add_argument(
        "--reports", type=Path, metavar="WORKSPACE", help="a built one, whose released data is multiplied"
    )
    reading.add_argument("--only-reports", action="store_true", help="not the stages before")
    given = reading.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    say(
        "| schools | pupils | stage | s, clock | s of processor | GiB | MB written |\n|---:|---:|---|---:|---:|---:|---:|"
    )
    for size in given.sizes:
        if not given.only_reports:
            measure(given.folder.resolve(), size, given.most, keep=given.keep)
        if given.reports:
            schools = int(size.split(":")[0])
            measure_reports(given.folder.resolve(), given.reports.resolve(), schools, given.most, keep=given.keep)


if __name__ == "__main__":
    main()
