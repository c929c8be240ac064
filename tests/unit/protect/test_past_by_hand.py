"""What an earlier edition showed or hid, and what that leaves to this one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from few_rows import DEFINITIONS, record_of, row

from likvard.protect.past import as_first_shown, past_of

OLD = {"edition": "E0", "profile": "internal"}
FREE, PAID = row(lunch="free", value=213.4), row(lunch="paid", value=220.0)
OUT = [FREE | OLD | {"value": 213.0}, PAID | OLD | {"status": "held_back", "value": None, "n": None}]


def ledger_of(*released: dict[str, Any]) -> pd.DataFrame:
    """What is out, with the profile that it was released with."""
    return record_of(*released).assign(profile=[row["profile"] for row in released])


def flags(record: pd.DataFrame, *released: dict[str, Any]) -> list[list[bool]]:
    found = past_of(record, ledger_of(*released), DEFINITIONS)
    return [found.shown.tolist(), found.hidden.tolist(), found.restated.tolist()]


def test_before_anything_was_released_there_is_no_past() -> None:
    assert flags(record_of(FREE, PAID)) == [[False, False]] * 3
    assert as_first_shown(record_of(FREE), record_of()).equals(record_of(FREE))


def test_what_was_shown_is_out_and_what_was_hidden_stays_hidden() -> None:
    assert flags(record_of(FREE, PAID, row()), *OUT) == [[True, False, False], [False, True, False], [False] * 3]


def test_what_others_published_is_never_hidden() -> None:
    theirs = row(reference="Skolverket", status="held_back")
    assert flags(record_of(theirs | {"status": "shown"}), theirs | OLD)[1] == [False]


def test_a_level_that_is_now_another_restates_its_period_and_no_other() -> None:
    record = record_of(FREE | {"value": 217.0}, PAID, row(period="Y1"))
    assert flags(record, *OUT)[2] == [True, True, False]
    assert flags(record_of(FREE | {"n": 66.0}, PAID), *OUT)[2] == [True, True]


@pytest.mark.parametrize("profile", ["rounded", ""])
def test_a_level_that_was_only_rounded_otherwise_is_the_same(profile: str) -> None:
    counted = row(indicator="pupils", value=12.0, n=12.0)
    out = counted | OLD | {"profile": profile}
    assert flags(record_of(counted), out | {"value": 10.0, "n": 10.0})[2] == [False]
    assert flags(record_of(counted), out | {"value": 10.0, "n": 12.0})[2] == [True]
    assert flags(record_of(counted), out | {"value": 12.0, "n": 15.0})[2] == [True]


def test_a_level_that_another_profile_would_now_round_to_what_is_out_is_another() -> None:
    # Fifteen were shown as they were counted; two of them should not have been.
    thirteen = row(indicator="pupils", value=13.0, n=13.0)
    fifteen = thirteen | OLD | {"value": 15.0, "n": 15.0}
    assert flags(record_of(thirteen), fifteen)[2] == [True]
    assert flags(record_of(thirteen), fifteen | {"profile": "rounded"})[2] == [False]
    # A mean of them is as coarse in both profiles, so that only their number tells.
    of_thirteen = row(value=215.0, n=13.0)
    assert flags(record_of(of_thirteen), of_thirteen | OLD | {"n": 15.0})[2] == [True]


def test_a_level_is_rounded_as_the_first_edition_that_showed_it_was() -> None:
    thirteen = row(indicator="pupils", value=13.0, n=13.0)
    first = thirteen | OLD | {"profile": "rounded", "value": 15.0, "n": 15.0}
    again = first | {"edition": "E00", "profile": "internal"}
    assert flags(record_of(thirteen), again, first)[2] == [False]
    assert flags(record_of(thirteen), first | {"profile": "internal"}, again | {"profile": "rounded"})[2] == [True]


def test_what_is_no_level_restates_nothing() -> None:
    gap = row(measure="gap", lunch="free", reference="paid", value=5.0)
    assert flags(record_of(gap), gap | OLD | {"value": 9.0})[2] == [False]


def test_the_rules_say_what_was_hidden_before_and_what_is_new_in_a_restated_period() -> None:
    record = record_of(FREE | {"value": 217.0}, PAID, row(), row(lunch="unknown"))
    rule = pd.Series(["", "", "few_pupils", ""])
    past = past_of(record, ledger_of(*OUT), DEFINITIONS)
    # What is out stays out; what the rules of this edition hide has their name.
    assert past.rules(rule).tolist() == ["", "hidden_before", "few_pupils", "restated"]
    assert rule.tolist() == ["", "", "few_pupils", ""]


def test_a_figure_that_was_shown_keeps_the_numbers_of_the_first_edition_that_showed_it() -> None:
    first, second = FREE | OLD | {"value": 213.0}, FREE | {"edition": "E00", "value": 214.0}
    now = record_of(FREE | {"value": 217.0}, PAID, row(status="held_back", value=None))
    found = as_first_shown(now, record_of(second, first))
    assert found["value"].tolist()[:2] == [213.0, 220.0]
    assert now["value"].tolist()[:2] == [217.0, 220.0]


def test_what_is_held_back_now_gets_no_number_of_the_past() -> None:
    now = record_of(FREE | {"status": "held_back", "value": None})
    assert as_first_shown(now, record_of(*OUT))["value"].isna().tolist() == [True]
