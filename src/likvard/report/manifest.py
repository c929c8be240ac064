"""The manifest beside each report: hashes of all that went in and all that came out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from likvard.audit.log import printed_head
from likvard.errors import UnknownUnitError
from likvard.lineage import code_hash, file_hash
from likvard.report.released import Released
from likvard.workspace import Workspace

MANIFEST = ".manifest.json"
"""How the names of manifests end; before it stands the id of the unit."""


@dataclass(frozen=True)
class Ingredients:
    """What the reports of one kind, that of the template, are made from."""

    workspace: Workspace
    released: Released
    template: Path
    language: str
    draft: bool = False
    """Whether the reports are marked as drafts."""

    @property
    def kind(self) -> str:
        """The kind of the reports."""
        return self.template.stem

    @cached_property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of what all reports of the kind are made from: template, code and software lock; and the head of the log."""
        files = [self.template, self.workspace.software_lock]
        hashes = {self.workspace.shown(path): file_hash(path) for path in files} | {"likvard": code_hash()}
        return hashes | ({"log": self.log_head} if self.log_head else {})

    @cached_property
    def log_head(self) -> str:
        """The head of the log of acts that the edition's reports print; an empty text where no log is kept."""
        return printed_head(self.workspace, self.released.edition["edition"])

    def inputs(self, unit_id: str) -> dict[str, Any]:
        """The ``inputs`` of a report's manifest: its parameters, and SHA-256 of the above and of its slice of the released data."""
        shown = self.workspace.shown(self.released.folder)
        slices = {shown: self.released.slice_of(self.kind, unit_id).digest}
        return {"parameters": self.parameters(unit_id), "draft": self.draft, "sha256": self.hashes | slices}

    def parameters(self, unit_id: str) -> dict[str, str]:
        """The parameters that the notebook is run with."""
        return {"unit_id": unit_id, "language": self.language}


def manifest(ingredients: Ingredients, unit_id: str, outputs: dict[str, bytes]) -> bytes:
    """The manifest of a report as JSON with sorted keys."""
    import hashlib

    part = ingredients.released.slice_of(ingredients.kind, unit_id)
    edition = part.edition
    content = {
        "edition": edition["edition"],
        "kind": ingredients.kind,
        "unit_id": unit_id,
        "data_hash": part.digest,
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
        made = bool(content["inputs"] == ingredients.inputs(unit_id))
        return made and all(file_hash(path.parent / name) == digest for name, digest in content["outputs"].items())
    except (OSError, ValueError, KeyError, TypeError, UnknownUnitError):
        return False
