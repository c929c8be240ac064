"""The command line: ``build``, one command per stage of the flow, and the acts beside it (``demo``, ``fetch``)."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from likvard import __version__
from likvard.audit.commands import COMMANDS as OF_AUDIT
from likvard.fetch.commands import fetch
from likvard.release.commands import COMMANDS as OF_RELEASE

KINDS = ("overview", "area", "school")
PROFILES = ("internal", "public", "rounded")
INTERRUPTED = 130
ON_A_CLUSTER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    envvar="LIKVARD_SCHEDULER",
    help="Work on the Dask cluster whose scheduler is at ADDRESS (tcp://…); also from LIKVARD_SCHEDULER.",
)


class InOrder(click.Group):
    """Commands, listed in the order of the flow (click itself would sort them by name)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands in the order of this file."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="likvard")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def likvard(context: click.Context, debug: bool) -> None:
    """Reproducible equity reports about schools and areas.

    The commands are the stages of the flow, in its order; `likvard build` runs all that is needed. Beside them stand the acts:
    what a person does once, and no stage repeats.
    """
    context.obj = debug


@likvard.command()
@click.option("--force", is_flag=True, help="Run every stage, also those whose input has not changed.")
def build(force: bool) -> None:
    """Fetch the deliveries and bring every stage and report up to date."""
    from likvard.pipeline import bring_up_to_date
    from likvard.workspace import Workspace

    bring_up_to_date(Workspace.find(), force=force)


@likvard.command()
@click.argument("place", metavar="FOLDER_OR_FILE", type=click.Path(path_type=Path))
@click.option(
    "--source", required=True, metavar="NAME", help="The mapping in data/contracts/sources that the files follow."
)
@click.option("--edition", required=True, metavar="ID", help="The delivery that the files belong to, such as 2026Q3.")
@click.option("--sender", default="", metavar="NAME", help="Who sent the files (an office or a system, no person).")
@click.option("--received", type=click.DateTime(["%Y-%m-%d"]), help="The day on which they arrived; by default today.")
@click.option(
    "--key", "key_file", type=click.Path(path_type=Path), help="The file with the key; by default LIKVARD_KEY_FILE."
)
@click.option("--new-key", is_flag=True, help="Change keys: every delivery must then be taken in again.")
def intake(
    place: Path, source: str, edition: str, sender: str, received: datetime | None, key_file: Path | None, new_key: bool
) -> None:
    """Take identified files in from outside, as pseudonyms (data/deliveries)."""
    from datetime import date

    from likvard.intake.run import take_in
    from likvard.intake.told import tell
    from likvard.workspace import Workspace

    outcome = take_in(
        Workspace.find(),
        place,
        source,
        edition,
        on=received.date() if received else date.today(),  # noqa: DTZ011 – the day at the desk
        sender=sender,
        key_file=key_file,
        new_key=new_key,
    )
    tell(outcome, click.echo)


@likvard.command()
@click.argument("place", metavar="FOLDER_OR_FILE", type=click.Path(path_type=Path))
@click.option("--source", required=True, metavar="NAME", help="The mapping that the files follow.")
@click.option("--edition", required=True, metavar="ID", help="The delivery that the files belong to, such as 2026Q3.")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), help="A folder outside the workspace.")
@click.option(
    "--key", "key_file", type=click.Path(path_type=Path), help="The file with the key; by default LIKVARD_KEY_FILE."
)
def reply(place: Path, source: str, edition: str, folder: Path, key_file: Path | None) -> None:
    """Write to the senders what the gate found, with the rows of their own files (an inbox that intake has read)."""
    from likvard.intake.reply import reply as written
    from likvard.language import Language
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    language = Language(read_params(workspace.params).language)
    books, others = written(workspace, place, source, edition, folder, language, key_file)
    for file in others:
        click.echo(f"reply: {file} is not the file that was taken in; its rows are those of our copy.")
    for book in books:
        click.echo(f"reply: {book} is written.")
    if not books:
        click.echo("reply: no row is at fault; there is nothing to write.")


@likvard.command("new-key")
@click.argument("file", type=click.Path(path_type=Path))
def new_key(file: Path) -> None:
    """Write a new key for pseudonyms to FILE, outside the workspace, for its owner alone."""
    from likvard.errors import WorkspaceError
    from likvard.intake.key import new_key as make
    from likvard.workspace import Workspace

    try:
        workspace: Workspace | None = Workspace.find()
    except WorkspaceError:
        workspace = None
    click.echo(
        f"The key is written; its check value is {make(workspace, file).check_value}. Keep a copy where passwords are kept."
    )


@likvard.command()
def ingest() -> None:
    """Deliveries become typed tables under contract (data/staged)."""
    from likvard.ingest.run import run

    _stage(run)


@likvard.command()
def validate() -> None:
    """Check the staged tables against their contracts; the gate (data/quality)."""
    from likvard.validate.run import run

    _stage(run)


@likvard.command()
def prepare() -> None:
    """Link the tables: pupil, school and area by period (data/prepared)."""
    from likvard.prepare.run import run

    _stage(run)


@likvard.command()
@ON_A_CLUSTER
def indicators(scheduler: str | None) -> None:
    """Compute every indicator for every unit, group and period (data/indicators)."""
    from likvard.indicators.run import run

    _stage(run, scheduler=scheduler)


@likvard.command()
@click.option(
    "--preview",
    type=click.Choice(PROFILES),
    help="Write nothing: tell what this profile would cost beside the chosen one.",
)
@ON_A_CLUSTER
def protect(preview: str | None, scheduler: str | None) -> None:
    """Hold back what could point at a person; the rest is released (data/released)."""
    from likvard.protect.run import run

    _stage(run, preview=preview, scheduler=scheduler)


@likvard.command()
@click.option(
    "--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Build only this kind (may be repeated)."
)
@click.option("--only", multiple=True, metavar="ID", help="Build only this school or area (may be repeated).")
@click.option("--force", is_flag=True, help="Build reports also where nothing they are made from has changed.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many reports to build at a time; all cores by default.")
@ON_A_CLUSTER
def report(kinds: tuple[str, ...], only: tuple[str, ...], force: bool, jobs: int | None, scheduler: str | None) -> None:
    """Build the reports, HTML and PDF (reports/<edition>/<kind>)."""
    from likvard.report.run import run

    _stage(run, kinds=kinds or KINDS, only=only, force=force, jobs=jobs, scheduler=scheduler)


@likvard.command()
def index() -> None:
    """Write the page that lists all reports (reports/<edition>/index.html)."""
    from likvard.report.contents_page import run

    _stage(run)


@likvard.command()
@click.option("--only", multiple=True, metavar="ID", help="Make only this school's or area's pack (may be repeated).")
@click.option("--jobs", type=click.IntRange(min=1), help="How many areas to make at a time; all cores by default.")
def pack(only: tuple[str, ...], jobs: int | None) -> None:
    """Make the material for meetings: agenda, pages, slides, decisions (reports/<edition>/meeting)."""
    from likvard.report.meeting.run import run

    _stage(run, only=only, jobs=jobs)


@likvard.command()
@click.option("--meeting", type=click.DateTime(["%Y-%m-%d"]), help="The day of a meeting, such as 2026-11-24.")
def calendar(meeting: datetime | None) -> None:
    """Show which source is fresh when, and which data a meeting can have before it."""
    from likvard.params import read_params
    from likvard.report.calendar_page import told
    from likvard.report.released import released_in
    from likvard.report.view import open_report
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    released = released_in(workspace.made_by("protect", workspace.released))
    report = open_report("overview", "all", language=read_params(workspace.params).language, released=released)
    click.echo(told(report, meeting.date() if meeting else None))


@likvard.command()
def publish() -> None:
    """Note in the ledger (reports/published) that the edition goes out; `likvard release publish` does it too."""
    from likvard.protect.publish import run

    _stage(run)


@likvard.group()
def demo() -> None:
    """Write a workspace with data that anyone may see."""


@demo.command("exempelkommun")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--schools", type=click.IntRange(min=7), default=30, show_default=True, help="How many schools.")
@click.option(
    "--pupils", type=click.IntRange(min=100), default=12_000, show_default=True, help="About how many pupils."
)
@click.option("--seed", type=int, help="Another seed than the demo's own gives another municipality.")
def exempelkommun(folder: Path, schools: int, pupils: int, seed: int | None) -> None:
    """A municipality that does not exist: FOLDER becomes a workspace with its deliveries of twelve quarters."""
    from likvard.demo.exempelkommun import lay_out
    from likvard.workspace import Workspace

    lay_out(folder, Workspace.find(), schools, pupils, seed)


@demo.command("sverige")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--exports",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    required=True,
    help="A folder with Skolverket's exports, or one of them (may be repeated).",
)
def sverige(folder: Path, exports: tuple[Path, ...]) -> None:
    """All of Sweden from Skolverket's exports: FOLDER becomes a workspace with every municipality and school in them."""
    from likvard.demo.sverige import lay_out
    from likvard.workspace import Workspace

    lay_out(folder, Workspace.find(), list(exports))


likvard.add_command(fetch)
for act in (*OF_AUDIT, *OF_RELEASE):
    likvard.add_command(act)


def _stage(run: Callable[..., None], **options: Any) -> None:
    """Run one stage on the workspace around the current directory."""
    from likvard.params import read_params
    from likvard.workspace import Workspace

    workspace = Workspace.find()
    run(workspace, read_params(workspace.params), **options)


def _run() -> None:
    """Nothing; the command has run, and what it had to say is said. Errors: ``CannotWriteError`` where that has no room."""
    from likvard.errors import CannotWriteError

    try:
        likvard(standalone_mode=False)
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still to be said has nowhere to go
        raise CannotWriteError(
            f"Cannot write what is to be said: {error.strerror}.",
            advice="make room, or send the output elsewhere, and run the same command again.",
        ) from error


def main() -> None:
    """The console script: errors become messages with their own exit codes."""
    from likvard.errors import LikvardError

    debug = "--debug" in sys.argv[1:]
    try:
        _run()
    except LikvardError as error:
        if debug:
            raise
        click.echo(f"likvard: {error}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        if debug:
            raise
        # What is cut off in the middle of its making may complain when it is cleared away; nobody can do anything about that.
        sys.unraisablehook = lambda _: None
        click.echo(
            "likvard: interrupted. What was finished is kept and nothing is half-written; run the same command to go on.",
            err=True,
        )
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:  # a fault in likvard itself: say so, and how to show it to its developers
        if debug:
            raise
        click.echo(
            f"likvard: something unexpected went wrong ({type(error).__name__}).\n"
            "What to do: run the same command with --debug before its name and send the traceback to the developers; read it "
            "first, as it may hold values from the data.",
            err=True,
        )
        sys.exit(1)
