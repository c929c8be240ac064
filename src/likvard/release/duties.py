"""Drafts for the data protection officer, written from configuration: the article 30 record, a DPIA, the table of measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from likvard.contracts import read_delivered
from likvard.language import Language
from likvard.params import Params
from likvard.release.access import Access
from likvard.release.processing import Processing
from likvard.workspace import Workspace


def pages(
    workspace: Workspace, params: Params, processing: Processing, access: Access | None, language: Language
) -> dict[str, str]:
    """The text of each page (Markdown) by its file name. Errors: ``ContractError``."""
    classes = fields_by_class(workspace, params)
    return {
        "article-30.md": article_30(params, processing, access, classes, language),
        "dpia-draft.md": dpia(params, processing, classes, language),
        "measures.md": measures(params, processing, access, language),
    }


def fields_by_class(workspace: Workspace, params: Params) -> dict[str, list[str]]:
    """The columns of the delivered tables, by their class in the contract; a class without columns is left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for table in read_delivered(workspace.contracts, params.source).delivered.values():
        for field in table.fields.values():
            found[str(field.data_class)].append(f"{table.name}.{field.name}")
    return dict(found)


def article_30(
    params: Params, processing: Processing, access: Access | None, classes: Mapping[str, list[str]], language: Language
) -> str:
    """The record of processing activities (article 30.1), letter by letter."""
    say, kept = language.text, processing.retention
    rows = [
        (say("Controller"), f"{processing.controller.name}, {processing.controller.contact}"),
        (
            say("Data protection officer"),
            f"{processing.data_protection_officer.name}, {processing.data_protection_officer.contact}",
        ),
        (say("Purposes"), "; ".join(processing.purposes)),
        (say("Legal basis"), processing.legal_basis),
        (say("Whose data"), say("pupils, as pseudonyms; staff, as counts")),
        *((say("Data, {kind}", kind=kind), ", ".join(names)) for kind, names in classes.items()),
        (say("Special categories"), processing.special_categories or say("none is stated")),
        (
            say("Recipients"),
            ", ".join(sorted({one.role for one in access.recipients.values()})) if access else say("none"),
        ),
        (say("Transfers outside the EU"), processing.transfers_outside_eu or say("none")),
        (
            say("Erasure"),
            say(
                "deliveries after {deliveries} days, reports after {reports}, what was sent after {outbox}",
                deliveries=kept.deliveries,
                reports=kept.reports,
                outbox=kept.outbox,
            ),
        ),
        (say("Security"), say("see the table of measures")),
    ]
    return _page(
        say("Record of processing activities (article 30)"), params, _table(rows, say("What"), say("Stated")), language
    )


def dpia(params: Params, processing: Processing, classes: Mapping[str, list[str]], language: Language) -> str:
    """A draft of the data protection impact assessment (article 35.7): people must judge it and complete it."""
    say = language.text
    sensitive = classes.get("sensitive", [])
    parts = [
        say("This is a draft from configuration. Whether the risk can be borne is a judgement that people make."),
        _heading(say("The processing and its purposes")) + "\n".join(f"- {one}" for one in processing.purposes),
        _heading(say("Necessity")) + processing.legal_basis,
        _heading(say("Risks"))
        + _table(
            [
                (
                    say("Somebody recognises a pupil in a table"),
                    say("no figure rests on fewer than {pupils} pupils", pupils=params.disclosure.min_count),
                ),
                (say("A pupil is recognised in the data"), say("pseudonyms, whose key lies outside the workspace")),
                (say("A pupil with protected identity is found"), say("such pupils never enter the workspace")),
                (
                    say("Sensitive columns are used for something else"),
                    ", ".join(sensitive) if sensitive else say("no column is classed as sensitive"),
                ),
                (say("A report reaches the wrong person"), say("one locked bundle per recipient; deny by default")),
                (say("Figures are altered"), say("signed records, and a log that cannot be changed unseen")),
            ],
            say("Risk"),
            say("Measure"),
        ),
        _heading(say("Reference")) + (processing.dpia or say("not yet registered")),
    ]
    return _page(say("Data protection impact assessment (draft)"), params, "\n\n".join(parts), language)


def measures(params: Params, processing: Processing, access: Access | None, language: Language) -> str:
    """The technical and organisational measures (article 32), each with where it is set."""
    say = language.text
    rows = [
        (say("Smallest number of pupils behind a figure"), str(params.disclosure.min_count), "params.yaml"),
        (say("Smallest number of teachers behind a figure"), str(params.disclosure.min_teachers), "params.yaml"),
        (say("Pseudonyms"), say("HMAC with a key of 256 bits outside the workspace"), "likvard intake"),
        (say("Protected identities"), say("left out at intake"), "likvard intake"),
        (say("Two persons"), say("who reviews cannot approve"), "likvard release"),
        (say("Recipients"), str(len(access.recipients)) if access else say("none"), "access.yaml"),
        (say("Locked bundles"), "age (X25519); PDF, AES-256", "likvard distribute"),
        (say("Signatures"), "Ed25519, DSSE, in-toto", "likvard record"),
        (say("Erasure"), say("{days} days for deliveries", days=processing.retention.deliveries), "processing.yaml"),
    ]
    return _page(say("Table of measures"), params, _table(rows, say("Measure"), say("Stated"), say("Where")), language)


def _page(title: str, params: Params, text: str, language: Language) -> str:
    made = language.text("Made by likvard from the configuration of {edition}.", edition=params.edition)
    return f"# {title}\n\n{params.municipality}. {made}\n\n{text}\n"


def _heading(title: str) -> str:
    return f"## {title}\n\n"


def _table(rows: list[Any], *heading: str) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "/") for cell in line) + " |" for line in lines)
