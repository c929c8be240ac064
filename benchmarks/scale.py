"""What of a country's reports cannot be shared out: ``python benchmarks/scale.py WORKSPACE [--copies 1 10 45]``.

WORKSPACE is a built one, such as Exempelkommun; the country is copies of its released data side by side, each of two areas. Serial
is what one process does before and after the reports: reading the record, finding each unit's figures and hashing them, and writing
the files. ``benchmarks/country.py`` builds the reports of such a country.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CODE = "import sys; sys.path.insert(0, sys.argv[1]); from scale import measure; measure(sys.argv[2], int(sys.argv[3]))"
SHARED = ("all", "country", "municipality_group")
AREAS = 2
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def lay_out(workspace: Path, folder: Path, copies: int) -> None:
    """Nothing; ``folder`` holds the released data of as many towns under one whole: the schools of ``workspace`` in two areas.

    Sweden has sixteen schools to a municipality, and Exempelkommun with its 29 has seven areas. The two areas keep their figures.
    """
    import pandas as pd
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    figures = pd.read_parquet(workspace / "data/released/figures.parquet")
    units = pd.read_parquet(workspace / "data/released/units.parquet")
    areas = sorted(units.loc[units["unit_kind"] == "area", "unit_id"])
    near, gone = areas[:AREAS], areas[AREAS:]
    units = units[~((units["unit_kind"] == "area") & units["unit_id"].isin(gone))].copy()
    schools = units["unit_kind"] == "school"
    units.loc[schools, "area_id"] = [near[place * len(near) // schools.sum()] for place in range(schools.sum())]
    figures = figures[~((figures["unit_kind"] == "area") & figures["unit_id"].isin(gone))]
    inside, parts = ~figures["unit_kind"].isin(SHARED), []
    writer = None
    for copy in range(copies):
        part = figures[inside] if copy else figures
        own = ~part["unit_kind"].isin(SHARED)
        part = part.assign(
            unit_id=part["unit_id"].where(~own, f"{copy:03}" + part["unit_id"]),
            figure_id=part["figure_id"].where(~own, letters(copy) + part["figure_id"].str[2:]),
        )
        table = pa.Table.from_pandas(part, preserve_index=False)
        writer = writer or ParquetWriter(folder / "figures.parquet", table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
        mine = units[units["unit_kind"] != "all"] if copy else units
        one = mine["unit_kind"] != "all"
        parts.append(
            mine.assign(
                unit_id=mine["unit_id"].where(~one, f"{copy:03}" + mine["unit_id"]),
                area_id=mine["area_id"].where(~one, f"{copy:03}" + mine["area_id"]),
            )
        )
    if writer is not None:
        writer.close()
    pd.concat(parts, ignore_index=True).to_parquet(folder / "units.parquet", index=False)
    (folder / "quality.json").write_bytes((workspace / "data/released/quality.json").read_bytes())
    edition = json.loads((workspace / "data/released/edition.json").read_text(encoding="utf-8"))
    kept = set(zip(units["unit_kind"], units["unit_id"], strict=True))
    for name in ("actions", "comments"):
        edition[name] = [
            one | {"unit_id": one["unit_id"] if one["unit_kind"] in SHARED else f"000{one['unit_id']}"}
            for one in edition.get(name, ())
            if (one["unit_kind"], one["unit_id"]) in kept
        ]
    (folder / "edition.json").write_text(json.dumps(edition), encoding="utf-8")


def letters(number: int) -> str:
    """Two of the letters that ids of figures are made of, others for each number below 1,024."""
    return LETTERS[number // 32] + LETTERS[number % 32]


def measure(place: str, copies: int) -> None:
    """Prints one line of the table."""
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    from likvard.report.build import write_report
    from likvard.report.released import Released

    released = Released(Path(place))
    marks = [time.process_time()]

    def mark() -> float:
        marks.append(time.process_time())
        return marks[-1] - marks[-2]

    len(released.rows)
    read = mark()
    len(released.hashes)
    hashed = mark()
    reports = [(kind, unit.id) for kind in ("area", "school") for unit in released.units_with_reports(kind)]
    for kind, unit_id in reports:
        len(released.slice_of(kind, unit_id).digest)
    checked = mark()
    few = reports[:: max(len(reports) // 20, 1)]
    for kind, unit_id in few:
        len(released.slice_of(kind, unit_id).places)
    sliced = mark() / len(few)
    began = time.monotonic()
    for kind, unit_id in few:
        write_report(Path(place) / "written" / kind, {f"{unit_id}.{n}": b"x" * 100_000 for n in range(5)})
    written = (time.monotonic() - began) / len(few)
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(  # noqa: T201
        f"| {copies} | {len(reports):,} | {released.record.num_rows:,} | {read:.1f} | {hashed:.1f} | {checked:.1f} "
        f"| {sliced * 1000:.0f} | {written * 1000:.0f} | {gib:.1f} |",
        flush=True,
    )


def main() -> None:
    reading = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    reading.add_argument("workspace", type=Path)
    reading.add_argument("--copies", type=int, nargs="*", default=[1, 10, 45])
    given = reading.parse_args()
    print("| copies | reports | figures | read, s | hash, s | compare, s | slice, ms | write, ms | GiB |")  # noqa: T201
    print("|---|---|---|---|---|---|---|---|---|", flush=True)  # noqa: T201
    for copies in given.copies:
        with tempfile.TemporaryDirectory() as folder:
            lay_out(given.workspace.resolve(), Path(folder), copies)
            words = [sys.executable, "-c", CODE, str(Path(__file__).parent), folder, str(copies)]
            subprocess.run(words, check=True)


if __name__ == "__main__":
    main()
