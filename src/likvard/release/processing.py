"""Who answers for the data, why it is held, and for how long: ``processing.yaml``, read strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from likvard.errors import ParamsError

Text = Annotated[str, Field(min_length=3)]
Days = Annotated[int, Field(ge=1, le=36_500)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Office(_Part):
    """An office (no person) and how it is reached."""

    name: Text
    contact: Text


class Retention(_Part):
    """For how many days after the last day of its period each kind of data is kept."""

    deliveries: Days
    reports: Days
    outbox: Days


class Processing(_Part):
    """The facts that article 30 of the General Data Protection Regulation asks for."""

    controller: Office
    data_protection_officer: Office
    purposes: Annotated[tuple[Text, ...], Field(min_length=1)]
    legal_basis: Text
    special_categories: str = ""
    transfers_outside_eu: str = ""
    dpia: str = ""
    licence: str = ""
    retention: Retention


def read_processing(path: Path) -> Processing:
    """What the file says. Errors: ``ParamsError`` with everything that is wrong in it."""
    advice = "docs/audit.md has an example of processing.yaml; the data protection officer knows what it must say."
    try:
        return Processing.model_validate(yaml.safe_load(path.read_bytes()))
    except FileNotFoundError:
        raise ParamsError("There is no processing.yaml, which says for how long data is kept.", advice=advice) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParamsError(f"processing.yaml cannot be read: {error}", advice=advice) from None
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in error.errors()]
        raise ParamsError("processing.yaml is not well-formed.", problems, advice=advice) from None
