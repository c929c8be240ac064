"""``likvard fetch kolada``: key figures of municipalities become a delivery, and what Kolada has revised is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from likvard.fetch.kolada.importer import KEY, fetch
from likvard.fetch.kolada.snapshots import restated
from likvard.fetch.receive import kept, receive, said
from likvard.fetch.web import Web
from likvard.params import Params
from likvard.workspace import Workspace

ADDRESS = "https://api.kolada.se"
SOURCE = "kolada"
COUNTRY_CODE = "0000"
COLUMNS = ["publisher", "measure", "unit_kind", "unit_id", "period", "gender", "value", "status"]


def fetch_kolada(
    workspace: Workspace,
    params: Params,
    kpis: Sequence[str],
    municipalities: Sequence[str],
    years: Sequence[int],
    address: str = ADDRESS,
    edition: str | None = None,
) -> None:
    """``kolada_benchmarks.csv`` in the edition's delivery.

    Errors: those of ``importer.fetch`` and of ``receive``.
    """
    with Web(address) as web:
        fetched = fetch(web, kpis, municipalities, years, datetime.now(UTC))
    table = benchmarks(fetched.tables["kolada"])
    revised = _revised(workspace, edition or params.edition, table)
    origin = {
        "source": SOURCE,
        "title": "Kolada",
        "publisher": "Rådet för främjande av kommunala analyser (RKA)",
        "files": [kept(fetched.origin)],
    }
    written = receive(workspace, params, edition, SOURCE, {"benchmarks": table}, origin)
    said(workspace, SOURCE, written, revised)


def benchmarks(figures: pd.DataFrame) -> pd.DataFrame:
    """Kolada's figures in the columns that the source mapping ``kolada`` reads.

    A key figure becomes the measure ``kolada_<id>``: most count otherwise than our own indicators do, and the registry says how
    where it has the measure. Kolada dates results of a school year by the calendar year in which it ends.
    """
    kinds = figures["unit_id"].map(lambda unit: _kind(str(unit))).astype("string")
    ends = figures["period"].astype("int64")
    return pd.DataFrame(
        {
            "publisher": SOURCE,
            "measure": "kolada_" + figures["kpi"].str.lower(),
            "unit_kind": kinds,
            "unit_id": figures["unit_id"],
            "period": [f"{year - 1}-{year % 100:02d}" for year in ends],
            "gender": figures["gender"],
            "value": figures["value"],
            "status": figures["status"],
        }
    )[COLUMNS]


def _kind(unit_id: str) -> str:
    if unit_id == COUNTRY_CODE:
        return "country"
    return "municipality_group" if unit_id.startswith("G") else "municipality"


def _revised(workspace: Workspace, edition: str, later: pd.DataFrame) -> list[str]:
    """One line per figure that an earlier fetch into the same delivery had, and that now says something else."""
    path = workspace.deliveries / edition / f"{SOURCE}_benchmarks.csv"
    if not path.is_file():
        return []
    text = {name: "string" for name in COLUMNS if name != "value"}
    earlier = pd.read_csv(path, dtype={**text, "value": "Float64"})
    names = {"measure": "kpi"}
    changes = restated(earlier.rename(columns=names)[[*KEY, "value", "status"]], later.rename(columns=names))
    return [
        f"{row['change']}: {row['kpi']} {row['unit_id']} {row['period']} {row['gender']}"
        for row in changes.to_dict("records")
    ]
