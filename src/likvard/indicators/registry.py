"""The indicator registry: versioned definitions that say what is counted, in words and for the computer."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from likvard.contracts.periods import Grain
from likvard.contracts.yaml_file import read_record
from likvard.errors import ContractError, unknown


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Texts(_Part):
    """The same text in English and Swedish."""

    en: str
    sv: str

    def in_language(self, code: str) -> str:
        """The text in the language ``code``."""
        return self.sv if code == "sv" else self.en


class Threshold(_Part):
    """The lowest value that counts (inclusive), which may differ by another column."""

    by: str
    values: dict[str, float]


class Definition(_Part):
    """One indicator.

    ``kind`` says how it is computed from the rows of the prepared ``table``: ``mean`` of ``column``; ``share`` of the rows
    where ``column`` is known in which it is one of ``among`` or reaches ``at_least``; ``composition``, the share of a unit's
    pupils who belong to each group; ``count`` of pupils; ``ratio`` of the sums of two columns, times ``per``; ``published``,
    taken as a publisher gives it. Shares are written in per cent, and so is what says so with ``percent``;
    ``signed`` values, such as deviations, are written with a plus or minus sign.

    ``rests_on`` says whose number protects people: a figure about teaching is the same for a whole class, so it rests on as
    many teachers (or classes) as there are classes; a ratio rests on the sum of the column ``people`` (without one, on as many
    as there are rows).
    """

    id: str
    version: int
    title: Texts
    text: Texts
    kind: Literal["mean", "share", "composition", "count", "ratio", "published"]
    table: str = "pupil_period"
    column: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    people: str | None = None
    per: float = 1.0
    percent: bool = False
    signed: bool = False
    among: tuple[str | bool, ...] | None = None
    at_least: Threshold | None = None
    counts: Texts
    unit: Texts
    decimals: int
    direction: Literal["higher_is_better", "lower_is_better", "none"]
    rests_on: Literal["pupils", "classes", "teachers"]
    concept: str
    goal: str
    not_by: tuple[str, ...] = ()
    natural_period: tuple[Grain, ...]
    breaks: tuple[str, ...] = ()
    source: str

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Definition:
        if (self.column is None) == (self.kind in ("mean", "share")):
            raise ValueError(f"the kind {self.kind} and the column do not go together")
        if (self.kind == "share") == (self.among is None and self.at_least is None):
            raise ValueError("a share needs either among or at_least, and nothing else does")
        if self.among is not None and self.at_least is not None:
            raise ValueError("a share has either among or at_least, not both")
        if (self.kind == "ratio") != (self.numerator is not None and self.denominator is not None):
            raise ValueError("a ratio needs a numerator and a denominator, and nothing else has them")
        return self

    @property
    def is_share(self) -> bool:
        """Whether values are shares, from 0 to 1."""
        return self.kind in ("share", "composition")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its table that it is computed from."""
        by = self.at_least.by if self.at_least else None
        named = (self.column, by, self.numerator, self.denominator, self.people)
        return tuple(name for name in named if name is not None)

    @property
    def in_percent(self) -> bool:
        """Whether values are written in per cent."""
        return self.is_share or self.percent

    @property
    def digits(self) -> int:
        """The decimals of a value as a number: ``decimals`` as it is written, and two more where that is in per cent."""
        return self.decimals + (2 if self.in_percent else 0)

    @property
    def about_learning(self) -> bool:
        """Whether it tells what pupils have learnt, which is what intake is taken into account for."""
        return self.goal == "knowledge"

    @property
    def is_resource(self) -> bool:
        """Whether it is a resource that could follow need."""
        return self.kind == "ratio" and self.concept == "redistribution"

    @property
    def clustered(self) -> bool:
        """Whether all pupils of a class have the same value, so that intervals count classes and not pupils."""
        return self.rests_on != "pupils"


class Purpose(_Part):
    """A concept of equity, or a goal, in words."""

    title: Texts
    text: Texts


class Purposes(_Part):
    """What indicators are for: the concept of equity that each speaks about, and the goal that it serves."""

    concepts: dict[str, Purpose]
    goals: dict[str, Purpose]


def read_purposes(contracts: Path) -> Purposes:
    """The concepts and goals that definitions name. Errors: ``ContractError``."""
    return read_record(Purposes, contracts / "goals.yaml")


def read_registry(contracts: Path) -> dict[str, Definition]:
    """All definitions by id, sorted. Errors: ``ContractError`` where one is not well-formed or not named as its file."""
    definitions = {
        path.stem: read_record(Definition, path) for path in sorted((contracts / "indicators").glob("*.yaml"))
    }
    misnamed = [f"{name}.yaml calls itself {found.id!r}" for name, found in definitions.items() if found.id != name]
    if misnamed:
        raise ContractError("Indicator definitions must be named as their files.", misnamed)
    purposes = read_purposes(contracts)
    aimless = [
        f"{name}.yaml: {unknown(f'the {kind}', wanted, known)}"
        for name, found in definitions.items()
        for kind, wanted, known in (
            ("concept", found.concept, purposes.concepts),
            ("goal", found.goal, purposes.goals),
        )
        if wanted not in known
    ]
    if aimless:
        raise ContractError("Indicators serve a concept and a goal of goals.yaml.", aimless)
    return definitions


def fingerprint(definition: Definition) -> str:
    """The SHA-256 of all that a definition says: the same version must always say the same."""
    content = definition.model_dump_json(exclude_defaults=True)
    return hashlib.sha256(content.encode()).hexdigest()


def read_versions(path: Path) -> dict[tuple[str, int], str]:
    """The fingerprint of every version of every indicator that has been in use, as ``make docs`` wrote it."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    parts = [line.split() for line in lines if line and not line.startswith("#")]
    return {(name, int(version)): digest for name, version, digest in parts}
