"""Published values are reproduced within their tolerance."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import oracles

SHARED = oracles.shared_folder()
pytestmark = pytest.mark.skipif(SHARED is None, reason="there is no folder 'shared' beside the repository")


def test_every_published_value_is_reproduced_within_its_tolerance():
    assert SHARED is not None
    rows = oracles.compared(SHARED)
    outside = rows[rows["result"].eq("OUTSIDE")]
    assert outside.empty, outside[["topic", "case", "quantity", "expected", "ours"]].to_string()


def test_only_disclosure_control_is_left_to_others():
    assert SHARED is not None
    rows = oracles.compared(SHARED)
    assert set(rows.loc[rows["ours"].isna(), "topic"]) == {"cell suppression"}


def test_the_table_in_docs_is_the_one_that_is_computed():
    assert SHARED is not None
    written = (oracles.REPOSITORY / "docs" / "oracles.md").read_text(encoding="utf-8")
    count = "58 values: 53 within tolerance, 0 outside"
    assert count in written
    assert count in oracles.as_markdown(oracles.compared(SHARED))
