"""``disclosure.search``: what an edition says of it, and what is kept when it is changed."""

import json

import pandas as pd
import pytest
from two_areas import FREE, homes_of, record_of

from likvard.disclosure.decisions import as_text
from likvard.params import DisclosureChoice
from likvard.protect.hide import Protection, protected
from likvard.protect.run import told
from small_registry import REGISTRY

YEAR = "2023-24"


@pytest.fixture(scope="module")
def record() -> pd.DataFrame:
    return record_of({YEAR: FREE}, YEAR)


def hidden_in(record: pd.DataFrame, search: str, kept: dict[str, bytes] | None = None) -> Protection:
    choice = DisclosureChoice.model_validate(
        {"profile": "internal", "min_count": 5, "min_teachers": 1, "search": search}
    )
    return protected(record, REGISTRY, choice, homes_of(record), kept=kept)


@pytest.fixture(scope="module")
def quick(record: pd.DataFrame) -> Protection:
    return hidden_in(record, "quick")


@pytest.fixture(scope="module")
def thorough(record: pd.DataFrame, quick: Protection) -> Protection:
    return hidden_in(record, "thorough", quick.kept)


def test_a_choice_that_does_not_say_is_quick() -> None:
    assert DisclosureChoice(profile="internal", min_count=5, min_teachers=3).search == "quick"


def test_the_choice_changed_is_searched_anew_and_unchanged_is_not(record, quick, thorough) -> None:
    assert thorough.again == 0
    assert hidden_in(record, "thorough", thorough.kept).again == 1
    assert hidden_in(record, "quick", thorough.kept).again == 0
    assert hidden_in(record, "quick", quick.kept).again == 1


def test_two_thorough_runs_are_the_same(record, thorough) -> None:
    second = hidden_in(record, "thorough")
    assert second.kept == thorough.kept
    pd.testing.assert_frame_equal(second.released, thorough.released)
    pd.testing.assert_frame_equal(second.log, thorough.log)


def test_what_was_kept_changed_back_is_what_quick_found(record, quick, thorough) -> None:
    assert hidden_in(record, "quick", thorough.kept).kept == quick.kept


def test_thorough_is_no_dearer_and_its_gap_is_told(record, quick, thorough) -> None:
    fast, slow = quick.periods.iloc[0], thorough.periods.iloc[0]
    assert slow["weight_hidden_for_others"] <= fast["weight_hidden_for_others"]
    assert (fast["search"], slow["search"]) == ("swaps", "general")
    assert 0 <= slow["gap_as_posed"] < 0.02
    assert (
        f"1 of 1 periods by the general search (gap at most {slow['gap_as_posed']:.1%} of the problems as posed)"
        in (told(record, thorough, "internal"))
    )


def test_where_nothing_is_proven_no_gap_is_told(record, quick) -> None:
    costs = quick.periods.drop(columns="seconds")
    written = json.loads(as_text({"periods": json.loads(costs.to_json(orient="records"))}))
    assert written["periods"][0]["gap_as_posed"] is None
    assert "general search" not in told(record, quick, "internal")


def test_the_log_says_of_every_level_that_was_searched_by_which_search(quick, thorough) -> None:
    for found, name in ((quick, "swaps"), (thorough, "general")):
        by = found.log.set_index("figure")["search"]
        assert set(by) == {name, ""}
        assert set(by[found.log.set_index("figure")["why"].eq("protects_another")]) == {name}
