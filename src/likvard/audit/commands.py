"""The commands of an auditor and of who signs: ``keys``, ``log``, ``record``, ``verify``, ``audit``, ``trace``, ``rebuild``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from likvard.audit.record import Version
    from likvard.workspace import Workspace

FILE = click.Path(path_type=Path, dir_okay=False)
KEY = click.option("--key", "key_file", type=FILE, help="Your signing key; by default LIKVARD_SIGNING_KEY_FILE.")

LANGUAGE = click.option(
    "--language", type=click.Choice(["en", "sv"]), help="The language; that of params.yaml by default."
)


@click.group()
def keys() -> None:
    """The keys that people sign with."""


@keys.command("new")
@click.argument("person")
@click.argument("file", type=FILE)
def new(person: str, file: Path) -> None:
    """Write a signing key for PERSON to FILE, outside the workspace, and its public part to audit/keys."""
    from likvard.audit.keys import file_name, new_signing_key
    from likvard.audit.log import append_once
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    key = new_signing_key(workspace, person, file)
    path = workspace.audit / "keys" / file_name(person)
    told = {"file": workspace.shown(path), "keyid": key.keyid}
    append_once(workspace, "key", "", person, path.read_bytes(), told)
    click.echo(f"{person} signs with the key {key.keyid}.")
    click.echo(f"Tell that number to your auditor yourself. The public part is {workspace.shown(path)}; commit it.")


@keys.command("list")
def list_() -> None:
    """List who signs in this workspace, and with which key."""
    from likvard.audit.keys import known_keys
    from likvard.workspace import Workspace

    for key in known_keys(Workspace.find()).values():
        click.echo(f"{key.keyid}  {key.person}")


@click.group()
def log() -> None:
    """The log of acts, in which nothing can be changed unseen."""


@log.command("begin")
def begin() -> None:
    """Begin the edition of params.yaml: its reports then print the head of the log."""
    from likvard.audit.log import begin as begun
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    edition = read_params(workspace.params).edition
    click.echo(f"The reports of {edition} print the head {begun(workspace, edition)}; commit the folder audit.")


@log.command("show")
@click.option("--edition", help="Only the acts about this edition.")
def show(edition: str | None) -> None:
    """Show who did what and when, oldest first."""
    import json

    from likvard.audit.log import entries_of
    from likvard.workspace import Workspace

    for one in entries_of(Workspace.find()):
        if edition in (None, one.edition):
            facts = json.dumps(one.facts, ensure_ascii=False, sort_keys=True)
            click.echo(f"{one.number:>4}  {one.time}  {one.kind:<10}  {one.edition:<10}  {one.who}  {facts}")


@click.command()
@KEY
def record(key_file: Path | None) -> None:
    """Sign what the built edition rests on and consists of (audit/<edition>/<version>)."""
    from likvard.audit.keys import signing_key
    from likvard.audit.record import make_record
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    version = make_record(workspace, read_params(workspace.params), signing_key(workspace, key_file))
    click.echo(f"The record of {version.name} is {workspace.shown(version.record)}; commit the folder audit.")


@click.command()
@click.argument("edition", metavar="EDITION|PACK")
def verify(edition: str) -> None:
    """Find every byte of EDITION (such as 2026Q3, or 2026Q3/1) that was altered since it was signed.

    The zip file of an audit pack is checked alone, without the workspace.
    """
    from likvard.audit.verify import see_that_nothing_is_altered

    with place_of(edition) as (workspace, version):
        verdict = see_that_nothing_is_altered(workspace, version, "likvard verify")
        click.echo(f"{version.name}: {sum(verdict.checked.values())} files are as they were signed.")
        click.echo("  " + ", ".join(f"{count} {kind}" for kind, count in sorted(verdict.checked.items())))
        for one in verdict.notes:
            click.echo(f"  {one}")
        for key in verdict.signers:
            click.echo(f"  signed by {key.person} with {key.keyid}")
        click.echo("Ask those who signed whether these are their keys: nobody else can tell you.")


@click.command()
@click.argument("name", metavar="FIGURE_ID|REPORT")
@click.option("--edition", help="Such as 2026Q3 or 2026Q3/1, or an audit pack (zip); that of params.yaml by default.")
@click.option("--json", "as_data", is_flag=True, help="Write JSON.")
@click.option("--svg", type=FILE, help="Draw the way into this SVG file.")
@click.option("--html", type=FILE, help="Draw the way into this HTML page, with every step in full.")
@LANGUAGE
def trace(
    name: str, edition: str | None, as_data: bool, svg: Path | None, html: Path | None, language: str | None
) -> None:
    """Walk from a printed figure, or a REPORT (such as school/00100001), back to the delivered files."""
    from likvard.audit import picture
    from likvard.audit.trace import as_json, as_text, trace_figure, trace_report
    from likvard.language import Language
    from likvard.params import read_params
    from likvard.workspace import Workspace, write_atomically

    with place_of(edition or read_params(Workspace.find().params).edition) as (workspace, version):
        spoken = Language(language or read_params(workspace.params).language)
        steps = (trace_report if "/" in name else trace_figure)(workspace, version, name, spoken)
    if svg:
        write_atomically(svg, picture.as_svg(steps, name).encode())
    if html:
        write_atomically(html, picture.as_page(steps, name, version.name, spoken).encode())
    click.echo(as_json(steps) if as_data else as_text(steps))


@click.command()
@click.argument("edition")
@click.option("--html", type=FILE, help="Write the page to this file.")
@click.option(
    "--pack", type=FILE, help="Write an audit pack, which can be checked without the workspace, to this zip file."
)
@click.option(
    "--openlineage", type=FILE, help="Write what each stage read and made to this file, as OpenLineage events."
)
@LANGUAGE
def audit(edition: str, html: Path | None, pack: Path | None, openlineage: Path | None, language: str | None) -> None:
    """Answer an auditor's ten questions about EDITION (such as 2026Q3 or 2026Q3/1), or about a pack (its zip file)."""
    from likvard.audit.pack import write_pack
    from likvard.audit.questions import as_page, ten_answers
    from likvard.audit.record import read_record
    from likvard.audit.trace import as_text
    from likvard.language import Language
    from likvard.params import read_params
    from likvard.workspace import write_atomically

    with place_of(edition) as (workspace, version):
        signed = read_record(workspace, version)
        spoken = Language(language or read_params(workspace.params).language)
        answers = ten_answers(workspace, version, spoken)
        page = as_page(answers, version, signed.predicate, signed.person, spoken).encode()
        if html:
            write_atomically(html, page)
        if pack:
            count = write_pack(workspace, version, pack, {"audit.html": page}, "likvard audit")
            click.echo(f"{pack} holds {count} files; check it with `likvard verify {pack.name}`.")
        if openlineage:
            from likvard.audit.lineage_events import write_events

            click.echo(f"{openlineage} holds {write_events(workspace, version, openlineage)} events of OpenLineage.")
        click.echo(as_text(answers))


@click.command()
@click.argument("reports", metavar="[REPORT]...", nargs=-1)
@click.option("--edition", help="Such as 2026Q3 or 2026Q3/1, or an audit pack (zip); that of params.yaml by default.")
@click.option(
    "--whole", is_flag=True, help="Make everything again from the deliveries, not only from what was released."
)
def rebuild(reports: tuple[str, ...], edition: str | None, whole: bool) -> None:
    """Make each REPORT (such as school/00100001), or the whole edition, again in a clean directory, and compare every byte."""
    from likvard.audit.log import note
    from likvard.audit.rebuild import rebuild as made
    from likvard.audit.verify import PACK
    from likvard.params import read_params
    from likvard.workspace import Workspace

    with place_of(edition or read_params(Workspace.find().params).edition) as (workspace, version):
        done = made(workspace, version, reports, whole)
        if not (workspace.root / PACK).is_file():
            told = {"version": version.number, "rebuilt": len(done.files), "whole": whole}
            note(workspace, "verify", version.edition, "likvard rebuild", told)
    click.echo(
        f"{len(done.files)} files of {version.name} are the same bytes again, made from "
        f"{'the deliveries' if whole else 'what was released'} in another directory, time zone, locale and hash seed."
    )


@click.command()
@click.argument("edition")
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write."
)
def crate(edition: str, folder: Path) -> None:
    """Write EDITION as an RO-Crate, which other tools read; data about persons is named and not in it."""
    from likvard.audit.crate import write_crate
    from likvard.audit.record import version_named
    from likvard.release.processing import read_processing
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    version = version_named(workspace, edition)
    told = read_processing(workspace.processing) if workspace.processing.is_file() else None
    about = {} if told is None else {"contact": told.controller.contact, "dpia": told.dpia, "licence": told.licence}
    count = write_crate(workspace, version, folder, about)
    click.echo(f"{folder} is an RO-Crate of {version.name} with {count} files.")


@contextmanager
def place_of(edition: str) -> Iterator[tuple[Workspace, Version]]:
    """The workspace and the version that ``edition`` names; of an audit pack, a folder with what it holds."""
    from likvard.audit.pack import unpacked
    from likvard.audit.record import version_named
    from likvard.workspace import Workspace

    if edition.endswith(".zip"):
        path = Path(edition)
        if not path.is_file():
            raise click.BadParameter(f"there is no file {edition}", param_hint="EDITION|PACK")
        with unpacked(path) as (workspace, name):
            yield workspace, version_named(workspace, name)
    else:
        here = Workspace.find()
        yield here, version_named(here, edition)


COMMANDS = (keys, log, record, verify, trace, audit, rebuild, crate)
