"""How the figures were made."""

from __future__ import annotations

from likvard.lineage.version import code_version
from likvard.report.exhibit import Definitions
from likvard.report.quality import verdict
from likvard.report.view import Report

SHORT_HASH = 12


def lineage(report: Report) -> Definitions:
    """What the report rests on: edition, deliveries, data hash, code version, checks."""
    say = report.say
    edition = report.released.edition
    return Definitions(
        "lineage",
        (
            (say("Edition"), f"{report.edition_label}, {edition['municipality']}"),
            (say("Deliveries"), ", ".join(sorted(edition["origins"]))),
            (
                say("Data"),
                say("SHA-256 of the released data that this report reads: {digest}", digest=edition["data_hash"]),
            ),
            (say("Code"), code_version()),
            (say("Checks of the data"), quality_text(report)),
            *((say("Let through"), text) for text in waiver_texts(report)),
            (
                say("Definitions"),
                ", ".join(versions_told(report)),
            ),
        ),
    )


def quality_text(report: Report) -> str:
    """The result of the data checks in one sentence."""
    quality = report.released.edition["quality"]
    return verdict(quality["status"], quality.get("counts", {}), report.language)


def waiver_texts(report: Report) -> list[str]:
    """Each error of the data that somebody has let through: the check, why, who and until when."""
    say = report.say
    return [
        say(
            "{check}: {reason} ({who}, until {until})",
            **{name: one[name] for name in ("check", "reason", "who", "until")},
        )
        for one in report.released.edition["quality"].get("waivers", [])
    ]


def statuses(report: Report) -> Definitions:
    """The words that stand in place of a figure, and what each means."""
    say = report.say
    choice = report.released.edition["disclosure"]
    if not report.released.has_own_figures:
        return Definitions("statuses", tuple(_published_meanings(report)))
    meanings = {
        "held_back": say(
            "the figure, or what is left when those counted are taken away, rests on too few pupils (fewer than {pupils}) or, "
            "about teaching, teachers (fewer than {teachers}); or it is held back because such a figure would follow from it. "
            "Which of the two, is not told",
            pupils=choice["least_pupils"],
            teachers=choice["min_teachers"],
        ),
        "missing": say("there are pupils, but none of them has this information"),
        "not_applicable": say("the unit has no such pupils that year"),
    }
    return Definitions("statuses", tuple((report.label(status), text) for status, text in meanings.items()))


def _published_meanings(report: Report) -> list[tuple[str, str]]:
    """The words in an edition where all figures are published by others."""
    say = report.say
    return [
        (
            report.label("too_few"),
            say(
                "the publisher holds the figure back: it rests on too few pupils (of a school fewer than 10, of a municipality 5)"
            ),
        ),
        (
            "~100",
            say(
                "the publisher rounds the share: one to four of the pupils are not eligible. Other values with ~ are rounded too"
            ),
        ),
        (report.label("missing"), say("the publisher has no figure for the unit and year")),
        (say("not told"), say("there is nothing to tell, for instance where no teacher of the school needs a licence")),
    ]


def told_of(report: Report) -> tuple[str, ...]:
    """The indicators that the report has figures of, and the composition of its pupils."""
    return tuple(
        name for name, found in report.definitions.items() if found["kind"] == "composition" or report.tells(name)
    )


def versions_told(report: Report) -> tuple[str, ...]:
    """The indicators of the report with their versions, by id."""
    return tuple(f"{name} v{report.definitions[name]['version']}" for name in sorted(told_of(report)))


def definitions(report: Report) -> Definitions:
    """What each indicator of the report means and who counts in it."""
    code = report.language.code
    told = [report.definitions[name] for name in told_of(report)]
    return Definitions(
        "definitions",
        tuple(
            (found["title"][code], f"{found['text'][code]} {found['counts'][code]}")
            for found in sorted(told, key=lambda found: str(found["title"][code]))
        ),
    )
