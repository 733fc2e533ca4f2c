"""A table built from events and brought up to date lazily, so that replay stays cheap."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np

from zoneviz.state.rows import ByKind, Ints

T = TypeVar("T")
_MOST_WAITING = 1 << 16
"""Rows that may wait for a merge: enough that a seek merges once, few enough to take little memory."""


class Merged(Generic[T]):
    """A table of type T that `merge(table, rows)` brings up to date with the events of `kinds`. T is never changed in place.

    `table` returns the table to begin with; it is called when the table is first needed, and must return the same one each time.
    `select` drops rows of these kinds that change nothing.
    """

    def __init__(
        self, table: Callable[[], T], merge: Callable[[T, Ints], T], kinds: Sequence[int], select: Callable[[Ints], Ints] | None = None
    ) -> None:
        self._table, self._merge, self._kinds, self._select = table, merge, tuple(kinds), select
        self._waiting: list[Ints] = []
        self._count = 0

    def apply(self, rows: Ints, kinds: ByKind) -> None:
        """Take in a batch of events (n, 10); other kinds are ignored."""
        at = kinds.any_of(self._kinds)
        if not len(at):
            return
        rows = rows[at] if self._select is None else self._select(rows[at])
        self._waiting.append(rows)
        self._count += len(rows)
        if self._count > _MOST_WAITING:
            self.now()

    def now(self) -> T:
        """The table after all events applied so far."""
        table = self._table()
        if self._count:
            table = self._merge(table, np.concatenate(self._waiting))
            self._table, self._waiting, self._count = (lambda: table), [], 0
        return table

    def copy(self) -> "Merged[T]":
        """An independent copy."""
        other = Merged(self._table, self._merge, self._kinds, self._select)
        other._waiting, other._count = list(self._waiting), self._count
        return other
