"""What other parts of the municipality deliver: survey, staff, social services and the housing company."""

from __future__ import annotations

import numpy as np
import pandas as pd

from likvard.demo.exempelkommun import plan
from likvard.demo.exempelkommun.dice import Floats, Whole
from likvard.demo.exempelkommun.frame import named, same
from likvard.demo.exempelkommun.people import Block, People
from likvard.demo.exempelkommun.rolls import school_codes

SCORES = {"safety_score": 7.6, "calm_score": 6.2, "support_score": 7.0, "belonging_score": 7.2}
SURVEYED_GRADES = (5, 8)
FEWEST_DELIVERED = 5


def survey_of(block: Block, people: People, term: int) -> pd.DataFrame:
    """The anonymous answers of the spring: in random order, and with nothing that leads to a pupil."""
    dice = block.dice(8, term)
    grade = people.grade(term)
    asked = np.flatnonzero(people.on_roll(term) & ~people.protected & np.isin(grade, SURVEYED_GRADES))
    answered = asked[dice.chance(0.84, len(asked))]
    who = answered[dice.order(len(answered))]
    by_school = dice.bell(len(block.schools) * len(SCORES)).reshape(len(block.schools), -1) * 0.35
    school = people.school_in(term)[who]
    feeling = dice.bell(len(who)) * 1.1
    girl_of_eight = (people.gender[who] == 0) & (grade[who] == 8)
    columns: dict[str, object] = {
        "answer_id": [
            f"{plan.TERMS[term][:4]}-{block.number * 10_000 + number:06d}" for number in range(1, len(who) + 1)
        ],
        "period": same(plan.TERMS[term], len(who)),
        "school_id": named(school, school_codes(block)),
        "grade": named(grade[who], plan.GRADES),
        "gender": named(people.gender[who], plan.GENDERS, missing=dice.chance(0.03, len(who))),
    }
    for place, (name, middle) in enumerate(SCORES.items()):
        score = middle + by_school[school, place] + feeling + dice.bell(len(who)) * 1.2 - 0.6 * girl_of_eight
        columns[name] = pd.Series(tenths(np.clip(score, 0.0, 10.0))).mask(dice.chance(0.02, len(who)))
    return pd.DataFrame(columns)


def staff_of(block: Block, people: People, term: int) -> pd.DataFrame:
    """The staff of each open school on 15 October."""
    dice = block.dice(9, term)
    counted = np.bincount(people.school_in(term)[people.on_roll(term)], minlength=len(block.schools))
    drawn = dice.uniform(len(block.schools) * 2).reshape(2, -1)
    rows = []
    for place, school in enumerate(block.schools):
        if not counted[place]:
            continue
        teachers = quarters(counted[place] / 12.5 + 0.5)
        qualified = plan.AREAS[school.area].qualified + 0.1 * (drawn[0, place] - 0.5)
        rows.append(
            {
                "school_id": block.school_code(place),
                "period": plan.TERMS[term],
                "teachers_count": int(teachers * 1.15) + 1,
                "teacher_fte": teachers,
                "qualified_teacher_fte": min(teachers, quarters(teachers * qualified)),
                "special_educator_fte": quarters(counted[place] / 180.0 * (0.7 + 0.6 * drawn[1, place])),
                "pupil_health_fte": quarters(counted[place] / 260.0),
            }
        )
    return pd.DataFrame(rows)


def area_social_of(block: Block, people: People, quarter: str) -> pd.DataFrame:
    """The figures of social services; a count below five is not told."""
    children, dice = children_of(block, people, quarter), block.dice(10, plan.QUARTERS.index(quarter))
    rows = []
    for area in block.areas:
        hardship, residents = plan.AREAS[area].hardship, int(children[area])
        rates = {
            "concern_reports_count": 0.008 + 0.09 * hardship,
            "child_investigations_count": 0.004 + 0.045 * hardship,
            "children_with_assistance_count": 0.01 + 0.9 * hardship,
            "young_outside_count": 0.012 + 0.22 * hardship,
        }
        drawn = dice.uniform(len(rates))
        counts = {
            name: few(int(residents * rate * (0.85 + 0.3 * drawn[place])))
            for place, (name, rate) in enumerate(rates.items())
        }
        rows.append({"area_id": block.area_code(area), "period": quarter, "children_count": residents, **counts})
    return pd.DataFrame(rows)


def area_housing_of(block: Block, people: People, quarter: str) -> pd.DataFrame:
    """The figures of the municipal housing company; a count below five is not told."""
    children, dice = children_of(block, people, quarter), block.dice(11, plan.QUARTERS.index(quarter))
    rows = []
    for area in block.areas:
        hardship = plan.AREAS[area].hardship
        households, drawn = int(children[area] * (0.35 + hardship)), dice.uniform(5)
        rows.append(
            {
                "area_id": block.area_code(area),
                "period": quarter,
                "households_count": households,
                "overcrowded_households_count": few(
                    int(households * (0.02 + 0.8 * hardship) * (0.95 + 0.1 * drawn[0]))
                ),
                "moves_in_count": few(int(households * (0.02 + 0.12 * hardship) * (0.7 + 0.6 * drawn[1]))),
                "moves_out_count": few(int(households * (0.02 + 0.12 * hardship) * (0.7 + 0.6 * drawn[2]))),
                "evictions_count": few(int(households * 0.03 * hardship * 2.0 * drawn[3])),
                "mean_rent_sek": int((7600 - 4000 * hardship + 40 * plan.QUARTERS.index(quarter) + 50 * drawn[4]) * 2)
                / 2,
            }
        )
    return pd.DataFrame(rows)


def children_of(block: Block, people: People, quarter: str) -> Whole:
    """Residents below 18 in each area: the pupils, and as many again in the years before and after school."""
    term = plan.TERMS.index(f"{quarter[:4]}T{1 if quarter[5] in '12' else 2}")
    pupils = np.bincount(people.home_in(term)[people.on_roll(term)], minlength=len(plan.AREAS))
    return np.asarray(pupils * 9 // 5, dtype=np.int64)


def few(count: int) -> int | None:
    """The count, or nothing where it is below five."""
    return count if count >= FEWEST_DELIVERED else None


def tenths(value: Floats) -> Floats:
    """One decimal, so that the text of the number is the same everywhere."""
    return np.asarray((value * 10.0 + 0.5).astype(np.int64) / 10.0)


def quarters(value: float) -> float:
    """The nearest quarter of a full-time post."""
    return int(value * 4 + 0.5) / 4
