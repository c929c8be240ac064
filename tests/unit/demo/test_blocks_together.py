"""Blocks of Exempelkommun under each other: a column has one type, also where one block tells no number."""

from __future__ import annotations

import pandas as pd

from likvard.demo.exempelkommun.frame import together


def test_a_block_that_tells_no_number_leaves_the_others_theirs() -> None:
    silent = pd.DataFrame({"evictions_count": [None, None]})
    found = together([pd.DataFrame({"evictions_count": [12.0, None]}), silent])["evictions_count"]
    assert pd.api.types.is_float_dtype(found.dtype)
    assert found.isna().tolist() == [False, True, True, True]
