"""What an earlier edition showed or hid, and what that leaves to this one."""

from __future__ import annotations

import pandas as pd
from few_rows import DEFINITIONS, record_of, row

from likvard.protect.past import as_first_shown, past_of

OLD = {"edition": "E0"}
FREE, PAID = row(lunch="free", value=213.4), row(lunch="paid", value=220.0)
OUT = [FREE | OLD | {"value": 213.0}, PAID | OLD | {"status": "held_back", "value": None, "n": None}]


def flags(record: pd.DataFrame, *released: dict[str, object]) -> list[list[bool]]:
    found = past_of(record, record_of(*released), DEFINITIONS)  # type: ignore[arg-type]
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


def test_a_level_that_was_only_rounded_otherwise_is_the_same() -> None:
    counted = row(indicator="pupils", value=12.0, n=12.0)
    assert flags(record_of(counted), counted | OLD | {"value": 10.0, "n": 10.0})[2] == [False]
    assert flags(record_of(counted), counted | OLD | {"value": 10.0, "n": 12.0})[2] == [True]
    assert flags(record_of(counted), counted | OLD | {"value": 12.0, "n": 15.0})[2] == [True]


def test_what_is_no_level_restates_nothing() -> None:
    gap = row(measure="gap", lunch="free", reference="paid", value=5.0)
    assert flags(record_of(gap), gap | OLD | {"value": 9.0})[2] == [False]


def test_the_rules_say_what_was_hidden_before_and_what_is_new_in_a_restated_period() -> None:
    record = record_of(FREE | {"value": 217.0}, PAID, row(), row(lunch="unknown"))
    rule = pd.Series(["", "", "few_pupils", ""])
    past = past_of(record, record_of(*OUT), DEFINITIONS)
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
