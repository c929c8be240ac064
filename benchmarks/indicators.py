"""How long the indicators take, with all their intervals, at three sizes up to the whole country.

``python benchmarks/indicators.py EXEMPELKOMMUN [SCHOOLS:AREAS:PUPILS …]`` takes the prepared tables of that workspace
(``likvard demo exempelkommun``, built up to ``prepare``) as one municipality of 30 schools and lays as many copies of it side
by side as there are to be schools, with schools, areas and pupils of their own; where there are to be fewer pupils per school,
each copy keeps that part of them, and areas are joined until there are as many as asked for. Each size runs in a process of its
own. Printed are schools, areas, pupils on roll, rows read, figures made, the seconds of processor and of clock that `likvard
indicators` takes without starting Python, and the most memory in use.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SIZES = ("30:7:12000", "300:18:70000", "4700:290:1100000")
COLUMNS = ("schools", "areas", "pupils", "rows", "figures", "processor s", "clock s", "GiB")
SCHOOLS, AREAS, PUPILS = 30, 7, 12_000
OWN = ("school_id", "successor_id", "pupil_id", "class_id", "answer_id")


def lay_out(prepared: Path, folder: Path, size: tuple[int, int, int]) -> int:
    """The number of rows; ``folder`` holds the prepared tables of so many schools, areas and pupils, period by period."""
    schools, areas, pupils = size
    copies = round(schools / SCHOOLS)
    part = min(1.0, pupils / (copies * PUPILS))
    count = 0
    for path in sorted(prepared.glob("*.parquet")):
        rows = pd.read_parquet(path)
        if path.stem == "published":
            continue
        for kept in ("pupil_id", "answer_id"):
            if kept in rows:
                rows = rows[pd.factorize(rows[kept], sort=True)[0] * 0.6180339887 % 1 < part]
        schema = pa.Schema.from_pandas(rows, preserve_index=False)
        with pq.ParquetWriter(folder / path.name, schema, compression="zstd") as writer:
            for _, found in rows.groupby("period", sort=True):
                laid = side_by_side(found, copies, areas)
                writer.write_table(pa.Table.from_pandas(laid, schema, preserve_index=False))
                count += len(laid)
    return count


def side_by_side(rows: pd.DataFrame, copies: int, areas: int) -> pd.DataFrame:
    """The same rows ``copies`` times, each copy with names of its own, in so many areas."""
    copy = np.repeat(np.arange(copies), len(rows))
    laid = pd.concat([rows] * copies, ignore_index=True)
    suffix = pd.Series(copy, dtype="string").str.zfill(3)
    own = {name: laid[name] + "-" + suffix for name in OWN if name in laid}
    for name in ("area_id", "home_area_id"):
        if name in laid:
            number = copy * AREAS + laid[name].astype("Int64") - 1
            own[name] = (number * areas // (copies * AREAS)).astype("string").str.zfill(4)
    laid = laid.assign(**own)
    return laid.drop_duplicates(["area_id", "period"]) if "area_id" in laid and "school_id" not in laid else laid


def measure(workspace: Path, size: tuple[int, int, int]) -> None:
    """Nothing; one line of figures is printed."""
    from likvard.contracts import read_tables
    from likvard.indicators.observations import PreparedTable
    from likvard.indicators.registry import read_registry
    from likvard.indicators.run import figures_by_period
    from likvard.params import read_params
    from likvard.tables import read_table, writing_table
    from likvard.workspace import Workspace

    here = Workspace(workspace)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        # In a process of its own, so that the memory measured is not what laying out takes.
        laid = subprocess.run(
            [sys.executable, __file__, "lay-out", str(here.prepared), place, ":".join(map(str, size))],
            check=True,
            capture_output=True,
            text=True,
        )
        tables = {path.stem: PreparedTable(path) for path in sorted(folder.glob("*.parquet"))}
        registry, codes = read_registry(here.contracts), read_tables(here.contracts).codes
        started, busy, figures = time.perf_counter(), time.process_time(), 0
        with writing_table(folder / "figures.parquet") as write:
            for part in figures_by_period(tables, registry, read_params(here.params), codes):
                write(part)
                figures += len(part)
        seconds = (time.process_time() - busy, time.perf_counter() - started)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        roll = read_table(folder / "pupil_period.parquet", ["period", "school_id", "area_id"])
    newest = roll[roll["period"].eq(roll["period"].max())]
    sizes = (newest["school_id"].nunique(), newest["area_id"].nunique(), len(newest), int(laid.stdout), figures)
    times = [f"{number:.1f}" for number in (*seconds, most)]
    print("|", " | ".join([*(f"{number:,}" for number in sizes), *times]), "|", flush=True)  # noqa: T201


def size_of(text: str) -> tuple[int, int, int]:
    """Schools, areas and pupils, as they are given on the command line."""
    schools, areas, pupils = (int(part) for part in text.split(":"))
    return schools, areas, pupils


if __name__ == "__main__":
    if sys.argv[1] == "lay-out":
        print(lay_out(Path(sys.argv[2]), Path(sys.argv[3]), size_of(sys.argv[4])))  # noqa: T201
    elif sys.argv[1] == "measure":
        measure(Path(sys.argv[2]), size_of(sys.argv[3]))
    else:
        print("|", " | ".join(COLUMNS), "|\n|" + "---|" * len(COLUMNS), flush=True)  # noqa: T201
        for wanted in sys.argv[2:] or SIZES:
            subprocess.run([sys.executable, __file__, "measure", sys.argv[1], wanted], check=True)
