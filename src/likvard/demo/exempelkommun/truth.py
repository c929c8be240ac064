"""What is planted in Exempelkommun, computed from what made it: only tests may read it.

Points are mean points per graded subject (0 to 20) over all pupils of grades 6 to 9 at a school; a gap is the pupils whose
parents have post-secondary education minus all others. True effects compare the same pupils on the same day with and without
what was planted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from likvard.demo.exempelkommun import followup, learning, plan
from likvard.demo.exempelkommun.dice import Floats, Truths, Whole
from likvard.demo.exempelkommun.people import Block, People
from likvard.demo.exempelkommun.quarter import World

FIRST, LAST = 0, len(plan.GRADED_TERMS) - 1


def truth_of(world: World) -> dict[str, Any]:
    """Everything that is planted in the block, by name."""
    block, people = world.block, world.people
    return {
        "gradient": _gradient(world),
        "gap_closes_by_action": _gap(world, "action"),
        "gap_closes_because_the_advantaged_fall": _gap(world, "advantaged_fall"),
        "regression_to_the_mean": _regression(world),
        "intake_change": _intake(block, people),
        "segregation": {plan.TERMS[term]: _dissimilarity(block, people, term) for term in (0, len(plan.TERMS) - 1)},
        "movers": {plan.TERMS[term]: _movers(people, term) for term in range(1, len(plan.TERMS))},
        "protected": {
            "pseudonyms": people.pseudonym[np.flatnonzero(people.protected)].tolist(),
            "on_roll": {
                plan.TERMS[term]: int((people.on_roll(term) & people.protected).sum())
                for term in range(len(plan.TERMS))
            },
        },
        "under_reported_absence": {
            "school_id": _code(block, "under_reports"),
            "from_month": plan.UNDER_REPORTS_FROM,
            "coverage": plan.UNDER_REPORTED_COVERAGE,
            "absence_share": _true_absence(block, people),
        },
        "restated": {
            "school_id": _code(block, "restated"),
            "subject": "MA",
            "term": plan.RESTATED_TERM,
            "sent_again_in": plan.RESTATED_IN,
        },
        "late": {"school_id": _code(block, "late"), "quarter": plan.LATE_QUARTER, "came_in": plan.LATE_IN},
        "closed": {
            "school_id": _code(block, "closes"),
            "successor_id": _code(block, "successor"),
            "last_term": plan.TERMS[plan.CLOSES_AFTER],
        },
        "twelve_pupils": _code(block, "twelve_pupils"),
        "seldom_heard": _seldom_heard(block),
    }


def _seldom_heard(block: Block) -> dict[str, Any]:
    """The areas whose schools are seldom at the table, those of them with a dialogue in the last four quarters, absent roles."""
    areas = [block.area_code(area) for area in block.areas if followup.seldom_heard(area)]
    last = [followup.meetings_of(block, quarter) for quarter in plan.QUARTERS[-4:]]
    schools = {code for meetings in last for code in meetings["school_id"].dropna()}
    there = {block.school_code(n): block.area_code(one.area) for n, one in enumerate(block.schools)}
    return {
        "areas": areas,
        "with_a_dialogue": sorted(code for code in schools if there[code] in areas),
        "networks_with_principals_in_a_year": len(areas),
        "never_there": ["pupil"],
    }


def _code(block: Block, role: str) -> str | None:
    place = block.place_of(role)
    return None if place is None else block.school_code(place)


def _points(world: World, term: int, effects: bool = True) -> tuple[Whole, Floats]:
    """The graded persons of the term and the mean points of each."""
    who, marks = learning.marks_of(world.block, world.people, world.lasting, term, effects)
    points = np.where(world.lasting.taken[who], learning.POINTS[marks], np.nan)
    graded = ~np.isnan(points)
    return who, np.nansum(points, axis=1) / np.maximum(graded.sum(axis=1), 1)


def _mean(values: Floats, chosen: Truths) -> float:
    return round(float(values[chosen].mean()), 3)


def _gradient(world: World) -> dict[str, float]:
    """Mean points by parents' education in the first spring, over the whole block."""
    who, points = _points(world, 1)
    return {name: _mean(points, world.people.education[who] == place) for place, name in enumerate(plan.EDUCATIONS)}


def _gap(world: World, role: str) -> dict[str, Any]:
    """Both levels in the first and the last graded term, and what the planted effect did to each."""
    place = world.block.place_of(role)
    levels: dict[str, Any] = {"school_id": _code(world.block, role), "planned_from": "2024T2"}
    for term in (FIRST, LAST):
        who, points = _points(world, term)
        _, without = _points(world, term, effects=False)
        here = world.people.school_in(term)[who] == place
        advantaged = world.people.education[who] == plan.ADVANTAGED
        levels[plan.TERMS[term]] = {
            "advantaged": _mean(points, here & advantaged),
            "others": _mean(points, here & ~advantaged),
            "effect_on_advantaged": _mean(points - without, here & advantaged),
            "effect_on_others": _mean(points - without, here & ~advantaged),
        }
    return levels


def _regression(world: World) -> dict[str, Any]:
    """The mean points of the last grade, spring by spring: one bad cohort, and an action in between that does nothing."""
    place = world.block.place_of("regression")
    levels = {}
    for term in (1, 3, 5):
        who, points = _points(world, term)
        here = (world.people.school_in(term)[who] == place) & (world.people.grade(term)[who] == 9)
        levels[plan.TERMS[term]] = _mean(points, here)
    return {"school_id": _code(world.block, "regression"), "grade": "9", "points": levels, "effect_of_the_action": 0.0}


def _intake(block: Block, people: People) -> dict[str, Any]:
    """The share with post-secondary parents among those in grade 9, by spring."""
    place = block.place_of("intake_change")
    shares = {}
    for term in (1, 3, 5):
        there = people.on_roll(term) & (people.school_in(term) == place) & (people.grade(term) == 9)
        shares[plan.TERMS[term]] = _mean((people.education == plan.ADVANTAGED).astype(np.float64), there)
    return {
        "school_id": _code(block, "intake_change"),
        "first_new_cohort_in_grade_9": "2025-26",
        "post_secondary_share": shares,
    }


def _dissimilarity(block: Block, people: People, term: int) -> float:
    """The share of the pupils with foreign background who would have to change school for all schools to have the same mix."""
    there = people.on_roll(term)
    school, foreign = people.school_in(term)[there], people.background[there] > 0
    inside = np.bincount(school[foreign], minlength=len(block.schools)) / foreign.sum()
    outside = np.bincount(school[~foreign], minlength=len(block.schools)) / (~foreign).sum()
    return round(float(np.abs(inside - outside).sum() / 2), 4)


def _movers(people: People, term: int) -> int:
    """How many not protected pupils are at another school than the term before because the family moved."""
    stayed = people.on_roll(term) & people.on_roll(term - 1) & ~people.protected & (people.moves == term)
    return int((stayed & (people.school_in(term) != people.school_in(term - 1))).sum())


def _true_absence(block: Block, people: People) -> float:
    """The mean share of the teaching that the pupils of the school are away from, in the first term of under-reporting."""
    place = block.place_of("under_reports")
    term = plan.term_of_month(plan.UNDER_REPORTS_FROM)
    return _mean(people.absence_rate, people.on_roll(term) & ~people.protected & (people.school_in(term) == place))
