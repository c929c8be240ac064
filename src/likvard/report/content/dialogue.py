"""What a meeting talks about."""

from __future__ import annotations

from likvard.report.content.findings import key_messages
from likvard.report.exhibit import Messages, Nothing
from likvard.report.view import Report

LIST_OF_FINDINGS = "../messages.html"


def messages(report: Report) -> Messages | Nothing:
    """The key messages of the unit, each with how certain it is and a question for the dialogue."""
    words = certainty_words(report)
    items = tuple(
        (one.certainty, words[one.certainty], one.text, one.ask, one.figure_id) for one in key_messages(report)
    )
    if not items:
        return Nothing()
    return Messages("messages", items, report.say("How the messages are chosen"), LIST_OF_FINDINGS)


def certainty_words(report: Report) -> dict[str, str]:
    """The word for each certainty of a message."""
    say = report.say
    return {"clear": say("Clear"), "uncertain": say("Uncertain"), "unknown": say("Cannot be told")}
