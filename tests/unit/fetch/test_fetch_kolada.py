from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from loopback import Answer, Request, Server

from likvard.errors import CodesError, SourceUnavailableError
from likvard.fetch.kolada.groups import group_mean
from likvard.fetch.kolada.importer import COLUMNS, fetch
from likvard.fetch.kolada.snapshots import restated
from likvard.fetch.web import Web

Serve = Callable[[Callable[[Request], Answer]], Server]
VALUES = [
    {"gender": "T", "value": 231.5, "status": "", "count": 1, "isdeleted": False},
    {"gender": "K", "value": None, "status": "Private", "count": 1, "isdeleted": False},
    {"gender": "M", "value": None, "status": "Missing", "count": 0, "isdeleted": False},
]


class Kolada:
    """A Kolada that gives ``page_size`` rows a page; v3 leads on with ``next_url``, v2 with ``next_page``."""

    def __init__(self, values: list[dict[str, Any]] | None = None, page_size: int = 1000) -> None:
        self.values, self.page_size, self.url = values or VALUES, page_size, ""

    def __call__(self, request: Request) -> Answer:
        _, version, _, _, kpis, unit_kind, units, _, years = request.path.split("/")
        lists = [one.split(",") for one in (kpis, units, years)]
        if any(len(one) > 25 for one in lists):
            return Answer(400)
        rows = [
            {"kpi": kpi, unit_kind: unit, "period": int(year), "values": self.values}
            for kpi in lists[0]
            for unit in lists[1]
            for year in lists[2]
        ]
        page = int(request.query.get("page", 1))
        start, stop = (page - 1) * self.page_size, page * self.page_size
        following = f"{self.url}{request.path}?page={page + 1}" if stop < len(rows) else None
        return Answer(
            200,
            {
                "values": rows[start:stop],
                "count": len(rows),
                ("next_url" if version == "v3" else "next_page"): following,
            },
        )


def ask(serve: Serve, kolada: Kolada, now: datetime, **more: Any) -> tuple[pd.DataFrame, dict[str, Any], Server]:
    server = serve(kolada)
    kolada.url = server.url
    with Web(server.url, sleep=lambda _: None) as web:
        asked = {"kpis": ["N15505"], "units": ["0604"], "years": [2024], **more}
        fetched = fetch(web, retrieved_at=now, **asked)
    return fetched.tables["kolada"], fetched.origin, server


def test_each_gender_and_status_of_kolada_is_a_row_with_ours(serve: Serve, now: datetime) -> None:
    frame, origin, _ = ask(serve, Kolada(), now)
    assert frame[["unit_id", "gender", "status"]].to_numpy().tolist() == [
        ["0604", "T", "shown"],
        ["0604", "K", "too_few"],
        ["0604", "M", "missing"],
    ]
    assert frame["value"].isna().tolist() == [False, True, True]
    assert origin["asked_for"] == {"kpis": ["N15505"], "units": ["0604"], "years": [2024]}


@pytest.mark.parametrize("version", ["v3", "v2"])
def test_at_most_25_ids_are_asked_for_at_a_time_and_every_page_is_followed(
    serve: Serve, now: datetime, version: str
) -> None:
    units = [f"{number:04d}" for number in range(1, 61)]
    frame, origin, server = ask(serve, Kolada(page_size=10), now, units=units, version=version)
    assert sorted(frame["unit_id"].unique()) == units
    assert len(frame) == 60 * 3
    assert len(server.requests) == origin["received_count"] == 3 + 3 + 1


def test_units_such_as_schools_have_their_own_place(serve: Serve, now: datetime) -> None:
    frame, _, server = ask(serve, Kolada(), now, units=["V15E118000101"], unit_kind="ou")
    assert server.requests[0].path == "/v3/oudata/kpi/N15505/ou/V15E118000101/year/2024"
    assert set(frame["unit_kind"]) == {"ou"}


def test_a_value_that_is_marked_private_is_not_kept_even_where_it_is_told(serve: Serve, now: datetime) -> None:
    frame, _, _ = ask(serve, Kolada([{"gender": "T", "value": 3.0, "status": "Private"}]), now)
    assert frame["value"].isna().all()


def test_rows_that_kolada_deleted_are_counted_and_left_out(serve: Serve, now: datetime) -> None:
    frame, origin, _ = ask(serve, Kolada([{**VALUES[0], "isdeleted": True}, VALUES[2]]), now)
    assert frame["gender"].tolist() == ["M"]
    assert origin["deleted_rows"] == 1


def test_an_unknown_status_or_gender_is_named(serve: Serve, now: datetime) -> None:
    with pytest.raises(CodesError) as told:
        ask(serve, Kolada([{"gender": "X", "value": 1.0, "status": "Estimated"}]), now)
    assert len(told.value.problems) == 2


def test_a_withdrawn_version_is_an_error_and_not_an_empty_table(serve: Serve, now: datetime) -> None:
    server = serve(lambda _: Answer(404))
    with Web(server.url) as web, pytest.raises(SourceUnavailableError, match="v2 is withdrawn"):
        fetch(web, ["N15505"], ["0604"], [2024], now, version="v2")


def test_a_page_on_another_host_is_not_followed(serve: Serve, now: datetime) -> None:
    server = serve(lambda _: Answer(200, {"values": [], "next_url": "https://evil.example/v3/data"}))
    with Web(server.url) as web, pytest.raises(SourceUnavailableError, match=r"leads to another host, evil\.example"):
        fetch(web, ["N15505"], ["0604"], [2024], now)


def snapshot(*rows: tuple[str, float | None, str]) -> pd.DataFrame:
    """Figures by unit, value and status."""
    fixed = {"kpi": "N15505", "unit_kind": "municipality", "period": "2024", "gender": "T"}
    told = [{**fixed, "unit_id": unit, "value": value, "status": status} for unit, value, status in rows]
    return pd.DataFrame(told).reindex(columns=list(COLUMNS)).astype(COLUMNS)


def test_two_snapshots_tell_what_was_restated() -> None:
    earlier = snapshot(
        ("0001", 1.0, "shown"), ("0002", 2.0, "shown"), ("0003", None, "missing"), ("0004", 4.0, "shown"),
        ("0005", None, "missing"), ("0006", None, "missing"), ("0007", 7.0, "shown"),
    )  # fmt: skip
    later = snapshot(
        ("0001", 1.0, "shown"), ("0002", 2.5, "shown"), ("0003", 3.0, "shown"), ("0004", None, "too_few"),
        ("0005", None, "missing"), ("0006", None, "too_few"), ("0008", 8.0, "shown"),
    )  # fmt: skip
    told = restated(earlier, later)
    assert told[["unit_id", "change"]].to_numpy().tolist() == [
        ["0002", "revised"],
        ["0003", "filled"],
        ["0004", "withdrawn"],
        ["0006", "status"],
        ["0007", "withdrawn"],
    ]
    assert told.loc[0, ["earlier_value", "later_value"]].tolist() == [2.0, 2.5]
    assert len(restated(earlier, earlier)) == 0


def test_the_mean_of_a_group_is_weighted_by_its_size() -> None:
    figures = snapshot(
        ("0001", 200.0, "shown"), ("0002", 260.0, "shown"), ("0003", None, "too_few"), ("0009", 1.0, "shown")
    )
    weights = pd.DataFrame(
        {"unit_id": ["0001", "0002", "0003"], "period": "2024", "gender": "T", "weight": [300.0, 100.0, 50.0]}
    ).astype({"unit_id": "string", "period": "string", "gender": "string"})
    told = group_mean(figures, ["0001", "0002", "0003"], weights).iloc[0]
    assert told["value"] == (200 * 300 + 260 * 100) / 400 == 215
    assert (told["units_with_value"], told["units_in_group"]) == (2, 3)
