"""The page that says how key messages are chosen: the public list of findings, with every rule in words."""

from __future__ import annotations

from likvard.indicators.findings import Finding, Sentences
from likvard.lineage.version import code_version
from likvard.report.content.dialogue import certainty_words
from likvard.report.content.findings import FEWEST, MOST
from likvard.report.meta import kind_name
from likvard.report.style import content_policy, page_template, style_sheet
from likvard.report.view import Report


def render_messages_page(overview: Report, edition_label: str) -> str:
    """The page of an edition; rules about indicators that the edition does not have are left out."""
    say, language = overview.say, overview.language
    findings = [Finding.model_validate(one) for one in overview.released.edition["findings"]]
    told = [one for one in findings if set(one.indicators) & set(overview.definitions)]
    return page_template("messages.html.j2").render(
        language=language.code,
        text=language.text,
        edition_label=edition_label,
        policy=content_policy(style_sheet()),
        style=style_sheet(),
        code_version=code_version(),
        paragraphs=[
            say(
                "A report begins with at most {most} messages, and at least {fewest} where that many rules find something. "
                "They are chosen by these rules alone, and nobody writes them. What stands first in the list stands first in the "
                "report. Of what a rule finds, the largest is told, and what else it holds for is named.",
                fewest=FEWEST,
                most=MOST,
            ),
            say(
                "A difference is called clear when it is at least as large as the rule asks for and its {level} interval lies on "
                "one side. No message ranks schools, blames anybody or says what is the cause of what."
            ),
        ],
        findings=[
            {
                "id": one.id,
                "title": one.title.in_language(language.code),
                "rule": rule_in_words(overview, one),
                "sentences": _sentences(overview, one.text),
                "ask": one.ask.in_language(language.code),
                "kinds": ", ".join(kind_name(kind, language, "") for kind in one.kinds),
            }
            for one in told
        ],
    )


def rule_in_words(report: Report, finding: Finding) -> str:
    """When the finding is told, as a sentence with its limits."""
    say = report.say
    limits = "; ".join(
        say("{indicator} {limit}", indicator=report.title_of(name), limit=_limit(report, finding, name, limit))
        for name, limit in finding.indicators.items()
        if name in report.definitions
    )
    lower = finding.tells == "lower"
    match finding.reads:
        case "gap":
            told = (
                say("The group lies below the group that it is compared with by at least: {limits}.", limits=limits)
                if lower
                else say(
                    "The group lies above the group that it is compared with by at least: {limits}.", limits=limits
                )
            )
        case "change":
            told = (
                say("Since the same time a year before it has fallen by at least: {limits}.", limits=limits)
                if lower
                else say("Since the same time a year before it has risen by at least: {limits}.", limits=limits)
            )
        case "beside":
            told = (
                say("The unit lies below all schools together by at least: {limits}.", limits=limits)
                if lower
                else say("The unit lies above all schools together by at least: {limits}.", limits=limits)
            )
        case _:
            told = (
                say("The figure is at most: {limits}.", limits=limits)
                if lower
                else say("The figure is at least: {limits}.", limits=limits)
            )
    return told


def _limit(report: Report, finding: Finding, indicator: str, limit: float) -> str:
    if finding.reads != "level":
        return report.difference(indicator, limit).removeprefix("+")
    if finding.measure != "level":
        return report.language.percent(limit)
    return report.written(indicator, limit)


def _sentences(report: Report, text: Sentences) -> list[tuple[str, str]]:
    """Each sentence with the word for its certainty; what is filled in stands in its place."""
    filled = {
        "unit": report.say("the unit"),
        "whole": report.unit.name,
        "subject": "…",
        "group": "A",
        "reference": "B",
        "size": "…",
        "interval": "…",
        "value": "…",
        "period": "…",
    }
    found = (("clear", text.clear), ("uncertain", text.uncertain), ("unknown", text.unknown))
    words = certainty_words(report)
    return [
        (words[key], texts.in_language(report.language.code).format(**filled))
        for key, texts in found
        if texts is not None
    ]
