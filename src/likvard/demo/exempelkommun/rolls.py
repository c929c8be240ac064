"""The school administration's rolls: pupils, schools, areas, absence and support, one term or quarter at a time."""

from __future__ import annotations

from string import ascii_uppercase

import numpy as np
import pandas as pd

from likvard.demo.exempelkommun import plan
from likvard.demo.exempelkommun.dice import Floats, Truths, Whole
from likvard.demo.exempelkommun.frame import named, same, together
from likvard.demo.exempelkommun.people import Block, People

MINUTES_A_DAY = (200, 240, 240, 240, 290, 290, 290, 330, 330, 330)
LARGEST_CLASS = 26
MEASURES = ("adaptations", "action_programme", "special_group", "adapted_timetable", "mother_tongue_guidance")


def school_codes(block: Block) -> list[str]:
    """The codes of the block's schools, in their order."""
    return [block.school_code(place) for place in range(len(block.schools))]


def area_codes(block: Block) -> list[str]:
    """The codes of all areas, in their order."""
    return [block.area_code(place) for place in range(len(plan.AREAS))]


def pupils_of(block: Block, people: People, term: int) -> pd.DataFrame:
    """The pupil roll of the term; persons with protected identity are not in it."""
    who = np.flatnonzero(people.on_roll(term) & ~people.protected)
    dice = block.dice(5, term)
    school, grade = people.school_in(term)[who], people.grade(term)[who]
    cohort = school * len(plan.GRADES) + grade
    sides = np.minimum(-(-np.bincount(cohort) // LARGEST_CLASS), len(ascii_uppercase))
    letter = np.asarray(people.ability[who] * 1e6).astype(np.int64) % sides[cohort]
    classes = [
        f"{code}-{name}{side}" for code in school_codes(block) for name in plan.GRADES for side in ascii_uppercase
    ]
    known = people.background_known[who]
    newly = np.where(~known, 2, np.where(people.newly_arrived(term)[who], 0, 1))
    education = [*plan.EDUCATIONS, "not_updated"]
    late = dice.chance(0.01 if plan.TERMS[term] == "2024T1" else 0.0, len(who))
    return pd.DataFrame(
        {
            "pupil_id": named(who, people.pseudonym),
            "period": same(plan.TERMS[term], len(who)),
            "protected_identity": same("false", len(who)),
            "grade": named(grade, plan.GRADES),
            "school_id": named(school, school_codes(block)),
            "class_id": named(cohort * len(ascii_uppercase) + letter, classes),
            "home_area_id": named(people.home_in(term)[who], area_codes(block), missing=dice.chance(0.01, len(who))),
            "gender": named(people.gender[who], plan.GENDERS),
            "background": named(np.where(known, people.background[who], 3), plan.BACKGROUNDS),
            "newly_arrived": named(newly, ("newly_arrived", "not_newly_arrived", "unknown")),
            "parental_education": named(np.where(late, 4, people.education[who]), education),
        }
    )


def schools_of(block: Block, term: int) -> pd.DataFrame:
    """The schools that are open in the term."""
    closing, successor = block.place_of("closes"), block.place_of("successor")
    places = [place for place in range(len(block.schools)) if not (place == closing and term > plan.CLOSES_AFTER)]
    ends = [place == closing and term == plan.CLOSES_AFTER for place in places]
    rows = [block.schools[place] for place in places]
    return pd.DataFrame(
        {
            "school_id": [block.school_code(place) for place in places],
            "period": plan.TERMS[term],
            "school_name": [block.named(school.name) for school in rows],
            "area_id": [block.area_code(school.area) for school in rows],
            "organiser_kind": ["independent" if school.independent else "municipal" for school in rows],
            "organiser_name": [
                f"{school.name.split()[-1]} Utbildning AB" if school.independent else "Exempelkommun" for school in rows
            ],
            "grade_from": [plan.GRADES[school.lowest] for school in rows],
            "grade_to": [plan.GRADES[school.highest] for school in rows],
            "valid_from": [f"{1968 + 7 * (place % 6)}-07-01" for place in places],
            "valid_to": ["2025-06-30" if end else None for end in ends],
            "successor_id": [block.school_code(successor) if end and successor is not None else None for end in ends],
        }
    )


def areas_of(block: Block, term: int) -> pd.DataFrame:
    """The areas of the term."""
    here = block.areas
    return pd.DataFrame(
        {
            "area_id": [block.area_code(area) for area in here],
            "period": plan.TERMS[term],
            "area_name": [block.named(plan.AREAS[area].name) for area in here],
            "area_kind": "own_district" if block.alone else "regso",
            "area_type": [plan.AREAS[area].area_type for area in here],
        }
    )


def absence_of(block: Block, people: People, months: list[str], late_only: bool | None = None) -> pd.DataFrame:
    """The absence of the months. ``late_only`` false leaves the late school out, true has nothing but it."""
    parts = [_absence_of_month(block, people, month) for month in months]
    rows = together(parts)
    late = block.place_of("late")
    if late_only is None or late is None:
        return rows.iloc[:0] if late_only else rows
    return rows[(rows["school_id"] == block.school_code(late)) == late_only].reset_index(drop=True)


def _absence_of_month(block: Block, people: People, month: str) -> pd.DataFrame:
    term = plan.term_of_month(month)
    who = np.flatnonzero(people.on_roll(term) & ~people.protected)
    dice = block.dice(6, int(month[:4]), int(month[5:]))
    school, grade = people.school_in(term)[who], people.grade(term)[who]
    offered = np.asarray(MINUTES_A_DAY, dtype=np.int64)[grade] * plan.TEACHING_DAYS[int(month[5:])]
    reported = _fives(
        offered * _coverage(block, month, school, dice.uniform(len(block.schools)), dice.uniform(len(who)))
    )
    absent = _fives(reported * np.minimum(0.98, people.absence_rate[who] * (0.4 + 1.2 * dice.uniform(len(who)))))
    invalid_share = np.where(grade >= 7, 0.35, 0.1) * (0.5 + dice.uniform(len(who))) * (1 + people.absence_rate[who])
    invalid = _fives(absent * np.minimum(1.0, invalid_share))
    return pd.DataFrame(
        {
            "pupil_id": named(who, people.pseudonym),
            "period": same(month, len(who)),
            "school_id": named(school, school_codes(block)),
            "offered_minutes": offered,
            "reported_minutes": reported,
            "valid_absence_minutes": absent - invalid,
            "invalid_absence_minutes": invalid,
        }
    )


def _coverage(block: Block, month: str, school: Whole, by_school: Floats, by_pupil: Floats) -> Floats:
    """The share of each pupil's teaching that was reported at all."""
    usual = 0.955 + 0.035 * by_school
    under = block.place_of("under_reports")
    if under is not None and month >= plan.UNDER_REPORTS_FROM:
        usual[under] = plan.UNDER_REPORTED_COVERAGE
    return np.asarray(np.minimum(1.0, usual[school] + 0.03 * (by_pupil - 0.5)))


def _fives(minutes: Floats | Whole) -> Whole:
    """Whole minutes in steps of five, rounded down."""
    return np.asarray(minutes / 5.0).astype(np.int64) * 5


def support_of(block: Block, people: People, term: int) -> pd.DataFrame:
    """The support measures of the term: likelier the lower the ability and the newer in Sweden."""
    who = np.flatnonzero(people.on_roll(term) & ~people.protected)
    dice = block.dice(7, term)
    ability = people.ability[who]
    share: list[Floats] = [
        np.where(ability < -0.5, 0.45, 0.1),
        np.where(ability < -1.0, 0.3, 0.02),
        np.where(ability < -1.4, 0.1, 0.003),
        np.where((ability < -1.2) & (people.grade(term)[who] >= 7), 0.12, 0.001),
        np.where(people.newly_arrived(term)[who], 0.5, 0.0),
    ]
    has: Truths = np.column_stack([dice.chance(each, len(who)) for each in share])
    row, measure = np.nonzero(has)
    person = who[row]
    year, autumn = plan.TERMS[term][:4], plan.TERMS[term].endswith("2")
    days = [f"{year}-{month:02d}-{day:02d}" for month in ((8, 9, 10) if autumn else (1, 2, 3)) for day in range(20, 27)]
    return pd.DataFrame(
        {
            "pupil_id": named(person, people.pseudonym),
            "period": same(plan.TERMS[term], len(person)),
            "school_id": named(people.school_in(term)[person], school_codes(block)),
            "support_measure": named(measure.astype(np.int64), MEASURES),
            "decided_on": named((dice.uniform(len(person)) * len(days)).astype(np.int64), days),
        }
    )
