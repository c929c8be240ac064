"""What an earlier run found to hide, taken again where the question is the same. It is never believed: the attack runs again."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from likvard.disclosure.quantities import Quantities
from likvard.disclosure.task import Part, Pattern, Proposal, Task
from likvard.lineage import code_hash


def question_of(found: Quantities, task: Task, least: int, searches: tuple[str, ...]) -> str:
    """A SHA-256 of all that a pattern rests on: the numbers, what must stay hidden, which searches are asked, and their code."""
    digest = hashlib.sha256()
    cells = found.cells[["unit", "slot", "quantity"]]
    for part in _bytes_of((cells, found.grids, task, least, searches, code_hash(), np.__version__, scipy.__version__)):
        digest.update(part)
    return digest.hexdigest()


def _bytes_of(thing: Any) -> Iterator[bytes]:
    """The bytes of numbers, texts and tables, and of what is made of them."""
    if is_dataclass(thing):
        thing = tuple(getattr(thing, field.name) for field in fields(thing))
    elif sparse.issparse(thing):
        thing = (thing.shape, thing.indptr, thing.indices, thing.data)
    elif isinstance(thing, pd.DataFrame):
        thing = pd.util.hash_pandas_object(thing, index=False).to_numpy()
    if isinstance(thing, tuple):
        yield f"({len(thing)}".encode()
        for part in thing:
            yield from _bytes_of(part)
    elif isinstance(thing, np.ndarray):
        yield f"{thing.dtype}{thing.shape}".encode()
        yield thing.tobytes()
    else:
        yield repr(thing).encode()


def as_bytes(question: str, proposal: Proposal) -> bytes:
    """The proposal with the question that it answers, to be kept; equal proposals give equal bytes."""
    pattern, changes = proposal.pattern, proposal.changes
    content = io.BytesIO()
    np.savez_compressed(
        content,
        question=np.array(question),
        hidden=pattern.hidden,
        protects=pattern.protects,
        level=proposal.level,
        starts=changes.indptr,
        cells=changes.indices,
        far=changes.data,
        turns=np.array(proposal.turns),
        search=np.array(proposal.search),
        parts=np.array([[part.cells, part.figures, part.sensitive, part.loss, part.bound] for part in pattern.parts]),
        statuses=np.array([part.status for part in pattern.parts]),
        stopped=np.array([part.stopped for part in pattern.parts]),
    )
    return content.getvalue()


def read_kept(content: bytes, question: str) -> Proposal | None:
    """The proposal that is kept in ``content``; nothing where it answers another question or cannot be read."""
    try:
        kept = np.load(io.BytesIO(content), allow_pickle=False)
        if str(kept["question"]) != question:
            return None
        parts = tuple(
            Part(int(cells), int(figures), int(sensitive), str(status), float(loss), float(bound), bool(stopped))
            for (cells, figures, sensitive, loss, bound), status, stopped in zip(
                kept["parts"], kept["statuses"], kept["stopped"], strict=True
            )
        )
        changes = sparse.csr_array(
            (kept["far"], kept["cells"], kept["starts"]), shape=(len(kept["starts"]) - 1, len(kept["level"]))
        )
        pattern = Pattern(kept["hidden"], kept["protects"], parts)
        return Proposal(pattern, kept["level"], changes, int(kept["turns"]), str(kept["search"]))
    except (ValueError, KeyError, OSError, EOFError, BadZipFile):
        return None
