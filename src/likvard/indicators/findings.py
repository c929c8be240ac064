"""The public list of findings: what is worth a sentence at the head of a report, by which rule, and what to ask about it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from string import Formatter
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from likvard.contracts.yaml_file import read_record
from likvard.errors import ContractError, unknown
from likvard.indicators.registry import Texts

PLACEHOLDERS = frozenset(
    {"unit", "whole", "subject", "group", "reference", "size", "interval", "value", "period"}
)  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sentences(_Part):
    """What is said where the difference is clear, where it may be chance, and where its figures are held back."""

    clear: Texts
    uncertain: Texts | None = None
    unknown: Texts | None = None


class Finding(_Part):
    """One rule. It ``reads`` the gaps between groups, the change since a year before, the unit beside the whole, or the level of a
    ``measure``; and ``tells`` of what lies lower or higher by at least what ``indicators`` says of each (a level: than that value).

    Of what the rule finds the largest is told, and named what else it holds for. The more important finding (0–100) stands first.
    """

    id: str
    importance: int
    title: Texts
    kinds: tuple[Literal["overview", "area", "school"], ...]
    reads: Literal["gap", "change", "beside", "level"]
    measure: str = "level"
    tells: Literal["lower", "higher"]
    indicators: dict[str, float]
    text: Sentences
    ask: Texts

    @model_validator(mode="after")
    def _only_what_can_be_filled_in(self) -> Finding:
        for sentence in (self.text.clear, self.text.uncertain, self.text.unknown, self.ask):
            named = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in _both(sentence)]
            strange = sorted(set().union(*named) - PLACEHOLDERS)
            if strange:
                raise ValueError(f"{{{strange[0]}}} cannot be filled in; there are {', '.join(sorted(PLACEHOLDERS))}")
            if len(set(map(frozenset, named))) > 1:
                raise ValueError("the two languages fill in different things")
        return self


def _both(texts: Texts | None) -> tuple[str, ...]:
    return (texts.en, texts.sv) if texts else ()


def read_findings(contracts: Path, indicators: Collection[str]) -> tuple[Finding, ...]:
    """All findings below ``contracts``, the most important first. Errors: ``ContractError``."""
    paths = sorted((contracts / "findings").glob("*.yaml"))
    findings = [read_record(Finding, path) for path in paths]
    problems = [
        f"{path.name} calls itself {found.id!r}"
        for path, found in zip(paths, findings, strict=True)
        if path.stem != found.id
    ]
    problems += [
        f"{found.id}.yaml: {unknown('the indicator', name, indicators)}"
        for found in findings
        for name in found.indicators
        if name not in indicators
    ]
    if problems:
        raise ContractError("The list of findings does not fit the registry.", problems)
    return tuple(sorted(findings, key=lambda found: (-found.importance, found.id)))
