"""The commands of a release: ``release``, ``diff``, ``distribute``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from likvard.audit.commands import FILE, KEY


@click.group()
def release() -> None:
    """Bring an edition from draft to published, signed by two persons; correct or withdraw it."""


def _act(name: str, act: str, text: str) -> None:
    @release.command(name, help=text, short_help=text)
    @click.argument("edition")
    @KEY
    @click.option("--reason", default="", help="Why, in words that others understand.")
    def command(edition: str, key_file: Path | None, reason: str) -> None:
        from likvard.audit.keys import signing_key
        from likvard.audit.record import version_named
        from likvard.release.states import STATE, bring
        from likvard.workspace import Workspace

        workspace = Workspace.find()
        version = version_named(workspace, edition)
        key = signing_key(workspace, key_file)
        for line in bring(workspace, version, act, key, reason):  # type: ignore[arg-type]
            click.echo(line)
        state = STATE[act]  # type: ignore[index]
        click.echo(f"{version.name} is {state} by {key.public.person}; commit the folders audit and reports/published.")


_act("review", "review", "Say that you have looked at EDITION and that it is right.")
_act("approve", "approve", "Approve EDITION, which another person has reviewed.")
_act(
    "publish",
    "publish",
    "Publish EDITION, which is approved: it may be sent, and later editions are held against it.",
)
_act(
    "correct",
    "correct",
    "Say that a newer version, which is published, corrects EDITION: what changed, and who must be told.",
)
_act("withdraw", "withdraw", "Withdraw EDITION: nobody should use it any more.")


@release.command("show")
@click.argument("edition")
def show(edition: str) -> None:
    """Show the state of EDITION and who signed it."""
    from likvard.audit.record import read_record, version_named
    from likvard.release.states import signatures, state_of
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    version = version_named(workspace, edition)
    signed = read_record(workspace, version)
    click.echo(f"{version.name} is {state_of(workspace, version)}.")
    click.echo(f"  recorded   {signed.predicate['made']}  {signed.person}")
    for one in signatures(workspace, version):
        click.echo(f"  {one.state:<10} {one.facts['made']}  {one.person}")


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_data", is_flag=True, help="Write JSON, every figure.")
def diff(before: str, after: str, as_data: bool) -> None:
    """Show which published figures moved from the edition BEFORE to AFTER (such as 2026Q3/1 and 2026Q3/2), and why."""
    from likvard.audit.record import version_named
    from likvard.release.diff import difference
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    found = difference(workspace, version_named(workspace, before), version_named(workspace, after))
    click.echo(found.as_json() if as_data else found.as_text())


@click.command()
@click.argument("edition")
@click.option("--only", multiple=True, metavar="NAME", help="Only this recipient (may be repeated).")
@click.option("--passwords", type=FILE, help="A new file outside the workspace, for the passwords of locked PDFs.")
def distribute(edition: str, only: tuple[str, ...], passwords: Path | None) -> None:
    """Make one locked bundle per recipient of access.yaml, in the folder outbox; nothing is sent."""
    from likvard.release.distribute import distribute as made
    from likvard.release.states import published
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    version = published(workspace, edition)
    bundles = made(workspace, version, "likvard distribute", only, passwords)
    for one in bundles:
        click.echo(
            f"outbox/{version.name.replace('/', '-')}/{one.name}  for {one.grant.name} ({len(one.grant.reports)} reports)"
        )
    click.echo("Nothing has been sent. Send each file to its recipient, and a password by another way than its file.")


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to judge by; today by default.")
@click.option("--remove", is_flag=True, help="Remove it. Without this, only what would be removed is shown.")
@KEY
def purge(on: datetime | None, remove: bool, key_file: Path | None) -> None:
    """Remove what its time has passed (processing.yaml), also from DVC's cache and the remotes in reach; its hashes and a signed
    note remain.
    """
    from datetime import date

    from likvard.audit.keys import signing_key
    from likvard.params import read_params
    from likvard.release.processing import read_processing
    from likvard.release.purge import outdated
    from likvard.release.purge import purge as purged
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    params, processing = read_params(workspace.params), read_processing(workspace.processing)
    day = on.date() if on else date.today()  # noqa: DTZ011 – the day at the desk
    done = purged(workspace, params, processing, day, signing_key(workspace, key_file)) if remove else None
    found = done.removed if done else outdated(workspace, params, processing.retention, day)
    for one in found:
        click.echo(f"{workspace.shown(one.path)}  {one.rule}, since {one.since}")
    if done is None:
        click.echo(f"{len(found)} would be removed; add --remove to do it.")
        return
    for name, count in done.copies.items():
        click.echo(f"remote {name}: {count} copies removed")
    for name in done.beyond:
        click.echo(
            f"remote {name}: out of reach from here. Remove the same deliveries from it yourself: `dvc gc --workspace --cloud "
            f"--remote {name}`, where it can be reached."
        )
    click.echo("Backups are not known to likvard: see to them too. Commit the folder audit.")


@click.command()
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write."
)
def duties(folder: Path) -> None:
    """Write drafts for the data protection officer: article 30, DPIA, table of measures."""
    from likvard.language import Language
    from likvard.params import read_params
    from likvard.release.access import read_access
    from likvard.release.duties import pages
    from likvard.release.processing import read_processing
    from likvard.workspace import Workspace, write_atomically

    workspace = Workspace.find()
    params = read_params(workspace.params)
    access = read_access(workspace.access) if workspace.access.is_file() else None
    made = pages(workspace, params, read_processing(workspace.processing), access, Language(params.language))
    for name, text in made.items():
        write_atomically(folder / name, text.encode())
        click.echo(f"{folder / name} is written.")


COMMANDS = (release, diff, distribute, purge, duties)
