"""The indicator registry: versioned definitions that say what is counted, in words and for the computer."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from likvard.contracts.yaml_file import read_record
from likvard.errors import ContractError


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

    ``kind`` says how it is computed from rows of ``pupil_period``: ``mean`` of ``column``; ``share`` of the rows where
    ``column`` is known in which it is one of ``among`` or reaches ``at_least``; ``composition``, the share of a unit's pupils
    who belong to each group; ``count`` of pupils. ``rests_on`` says whose number protects people: a figure about teaching is
    the same for a whole class, so it rests on as many teachers (or classes) as there are classes.
    """

    id: str
    version: int
    title: Texts
    text: Texts
    kind: Literal["mean", "share", "composition", "count"]
    column: str | None = None
    among: tuple[str | bool, ...] | None = None
    at_least: Threshold | None = None
    counts: Texts
    unit: Texts
    decimals: int
    direction: Literal["higher_is_better", "lower_is_better", "none"]
    rests_on: Literal["pupils", "classes", "teachers"]
    not_by: tuple[str, ...] = ()
    natural_period: str
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
        return self

    @property
    def is_share(self) -> bool:
        """Whether values are shares, from 0 to 1."""
        return self.kind in ("share", "composition")

    @property
    def clustered(self) -> bool:
        """Whether all pupils of a class have the same value, so that intervals count classes and not pupils."""
        return self.rests_on != "pupils"


def read_registry(contracts: Path) -> dict[str, Definition]:
    """All definitions by id, sorted. Errors: ``ContractError`` where one is not well-formed or not named as its file."""
    definitions = {
        path.stem: read_record(Definition, path) for path in sorted((contracts / "indicators").glob("*.yaml"))
    }
    misnamed = [f"{name}.yaml calls itself {found.id!r}" for name, found in definitions.items() if found.id != name]
    if misnamed:
        raise ContractError("Indicator definitions must be named as their files.", misnamed)
    return definitions
