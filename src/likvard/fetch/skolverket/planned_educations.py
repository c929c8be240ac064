"""Planned Educations v4: statistics, SALSA and Skolenkäten as figures; values are texts with a reason code.

The descriptions are those of the API's own OpenAPI document. Responses come as ``{"status", "message", "body"}``.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from likvard.errors import CodesError, ColumnsError, FileUnreadableError, SourceUnavailableError
from likvard.fetch.delivery import Fetched, origin_of, receipt, table_of
from likvard.fetch.figure import FIGURE_COLUMNS, NOT_STATED, STATED
from likvard.fetch.skolverket.marks import published_value, unread_marks, unread_reason, with_reason
from likvard.fetch.skolverket.measures import (
    SALSA,
    STATISTICS,
    SURVEY_INDICES,
    Measure,
    survey_answers,
    survey_measure,
)
from likvard.fetch.web import Web

SOURCE = "skolverket_planned_educations_v4"
ACCEPT = "application/vnd.skolverket.plannededucations.api.v4.hal+json"
LONG_COLUMNS = ["school_unit_code", "time_period", "measure", "value", "value_type"]
MOST_UNPACKED_BYTES = 512 * 2**20


class _Value(BaseModel):
    model_config = ConfigDict(extra="ignore")

    value: str | None = None
    reason: str = Field(alias="valueType")
    period: str | None = Field(default=None, alias="timePeriod")


def figures_of_statistics(body: dict[str, Any]) -> pd.DataFrame:
    """All figures in the body of ``/school-units/{code}/statistics/gr``.

    Errors: ``SourceUnavailableError`` where the body is not of the form; ``CodesError`` for an unknown reason code.
    """
    code = str(body.get("schoolUnit") or "")
    return _figures(
        (code, STATISTICS[name], value)
        for name, values in body.items()
        if name in STATISTICS and isinstance(values, list)
        for value in _values(name, values)
    )


def figures_of_salsa(body: dict[str, Any]) -> pd.DataFrame:
    """All figures in the body of ``/statistics/all-schools/salsa``, whose period stands once for all.

    Errors: as for ``figures_of_statistics``.
    """
    period = str(body.get("timePeriod") or "")
    rows = body.get("compulsorySchoolUnitSalsaMetricList") or []
    return _figures(
        (str(row["schoolUnitCode"]), SALSA[name], value.model_copy(update={"period": period}))
        for row in rows
        for name, raw in row.items()
        if name in SALSA and raw is not None
        for value in _values(name, [raw])
    )


def figures_of_survey(body: dict[str, Any], who: str = "pupil") -> pd.DataFrame:
    """The five indices (0–10) and the number of answers in the body of ``/school-units/{code}/surveys/…``.

    ``who`` is ``pupil`` or ``guardian``. The period is the semester of the survey, for instance ``VT24``. An average is
    never given where the source prints ``-``: it is ``too_few``.
    Errors: ``CodesError`` where an average is neither a number nor a known mark.
    """
    rows: list[dict[str, object]] = []
    unread: list[str] = []
    for metrics in body.get("schoolYearMetrics") or []:
        year = str(metrics.get("schoolYear") or "")
        printed = [
            (survey_measure(who, ours, year), metrics.get(f"{theirs}Average"))
            for theirs, ours in SURVEY_INDICES.items()
        ]
        for measure, text in [*printed, (survey_answers(who, year), metrics.get("noOfAnswers"))]:
            read = published_value(str(text or ""), "survey")
            if read is None:
                unread.append(f"{measure.name}: {text!r}")
                continue
            code, semester = str(metrics["schoolUnitCode"]), str(metrics.get("semester") or "")
            rows.append(_row(code, measure, semester, read.value, read.status, str(text or "")))
    if unread:
        raise unread_marks("The survey", unread)
    return table_of(rows, FIGURE_COLUMNS)


def read_long_csv(name: str, content: bytes, retrieved_at: datetime) -> Fetched:
    """The flattened statistics (one row per unit, period and measure; plain or gzip) as ``figures``.

    Errors: ``FileUnreadableError``, ``ColumnsError``, ``CodesError`` for a measure, a reason code or a mark that is
    unknown.
    """
    raw = _unpacked(name, content)
    try:
        frame = pd.read_csv(io.BytesIO(raw), dtype="string", keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError):
        raise _unreadable(name, "the file is not well-formed UTF-8 CSV") from None
    if list(frame.columns) != LONG_COLUMNS:
        raise ColumnsError(
            f"{name} does not have the columns of the flattened statistics.",
            [f"expected {', '.join(LONG_COLUMNS)}; found {', '.join(map(str, frame.columns))}"],
            advice="flatten the answers again with exactly these columns.",
        )
    strange = sorted(set(frame["measure"]) - set(STATISTICS))
    if strange:
        raise CodesError(
            f"{name} has measures that we do not know.",
            strange,
            advice="add them with their unit to src/likvard/fetch/skolverket/measures.py.",
        )
    figures = _figures(
        (code, STATISTICS[measure], _Value(value=value, valueType=reason, timePeriod=period))
        for code, period, measure, value, reason in frame.itertuples(index=False)
    )
    tables = {"figures": figures}
    return Fetched(tables, origin_of(SOURCE, retrieved_at, [receipt(name, content)], tables))


def fetch_statistics(web: Web, codes: Iterable[str], retrieved_at: datetime) -> Fetched:
    """Statistics, Skolenkäten (pupils and guardians) and SALSA of the school units ``codes``, from the API itself.

    What a unit, or the server, does not have is counted in the origin under ``not_offered``.
    Errors: ``SourceUnavailableError``, ``CodesError``.
    """
    wanted = sorted(set(codes))
    frames: list[pd.DataFrame] = []
    not_offered: dict[str, int] = {}

    def take(place: str, code: str, read: Callable[[dict[str, Any]], pd.DataFrame]) -> None:
        content = web.get(place.replace("{schoolUnitCode}", code))
        if content is None:
            not_offered[place] = not_offered.get(place, 0) + 1
        else:
            frames.append(read(_body(content, place)))

    unit = "/v4/school-units/{schoolUnitCode}"
    for code in wanted:
        take(f"{unit}/statistics/gr", code, figures_of_statistics)
        take(f"{unit}/surveys/pupilsgr", code, lambda body: figures_of_survey(body, "pupil"))
        take(f"{unit}/surveys/custodiansgr", code, lambda body: figures_of_survey(body, "guardian"))
    take("/v4/statistics/all-schools/salsa", "", figures_of_salsa)
    figures = pd.concat(frames, ignore_index=True) if frames else table_of([], FIGURE_COLUMNS)
    tables = {"figures": figures[figures["school_unit_code"].isin(wanted)].reset_index(drop=True)}
    receipts = [
        replace(one, location=re.sub(r"/school-units/\d+/", "/school-units/{schoolUnitCode}/", one.location))
        for one in web.receipts
    ]
    return Fetched(tables, origin_of(SOURCE, retrieved_at, receipts, tables, not_offered=not_offered))


def _body(content: bytes, what: str) -> dict[str, Any]:
    try:
        answer = json.loads(content)
        body = answer["body"]
        if isinstance(body, dict):
            return body
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise _not_of_the_form(what, ["the answer has no body"])


def _values(name: str, values: list[Any]) -> list[_Value]:
    try:
        return [_Value.model_validate(value) for value in values]
    except ValidationError as error:
        raise _not_of_the_form(name, [f"{fault['loc']}: {fault['type']}" for fault in error.errors()]) from None


def _figures(values: Iterable[tuple[str, Measure, _Value]]) -> pd.DataFrame:
    """The values as rows of figures. Errors: ``CodesError`` with every value and reason that do not go together."""
    rows: list[dict[str, object]] = []
    unread: dict[str, None] = {}
    for code, measure, value in values:
        text = value.value or ""
        read = with_reason(text, value.reason)
        if read is None:
            unread[unread_reason(measure.name, text, value.reason)] = None
            continue
        rows.append(_row(code, measure, value.period or "", read.value, read.status, text))
    if unread:
        raise unread_marks("Planned Educations", list(unread))
    return table_of(rows, FIGURE_COLUMNS)


def _row(code: str, measure: Measure, period: str, value: float | None, status: str, text: str) -> dict[str, object]:
    return {
        "school_unit_code": code,
        "measure": measure.name,
        "period": period,
        "unit": measure.unit,
        "value": value,
        "status": status,
        "published": text,
        "period_basis": STATED if period else NOT_STATED,
        "source": SOURCE,
    }


def _unpacked(name: str, content: bytes) -> bytes:
    """The bytes of the CSV file, unpacked where it is gzip. Errors: ``FileUnreadableError``, also where too large."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            raw = stream.read(MOST_UNPACKED_BYTES + 1)
    except (OSError, EOFError, ValueError):
        raise _unreadable(name, "the gzip file is damaged") from None
    if len(raw) > MOST_UNPACKED_BYTES:
        raise _unreadable(name, f"the file unpacks to more than {MOST_UNPACKED_BYTES} bytes")
    return raw


def _unreadable(name: str, why: str) -> FileUnreadableError:
    return FileUnreadableError(
        f"{name} cannot be read.", [why], advice="ask for the file again and run the same command again."
    )


def _not_of_the_form(what: str, problems: list[str]) -> SourceUnavailableError:
    return SourceUnavailableError(
        f"Planned Educations answered with {what} in another form than its description says.",
        problems,
        advice="see whether the API has a new version; nothing was written.",
    )
