"""``likvard fetch skolverket``: exports from a folder, the Planned Educations API, or both, become a delivery."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from likvard.errors import CodesError, DeliveryMissingError
from likvard.fetch.delivery import Fetched
from likvard.fetch.receive import receive, said
from likvard.fetch.skolverket.exports import exports_of, files_at, read_files
from likvard.fetch.skolverket.into_contracts import SOURCE, delivered_tables, left_out, origin_of_delivery
from likvard.fetch.skolverket.planned_educations import ACCEPT, fetch_statistics
from likvard.fetch.web import Web
from likvard.params import Params
from likvard.workspace import Workspace

ADDRESS = "https://api.skolverket.se/planned-educations"


def fetch_skolverket(
    workspace: Workspace,
    params: Params,
    paths: Collection[Path] = (),
    schools: Collection[str] = (),
    address: str | None = None,
    municipality: str | None = None,
    edition: str | None = None,
) -> None:
    """``skolverket_<table>.csv`` in the edition's delivery, from the exports at ``paths`` and the API at ``address``.

    The API is asked for the ``schools``, or for those of the exports (of the ``municipality``, where one is given).
    Errors: those of the readers, of ``Web`` and of ``receive``; ``CodesError``; ``DeliveryMissingError`` where nothing is named.
    """
    wrong = [code for code in schools if not re.fullmatch("[0-9]{8}", code)]
    wrong += [municipality] if municipality and not re.fullmatch("[0-9]{4}", municipality) else []
    if wrong:
        raise CodesError(
            "These are no codes of schools or municipalities.",
            wrong,
            advice="a school has eight digits and a municipality four, zeros in front included.",
        )
    now = datetime.now(UTC)
    fetched: dict[str, Fetched] = read_files(files_at(list(paths)), now) if paths else {}
    if address:
        units = exports_of(fetched).units
        ours = units if municipality is None else units[units["municipality_code"].eq(municipality)]
        wanted = list(schools) or list(ours["school_unit_code"])
        if not wanted:
            raise DeliveryMissingError(
                "The API is asked school by school, and no school is named.",
                advice="name schools with --school, or an export that lists them.",
            )
        with Web(address, headers={"Accept": ACCEPT}) as web:
            fetched["Planned Educations"] = fetch_statistics(web, wanted, now)
    if not fetched:
        raise DeliveryMissingError(
            "There is nothing to fetch.", advice="name Skolverket's exports, or ask the API with --from-api."
        )
    exports = exports_of(fetched)
    tables = delivered_tables(exports, municipality, schools)
    written = receive(workspace, params, edition, SOURCE, tables, origin_of_delivery(exports))
    said(workspace, SOURCE, written, left_out(exports))
