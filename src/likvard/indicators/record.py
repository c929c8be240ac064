"""The record that every stage from here on speaks: one row per figure."""

from __future__ import annotations

import base64
import hashlib

import pandas as pd

KEY = [
    "edition",
    "period",
    "unit_kind",
    "unit_id",
    "indicator",
    "definition_version",
    "measure",
    "group_by",
    "group",
    "reference",
]
NUMBERS = ["numerator", "denominator", "n", "clusters", "value", "low", "high"]
COLUMNS = [*KEY, *NUMBERS, "status", "figure_id"]

LEVEL, GAP, RATIO, CHANGE, PUBLISHED = "level", "gap", "ratio", "change", "published"
EFFECT_SIZE, NOT_REACHING = "effect_size", "not_reaching_risk"
ICC, DISSIMILARITY, BY_CHANCE, DEBIASED = "icc", "dissimilarity", "dissimilarity_by_chance", "dissimilarity_debiased"
SHOWN = "shown"
TOO_FEW = "too_few"
PROTECTS_ANOTHER = "protects_another"
# What likvard itself does not show: one word, as which of the reasons it is would say that a number is small.
HELD_BACK = "held_back"
MISSING = "missing"
NOT_APPLICABLE = "not_applicable"
EVERYONE = "all"


def with_figure_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """The same figures with ``figure_id``: ten letters and digits that depend on the key alone.

    The same figure has the same id in every run, so that a printed figure can be looked up.
    """
    key = frame[KEY[0]].astype(str)
    for column in KEY[1:]:
        key = key + "\x1f" + frame[column].astype(str)
    return frame.assign(figure_id=[_short(text) for text in key])


def _short(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.b32encode(digest[:8]).decode().lower()[:10]


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The same figures with exactly the record's columns and types, sorted by key."""
    text = dict.fromkeys(
        [column for column in [*KEY, "status", "figure_id"] if column != "definition_version"], "string"
    )
    numbers = dict.fromkeys(NUMBERS, "float64")
    return (
        frame[COLUMNS]
        .astype(text | numbers | {"definition_version": "int64"})
        .sort_values(KEY, ignore_index=True, kind="stable")
    )
