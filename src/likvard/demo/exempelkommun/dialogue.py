"""Who was at the table of each meeting, and what principals wanted to have said beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from likvard.demo.exempelkommun import plan
from likvard.demo.exempelkommun.followup import meetings_of, seldom_heard
from likvard.demo.exempelkommun.people import Block

AFFLUENT_BELOW = 0.06
"""The hardship of an area below which a guardian takes a teacher's place in the dialogue."""


def participants_of(block: Block, quarter: str) -> pd.DataFrame:
    """The roles at each meeting of the quarter. No pupil ever takes part."""
    place = plan.QUARTERS.index(quarter)
    areas: dict[Any, int] = {block.area_code(area): area for area in block.areas}
    areas_of_schools: dict[Any, int] = {
        block.school_code(number): school.area for number, school in enumerate(block.schools)
    }
    rows = []
    for meeting in meetings_of(block, quarter).to_dict("records"):
        area = areas.get(meeting["area_id"], areas_of_schools.get(meeting["school_id"]))
        for role, count in _roles(meeting, area, place).items():
            if count:
                rows.append({"meeting_id": meeting["meeting_id"], "participant_role": role, "role_count": count})
    return pd.DataFrame(rows).assign(period=quarter)


def _roles(meeting: Mapping[Any, Any], area: int | None, place: int) -> dict[str, int]:
    """How many of each role there are; together as many as the meeting had."""
    total: int = meeting["participants_count"]
    if area is None:
        return {"principal": 2, "area_lead": 1, "education_director": 1, "politician": total - 4}
    if meeting["meeting_kind"] == "school_dialogue":
        guardians = int(plan.AREAS[area].hardship < AFFLUENT_BELOW)
        return {
            "principal": 1,
            "teacher": 2 - guardians,
            "pupil_health": 1,
            "education_director": 1,
            "guardian": guardians,
        }
    principals = 0 if seldom_heard(area) and place % 4 else 2
    return {
        "principal": principals,
        "teacher": total - 7,
        "pupil_health": 1,
        "area_lead": 1,
        "social_services": 4 - principals,
        "housing_company": 1,
    }


def comments_of(block: Block, quarter: str) -> pd.DataFrame:
    """The comments on the edition of the quarter, with every version of each; the last is the one that counts."""
    said = (
        (
            1,
            "under_reports",
            "attendance",
            "Vi bytte system för närvaro i januari 2025. Alla klasser rapporterar inte än, så vår frånvaro går inte att läsa ut.",
        ),
        (1, "action", "gaps_now", "Vi har satsat på läsning i små grupper sedan hösten 2024."),
        (
            2,
            "action",
            "gaps_now",
            "Vi har satsat på läsning i små grupper sedan hösten 2024. Skillnaden minskar, men matematiken släpar efter, och där "
            "sätter vi in två lärare i höst.",
        ),
    )
    numbers = {role: number for number, role in enumerate(dict.fromkeys(role for _, role, _, _ in said), 1)}
    rows = [
        {
            "comment_id": f"C{plan.QUARTERS.index(quarter):02d}{numbers[role]:02d}",
            "comment_version": version,
            "period": quarter,
            "school_id": block.school_code(school),
            "area_id": None,
            "exhibit": exhibit,
            "comment_text": text,
            "comment_language": "sv",
            "written_on": f"{quarter[:4]}-{3 * int(quarter[5]):02d}-{24 + version}",
            "writer_role": "principal",
        }
        for version, role, exhibit, text in said
        if (school := block.place_of(role)) is not None
    ]
    rows.append(
        {
            "comment_id": f"C{plan.QUARTERS.index(quarter):02d}09",
            "comment_version": 1,
            "period": quarter,
            "school_id": None,
            "area_id": block.area_code(block.areas[-2 if len(block.areas) > 1 else 0]),
            "exhibit": "homes",
            "comment_text": "Bostadsbolaget bygger om i två kvarter till 2027. Många familjer bor tillfälligt trängre under tiden.",
            "comment_language": "sv",
            "written_on": f"{quarter[:4]}-{3 * int(quarter[5]):02d}-26",
            "writer_role": "area_coordinator",
        }
    )
    return pd.DataFrame(rows)
