"""Reports against what others use, on the same notebook and data: ``python benchmarks/reports.py WORKSPACE`` (``make bench``).

WORKSPACE is a built one, such as Exempelkommun. Every way is measured in every round, so that what else the machine does
meets all of them; the table has medians. Ours makes HTML, PDF, XLSX and CSV, the others HTML alone. With ``--quick`` (CI) the
sizes are reduced, and the command fails where a ratio of seconds of processor, which other work on the machine disturbs least, is
below six tenths of what was reached before.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

BOUNDS = {
    "papermill + jupyter nbconvert, commands": 40,
    "papermill + nbconvert, one process": 15,
    "ploomber-engine": 1.5,
}
REACHED = {
    "papermill + jupyter nbconvert, commands": 5.5,
    "papermill + nbconvert, one process": 3.6,
    "ploomber-engine": 1.2,
}
"""The ratios of seconds of processor with eight reports."""
INSIDE_REACHED = 0.41
"""The share of a report inside its exhibits, Typst counted in."""
CORES = 2
HERE = Path(__file__).parent


@contextmanager
def timed(into: list[tuple[float, float]], count: int) -> Iterator[None]:
    """Seconds by the clock and of processor per report, of the processes that the block starts and waits for."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    yield
    after, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    into.append((clock / count, used / count))


def spare_copy(workspace: Path, folder: Path) -> Path:
    """A copy of the built workspace in the folder, to build in; neither DVC nor git knows of it."""
    spare = folder / "workspace"
    shutil.copytree(workspace, spare, symlinks=True, ignore=shutil.ignore_patterns(".dvc", ".git"))
    (spare / ".dvc").mkdir()
    return spare


def peer(python: str, way: str, workspace: Path, units: list[str], processes: int = 1) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts = [units[number::processes] for number in range(processes)]
        words = [python, str(HERE / "peers.py"), way, str(workspace), folder]
        running = [subprocess.Popen([*words, *part], stdout=subprocess.DEVNULL) for part in parts]
        if any(process.wait() for process in running):
            raise SystemExit(f"{way} failed")
        made = len(list(Path(folder).glob("*.html")))
        if made != len(units):
            raise SystemExit(f"{way} made {made} of {len(units)} reports")


def ours(workspace: Path, units: list[str]) -> None:
    words = [
        str(Path(sys.executable).with_name("likvard")),
        "report",
        "--kind",
        "school",
        "--force",
        "--jobs",
        str(CORES),
    ]
    only = [word for unit in units for word in ("--only", unit)]
    subprocess.run([*words, *only], cwd=workspace, check=True, stdout=subprocess.DEVNULL)


def in_exhibits(workspace: Path, units: list[str]) -> dict[str, float]:
    """Of the seconds of processor that a report takes in its process, the shares by where they go; medians over reports."""
    from likvard.apart import each
    from likvard.report import build, html, pdf, press
    from likvard.report.build import ingredients_of, report_files, still_surroundings, warm_up
    from likvard.report.released import released_in
    from likvard.report.view import Report
    from likvard.workspace import Workspace

    here = Workspace(workspace)
    made_from = ingredients_of(here, released_in(here.released), "sv", draft=False)["school"]
    still_surroundings()
    warm_up([made_from], units[:1])
    spent = {"exhibits": 0.0, "HTML": 0.0, "Typst": 0.0, "PDF with Typst": 0.0, "XLSX and CSV": 0.0}

    def measured(name: str, work: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object) -> object:
            began = time.process_time()
            made = work(*given)
            spent[name] += time.process_time() - began
            return made

        return call

    Report.exhibit = measured("exhibits", Report.exhibit)  # type: ignore[method-assign]
    html.render_html = measured("HTML", html.render_html)  # type: ignore[assignment]
    press.set_pages = measured("Typst", press.set_pages)  # type: ignore[assignment]
    pdf.render_pdf = measured("PDF with Typst", pdf.render_pdf)  # type: ignore[assignment]
    build.figure_exports = measured("XLSX and CSV", build.figure_exports)  # type: ignore[assignment]

    def shares(unit: str) -> dict[str, float]:
        began = time.process_time()
        report_files(made_from, unit)
        whole = time.process_time() - began
        return {"seconds": whole} | {name: seconds / whole for name, seconds in spent.items()}

    found = [one.value for one in each(shares, units) if one.value]
    return {name: statistics.median([one[name] for one in found]) for name in found[0]}


def main() -> None:
    reading = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    reading.add_argument("workspace", type=Path)
    reading.add_argument("--quick", action="store_true")
    reading.add_argument("--rounds", type=int, default=5)
    reading.add_argument("--reports", type=int, help="how many of the schools; all by default")
    reading.add_argument("--ploomber", default="", help="the Python of an environment with ploomber-engine and likvard")
    given = reading.parse_args()
    workspace = given.workspace.resolve()
    units = sorted(
        path.name.removesuffix(".manifest.json") for path in workspace.glob("reports/*/school/*.manifest.json")
    )
    rounds, few = (1, 8) if given.quick else (given.rounds, given.reports or len(units))
    spare = spare_copy(workspace, Path(tempfile.mkdtemp()))
    ways: dict[str, tuple[int, Callable[[], None]]] = {
        "likvard": (few, partial(ours, spare, units[:few])),
        "papermill + jupyter nbconvert, commands": (1, partial(peer, sys.executable, "commands", spare, units[:1])),
        "papermill + nbconvert, one process": (2, partial(peer, sys.executable, "python", spare, units[:2])),
    }
    if given.ploomber:
        ways["ploomber-engine"] = few, partial(peer, given.ploomber, "ploomber", spare, units[:few], CORES)
    seconds: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    loads = []
    say = print
    for _ in range(rounds):
        for way, (count, work) in ways.items():
            with timed(seconds[way], count):
                work()
            loads.append(os.getloadavg()[0])
            say(f"{way}: {seconds[way][-1]}", file=sys.stderr, flush=True)
    say(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {rounds} rounds, {few} reports"
    )
    say(f"load (1 min) while it was measured: {min(loads):.1f} to {max(loads):.1f}")
    say("| way | s per report, clock | s of processor | times ours, clock | times ours, processor | clock must be |")
    say("|---|---:|---:|---:|---:|---:|")
    missed = []
    own, own_used = (statistics.median([one[side] for one in seconds["likvard"]]) for side in (0, 1))
    for way, found in seconds.items():
        clock, used = (statistics.median([one[side] for one in found]) for side in (0, 1))
        bound = BOUNDS.get(way)
        ratio = used / own_used
        say(f"| {way} | {clock:.2f} | {used:.2f} | {clock / own:.1f} | {ratio:.1f} | {bound or ''} |", flush=True)
        if ratio < REACHED.get(way, 0) * 0.6:
            missed.append(f"{way}: {ratio:.1f} times; {REACHED[way]} was reached before")
    parts = in_exhibits(spare, units[: max(5, few // 4)])
    say(
        f"one report: {parts.pop('seconds'):.2f} s of processor; " + ", ".join(f"{n} {s:.0%}" for n, s in parts.items())
    )
    if parts["exhibits"] < INSIDE_REACHED * 0.6:
        missed.append(f"exhibits: {parts['exhibits']:.0%}; {INSIDE_REACHED:.0%} was reached before")
    shutil.rmtree(spare.parent)
    if given.quick and missed:
        raise SystemExit("too slow: " + "; ".join(missed))


if __name__ == "__main__":
    main()
