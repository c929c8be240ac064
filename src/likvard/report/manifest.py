"""The manifest beside each report: hashes of all that went in and all that came out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from likvard.lineage import code_hash, file_hash
from likvard.report.released import QUALITY, Released
from likvard.workspace import Workspace


@dataclass(frozen=True)
class Ingredients:
    """What the reports of one kind are made from."""

    workspace: Workspace
    released: Released
    template: Path
    language: str

    @cached_property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of released data, template, code and software lock."""
        released = sorted(path for path in self.released.folder.iterdir() if path.is_file() and path.name != QUALITY)
        files = [*released, self.template, self.workspace.software_lock]
        return {self.workspace.shown(path): file_hash(path) for path in files} | {"likvard": code_hash()}

    def inputs(self, unit_id: str) -> dict[str, Any]:
        """The ``inputs`` of a report's manifest."""
        return {"parameters": self.parameters(unit_id), "sha256": self.hashes}

    def parameters(self, unit_id: str) -> dict[str, str]:
        """The parameters that the notebook is run with."""
        return {"unit_id": unit_id, "language": self.language}


def manifest(ingredients: Ingredients, kind: str, unit_id: str, outputs: dict[str, bytes]) -> bytes:
    """The manifest of a report as JSON with sorted keys."""
    import hashlib

    edition = ingredients.released.edition
    content = {
        "edition": edition["edition"],
        "kind": kind,
        "unit_id": unit_id,
        "data_hash": edition["data_hash"],
        "definitions": {name: definition["version"] for name, definition in edition["definitions"].items()},
        "quality": edition["quality"],
        "inputs": ingredients.inputs(unit_id),
        "outputs": {name: hashlib.sha256(content).hexdigest() for name, content in outputs.items()},
    }
    return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def is_current(path: Path, ingredients: Ingredients, unit_id: str) -> bool:
    """Whether the report whose manifest is ``path`` was made from these ingredients and lies there as it was made."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        made = content["inputs"] == ingredients.inputs(unit_id)
        return made and all(file_hash(path.parent / name) == digest for name, digest in content["outputs"].items())
    except (OSError, ValueError, KeyError, TypeError):
        return False
