"""Who receives what: ``access.yaml``, read strictly; what it does not say is not given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from likvard.errors import AccessError, unknown
from likvard.report.released import Released, Unit

Role = Literal[
    "principal", "teacher", "area_lead", "education_director", "social_services", "housing", "politician", "public", "analyst",
    "auditor",
]  # fmt: skip
Scope = Literal["school", "area", "schools_of", "overview"]
SCOPES = ("school", "area", "schools_of", "overview")
ADVICE = "mend access.yaml; docs/audit.md explains it. Nobody receives anything before it is right."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Recipient(_Part):
    """One recipient: her role, what she is to see, and how it is locked.

    ``school`` and ``area`` are reports by unit id, ``schools_of`` an area's report and those of its schools. ``key`` is her public
    age key; who has none gets a locked PDF.
    """

    role: Role
    school: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    schools_of: tuple[str, ...] = ()
    overview: bool = False
    format: Literal["age", "pdf"]
    key: str = ""


class Access(_Part):
    """Which scopes each role may have, and the recipients by a name that is theirs alone."""

    roles: dict[Role, tuple[Scope, ...]]
    recipients: Annotated[dict[str, Recipient], Field(min_length=1)]


@dataclass(frozen=True)
class Grant:
    """A recipient by name, and the reports that she receives, as (kind, unit id)."""

    name: str
    recipient: Recipient
    reports: tuple[tuple[str, str], ...]


def grants(path: Path, released: Released) -> list[Grant]:
    """What everybody is given, by name. Errors: ``AccessError`` with everything that is wrong in the file."""
    access = read_access(path)
    problems = [
        line for name, one in access.recipients.items() for line in _problems(name, one, access.roles, released)
    ]
    if problems:
        raise AccessError("access.yaml gives what it cannot give.", problems, advice=ADVICE)
    return [
        Grant(name, one, tuple(dict.fromkeys(_reports(one, released))))
        for name, one in sorted(access.recipients.items())
    ]


def read_access(path: Path) -> Access:
    """What the file says. Errors: ``AccessError`` with everything that is not well-formed."""
    try:
        content = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        raise AccessError("There is no access.yaml, so nobody receives anything.", advice=ADVICE) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AccessError(f"access.yaml cannot be read: {error}", advice=ADVICE) from None
    try:
        return Access.model_validate(content)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in error.errors()]
        raise AccessError("access.yaml is not well-formed.", problems, advice=ADVICE) from None


def _problems(name: str, one: Recipient, roles: Mapping[Role, tuple[Scope, ...]], released: Released) -> Iterator[str]:
    may = roles.get(one.role, ())
    for scope in SCOPES:
        if getattr(one, scope) and scope not in may:
            yield f"{name}: the role {one.role} may not have {scope} (it may have: {', '.join(may) or 'nothing'})"
    schools, areas = ([unit.id for unit in released.units_with_reports(kind)] for kind in ("school", "area"))
    for scope, kind, known in (("school", "school", schools), ("area", "area", areas), ("schools_of", "area", areas)):
        for unit_id in getattr(one, scope):
            if unit_id not in known:
                yield f"{name}: {unknown(f'the {kind}', unit_id, known)}"
    if not any(getattr(one, scope) for scope in SCOPES):
        yield f"{name}: has no scope, so there is nothing to receive"
    if one.role == "principal" and len(one.school) > 1:
        yield f"{name}: a principal has one school of her own; name her once for each"
    if one.format == "age":
        yield from _problems_of_key(name, one.key)
    elif one.key:
        yield f"{name}: a key is for the format age, and the format is {one.format}"


def _problems_of_key(name: str, key: str) -> Iterator[str]:
    import pyrage

    try:
        pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        yield f"{name}: the format age needs her public key, which begins with age1"


def _reports(one: Recipient, released: Released) -> Iterator[tuple[str, str]]:
    if one.overview:
        yield "overview", "all"
    yield from (("area", unit_id) for unit_id in (*one.area, *one.schools_of))
    yield from (("school", unit_id) for unit_id in one.school)
    schools: list[Unit] = released.units_with_reports("school")
    yield from (("school", unit.id) for unit in schools if unit.area_id in one.schools_of)
