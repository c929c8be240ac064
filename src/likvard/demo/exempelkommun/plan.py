"""The plan of Exempelkommun: its areas, schools and calendar, and everything that is planted in it.

All of it is made up. The planted effects are in the unit of the ability that grades come from (one standard deviation of
a pupil's ability; about 4 points in each subject).
"""

from __future__ import annotations

from dataclasses import dataclass

TERMS = ("2023T2", "2024T1", "2024T2", "2025T1", "2025T2", "2026T1", "2026T2")
QUARTERS = tuple(f"{2023 + place // 4}Q{place % 4 + 1}" for place in range(3, 15))
GRADED_TERMS = TERMS[:-1]
TEACHING_DAYS = {1: 16, 2: 15, 3: 21, 4: 16, 5: 19, 6: 7, 8: 8, 9: 21, 10: 18, 11: 19, 12: 14}
GRADES = ("K", "1", "2", "3", "4", "5", "6", "7", "8", "9")

EDUCATIONS = ("compulsory", "upper_secondary", "post_secondary", "unknown")
BACKGROUNDS = ("swedish", "foreign_born", "born_in_sweden_foreign", "unknown")
GENDERS = ("girl", "boy")
ADVANTAGED = EDUCATIONS.index("post_secondary")


@dataclass(frozen=True)
class Area:
    """One area. ``share`` of the pupils live in it; ``education`` and ``background`` are the shares of their categories."""

    code: str
    name: str
    area_type: str
    share: float
    education: tuple[float, float, float, float]
    background: tuple[float, float, float]
    qualified: float
    hardship: float


@dataclass(frozen=True)
class School:
    """One school. ``size`` is its pull on the pupils of its area; ``role`` is what is planted there."""

    name: str
    area: int
    lowest: int
    highest: int
    size: float
    independent: bool = False
    role: str = ""


AREAS = (
    Area("01", "Kvarnbacken", "3", 0.19, (0.10, 0.38, 0.48, 0.04), (0.78, 0.10, 0.12), 0.80, 0.08),
    Area("02", "Sjöängen", "5", 0.15, (0.02, 0.18, 0.78, 0.02), (0.92, 0.03, 0.05), 0.90, 0.02),
    Area("03", "Tallåsen", "4", 0.20, (0.07, 0.43, 0.47, 0.03), (0.84, 0.07, 0.09), 0.84, 0.05),
    Area("04", "Stenvreten", "3", 0.15, (0.09, 0.47, 0.41, 0.03), (0.80, 0.09, 0.11), 0.82, 0.07),
    Area("05", "Västra Höjden", "1", 0.15, (0.26, 0.40, 0.27, 0.07), (0.32, 0.28, 0.40), 0.68, 0.24),
    Area("06", "Gruvängen", "1", 0.12, (0.23, 0.46, 0.25, 0.06), (0.44, 0.24, 0.32), 0.70, 0.20),
    Area("07", "Ytterbygden", "3", 0.04, (0.10, 0.55, 0.32, 0.03), (0.90, 0.05, 0.05), 0.74, 0.06),
)

# The first seven are one school for all grades in each area, so that a block of fewer schools still holds together.
SCHOOLS = (
    School("Kvarnbacksskolan", 0, 0, 9, 1.0, role="restated"),
    School("Sjöängarnas skola", 1, 0, 9, 1.0),
    School("Tallåsskolan", 2, 0, 9, 1.0, role="under_reports"),
    School("Stenvretsskolan", 3, 0, 9, 1.0),
    School("Västra Höjdens skola", 4, 0, 9, 0.9),
    School("Gruvängsskolan", 5, 0, 9, 0.8),
    School("Ytterbygdens skola", 6, 0, 9, 1.0),
    School("Lillkvarnens skola", 0, 0, 6, 0.9),
    School("Domherrens skola", 0, 0, 6, 0.7),
    School("Nya Torgskolan", 0, 7, 9, 2.4, role="advantaged_fall"),
    School("Friskolan Kompassrosen", 0, 0, 9, 0.6, independent=True),
    School("Aspdungens skola", 0, 0, 6, 0.5),
    School("Strandlundens skola", 1, 0, 6, 1.1),
    School("Båtviksskolan", 1, 7, 9, 1.5),
    School("Friskolan Horisontlinjen", 1, 0, 9, 0.7, independent=True),
    School("Kottbackens skola", 2, 0, 6, 0.9),
    School("Tallmoskolan", 2, 7, 9, 1.3, role="successor"),
    School("Gransångarens skola", 2, 7, 9, 0.8, role="closes"),
    School("Rävlyans skola", 2, 0, 6, 0.7),
    School("Hasselgläntans skola", 2, 0, 6, 0.6),
    School("Åkerlyckans skola", 3, 7, 9, 1.3, role="intake_change"),
    School("Solrosgårdens skola", 3, 0, 6, 1.2),
    School("Hammarsmedens skola", 3, 0, 6, 0.0, role="twelve_pupils"),
    School("Höjdpunktsskolan", 4, 7, 9, 2.6, role="action"),
    School("Björkstigens skola", 4, 0, 6, 1.0),
    School("Fjärilslundens skola", 4, 0, 6, 0.8),
    School("Friskolan Mosaikstenen", 4, 0, 9, 0.4, independent=True, role="late"),
    School("Malmletarens skola", 5, 7, 9, 1.8, role="regression"),
    School("Ängsblommans skola", 5, 0, 6, 1.0),
    School("Gruvlyktans skola", 5, 0, 6, 0.8),
)

# How ability hangs together with the home: the socio-economic gradient.
EDUCATION_EFFECT = (-0.45, 0.0, 0.55, -0.35)
BACKGROUND_EFFECT = (0.0, -0.25, -0.05)
NEWLY_ARRIVED_EFFECT = -0.5
GIRL_EFFECT = 0.25

# From the autumn of 2024 on: what each term adds where a gap is planted to close.
EFFECT_BY_TERM = (0.0, 0.0, 0.2, 0.4, 0.55, 0.55, 0.55)
REGRESSION_SHOCK = -0.7
INTAKE_FROM_AREA, INTAKE_SHARE, INTAKE_FIRST_COHORT = 5, 0.7, 2
CHOICE_BASE, CHOICE_RISE = 0.02, 0.03
CLOSES_AFTER = 3
UNDER_REPORTS_FROM, UNDER_REPORTED_COVERAGE = "2025-01", 0.55
PROTECTED_SHARE = 0.002
MOVE_SHARE, LEAVE_SHARE, ARRIVE_SHARE = 0.012, 0.008, 0.008
MOVES_WITHIN_AREA = 0.6
RESTATED_TERM, RESTATED_IN = "2025T1", "2025Q3"
LATE_QUARTER, LATE_IN = "2025Q1", "2025Q2"
TWELVE = (2, 2, 2, 2, 2, 1, 1)
# Where hardship is at least so large, schools have their dialogue every other year, and principals come to one network in four.
SELDOM_HEARD_FROM = 0.2
COMMENTED = ("2026Q2", "2026Q3")


def school_year_of(term: int) -> int:
    """The school year, counted from 0 (2023-24), of the term ``TERMS[term]``."""
    return term // 2


def months_of(quarter: str) -> list[str]:
    """The months of the quarter in which there is teaching."""
    year, number = int(quarter[:4]), int(quarter[5])
    return [f"{year}-{month:02d}" for month in range(3 * number - 2, 3 * number + 1) if month in TEACHING_DAYS]


def term_of_month(month: str) -> int:
    """The place in ``TERMS`` of the term that the month lies in."""
    return TERMS.index(f"{month[:4]}T{1 if int(month[5:]) < 7 else 2}")
