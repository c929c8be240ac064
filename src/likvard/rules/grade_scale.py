"""Grade scales: which marks there are, what each is worth and which rules go with them, read from versioned data files."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from likvard.contracts.yaml_file import read_record
from likvard.errors import CodesError, ContractError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Titles(_Part):
    """A name in English and Swedish."""

    en: str
    sv: str


class Terms(_Part):
    """The first and last term that the scale is used in; no last where it still is."""

    first: Annotated[str, Field(pattern=r"^[0-9]{4}T[12]$")]
    last: Annotated[str, Field(pattern=r"^[0-9]{4}T[12]$")] | None


class ExtraLanguage(_Part):
    """The subject whose grade is added to the best ones."""

    subject: str


class MeritRule(_Part):
    """How many of the best grades are summed, and which language comes on top."""

    best: Annotated[int, Field(ge=1)]
    language: ExtraLanguage | None


class PassedSubjects(_Part):
    """Passed in every one of ``named``, and in ``others`` subjects more."""

    title: Titles
    named: tuple[str, ...]
    others: Annotated[int, Field(ge=0)]


class EligibilityByPasses(_Part):
    """Passed in one subject of each tuple of ``core``, and in what the rule set names."""

    kind: Literal["passed_subjects"]
    core: tuple[tuple[str, ...], ...]
    rule_sets: dict[str, PassedSubjects]


class MeanPoints(_Part):
    """The mean of the points reaches ``at_least`` (inclusive)."""

    title: Titles
    at_least: float


class EligibilityByMean(_Part):
    """Eligible by the mean of all grades."""

    kind: Literal["mean_points"]
    rule_sets: dict[str, MeanPoints]


class GradeScale(_Part):
    """One grade scale.

    ``no_basis`` are the marks that say that no grade could be set: they have no points and are not a failed grade.
    """

    id: str
    title: Titles
    status: Literal["in_force", "proposed"]
    terms: Terms
    points: dict[str, float]
    passed: tuple[str, ...]
    no_basis: tuple[str, ...]
    merit: MeritRule
    eligibility: EligibilityByPasses | EligibilityByMean = Field(discriminator="kind")
    source: str

    @model_validator(mode="after")
    def _marks_agree(self) -> GradeScale:
        if set(self.passed) - set(self.points):
            raise ValueError("passed names marks that have no points")
        if set(self.no_basis) & set(self.points):
            raise ValueError("a mark without basis has no points")
        return self

    @property
    def most(self) -> tuple[float, float]:
        """The highest merit value without and with the extra language: 320 and 340 for A to F."""
        top = max(self.points.values())
        return top * self.merit.best, top * (self.merit.best + (self.merit.language is not None))

    def points_of(self, marks: pd.Series) -> pd.Series:
        """The points of each mark; missing where there was no basis for a grade, or no mark.

        Errors: ``CodesError`` where a mark is not of this scale; how many, not whose.
        """
        strange = marks.notna() & ~marks.isin([*self.points, *self.no_basis])
        if strange.any():
            raise CodesError(
                f"{int(strange.sum())} grades have a mark that the grade scale {self.id} does not have: "
                f"{', '.join(sorted(map(repr, marks[strange].unique())))}.",
                advice="ask the sender what the mark means; the scales stand in data/contracts/grade_scales/.",
            )
        return marks.map(self.points).astype("Float64")


def read_scales(contracts: Path) -> dict[str, GradeScale]:
    """All grade scales by id. Errors: ``ContractError`` where two that are in force overlap or one is not named as its file."""
    scales = {path.stem: read_record(GradeScale, path) for path in sorted((contracts / "grade_scales").glob("*.yaml"))}
    problems = [f"{name}.yaml calls itself {scale.id!r}" for name, scale in scales.items() if scale.id != name]
    in_force = sorted((one for one in scales.values() if one.status == "in_force"), key=lambda one: one.terms.first)
    problems += [
        f"{earlier.id} and {later.id} are in force at once"
        for earlier, later in pairwise(in_force)
        if earlier.terms.last is None or earlier.terms.last >= later.terms.first
    ]
    if problems:
        raise ContractError(
            "The grade scales do not fit together.", problems, advice="mend the files in data/contracts/grade_scales/."
        )
    return scales


def scale_of(term: str, scales: dict[str, GradeScale]) -> GradeScale:
    """The scale in force in ``term``. A proposed scale is never chosen. Errors: ``ContractError`` where there is none."""
    for scale in scales.values():
        if (
            scale.status == "in_force"
            and scale.terms.first <= term
            and (scale.terms.last is None or term <= scale.terms.last)
        ):
            return scale
    raise ContractError(
        f"No grade scale is in force in the term {term}.", advice="add one to data/contracts/grade_scales/."
    )
