"""The decisions for an edition, read strictly: what is unknown, missing or of the wrong kind is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from likvard.errors import ParamsError, unknown


class Strict(BaseModel):
    """A record that takes no unknown key and never converts one type into another."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class GroupChoice(Strict):
    """How one dimension of groups is used."""

    reference: str = Field(description="The group that the others are measured against.")


class IntervalChoice(Strict):
    """How uncertainty is shown."""

    level: Annotated[float, Field(gt=0.5, lt=1)] = Field(
        description="Confidence level of every interval; 0.95 means that 95 intervals in 100 would cover the true value."
    )


class DisclosureChoice(Strict):
    """What is held back to protect people."""

    profile: Literal["internal", "public", "rounded"] = Field(
        description="For whom the edition is: internal (fewer than 5 pupils are hidden), public (fewer than 10, no share nearer "
        "to 0 or 100 % than 5) or rounded (at most 7, and counts are rounded to 5)."
    )
    min_count: Annotated[int, Field(ge=1)] = Field(
        description="No figure rests on fewer pupils than this, nor on fewer than the profile asks."
    )
    min_teachers: Annotated[int, Field(ge=1)] = Field(
        description="No figure about teaching rests on fewer teachers than this."
    )
    search: Literal["quick", "thorough"] = Field(
        default="quick",
        description="How long is sought for what else must be hidden: quick (seconds a period) or thorough (a minute or two the "
        "first time, and fewer figures are held back, in periods of one table: quarters). Quick, if not said.",
    )


class AbsenceChoice(Strict):
    """When absence is told, and from where on it is called extensive. All limits are inclusive."""

    extensive_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        description="Absence of at least this share of the reported teaching time is extensive."
    )
    least_offered_minutes: Annotated[int, Field(ge=1)] = Field(
        description="A pupil who was offered fewer minutes of teaching in the quarter has no absence figure."
    )
    least_coverage: Annotated[float, Field(gt=0, le=1)] = Field(
        description="Where teachers reported less than this share of the offered time, no absence is told."
    )


class ResamplingChoice(Strict):
    """How chance is imitated, so that it gives the same figures every time."""

    seed: Annotated[int, Field(ge=0)] = Field(description="Where random numbers start.")
    draws: Annotated[int, Field(ge=100, le=10_000)] = Field(description="How many times data are drawn anew.")


class Params(Strict):
    """All decisions for an edition."""

    edition: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$")] = Field(
        description="The edition that is built: the newest delivery that it takes in, and the name of its folder in reports/."
    )
    source: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] = Field(
        description="The source mapping in data/contracts/sources/ that the deliveries follow."
    )
    municipality: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        description="What the reports call all schools together."
    )
    language: Literal["en", "sv"] = Field(description="The language of the reports.")
    draft: bool = Field(
        description="Whether reports and meeting packs are marked as drafts. Only an edition without the mark can be recorded, "
        "reviewed and approved.",
    )
    groups: Annotated[dict[str, GroupChoice], Field(min_length=1)] = Field(
        description="The dimensions that groups are formed by."
    )
    interval: IntervalChoice = Field(description="How uncertainty is shown.")
    disclosure: DisclosureChoice = Field(description="What is held back to protect people.")
    resampling: ResamplingChoice = Field(description="How intervals are found that have no formula.")
    absence: AbsenceChoice = Field(description="How absence is judged, where the source delivers it.")


def read_params(path: Path) -> Params:
    """The decisions in ``path``. Errors: ``ParamsError`` with every fault of the file at once."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParamsError(
            f"{path.name} cannot be read: {error}", advice="mend the file and run the command again."
        ) from None
    try:
        return Params.model_validate(content if isinstance(content, dict) else {})
    except ValidationError as error:
        problems = [_problem(content, fault) for fault in error.errors()]
        raise ParamsError(
            f"{path.name} does not say what likvard needs to know.",
            problems,
            advice=f"mend {path.name}; docs/params.md explains every key.",
        ) from None


def _problem(content: Any, fault: Any) -> str:
    """One fault as one line: the key, and what is wrong with it."""
    place = [str(part) for part in fault["loc"]]
    key = ".".join(place)
    if fault["type"] == "extra_forbidden":
        return unknown("the key", place[-1], _keys_beside(place)) + (
            f" (in {'.'.join(place[:-1])})" if place[1:] else ""
        )
    if fault["type"] == "missing":
        return f"the key '{key}' is missing"
    return f"the key '{key}': {fault['msg'].lower()}"


def _keys_beside(place: list[str]) -> list[str]:
    """The keys that would be right where the unknown one stands."""
    model: type[BaseModel] = Params
    for part in place[:-1]:
        field = model.model_fields.get(part)
        inner = field.annotation if field is not None else GroupChoice
        model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else GroupChoice
    return list(model.model_fields)
