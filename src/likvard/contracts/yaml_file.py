"""A YAML file of the contracts as a checked record, with faults named by file and place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from likvard.errors import ContractError

Record = TypeVar("Record", bound=BaseModel)


def read_record(kind: type[Record], path: Path) -> Record:
    """The record of ``kind`` in ``path``. Errors: ``ContractError`` with every fault of the file at once."""
    try:
        return kind.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except FileNotFoundError:
        there = sorted(other.stem for other in path.parent.glob("*.yaml"))
        raise ContractError(
            f"There is no {path.name} in {path.parent}.", advice=f"the files there are: {', '.join(there) or 'none'}."
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContractError(f"{path} cannot be read: {error}") from None
    except ValidationError as error:
        raise ContractError(
            f"{path} is not well-formed.",
            [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg'].lower()}" for fault in error.errors()],
            advice="mend the file; the neighbouring files show the form.",
        ) from None


def line_of(path: Path, *keys: str) -> int:
    """The line, counted from 1, of the value that ``keys`` lead to in ``path``; the deepest that is there."""
    node: Any = yaml.compose(path.read_text(encoding="utf-8"))
    line = 1
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = [(name, value) for name, value in pairs if name.value == key]
        if not found:
            break
        name, node = found[0]
        line = name.start_mark.line + 1
    return line
