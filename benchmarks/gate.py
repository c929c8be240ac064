"""How long the stage ``validate`` takes at national size: 1.1 million pupils under some fifty checks, with planted faults.

``python benchmarks/gate.py`` runs the whole stage in a workspace of its own (reads Parquet, imports Great Expectations, judges,
finds the rows, writes workbooks, Data Docs and the quality report), prints seconds, seconds of processor and the most memory in
use, and compares the verdicts and rows of a sample with those of plain Great Expectations, asked for every failing row.
"""

from __future__ import annotations

import csv
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from likvard.contracts import read_delivered
from likvard.contracts.rules import read_rules
from likvard.contracts.table import read_tables
from likvard.errors import QualityGateClosedError
from likvard.params import read_params
from likvard.tables import write_table
from likvard.validate import run
from likvard.validate.coded import plain
from likvard.validate.findings import FAILING_ROW_COLUMNS
from likvard.validate.judge import Judged, Verdict, _expectation, judge
from likvard.validate.rules_of_contract import judgeable_tables
from likvard.workspace import Workspace

REPOSITORY = Path(__file__).resolve().parent.parent
CONTRACTS = REPOSITORY / "data/contracts"
EDITION = "2026Q1"
PUPILS, SCHOOLS, SAMPLE = 1_100_000, 4_700, 20_000


def pupils(count: int) -> pd.DataFrame:
    """A staged table of pupils of one term, in which every thousandth row or so is wrong in some way."""
    dice = np.random.default_rng(1)
    seat = np.arange(count)

    def one_of(*codes: str) -> pd.Series:
        return pd.Series(pd.array(np.asarray(codes, dtype=object)[dice.integers(0, len(codes), count)], dtype="string"))

    school = (
        pd.Series([f"{number:08d}" for number in range(SCHOOLS)], dtype="string")
        .take(seat % SCHOOLS)
        .reset_index(drop=True)
    )
    grade = one_of("K", *map(str, range(1, 10)))
    frame = pd.DataFrame(
        {
            "pupil_id": pd.Series([f"{number:016x}" for number in seat], dtype="string"),
            "period": pd.Series(["2026T1"], dtype="string").take(np.zeros(count, dtype=int)).reset_index(drop=True),
            "protected_identity": pd.Series(np.zeros(count, dtype=bool), dtype="boolean"),
            "grade": grade,
            "school_id": school,
            "class_id": school + "-" + grade + "A",
            "home_area_id": one_of("01", "02", "03"),
            "gender": one_of("girl", "boy"),
            "background": one_of("swedish", "foreign_born", "born_in_sweden_foreign", "unknown"),
            "newly_arrived": one_of("newly_arrived", "not_newly_arrived"),
            "parental_education": one_of("compulsory", "upper_secondary", "post_secondary", "unknown"),
        }
    )
    for column, value in (
        ("grade", "19"),
        ("school_id", "180"),
        ("class_id", "04-mar"),
        ("gender", "x"),
        ("grade", None),
    ):
        frame.loc[dice.integers(0, count, count // 1000), column] = value
    again = dice.integers(0, count, count // 1000)
    frame.loc[again, "pupil_id"] = frame["pupil_id"].to_numpy()[again - 1]
    return frame.assign(source_file="2026Q1/elever.csv", source_row=seat + 2)


def workspace_of(root: Path, frame: pd.DataFrame) -> Workspace:
    """A workspace whose only sender is like Exempelkommun's register of pupils, with ``frame`` staged."""
    shutil.copytree(CONTRACTS, root / "data/contracts")
    mapping = yaml.safe_load((CONTRACTS / "sources/exempelkommun.yaml").read_text(encoding="utf-8"))
    nation = {
        "source": "nation",
        "deliveries": mapping["deliveries"],
        "tables": {"pupils": mapping["tables"]["pupils"]},
    }
    (root / "data/contracts/sources/nation.yaml").write_text(
        yaml.safe_dump(nation, allow_unicode=True), encoding="utf-8"
    )
    params = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    params |= {"edition": EDITION, "source": "nation", "language": "sv"}
    (root / "params.yaml").write_text(yaml.safe_dump(params, allow_unicode=True), encoding="utf-8")
    workspace = Workspace(root)
    write_table(frame, workspace.staged / "pupils.parquet")
    return workspace


def main() -> None:
    frame = pupils(PUPILS)
    sample = frame.head(SAMPLE).copy()
    with tempfile.TemporaryDirectory() as folder:
        workspace = workspace_of(Path(folder), frame)
        del frame
        before, start = time.process_time(), time.monotonic()
        try:
            run(workspace, read_params(workspace.params))
        except QualityGateClosedError as stop:
            closed = len(stop.problems)
        seconds, processor = time.monotonic() - start, time.process_time() - before
        with (workspace.quality / "checks.csv").open(encoding="utf-8") as lines:
            checks = list(csv.DictReader(lines))
        found = pd.read_csv(workspace.quality / "failing_rows.csv", usecols=FAILING_ROW_COLUMNS)
        tables = read_delivered(workspace.contracts, "nation")
        rules = read_rules(workspace.contracts, read_tables(workspace.contracts))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(
        f"{PUPILS:,} pupils, {len(checks)} checks, {closed} errors, {len(found):,} rows found: {seconds:.1f} s, "
        f"{processor:.1f} s of processor, at most {memory:.2f} GiB\n"
    )
    of_sample = judge(judgeable_tables({"pupils": sample}, tables, {}, rules, EDITION))
    compared = [(verdict, one) for one in of_sample for verdict in one.verdicts]
    differing = [verdict.rule.id for verdict, one in compared if not agrees(verdict, one)]
    rows = sum(verdict.count for verdict, _ in compared)
    sys.stdout.write(
        f"a sample of {SAMPLE:,} with {rows:,} faults: of {len(compared)} rules, those that plain GX judges otherwise or "
        f"finds other rows for: {differing or 'none'}\n"
    )


def agrees(verdict: Verdict, one: Judged) -> bool:
    """Whether plain Great Expectations, asked for every failing row, gives the same verdict and the same rows."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    expectation = _expectation(verdict.rule)
    found = batch.get_batch({"dataframe": plain(one.judgeable.frame)}).validate(
        expectation, result_format={"result_format": "COMPLETE"}
    )
    if bool(found.success) != verdict.passed:
        return False
    listed = found.result.get("unexpected_index_list") or []
    theirs = sorted(int(row["index"] if isinstance(row, dict) and "index" in row else row) for row in listed)
    ours = one.judgeable.frame.index[verdict.rule.at_fault(one.judgeable.frame)]
    return not verdict.rule.about_rows or sorted(ours) == theirs


if __name__ == "__main__":
    main()
