"""Waivers: somebody has looked at what a check found and lets it through, for a reason and until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from likvard.contracts.yaml_file import read_record


class Waiver(BaseModel):
    """One waiver. ``check`` is the name of a check, ``scope`` what it is about; both as the message of the stop says them.

    ``until`` is the last day on which it holds. Every report that rests on what was waived shows it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: Annotated[str, Field(min_length=1)]
    scope: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=10)]
    who: Annotated[str, Field(min_length=2)]
    until: date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True)
class Waivers:
    """The waivers of a workspace."""

    all: tuple[Waiver, ...] = ()

    def covering(self, check: str, scope: str, on: date) -> Waiver | None:
        """The waiver that lets the check through on that day, where there is one."""
        fitting = [one for one in self.all if (one.check, one.scope) == (check, scope) and on <= one.until]
        return max(fitting, key=lambda one: one.until, default=None)


def read_waivers(path: Path) -> Waivers:
    """The waivers in ``path``; none where there is no such file. Errors: ``ContractError`` with every fault of the file."""
    return Waivers(read_record(_File, path).waivers) if path.is_file() else Waivers()


def stated(check: str, scope: str) -> str:
    """The lines of a waiver for the person at the desk to fill in."""
    return f"{{check: {check}, scope: {scope}, reason: …, who: …, until: YYYY-MM-DD}}"
