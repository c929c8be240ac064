"""The pupils of one block of schools: who they are, where they live and which school they attend in every term."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from likvard.demo.exempelkommun import plan
from likvard.demo.exempelkommun.dice import Dice, Floats, Truths, Whole, pseudonyms

COHORTS = 13
NEVER = 99


@dataclass(frozen=True)
class Block:
    """A group of up to thirty schools that pupils move among; Exempelkommun is one block, a country is many.

    Everything in it depends on ``seed`` and ``number`` alone.
    """

    seed: int
    number: int
    schools: tuple[plan.School, ...]
    pupils: int
    alone: bool

    @property
    def areas(self) -> list[int]:
        """The places in ``plan.AREAS`` of the areas that have a school in the block."""
        return sorted({school.area for school in self.schools})

    def dice(self, *place: int) -> Dice:
        """Chance for one purpose."""
        return Dice(self.seed, self.number, *place)

    def school_code(self, school: int) -> str:
        """The eight-digit code of the school, with leading zeros; no such code is in use."""
        return f"001{self.number:03d}{school + 1:02d}"

    def area_code(self, area: int) -> str:
        """Two digits, or where there are many blocks a code in the form of RegSO."""
        return plan.AREAS[area].code if self.alone else f"{9000 + self.number}R{area + 1:03d}"

    def named(self, name: str) -> str:
        """The name, told apart from that of other blocks."""
        return name if self.alone else f"{name} {self.number + 1}"

    def place_of(self, role: str) -> int | None:
        """Which school has the role, if the block has it."""
        return next((place for place, school in enumerate(self.schools) if school.role == role), None)


@dataclass(frozen=True)
class People:
    """All persons of a block, one element each; places in the lists of ``plan`` where not said otherwise.

    ``cohort`` k is in grade 9 − k in the first school year. ``enters`` and ``leaves`` are the first term and the first one
    no longer in the block. ``moves`` is the term of a move (``NEVER`` if none); home and schools are pairs, before and after.
    """

    pseudonym: pd.Index
    cohort: Whole
    gender: Whole
    education: Whole
    background: Whole
    background_known: Truths
    registered: Whole
    protected: Truths
    enters: Whole
    leaves: Whole
    moves: Whole
    home: tuple[Whole, Whole]
    primary: tuple[Whole, Whole]
    secondary: tuple[Whole, Whole]
    closing: int | None
    successor: int | None
    ability: Floats
    absence_rate: Floats

    def __len__(self) -> int:
        return len(self.pseudonym)

    def grade(self, term: int) -> Whole:
        """The grade in the term, 0 for the preschool class; below 0 or above 9 where the person is not at school."""
        return 9 - self.cohort + plan.school_year_of(term)

    def on_roll(self, term: int) -> Truths:
        """Who is a pupil of the block in the term, protected persons among them."""
        grade = self.grade(term)
        return np.asarray((grade >= 0) & (grade <= 9) & (self.enters <= term) & (term < self.leaves))

    def home_in(self, term: int) -> Whole:
        """The area that each person lives in."""
        return np.where(self.moves <= term, self.home[1], self.home[0])

    def school_in(self, term: int) -> Whole:
        """The school of each person; the successor once a school has closed."""
        moved = self.moves <= term
        primary = np.where(moved, self.primary[1], self.primary[0])
        secondary = np.where(moved, self.secondary[1], self.secondary[0])
        school = np.where(self.grade(term) <= 6, primary, secondary)
        if self.closing is not None and self.successor is not None and term > plan.CLOSES_AFTER:
            school = np.where(school == self.closing, self.successor, school)
        return np.asarray(school, dtype=np.int64)

    def newly_arrived(self, term: int) -> Truths:
        """Who was first registered in Sweden within the eight terms (four years) before."""
        return np.asarray((self.background == 1) & (self.registered <= term) & (term - self.registered < 8))


def people_of(block: Block) -> People:
    """The persons of the block, drawn from its seed."""
    dice = block.dice(1)
    regular = max(1, round(block.pupils / 10))
    newcomers = round(regular * plan.ARRIVE_SHARE * (len(plan.TERMS) - 1))
    cohort = np.repeat(np.arange(COHORTS, dtype=np.int64), regular + newcomers)
    count = len(cohort)
    arrives = np.tile(np.arange(regular + newcomers) >= regular, COHORTS)
    enters = np.where(arrives, 1 + (dice.uniform(count) * (len(plan.TERMS) - 1)).astype(np.int64), 0)
    left = dice.uniform(count) / plan.LEAVE_SHARE
    leaves = np.where(left < len(plan.TERMS) - 1, left.astype(np.int64) + 1, NEVER)
    moved = dice.uniform(count) / plan.MOVE_SHARE
    moves = np.where(moved < len(plan.TERMS) - 1, moved.astype(np.int64) + 1, NEVER)
    here = block.areas
    shares = np.asarray([plan.AREAS[area].share for area in here])
    homes = np.asarray(here, dtype=np.int64)
    draws = [list(shares / shares.sum())]
    home = homes[dice.pick(draws, np.zeros(count, dtype=np.int64))]
    anywhere = homes[dice.pick(draws, np.zeros(count, dtype=np.int64))]
    new_home = np.where(dice.chance(plan.MOVES_WITHIN_AREA, count), home, anywhere)
    education = dice.pick([area.education for area in plan.AREAS], home)
    background = dice.pick([area.background for area in plan.AREAS], home)
    registered = np.where(enters > 0, enters, (dice.uniform(count) * 26).astype(np.int64) - 25)
    gender = dice.chance(0.51, count).astype(np.int64)
    people = People(
        pseudonym=pd.Index(pseudonyms(block.seed, block.number * 10_000_000, count), dtype="object"),
        cohort=cohort,
        gender=gender,
        education=education,
        background=background,
        background_known=~dice.chance(0.015, count),
        registered=registered,
        protected=dice.chance(plan.PROTECTED_SHARE, count),
        enters=enters,
        leaves=leaves,
        moves=moves,
        home=(home, new_home),
        primary=(home, home),
        secondary=(home, home),
        closing=block.place_of("closes"),
        successor=block.place_of("successor"),
        ability=_ability(dice, gender, education, background, registered),
        absence_rate=_absence_rate(dice, education),
    )
    return _with_twelve(block, _with_schools(block, people))


def _ability(dice: Dice, gender: Whole, education: Whole, background: Whole, registered: Whole) -> Floats:
    """Chance and the socio-economic gradient."""
    gradient = np.asarray(plan.EDUCATION_EFFECT)[education] + np.asarray(plan.BACKGROUND_EFFECT)[background]
    gradient = gradient + np.where((background == 1) & (registered > -8), plan.NEWLY_ARRIVED_EFFECT, 0.0)
    return np.asarray(dice.bell(len(gender)) * 0.8 + gradient + np.where(gender == 0, plan.GIRL_EFFECT, 0.0))


def _absence_rate(dice: Dice, education: Whole) -> Floats:
    """The share of the teaching that a pupil is away from: low for most, very high for a few."""
    drawn = dice.uniform(len(education))
    square = drawn * drawn
    eighth = square * square * square * square
    gradient = np.asarray((0.02, 0.005, 0.0, 0.015))[education]
    return np.asarray(0.012 + 0.05 * drawn + 0.28 * eighth + gradient)


def _with_schools(block: Block, people: People) -> People:
    """The same people with a school for the lower and one for the upper grades, before and after a move."""
    dice = block.dice(2)
    primary, secondary = zip(*(_schools(block, people, dice, people.home[after]) for after in (0, 1)), strict=True)
    intake, origin = block.place_of("intake_change"), plan.INTAKE_FROM_AREA
    lured = (
        (people.home[0] == origin) & (people.cohort >= plan.INTAKE_FIRST_COHORT) & (people.education != plan.ADVANTAGED)
    )
    lured &= dice.chance(plan.INTAKE_SHARE, len(people))
    if intake is not None:
        secondary = (np.where(lured, intake, secondary[0]), secondary[1])
    return replace(people, primary=(primary[0], primary[1]), secondary=(secondary[0], secondary[1]))


def _schools(block: Block, people: People, dice: Dice, home: Whole) -> tuple[Whole, Whole]:
    """A primary and a secondary school for each person: near home, or by school choice.

    Children of well-educated parents with Swedish background choose more and more, cohort by cohort. That pulls schools
    apart, while moves and the planted change of intake mix them again.
    """
    count, areas = len(people), len(plan.AREAS)
    choosing = (people.education == plan.ADVANTAGED) & (people.background == 0)
    choice = plan.CHOICE_BASE + plan.CHOICE_RISE * people.cohort * choosing
    chooses = dice.chance(choice, count)
    row = home + areas * chooses
    primary = dice.pick(_pull(block, lambda school: school.lowest == 0), row)
    secondary = dice.pick(_pull(block, lambda school: school.highest == 9), row)
    all_through = np.asarray([school.lowest == 0 and school.highest == 9 for school in block.schools])
    stays = all_through[primary] & dice.chance(0.85, count)
    return primary, np.where(stays, primary, secondary)


def _pull(block: Block, teaches: Callable[[plan.School], bool]) -> list[list[float]]:
    """The shares of the schools among those who stay near home (a row per area) and those who choose (a row per area)."""
    near, chosen = [], []
    for area in range(len(plan.AREAS)):
        near.append([school.size * (school.area == area) * bool(teaches(school)) for school in block.schools])
        wanted = [
            1.0 * school.independent + 1.5 * (school.area == 1) if school.area <= 1 else 0.0 for school in block.schools
        ]
        chosen.append(
            [pull * school.size * bool(teaches(school)) for pull, school in zip(wanted, block.schools, strict=True)]
        )
    anywhere = [1.0 * bool(teaches(school)) for school in block.schools]
    rows = [row if sum(row) > 0 else anywhere for row in near + chosen]
    return [[value / sum(row) for value in row] for row in rows]


def _with_twelve(block: Block, people: People) -> People:
    """The same people, of whom exactly twelve go to the smallest school in every term and never move."""
    tiny = block.place_of("twelve_pupils")
    if tiny is None:
        return people
    fixed = np.zeros(len(people), dtype=bool)
    for cohort in range(COHORTS):
        there = np.flatnonzero((people.cohort == cohort) & (people.enters == 0))
        fixed[there[: plan.TWELVE[cohort % len(plan.TWELVE)]]] = True
    area = block.schools[tiny].area
    one = np.where(fixed, tiny, people.primary[0])
    return replace(
        people,
        primary=(one, people.primary[1]),
        home=(np.where(fixed, area, people.home[0]), people.home[1]),
        protected=people.protected & ~fixed,
        leaves=np.where(fixed, NEVER, people.leaves),
        moves=np.where(fixed, NEVER, people.moves),
    )


def blocks_of(schools: int, pupils: int, seed: int) -> list[Block]:
    """The blocks that a municipality (30 schools) or a whole country is made of; pupils are shared by schools."""
    sizes = [len(plan.SCHOOLS)] * (schools // len(plan.SCHOOLS)) + [schools % len(plan.SCHOOLS)] * (
        schools % len(plan.SCHOOLS) > 0
    )
    ends = np.cumsum(sizes).tolist()
    shared = [round(pupils * end / schools) for end in ends]
    return [
        Block(
            seed,
            number,
            plan.SCHOOLS[:size],
            shared[number] - (shared[number - 1] if number else 0),
            alone=len(sizes) == 1,
        )
        for number, size in enumerate(sizes)
    ]
