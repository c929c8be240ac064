"""Which published figures moved from one edition, or version of it, to another, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from likvard.audit.record import Version, read_record
from likvard.indicators.record import KEY, SHOWN
from likvard.tables import read_table
from likvard.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

WITHOUT = ("edition", "definition_version")
"""Columns of the key in which the same figure may differ between editions."""
COMPARED = ("value", "low", "high", "status", "definition_version")


@dataclass(frozen=True)
class Difference:
    """``moved`` has a row per figure that both have and that differs: key, ``status``, ``value`` … of both, and ``why``."""

    before: Version
    after: Version
    moved: pd.DataFrame
    new: int
    gone: int
    causes: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of the figures that moved, as the older edition prints them."""
        return sorted(self.moved["figure_id_before"].tolist())

    def as_text(self, most: int = 50) -> str:
        """The difference for a terminal: the causes, then the figures, at most so many."""
        lines = [
            f"{self.before.name} → {self.after.name}: {len(self.moved)} figures moved, {self.new} are new, {self.gone} are gone."
        ]
        lines += [f"  {cause}" for cause in self.causes]
        rows: Iterator[Any] = self.moved.head(most).itertuples()
        for row in rows:
            unit = f"{row.unit_kind} {row.unit_id}"
            group = "" if row.group_by == "all" else f", {row.group_by} {row.group}"
            lines.append(
                f"{row.figure_id_before}  {unit}, {row.indicator} {row.measure} {row.period}{group}: "
                f"{_told(row.value_before, row.status_before)} → {_told(row.value_after, row.status_after)} ({row.why})"
            )
        if len(self.moved) > most:
            lines.append(f"… and {len(self.moved) - most} more; --json tells all.")
        return "\n".join(lines)

    def as_json(self) -> str:
        """The difference as JSON, every figure."""
        content = {
            "before": self.before.name,
            "after": self.after.name,
            "new": self.new,
            "gone": self.gone,
            "causes": self.causes,
            "moved": json.loads(self.moved.to_json(orient="records")),
        }
        return json.dumps(content, indent=2, ensure_ascii=False)


def difference(workspace: Workspace, before: Version, after: Version) -> Difference:
    """What differs between two records' released figures. Errors: ``AlteredError`` where a record does not hold."""
    old = read_table(before.released / "figures.parquet")
    new = read_table(after.released / "figures.parquet")
    records = read_record(workspace, before).predicate, read_record(workspace, after).predicate
    both = compared(old, new)
    causes = tuple(causes_of(*records))
    moved = both[both["_merge"].eq("both")]
    return Difference(
        before,
        after,
        moved.loc[differs(moved)]
        .assign(why=lambda rows: why(rows, causes))
        .drop(columns="_merge")
        .reset_index(drop=True),
        new=int(both["_merge"].eq("right_only").sum()),
        gone=int(both["_merge"].eq("left_only").sum()),
        causes=causes,
    )


def compared(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Both records side by side, by the key without edition and version; ``_merge`` says which of them has the figure."""
    key = [name for name in KEY if name not in WITHOUT]
    columns = [*key, *COMPARED, "figure_id"]
    return old[columns].merge(
        new[columns], on=key, how="outer", suffixes=("_before", "_after"), indicator=True, validate="one_to_one"
    )


def differs(rows: pd.DataFrame) -> pd.Series:
    """Whether the figure of each row is not the same in both. A value that nobody was shown does not count."""
    shown = rows["status_before"].eq(SHOWN) & rows["status_after"].eq(SHOWN)
    other = rows["status_before"].ne(rows["status_after"])
    for name in ("value", "low", "high"):
        one, two = rows[f"{name}_before"], rows[f"{name}_after"]
        other |= shown & one.ne(two) & ~(one.isna() & two.isna())
    return other


def why(rows: pd.DataFrame, causes: tuple[str, ...]) -> pd.Series:
    """The nearest cause of each figure's move: its definition, its protection, else what differs between the editions."""
    import pandas as pd

    definition = rows["definition_version_before"].ne(rows["definition_version_after"])
    protection = rows["status_before"].ne(rows["status_after"])
    otherwise = "; ".join(causes) or "no cause is recorded"
    told = np.select(
        [definition, protection], ["another definition", "another status: " + rows["status_after"]], otherwise
    )
    return pd.Series(told, index=rows.index, dtype="object")


def causes_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two editions that figures rest on, in words."""
    old, new = _delivered(before), _delivered(after)
    changed = sorted(path for path in old.keys() & new.keys() if old[path] != new[path])
    causes = []
    if changed:
        causes.append(f"delivered anew: {', '.join(changed)}")
    if added := sorted(new.keys() - old.keys()):
        causes.append(f"delivered since: {', '.join(added)}")
    if gone := sorted(old.keys() - new.keys()):
        causes.append(f"no longer delivered: {', '.join(gone)}")
    params = [key for key in before["parameters"].keys() | after["parameters"].keys() if key != "edition"]
    other = sorted(key for key in params if before["parameters"].get(key) != after["parameters"].get(key))
    if other:
        causes.append(f"other parameters: {', '.join(other)}")
    contracts = {kind: _of_kind(before, kind) != _of_kind(after, kind) for kind in ("contract", "software")}
    causes += [f"another {kind}" for kind, moved in contracts.items() if moved]
    if before["code"]["likvard"] != after["code"]["likvard"]:
        causes.append("other code")
    return causes


def _delivered(record: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{name}/{file}": sha256
        for name, about in record["deliveries"].items()
        for file, sha256 in about["sha256"].items()
    }


def _of_kind(record: Mapping[str, Any], kind: str) -> list[Any]:
    return [one for one in record["artefacts"] if one["kind"] == kind]


def _told(value: float, status: str) -> str:
    return f"{value:.6g}" if status == SHOWN else status
