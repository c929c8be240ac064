"""What of an edition anyone may have, as a Data Package in one zip file: public figures, units, definitions and sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from likvard.indicators.record import LEVEL, PUBLISHED
from likvard.report.released import Released
from likvard.workbook import zip_bytes

if TYPE_CHECKING:
    import pandas as pd

OPEN_DATA = "open-data.zip"

COLUMNS = {
    "period": ("string", "School year, term (2026T1) or quarter (2026Q3)."),
    "unit_kind": ("string", "school, area or all."),
    "unit_id": ("string", "Number of the school or area; all."),
    "indicator": ("string", "What is measured; see definitions.csv."),
    "definition_version": ("integer", "Version of the definition."),
    "measure": ("string", "level, gap, ratio, change, published and others; see docs/indicators.md of likvard."),
    "group_by": ("string", "By what pupils are grouped; all is everyone."),
    "group": ("string", "The group."),
    "reference": ("string", "What the figure is compared with, or who published it."),
    "value": ("number", "The figure, rounded as in the reports. Empty where the status is not shown or rounded."),
    "low": ("number", "Lower end of the interval."),
    "high": ("number", "Upper end of the interval."),
    "status": ("string", "Why there is a value or none. Absent is never 0."),
    "figure_id": ("string", "Name of the figure, as in the reports."),
}
UNITS = {
    "unit_kind": ("string", "school, area or all."),
    "unit_id": ("string", "Number of the unit."),
    "name": ("string", "Name of the unit."),
    "area_id": ("string", "The area that a school belongs to."),
}
DEFINITIONS = {
    "indicator": ("string", "Name of the indicator."),
    "definition_version": ("integer", "Version of the definition."),
    **{
        f"{what}_{code}": ("string", f"{what.capitalize()}, {code}.")
        for what in ("title", "text", "unit")
        for code in ("en", "sv")
    },
    "source": ("string", "Where the definition comes from."),
}


def open_data(released: Released) -> tuple[bytes, int]:
    """The zip file (equal editions give equal bytes) and how many figures it holds.

    Where the edition is protected for the public all its figures are in it, otherwise those that others have published already.
    Source: https://datapackage.org/standard/data-package/.
    """
    import pandas as pd

    figures = public_figures(released)
    edition = released.edition
    told = sorted(figures["indicator"].unique())
    wanted = pd.MultiIndex.from_frame(figures[["unit_kind", "unit_id"]].drop_duplicates())
    units = pd.DataFrame(
        [
            {"unit_kind": unit.kind, "unit_id": unit.id, "name": unit.name, "area_id": unit.area_id}
            for unit in released.units.values()
            if (unit.kind, unit.id) in wanted
        ],
        columns=list(UNITS),
    )
    definitions = pd.DataFrame([_definition(edition["definitions"][name]) for name in told], columns=list(DEFINITIONS))
    tables = {
        "figures": (figures, COLUMNS, ["figure_id"]),
        "units": (units, UNITS, ["unit_kind", "unit_id"]),
        "definitions": (definitions, DEFINITIONS, ["indicator"]),
    }
    parts = {
        f"{name}.csv": rows.to_csv(index=False, lineterminator="\n").encode() for name, (rows, _, _) in tables.items()
    }
    described = json.dumps(_package(edition, tables), ensure_ascii=False, indent=2) + "\n"
    return zip_bytes({"datapackage.json": described.encode()} | parts), len(figures)


def public_figures(released: Released) -> pd.DataFrame:
    """The figures of the edition that anyone may have, rounded as they are printed, in the order of their ids."""
    if released.edition["disclosure"]["profile"] == "internal":
        figures = released.figures_where(measure=(PUBLISHED, LEVEL))
        figures = figures[figures["reference"].ne("")]
    else:
        figures = released.figures_where()
    decimals = {
        name: one["decimals"] + (2 if one["kind"] in ("share", "composition") or one["percent"] else 0)
        for name, one in released.edition["definitions"].items()
    }
    figures = figures.sort_values("figure_id", kind="stable", ignore_index=True)
    # The digits beyond those printed would tell more than the reports do; a part of a whole has as many as its figure.
    for places, rows in figures.groupby(figures["indicator"].map(decimals)):
        figures.loc[rows.index, ["value", "low", "high"]] = rows[["value", "low", "high"]].round(int(places))
    return figures[list(COLUMNS)]


def _definition(found: dict[str, Any]) -> dict[str, Any]:
    texts = {f"{what}_{code}": found[what][code] for what in ("title", "text", "unit") for code in ("en", "sv")}
    return {"indicator": found["id"], "definition_version": found["version"], **texts, "source": found["source"]}


def _package(edition: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    """The descriptor ``datapackage.json``; licences and sources are those of the deliveries."""
    origins = edition["origins"].values()
    licences = sorted({one["licence"] for one in origins if one.get("licence")})
    sources = sorted({one["title"] for one in origins if one.get("title")})
    told = {"licenses": [{"name": name} for name in licences], "sources": [{"title": title} for title in sources]}
    return {key: value for key, value in told.items() if value} | {
        "profile": "tabular-data-package",
        "name": f"likvard-{edition['edition'].lower()}",
        "title": f"{edition['municipality']}, {edition['edition']}",
        "version": edition["data_hash"][:12],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "path": f"{name}.csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [
                        {"name": column, "type": kind, "description": text} for column, (kind, text) in columns.items()
                    ],
                    "primaryKey": key,
                },
            }
            for name, (_, columns, key) in tables.items()
        ],
    }
