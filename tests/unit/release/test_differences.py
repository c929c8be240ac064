"""Which published figures moved between two editions, and why."""

from __future__ import annotations

import pandas as pd

from likvard.release.diff import causes_of, compared, differs, why

RECORD = {
    "deliveries": {"2026Q3": {"sha256": {"elever.csv": "aa", "skolor.csv": "bb"}}},
    "parameters": {"edition": "2026Q3", "disclosure": {"min_count": 5}},
    "artefacts": [{"kind": "software", "path": "requirements.lock", "sha256": "cc", "size": 1}],
    "code": {"likvard": "dd"},
}


def figure(
    indicator: str, value: float, status: str = "shown", edition: str = "2026Q3", version: int = 1
) -> dict[str, object]:
    return {
        **dict.fromkeys(("unit_kind", "unit_id", "measure", "group_by", "group", "reference"), "x"),
        "edition": edition,
        "period": "2026T1",
        "indicator": indicator,
        "definition_version": version,
        "value": value,
        "low": value,
        "high": value,
        "status": status,
        "figure_id": f"{indicator}-{edition}",
    }


def rows(old: list[dict[str, object]], new: list[dict[str, object]]) -> pd.DataFrame:
    return compared(pd.DataFrame(old), pd.DataFrame(new))


def test_a_figure_with_the_same_value_has_not_moved_also_from_one_edition_to_the_next() -> None:
    found = rows([figure("merit", 210.0)], [figure("merit", 210.0, edition="2026Q4")])
    assert differs(found).tolist() == [False]


def test_a_figure_with_another_value_has_moved() -> None:
    assert differs(rows([figure("merit", 210.0)], [figure("merit", 211.0)])).tolist() == [True]


def test_a_figure_that_is_now_held_back_has_moved_and_the_reason_is_its_status() -> None:
    found = rows([figure("merit", 210.0)], [figure("merit", float("nan"), "too_few")])
    assert differs(found).tolist() == [True]
    assert why(found, ("other code",)).tolist() == ["another status: too_few"]


def test_what_nobody_was_shown_has_not_moved() -> None:
    found = rows([figure("merit", 1.0, "too_few")], [figure("merit", 2.0, "too_few")])
    assert differs(found).tolist() == [False]


def test_a_new_definition_is_told_before_all_other_causes() -> None:
    found = rows([figure("merit", 210.0)], [figure("merit", 190.0, version=2)])
    assert why(found, ("other code",)).tolist() == ["another definition"]


def test_a_figure_that_only_one_edition_has_is_new_or_gone() -> None:
    found = rows([figure("old", 1.0)], [figure("new", 1.0)])
    assert dict(zip(found["indicator"], found["_merge"].astype(str), strict=True)) == {
        "new": "right_only",
        "old": "left_only",
    }


def test_causes_name_the_files_the_parameters_and_the_code_that_differ() -> None:
    other = {
        **RECORD,
        "deliveries": {"2026Q3": {"sha256": {"elever.csv": "a2", "betyg.csv": "ee"}}},
        "parameters": {"edition": "2026Q4", "disclosure": {"min_count": 6}},
        "code": {"likvard": "d2"},
    }
    assert causes_of(RECORD, RECORD) == []
    assert causes_of(RECORD, other) == [
        "delivered anew: 2026Q3/elever.csv",
        "delivered since: 2026Q3/betyg.csv",
        "no longer delivered: 2026Q3/skolor.csv",
        "other parameters: disclosure",
        "other code",
    ]
