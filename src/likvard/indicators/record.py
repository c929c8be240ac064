"""The record that every stage from here on speaks: one row per figure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from likvard.equity.estimate import Estimate

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
TEXTS = [column for column in [*KEY, "status"] if column != "definition_version"]

LEVEL, GAP, RATIO, CHANGE, PUBLISHED = "level", "gap", "ratio", "change", "published"
EFFECT_SIZE, NOT_REACHING = "effect_size", "not_reaching_risk"
ICC, DISSIMILARITY, BY_CHANCE, DEBIASED = "icc", "dissimilarity", "dissimilarity_by_chance", "dissimilarity_debiased"
SLOPE, STRENGTH = "gradient_slope", "gradient_strength"
WITHIN, BETWEEN, COMPOSITIONAL = "gradient_within", "gradient_between", "gradient_compositional"
BEYOND, BEYOND_DRAWN = "beyond_expected", "beyond_expected_drawn"
REAL_CHANGE, INTAKE_CHANGE = "real_change", "intake_change"
AGAINST_NEED, FOLLOW_UP = "against_need", "follow_up"
PERSISTENT = "persistent_gap"
RESPONSE, IF_ALL_ANSWERED = "response_rate", "if_all_had_answered"
# All that a figure can be. Disclosure control has a rule for each.
MEASURES = (
    *(LEVEL, GAP, RATIO, CHANGE, PUBLISHED, EFFECT_SIZE, NOT_REACHING, ICC, DISSIMILARITY, BY_CHANCE, DEBIASED),
    *(SLOPE, STRENGTH, WITHIN, BETWEEN, COMPOSITIONAL, BEYOND, BEYOND_DRAWN, REAL_CHANGE, INTAKE_CHANGE),
    *(AGAINST_NEED, FOLLOW_UP, PERSISTENT, RESPONSE, IF_ALL_ANSWERED),
)
SHOWN = "shown"
TOO_FEW = "too_few"
PROTECTS_ANOTHER = "protects_another"
# What likvard itself does not show: one word, as which of the reasons it is would say that a number is small.
HELD_BACK = "held_back"
MISSING = "missing"
NOT_APPLICABLE = "not_applicable"
EVERYONE = "all"

STATUSES = [SHOWN, NOT_APPLICABLE, MISSING]
_ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype="S1")


def statuses(not_applicable: object, missing: object) -> pd.Categorical:
    """The status of each row: not applicable before missing, and shown where neither is true."""
    absent, unknown = np.asarray(not_applicable, dtype=bool), np.asarray(missing, dtype=bool)
    return categories(np.where(absent, 1, np.where(unknown, 2, 0)), STATUSES)


def categories(codes: NDArray[Any], names: Sequence[str]) -> pd.Categorical:
    """Categories with these names, by the place of each value among them."""
    found: pd.Categorical = pd.Categorical.from_codes(codes.astype(np.int32), dtype=_with_names(tuple(names)))
    return found


@lru_cache(maxsize=1024)
def _with_names(names: tuple[str, ...]) -> pd.CategoricalDtype:
    """The type of categories with these names: pandas looks each name over whenever it makes one anew."""
    return pd.CategoricalDtype(list(names))


def each(names: Sequence[str], count: int) -> pd.Categorical:
    """Categories: every name in turn, so many times."""
    return categories(np.repeat(np.arange(len(names)), count), names)


def rows_of(found: Estimate, measure: str, kind: str, **more: str) -> pd.DataFrame:
    """The estimate as rows of the record about units of one kind; ``more`` gives other columns. What has no value is no figure."""
    told = np.isfinite(found.value)
    count = int(told.sum())
    common = {"unit_kind": kind, "measure": measure, "group_by": EVERYONE, "group": EVERYONE, "reference": ""} | more
    nothing = np.full(count, np.nan)
    numbers = {name: getattr(found, name)[told] for name in ("n", "value", "low", "high")}
    return pd.DataFrame(
        {
            **{column: each([text], count) for column, text in common.items()},
            "unit_id": np.asarray(found.units, dtype=object)[told],
            **dict.fromkeys(("numerator", "denominator", "clusters"), nothing),
            **numbers,
            "status": each([SHOWN], count),
        }
    )


def stacked(parts: Sequence[tuple[pd.DataFrame, Mapping[str, Any]]]) -> pd.DataFrame:
    """The rows of all parts under each other, with the columns of the record; texts are categories, their names in order.

    Each part is a frame and what all its rows have in common, by column. Joined by the names and not row by row: parts that come
    from one table share theirs.
    """
    columns: dict[str, object] = {}
    for column in TEXTS:
        found = [
            each([common[column]], len(part)) if column in common else pd.Categorical(part[column])
            for part, common in parts
        ]
        names = {id(one.categories): one.categories for one in found}
        known = sorted(set().union(*names.values()))
        place = {name: code for code, name in enumerate(known)}
        lookup = {key: np.array([place[name] for name in one], dtype=np.int32) for key, one in names.items()}
        codes = [np.append(lookup[id(one.categories)], -1)[one.codes] for one in found]
        columns[column] = categories(np.concatenate(codes), known)
    for column in ["definition_version", *NUMBERS]:
        kind = np.int64 if column == "definition_version" else np.float64
        columns[column] = np.concatenate(
            [
                np.full(len(part), common[column]) if column in common else part[column].to_numpy(kind)
                for part, common in parts
            ]
        )
    return pd.DataFrame(columns)


def with_figure_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """The same figures with ``figure_id``: ten letters and digits that depend on the key alone.

    The same figure has the same id in every run, so that a printed figure can be looked up. It is the first 50 bits of the
    SHA-256 of the key, in base 32.
    """
    keys = zip(*(_texts(frame[column]) for column in KEY), strict=True)
    digests = b"".join([hashlib.sha256("\x1f".join(key).encode()).digest()[:8] for key in keys])
    bits = np.frombuffer(digests, dtype=">u8").astype(np.uint64)
    letters = np.stack([(bits >> np.uint64(shift)) & np.uint64(31) for shift in range(59, 9, -5)], axis=1)
    names = np.ascontiguousarray(_ALPHABET[letters.astype(np.intp)]).view("S10").ravel()
    return frame.assign(figure_id=pd.array(names.astype("U10"), dtype="string"))


def _texts(column: pd.Series) -> list[str]:
    """The column as texts, each name made only once."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = np.asarray([str(name) for name in column.cat.categories], dtype=object)
        return list(names[column.cat.codes.to_numpy()])
    return [str(value) for value in column.tolist()]


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The same figures with exactly the record's columns and types, sorted by key."""
    codes = [_in_alphabet(frame[column]) for column in reversed(KEY)]
    order = np.lexsort(codes) if len(frame) else np.zeros(0, dtype=np.intp)
    types = dict.fromkeys([*TEXTS, "figure_id"], "string") | dict.fromkeys(NUMBERS, "float64")
    found = frame[COLUMNS].take(order).reset_index(drop=True)
    return found.astype(types | {"definition_version": "int64"})


def _in_alphabet(column: pd.Series) -> NDArray[Any]:
    """A number for each value, in the order of the values."""
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.categories.is_monotonic_increasing:
        codes = np.asarray(column.cat.codes)
    else:
        codes = np.asarray(pd.factorize(column, sort=True)[0])
    return codes.astype(np.int16 if codes.max(initial=0) < 2**15 else np.int32)
