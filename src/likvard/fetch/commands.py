"""The commands ``likvard fetch NAME``: each writes one delivery of the current workspace."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

FOLDER_OR_FILE = click.Path(exists=True, path_type=Path)
EDITION = click.option("--edition", help="The delivery to write; that of params.yaml by default.")
# For what is about persons, and so goes through intake.
SOURCE = click.option(
    "--source", metavar="NAME", help="The mapping in data/contracts/sources; that of params.yaml by default."
)
KEY = click.option(
    "--key", "key_file", type=click.Path(path_type=Path), help="The file with the key; by default LIKVARD_KEY_FILE."
)
ON = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day whose pupils count, such as 2026-09-15."
)


@click.group()
def fetch() -> None:
    """Bring in what others publish, or a file that somebody sent, as a delivery."""


@fetch.command("skolverket")
@click.argument("exports", type=FOLDER_OR_FILE, nargs=-1)
@click.option("--municipality", metavar="CODE", help="Only this municipality, its schools and the country.")
@click.option("--from-api", is_flag=True, help="Ask the Planned Educations API too, school by school.")
@click.option(
    "--school", "schools", metavar="CODE", multiple=True, help="Ask the API for this school (may be repeated)."
)
@click.option("--address", metavar="URL", help="Where the API is; Skolverket's own by default.")
@EDITION
def skolverket(
    exports: tuple[Path, ...],
    municipality: str | None,
    from_api: bool,
    schools: tuple[str, ...],
    address: str | None,
    edition: str | None,
) -> None:
    """Results, SALSA, Skolenkäten and teachers from EXPORTS (files or folders), from the API, or both."""
    from likvard.fetch.skolverket.act import ADDRESS, fetch_skolverket
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    asked = (address or ADDRESS) if from_api or schools or address else None
    fetch_skolverket(workspace, read_params(workspace.params), exports, schools, asked, municipality, edition)


@fetch.command("kolada")
@click.option("--kpi", "kpis", metavar="ID", multiple=True, required=True, help="A key figure (may be repeated).")
@click.option(
    "--municipality",
    "municipalities",
    metavar="CODE",
    multiple=True,
    required=True,
    help="A municipality, a group of them, or 0000 for the country (may be repeated).",
)
@click.option("--year", "years", type=int, multiple=True, required=True, help="A calendar year (may be repeated).")
@click.option("--address", metavar="URL", help="Where the API is; Kolada's own by default.")
@EDITION
def kolada(
    kpis: tuple[str, ...],
    municipalities: tuple[str, ...],
    years: tuple[int, ...],
    address: str | None,
    edition: str | None,
) -> None:
    """Key figures of municipalities from Kolada; tells what has been revised since the last time."""
    from likvard.fetch.kolada.act import ADDRESS, fetch_kolada
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    params = read_params(workspace.params)
    fetch_kolada(workspace, params, kpis, municipalities, years, address or ADDRESS, edition)


@fetch.command("spreadsheet")
@click.argument("file", type=FOLDER_OR_FILE)
@click.option(
    "--mapping", type=FOLDER_OR_FILE, required=True, help="The YAML file that says which column is which field."
)
@EDITION
def spreadsheet(file: Path, mapping: Path, edition: str | None) -> None:
    """A table without persons from FILE, CSV or XLSX, by a mapping file."""
    from likvard.fetch.dropped import fetch_spreadsheet
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    fetch_spreadsheet(workspace, read_params(workspace.params), file, mapping, edition)


@fetch.command("ss12000")
@click.option("--address", metavar="URL", required=True, help="Where the server's collections are.")
@ON
@click.option(
    "--month",
    "months",
    type=click.DateTime(["%Y-%m"]),
    multiple=True,
    help="A month of absence (may be repeated); by default those of the day's quarter.",
)
@SOURCE
@EDITION
@KEY
def ss12000(
    address: str,
    on: datetime,
    months: tuple[datetime, ...],
    source: str | None,
    edition: str | None,
    key_file: Path | None,
) -> None:
    """Pupils, grades and absence from a school system's SS 12000 server, as pseudonyms.

    The credentials are read from SS12000_TOKEN_URL, SS12000_CLIENT_ID and SS12000_CLIENT_SECRET.
    """
    from likvard.fetch.ss12000.act import fetch_ss12000
    from likvard.intake.told import tell
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    params = read_params(workspace.params)
    outcome = fetch_ss12000(
        workspace,
        source or params.source,
        edition or params.edition,
        address,
        on=on.date(),
        months=[month.date() for month in months],
        key_file=key_file,
    )
    tell(outcome, click.echo)


@fetch.command("oneroster")
@click.argument("archive", type=FOLDER_OR_FILE)
@ON
@SOURCE
@EDITION
@KEY
def oneroster(archive: Path, on: datetime, source: str | None, edition: str | None, key_file: Path | None) -> None:
    """Pupils from a OneRoster 1.1 ARCHIVE (zip, bulk), as pseudonyms."""
    from likvard.fetch.oneroster.act import fetch_oneroster
    from likvard.intake.told import tell
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    params = read_params(workspace.params)
    outcome = fetch_oneroster(
        workspace,
        source or params.source,
        edition or params.edition,
        archive,
        on=on.date(),
        key_file=key_file,
    )
    tell(outcome, click.echo)
