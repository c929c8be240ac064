"""Coded tables: texts as numbers, on disk and in memory, and the questions that are asked of the numbers."""

from pathlib import Path

import pandas as pd
import pytest

from likvard.tables import read_coded, write_table
from likvard.validate import coded as module
from likvard.validate.coded import coded, of_texts, plain, renamed, repeated, stands_in


def frame(**columns: list) -> pd.DataFrame:
    return coded(pd.DataFrame({name: pd.array(cells, dtype="string") for name, cells in columns.items()}))


def test_a_table_is_the_same_when_it_is_coded_as_it_is_read_and_written_out_again(tmp_path: Path) -> None:
    written = pd.DataFrame(
        {
            "name": pd.array(["b", None, "ä", "a", "b"], dtype="string"),
            "none": pd.array([None] * 5, dtype="string"),
            "count": pd.array([1, None, 3, 4, 5], dtype="Int64"),
        }
    )
    write_table(written, tmp_path / "t.parquet")
    read = read_coded(tmp_path / "t.parquet")
    assert read["name"].cat.categories.tolist() == ["a", "b", "ä"]
    assert read["name"].cat.codes.tolist() == [1, -1, 2, 0, 1]
    pd.testing.assert_frame_equal(plain(read), written)
    pd.testing.assert_frame_equal(plain(coded(written)), written)
    assert list(read_coded(tmp_path / "t.parquet", ["count"])) == ["count"]


def test_what_is_asked_of_a_text_is_true_of_every_row_that_has_it_and_of_none_without() -> None:
    names = frame(name=["a1", "b", None, "a1"])["name"]
    assert of_texts(names, lambda texts: texts.str.startswith("a")).tolist() == [True, False, False, True]


def test_several_texts_may_get_one_name_and_some_none() -> None:
    months = frame(month=["01", "03", "02", None, "13"])["month"]
    quarters = renamed(months, {"01": "Q1", "02": "Q1", "03": "Q1"})
    assert quarters.astype(object).where(quarters.notna(), None).tolist() == ["Q1", "Q1", "Q1", None, None]
    assert quarters.cat.categories.tolist() == ["Q1"]


@pytest.mark.parametrize("most", [2**62, 3])
def test_a_row_is_repeated_where_all_its_cells_are_and_none_is_missing(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(module, "MOST_PLACES", most)
    keys = frame(pupil=["1", "1", "2", "2", "3", "3", "1"], period=["a", "b", "a", "a", None, None, "a"])
    assert repeated(keys).tolist() == [True, False, True, True, False, False, True]


@pytest.mark.parametrize("most", [2**62, 3])
def test_a_row_stands_in_another_table_that_has_other_texts_too(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(module, "MOST_PLACES", most)
    here = frame(pupil=["1", "2", "9", None, "2"], period=["a", "a", "a", "a", "b"])
    there = frame(id=["0", "1", "2", "2", None], when=["a", "a", "b", "c", "a"])
    assert stands_in(here, there).to_list() == [True, False, False, pd.NA, True]
