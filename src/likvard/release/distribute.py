"""One locked bundle per recipient in an outbox. Nothing is sent: that is a person's act."""

from __future__ import annotations

import csv
import io
import secrets
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from likvard.audit.envelope import digest
from likvard.audit.log import append, entries_of
from likvard.audit.pack import zipped
from likvard.audit.record import Version, versions
from likvard.audit.verify import see_that_nothing_is_altered
from likvard.errors import AccessError, ReleaseStateError
from likvard.lineage import file_hash
from likvard.release.access import Grant, grants
from likvard.report.released import Released
from likvard.workspace import Workspace, alone_with_edition, appearing, write_atomically, writing_folder

FORMS = (".html", ".pdf", ".xlsx", ".csv", ".manifest.json")


@dataclass(frozen=True)
class Bundle:
    """A locked file in the outbox: its neutral name, whose it is, and the password, where it has one."""

    name: str
    grant: Grant
    content: bytes
    password: str = ""


def distribute(
    workspace: Workspace, version: Version, who: str, only: tuple[str, ...] = (), passwords: Path | None = None
) -> list[Bundle]:
    """A bundle per recipient in ``outbox/<edition>-<version>``, each of them in the log; those of ``only`` leave the others' there.

    ``passwords`` is a new file outside the workspace that gets the passwords of locked PDFs. No bundle is in the outbox before it
    is in the log. Errors: ``AccessError``, ``ReleaseStateError``, ``AlteredError``, ``CannotWriteError``, ``LockedError``.
    """
    with alone_with_edition(workspace, version.edition):
        return _distributed(workspace, version, who, only, passwords)


def _distributed(
    workspace: Workspace, version: Version, who: str, only: tuple[str, ...], passwords: Path | None
) -> list[Bundle]:
    newest = versions(workspace, version.edition)[-1]
    if newest != version:
        raise ReleaseStateError(
            f"{version.name} has been followed by {newest.name}, and its reports are no longer here.",
            advice=f"distribute {newest.name}, when it is published.",
        )
    chosen = _chosen(grants(workspace.access, Released(version.released)), only)
    locked = [one.name for one in chosen if one.recipient.format == "pdf"]
    if locked and (passwords is None or passwords.resolve().is_relative_to(workspace.root.resolve())):
        raise AccessError(
            "Locked PDFs need a file for their passwords, outside the workspace.",
            locked,
            advice="name one with --passwords FILE, and tell each recipient hers by another way than the file goes.",
        )
    see_that_nothing_is_altered(workspace, version, "likvard distribute")
    bundles = [bundle_for(workspace, version, one) for one in chosen]
    write_atomically(workspace.root / "outbox/.gitignore", b"*\n")
    rules, outbox = file_hash(workspace.access), workspace.root / "outbox" / version.name.replace("/", "-")
    with ExitStack() as together:
        if passwords is not None:
            together.enter_context(appearing(passwords, _as_csv(bundles)))
        folder = together.enter_context(writing_folder(outbox))
        for path in _of_others(workspace, outbox, chosen) if only else ():
            shutil.copy2(path, folder)
        for one in bundles:
            write_atomically(folder / one.name, one.content)
        for one in bundles:
            facts = {
                "version": version.number,
                "recipient": one.grant.name,
                "role": one.grant.recipient.role,
                "format": one.grant.recipient.format,
                "reports": ["/".join(report) for report in one.grant.reports],
                "bundle": one.name,
                "bundle_sha256": digest(one.content),
                "access_sha256": rules,
            }
            append(workspace, "distribute", version.edition, who, facts)
    return bundles


def bundle_for(workspace: Workspace, version: Version, grant: Grant) -> Bundle:
    """The locked bundle of one recipient, with a name that says nothing."""
    contents = contents_for(workspace, version, grant)
    name = secrets.token_hex(8)
    if grant.recipient.format == "age":
        import pyrage

        key = pyrage.x25519.Recipient.from_str(grant.recipient.key)
        return Bundle(f"{name}.age", grant, pyrage.encrypt(zipped(contents), [key]))
    password = "-".join(secrets.token_hex(2) for _ in range(5))
    return Bundle(f"{name}.pdf", grant, locked_pdf(contents, grant, password), password)


def contents_for(workspace: Workspace, version: Version, grant: Grant) -> dict[str, bytes]:
    """The files of the recipient's reports and of no others, by name."""
    folder = workspace.reports(version.edition)
    paths = [folder / kind / f"{unit_id}{form}" for kind, unit_id in grant.reports for form in FORMS]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def locked_pdf(contents: dict[str, bytes], grant: Grant, password: str) -> bytes:
    """The first report as a PDF, locked with AES-256; everything else is attached inside."""
    import pikepdf

    kind, unit_id = grant.reports[0]
    first = f"{kind}/{unit_id}.pdf"
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(contents[first])) as document:
        for name, content in contents.items():
            if name != first:
                document.attachments[name.replace("/", "-")] = pikepdf.AttachedFileSpec(
                    document,
                    content,
                    filename=name.replace("/", "-"),
                    description="",
                    mime_type="",
                    creation_date="",
                    mod_date="",
                )
        lock = pikepdf.Encryption(owner=secrets.token_hex(16), user=password, R=6, allow=pikepdf.Permissions())
        document.save(stream, encryption=lock)
    return stream.getvalue()


def _chosen(all_: list[Grant], only: tuple[str, ...]) -> list[Grant]:
    from likvard.errors import unknown

    known = [one.name for one in all_]
    strange = [unknown("the recipient", name, known) for name in only if name not in known]
    if strange:
        raise AccessError("access.yaml has no such recipient.", strange, advice="name one that it has.")
    return [one for one in all_ if not only or one.name in only]


def _of_others(workspace: Workspace, outbox: Path, chosen: list[Grant]) -> list[Path]:
    """The bundles in the outbox that were made before for others, as the log says."""
    made_for = {
        one.facts["bundle"]: one.facts["recipient"] for one in entries_of(workspace) if one.kind == "distribute"
    }
    others = set(made_for.values()) - {one.name for one in chosen}
    return [path for path in sorted(outbox.glob("*")) if made_for.get(path.name) in others]


def _as_csv(bundles: list[Bundle]) -> bytes:
    """The passwords of the bundles that have one."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\n")
    lines.writerow(["bundle", "recipient", "password"])
    lines.writerows([one.name, one.grant.name, one.password] for one in bundles if one.password)
    return text.getvalue().encode()
