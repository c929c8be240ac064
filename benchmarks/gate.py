"""How long the gate takes at national size: 1.1 million pupils under some thirty checks, with planted faults and their rows.

``python benchmarks/gate.py`` prints seconds and the most memory in use, and compares the verdicts with those of plain Great
Expectations, asked for every failing row, on a sample.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from likvard.contracts import read_delivered, read_source, read_tables
from likvard.contracts.rules import read_rules
from likvard.validate.findings import checks_of, failing_rows
from likvard.validate.judge import judge
from likvard.validate.rules_of_contract import judgeable_tables

CONTRACTS = Path(__file__).resolve().parent.parent / "data/contracts"
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


def main() -> None:
    known = read_tables(CONTRACTS)
    tables, source = read_delivered(CONTRACTS, "exempelkommun"), read_source(CONTRACTS, "exempelkommun", known)
    rules = read_rules(CONTRACTS, known)
    frame = pupils(PUPILS)
    start = time.monotonic()
    judged = judge(judgeable_tables({"pupils": frame}, tables, {}, rules)).tables
    checks = [check for one in judged for check in checks_of(one)]
    rows = failing_rows(judged, source)
    seconds = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    failed = [check for check in checks if check.result == "failed"]
    sys.stdout.write(
        f"{PUPILS:,} pupils, {len(checks)} checks, {len(failed)} failed, {len(rows):,} rows found: {seconds:.1f} s, "
        f"at most {memory:.2f} GiB\n"
    )
    sample = frame.head(SAMPLE)
    of_sample = judge(judgeable_tables({"pupils": sample}, tables, {}, rules)).tables
    own = failing_rows(of_sample, source)
    differing = [
        verdict.rule.id
        for one in of_sample
        for verdict in one.verdicts
        if sorted(one.judgeable.frame.index[verdict.rule.at_fault(one.judgeable.frame)]) != complete(verdict, one)
    ]
    sys.stdout.write(
        f"{len(own):,} rows in a sample of {SAMPLE:,}: rules whose rows differ from plain GX: {differing}\n"
    )


def complete(verdict: object, one: object) -> list[int]:
    """The rows that plain Great Expectations finds when it is asked for all of them."""
    import great_expectations as gx

    from likvard.validate.judge import Judged, Verdict, _expectation

    assert isinstance(verdict, Verdict)
    assert isinstance(one, Judged)
    context = gx.get_context(mode="ephemeral")
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    found = batch.get_batch({"dataframe": one.judgeable.frame}).validate(
        _expectation(verdict.rule), result_format={"result_format": "COMPLETE"}
    )
    rows = found.result.get("unexpected_index_list") or []
    return sorted(int(row["index"] if isinstance(row, dict) and "index" in row else row) for row in rows)


if __name__ == "__main__":
    main()
