"""Everything of an SS 12000 server that reports need, with persons as the server knows them, in memory only.

Nothing here protects anyone: what comes out goes through intake, which takes the protected out and gives the pseudonyms. What
this module owes to intake is that every marking is told: persons are fetched first and always whole, for they alone carry
today's marking, and a marking that stands only in a reference counts too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from likvard.errors import SourceUnavailableError
from likvard.fetch.delivery import Fetched, origin_of, table_of
from likvard.fetch.ss12000 import records, tables
from likvard.fetch.ss12000.tables import COLUMNS, PERSON, Row
from likvard.fetch.web import Web

SOURCE = "ss12000_v2.1"
NO_MARKING = "Ingen"
MOST_PAGES = 100_000
# Collections by the name of their place on the server.
ABOUT_PERSONS = ("groups", "duties", "attendances", "aggregatedAttendance", "grades")
EVERYTHING = ("organisations", "persons", "syllabuses", *ABOUT_PERSONS)

Item = TypeVar("Item", bound=BaseModel)


@dataclass
class _Collected:
    """Rows as they come, the marking of every person who has one, and how persons are named."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    marked: dict[str, str] = field(default_factory=dict)
    civic_numbers: dict[str, str] = field(default_factory=dict)
    not_offered: list[str] = field(default_factory=list)

    def note_person(self, person: records.Person) -> None:
        """Remember the person's number."""
        if person.civic_number and person.civic_number.value:
            self.civic_numbers[person.id] = person.civic_number.value

    def note_reference(self, reference: records.PersonReference) -> None:
        """Remember a marking that stands in a reference. A reference can mark a person, and never clears one."""
        if reference.marking not in (None, NO_MARKING):
            self.marked[reference.id] = str(reference.marking)


def fetch(
    web: Web,
    retrieved_at: datetime,
    *,
    wanted: Collection[str] = EVERYTHING,
    identified_by: Literal["local", "person_number"] = "local",
    modified_after: datetime | None = None,
    absence_periods: Sequence[tuple[date, date]] = (),
    limit: int = 500,
) -> Fetched:
    """The tables of ``tables.COLUMNS`` that the server offers of the collections ``wanted``.

    A person is named by the server's own id (``local``), or by the personal identity number; who has none has an empty name.
    ``modified_after`` asks for what has changed since, except for persons (see above), organisations and syllabuses (small, and
    others refer to them) and aggregated attendance (which has no time of change). ``absence_periods`` are first and last days for
    which aggregated attendance is asked. A collection that the server lacks is named in the origin under ``not_offered``; without
    persons nothing about persons is asked for. Errors: ``SourceUnavailableError``.
    """
    since = {"meta.modified.after": modified_after.isoformat()} if modified_after else {}
    into = _Collected()
    for one in _items(web, "organisations", records.Organisation, {}, limit, into):
        into.rows["organisations"].append(tables.organisation_row(one))
    for person in _items(web, "persons", records.Person, {}, limit, into):
        into.note_person(person)
        into.rows["persons"].append(tables.person_row(person))
        into.rows["enrolments"] += tables.enrolment_rows(person)
    if "syllabuses" in wanted:
        for syllabus in _items(web, "syllabuses", records.Syllabus, {}, limit, into):
            into.rows["syllabuses"].append(tables.syllabus_row(syllabus))
    if "persons" in into.not_offered:
        into.not_offered += [place for place in ABOUT_PERSONS if place in wanted]
    else:
        _fetch_rows_about_persons(web, wanted, since, absence_periods, limit, into)
    _mark(into)
    frames, repeated = {}, {}
    for name, columns in COLUMNS.items():
        frame = table_of(into.rows[name], columns)
        frames[name] = frame.drop_duplicates(ignore_index=True)
        repeated[name] = len(frame) - len(frames[name])
        if PERSON in columns and identified_by == "person_number":
            frames[name][PERSON] = frames[name][PERSON].map(into.civic_numbers).astype("string").fillna("")
    origin = origin_of(
        SOURCE,
        retrieved_at,
        web.receipts,
        frames,
        not_offered=into.not_offered,
        modified_after=since.get("meta.modified.after"),
        identical_rows_dropped={name: count for name, count in repeated.items() if count},
    )
    return Fetched(frames, origin)


def _mark(into: _Collected) -> None:
    """Nothing; the persons that only a reference marks have its marking, whether they are listed or not."""
    listed = set()
    for row in into.rows["persons"]:
        listed.add(row[PERSON])
        if row["marking"] == NO_MARKING:
            row["marking"] = into.marked.get(row[PERSON], NO_MARKING)
    into.rows["persons"] += [
        {**dict.fromkeys(COLUMNS["persons"]), PERSON: one, "marking": marking}
        for one, marking in into.marked.items()
        if one not in listed
    ]


def _fetch_rows_about_persons(
    web: Web,
    wanted: Collection[str],
    since: dict[str, str],
    periods: Sequence[tuple[date, date]],
    limit: int,
    into: _Collected,
) -> None:
    """Groups, duties, attendances and grades into ``into``."""

    def collect(place: str, kind: type[Item], query: Mapping[str, str]) -> Iterator[Item]:
        if place not in wanted:
            return
        for one in _items(web, place, kind, dict(query), limit, into):
            for reference in tables.references_in(one):
                into.note_reference(reference)
            yield one

    def add(name: str, row: Callable[[Item], Row], items: Iterator[Item]) -> None:
        into.rows[name].extend(map(row, items))

    for group in collect("groups", records.Group, since):
        into.rows["groups"].append(tables.group_row(group))
        into.rows["group_memberships"] += tables.membership_rows(group)
    add("duties", tables.duty_row, collect("duties", records.Duty, since))
    add("attendances", tables.attendance_row, collect("attendances", records.Attendance, since))
    for first, last in periods:
        query = {"startDate": first.isoformat(), "endDate": last.isoformat()}
        sums = collect("aggregatedAttendance", records.AggregatedAttendance, query)
        add("aggregated_attendance", tables.aggregated_row, sums)
    add("grades", tables.grade_row, collect("grades", records.Grade, since))


def _items(
    web: Web, place: str, kind: type[Item], query: dict[str, str], limit: int, into: _Collected
) -> Iterator[Item]:
    """All items of a collection, page by page; a page token goes alone with the limit, as the specification says."""
    token: str | None = None
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        asked: dict[str, str | int] = {"limit": limit, **({"pageToken": token} if token else query)}
        content = web.get(place, asked)
        if content is None:
            if token:
                raise SourceUnavailableError(
                    f"/{place} was there and is gone between two pages.", advice="run the same command again."
                )
            if place not in into.not_offered:
                into.not_offered.append(place)
            return
        page = _page(place, kind, content)
        yield from page.data
        token = page.page_token or None
        if token is None:
            return
        if token in seen:
            break
        seen.add(token)
    raise SourceUnavailableError(
        f"/{place} leads in a circle: it gives the same page token again.",
        advice="tell those who run the server; nothing was written.",
    )


def _page(place: str, kind: type[Item], content: bytes) -> Any:
    """The page in ``content``. Errors: ``SourceUnavailableError`` names the fields that are wrong, never values."""
    try:
        return records.Page[kind].model_validate_json(content)  # type: ignore[valid-type]
    except ValidationError as error:
        faults = error.errors(include_input=False, include_context=False, include_url=False)
        raise SourceUnavailableError(
            f"/{place} answered in another form than SS 12000:2020 v2.1.",
            dict.fromkeys(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['type']}" for fault in faults),
            advice="tell those who run the server which fields are wrong; nothing was written.",
        ) from None
