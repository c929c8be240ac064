"""How long the indicators take, with all their intervals, at three sizes up to the whole country.

``python benchmarks/indicators.py EXEMPELKOMMUN`` takes the prepared tables of that workspace (``make demo``) as one municipality of
30 schools and lays as many copies of it side by side as the size needs, with schools, areas and pupils of their own. Each size runs
in a process of its own; printed are pupils, schools, rows, figures, seconds and the most memory in use.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

COPIES = (1, 16, 157)
COLUMNS = ("schools", "areas", "pupils", "rows", "figures", "seconds", "GiB")
OF_UNITS = ("school_id", "area_id", "home_area_id", "successor_id", "pupil_id", "class_id")


def lay_out(prepared: Path, folder: Path, copies: int) -> int:
    """The number of rows; ``folder`` holds the prepared tables of so many municipalities, period by period."""
    count = 0
    for path in sorted(prepared.glob("*.parquet")):
        rows = pd.read_parquet(path)
        if path.stem == "published":
            continue
        schema = pa.Schema.from_pandas(rows, preserve_index=False)
        with pq.ParquetWriter(folder / path.name, schema, compression="zstd") as writer:
            for _, part in rows.groupby("period", sort=True):
                for copy in range(copies):
                    own = {name: part[name] + f"-{copy:03d}" for name in OF_UNITS if name in part}
                    writer.write_table(pa.Table.from_pandas(part.assign(**own), schema, preserve_index=False))
                    count += len(part)
    return count


def measure(workspace: Path, copies: int) -> None:
    """Nothing; one line of figures is printed."""
    from likvard.contracts import read_tables
    from likvard.indicators.observations import PreparedTable
    from likvard.indicators.registry import read_registry
    from likvard.indicators.run import figures
    from likvard.params import read_params
    from likvard.workspace import Workspace

    here = Workspace(workspace)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        count = lay_out(here.prepared, folder, copies)
        tables = {path.stem: PreparedTable(path) for path in sorted(folder.glob("*.parquet"))}
        registry, codes = read_registry(here.contracts), read_tables(here.contracts).codes
        started = time.perf_counter()
        record = figures(tables, registry, read_params(here.params), codes)
        seconds = time.perf_counter() - started
        newest = tables["pupil_period"].whole().query("period == period.max()")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sizes = (newest["school_id"].nunique(), newest["area_id"].nunique(), len(newest), count, len(record))
    print("|", " | ".join([*(f"{size:,}" for size in sizes), f"{seconds:.1f}", f"{most:.1f}"]), "|", flush=True)  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        print("|", " | ".join(COLUMNS), "|\n|" + "---|" * len(COLUMNS), flush=True)  # noqa: T201
        for copies in COPIES:
            subprocess.run([sys.executable, __file__, sys.argv[1], str(copies)], check=True)
