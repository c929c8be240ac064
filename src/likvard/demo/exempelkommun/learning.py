"""Grades: what each pupil of grades 6 to 9 is given in each subject, and what the planted effects do to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from likvard.demo.exempelkommun import plan
from likvard.demo.exempelkommun.dice import Floats, Truths, Whole
from likvard.demo.exempelkommun.frame import named, same
from likvard.demo.exempelkommun.people import Block, People

SUBJECTS = (
    "BL",
    "EN",
    "HKK",
    "IDH",
    "MA",
    "MU",
    "BI",
    "FY",
    "KE",
    "GE",
    "HI",
    "RE",
    "SH",
    "SL",
    "SV",
    "TK",
    "M2",
    "ML",
)
SWEDISH, MATHEMATICS, LANGUAGE, MOTHER_TONGUE = (SUBJECTS.index(name) for name in ("SV", "MA", "M2", "ML"))
LANGUAGES = ("M2SPA", "M2DEU", "M2FRA")
MARKS = ("F", "E", "D", "C", "B", "A", "–")
POINTS = np.asarray((0.0, 10.0, 12.5, 15.0, 17.5, 20.0, np.nan))
NO_BASIS = MARKS.index("–")
LIMITS = (-1.4, -0.4, 0.08, 0.62, 1.22)
FIRST_GRADED = 6


@dataclass(frozen=True)
class Learning:
    """What stays with a pupil over the years: how well each subject suits, and which optional subjects are taken.

    All arrays have one row per person and one column per subject, or one element per person.
    """

    suits: Floats
    taken: Truths
    second_language: Truths
    language: Whole
    school_effect: Floats


def learning_of(block: Block, people: People) -> Learning:
    """The lasting part, drawn once."""
    dice, count = block.dice(3), len(people)
    suits = dice.bell(count * len(SUBJECTS)).reshape(count, -1) * 0.5
    taken = np.ones((count, len(SUBJECTS)), dtype=bool)
    taken[:, LANGUAGE] = dice.chance(np.where(people.education == plan.ADVANTAGED, 0.88, 0.66), count)
    taken[:, MOTHER_TONGUE] = dice.chance(np.where(people.background > 0, 0.35, 0.0), count)
    second = dice.chance(np.asarray((0.0, 0.6, 0.25))[people.background], count)
    by_cohort = dice.bell(len(block.schools) * 13).reshape(len(block.schools), 13) * 0.08
    regression = block.place_of("regression")
    if regression is not None:
        by_cohort[regression, 0] = plan.REGRESSION_SHOCK
    return Learning(suits, taken, second, dice.pick([(0.6, 0.22, 0.18)], np.zeros(count, dtype=np.int64)), by_cohort)


def planted(block: Block, people: People, who: Whole, term: int) -> Floats:
    """What the planted effects add to the ability of the pupils ``who`` in the term."""
    effect = plan.EFFECT_BY_TERM[term]
    school, advantaged = people.school_in(term)[who], people.education[who] == plan.ADVANTAGED
    added = np.zeros(len(who))
    for role, whom, sign in (("action", ~advantaged, 1.0), ("advantaged_fall", advantaged, -1.0)):
        place = block.place_of(role)
        if place is not None:
            added += sign * effect * ((school == place) & whom)
    return added


def marks_of(block: Block, people: People, lasting: Learning, term: int, effects: bool = True) -> tuple[Whole, Whole]:
    """The graded persons of the term, and their marks (places in ``MARKS``): one row per person, one column per subject.

    Without ``effects`` the same pupils on the same day had nothing been planted: the difference is the true effect.
    """
    grade = people.grade(term)
    who = np.flatnonzero(people.on_roll(term) & (grade >= FIRST_GRADED))
    dice = block.dice(4, term)
    today = dice.bell(len(who) * len(SUBJECTS)).reshape(len(who), -1) * 0.2
    school = people.school_in(term)[who]
    level = people.ability[who] + lasting.school_effect[school, people.cohort[who]]
    if effects:
        level = level + planted(block, people, who, term)
    shown = level[:, None] + lasting.suits[who] + today
    marks = np.zeros(shown.shape, dtype=np.int64)
    for limit in LIMITS:
        marks += shown >= limit
    no_basis = dice.chance(np.repeat(np.where(people.absence_rate[who] > 0.3, 0.3, 0.004), len(SUBJECTS)), marks.size)
    return who, np.where(no_basis.reshape(marks.shape), NO_BASIS, marks)


def grades_of(block: Block, people: People, lasting: Learning, term: int, mistaken: bool = False) -> pd.DataFrame:
    """The grade rows of the term, by school, pupil and subject.

    ``mistaken`` is the file before it was restated: one school sent its grades in mathematics a step too low.
    """
    who, marks = marks_of(block, people, lasting, term)
    wrong = block.place_of("restated")
    school = people.school_in(term)
    if mistaken and wrong is not None:
        lower = np.where(
            (marks[:, MATHEMATICS] > 0) & (marks[:, MATHEMATICS] != NO_BASIS),
            marks[:, MATHEMATICS] - 1,
            marks[:, MATHEMATICS],
        )
        marks[:, MATHEMATICS] = np.where(school[who] == wrong, lower, marks[:, MATHEMATICS])
    row, column = np.nonzero(lasting.taken[who] & ~people.protected[who][:, None])
    person = who[row]
    subject = np.where((column == SWEDISH) & lasting.second_language[person], len(SUBJECTS), column)
    subject = np.where(column == LANGUAGE, len(SUBJECTS) + 1 + lasting.language[person], subject)
    final = (people.grade(term)[person] == 9) & plan.TERMS[term].endswith("T1")
    return pd.DataFrame(
        {
            "pupil_id": named(person, people.pseudonym),
            "period": same(plan.TERMS[term], len(person)),
            "school_id": named(school[person], [block.school_code(place) for place in range(len(block.schools))]),
            "subject": named(subject, (*SUBJECTS, "SVA", *LANGUAGES)),
            "grade_kind": named(final.astype(np.int64), ("term", "final")),
            "grade_mark": named(marks[row, column], MARKS),
        }
    )


def restated(block: Block, people: People, lasting: Learning) -> pd.DataFrame:
    """All grades of the school that sends its term again, right this time."""
    rows = grades_of(block, people, lasting, plan.TERMS.index(plan.RESTATED_TERM))
    place = block.place_of("restated")
    return rows[rows["school_id"] == (block.school_code(place) if place is not None else "")].reset_index(drop=True)
