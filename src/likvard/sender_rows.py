"""Which row of the sender's file each row of a snapshot is, as short as it can be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

FIRST_ROW = 2
"""The first row of a snapshot below its header."""


def runs_of(numbers: npt.NDArray[np.int64]) -> list[list[int]]:
    """The numbers as runs of one after the other: the first of each run, and how many they are."""
    if not len(numbers):
        return []
    begins = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 2) != 1)
    lengths = np.diff(begins, append=len(numbers))
    return [[int(numbers[start]), int(length)] for start, length in zip(begins, lengths, strict=True)]


def numbers_of(runs: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
    """The numbers that the runs stand for."""
    if not runs:
        return np.zeros(0, dtype=np.int64)
    return np.concatenate([np.arange(first, first + length, dtype=np.int64) for first, length in runs])


def in_file_of_sender(row: int, numbers: npt.NDArray[np.int64]) -> int | None:
    """The row of the sender's file that a row of the snapshot is; None where the numbers have no such row."""
    place = row - FIRST_ROW
    return int(numbers[place]) if 0 <= place < len(numbers) else None


class SenderRows:
    """The rows of the senders' files, for files that are called as in ``failing_rows.csv``: ``delivery/file``.

    ``origins`` is what each delivery says about where it comes from. A file that no intake has read is the sender's own. Of a
    file about persons the record has no rows: the gaps would show where somebody with protected identity stood.
    """

    def __init__(self, origins: Mapping[str, Any], known: Mapping[str, npt.NDArray[np.int64]] | None = None) -> None:
        self._records = {
            f"{delivery}/{file}": record
            for delivery, origin in origins.items()
            for file, record in _files(origin).items()
        }
        self._numbers = dict(known or {})

    def row(self, file: str, row: int) -> int | None:
        """The row of the sender's file, where it is known."""
        if file not in self._numbers:
            record = self._records.get(file)
            if record is None:
                return row
            self._numbers[file] = numbers_of(record.get("sender_rows", []))
        return in_file_of_sender(row, self._numbers[file])


def _files(origin: Mapping[str, Any]) -> Mapping[str, Any]:
    """What intake says about each file; what was fetched has another record, and its files are as they were sent."""
    files = origin.get("files")
    return files if isinstance(files, Mapping) else {}
