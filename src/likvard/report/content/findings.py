"""Key messages: which findings of the public list hold for a unit, how certain they are, and the few to begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from typing import Any, Literal

from likvard.indicators.findings import Finding
from likvard.indicators.record import EVERYONE, GAP, LEVEL
from likvard.report.content.frames import records, subject
from likvard.report.content.over_time import change_in_a_year
from likvard.report.content.results import one_cohort
from likvard.report.view import Report

FEWEST, MOST = 3, 7
Certainty = Literal["clear", "uncertain", "unknown"]


@dataclass(frozen=True)
class Difference:
    """What a rule looks at: a figure that is lower or higher than something, by ``value`` with an interval (NaN where it has none).

    ``level`` is the figure itself as it is written.
    """

    indicator: str
    figure_id: str
    status: str
    value: float
    low: float
    high: float
    level: str
    group: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Message:
    """One sentence that holds for the unit, how certain it is, and what to ask about it."""

    finding: str
    certainty: Certainty
    text: str
    ask: str
    figure_id: str


@lru_cache(maxsize=64)
def key_messages(report: Report) -> list[Message]:
    """Three to seven messages, the most important first: all that is clear, filled up with what is not."""
    findings = [Finding.model_validate(one) for one in report.released.edition["findings"]]
    found = [told for one in findings if report.kind in one.kinds and (told := _message(report, one)) is not None]
    clear = [one for one in found if one.certainty == "clear"][:MOST]
    others = sorted((one for one in found if one.certainty != "clear"), key=lambda one: one.certainty)
    chosen = {id(one) for one in clear + others[: max(0, FEWEST - len(clear))]}
    return [one for one in found if id(one) in chosen]


def _message(report: Report, finding: Finding) -> Message | None:
    """What the finding says of the unit; nothing where it has no figures, or nothing to tell."""
    differences = list(_LOOKED_AT[finding.reads](report, finding))
    shown = [one for one in differences if one.status == "shown"]
    clear = sorted((one for one in shown if _is_clear(finding, one)), key=lambda one: -_size(finding, one))
    code = report.language.code
    if clear:
        text = _filled(report, finding.text.clear.in_language(code), clear[0])
        more = _others(report, clear)
        return Message(finding.id, "clear", f"{text} {more}".strip(), finding.ask.in_language(code), clear[0].figure_id)
    if finding.reads == "level":
        shown = [one for one in shown if _beyond(finding, one.value, 0)]
    if shown and finding.text.uncertain:
        text = _filled(report, finding.text.uncertain.in_language(code), shown[0])
        return Message(finding.id, "uncertain", text, finding.ask.in_language(code), shown[0].figure_id)
    if differences and not shown and finding.text.unknown:
        return Message(finding.id, "unknown", finding.text.unknown.in_language(code), finding.ask.in_language(code), "")
    return None


def _is_clear(finding: Finding, one: Difference) -> bool:
    """Whether it is as large as the rule asks for, and chance alone would not give it."""
    least = 0.0 if finding.reads == "level" else finding.indicators[one.indicator]
    nearest = one.high if finding.tells == "lower" else one.low
    return _beyond(finding, one.value, least) and (isnan(nearest) or _beyond(finding, nearest, 0))


def _beyond(finding: Finding, value: float, least: float) -> bool:
    return value <= -least if finding.tells == "lower" else value >= least


def _size(finding: Finding, one: Difference) -> float:
    """How large a difference is in the measure of its rule, so that differences of several indicators can be compared."""
    return abs(one.value) / finding.indicators[one.indicator]


def _gaps(report: Report, finding: Finding) -> Iterator[Difference]:
    for indicator in report.told(*finding.indicators):
        for group_by, groups in report.released.edition["groups"].items():
            rows = report.table(indicator, GAP, group_by, units=(report.unit,))
            reference = report.group_title(group_by, groups["reference"])
            for row in records(rows):
                if row.group in groups["titles"]:
                    group = report.group_title(group_by, row.group)
                    yield _difference(row, row.value, row.low, row.high, group=group, reference=reference)


def _changes(report: Report, finding: Finding) -> Iterator[Difference]:
    for indicator in () if one_cohort(report) else report.told(*finding.indicators):
        for row in change_in_a_year(report, indicator):
            yield _difference(row, row.value, row.low, row.high)


def _beside(report: Report, finding: Finding) -> Iterator[Difference]:
    for indicator in report.told(*finding.indicators):
        rows = list(records(report.table(indicator, units=(report.unit, report.compared[-1]))))
        whole = next((row for row in rows if row.name != report.unit.name), None)
        if whole is None or whole.status != "shown":
            continue
        middle = float(whole.value)
        for row in rows:
            if row.name != report.unit.name:
                continue
            level = report.written(indicator, row.value) if row.status == "shown" else ""
            yield _difference(row, row.value - middle, row.low - middle, row.high - middle, level)


def _levels(report: Report, finding: Finding) -> Iterator[Difference]:
    for indicator in report.told(*finding.indicators):
        limit = finding.indicators[indicator]
        grouped = report.definitions[indicator]["kind"] == "composition"
        for group_by in report.released.edition["groups"] if grouped else (EVERYONE,):
            for row in records(report.table(indicator, finding.measure, group_by, units=(report.unit,))):
                group = report.group_title(group_by, row.group) if grouped else ""
                level = _written(report, finding, row) if row.status == "shown" else ""
                yield _difference(row, row.value - limit, row.low - limit, row.high - limit, level, group)


def _written(report: Report, finding: Finding, row: Any) -> str:
    """A level as it is written: what measures spread is a part of a whole, whatever the indicator is measured in."""
    return report.written(row.indicator, row.value) if finding.measure == LEVEL else report.language.percent(row.value)


_LOOKED_AT: dict[str, Callable[[Report, Finding], Iterator[Difference]]] = {
    "gap": _gaps,
    "change": _changes,
    "beside": _beside,
    "level": _levels,
}


def _difference(
    row: Any, value: float, low: float, high: float, level: str = "", group: str = "", reference: str = ""
) -> Difference:
    return Difference(row.indicator, row.figure_id, row.status, value, low, high, level, group, reference)


def _others(report: Report, clear: list[Difference]) -> str:
    """What else the sentence holds for; nothing where it holds for the first alone."""
    names = [report.say("“{name}”", name=one.group) if one.group else _lowered(report, one) for one in clear]
    others = [name for name in dict.fromkeys(names) if name != names[0]]
    return report.say("The same holds for {names}.", names=report.language.listed(others)) if others else ""


def _filled(report: Report, sentence: str, one: Difference) -> str:
    low, high = sorted((abs(one.low), abs(one.high)))
    scale, decimals = (100 if report.is_share(one.indicator) else 1), report.definitions[one.indicator]["decimals"]
    ends = [report.language.number(end * scale, decimals) for end in (low, high)] if low == low else ["", ""]
    return sentence.format(
        unit=report.unit.name,
        whole=report.compared[-1].name,
        subject=_lowered(report, one),
        group=one.group,
        reference=one.reference,
        size=report.difference(one.indicator, abs(one.value)).removeprefix("+"),
        interval=report.say("{low} to {high}", low=ends[0], high=ends[1]),
        value=one.level,
        period=report.period_of(one.indicator),
    )


def _lowered(report: Report, one: Difference) -> str:
    """What the indicator is about, as it is written within a sentence."""
    name = subject(report, one.indicator)
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
