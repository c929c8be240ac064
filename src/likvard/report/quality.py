"""The quality report: what was checked, what was found, who let what through and who has reported, on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from likvard.language import Language
from likvard.report.exhibit import Cell, Exhibit, Prose, Table
from likvard.report.fragments import part_html
from likvard.report.heat_strip import heat_strip
from likvard.report.periods import period_tick
from likvard.report.style import content_policy, page_template, style_sheet

MOST_SCHOOLS = 100
STATUS_OF = {"few": "too_few", "not_due": "not_applicable"}


def render_quality(
    page: Mapping[str, Any], language: Language, municipality: str, links: Sequence[tuple[str, str]] = ()
) -> str:
    """The page as one self-contained HTML file. ``page`` is what the stage ``validate`` leaves in ``page.json``.

    ``links`` are (label, relative address) of pages beside it.
    """
    exhibits = [coverage(one, language) for one in page["coverage"] if one["schools"]]
    return page_template("quality.html.j2").render(
        page=page,
        badge={"passed": "passed", "warnings": "warnings", "failed": "waived"}[page["status"]],
        edition_label=period_tick(page["edition"], language),
        municipality=municipality,
        verdict=verdict(page["status"], page["counts"], language),
        found=sorted((one for one in page["found"] if one["result"] == "failed"), key=lambda one: str(one["severity"])),
        waived=[(one, _message(page, one["check"])) for one in page["waivers"]],
        severity={"error": language.text("error"), "warning": language.text("warning")},
        coverage=[part_html(exhibit.payload(), language) for exhibit in exhibits],
        language=language.code,
        text=language.text,
        number=language.number,
        links=links,
        style=style_sheet(),
        policy=content_policy(style_sheet()),
    )


def verdict(status: str, counts: Mapping[str, int], language: Language) -> str:
    """What all checks together say, in a sentence."""
    say = language.text
    checks = language.number(counts.get("checks", 0))
    warnings, waived = counts.get("warnings", 0), counts.get("waived", 0)
    if status == "failed":
        return say(
            "{errors} of {checks} checks found errors, so no reports are built.", errors=counts["errors"], checks=checks
        )
    if status == "passed":
        return say("All {count} checks passed.", count=checks)
    if waived:
        return say(
            "Passed; warnings: {warnings} of {count} checks; errors that were let through: {waived}.",
            warnings=warnings,
            count=checks,
            waived=waived,
        )
    return say("Passed; warnings: {warnings} of {count} checks.", warnings=warnings, count=checks)


def _message(page: Mapping[str, Any], check: str) -> str:
    return next((str(one["message"]) for one in page["found"] if one["check"] == check), "")


def coverage(one: Mapping[str, Any], language: Language) -> Exhibit | Prose:
    """Who has reported what: a box per school and period, in the order of the alphabet.

    Of more schools than a page holds, only those that lack something; a sentence where there are none such.
    """
    say = language.text
    words = class_words(language)
    schools = sorted(one["schools"], key=lambda school: (language.sort_key(school["name"]), school["id"]))
    drawn = schools
    if len(schools) > MOST_SCHOOLS:
        drawn = [school for school in schools if {"partly", "nothing"} & set(school["reported"])][:MOST_SCHOOLS]
    if not drawn:
        words_for_all = say(
            "{title}: all {count} schools have reported in full.", title=one["title"], count=len(schools)
        )
        return Prose((words_for_all,))
    periods = [period_tick(period, language) for period in one["periods"]]
    there = {mark for school in drawn for mark in school["reported"]}
    counts = {mark: sum(school["reported"].count(mark) for school in schools) for mark in words}
    rows = tuple(
        (Cell(school["name"]), *(Cell(words[mark], STATUS_OF.get(mark, "shown")) for mark in school["reported"]))
        for school in drawn
    )
    caption = say(
        "{full} means at least {share} of what the school should report that period, {partly} less than that.",
        full=words["full"].capitalize(),
        partly=words["partly"],
        share=language.percent(one["share"]),
    )
    if len(drawn) < len(schools):
        caption += " " + say(
            "Of {all} schools only {drawn} that lack something are drawn.", all=len(schools), drawn=len(drawn)
        )
    identity = f"coverage-{one['rule']}".replace("_", "-")
    return Exhibit(
        id=identity,
        title=one["title"],
        question=say("Has every school reported what the figures rest on?"),
        caption=caption,
        alt=say(
            "{title}: a box for each of {schools} schools and {periods} periods. {full} full, {partly} partly, {nothing} nothing.",
            title=one["title"],
            schools=len(drawn),
            periods=len(periods),
            full=counts["full"],
            partly=counts["partly"],
            nothing=counts["nothing"],
        ),
        source="",
        table=Table((say("School"), *periods), rows, one["title"]),
        svg=heat_strip(
            [school["name"] for school in drawn],
            periods,
            [school["reported"] for school in drawn],
            [(mark, word) for mark, word in words.items() if mark in there or mark in ("full", "partly", "nothing")],
        ),
    )


def class_words(language: Language) -> dict[str, str]:
    """What a box in the picture stands for."""
    return {
        "full": language.text("full"),
        "partly": language.text("partly"),
        "nothing": language.text("nothing reported"),
        "few": language.text("too few pupils to tell"),
        "not_due": language.text("not due"),
    }
