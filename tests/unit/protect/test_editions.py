"""Several editions: what an earlier one showed or hid binds the next, and the attack knows all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from two_areas import FREE, homes_of, pupils_of, record_of, record_of_pupils

from likvard.disclosure.ledger import ever_released, record_edition
from likvard.disclosure.quantities import quantities
from likvard.disclosure.release import attacked
from likvard.indicators.record import HELD_BACK, NUMBERS, SHOWN
from likvard.params import DisclosureChoice
from likvard.protect import protected
from likvard.protect.moved import moved
from likvard.protect.past import SAME
from likvard.protect.rules import strictness
from likvard.tables import write_table
from small_registry import REGISTRY

FIRST, SECOND = "2023-24", "2024-25"


def choice(profile: Any) -> DisclosureChoice:
    return DisclosureChoice(profile=profile, min_count=5, min_teachers=3)


def released(record: pd.DataFrame, profile: str, before: pd.DataFrame | None = None, **more: Any) -> pd.DataFrame:
    return protected(record, REGISTRY, choice(profile), homes_of(record), before, **more).released


def publish(ledger: Path, found: pd.DataFrame, edition: str) -> pd.DataFrame:
    """What the ledger holds once these figures are out."""
    write_table(found, ledger.parent / "figures.parquet")
    record_edition(ledger.parent / "figures.parquet", ledger, edition)
    return ever_released(ledger)


def by_figure(found: pd.DataFrame, column: str) -> pd.Series:
    return found.set_index(SAME)[column]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "published"


def test_what_an_edition_hid_the_next_hides_though_its_profile_would_show_it(ledger: Path) -> None:
    strict = released(record_of({FIRST: FREE}, "1"), "public")
    assert (
        strict["status"].eq(HELD_BACK).sum()
        > released(record_of({FIRST: FREE}, "1"), "internal")["status"].eq(HELD_BACK).sum()
    )
    mild = released(record_of({FIRST: FREE}, "2"), "internal", publish(ledger, strict, "1"))
    hidden = by_figure(strict, "status").eq(HELD_BACK)
    assert by_figure(mild, "status")[hidden[hidden].index].eq(HELD_BACK).all()


def test_the_same_edition_once_more_is_the_same(ledger: Path) -> None:
    record = record_of({FIRST: FREE}, "1")
    first = released(record, "internal")
    again = released(record, "internal", publish(ledger, first, "1"))
    pd.testing.assert_frame_equal(first, again)


def test_over_two_editions_together_nothing_that_both_hid_can_be_found_out(ledger: Path) -> None:
    mild = released(record_of({FIRST: FREE}, "1"), "internal")
    record = record_of({FIRST: FREE}, "2")
    strict = released(record, "public", publish(ledger, mild, "1"))
    open_ones = by_figure(mild, "status").eq(SHOWN) | by_figure(strict, "status").eq(SHOWN)
    strictest = strictness(choice("internal"))
    found = quantities(record[record["measure"].eq("level")], REGISTRY, homes_of(record), strictest)
    keys = pd.MultiIndex.from_frame(record.loc[found.figures, SAME])
    hidden = ~open_ones.reindex(keys).to_numpy(dtype=bool)
    task = found.task(hidden, np.zeros_like(hidden), strictest)
    assert (task.level > 0).sum() > 3
    assert attacked(task, hidden).safe


def test_what_is_out_protects_nothing_that_comes_after_it(ledger: Path) -> None:
    record = record_of({FIRST: FREE}, "2")
    levels = record["measure"].eq("level") & record["indicator"].isin(["pupils", "composition"])
    everything = record[levels & record["unit_id"].ne("E")].assign(edition="1")
    safe = released(record, "internal", publish(ledger, everything, "1"))
    known = by_figure(everything, "status").index
    assert by_figure(safe, "status").reindex(known).ne("missing").all()
    assert safe["status"].eq(HELD_BACK).sum() > released(record, "internal")["status"].eq(HELD_BACK).sum()


def corrected() -> list[pd.DataFrame]:
    """The first year once more, where one pupil's result was corrected, and the second year."""
    first = pupils_of(FREE, FIRST)
    first.loc[first["pupil_id"].eq("A29"), "reading_score"] = 700.0
    return [first, pupils_of(FREE, SECOND)]


def test_a_corrected_year_shows_what_it_showed_and_nothing_new(ledger: Path) -> None:
    first = released(record_of({FIRST: FREE}, "1"), "internal")
    record = record_of_pupils(corrected(), "2")
    second = released(record, "internal", publish(ledger, first, "1"))
    then, now = first[first["status"].eq(SHOWN)].set_index(SAME), second[second["status"].eq(SHOWN)].set_index(SAME)
    told = now[now.index.get_level_values("period") == FIRST]
    assert len(told) > 20
    assert told.index.isin(then.index).all()
    pd.testing.assert_frame_equal(told[NUMBERS], then.loc[told.index, NUMBERS])


def test_no_change_is_told_since_a_year_that_was_corrected(ledger: Path) -> None:
    first = released(record_of({FIRST: FREE}, "1"), "internal")
    out = publish(ledger, first, "1")
    for tables, status in (([pupils_of(FREE, FIRST), pupils_of(FREE, SECOND)], {SHOWN}), (corrected(), {HELD_BACK})):
        second = released(record_of_pupils(tables, "2"), "internal", out)
        change = second[second["measure"].eq("change") & second["unit_id"].eq("A") & second["indicator"].eq("score")]
        assert set(change["status"]) == status


@pytest.mark.parametrize(("joiners", "status"), [(0, SHOWN), (1, HELD_BACK), (4, HELD_BACK), (5, SHOWN)])
def test_a_change_is_told_where_nobody_came_or_enough_did(tmp_path: Path, joiners: int, status: str) -> None:
    now = pupils_of(FREE, SECOND)
    new = now["school_id"].eq("A") & now["pupil_id"].isin([f"A{number}" for number in range(joiners)])
    now.loc[new, "pupil_id"] = now.loc[new, "pupil_id"] + " new"
    then = pupils_of(FREE, FIRST)
    then = then[~then["pupil_id"].isin([f"A{number}" for number in range(joiners)])]
    write_table(pd.concat([then, now], ignore_index=True), tmp_path / "pupil_period.parquet")
    record = record_of_pupils([then, now], "1")
    movers = moved(record, REGISTRY, tmp_path)
    assert set(movers[record["measure"].eq("change") & record["unit_id"].eq("A")]) == {joiners}
    found = released(record, "internal", movers=movers)
    change = found["measure"].eq("change") & found["unit_id"].eq("A") & found["indicator"].eq("score")
    assert set(found.loc[change, "status"]) == {status}
