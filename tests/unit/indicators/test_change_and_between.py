"""Change between periods, spread between schools and segregation, on frames that can be checked by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from small_school import GROUPS, REGISTRY, pupils

from likvard.contracts.periods import before, year_before
from likvard.indicators.between import spread_between_schools, spread_of_groups
from likvard.indicators.cells import cells_of
from likvard.indicators.change import changes, of_everyone
from likvard.indicators.levels import Levels, levels
from likvard.indicators.registry import Definition
from likvard.params import DisclosureChoice, ResamplingChoice
from likvard.protect import protected
from likvard.scheduler import Here

READING = REGISTRY["reading_mean"]
CHOICE = ResamplingChoice(seed=1, draws=100)


@pytest.mark.parametrize(
    ("period", "grain", "just_before", "a_year_before"),
    [
        ("2026T1", "term", "2025T2", "2025T1"),
        ("2025T2", "term", "2025T1", "2024T2"),
        ("2026Q1", "quarter", "2025Q4", "2025Q1"),
        ("2000-01", "school_year", "1999-00", "1999-00"),
        ("2026-01", "month", "2025-12", "2025-01"),
    ],
)
def test_the_period_before_and_a_year_before(period: str, grain: str, just_before: str, a_year_before: str) -> None:
    assert before(period, grain) == just_before  # type: ignore[arg-type]
    assert year_before(period, grain) == a_year_before  # type: ignore[arg-type]


def scored(**by_period: list[float]) -> pd.DataFrame:
    """Pupils of one school with reading scores, by period (t2025T1=[…])."""
    return pupils(
        [{"period": name[1:], "reading_score": score} for name, scores in by_period.items() for score in scores]
    )


def change_of(rows: pd.DataFrame, breaks: tuple[str, ...] = ()) -> pd.DataFrame:
    result = all_changes(READING.model_copy(update={"breaks": breaks}), levels(READING, rows, cells_of(rows, {}), 0.95))
    return result if result.empty else result[result["unit_kind"] == "school"].set_index(["period", "reference"])


def all_changes(definition: Definition, found: Levels) -> pd.DataFrame:
    """The changes of each period from those before it."""
    by_period = {str(period): of_everyone(rows) for period, rows in found.cells.groupby("period")}
    return pd.concat([changes(definition, now, by_period, 0.95) for now in by_period.values()], ignore_index=True)


def test_a_change_is_this_period_minus_the_one_before_and_the_same_part_of_last_year() -> None:
    rows = change_of(scored(t2025T1=[500, 520], t2025T2=[530, 550], t2026T1=[540, 560]))
    assert rows["value"].to_dict() == {
        ("2025T2", "2025T1"): 30,
        ("2026T1", "2025T2"): 10,
        ("2026T1", "2025T1"): 40,
    }
    assert rows["low"]["2026T1", "2025T1"] < 40 < rows["high"]["2026T1", "2025T1"]


def test_no_change_crosses_a_break_in_the_series() -> None:
    rows = change_of(scored(t2025T1=[500, 520], t2025T2=[530, 550], t2026T1=[540, 560]), breaks=("2025T2",))
    assert list(rows.index) == [("2026T1", "2025T2")]


def test_a_first_period_has_no_change() -> None:
    assert change_of(scored(t2025T1=[500, 520])).empty


def test_a_change_is_hidden_where_the_earlier_level_is() -> None:
    rows = scored(t2025T1=[500, 520, 530, 540], t2026T1=[540, 560, 570, 580, 590])
    found = levels(READING, rows, cells_of(rows, {}), 0.95)
    record = pd.concat([found.cells.assign(measure="level", reference=""), all_changes(READING, found)])
    record = record[record["unit_kind"] == "school"].assign(indicator="reading_mean")
    record = record.assign(figure_id=[f"f{number}" for number in range(len(record))])
    homes = record[["unit_id", "period"]].drop_duplicates().rename(columns={"unit_id": "school_id"}).assign(area_id="1")
    choice = DisclosureChoice(profile="internal", min_count=5, min_teachers=3)
    released = protected(record, REGISTRY, choice, homes).released
    assert released["status"].tolist() == ["held_back", "shown", "held_back"]
    assert released["value"].isna().tolist() == [True, False, True]


def three_schools(*lunches: str) -> pd.DataFrame:
    """Three schools of ten pupils, one of each area; each letter of ``lunches`` is a pupil: f (free) or p (paid)."""
    return pupils(
        [
            {
                "school_id": school,
                "area_id": school,
                "lunch": {"f": "free", "p": "paid"}[letter],
                "reading_score": 600.0 + place,
            }
            for school, letters in zip("ABC", lunches, strict=True)
            for place, letter in enumerate(letters)
        ]
    )


def segregation(rows: pd.DataFrame) -> pd.Series:
    (found,) = spread_of_groups(cells_of(rows, GROUPS), GROUPS, {"lunch": "paid"}, 0.95, CHOICE, Here())()
    return found.set_index("measure")["value"] if len(found) else found


def between_schools(rows: pd.DataFrame) -> pd.DataFrame:
    return spread_between_schools(READING, levels(READING, rows, cells_of(rows, GROUPS), 0.95), 0.95)


def test_groups_that_never_meet_have_an_index_of_one_and_an_even_spread_of_none() -> None:
    assert segregation(three_schools("ffffffffff", "pppppppppp", "pppppppppp"))["dissimilarity"] == 1
    even = segregation(three_schools("fffffppppp", "fffffppppp", "fffffppppp"))
    assert even["dissimilarity"] == 0
    assert even["dissimilarity_by_chance"] > 0
    assert even["dissimilarity_debiased"] <= 0


def test_an_area_with_two_schools_has_no_spread_between_them() -> None:
    rows = three_schools("fffffppppp", "ffffffpppp", "fffffppppp")
    two = rows.assign(area_id=rows["area_id"].replace({"B": "A"}))
    (found,) = spread_of_groups(cells_of(two, GROUPS), GROUPS, {"lunch": "paid"}, 0.95, CHOICE, Here())()
    assert set(found["unit_kind"]) == {"all"}
    assert set(between_schools(two)["unit_kind"]) == {"all"}


def test_schools_that_are_alike_have_nothing_between_them_and_those_apart_all() -> None:
    rows = three_schools("pppppppppp", "pppppppppp", "pppppppppp")
    alike = between_schools(rows).iloc[0]
    assert (alike["value"], alike["n"], alike["measure"]) == (0, 3, "icc")
    apart = rows.assign(
        reading_score=rows["reading_score"] + rows["school_id"].map({"A": 0, "B": 500, "C": 900}).astype(float)
    )
    assert between_schools(apart).iloc[0]["value"] > 0.99
