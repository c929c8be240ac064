"""What a report may say of meetings, actions and comments: it is about units, never about persons, and released as given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from likvard.contracts import CodeList
from likvard.indicators.record import EVERYONE
from likvard.tables import read_table

YEAR = 4
"""How many quarters, the newest among them, the ledger of meetings covers: every school has its dialogue in a year."""


def dialogue_facts(prepared: Path, codes: dict[str, CodeList], edition: str) -> dict[str, Any]:
    """``actions``, ``meetings``, ``roles`` and ``comments`` of an edition; empty where nobody delivers them."""
    return {
        "actions": [_action(row, codes) for row in _rows(prepared / "actions.parquet", ["action_id"])],
        "meetings": meetings_of(prepared / "meetings.parquet", prepared / "participants.parquet", codes),
        "roles": codes["participant_role"].titles,
        "comments": [
            _comment(row, codes)
            for row in _rows(prepared / "comments.parquet", ["comment_id"])
            if row.period == edition
        ],
    }


def meetings_of(meetings: Path, participants: Path, codes: dict[str, CodeList]) -> list[dict[str, Any]]:
    """The meetings of the last year in time, each with its unit and the roles that were there (never how many)."""
    if not (meetings.is_file() and participants.is_file()):
        return []
    there: dict[str, list[str]] = {}
    for row in _rows(participants, ["meeting_id"]):
        there.setdefault(row.meeting_id, []).append(row.participant_role)
    order = list(codes["participant_role"].titles)
    rows = read_table(meetings)
    last = sorted(rows["period"].unique())[-YEAR:]
    found: Iterator[Any] = (
        rows[rows["period"].isin(last)].sort_values(["held_on", "meeting_id"]).itertuples(index=False)
    )
    return [
        {
            "id": row.meeting_id,
            "period": row.period,
            "kind": codes["meeting_kind"].titles[row.meeting_kind],
            "held_on": f"{row.held_on:%Y-%m-%d}",
            **_unit(row),
            "roles": sorted(there.get(row.meeting_id, []), key=order.index),
        }
        for row in found
    ]


def _action(row: Any, codes: dict[str, CodeList]) -> dict[str, Any]:
    return {
        "id": row.action_id,
        "title": row.action_title,
        **_unit(row),
        "indicator": row.indicator,
        "group_by": _told(row, "group_by") or EVERYONE,
        "starts_on": f"{row.starts_on:%Y-%m-%d}",
        "status": codes["action_status"].titles[row.action_status],
        "under_way": row.action_status in ("planned", "ongoing"),
        "responsible": codes["responsible_role"].titles.get(_told(row, "responsible_role")),
        "administration": codes["administration"].titles.get(_told(row, "administration")),
        "meeting_id": _told(row, "meeting_id"),
        **{name: _told(row, name) for name in ("finding", "expected_effect", "due_quarter", "obstacles", "result")},
    }


def _comment(row: Any, codes: dict[str, CodeList]) -> dict[str, Any]:
    return {
        "id": row.comment_id,
        "version": int(row.comment_version),
        **_unit(row),
        "exhibit": row.exhibit,
        "text": row.comment_text,
        "language": row.comment_language,
        "written_on": f"{row.written_on:%Y-%m-%d}",
        "role": codes["responsible_role"].titles[row.writer_role],
    }


def _unit(row: Any) -> dict[str, str]:
    """The school, the area, or everyone, that the row is about."""
    school, area = _told(row, "school_id"), _told(row, "area_id")
    kind = "school" if school else "area" if area else EVERYONE
    return {"unit_kind": kind, "unit_id": school or area or EVERYONE}


def _told(row: Any, name: str) -> str:
    """The text of a cell; empty where it is blank, or where the sender does not deliver the column."""
    text = getattr(row, name, None)
    return text if isinstance(text, str) else ""


def _rows(path: Path, by: list[str]) -> Iterator[Any]:
    rows = read_table(path) if path.is_file() else pd.DataFrame(columns=by)
    return rows.sort_values(by, kind="stable").itertuples(index=False)
