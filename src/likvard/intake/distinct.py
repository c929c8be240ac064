"""Columns of text by their distinct cells: a million rows are judged by judging the few words that they hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Distinct:
    """A column: ``words`` are its distinct texts, ``codes`` says which of them each row holds."""

    codes: Places
    words: tuple[str, ...]

    @classmethod
    def of(cls, cells: Iterable[str]) -> Distinct:
        """The column with these cells."""
        places: dict[str, int] = {}
        codes = np.fromiter((places.setdefault(cell, len(places)) for cell in cells), dtype=np.int64)
        return cls(codes, tuple(places))

    def __len__(self) -> int:
        return len(self.codes)

    def where(self, test: Callable[[str], object]) -> Mask:
        """The mask of the rows whose cell passes ``test``."""
        passed = np.fromiter((bool(test(word)) for word in self.words), dtype=bool, count=len(self.words))
        return passed[self.codes] if len(self.words) else np.zeros(len(self), dtype=bool)

    def among(self, words: Collection[str]) -> Mask:
        """The mask of the rows whose cell is one of ``words``."""
        return self.where(lambda word: word in words)

    def mapped(self, change: Callable[[str], str]) -> Distinct:
        """The column with every cell changed."""
        return self.renamed([change(word) for word in self.words])

    def renamed(self, words: list[str]) -> Distinct:
        """The column with ``words`` in place of its own, one for each; equal ones become one."""
        places: dict[str, int] = {}
        moved = np.fromiter((places.setdefault(word, len(places)) for word in words), dtype=np.int64, count=len(words))
        return Distinct(moved[self.codes] if len(words) else self.codes, tuple(places))

    def kept(self, mask: Mask) -> Distinct:
        """The rows of ``mask``, with only the words that they hold."""
        codes = self.codes[mask]
        used, places = np.unique(codes, return_inverse=True)
        return Distinct(places.astype(np.int64).reshape(-1), tuple(self.words[place] for place in used))

    def cells(self) -> list[str]:
        """The text of every row."""
        return [self.words[code] for code in self.codes.tolist()]


@dataclass(frozen=True)
class Rows:
    """The rows of a delivered table: its columns by the names of the mapping, and the number of each row in the file.

    ``dated`` tells, by column, in which rows of a workbook there is a date and not a text.
    """

    columns: dict[str, Distinct]
    numbers: Places
    dated: dict[str, set[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def kept(self, mask: Mask) -> Rows:
        """Only the rows of ``mask``."""
        if mask.all():
            return self
        columns = {name: column.kept(mask) for name, column in self.columns.items()}
        return replace(self, columns=columns, numbers=self.numbers[mask])

    def with_column(self, name: str, column: Distinct, instead_of: str | None = None) -> Rows:
        """The rows with one column more, or with one in the place of another."""
        if instead_of is None:
            return replace(self, columns={**self.columns, name: column})
        pairs = [(name, column) if old == instead_of else (old, kept) for old, kept in self.columns.items()]
        return replace(self, columns=dict(pairs))

    def numbers_of(self, mask: Mask) -> list[int]:
        """The row numbers, in the sender's file, of the rows of ``mask``."""
        return [int(number) for number in self.numbers[mask]]

    def groups(self, names: list[str]) -> Places:
        """For every row the number of its group: rows with equal cells in ``names`` have equal numbers."""
        group = np.zeros(len(self), dtype=np.int64)
        for name in names:
            column = self.columns[name]
            group = group * max(len(column.words), 1) + column.codes
            group = np.unique(group, return_inverse=True)[1].astype(np.int64).reshape(-1)
        return group
