"""How long the generator takes for a country, and how much memory: ``python benchmarks/demo.py [SCHOOLS PUPILS]``.

Exempelkommun of that many schools and pupils (4,700 and 1.1 million) is written as Parquet into a temporary folder; printed are
schools, pupils, rows, seconds, seconds of processor and the most memory in use.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from likvard.demo.exempelkommun import write_columnar


def main(schools: int = 4_700, pupils: int = 1_100_000) -> None:
    """Nothing; one line of figures is printed."""
    started, before = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        rows = sum(write_columnar(Path(folder), schools, pupils).values())
    seconds, processor = time.perf_counter() - started, time.process_time() - before
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print("| schools | pupils | rows | seconds | of processor | GiB |\n|---|---|---|---|---|---|")  # noqa: T201
    print(f"| {schools:,} | {pupils:,} | {rows:,} | {seconds:.0f} | {processor:.0f} | {most:.2f} |")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
