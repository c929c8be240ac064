"""Definitions of indicators as short as they can be, and a registry of four kinds of them."""

from __future__ import annotations

from typing import Any

from likvard.indicators.registry import Definition

TEXTS = {"en": "x", "sv": "x"}


def definition(name: str, kind: str, **more: Any) -> Definition:
    facts = {"id": name, "version": 1, "kind": kind, "decimals": 0, "direction": "none", "rests_on": "pupils"}
    facts |= {"concept": "impartiality", "goal": "knowledge", "natural_period": ["school_year"], "source": "x"}
    return Definition.model_validate(facts | dict.fromkeys(("title", "text", "counts", "unit"), TEXTS) | more)


def registry(*found: Definition) -> dict[str, Definition]:
    """The definitions by their ids."""
    return {one.id: one for one in found}


REGISTRY = registry(
    definition("pupils", "count"),
    definition("composition", "composition"),
    definition("score", "mean", column="reading_score"),
    definition("passed", "share", column="reading_score", at_least={"by": "grade", "values": {"1": 610}}),
)
