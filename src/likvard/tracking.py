"""Deliveries under DVC: taken note of, with where they come from."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from likvard.errors import LockedError, PipelineError
from likvard.workspace import write_atomically


def track(root: Path, deliveries: Sequence[Path]) -> None:
    """Nothing; DVC knows the deliveries of the workspace ``root`` as they are now, also where a run that was killed has left half
    a ``.dvc`` file. Errors: ``LockedError``, ``PipelineError``.
    """
    from dvc.exceptions import DvcException
    from dvc.lock import LockError
    from dvc.repo import Repo

    # DVC would advise what to type next, which is said once, by the command.
    logging.getLogger("dvc").setLevel(logging.ERROR)
    for pointer in map(_pointer, deliveries):
        if pointer.is_file() and not _is_whole(pointer):
            pointer.unlink()
    try:
        with Repo(str(root)) as repo:
            repo.add([str(path) for path in deliveries])
    except LockError as error:
        raise LockedError(
            "Another run is at work in this workspace.",
            advice="wait until it has finished and run the same command again.",
        ) from error
    except DvcException as error:
        raise PipelineError(
            "DVC could not take note of the delivery, which is in its place.",
            [str(error)],
            advice="run the same command again; it goes on from here.",
        ) from error


def recorded_origin(delivery: Path) -> dict[str, Any]:
    """``meta.origin`` of the delivery's ``.dvc`` file; empty where nothing is recorded."""
    return dict((_content(_pointer(delivery)).get("meta") or {}).get("origin") or {})


def record_origin(delivery: Path, origin: Mapping[str, Any]) -> None:
    """Nothing; the ``.dvc`` file of the delivery says in ``meta.origin`` where it comes from."""
    pointer = _pointer(delivery)
    content = _content(pointer) | {"meta": {"origin": dict(origin)}}
    write_atomically(pointer, yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120).encode())


def _pointer(delivery: Path) -> Path:
    return delivery.with_name(f"{delivery.name}.dvc")


def _content(pointer: Path) -> dict[str, Any]:
    """What a ``.dvc`` file says; nothing where it is not there or cannot be read."""
    try:
        return dict(yaml.safe_load(pointer.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValueError):
        return {}


def _is_whole(pointer: Path) -> bool:
    """Whether a ``.dvc`` file names what it stands for: DVC does not write it at once, and a run may be killed in between."""
    outs = _content(pointer).get("outs") or []
    return [out.get("path") for out in outs if isinstance(out, dict) and "md5" in out] == [pointer.stem]
