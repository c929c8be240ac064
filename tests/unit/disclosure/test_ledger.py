import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likvard.disclosure.ledger import carried_on, ever_released, frozen, history, record_edition
from likvard.errors import LedgerDamagedError
from likvard.tables import write_table

KEY = ["period", "unit"]
HIDDEN = frozenset({"too_few", "protects_another"})


def figures(edition: str, *rows: tuple[str, str, float | None]) -> pd.DataFrame:
    """Rows: unit, status, n; all of the period 2024."""
    frame = pd.DataFrame(rows, columns=["unit", "status", "n"]).assign(edition=edition, period="2024")
    return frame.astype({"n": "float64"})


def publish(ledger: Path, edition: str, *rows: tuple[str, str, float | None]) -> None:
    released = ledger.parent / "released"
    released.mkdir(exist_ok=True)
    write_table(figures(edition, *rows), released / "figures.parquet")
    (released / "edition.json").write_text('{"disclosure": {"profile": "public"}}', encoding="utf-8")
    record_edition(released, ledger, edition)


def past(ledger: Path) -> pd.DataFrame:
    return history(ever_released(ledger), KEY, HIDDEN).set_index("unit")


def test_nothing_was_released_where_there_is_no_ledger(tmp_path: Path) -> None:
    assert ever_released(tmp_path / "published").empty
    assert past(tmp_path / "published").empty


def test_what_was_hidden_stays_hidden_and_what_was_shown_is_out(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12), ("B", "too_few", None), ("C", "missing", None))
    found = past(tmp_path / "l")
    assert found["was_shown"].to_dict() == {"A": True, "B": False, "C": False}
    assert found["was_hidden"].to_dict() == {"A": False, "B": True, "C": False}


def test_what_was_ever_shown_is_out_even_if_it_was_hidden_later(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12))
    publish(tmp_path / "l", "2", ("A", "protects_another", None))
    assert past(tmp_path / "l").loc["A"].to_dict() == {"period": "2024", "was_shown": True, "was_hidden": False}


def test_a_count_is_frozen_as_it_was_first_shown(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12), ("B", "too_few", None))
    now = figures("2", ("A", "shown", 13), ("B", "shown", 7), ("C", "shown", 9))
    assert frozen(now, ever_released(tmp_path / "l"), KEY, ["n"])["n"].tolist() == [12, 7, 9]
    assert now["n"].tolist() == [13, 7, 9]


def test_the_past_of_each_figure_comes_in_the_order_of_the_figures(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12), ("B", "too_few", None))
    flags = carried_on(
        figures("2", ("C", "shown", 9), ("B", "shown", 7), ("A", "shown", 9)),
        history(ever_released(tmp_path / "l"), KEY, HIDDEN),
        KEY,
    )
    assert flags["was_shown"].tolist() == [False, False, True]
    assert flags["was_hidden"].tolist() == [False, True, False]


def test_a_figure_of_which_a_part_of_the_key_is_empty_has_a_past_too(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", (None, "too_few", None))  # type: ignore[arg-type]
    found = history(ever_released(tmp_path / "l"), KEY, HIDDEN)
    assert found["was_hidden"].tolist() == [True]


def test_all_editions_are_one_table_in_their_order(tmp_path: Path) -> None:
    publish(tmp_path / "l", "2", ("B", "shown", 13))
    publish(tmp_path / "l", "1", ("A", "shown", 12))
    found = ever_released(tmp_path / "l")
    assert dict(found["unit"]) == {0: "A", 1: "B"}


def test_the_entry_of_an_edition_is_the_same_bytes_wherever_it_is_made(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12))
    digest = hashlib.sha256((tmp_path / "l/1/figures.parquet").read_bytes()).hexdigest()
    said = (tmp_path / "l/1/entry.json").read_text(encoding="utf-8")
    assert said == f'{{\n  "edition": "1",\n  "profile": "public",\n  "sha256": "{digest}"\n}}\n'


def test_every_figure_has_the_profile_of_its_edition_where_the_edition_says_it(tmp_path: Path) -> None:
    for edition in "12":
        publish(tmp_path / "l", edition, ("A", "shown", 12))
    older = json.loads((tmp_path / "l/1/entry.json").read_text(encoding="utf-8"))
    del older["profile"]
    (tmp_path / "l/1/entry.json").write_text(json.dumps(older), encoding="utf-8")
    assert ever_released(tmp_path / "l")["profile"].tolist() == ["", "public"]


def test_publishing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12))
    publish(tmp_path / "l", "1", ("A", "shown", 12))
    assert len(ever_released(tmp_path / "l")) == 1


def test_an_edition_that_was_not_published_to_the_end_is_not_out(tmp_path: Path) -> None:
    publish(tmp_path, "2026Q2", ("a", "shown", 1.0))
    (tmp_path / ".2026Q3.part").mkdir()
    (tmp_path / ".2026Q3.part/figures.parquet").write_bytes(b"half")
    assert set(ever_released(tmp_path)["edition"]) == {"2026Q2"}
    publish(tmp_path, "2026Q3", ("b", "shown", 2.0))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026Q2", "2026Q3"]


def test_what_is_published_cannot_be_replaced(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12))
    with pytest.raises(LedgerDamagedError, match="an edition of their own"):
        publish(tmp_path / "l", "1", ("A", "shown", 13))


@pytest.mark.parametrize("lost", ["figures.parquet", "entry.json"])
def test_a_ledger_with_a_hole_stops_everything(tmp_path: Path, lost: str) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12))
    (tmp_path / "l/1" / lost).unlink()
    with pytest.raises(LedgerDamagedError, match="the edition 1"):
        ever_released(tmp_path / "l")


def test_a_changed_ledger_stops_everything(tmp_path: Path) -> None:
    publish(tmp_path / "l", "1", ("A", "shown", 12))
    write_table(figures("1", ("A", "too_few", None)), tmp_path / "l/1/figures.parquet")
    with pytest.raises(LedgerDamagedError, match="is not what"):
        ever_released(tmp_path / "l")


@given(
    editions=st.lists(st.lists(st.sampled_from(["shown", "too_few"]), min_size=3, max_size=3), min_size=1, max_size=5)
)
def test_knowledge_only_grows(editions: list[list[str]]) -> None:
    released = pd.DataFrame()
    before: set[str] = set()
    for number, statuses in enumerate(editions):
        rows = figures(str(number), *[(unit, status, None) for unit, status in zip("ABC", statuses, strict=True)])
        released = pd.concat([released, rows], ignore_index=True)
        found = history(released, KEY, HIDDEN).set_index("unit")
        out = set(found.index[found["was_shown"]])
        assert before <= out
        assert not (found["was_shown"] & found["was_hidden"]).any()
        before = out
