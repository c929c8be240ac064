"""An auditor's ten questions about an edition, each with its answer, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from likvard.audit.log import Entry, entries_of
from likvard.audit.record import Version, read_record
from likvard.audit.trace import Step, commit_in_words
from likvard.audit.verify import PACK, Verdict, verify
from likvard.language import Language
from likvard.report.periods import period_tick
from likvard.report.style import content_policy, page_template, style_sheet
from likvard.workspace import Workspace

MOST_FAULTS = 10


def ten_answers(workspace: Workspace, version: Version, language: Language) -> list[Step]:
    """The ten questions with their answers, in the order in which auditors ask them. Errors: ``AlteredError``."""
    record = read_record(workspace, version).predicate
    # As an auditor types it: of a pack she knows the file, of a workspace the version.
    asked = "pack.zip" if (workspace.root / PACK).is_file() else version.name
    entries = [one for one in entries_of(workspace) if one.edition == version.edition]
    return [
        _rows(record, asked, language),
        _checks(record, language),
        _overridden(record, language),
        _code(record, language),
        _parameters(record, language),
        _software(record, language),
        _hidden(record, language),
        _received(entries, version, language),
        _altered(verify(workspace, version), language),
        _rebuilt(workspace, asked, record, language),
    ]


def as_page(answers: list[Step], version: Version, record: Mapping[str, Any], signer: str, language: Language) -> str:
    """The answers as one self-contained HTML page."""
    return page_template("answers.html.j2").render(
        answers=answers,
        version=version.name,
        municipality=record["municipality"],
        edition_label=period_tick(version.edition, language),
        made=record["made"],
        signer=signer,
        language=language.code,
        text=language.text,
        style=style_sheet(),
        policy=content_policy(style_sheet()),
    )


def _rows(record: Mapping[str, Any], asked: str, language: Language) -> Step:
    say = language.text
    facts = []
    for name, about in record["deliveries"].items():
        origin = about["origin"]
        sender = origin.get("sender") or origin.get("publisher") or say("sender not recorded")
        facts.append((name, say("{count} files from {sender}", count=len(about["sha256"]), sender=sender)))
    facts.append((say("Look closer"), f"likvard trace FIGURE_ID --edition {asked}"))
    return Step("rows", say("Which rows do the figures rest on?"), tuple(facts))


def _checks(record: Mapping[str, Any], language: Language) -> Step:
    say, checks = language.text, record["checks"]
    counts = {key: language.number(value) for key, value in checks["counts"].items()}
    told = say(
        "{passed} of {checks} passed; errors: {errors}; warnings: {warnings}; let through: {waived}",
        **{"waived": "0", **counts},
    )
    failed = tuple((one["check"], one["message"]) for one in checks["failed"])
    return Step("checks", say("Which checks were made?"), ((say("Checks"), told), *failed))


def _overridden(record: Mapping[str, Any], language: Language) -> Step:
    say = language.text
    waivers = tuple(
        (
            f"{one['check']} {one['scope']}",
            say("{who}, until {until}: {reason}", **_named(one, "who", "until", "reason")),
        )
        for one in record["checks"]["waivers"]
    )
    return Step(
        "overridden", say("Who overrode a check?"), waivers or ((say("Nobody"), say("no error was let through")),)
    )


def _code(record: Mapping[str, Any], language: Language) -> Step:
    say, code = language.text, record["code"]
    told = commit_in_words(code, say)
    return Step("code", say("Which code?"), ((say("Commit"), told), (say("SHA-256 of the source"), code["likvard"])))


def _parameters(record: Mapping[str, Any], language: Language) -> Step:
    facts = tuple((key, _in_words(value)) for key, value in record["parameters"].items())
    return Step("parameters", language.text("Which parameters?"), facts)


def _software(record: Mapping[str, Any], language: Language) -> Step:
    software = record["software"]
    facts = (("Python", f"{software['python']} ({software['system']})"), ("requirements.lock", software["lock"]))
    return Step("software", language.text("Which software?"), facts)


def _hidden(record: Mapping[str, Any], language: Language) -> Step:
    say, protection = language.text, record["protection"]
    words = {
        "shown": say("shown"),
        "held_back": say("held back: too few persons, or it would tell another figure that is held back"),
        "rounded": say("rounded"),
        "missing": say("not reported"),
        "not_applicable": say("does not apply"),
        "not_yet": say("not there yet"),
    }
    counts = protection["figures"]
    named = [*(one for one in words if one in counts), *(one for one in counts if one not in words)]
    counted = tuple((words.get(one, one), say("{count} figures", count=language.number(counts[one]))) for one in named)
    rules = ", ".join(f"{key} {value}" for key, value in protection["rules"].items())
    return Step("hidden", say("What was hidden, and why?"), (*counted, (say("Rules"), rules)))


def _received(entries: list[Entry], version: Version, language: Language) -> Step:
    say = language.text
    facts = [
        (_day(one), say("{who} to {recipient}: {count} reports", who=one.who, recipient=one.facts.get("recipient", ""),
                        count=len(one.facts.get("reports", []))))
        for one in entries
        if one.kind == "distribute" and one.facts.get("version") == version.number
    ]  # fmt: skip
    acts = {
        "review": say("reviewed"),
        "approve": say("approved"),
        "publish": say("published"),
        "correct": say("corrected"),
        "withdraw": say("withdrawn"),
    }
    facts += [
        (_day(one), say("{act} by {who}", act=acts[one.kind], who=one.who))
        for one in entries
        if one.kind in acts and one.facts.get("version") == version.number
    ]
    nobody = (say("Nobody"), say("nothing of it was sent or approved"))
    return Step("received", say("Who approved it, and who received it?"), tuple(sorted(facts)) or (nobody,))


def _altered(verdict: Verdict, language: Language) -> Step:
    say = language.text
    if not verdict.found:
        count = language.number(sum(verdict.checked.values()))
        facts = [(say("No"), say("{count} files are as they were signed", count=count))]
    else:
        facts = [(say("Yes"), one.text()) for one in verdict.found[:MOST_FAULTS]]
    facts += [(say("Signed by"), f"{key.person} ({key.keyid})") for key in verdict.signers]
    return Step("altered", say("Was anything altered?"), tuple(facts))


def _rebuilt(workspace: Workspace, asked: str, record: Mapping[str, Any], language: Language) -> Step:
    say = language.text
    first = next((one["path"] for one in record["artefacts"] if one["kind"] == "manifest"), "")
    name = first.split("/", 2)[-1].removesuffix(".manifest.json")
    in_pack = (workspace.root / PACK).is_file()
    facts = [
        (say("Try it"), f"likvard rebuild {name} --edition {asked}"),
        (
            say("It needs"),
            say("the commit and the software above, and what was released, which lies beside the record"),
        ),
    ]
    if in_pack:
        facts.append((say("Here"), say("this is an audit pack: reports can be rebuilt, but not from the deliveries")))
    return Step("rebuilt", say("Can it be rebuilt?"), tuple(facts))


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_in_words(one)}" for key, one in value.items())
    return str(value)


def _named(content: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: content[name] for name in names}


def _day(entry: Entry) -> str:
    return entry.time.replace("T", " ").removesuffix("Z") + " UTC"
