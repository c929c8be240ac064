"""What is kept of a table that was judged: what there is to tell, in place of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from likvard.contracts import Source, Table
from likvard.validate.coverage import Covered, picture
from likvard.validate.findings import IN_ENGLISH, Check, checks_of, failing_rows
from likvard.validate.judge import Judged
from likvard.validate.telling import Telling


@dataclass(frozen=True)
class Told:
    """One table after it was judged: its checks as they are kept, as senders and as readers are told them, and the rest.

    ``rows`` are those at fault, ``coverage`` the pictures of who has reported, ``suite_result`` is Great Expectations' own record.
    """

    table: Table
    checks: list[Check]
    to_senders: list[Check]
    to_readers: list[Check]
    rows: list[pd.DataFrame]
    not_judged: tuple[str, ...]
    coverage: list[dict[str, Any]]
    suite_result: Any


def told(
    tables: Iterable[Judged], source: Source, senders: Telling, readers: Telling, schools: pd.DataFrame | None
) -> Iterator[Told]:
    """What there is to tell of each table; ``schools`` is the register, with its texts written out."""
    for judged in tables:
        judgeable = judged.judgeable
        yield Told(
            table=judgeable.table,
            checks=checks_of(judged, IN_ENGLISH),
            to_senders=checks_of(judged, senders),
            to_readers=checks_of(judged, readers),
            rows=failing_rows(judged, source),
            not_judged=judgeable.not_judged,
            coverage=[
                picture(rule, judgeable.frame, schools, readers)
                for rule in judgeable.rules
                if isinstance(rule, Covered)
            ],
            suite_result=judged.suite_result,
        )
