"""Whether many reports cost each what few do: ``python benchmarks/growth.py WORKSPACE [40 400 4000]``.

WORKSPACE is a built one, such as Exempelkommun; its schools are built again and again until there are so many reports, two at a
time, each size in a process of its own. Printed are seconds by the clock and of processor per report, loading included, and the
most memory of the process that is forked and of one that makes a report; while it runs, the same so far, to the error stream.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

SIZES = (40, 400, 4_000)
CORES = 2
STEPS = 10


def measure(workspace: Path, size: int) -> None:
    """Nothing; one line of figures is printed."""
    from likvard.apart import each
    from likvard.report.build import build_report, ingredients_of, still_surroundings, warm_up
    from likvard.report.released import released_in
    from likvard.workspace import Workspace

    began = time.monotonic()
    here = Workspace(workspace)
    made_from = ingredients_of(here, released_in(here.released), "sv", draft=False)["school"]
    units = [unit.id for unit in made_from.released.units_with_reports("school")]
    still_surroundings()
    warm_up([made_from], units[:1])

    def line(count: int) -> str:
        both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        used = sum(one.ru_utime + one.ru_stime for one in both) / count
        mib = " | ".join(f"{one.ru_maxrss // 1024}" for one in both)
        return f"| {count:,} | {(time.monotonic() - began) / count:.2f} | {used:.3f} | {mib} |"

    with tempfile.TemporaryDirectory() as folder:
        keys = [units[number % len(units)] for number in range(size)]
        build = partial(build_report, made_from, folder=Path(folder))
        for count, one in enumerate(each(build, keys, CORES), 1):
            if one.error:
                raise one.error
            if count % max(size // STEPS, 1) == 0:
                print(line(count), file=sys.stderr, flush=True)  # noqa: T201
    print(line(size), flush=True)  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1] == "measure":
        measure(Path(sys.argv[2]).resolve(), int(sys.argv[3]))
    else:
        print("| reports | s, clock | s of processor | MiB, forked from | MiB, a report |\n|---|---:|---:|---:|---:|")  # noqa: T201
        sys.stdout.flush()
        for wanted in sys.argv[2:] or SIZES:
            subprocess.run([sys.executable, __file__, "measure", sys.argv[1], str(wanted)], check=True)
