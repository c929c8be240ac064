"""Exempelkommun on disk: one folder of deliveries per quarter, and the truth that was planted in them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from likvard.contracts import Source, read_source, read_tables
from likvard.demo.exempelkommun import plan
from likvard.demo.exempelkommun.as_sent import file_bytes
from likvard.demo.exempelkommun.frame import together
from likvard.demo.exempelkommun.people import blocks_of
from likvard.demo.exempelkommun.quarter import tables_of, world_of
from likvard.demo.exempelkommun.truth import truth_of
from likvard.workspace import Workspace, write_atomically

SOURCE = "exempelkommun"
SEED = 20260930
OLD_LANGUAGE_CODE = ("2024Q4", 6, "MSPR")


def mapping(contracts: Path | None = None) -> Source:
    """The source mapping that says how Exempelkommun's senders write, by default that of the workspace we stand in."""
    where = contracts or Workspace.find().contracts
    return read_source(where, SOURCE, read_tables(where))


def write_exempelkommun(
    folder: Path,
    schools: int = 30,
    pupils: int = 12_000,
    seed: int = SEED,
    contracts: Path | None = None,
    truth: Path | None = None,
) -> list[Path]:
    """The deliveries of the twelve quarters below ``folder``, and what is planted in them in the file ``truth`` (if given).

    The folders are returned. Equal arguments give equal bytes on every machine. The deliveries are as intake leaves them:
    pseudonyms instead of persons, and nobody with protected identity. ``truth`` is for tests; keep it out of ``folder``.
    """
    source = mapping(contracts)
    worlds = [world_of(block) for block in blocks_of(schools, pupils, seed)]
    folders = []
    for quarter in plan.QUARTERS:
        by_block = [tables_of(world, quarter) for world in worlds]
        names = dict.fromkeys(name for tables in by_block for name in tables)
        target = folder / quarter
        for name in names:
            rows = together([tables[name] for tables in by_block if name in tables])
            if name == "grades":
                rows = _with_old_language_code(rows, quarter, worlds[0].block.school_code(OLD_LANGUAGE_CODE[1]))
            mapped = source.tables[name]
            write_atomically(target / mapped.file, file_bytes(name, rows, mapped))
        folders.append(target)
    if truth is not None:
        content = json.dumps(truth_of(worlds[0]), indent=2, ensure_ascii=False, sort_keys=True)
        write_atomically(truth, content.encode() + b"\n")
    return folders


def _with_old_language_code(rows: pd.DataFrame, quarter: str, school: str) -> pd.DataFrame:
    """The same rows, where one school once used the old code for modern languages."""
    when, _, code = OLD_LANGUAGE_CODE
    if quarter != when:
        return rows
    old = (rows["school_id"] == school) & rows["subject"].astype(str).str.startswith("M2")
    subject = rows["subject"].cat.add_categories([code])
    return rows.assign(subject=subject.where(~old, code))
