"""Kolada's key figures, API v3 and v2, as rows with value and status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from likvard.errors import CodesError, SourceUnavailableError, unknown
from likvard.fetch.delivery import Fetched, origin_of, table_of
from likvard.fetch.figure import MISSING, SHOWN, TOO_FEW
from likvard.fetch.web import Web

SOURCE = "kolada"
MOST_IDS_A_BATCH = 25
MOST_PAGES = 10_000

Version = Literal["v3", "v2"]
UnitKind = Literal["municipality", "ou"]

KEY = ["kpi", "unit_kind", "unit_id", "period", "gender"]
COLUMNS = {
    "kpi": "string",
    "unit_kind": "string",
    "unit_id": "string",
    "period": "string",
    "gender": "string",
    "value": "Float64",
    "status": "string",
    "reported_count": "Int64",
    "published_status": "string",
}
# Kolada's genders: all, women (kvinnor), men (män).
GENDERS = ("T", "K", "M")
# Kolada's own status of a value, in small letters. An empty status goes with a value; »private« hides few persons.
STATUSES = {"": SHOWN, "missing": MISSING, "private": TOO_FEW, "secret": TOO_FEW}


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Value(_Record):
    gender: str
    value: float | None = None
    status: str | None = None
    count: int | None = None
    deleted: bool = Field(default=False, alias="isdeleted")


class _Row(_Record):
    kpi: str
    period: int | str
    municipality: str | None = None
    ou: str | None = None
    values: list[_Value]


class _Page(_Record):
    values: list[_Row]
    next_url: str | None = None
    next_page: str | None = None


def fetch(
    web: Web,
    kpis: Sequence[str],
    units: Sequence[str],
    years: Sequence[int],
    retrieved_at: datetime,
    *,
    unit_kind: UnitKind = "municipality",
    version: Version = "v3",
) -> Fetched:
    """The key figures of the units in the years, as the table ``kolada``: one row per figure and gender.

    Asks for at most 25 ids at a time and follows every page. Rows that Kolada marks as deleted are counted, not kept.
    A key figure or unit for which nothing is published has no row; the origin names what was asked for.
    Errors: ``SourceUnavailableError``; ``CodesError`` for a gender or a status that is unknown.
    """
    rows: list[dict[str, object]] = []
    deleted = 0
    strange: dict[str, None] = {}
    kind = "data" if unit_kind == "municipality" else "oudata"
    for some_kpis in _batches(sorted(set(kpis))):
        for some_units in _batches(sorted(set(units))):
            for some_years in _batches([str(year) for year in sorted(set(years))]):
                place = f"/{version}/{kind}/kpi/{some_kpis}/{unit_kind}/{some_units}/year/{some_years}"
                for row in _rows(web, place):
                    for value in row.values:
                        deleted += value.deleted
                        if not value.deleted:
                            rows.append(_figure(row, value, unit_kind, strange))
    if strange:
        raise CodesError(
            "Kolada has codes that we do not know.",
            list(strange),
            advice="see what they mean at kolada.se and add them to src/likvard/fetch/kolada/importer.py.",
        )
    frame = table_of(rows, COLUMNS)
    twice = int(frame.duplicated(KEY).sum())
    if twice:
        raise SourceUnavailableError(
            f"Kolada gave {twice} figures twice.", advice="run the same command again; if it goes on, tell kolada.se."
        )
    tables = {"kolada": frame}
    asked = {"kpis": sorted(set(kpis)), "units": sorted(set(units)), "years": sorted(set(years))}
    origin = origin_of(
        SOURCE, retrieved_at, web.receipts, tables, api_version=version, asked_for=asked, deleted_rows=deleted
    )
    return Fetched(tables, origin)


def _figure(row: _Row, value: _Value, unit_kind: UnitKind, strange: dict[str, None]) -> dict[str, object]:
    """The row of one value; with a status that withholds it the value is not kept, and an empty one is missing."""
    told = (value.status or "").strip()
    status = STATUSES.get(told.casefold())
    if status is None:
        strange[unknown("the status", told, STATUSES)] = None
    if value.gender not in GENDERS:
        strange[unknown("the gender", value.gender, GENDERS)] = None
    if status == SHOWN and value.value is None:
        status = MISSING
    return {
        "kpi": row.kpi,
        "unit_kind": unit_kind,
        "unit_id": row.municipality if unit_kind == "municipality" else row.ou,
        "period": str(row.period),
        "gender": value.gender,
        "value": value.value if status == SHOWN else None,
        "status": status,
        "reported_count": value.count,
        "published_status": told,
    }


def _rows(web: Web, place: str) -> Iterator[_Row]:
    """All rows of a question, page by page."""
    seen: set[str] = set()
    following: str | None = place
    for _ in range(MOST_PAGES):
        if following is None:
            return
        if following in seen:
            break
        seen.add(following)
        content = web.get(following)
        if content is None:
            raise SourceUnavailableError(
                f"Kolada has nothing at {httpx.URL(following).path}.",
                advice="see that the version of the API is still there (v2 is withdrawn) and that the ids are right.",
            )
        try:
            page = _Page.model_validate_json(content)
        except ValidationError as error:
            faults = error.errors(include_input=False, include_context=False, include_url=False)
            raise SourceUnavailableError(
                "Kolada answered in another form than its description says.",
                [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['type']}" for fault in faults],
                advice="see whether the API has a new version; nothing was written.",
            ) from None
        yield from page.values
        following = page.next_url or page.next_page or None
    raise SourceUnavailableError("Kolada leads in a circle: it gives the same page again.", advice="tell kolada.se.")


def _batches(ids: Sequence[str]) -> list[str]:
    """The ids with commas, at most 25 in each."""
    return [",".join(ids[i : i + MOST_IDS_A_BATCH]) for i in range(0, len(ids), MOST_IDS_A_BATCH)]
