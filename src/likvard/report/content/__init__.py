"""What the reports say: each part is one function from a report to an exhibit, called by its name in a notebook cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from likvard.report.content.actions import actions
from likvard.report.content.attendance import attendance, support, wellbeing
from likvard.report.content.composition import composition, headline
from likvard.report.content.dialogue import messages
from likvard.report.content.fair import beyond_expected, home_matters, resources_against_need
from likvard.report.content.gaps import gap_development, gaps_attendance, gaps_now
from likvard.report.content.method import definitions, lineage, statuses
from likvard.report.content.over_time import between_schools, changes, segregation
from likvard.report.content.resources import resources, staff
from likvard.report.content.results import development, eligible, leaving, reaching
from likvard.report.content.spread import (
    spread_absence,
    spread_grades,
    spread_licensed,
    spread_mathematics,
    spread_merit,
    spread_passing,
    spread_reading,
    spread_residual,
    spread_safety,
)
from likvard.report.content.statistics import background, passing, salsa, survey, teachers
from likvard.report.content.surroundings import homes, published, services
from likvard.report.exhibit import Definitions, Exhibit, Facts, Messages, Nothing, Prose
from likvard.report.view import Report

Part: TypeAlias = Exhibit | Facts | Messages | Prose | Definitions | Nothing

PARTS: dict[str, Callable[[Report], Part]] = {
    part.__name__: part
    for part in (
        headline,
        messages,
        composition,
        background,
        development,
        reaching,
        beyond_expected,
        changes,
        actions,
        home_matters,
        segregation,
        between_schools,
        leaving,
        eligible,
        passing,
        salsa,
        attendance,
        wellbeing,
        survey,
        support,
        gaps_now,
        gap_development,
        gaps_attendance,
        spread_reading,
        spread_mathematics,
        spread_grades,
        spread_absence,
        spread_safety,
        spread_merit,
        spread_passing,
        spread_residual,
        spread_licensed,
        resources,
        staff,
        resources_against_need,
        teachers,
        homes,
        services,
        published,
        lineage,
        statuses,
        definitions,
    )
}

__all__ = ["PARTS", "Part"]
