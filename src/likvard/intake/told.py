"""What intake says: to the person at the desk, and to the sender in Swedish and English."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from likvard.errors import DeliveryRefusedError, WaiverNeededError
from likvard.intake.finding import Finding
from likvard.intake.run import Outcome, scope_of
from likvard.language import Language
from likvard.waivers import stated

MOST_LINES = 60


def tell(outcome: Outcome, show: Callable[[str], None]) -> None:
    """Nothing; ``show`` has had every line for the person at the desk, and what to write to the sender in both languages.

    Errors: ``DeliveryRefusedError`` and ``WaiverNeededError`` where not everything was taken in.
    """
    for line in lines(outcome, Language("en")):
        show(f"intake: {line}")
    for code, title in (("sv", "Till avsändaren:"), ("en", "To the sender:")):
        asked = letter(outcome, Language(code))
        if asked:
            show("\n".join(["", title, *(f"  - {line}" for line in asked)]))
    error = error_of(outcome)
    if error is not None:
        raise error
    state = "is taken in; run `likvard build`" if outcome.changed else "is as it was, nothing was changed"
    show(f"intake: the delivery {outcome.edition} {state}.")


def lines(outcome: Outcome, language: Language) -> Iterator[str]:
    """What became of every file, one line each, and below it what was mended, left out or is worth knowing."""
    for findings in outcome.findings:
        name = findings.file
        if name in outcome.taken:
            yield language.text(
                "{file}: taken in, {count} rows.", file=name, count=language.number(outcome.taken[name])
            )
        elif name in outcome.waiting:
            yield language.text("{file}: waits for a confirmation.", file=name)
        elif findings.refused:
            yield language.text("{file}: refused.", file=name)
        told = findings.found if not findings.refused else findings.of("refuse", "quarantine")
        for one in told[:MOST_LINES]:
            yield f"  {one.line(language)}"
    for name in outcome.kept:
        yield language.text("{file}: kept as it was taken in before.", file=name)


def letter(outcome: Outcome, language: Language) -> list[str]:
    """What to ask the sender for: the files that were refused or left rows behind, each with its place and a request."""
    asked = [one for findings in outcome.findings for one in findings.found if one.ask(language)]
    return list(dict.fromkeys(one.line(language) for one in asked))


def error_of(outcome: Outcome) -> DeliveryRefusedError | WaiverNeededError | None:
    """The stop that the outcome asks for, or None where all was taken in."""
    language = Language("en")
    if outcome.refused:
        return DeliveryRefusedError(
            f"{len(outcome.refused)} of {len(outcome.findings)} files are refused; nothing of them was written. The others "
            "are in their place.",
            [one.line(language) for findings in outcome.refused for one in findings.of("refuse", "quarantine")],
            advice="send the lines above to the sender; when the mended file has come, run the same command again.",
        )
    waiting: list[Finding] = [one for found in outcome.waiting.values() for one in found]
    if waiting:
        return WaiverNeededError(
            f"{len(outcome.waiting)} files are unlike the last delivery and wait for a confirmation; the others are in place.",
            [f"{one.line(language)}\n    {stated(one.code, scope_of(one, outcome.edition))}" for one in waiting],
            advice="ask the sender; if it is right all the same, add the line to data/waivers.yaml and run the same command again.",
        )
    return None
