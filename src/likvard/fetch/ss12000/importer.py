"""Everything of an SS 12000 server that reports need, pseudonymous and without protected identities.

Persons are fetched first and always whole, for they alone carry today's marking. A person leaves with a marking other
than »Ingen« – also an unknown or absent one, and also where only a reference in another answer is marked – and so does
every row about them. What is left gets a pseudonym. Nothing is returned before both have happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from likvard.errors import ProtectionMissingError, SourceUnavailableError
from likvard.fetch.delivery import Fetched, origin_of, table_of
from likvard.fetch.ss12000 import records, tables
from likvard.fetch.ss12000.tables import COLUMNS, PERSON, Row
from likvard.fetch.web import Web

SOURCE = "ss12000_v2.1"
NO_MARKING = "Ingen"
MOST_PAGES = 100_000

Pseudonymise = Callable[[str, str], str]
Item = TypeVar("Item", bound=BaseModel)


@dataclass
class _Collected:
    """Rows as they come, the persons that may stay, and those that may not."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    listed: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    not_offered: list[str] = field(default_factory=list)

    def note_person(self, person: records.Person) -> None:
        """Remember that the person is listed, and whether they are marked; no marking told is a marking."""
        self.listed.add(person.id)
        if person.marking != NO_MARKING:
            self.marked.add(person.id)

    def note_reference(self, reference: records.PersonReference) -> None:
        """Remember a marking that stands in a reference. A reference can mark a person, and never clears one."""
        if reference.marking not in (None, NO_MARKING):
            self.marked.add(reference.id)


def fetch(
    web: Web,
    retrieved_at: datetime,
    *,
    pseudonymise: Pseudonymise | None = None,
    modified_after: datetime | None = None,
    absence_periods: Sequence[tuple[date, date]] = (),
    limit: int = 500,
) -> Fetched:
    """The tables of ``tables.COLUMNS`` that the server offers.

    ``pseudonymise`` takes a kind (``person`` or ``grade``) and an identifier. ``modified_after`` asks for what has
    changed since, except for persons (see above), organisations (small, and others refer to them) and aggregated
    attendance (which has no time of change). ``absence_periods`` are first and last days for which aggregated
    attendance is asked. A collection that the server lacks is named in the origin under ``not_offered``; without
    persons nothing about persons is asked for. The origin counts persons left out only over the whole delivery.
    Errors: ``ProtectionMissingError`` without ``pseudonymise``; ``SourceUnavailableError``.
    """
    if pseudonymise is None:
        raise ProtectionMissingError(
            "Persons are not fetched without pseudonyms.",
            advice="set up the key of the workspace (`likvard intake` says how) and run the same command again.",
        )
    since = {"meta.modified.after": modified_after.isoformat()} if modified_after else {}
    into = _Collected()
    for one in _items(web, "organisations", records.Organisation, {}, limit, into):
        into.rows["organisations"].append(tables.organisation_row(one))
    for person in _items(web, "persons", records.Person, {}, limit, into):
        into.note_person(person)
        into.rows["persons"].append(tables.person_row(person))
        into.rows["enrolments"] += tables.enrolment_rows(person)
    if "persons" in into.not_offered:
        into.not_offered += ["groups", "duties", "attendances", "aggregatedAttendance", "grades"]
    else:
        _fetch_rows_about_persons(web, since, absence_periods, limit, into)
    stay = into.listed - into.marked
    unknown_references: dict[str, int] = {}
    repeated: dict[str, int] = {}
    frames = {}
    for name, columns in COLUMNS.items():
        rows = into.rows[name]
        if PERSON in columns:
            unknown_references[name] = sum(row[PERSON] not in into.listed for row in rows)
            rows = [_pseudonymous(row, pseudonymise) for row in rows if row[PERSON] in stay]
        frame = table_of(rows, columns)
        frames[name] = frame.drop_duplicates(ignore_index=True)
        repeated[name] = len(frame) - len(frames[name])
    units = frames["organisations"]["school_unit_code"].nunique()
    origin = origin_of(
        SOURCE,
        retrieved_at,
        web.receipts,
        frames,
        not_offered=into.not_offered,
        modified_after=since.get("meta.modified.after"),
        # Told for a whole organiser only: for a single school the number alone could point at a pupil.
        protected_persons_left_out=len(into.marked) if units > 1 else None,
        references_to_unknown_persons={name: count for name, count in unknown_references.items() if count},
        identical_rows_dropped={name: count for name, count in repeated.items() if count},
    )
    return Fetched(frames, origin)


def _fetch_rows_about_persons(
    web: Web, since: dict[str, str], periods: Sequence[tuple[date, date]], limit: int, into: _Collected
) -> None:
    """Groups, duties, attendances and grades into ``into``."""

    def collect(place: str, kind: type[Item], query: dict[str, str]) -> Iterator[Item]:
        for one in _items(web, place, kind, query, limit, into):
            for reference in tables.references_in(one):
                into.note_reference(reference)
            yield one

    for group in collect("groups", records.Group, since):
        into.rows["groups"].append(tables.group_row(group))
        into.rows["group_memberships"] += tables.membership_rows(group)
    _add(into, "duties", map(tables.duty_row, collect("duties", records.Duty, since)))
    _add(into, "attendances", map(tables.attendance_row, collect("attendances", records.Attendance, since)))
    for first, last in periods:
        query = {"startDate": first.isoformat(), "endDate": last.isoformat()}
        sums = collect("aggregatedAttendance", records.AggregatedAttendance, query)
        _add(into, "aggregated_attendance", map(tables.aggregated_row, sums))
    _add(into, "grades", map(tables.grade_row, collect("grades", records.Grade, since)))


def _add(into: _Collected, name: str, rows: Iterable[Row]) -> None:
    into.rows[name].extend(rows)


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


def _pseudonymous(row: Row, pseudonymise: Pseudonymise) -> Row:
    """The row with pseudonyms instead of the identifiers of the person and of the grade."""
    changed = {**row, PERSON: pseudonymise("person", row[PERSON])}
    if "grade" in row:
        changed["grade"] = pseudonymise("grade", row["grade"])
    return changed
