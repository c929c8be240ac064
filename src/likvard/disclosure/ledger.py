"""The ledger: what was ever released. What is out cannot be taken back, and what was hidden stays hidden.

One folder per edition, with ``figures.parquet`` as it was released (hidden figures in it have no numbers, and numbers are rounded
as its profile asks) and ``entry.json`` with its SHA-256 and its profile. The ledger holds nothing that was not released.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

from likvard.errors import LedgerDamagedError
from likvard.tables import read_table
from likvard.workspace import write_atomically, writing_folder

SHOWN = "shown"
FIGURES, FACTS, ENTRY = "figures.parquet", "edition.json", "entry.json"
NOT_SAID = ""


def record_edition(released: Path, ledger: Path, edition: str) -> Path:
    """The folder of the edition in the ledger, which now holds the figures of the folder ``released``, byte for byte.

    Errors: ``LedgerDamagedError`` where the edition is in the ledger already with other figures; ``CannotWriteError``.
    """
    content = (released / FIGURES).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    folder = ledger / edition
    if folder.exists():
        if _digest(folder) != digest:
            raise LedgerDamagedError(
                f"{folder} holds other figures of the edition {edition} than those that are to be published.",
                advice="what is published cannot be taken back: give the corrected figures an edition of their own.",
            )
        return folder
    with writing_folder(folder) as fresh:
        write_atomically(fresh / FIGURES, content)
        facts = json.loads((released / FACTS).read_text(encoding="utf-8"))
        entry = {"edition": edition, "profile": facts["disclosure"]["profile"], "sha256": digest}
        write_atomically(fresh / ENTRY, json.dumps(entry, indent=2).encode() + b"\n")
    return folder


def ever_released(ledger: Path) -> pd.DataFrame:
    """All figures of all editions in the ledger, by edition; empty where nothing was published.

    ``profile``: the profile of the edition, ``NOT_SAID`` where its entry is older than that.
    Errors: ``LedgerDamagedError`` where the figures of an edition are not those that its entry says.
    """
    there = (path for path in ledger.glob("*/") if not path.name.startswith("."))  # hidden: of a run that was killed
    folders = sorted(path for path in there if (path / ENTRY).is_file() or (path / FIGURES).is_file())
    damaged = [folder.name for folder in folders if not _is_whole(folder)]
    if damaged:
        raise LedgerDamagedError(
            f"The ledger in {ledger} is not what was published.",
            [f"the edition {name}: {FIGURES} is missing or is not what {ENTRY} says" for name in damaged],
            advice="bring the folder back from version control; nothing can be released without knowing what is out.",
        )
    parts = [read_table(folder / FIGURES).assign(profile=_entry(folder).get("profile", NOT_SAID)) for folder in folders]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _is_whole(folder: Path) -> bool:
    try:
        return bool(_entry(folder)["sha256"] == _digest(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _entry(folder: Path) -> dict[str, str]:
    entry: dict[str, str] = json.loads((folder / ENTRY).read_text(encoding="utf-8"))
    return entry


def _digest(folder: Path) -> str:
    path = folder / FIGURES
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def history(released: pd.DataFrame, key: list[str], statuses_of_disclosure: frozenset[str]) -> pd.DataFrame:
    """One row per figure that an edition showed or hid: ``key``, ``was_shown``, ``was_hidden``.

    ``key`` is without the edition, as the same figure of the same period may be in several. A figure that was ever shown is out,
    whatever came after it.
    """
    if released.empty:
        return pd.DataFrame(columns=[*key, "was_shown", "was_hidden"])
    marked = released[key].assign(
        was_shown=released["status"].eq(SHOWN), was_hidden=released["status"].isin(statuses_of_disclosure)
    )
    found = marked.groupby(key, dropna=False)[["was_shown", "was_hidden"]].any().reset_index()
    return found.assign(was_hidden=found["was_hidden"] & ~found["was_shown"])


def carried_on(figures: pd.DataFrame, past: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """``was_shown`` and ``was_hidden`` of each row of ``figures``, in its order: False where no edition had the figure."""
    found = figures[key].merge(past, on=key, how="left")
    flags = found[["was_shown", "was_hidden"]].fillna(value=False).astype(bool)
    return flags.set_axis(figures.index)


def frozen(figures: pd.DataFrame, released: pd.DataFrame, key: list[str], numbers: list[str]) -> pd.DataFrame:
    """The same figures, where those that an edition has shown have the numbers of the first edition that showed them.

    Counts are frozen at their reference date: a later correction by one pupil would say who it was.
    """
    if released.empty:
        return figures
    shown = released[released["status"].eq(SHOWN)].sort_values("edition", kind="stable")
    first = shown.drop_duplicates(key).set_index(key)[numbers]
    place = pd.MultiIndex.from_frame(figures[key])
    known = place.isin(first.index)
    result = figures.copy()
    result.loc[known, numbers] = first.loc[place[known]].to_numpy()
    return result
