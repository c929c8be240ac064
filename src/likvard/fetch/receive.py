"""What was fetched takes its place among the deliveries: written whole, tracked by DVC, with where it comes from."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from likvard.errors import DeliveryMissingError, LockedError, PipelineError, WorkspaceError
from likvard.fetch.delivery import csv_bytes
from likvard.workspace import Workspace, write_atomically, writing_folder

# What the origin of an importer says about the bytes that came, and so is kept with the delivery.
KEPT = ("source", "locations", "retrieved_at", "sha256", "received_count", "received_bytes")


def receive(
    workspace: Workspace, edition: str, name: str, tables: Mapping[str, pd.DataFrame], origin: Mapping[str, Any]
) -> list[Path]:
    """The files ``<name>_<table>.csv`` in ``data/deliveries/<edition>``, all or none, with the folder under DVC.

    What others have delivered there stays. The ``.dvc`` file says in ``meta.origin`` where the files come from: the whole of it
    where nobody else has, else below ``beside.<name>``. The paths of the files are returned.
    Errors: ``WorkspaceError`` where DVC does not know the workspace; ``DeliveryMissingError`` where others' files of the delivery
    are not on this machine; ``LockedError``; ``PipelineError``; ``CannotWriteError``.
    """
    folder = workspace.deliveries / edition
    if not (workspace.root / ".dvc").is_dir():
        raise WorkspaceError(
            f"{workspace.root} is not under DVC.", advice="run `dvc init` there and the same command again."
        )
    if folder.with_name(f"{edition}.dvc").is_file() and not folder.is_dir():
        raise DeliveryMissingError(
            f"The delivery {workspace.shown(folder)} is not on this machine, so nothing can be put beside what is in it.",
            advice="run `dvc pull` and the same command again.",
        )
    known = _origin_in(folder)
    with writing_folder(folder) as fresh:
        if folder.is_dir():
            shutil.copytree(folder, fresh, dirs_exist_ok=True)
        for table, rows in tables.items():
            write_atomically(fresh / f"{name}_{table}.csv", csv_bytes(rows))
    track_with_dvc(workspace.root, [folder])
    own = not known or known.get("source") == origin.get("source")
    merged = {**origin, **_beside(known)} if own else known | {"beside": known.get("beside", {}) | {name: dict(origin)}}
    record_origin(folder, merged)
    return [folder / f"{name}_{table}.csv" for table in tables]


def track_with_dvc(root: Path, deliveries: list[Path]) -> None:
    """Nothing; DVC knows the deliveries as they are now. Errors: as for ``receive``."""
    from dvc.exceptions import DvcException
    from dvc.lock import LockError
    from dvc.repo import Repo

    # DVC would advise what to type next, which is said once, by the command.
    logging.getLogger("dvc").setLevel(logging.ERROR)
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
            "DVC could not take in the delivery; its files are in place.",
            [str(error)],
            advice=f"run `dvc add {' '.join(str(path) for path in deliveries)}` to see why.",
        ) from error


def record_origin(delivery: Path, origin: Mapping[str, Any]) -> None:
    """Nothing; the ``.dvc`` file of the delivery says in ``meta.origin`` where it comes from."""
    pointer = delivery.with_name(f"{delivery.name}.dvc")
    content = yaml.safe_load(pointer.read_text(encoding="utf-8")) | {"meta": {"origin": dict(origin)}}
    write_atomically(pointer, yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120).encode())


def kept(origin: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an importer's origin that is about the bytes as they came."""
    return {key: origin[key] for key in KEPT if key in origin}


def _origin_in(delivery: Path) -> dict[str, Any]:
    pointer = delivery.with_name(f"{delivery.name}.dvc")
    content = yaml.safe_load(pointer.read_text(encoding="utf-8")) if pointer.is_file() else {}
    return dict(content.get("meta", {}).get("origin", {}))


def _beside(origin: Mapping[str, Any]) -> dict[str, Any]:
    return {"beside": origin["beside"]} if "beside" in origin else {}
