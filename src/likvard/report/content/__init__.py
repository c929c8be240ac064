"""What the reports say: each part is one function from a report to an exhibit, called by its name in a notebook cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from likvard.report.content.composition import composition, headline
from likvard.report.content.gaps import gap_development, gaps_now
from likvard.report.content.method import definitions, lineage, statuses
from likvard.report.content.resources import resources
from likvard.report.content.results import development, reaching
from likvard.report.content.spread import spread_mathematics, spread_reading
from likvard.report.exhibit import Definitions, Exhibit, Facts, Prose
from likvard.report.view import Report

Part: TypeAlias = Exhibit | Facts | Prose | Definitions

PARTS: dict[str, Callable[[Report], Part]] = {
    part.__name__: part
    for part in (
        headline,
        composition,
        development,
        reaching,
        gaps_now,
        gap_development,
        spread_reading,
        spread_mathematics,
        resources,
        lineage,
        statuses,
        definitions,
    )
}

__all__ = ["PARTS", "Part"]
