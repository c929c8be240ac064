"""Exempelkommun as a workspace: its deliveries, tracked by DVC, and its own decisions."""

from __future__ import annotations

from pathlib import Path

from likvard.demo.exempelkommun.write import SEED, write_exempelkommun
from likvard.demo.workspace import new_workspace
from likvard.workspace import Workspace


def lay_out(folder: Path, like: Workspace, schools: int, pupils: int, seed: int | None = None) -> None:
    """``folder`` is a workspace like ``like`` with Exempelkommun's deliveries and params.

    Errors: those of ``new_workspace``.
    """
    chosen = SEED if seed is None else seed

    def deliver(target: Path) -> list[Path]:
        return write_exempelkommun(target, schools, pupils, chosen, like.contracts)

    origin = {
        "title": "Exempelkommun, en påhittad kommun",
        "publisher": "likvard",
        "made_by": f"likvard demo exempelkommun --schools {schools} --pupils {pupils} --seed {chosen}",
        "licence": "CC0-1.0",
    }
    new_workspace(folder, like, Path(__file__).with_name("params.yaml").read_bytes(), deliver, origin)
    print(  # noqa: T201
        f"{folder} is a workspace with the deliveries of Exempelkommun. All of it is made up.\n"
        f"Build its reports: cd {folder} && likvard build"
    )
