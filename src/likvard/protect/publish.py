"""The act of publishing: what is released goes into the ledger, which every later edition is held against."""

from __future__ import annotations

from likvard.disclosure.ledger import record_edition
from likvard.params import Params
from likvard.workspace import Workspace, alone_with_edition


def run(workspace: Workspace, params: Params) -> None:
    """``reports/published/<edition>`` holds the released figures as they are now.

    Errors: ``StageInputMissingError``; ``LedgerDamagedError`` where the edition was published with other figures;
    ``CannotWriteError``; ``LockedError``.
    """
    figures = workspace.made_by("protect", workspace.released / "figures.parquet")
    with alone_with_edition(workspace, params.edition):
        folder = record_edition(figures.parent, workspace.ledger, params.edition)
    print(f"publish: {workspace.shown(folder)} says what edition {params.edition} shows; keep it in version control")  # noqa: T201
